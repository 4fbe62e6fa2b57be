"""Working days (工作日) by the State Council's published calendars.

A year that nobody has published is counted by its weekends and by the days off whose dates the law itself fixes, and
the answer is marked `provisional`, so that rules can say so and compute it anew once the calendar is known.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import MappingProxyType

import msgspec

SATURDAY = 5
COUNTED_MAX = 10_000
"""Most counted days that one calendar remembers; then it begins anew."""
WORKING_DAYS_MAX = 2_000
"""Longest span that may be counted: no legal period of this agency is longer than eight years."""


FIXED_DAYS_OFF: Mapping[tuple[int, int], int] = MappingProxyType(
    {(1, 1): 1950, (5, 1): 1950, (5, 2): 2025, (10, 1): 1950, (10, 2): 1950, (10, 3): 2000}
)
"""元旦、劳动节、国庆节 by month and day, with the first year in which each is off whatever is arranged for that year (全国年节及纪念日放假办法 2;
2 May by the revision in force from 2025-01-01; the years before 2004, which no calendar here covers, are recalled). The article's other
days hang on the lunar calendar or a solar term (春节、清明、端午、中秋), and what is given for one that falls on a weekend hangs on the
year's notice: none of that is guessed.
"""


@dataclass(frozen=True, slots=True)
class CalendarYear:
    """Days off that fall on weekdays and make-up working days (调休) that fall on weekends, of one year."""

    days_off: frozenset[date]
    make_up_days: frozenset[date]


class CountedDay(msgspec.Struct, frozen=True, gc=False):
    """A day that was counted out; `provisional` when an unpublished year had to be passed."""

    on: date
    provisional: bool


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """The published years that a task knows."""

    years: Mapping[int, CalendarYear] = field(default_factory=dict)
    _counted: dict[tuple[date, int | None], CountedDay] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    """Days counted out before, by the day and how many working days from it (None: rolled forward): `years` never change, and
    cases ask for the same days again and again."""

    def is_published(self, day: date) -> bool:
        """Tell whether the calendar of that day's year has been published."""
        return day.year in self.years

    def is_working_day(self, day: date) -> bool:
        """Tell whether `day` is a working day; in an unpublished year by weekends and the days that the law fixes."""
        year = self.years.get(day.year)
        if year is None:
            return day.weekday() < SATURDAY and not is_fixed_day_off(day)
        if day in year.make_up_days:
            return True
        return day.weekday() < SATURDAY and day not in year.days_off

    def add_working_days(self, start: date, days: int) -> CountedDay:
        """Count `days` working days from the day after `start` (the first day is not counted: 民法典 201).

        With `days` 0 the answer is `start` itself. ValueError for a negative or absurd count.
        """
        if not 0 <= days <= WORKING_DAYS_MAX:
            raise ValueError(f"cannot count {days} working days")
        return self._counted.get((start, days)) or self._remembered(start, days)

    def roll_forward(self, day: date) -> CountedDay:
        """Move a last day that is a day off to the next working day (民法典 203: 以法定休假日结束的次日为最后一日)."""
        return self._counted.get((day, None)) or self._remembered(day, None)

    def _remembered(self, start: date, days: int | None) -> CountedDay:
        if len(self._counted) >= COUNTED_MAX:
            self._counted.clear()
        counted = self._rolled(start) if days is None else self._added(start, days)
        self._counted[start, days] = counted
        return counted

    def _added(self, start: date, days: int) -> CountedDay:
        day, left, provisional = start, days, False
        while left:
            day += timedelta(days=1)
            provisional = provisional or not self.is_published(day)
            if self.is_working_day(day):
                left -= 1
        return CountedDay(day, provisional)

    def _rolled(self, day: date) -> CountedDay:
        provisional = not self.is_published(day)
        while not self.is_working_day(day):
            day += timedelta(days=1)
            provisional = provisional or not self.is_published(day)
        return CountedDay(day, provisional)


def is_fixed_day_off(day: date) -> bool:
    """Tell whether the law itself makes a day a day off by its date."""
    first_year = FIXED_DAYS_OFF.get((day.month, day.day))
    return first_year is not None and first_year <= day.year
