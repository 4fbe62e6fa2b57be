"""The State Council's calendars (国务院办公厅关于节假日安排的通知) as facts, seeded from `chinesecalendar`.

The package only seeds the first `calendar-published` of a year; what is published later, at a higher
revision, holds. A year that the package does not know is not guessed.
"""

from collections.abc import Iterable
from datetime import date

from chinese_calendar.constants import holidays, workdays

from schemas.calendar import SATURDAY
from schemas.mesh import CalendarPublished


def published_calendars() -> list[CalendarPublished]:
    """Give one fact a year that `chinesecalendar` knows (2004 on), in order of years.

    `days_off` are the weekdays off, `make_up_days` the working days on weekends (调休); the package lists whole
    holidays with their weekends, which the facts leave out. 2020 has the extension of 春节 to 2020-02-02
    (国务院办公厅关于延长2020年春节假期的通知).
    """
    return [_calendar(year) for year in sorted({day.year for day in holidays})]


def _calendar(year: int) -> CalendarPublished:
    return CalendarPublished(
        year=year,
        days_off=_of_year(year, (day for day in holidays if day.weekday() < SATURDAY)),
        make_up_days=_of_year(year, (day for day in workdays if day.weekday() >= SATURDAY)),
        authority=f"国务院办公厅关于{year}年部分节假日安排的通知",
    )


def _of_year(year: int, days: Iterable[date]) -> tuple[date, ...]:
    return tuple(sorted(day for day in days if day.year == year))
