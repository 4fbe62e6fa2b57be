"""Outlets on a map of Weihai, drawn from their coordinates. Pure: gives what a template draws as SVG."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from services.page.store.answers_cards import OutletNow

WIDTH = 900
MARGIN = 70
MICRO = 1_000_000
SPAN_DEGREES_MIN = 0.05
NEAR = 26
"""Outlets nearer than this on the map are drawn side by side, else one would hide the other."""
SCALE_KM = 10
LABEL_WIDTH, LABEL_HEIGHT = 150, 24
KM_A_DEGREE = 111.32


@dataclass(frozen=True, slots=True)
class Dot:
    """An outlet on the map. `size` grows with its blanks. `label`: the side on which its name has room, empty where neither has."""

    outlet: OutletNow
    x: float
    y: float
    size: float
    number: int
    label: str = ""


@dataclass(frozen=True, slots=True)
class OutletMap:
    """The drawing: dots, and how long ten kilometres are on it."""

    dots: tuple[Dot, ...]
    width: int
    height: int
    scale_length: float
    scale_km: int = SCALE_KM


def outlet_map(outlets: Sequence[OutletNow]) -> OutletMap:
    """Draw the outlets that have coordinates, north up; a degree of longitude is shorter than one of latitude."""
    placed = [one for one in outlets if one.latitude_microdeg and one.longitude_microdeg]
    if not placed:
        return OutletMap((), WIDTH, MARGIN * 2, 0.0)
    latitudes = [one.latitude_microdeg / MICRO for one in placed]
    squeeze = math.cos(math.radians(sum(latitudes) / len(latitudes)))
    eastings = [one.longitude_microdeg / MICRO * squeeze for one in placed]
    west, span = min(eastings), max(max(eastings) - min(eastings), SPAN_DEGREES_MIN)
    north, tall = max(latitudes), max(max(latitudes) - min(latitudes), SPAN_DEGREES_MIN)
    scale = (WIDTH - 2 * MARGIN) / span
    dots: list[Dot] = []
    for place, (one, latitude, easting) in enumerate(zip(placed, latitudes, eastings, strict=True), start=1):
        x, y = MARGIN + (easting - west) * scale, MARGIN + (north - latitude) * scale
        x, y = _apart(x, y, dots)
        dots.append(Dot(one, round(x, 1), round(y, 1), round(10 + min(8.0, one.blanks_on_hand**0.5 / 2), 1), place))
    height = math.ceil(max(dot.y for dot in dots) + MARGIN) if dots else math.ceil(tall * scale + 2 * MARGIN)
    dots = [replace(dot, label=_side(dot, dots)) for dot in dots]
    return OutletMap(tuple(dots), WIDTH, height, round(SCALE_KM / KM_A_DEGREE * scale, 1))


def _side(dot: Dot, dots: Sequence[Dot]) -> str:
    """Say on which side of a dot its name meets no other dot."""
    near = [one for one in dots if one is not dot and abs(one.y - dot.y) < LABEL_HEIGHT]
    if dot.x + LABEL_WIDTH < WIDTH and not any(0 <= one.x - dot.x < LABEL_WIDTH for one in near):
        return "right"
    if dot.x > LABEL_WIDTH and not any(0 <= dot.x - one.x < LABEL_WIDTH for one in near):
        return "left"
    return ""


def _apart(x: float, y: float, dots: Sequence[Dot]) -> tuple[float, float]:
    """Move a dot around the place of those it would lie on, in a widening turn."""
    for step in range(40):
        angle, radius = step * 1.0, NEAR * (0 if step == 0 else 1 + step / 12)
        moved = x + math.cos(angle) * radius, y + math.sin(angle) * radius
        if all(math.hypot(moved[0] - dot.x, moved[1] - dot.y) >= NEAR for dot in dots):
            return moved
    return x, y
