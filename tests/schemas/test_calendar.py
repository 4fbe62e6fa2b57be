"""Working days of a year that nobody has published: weekends, and the days off whose dates the law fixes."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import calendar
from schemas.calendar import CalendarYear, CountedDay, WorkingCalendar

UNPUBLISHED = WorkingCalendar()
PUBLISHED = {
    2026: CalendarYear(frozenset({date(2026, 10, day) for day in range(1, 8)}), frozenset({date(2026, 10, 10)})),
    2030: CalendarYear(frozenset({date(2030, 1, 1)}), frozenset()),
}


@pytest.mark.parametrize(
    ("last_day", "moved_to"),
    [
        # 1 January 2027 is a Friday: the next working day is Monday the 4th.
        (date(2027, 1, 1), date(2027, 1, 4)),
        # 1 and 2 May 2028 are Monday and Tuesday.
        (date(2028, 5, 1), date(2028, 5, 3)),
        # 1 to 3 October 2027 are Friday to Sunday; 1 to 3 October 2029 Monday to Wednesday.
        (date(2027, 10, 1), date(2027, 10, 4)),
        (date(2029, 10, 1), date(2029, 10, 4)),
    ],
    ids=["元旦", "劳动节", "国庆节 before a weekend", "国庆节 in a week"],
)
def test_a_day_off_that_the_law_fixes_is_off_before_the_years_calendar_is_published(
    last_day: date, moved_to: date
) -> None:
    assert UNPUBLISHED.roll_forward(last_day) == CountedDay(moved_to, provisional=True)


@pytest.mark.parametrize(
    "day",
    [date(2027, 2, 5), date(2027, 4, 5), date(2027, 6, 9), date(2027, 10, 4), date(2028, 5, 3), date(2028, 1, 3)],
    ids=["除夕", "清明", "端午", "the day after 国庆节", "3 May", "what may be given for a New Year on a Saturday"],
)
def test_what_hangs_on_the_moon_or_on_the_years_notice_is_not_guessed(day: date) -> None:
    assert UNPUBLISHED.is_working_day(day)


def test_the_second_of_may_is_off_from_2025_on() -> None:
    """Thursday 2 May 2024 and Friday 2 May 2025, were they not published."""
    assert UNPUBLISHED.is_working_day(date(2024, 5, 2))
    assert not UNPUBLISHED.is_working_day(date(2025, 5, 2))


def test_five_working_days_over_an_unpublished_new_year_leave_out_its_first_day() -> None:
    """From Tuesday 29 December 2026: 30, 31 December, 4, 5, 6 January 2027."""
    published = WorkingCalendar({2026: CalendarYear(frozenset(), frozenset())})

    assert published.add_working_days(date(2026, 12, 29), 5) == CountedDay(date(2027, 1, 6), provisional=True)


def test_a_published_year_is_counted_by_its_calendar_alone() -> None:
    """A calendar that names no day off has none but its weekends: what was published holds, whatever the law would have."""
    published = WorkingCalendar({2027: CalendarYear(frozenset(), frozenset())})

    assert published.roll_forward(date(2027, 1, 1)) == CountedDay(date(2027, 1, 1), provisional=False)


@given(asked=st.lists(st.tuples(st.dates(date(2019, 1, 1), date(2032, 12, 31)), st.none() | st.integers(0, 40))))
def test_what_a_calendar_was_asked_before_changes_none_of_its_answers(asked: list[tuple[date, int | None]]) -> None:
    known = WorkingCalendar(PUBLISHED)

    for day, days in [*asked, *asked]:
        fresh = WorkingCalendar(PUBLISHED)
        if days is None:
            assert known.roll_forward(day) == fresh.roll_forward(day)
        else:
            assert known.add_working_days(day, days) == fresh.add_working_days(day, days)


def test_a_calendar_forgets_before_it_remembers_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calendar, "COUNTED_MAX", 3)
    known = WorkingCalendar()

    counted = [known.add_working_days(date(2027, 3, 1), days).on for days in range(1, 9)]

    assert counted == [WorkingCalendar().add_working_days(date(2027, 3, 1), days).on for days in range(1, 9)]
    assert len(known._counted) <= 3
