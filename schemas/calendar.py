"""Working days (工作日) by the State Council's published calendars.

A year that nobody has published is counted by weekends alone and the answer is marked `provisional`, so
that rules can say so and compute it anew once the calendar is known.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

SATURDAY = 5
WORKING_DAYS_MAX = 2_000
"""Longest span that may be counted: no legal period of this agency is longer than eight years."""


@dataclass(frozen=True, slots=True)
class CalendarYear:
    """Days off that fall on weekdays and make-up working days (调休) that fall on weekends, of one year."""

    days_off: frozenset[date]
    make_up_days: frozenset[date]


@dataclass(frozen=True, slots=True)
class CountedDay:
    """A day that was counted out; `provisional` when an unpublished year had to be passed."""

    on: date
    provisional: bool


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """The published years that a task knows."""

    years: Mapping[int, CalendarYear] = field(default_factory=dict)

    def is_published(self, day: date) -> bool:
        """Tell whether the calendar of that day's year has been published."""
        return day.year in self.years

    def is_working_day(self, day: date) -> bool:
        """Tell whether `day` is a working day; by weekends alone in an unpublished year."""
        year = self.years.get(day.year)
        if year is None:
            return day.weekday() < SATURDAY
        if day in year.make_up_days:
            return True
        return day.weekday() < SATURDAY and day not in year.days_off

    def add_working_days(self, start: date, days: int) -> CountedDay:
        """Count `days` working days from the day after `start` (the first day is not counted: 民法典 201).

        With `days` 0 the answer is `start` itself. ValueError for a negative or absurd count.
        """
        if not 0 <= days <= WORKING_DAYS_MAX:
            raise ValueError(f"cannot count {days} working days")
        day, left, provisional = start, days, False
        while left:
            day += timedelta(days=1)
            provisional = provisional or not self.is_published(day)
            if self.is_working_day(day):
                left -= 1
        return CountedDay(day, provisional)

    def roll_forward(self, day: date) -> CountedDay:
        """Move a last day that is a day off to the next working day (民法典 203: 以法定休假日结束的次日为最后一日)."""
        provisional = not self.is_published(day)
        while not self.is_working_day(day):
            day += timedelta(days=1)
            provisional = provisional or not self.is_published(day)
        return CountedDay(day, provisional)
