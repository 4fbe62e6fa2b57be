"""Payments of a unit for the arrears tests, and what they leave on its lines."""

from datetime import date
from types import MappingProxyType
from typing import Any

from schemas.calendar import CalendarYear, WorkingCalendar
from schemas.mesh import ParameterPublished
from schemas.settlements import UnitPaid
from tests.services.arrears.samples import PLACE, PUBLISHED, Desk, assessed, registered

OCTOBER, NOVEMBER = "2023-10/pension", "2023-11/pension"
TODAY = date(2024, 1, 8)


def unit_paid(reference: str = "D-1", **changed: Any) -> UnitPaid:
    """1,500 yuan of the unit, paid on Monday 2023-12-25, for no line in particular."""
    fields = {
        **PLACE,
        "occurred_on": changed.get("paid_on", date(2023, 12, 25)),
        "business_reference": reference,
        "paid_fen": 150_000,
        "paid_on": date(2023, 12, 25),
    }
    return UnitPaid(**(fields | changed))


def set_to(name: str, value: str, effective_on: date = date(2023, 1, 1)) -> ParameterPublished:
    """A parameter, set."""
    return ParameterPublished(name=name, value=value, effective_on=effective_on)


def two_lines_owed(*parameters: ParameterPublished, today: date = TODAY) -> Desk:
    """1,000 yuan each for October and November 2023, due on Wednesday 2023-11-15 and Friday 2023-12-15, nothing paid."""
    desk = Desk(today)
    desk.parameters = list(parameters)
    desk.hear(registered())
    desk.hear(assessed("A-10", month="2023-10", occurred_on=date(2023, 11, 1), due_on=date(2023, 11, 15)))
    desk.hear(assessed("A-11"))
    return desk


def with_new_year_2027_off() -> WorkingCalendar:
    """The published calendars, and one for 2027 in which 1 January and Monday 4 to Wednesday 6 January are days off."""
    new_year = CalendarYear(frozenset(date(2027, 1, day) for day in (1, 4, 5, 6)), frozenset())
    return WorkingCalendar(MappingProxyType({**PUBLISHED.years, 2027: new_year}))


def owed(desk: Desk) -> dict[str, tuple[int, int, int]]:
    """Of each line: principal owed, paid of its principal, paid of its late fee."""
    assert desk.case is not None
    return {key: (line.owed_fen, line.paid_fen, line.fee_paid_fen) for key, line in sorted(desk.case.lines.items())}
