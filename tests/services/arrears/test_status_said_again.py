"""A registrar says of a unit all the time that it operates (存续): that silences no objection and no claim, as long as nothing says what ended."""

from datetime import date, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from schemas.insolvency_acts import InsolvencyAct
from schemas.unit_status import LegalForm, Measure, MeasureStage, UnitStanding, UnitStatusReported
from services.arrears import law_status_disputes
from tests.services.arrears.samples import assessed, desk, paid, registered
from tests.services.arrears.samples_status import COURT, accepted, act, in_arrears, measure_of, reasons_of, status, told

ON = date(2024, 1, 10)
OBJECTING = (Measure.OBJECT, MeasureStage.OBJECT)
ANNOUNCED = status(UnitStanding.DEREGISTRATION_ANNOUNCED, ON)
GROUP = status(UnitStanding.LIQUIDATING, ON, announced_on=date(2024, 1, 11))
FEBRUARY = (date(2024, 2, 19), date(2024, 2, 20))
"""Announced on 10 January: published for 20 days, then 20 more to apply; 19 February is the last of them."""


def operating(on: date, reference: str = "S-9", **changed: Any) -> UnitStatusReported:
    return status(UnitStanding.OPERATING, on, reference, **({"court": None} | changed))


def test_a_routine_report_leaves_the_objection_to_a_simple_deregistration_open() -> None:
    started = in_arrears()
    started.hear(ANNOUNCED, operating(date(2024, 1, 12)))
    assert OBJECTING == measure_of(started)

    started.hear(act(InsolvencyAct.OBJECTION_FILED, date(2024, 1, 12)))
    assert [] == reasons_of(started)


def test_a_report_that_the_announcement_ended_closes_it() -> None:
    started = in_arrears()
    started.hear(ANNOUNCED, operating(date(2024, 1, 12), ended=UnitStanding.DEREGISTRATION_ANNOUNCED))
    assert (Measure.REMIND, MeasureStage.ORDINARY) == measure_of(started)

    started.hear(act(InsolvencyAct.OBJECTION_FILED, date(2024, 1, 12)))
    assert ["no-simple-deregistration"] == reasons_of(started)


@pytest.mark.parametrize(
    ("on", "standings"),
    list(zip(FEBRUARY, ((UnitStanding.DEREGISTRATION_ANNOUNCED,), (UnitStanding.OPERATING,)), strict=True)),
    ids=["on the last day to apply", "on the day after"],
)
def test_an_announcement_on_which_nobody_applied_in_time_has_come_to_nothing(
    on: date, standings: tuple[UnitStanding, ...]
) -> None:
    started = in_arrears(FEBRUARY[1])
    started.hear(ANNOUNCED, operating(on))

    assert standings == told(started).statuses


def test_the_way_of_a_sole_proprietor_is_ten_days_shorter() -> None:
    started = in_arrears(FEBRUARY[1])
    sole = {"legal_form": LegalForm.SOLE_PROPRIETOR}
    last_day = FEBRUARY[0] - timedelta(days=10)
    started.hear(status(UnitStanding.DEREGISTRATION_ANNOUNCED, ON, **sole), operating(last_day, **sole))
    assert Measure.OBJECT is measure_of(started)[0]

    started.hear(operating(last_day + timedelta(days=1), "S-10", **sole))
    assert Measure.REMIND is measure_of(started)[0]


@pytest.mark.parametrize(
    ("ended", "measure"), [(None, Measure.CLAIM_IN_LIQUIDATION), (UnitStanding.LIQUIDATING, Measure.REMIND)]
)
def test_a_routine_report_leaves_the_claim_to_a_liquidation_group_open(
    ended: UnitStanding | None, measure: Measure
) -> None:
    """清算期间公司存续 (公司法 236(3)): the register calls it so; that the company goes on (230) has to be said."""
    started = in_arrears()
    started.hear(GROUP, operating(date(2024, 1, 12), ended=ended))

    assert measure is measure_of(started)[0]


def test_a_report_ends_only_what_it_names() -> None:
    started = in_arrears()
    started.hear(ANNOUNCED, operating(date(2024, 1, 12), ended=UnitStanding.LIQUIDATING))

    assert OBJECTING == measure_of(started)


@pytest.mark.parametrize(
    ("standing", "ended"),
    [
        (UnitStanding.REVOKED, UnitStanding.LIQUIDATING),
        (UnitStanding.OPERATING, UnitStanding.REVOKED),
        (UnitStanding.OPERATING, UnitStanding.BANKRUPTCY_ACCEPTED),
    ],
)
def test_what_no_report_ends_is_not_taken_in(standing: UnitStanding, ended: UnitStanding) -> None:
    with pytest.raises(ValidationError, match="a detail belongs to another status"):
        status(standing, ON, ended=ended)


def test_what_is_assessed_and_not_due_yet_calls_for_an_objection_too() -> None:
    """Assessed for January, due on 15 February: the publication ends on 30 January, and the unit would be gone before it is late."""
    started = desk(registered(), assessed(month="2024-01", due_on=date(2024, 2, 15)), today=date(2024, 1, 12))
    started.hear(ANNOUNCED)
    assert (OBJECTING, date(2024, 1, 30)) == (measure_of(started), told(started).deadline_on)
    assert law_status_disputes.NOT_DUE_DISPUTE in told(started).disputed

    started.hear(act(InsolvencyAct.OBJECTION_FILED, date(2024, 1, 12)))
    assert ([], (Measure.NONE, MeasureStage.FINISHED)) == (reasons_of(started), measure_of(started))


def test_what_is_paid_before_it_is_due_needs_no_objection() -> None:
    started = desk(registered(), assessed(month="2024-01", due_on=date(2024, 2, 15)), today=date(2024, 1, 12))
    started.hear(ANNOUNCED, paid(month="2024-01", paid_on=date(2024, 1, 12)))
    assert (Measure.NONE, MeasureStage.FINISHED) == measure_of(started)

    started.hear(act(InsolvencyAct.OBJECTION_FILED, date(2024, 1, 12)))
    assert ["nothing-owed"] == reasons_of(started)


def test_without_an_announcement_what_is_not_due_yet_calls_for_nothing() -> None:
    started = desk(registered(), assessed(month="2024-01", due_on=date(2024, 2, 15)), today=date(2024, 1, 12))
    started.hear(operating(ON))

    assert started.case is not None
    assert started.case.measure is not None
    assert Measure.NONE is started.case.measure.measure


def test_a_bankruptcy_ends_by_its_court_whatever_else_a_report_ends() -> None:
    started = in_arrears()
    started.hear(accepted(), operating(date(2024, 1, 12), ended=UnitStanding.LIQUIDATING))
    assert ["operating-without-ruling"] == reasons_of(started)

    started.hear(operating(date(2024, 1, 12), court=COURT))
    assert Measure.REMIND is measure_of(started)[0]
