"""What stands at the end of a window: folded from movements in the log's order, so that every fold gives the same."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TypeVar

from schemas.ops import SETTLED_WITHIN_DAYS
from services.monitoring.backlog import Backlog
from services.monitoring.movements import (
    CardMade,
    CardReported,
    CardReportEnded,
    DayCame,
    EffectCame,
    GapMoved,
    Movement,
    NoticeMoved,
    Reminded,
    Settled,
    Waited,
)
from services.monitoring.open_cases import UnclearEffects, Waiting
from services.monitoring.series import Series, Values, put
from services.monitoring.window import Window

REMEMBERED_MAX = 200_000
"""Units, notices or persons of one kind that are remembered; the longest known is forgotten for the next."""
NOTICES_ENDED = frozenset({"complied", "cancelled", "withdrawn"})

GAP = 0
"""Stands for a unit's missing notice: notices are numbered from 1."""

Found = dict[Series, Values]
K = TypeVar("K")
V = TypeVar("V")


@dataclass(slots=True)
class Notices:
    """Notices that are not ended, and units past the law's days without one, with district and stage; and how many."""

    stages: dict[tuple[str, int], tuple[str, str]] = field(default_factory=dict)
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)

    def move(self, notice: tuple[str, int], stage: tuple[str, str] | None) -> None:
        """Take a notice to a stage, or forget it (None)."""
        before = self.stages.pop(notice, None)
        if before is not None:
            self._count(before, -1)
        if stage is not None:
            self.stages[notice] = stage
            self._count(stage, 1)
        if len(self.stages) > REMEMBERED_MAX:
            self._count(self.stages.pop(next(iter(self.stages))), -1)

    def _count(self, stage: tuple[str, str], change: int) -> None:
        self.counts[stage] += change
        if not self.counts[stage]:
            del self.counts[stage]


@dataclass(slots=True)
class Standing:
    """All that outlives a window. Keys of cases and persons stay in here: they are in nothing that is said."""

    waiting: Waiting = field(default_factory=Waiting)
    effects: UnclearEffects = field(default_factory=UnclearEffects)
    backlog: Backlog = field(default_factory=Backlog)
    reminded: dict[str, tuple[str, date]] = field(default_factory=dict)
    """Units that were reminded, with district and day, until they settle or the days are over."""
    notices: Notices = field(default_factory=Notices)
    reports: dict[str, datetime] = field(default_factory=dict)
    """Persons who reported a card and have no new one, with the instant of their last report."""
    shown: frozenset[Series] = frozenset()
    """Standings that were not zero at the end of the last window."""

    def close(self, window: Window, ends_at_ms: int) -> Found:
        """Take in a window and give all its values: what flowed, and what stands at its end."""
        found: Found = {series: dict(values) for series, values in window.flows.items()}
        for *_, movement in sorted(window.movements, key=lambda moved: moved[:-1]):
            self._move(movement, found)
        self.backlog.take_in(window)
        standing = dict(self._standing(ends_at_ms))
        for series in self.shown - standing.keys():
            found[series] = dict.fromkeys(_ZERO.get(series.indicator, ("cases",)), 0)
        self.shown = frozenset(standing)
        return found | standing

    def _move(self, movement: Movement, found: Found) -> None:
        match movement:
            case Waited() | EffectCame():
                self._wait(movement)
            case DayCame(day):
                self._expire(day, found)
            case Reminded(unit_code, district, on):
                _remember(self.reminded, unit_code, (district, on))
                put(found, Series("reminders", district=district), "requested")
            case Settled(unit_code, on):
                self._settle(unit_code, on, found)
            case NoticeMoved(unit_code, ordinal, district, stage):
                self.notices.move((unit_code, ordinal), None if stage in NOTICES_ENDED else (district, stage))
            case GapMoved(unit_code, district, is_open):
                self.notices.move((unit_code, GAP), (district, "due") if is_open else None)
            case CardReported(person_key, at):
                _remember(self.reports, person_key, max(at, self.reports.pop(person_key, at)))
            case CardReportEnded(person_key):
                self.reports.pop(person_key, None)
            case CardMade():
                self._make(movement, found)

    def _wait(self, movement: Waited | EffectCame) -> None:
        match movement:
            case Waited(service, entry):
                self.waiting.observe(service, entry)
            case EffectCame(service, case_key, effect_id, is_unclear):
                self.effects.take_in(service, case_key, effect_id, is_unclear=is_unclear)

    def _settle(self, unit_code: str, on: date, found: Found) -> None:
        district, reminded_on = self.reminded.pop(unit_code, ("", on))
        if district:
            in_time = on <= reminded_on + timedelta(days=SETTLED_WITHIN_DAYS)
            put(found, Series("reminders", district=district), "settled_in_time" if in_time else "open_after")

    def _expire(self, day: date, found: Found) -> None:
        over = day - timedelta(days=SETTLED_WITHIN_DAYS)
        for unit_code in [unit_code for unit_code, (_, on) in self.reminded.items() if on < over]:
            district, _ = self.reminded.pop(unit_code)
            put(found, Series("reminders", district=district), "open_after")

    def _make(self, made: CardMade, found: Found) -> None:
        series = Series("cards", district=made.district, kind=made.outlet_key)
        put(found, series, "issued")
        reported_at = self.reports.pop(made.person_key, None)
        if reported_at is not None and reported_at <= made.at:
            minutes = int((made.at - reported_at).total_seconds()) // 60
            put(found, series, "timed")
            put(found, series, "minutes_sum", minutes)
            put(found, series, "minutes_max", minutes)

    def _standing(self, now_ms: int) -> Iterator[tuple[Series, Values]]:
        yield from self.backlog.standing(now_ms)
        for service, waiting in sorted(self.waiting.parked.waiting.items()):
            if waiting:
                yield Series("parked-cases", service), {"cases": len(waiting)}
        for service, cases in sorted(self.effects.cases.items()):
            if cases:
                yield Series("unclear-effects", service), {"cases": len(set(cases.values())), "effects": len(cases)}
        notices: Found = {}
        for (district, stage), count in sorted(self.notices.counts.items()):
            put(notices, Series("notices-standing", district=district), stage.replace("-", "_"), count)
        yield from notices.items()


_ZERO = {
    "backlog": ("records", "oldest_age_s"),
    "notices-standing": ("due",),
    "unclear-effects": ("cases", "effects"),
}
"""What is said of a standing that is zero again: these values; of all others `cases`."""


def _remember(known: dict[K, V], key: K, value: V) -> None:
    if key in known:
        return
    known[key] = value
    if len(known) > REMEMBERED_MAX:
        del known[next(iter(known))]
