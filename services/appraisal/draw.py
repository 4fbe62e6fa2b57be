"""The draw of a panel (随机抽取3名或者5名相关专家, 工伤保险条例 25): blind, repeatable, checkable by anybody.

How an auditor draws again what a `panel-drawn` fact says:

1. *Pool version*: SHA-256 over the lines `<expert key> <revision>` of all `candidates`, sorted, joined by a line feed.
2. *Seed*: SHA-256 over `<application reference>|<request event id>|<pool version>`. The event id is derived from
   the application by the mesh, the version from the whole pool: nobody chooses either at the time of the draw.
3. *Rank*: every candidate whose standing is `eligible` gets SHA-256 over `<seed>|<expert key>`; lowest first.
4. *Seats*: one for each specialty needed, in the order of their names; the rest, up to 3 or 5, open to any of them.
5. Going down the ranks, an expert is taken if the experts taken so far and this one can all be seated together
   (taken experts may change seats, never leave). So the luckiest ranks win, and a panel is found whenever one exists:
   sets of experts that can be seated together form a matroid, in which going down the ranks misses nothing.
   Who is drawn follows from this alone; on which of the seats that fit an expert ends is of no consequence.

All hashes are written in lower-case hex; texts are UTF-8. Who is eligible: `rules_eligibility.py`. Load is not
balanced beyond the daily maximum, because the law asks for chance.
"""

import hashlib
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from schemas.appraisal import PanelDrawn

ELIGIBLE = "eligible"
ANY_SPECIALTY = ""
"""Marks a seat that is open to every specialty needed."""


class Seated(NamedTuple):
    """An expert drawn, and the specialty of the seat (`ANY_SPECIALTY`: any of those needed)."""

    expert_key: str
    specialty: str


def pool_version(revisions: Mapping[str, int]) -> str:
    """Name the state of a pool: expert key → revision."""
    return _sha256("\n".join(f"{key} {revisions[key]}" for key in sorted(revisions)))


def seed_of(application_reference: str, request_event_id: str, version: str) -> str:
    """Derive the seed of one draw."""
    return _sha256(f"{application_reference}|{request_event_id}|{version}")


def ranked(seed: str, expert_keys: Iterable[str]) -> list[str]:
    """Put experts in the order of chance that the seed gives."""
    return sorted(expert_keys, key=lambda key: (_sha256(f"{seed}|{key}"), key))


def draw_panel(
    seed: str, needed: Iterable[str], size: int, specialties_of: Mapping[str, tuple[str, ...]]
) -> tuple[Seated, ...]:
    """Draw `size` of the eligible experts so that each needed specialty has a seat; () where no such panel exists.

    `specialties_of`: eligible expert key → that expert's specialties. ValueError for more specialties than seats.
    """
    seats = tuple(sorted(set(needed)))
    if len(seats) > size:
        raise ValueError(f"{len(seats)} specialties do not fit in {size} seats")
    seating = _Seating(seats, size, specialties_of)
    for expert_key in ranked(seed, specialties_of):
        seating.take(expert_key)
        if seating.is_full:
            return seating.panel()
    return ()


def redrawn(drawn: PanelDrawn, specialties_of: Mapping[str, tuple[str, ...]]) -> tuple[Seated, ...]:
    """Draw a said panel again from what its fact lists; `specialties_of` as registered at the listed revisions.

    ValueError where seed or pool version are not those that the lists give.
    """
    version = pool_version({candidate.expert_key: candidate.revision for candidate in drawn.candidates})
    if version != drawn.pool_version:
        raise ValueError("the pool version is not that of the candidates listed")
    if seed_of(drawn.application_reference, drawn.request_event_id, version) != drawn.seed:
        raise ValueError("the seed is not that of application, request and pool version")
    eligible = [candidate.expert_key for candidate in drawn.candidates if candidate.standing == ELIGIBLE]
    chosen = {key: specialties_of[key] for key in eligible}
    return draw_panel(drawn.seed, drawn.specialties, len(drawn.seats), chosen)


class _Seating:
    """Experts on seats, with the moves that make room for one more."""

    def __init__(self, seats: tuple[str, ...], size: int, specialties_of: Mapping[str, tuple[str, ...]]) -> None:
        self._seats = seats + (ANY_SPECIALTY,) * (size - len(seats))
        self._needed = frozenset(seats)
        self._specialties_of = specialties_of
        self._taken: dict[int, str] = {}

    @property
    def is_full(self) -> bool:
        """Tell whether every seat is taken."""
        return len(self._taken) == len(self._seats)

    def take(self, expert_key: str) -> bool:
        """Seat an expert if all taken so far can stay."""
        return self._seat(expert_key, set())

    def panel(self) -> tuple[Seated, ...]:
        """Give the panel in the order of the seats."""
        return tuple(Seated(self._taken[number], specialty) for number, specialty in enumerate(self._seats))

    def _seat(self, expert_key: str, tried: set[int]) -> bool:
        for number, specialty in enumerate(self._seats):
            if number in tried or not self._fits(expert_key, specialty):
                continue
            tried.add(number)
            occupant = self._taken.get(number)
            if occupant is None or self._seat(occupant, tried):
                self._taken[number] = expert_key
                return True
        return False

    def _fits(self, expert_key: str, specialty: str) -> bool:
        own = self._specialties_of[expert_key]
        return specialty in own or (specialty == ANY_SPECIALTY and not self._needed.isdisjoint(own))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
