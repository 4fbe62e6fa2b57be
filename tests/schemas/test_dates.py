"""Every date of the contracts lies within bounds, so that whoever hears it may count days from it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import pytest
from pydantic import ValidationError

from schemas.cards import CardLost
from schemas.contributions import DUE_AHEAD_DAYS_MAX, ContributionAssessed, ContributionPaid
from schemas.examples.values import sample
from schemas.fact import Wire
from schemas.mesh import CalendarPublished, ClockTicked
from schemas.topics import TOPICS
from schemas.vocabulary import DATE_FIRST, DATE_LAST, INSTANT_YEAR_LAST, LegalDate

A_DAY = timedelta(days=1)


def code_of(model: type[Wire], **changed: Any) -> str:
    """The code under which a contract refuses its example with something changed; empty where it takes it."""
    try:
        model.model_validate(sample(model, whole=True) | changed)
    except ValidationError as error:
        return error.errors()[0]["type"]
    return ""


def bare_dates(model: type[Wire]) -> list[str]:
    """The fields of a contract that hold a date of any time whatever."""
    hints = get_type_hints(model, include_extras=True)
    return [name for name, hint in hints.items() if name in model.model_fields and date in _open_types(hint)]


def _open_types(hint: Any) -> Iterator[Any]:
    if hint == LegalDate:
        return
    if get_origin(hint) is Annotated:
        hint = get_args(hint)[0]
    yield hint
    for part in get_args(hint):
        yield from _open_types(part)


def test_no_contract_has_a_date_without_bounds() -> None:
    models = [topic.fact for topic in TOPICS if topic.fact is not None]

    assert [] == [f"{model.__name__}.{name}" for model in models for name in bare_dates(model)]


def test_a_date_without_bounds_is_seen() -> None:
    class Planned(Wire):
        on: date | None = None
        days: tuple[date, ...] = ()
        bounded: LegalDate | None = None

    assert ["on", "days"] == bare_dates(Planned)


@pytest.mark.parametrize("field", ["occurred_on", "effective_on", "paid_on"])
@pytest.mark.parametrize(
    ("on", "code"),
    [
        (DATE_FIRST - A_DAY, "date-out-of-range"),
        (DATE_FIRST, ""),
        (DATE_LAST, ""),
        (DATE_LAST + A_DAY, "date-out-of-range"),
        (date.max, "date-out-of-range"),
    ],
    ids=str,
)
def test_a_legal_date_lies_between_the_republics_first_day_and_the_end_of_2199(field: str, on: date, code: str) -> None:
    assert code == code_of(ContributionPaid, **{field: on})


@pytest.mark.parametrize(("days", "code"), [(DUE_AHEAD_DAYS_MAX, ""), (DUE_AHEAD_DAYS_MAX + 1, "due-too-late")])
def test_a_due_date_lies_at_most_five_years_after_it_was_said(days: int, code: str) -> None:
    said_on = date(2024, 2, 1)

    assert code == code_of(ContributionAssessed, occurred_on=said_on, due_on=said_on + timedelta(days=days))


def test_a_line_found_short_years_later_falls_due_then() -> None:
    found_on = date(2024, 2, 1)

    assert "" == code_of(ContributionAssessed, month="1998-05", occurred_on=found_on, due_on=date(2024, 2, 26))


def test_the_last_day_of_the_calendar_is_no_due_date() -> None:
    assert "date-out-of-range" == code_of(ContributionAssessed, due_on=date.max)


@pytest.mark.parametrize(
    ("month", "code"), [("1985-12", "month-invalid"), ("1986-01", ""), ("2199-12", ""), ("2200-01", "month-invalid")]
)
def test_a_month_lies_within_the_time_of_contributions(month: str, code: str) -> None:
    assert code == code_of(ContributionPaid, month=month)


@pytest.mark.parametrize(("model", "field"), [(ClockTicked, "now"), (CardLost, "reported_at")])
@pytest.mark.parametrize(
    ("at", "code"),
    [
        (datetime(1949, 9, 30, 23, 59, tzinfo=UTC), "date-out-of-range"),
        (datetime(1949, 10, 1, tzinfo=UTC), ""),
        (datetime(INSTANT_YEAR_LAST, 12, 31, 23, 59, tzinfo=UTC), ""),
        (datetime(INSTANT_YEAR_LAST + 1, 1, 1, tzinfo=UTC), "date-out-of-range"),
    ],
    ids=str,
)
def test_an_instant_said_from_outside_leaves_room_to_count_from_it(
    model: type[Wire], field: str, at: datetime, code: str
) -> None:
    assert code == code_of(model, **{field: at})


@pytest.mark.parametrize(
    ("year", "code"), [(1948, "greater_than_equal"), (1949, ""), (2199, ""), (2200, "less_than_equal")]
)
def test_a_calendar_is_of_a_year_within_the_same_bounds(year: int, code: str) -> None:
    assert code == code_of(CalendarPublished, year=year, days_off=(), make_up_days=())
