"""Calendars seeded from the package are the State Council's: checked against literal days of its notices."""

from datetime import date, timedelta
from types import MappingProxyType

import pytest

from schemas.calendar import CalendarYear, CountedDay, WorkingCalendar
from services.clock.calendars import published_calendars

PUBLISHED = published_calendars()
CALENDAR = WorkingCalendar(
    MappingProxyType({it.year: CalendarYear(frozenset(it.days_off), frozenset(it.make_up_days)) for it in PUBLISHED})
)


def test_every_year_from_2004_to_2026_is_published_once_and_in_order() -> None:
    assert [calendar.year for calendar in PUBLISHED] == list(range(2004, 2027))
    assert {calendar.revision for calendar in PUBLISHED} == {1}
    assert not CALENDAR.is_published(date(2027, 1, 1))


def test_days_off_are_weekdays_and_make_up_days_weekends_of_their_own_year() -> None:
    for calendar in PUBLISHED:
        assert all(day.weekday() < 5 and day.year == calendar.year for day in calendar.days_off)
        assert all(day.weekday() >= 5 and day.year == calendar.year for day in calendar.make_up_days)
        assert list(calendar.days_off) == sorted(set(calendar.days_off))


@pytest.mark.parametrize(
    ("year", "make_up_days"),
    [
        (2019, "02-02 02-03 04-28 05-05 09-29 10-12"),
        (2020, "01-19 04-26 05-09 06-28 09-27 10-10"),
        (2021, "02-07 02-20 04-25 05-08 09-18 09-26 10-09"),
        (2022, "01-29 01-30 04-02 04-24 05-07 10-08 10-09"),
        (2023, "01-28 01-29 04-23 05-06 06-25 10-07 10-08"),
        (2024, "02-04 02-18 04-07 04-28 05-11 09-14 09-29 10-12"),
        (2025, "01-26 02-08 04-27 09-28 10-11"),
        (2026, "01-04 02-14 02-28 05-09 09-20 10-10"),
    ],
)
def test_weekends_worked_are_those_of_the_notice(year: int, make_up_days: str) -> None:
    calendar = next(it for it in PUBLISHED if it.year == year)

    assert [day.strftime("%m-%d") for day in calendar.make_up_days] == make_up_days.split()


@pytest.mark.parametrize(
    ("last_day_off", "first_working_day"),
    [
        (date(2019, 5, 4), date(2019, 5, 5)),
        (date(2020, 2, 2), date(2020, 2, 3)),
        (date(2021, 2, 17), date(2021, 2, 18)),
        (date(2022, 10, 7), date(2022, 10, 8)),
        (date(2023, 10, 6), date(2023, 10, 7)),
        (date(2024, 2, 17), date(2024, 2, 18)),
        (date(2025, 2, 4), date(2025, 2, 5)),
        (date(2026, 2, 23), date(2026, 2, 24)),
    ],
)
def test_a_holiday_ends_on_its_last_day_and_work_begins_the_next(last_day_off: date, first_working_day: date) -> None:
    assert CALENDAR.roll_forward(last_day_off) == CountedDay(first_working_day, provisional=False)
    assert CALENDAR.roll_forward(first_working_day).on == first_working_day
    assert last_day_off + timedelta(days=1) == first_working_day


def test_the_spring_festival_of_2020_was_extended_to_the_second_of_february() -> None:
    """30 January would have been its last day; 31 January (a Friday) and 1 February (a make-up Saturday) became days off."""
    assert not CALENDAR.is_working_day(date(2020, 1, 31))
    assert not CALENDAR.is_working_day(date(2020, 2, 1))
    assert CALENDAR.add_working_days(date(2020, 1, 23), 1).on == date(2020, 2, 3)


@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        (date(2019, 9, 30), 5, date(2019, 10, 12)),
        (date(2021, 9, 30), 5, date(2021, 10, 13)),
        (date(2023, 9, 28), 1, date(2023, 10, 7)),
        (date(2024, 9, 30), 5, date(2024, 10, 12)),
        (date(2025, 9, 30), 5, date(2025, 10, 14)),
        (date(2026, 9, 30), 5, date(2026, 10, 13)),
    ],
)
def test_five_working_days_from_the_eve_of_the_national_day_count_make_up_days(
    start: date, days: int, expected: date
) -> None:
    assert CALENDAR.add_working_days(start, days) == CountedDay(expected, provisional=False)


def test_counting_into_2027_is_provisional() -> None:
    """1 January is off by law, whatever the notice of that year will say; it is a Friday."""
    assert CALENDAR.add_working_days(date(2026, 12, 31), 1) == CountedDay(date(2027, 1, 4), provisional=True)
