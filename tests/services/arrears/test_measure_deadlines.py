"""Deadlines of the roads: near, missed, met; the day itself and the day after."""

from datetime import date, timedelta

import pytest

from schemas.arrears import ReminderCancelled, ReminderRequested
from schemas.insolvency_acts import InsolvencyAct
from schemas.unit_status import (
    DeadlineAlert,
    DeadlineKind,
    InsolvencyDeadlineAlerted,
    LegalForm,
    Measure,
    MeasureStage,
    UnitStanding,
)
from tests.services.arrears.samples import Desk, at, desk, missed, paid, registered
from tests.services.arrears.samples_payments import unit_paid
from tests.services.arrears.samples_status import accepted, act, claim, in_arrears, measure_of, reasons_of, status, told

S, A, M = UnitStanding, InsolvencyAct, MeasureStage
ON = date(2024, 1, 10)
SOLE = {"legal_form": LegalForm.SOLE_PROPRIETOR}


def alerts(started: Desk) -> list[tuple[DeadlineKind | None, DeadlineAlert]]:
    """All alerts said so far."""
    return [(one.deadline_kind, one.alert) for one in started.said if isinstance(one, InsolvencyDeadlineAlerted)]


def test_the_time_to_declare_is_said_to_be_near_and_then_missed_once_each() -> None:
    """Declare by 2024-03-20: near from 2024-03-13 on, missed on 2024-03-21."""
    started = in_arrears()
    started.hear(accepted())

    assert "measure-deadline-near" not in started.wait_until(at(date(2024, 3, 12), hour=23))
    assert "measure-deadline-near" in started.wait_until(at(date(2024, 3, 13), hour=0))
    assert "measure-deadline-missed" not in started.wait_until(at(date(2024, 3, 20), hour=23))
    assert (Measure.DECLARE_CLAIM, M.DECLARE) == measure_of(started)

    assert "measure-deadline-missed" in started.wait_until(at(date(2024, 3, 21), hour=0))
    assert (Measure.DECLARE_CLAIM, M.SUPPLEMENT) == measure_of(started)

    started.wait_until(at(date(2026, 3, 21)))
    assert [(DeadlineKind.CLAIM, DeadlineAlert.NEAR), (DeadlineKind.CLAIM, DeadlineAlert.MISSED)] == alerts(started)


def test_a_late_clock_says_missed_and_not_near() -> None:
    started = in_arrears()
    started.hear(accepted())

    started.jump_to(at(date(2024, 5, 1)))

    assert [(DeadlineKind.CLAIM, DeadlineAlert.MISSED)] == alerts(started)


def test_a_claim_in_time_leaves_no_deadline() -> None:
    started = in_arrears()
    started.hear(accepted())
    started.wait_until(at(date(2024, 2, 1)))
    started.hear(claim(date(2024, 2, 1)))
    started.wait_until(at(date(2024, 12, 1)))

    assert (Measure.DECLARE_CLAIM, M.DECLARED) == measure_of(started)
    assert [] == alerts(started)


def test_an_announcement_not_seen_within_25_days_is_asked_for() -> None:
    """Accepted on 2024-01-10: 25 days are over on 2024-02-04."""
    started = in_arrears()
    started.hear(accepted(announced_on=None, declare_by=None))
    assert (DeadlineKind.ANNOUNCEMENT, date(2024, 2, 4)) == (told(started).deadline_kind, told(started).deadline_on)

    started.wait_until(at(date(2024, 2, 5), hour=1))
    assert (DeadlineKind.ANNOUNCEMENT, DeadlineAlert.MISSED) == alerts(started)[-1]

    started.hear(accepted(revision=2))
    assert (DeadlineKind.CLAIM, date(2024, 3, 20)) == (told(started).deadline_kind, told(started).deadline_on)


@pytest.mark.parametrize(("more", "days"), [({}, 20), (SOLE, 10)], ids=["company", "sole proprietor"])
def test_an_objection_on_the_last_day_is_in_time_and_on_the_day_after_is_not(
    more: dict[str, LegalForm], days: int
) -> None:
    announced = status(S.DEREGISTRATION_ANNOUNCED, ON, **more)
    last_day = ON + timedelta(days=days)
    late, in_time = in_arrears(last_day + timedelta(days=1)), in_arrears(last_day)

    late.hear(announced, act(A.OBJECTION_FILED, last_day + timedelta(days=1)))
    in_time.hear(announced, act(A.OBJECTION_FILED, last_day))

    assert ["objection-too-late"] == reasons_of(late)
    assert str(last_day) in late.decisions[-1].reason.values["reasons_text"]
    assert "insolvency-act-recorded" == in_time.codes[-1]


def test_after_the_objection_the_unit_is_on_the_ordinary_road_again() -> None:
    started = in_arrears()
    started.hear(status(S.DEREGISTRATION_ANNOUNCED, ON), act(A.OBJECTION_FILED, date(2024, 1, 12)))

    assert (Measure.REMIND, M.ORDINARY) == measure_of(started)
    assert ("objection-filed",) == {one.measure: one.reasons for one in told(started).rejected}[Measure.OBJECT]


def test_a_missed_objection_is_said() -> None:
    """Announced on 2024-01-10: the 20th day is 2024-01-30."""
    started = in_arrears()
    started.hear(status(S.DEREGISTRATION_ANNOUNCED, ON))

    started.wait_until(at(date(2024, 1, 30), hour=23))
    assert (Measure.OBJECT, M.OBJECT) == measure_of(started)

    started.wait_until(at(date(2024, 1, 31), hour=0))
    assert (Measure.OBJECT, M.OBJECTION_MISSED) == measure_of(started)
    assert (DeadlineKind.OBJECTION, DeadlineAlert.MISSED) == alerts(started)[-1]


def test_nothing_owed_needs_no_objection_until_an_arrear_is_found() -> None:
    started = desk(registered(), status(S.DEREGISTRATION_ANNOUNCED, ON), today=date(2024, 1, 12))
    started.hear(act(A.OBJECTION_FILED, date(2024, 1, 12)))
    assert ["nothing-owed"] == reasons_of(started)

    started.hear(missed())

    assert (Measure.OBJECT, date(2024, 1, 30)) == (told(started).measure, told(started).deadline_on)


def test_late_fee_alone_calls_for_an_objection_and_for_who_answers_once_the_unit_is_gone() -> None:
    """It promises to have settled all debts (公司法 240), and late fee is one; paid on 10 January, 1,000 yuan bore 26 days: 13 yuan."""
    started = in_arrears()
    started.hear(paid(paid_on=ON), status(S.OPERATING, ON))
    assert (Measure.NONE, M.FINISHED) == measure_of(started)

    started.hear(status(S.DEREGISTRATION_ANNOUNCED, date(2024, 1, 11), "S-2"))
    assert (Measure.OBJECT, M.OBJECT) == measure_of(started)
    started.hear(act(A.OBJECTION_FILED, date(2024, 1, 12)))
    assert (Measure.NONE, M.FINISHED) == measure_of(started)

    started.hear(status(S.DEREGISTERED, date(2024, 1, 12), "S-3"))
    assert (Measure.PURSUE_OBLIGORS, M.PURSUE) == measure_of(started)
    started.hear(unit_paid(paid_fen=1_300, paid_on=date(2024, 1, 12)))
    assert (Measure.NONE, M.FINISHED) == measure_of(started)


def test_late_fee_alone_is_told_to_a_liquidation_group() -> None:
    started = in_arrears()
    started.hear(paid(paid_on=ON), status(S.LIQUIDATING, ON, announced_on=ON))
    assert (Measure.CLAIM_IN_LIQUIDATION, M.DECLARE) == measure_of(started)

    started.hear(act(A.LIQUIDATION_CLAIMED, date(2024, 1, 11), declared_fen=0, late_fee_fen=1_300))
    assert (Measure.CLAIM_IN_LIQUIDATION, M.DECLARED) == measure_of(started)


def test_a_revoked_unit_is_given_fifteen_days_to_liquidate_before_the_court_is_asked() -> None:
    """Revoked on 2024-01-10: the 15th day is 2024-01-25."""
    started = in_arrears()
    started.hear(status(S.REVOKED, ON))
    started.wait_until(at(date(2024, 1, 25), hour=20))
    assert (Measure.FORCE_LIQUIDATION, M.AWAIT_LIQUIDATION) == measure_of(started)

    started.hear(act(A.LIQUIDATION_APPLIED, date(2024, 1, 25)))
    assert ["liquidation-period-open"] == reasons_of(started)

    started.wait_until(at(date(2024, 1, 26), hour=1))
    assert (Measure.FORCE_LIQUIDATION, M.APPLY) == measure_of(started)

    started.hear(act(A.LIQUIDATION_APPLIED, date(2024, 1, 26)))
    assert (Measure.FORCE_LIQUIDATION, M.APPLIED) == measure_of(started)
    assert told(started).ordinary_steps_open


@pytest.mark.parametrize(
    ("told_us", "last_day"),
    [
        ({"notified_on": date(2024, 1, 12), "announced_on": date(2024, 1, 11)}, date(2024, 2, 11)),
        ({"announced_on": date(2024, 1, 11)}, date(2024, 2, 25)),
    ],
    ids=["30 days from the notice", "45 days from the announcement"],
)
def test_a_liquidation_group_is_told_in_time_and_still_taken_in_after_it(
    told_us: dict[str, date], last_day: date
) -> None:
    """Half a yuan of late fee a day since 2023-12-16."""
    started = in_arrears()
    started.hear(status(S.REVOKED, date(2024, 1, 4), "S-0"), status(S.LIQUIDATING, ON, "S-1", **told_us))
    assert (Measure.CLAIM_IN_LIQUIDATION, DeadlineKind.CLAIM, last_day) == (
        told(started).measure,
        told(started).deadline_kind,
        told(started).deadline_on,
    )
    assert told(started).ordinary_steps_open

    started.wait_until(at(last_day + timedelta(days=1), hour=1))
    assert M.SUPPLEMENT is measure_of(started)[1]

    day = last_day + timedelta(days=1)
    fee_fen = (day - date(2023, 12, 15)).days * 50
    started.hear(act(A.LIQUIDATION_CLAIMED, day, declared_fen=100_000, late_fee_fen=fee_fen - 50))
    assert ["claim-late-fee-differs"] == reasons_of(started)

    started.hear(act(A.LIQUIDATION_CLAIMED, day, declared_fen=100_000, late_fee_fen=fee_fen))
    assert M.DECLARED is measure_of(started)[1]


def test_a_liquidation_that_is_told_again_with_its_announcement_is_the_same_and_keeps_its_claim() -> None:
    """Notified on 12 January: thirty days, to 11 February; the announcement of the 25th moves no day of who was notified (公司法 235)."""
    started = in_arrears()
    started.hear(status(S.LIQUIDATING, ON, "S-1", notified_on=date(2024, 1, 12)))
    started.wait_until(at(date(2024, 1, 26)))
    again = status(S.LIQUIDATING, date(2024, 1, 25), "S-2", announced_on=date(2024, 1, 25))
    started.hear(again)
    assert (M.DECLARE, date(2024, 2, 11)) == (measure_of(started)[1], told(started).deadline_on)

    started.hear(act(A.LIQUIDATION_CLAIMED, date(2024, 1, 26), declared_fen=100_000, late_fee_fen=42 * 50))
    started.hear(again.model_copy(update={"business_reference": "S-3", "occurred_on": date(2024, 1, 26)}))

    assert M.DECLARED is measure_of(started)[1]


def test_no_court_is_asked_for_a_liquidation_that_is_under_way() -> None:
    started = in_arrears(date(2024, 2, 1))
    started.hear(status(S.REVOKED, ON, "S-0"), status(S.LIQUIDATING, date(2024, 1, 24)))
    started.hear(act(A.LIQUIDATION_APPLIED, date(2024, 2, 1)))

    assert ["liquidation-under-way"] == reasons_of(started)


def test_a_liquidation_group_that_announces_nothing_is_looked_for_after_sixty_days() -> None:
    started = in_arrears()
    started.hear(status(S.LIQUIDATING, ON))

    assert (DeadlineKind.ANNOUNCEMENT, date(2024, 3, 10)) == (told(started).deadline_kind, told(started).deadline_on)


def test_a_liquidation_that_turns_into_a_bankruptcy_leaves_its_road() -> None:
    started = in_arrears()
    started.hear(status(S.LIQUIDATING, date(2024, 1, 5)), accepted(reference="S-2"))

    assert Measure.DECLARE_CLAIM is measure_of(started)[0]


def test_obligors_are_claimed_from_once_the_unit_is_deregistered() -> None:
    started = in_arrears()
    started.hear(act(A.OBLIGORS_CLAIMED, ON))
    assert ["not-deregistered"] == reasons_of(started)

    started.hear(status(S.DEREGISTERED, ON), act(A.OBLIGORS_CLAIMED, date(2024, 1, 12)))
    assert (Measure.PURSUE_OBLIGORS, M.PURSUED) == measure_of(started)


def test_a_bankrupt_unit_is_not_called_any_more_and_what_is_pending_is_cancelled() -> None:
    started = desk(registered(), missed(), today=date(2024, 1, 8))
    started.wait_until(at(date(2024, 1, 9), hour=9))
    asked = started.heard_last(ReminderRequested)

    started.hear(accepted(date(2024, 1, 9)))
    assert (asked.notice_id, "other-procedure") == (
        started.heard_last(ReminderCancelled).notice_id,
        started.heard_last(ReminderCancelled).reason_code,
    )

    started.hear(missed("M-2", month="2023-12", due_on=date(2024, 1, 8), occurred_on=date(2024, 1, 9)))
    started.wait_until(at(date(2024, 12, 1)))
    assert 1 == sum(isinstance(fact, ReminderRequested) for fact in started.said)


def test_a_revoked_unit_is_still_called() -> None:
    started = desk(registered(), missed(), status(S.REVOKED, date(2024, 1, 8)), today=date(2024, 1, 8))

    assert "reminder-asked" in started.wait_until(at(date(2024, 1, 9), hour=9))


def test_a_payment_ends_deadlines_that_are_pending() -> None:
    """Paid five days late: 2.50 yuan of late fee."""
    started = in_arrears()
    started.hear(status(S.DEREGISTRATION_ANNOUNCED, ON), paid(), unit_paid(paid_fen=250, paid_on=date(2023, 12, 20)))

    assert [] == started.wait_until(at(date(2024, 6, 1)))
    assert [] == alerts(started)
