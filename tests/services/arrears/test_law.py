"""The numbers of the law, each on both sides of its boundary."""

from datetime import date, time, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.arrears import law
from services.arrears.law_office_rules import OFFICE_RULES
from tests.services.arrears.samples import PUBLISHED, UNPUBLISHED

A_DAY = timedelta(days=1)
CUT = date(2011, 7, 1)
days = st.dates(date(1999, 2, 1), date(2030, 12, 31))


def yuan_fee(after: date, through: date, principal_fen: int = 10_000) -> Fraction:
    return Fraction(law.late_fee_units(principal_fen, after, through), law.UNITS_A_FEN)


def test_nothing_is_added_on_the_due_date_itself() -> None:
    assert yuan_fee(date(2024, 1, 15), date(2024, 1, 15)) == 0


def test_the_first_day_after_the_due_date_bears_the_first_late_fee() -> None:
    assert yuan_fee(date(2024, 1, 15), date(2024, 1, 16)) == 5


def test_calendar_days_count_also_over_the_spring_festival() -> None:
    assert yuan_fee(date(2024, 2, 8), date(2024, 2, 19)) == 5 * 11


def test_the_last_day_of_june_2011_bears_two_per_mille() -> None:
    assert yuan_fee(date(2011, 6, 29), date(2011, 6, 30)) == 20


def test_the_first_day_of_july_2011_bears_half_a_per_mille() -> None:
    assert yuan_fee(date(2011, 6, 30), date(2011, 7, 1)) == 5


def test_arrears_across_the_first_of_july_2011_are_split_there() -> None:
    assert yuan_fee(date(2011, 6, 20), date(2011, 7, 10)) == 10 * 20 + 10 * 5


@pytest.mark.parametrize(
    ("after", "through", "paragraphs"),
    [
        (date(2011, 6, 29), date(2011, 6, 29), ()),
        (date(2011, 6, 29), date(2011, 6, 30), (law.OLD_LATE_FEE, law.TEMPORAL_CUT)),
        (date(2011, 6, 29), date(2011, 7, 1), (law.OLD_LATE_FEE, law.TEMPORAL_CUT, law.LATE_FEE)),
        (date(2011, 6, 30), date(2011, 7, 1), (law.LATE_FEE,)),
    ],
    ids=["no day", "only June", "June and July", "only July"],
)
def test_a_late_fee_rests_on_the_law_of_its_days(after: date, through: date, paragraphs: tuple[str, ...]) -> None:
    assert paragraphs == law.late_fee_paragraphs(after, through)


def test_the_rate_is_called_by_its_name_on_each_side_of_the_law() -> None:
    assert "千分之二" == law.rate_on(date(2011, 6, 30)).name
    assert "万分之五" == law.rate_on(date(2011, 7, 1)).name


def test_the_late_fee_is_simple_never_compounded() -> None:
    year = yuan_fee(date(2022, 1, 1), date(2023, 1, 1))

    assert yuan_fee(date(2022, 1, 1), date(2024, 1, 1)) == 2 * year


@given(after=days, length=st.integers(0, 3_000), principal_fen=st.integers(0, 10**12))
def test_the_late_fee_is_what_day_by_day_counting_gives(after: date, length: int, principal_fen: int) -> None:
    expected = Fraction(0)
    old_days = min(max((CUT - after).days - 1, 0), length)
    expected += Fraction(2, 1000) * principal_fen * old_days
    expected += Fraction(5, 10_000) * principal_fen * (length - old_days)

    assert yuan_fee(after, after + timedelta(days=length), principal_fen) == expected


@given(after=days, first=st.integers(0, 3_000), second=st.integers(0, 3_000))
def test_a_span_split_anywhere_bears_the_same(after: date, first: int, second: int) -> None:
    middle = after + timedelta(days=first)
    end = middle + timedelta(days=second)

    assert yuan_fee(after, end) == yuan_fee(after, middle) + yuan_fee(middle, end)


@pytest.mark.parametrize(("units", "fen"), [(0, 0), (4_999, 0), (5_000, 1), (14_999, 1), (15_000, 2), (10_000, 1)])
def test_half_a_fen_is_rounded_up(units: int, fen: int) -> None:
    assert law.rounded_fen(units) == fen


@pytest.mark.parametrize(
    ("due_on", "last_day"),
    [
        (date(2024, 3, 15), date(2024, 3, 15)),
        (date(2024, 3, 16), date(2024, 3, 18)),
        (date(2024, 2, 10), date(2024, 2, 18)),
        (date(2024, 2, 17), date(2024, 2, 18)),
        (date(2024, 2, 18), date(2024, 2, 18)),
        (date(2020, 1, 31), date(2020, 2, 3)),
    ],
    ids=["Friday", "Saturday", "first day of the festival", "its last day", "worked Sunday", "extension of 2020"],
)
def test_a_due_date_on_a_day_off_moves_to_the_next_working_day(due_on: date, last_day: date) -> None:
    moved = law.due_date(due_on, PUBLISHED)

    assert (moved.on, moved.provisional) == (last_day, False)


def test_without_a_calendar_weekends_and_days_fixed_by_law_are_counted_and_the_answer_is_provisional() -> None:
    """1 to 3 October 2029 are Monday to Wednesday; what more the notice of that year gives is not known."""
    moved = law.due_date(date(2029, 10, 1), UNPUBLISHED)

    assert (moved.on, moved.provisional) == (date(2029, 10, 4), True)


def test_the_older_cohort_ends_with_2019() -> None:
    assert law.is_stock(date(2019, 12, 31))
    assert not law.is_stock(date(2020, 1, 1))


def test_the_collector_changes_with_november_2020() -> None:
    assert law.authority_on(date(2020, 10, 31)).code == "social-insurance-centre"
    assert law.authority_on(date(2020, 11, 1)).code == "tax"


def test_a_legal_date_is_over_at_midnight_in_weihai() -> None:
    assert law.end_of(date(2024, 1, 15)).isoformat() == "2024-01-15T16:00:00+00:00"


def test_a_reminder_is_void_before_the_next_one_is_due() -> None:
    """So at most one reminder of a unit can be under way."""
    for office in OFFICE_RULES:
        assert office.reminder_valid_working_days <= min(office.ladder_working_days)
        assert office.reminder_valid_working_days <= office.reminder_gap_working_days
        assert time(8) <= office.reminder_time < time(21)


def test_tables_of_the_law_stand_in_order_of_force() -> None:
    for table in (law.LATE_FEE_RATES, law.AUTHORITIES, OFFICE_RULES):
        starts = [row.in_force_from for row in table]
        assert starts == sorted(starts)


def test_before_the_first_rules_of_the_office_the_first_are_used() -> None:
    first = OFFICE_RULES[0]

    assert law.office_on(first.in_force_from - A_DAY) is first
