"""Which outlet: the nearest that is open and equipped; where none is open, the nearest of those that open first.

Whole numbers only, so the order is the same on every machine; equals go by key.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from schemas.calendar import WorkingCalendar
from schemas.cards import CardLost
from schemas.decision import LEGAL_ZONE, Context
from schemas.outlets import DayKind, OpeningSession, OutletPublished
from services.cards.law import LONGITUDE_PERMILLE, OPENING_SEARCH_DAYS_MAX, midnight


class Position(NamedTuple):
    """A place, in millionths of a degree."""

    latitude_microdeg: int
    longitude_microdeg: int


class Candidate(NamedTuple):
    """An outlet that could make the card, and from when it is open (now, where it is open)."""

    outlet: OutletPublished
    opens_at: datetime


def published_outlet(context: Context, outlet_key: str) -> OutletPublished | None:
    """Give an outlet's particulars, if they were published."""
    found = [outlet for outlet in context.reference_facts(OutletPublished) if outlet.outlet_key == outlet_key]
    return found[0] if found else None


def equipped_outlet(context: Context, outlet_key: str) -> OutletPublished | None:
    """Give an outlet's particulars, if it makes cards."""
    outlet = published_outlet(context, outlet_key)
    return outlet if outlet is not None and outlet.makes_cards else None


def nearest_outlet(report: CardLost, passed_over: Collection[str], context: Context) -> Candidate | None:
    """Choose where to ask for a blank; None where every equipped outlet was passed over or never opens."""
    outlets = context.reference_facts(OutletPublished)
    equipped = [outlet for outlet in outlets if outlet.makes_cards and outlet.outlet_key not in passed_over]
    place = place_of(report, outlets)
    candidates = [
        Candidate(outlet, opens_at)
        for outlet in equipped
        if (opens_at := next_opening(outlet.sessions, context.now, context.calendar)) is not None
    ]
    return min(candidates, key=lambda candidate: _rank(candidate, place, context.now), default=None)


def _rank(candidate: Candidate, place: Position, now: datetime) -> tuple[bool, date, int, str]:
    outlet = candidate.outlet
    there = Position(outlet.latitude_microdeg, outlet.longitude_microdeg)
    is_closed = candidate.opens_at > now
    opens_on = candidate.opens_at.astimezone(LEGAL_ZONE).date()
    return is_closed, opens_on, distance_squared(place, there), outlet.outlet_key


def place_of(report: CardLost, outlets: Sequence[OutletPublished]) -> Position:
    """Give where the holder is: as reported, else the middle of the outlets of the district, else of all outlets."""
    if report.latitude_microdeg is not None and report.longitude_microdeg is not None:
        return Position(report.latitude_microdeg, report.longitude_microdeg)
    near = [outlet for outlet in outlets if outlet.district == report.district] or list(outlets)
    if not near:
        return Position(0, 0)
    return Position(
        sum(outlet.latitude_microdeg for outlet in near) // len(near),
        sum(outlet.longitude_microdeg for outlet in near) // len(near),
    )


def distance_squared(one: Position, other: Position) -> int:
    """Give the squared distance in square micro-degrees of latitude, on a flat map of Weihai."""
    north = abs(one.latitude_microdeg - other.latitude_microdeg)
    east = abs(one.longitude_microdeg - other.longitude_microdeg) * LONGITUDE_PERMILLE // 1000
    return north * north + east * east


def is_open(sessions: Sequence[OpeningSession], now: datetime, calendar: WorkingCalendar) -> bool:
    """Tell whether an outlet is open; its closing minute is excluded."""
    opens_at = next_opening(sessions, now, calendar)
    return opens_at is not None and opens_at <= now


def next_opening(sessions: Sequence[OpeningSession], now: datetime, calendar: WorkingCalendar) -> datetime | None:
    """Give `now` where the outlet is open, else when it opens next; None where that is too far ahead, or never."""
    today = now.astimezone(LEGAL_ZONE).date()
    for ahead in range(OPENING_SEARCH_DAYS_MAX + 1):
        day = today + timedelta(days=ahead)
        kind = DayKind.WORKING_DAY if calendar.is_working_day(day) else DayKind.DAY_OFF
        for session in sorted(sessions, key=lambda session: session.opens_minute):
            closes_at = midnight(day) + timedelta(minutes=session.closes_minute)
            if session.days is kind and closes_at > now:
                return max(now, midnight(day) + timedelta(minutes=session.opens_minute))
    return None
