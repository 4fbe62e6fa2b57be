"""The calendar of sittings: which days panels sit, which slots are free, who is busy then."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from schemas.appraisal import DateStanding, PanelRequested
from schemas.calendar import CountedDay, WorkingCalendar
from services.appraisal.draw import ELIGIBLE
from services.appraisal.law import OfficeRules
from services.appraisal.rules_state import Booking

SEARCH_DAYS_MAX = 366
"""How many days ahead a sitting is looked for: twice the office's horizon, four times what the law allows."""
SITS_THEN = "sits-then"
DAY_FULL = "day-full"


class FreeSlot(NamedTuple):
    """A slot of a day, counted from 0, and the lowest room free in it, counted from 1."""

    slot: int
    room: int


@dataclass(slots=True)
class Occupancy:
    """Who and what is taken, from the bookings."""

    rooms: dict[tuple[date, int], set[int]] = field(default_factory=dict)
    experts: dict[tuple[date, int], set[str]] = field(default_factory=dict)
    persons: dict[tuple[date, int], set[str]] = field(default_factory=dict)
    sittings: dict[tuple[date, str], int] = field(default_factory=dict)

    @classmethod
    def of(cls, bookings: Mapping[str, Booking]) -> "Occupancy":
        """Count a pool's bookings, which are named `<person key>/<application reference>`."""
        taken = cls()
        for key, booking in bookings.items():
            place = (booking.sitting_on, booking.slot)
            taken.rooms.setdefault(place, set()).add(booking.room)
            taken.persons.setdefault(place, set()).add(key.partition("/")[0])
            taken.experts.setdefault(place, set()).update(booking.expert_keys)
            for expert_key in booking.expert_keys:
                day = (booking.sitting_on, expert_key)
                taken.sittings[day] = taken.sittings.get(day, 0) + 1
        return taken

    def free_slots(self, on: date, office: OfficeRules, person_key: str) -> Iterator[FreeSlot]:
        """Give the slots of a day that have a room free and in which the person sits nowhere else, earliest first."""
        for slot in range(len(office.slots)):
            if person_key in self.persons.get((on, slot), ()):
                continue
            used = self.rooms.get((on, slot), set())
            free = [room for room in range(1, office.rooms + 1) if room not in used]
            if free:
                yield FreeSlot(slot, free[0])

    def at(self, standings: Mapping[str, str], on: date, slot: int, office: OfficeRules) -> dict[str, str]:
        """Narrow the experts' standings to one slot: nobody sits twice at once, nor beyond the day's maximum."""
        return {key: self._standing(key, before, on, slot, office) for key, before in standings.items()}

    def _standing(self, key: str, before: str, on: date, slot: int, office: OfficeRules) -> str:
        if before != ELIGIBLE:
            return before
        if key in self.experts.get((on, slot), ()):
            return SITS_THEN
        return DAY_FULL if self.sittings.get((on, key), 0) >= office.expert_sittings_a_day_max else ELIGIBLE


def sitting_days(
    calendar: WorkingCalendar, today: date, office: OfficeRules, extended_due_on: date
) -> Iterator[CountedDay]:
    """Give the days on which a panel may sit, from the first that leaves the notice (提前通知, 令55 12) on.

    They end with the extended time limit, or with the office's horizon where that lies later; a time limit beyond
    `SEARCH_DAYS_MAX` no application can have, and a search through two centuries would hold up every other case.
    """
    first = calendar.add_working_days(today, office.notice_ahead_working_days)
    last = max(extended_due_on, first.on + timedelta(days=office.horizon_days))
    for count in range(min((last - first.on).days, SEARCH_DAYS_MAX) + 1):
        day = first.on + timedelta(days=count)
        if day.weekday() in office.sitting_weekdays and calendar.is_working_day(day):
            yield CountedDay(day, first.provisional or not calendar.is_published(day))


def date_standing(request: PanelRequested, sitting_on: date) -> DateStanding:
    """Tell how a date stands to the 60 days and the 30 more (工伤保险条例 25(2)); the last day is inside."""
    if sitting_on <= request.conclusion_due_on:
        return DateStanding.IN_TIME
    return DateStanding.EXTENDED if sitting_on <= request.extended_due_on else DateStanding.OVERDUE
