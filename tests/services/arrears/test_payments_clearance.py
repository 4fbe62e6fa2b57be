"""When a unit owes neither principal nor late fee, that is recorded, with a number; the case keeps its own."""

from datetime import date, timedelta
from typing import Any

import pytest

from schemas.arrears import ArrearsChanged, ArrearsOpened, ArrearsSettled
from schemas.settlements import ClearanceRecorded, ClearanceStanding, PaymentShare
from schemas.vocabulary import Insurance
from services.arrears import law_payments
from services.arrears.rules_state import Status
from tests.services.arrears.samples import UNIT, Desk, at, desk, missed, paid, registered
from tests.services.arrears.samples_payments import TODAY, set_to, two_lines_owed, unit_paid

CASE = f"QF-{UNIT}-1"
KEEPS_OPEN = set_to("late-fee-keeps-case-open", "yes")
LATE_FEE_OF_NOVEMBER: dict[str, Any] = {
    "month": "2023-11",
    "insurance": Insurance.PENSION,
    "meant_for": PaymentShare.LATE_FEE,
    "paid_on": TODAY,
}


def clearances(started: Desk) -> list[ClearanceRecorded]:
    return [fact for fact in started.said if isinstance(fact, ClearanceRecorded)]


def test_all_principal_paid_settles_and_says_the_late_fee_that_is_still_owed() -> None:
    started = desk(registered(), missed(), paid())

    settled = started.heard_last(ArrearsSettled)
    assert (Status.CLEAR, 250) == (started.case and started.case.status, settled.late_fee_on_paid_lines_fen)
    assert "；尚欠滞纳金2.50元，仍应缴纳" == started.decisions[-1].reason.values["late_fee_left"]
    assert [] == clearances(started)


@pytest.mark.parametrize(("paid_fen", "is_cleared"), [(249, False), (250, True), (251, True)])
def test_the_clearance_waits_for_the_last_fen_of_the_late_fee(paid_fen: int, *, is_cleared: bool) -> None:
    started = desk(registered(), missed(), paid())

    started.hear(unit_paid(paid_fen=paid_fen, **LATE_FEE_OF_NOVEMBER))

    assert is_cleared == bool(clearances(started))


def test_a_clearance_says_its_number_what_was_paid_and_the_paragraph() -> None:
    started = desk(registered(), missed(), paid())

    decision = started.hear(unit_paid(paid_fen=250, **LATE_FEE_OF_NOVEMBER))

    (cleared,) = clearances(started)
    assert (CASE, f"{CASE}-JQ-1", ClearanceStanding.ISSUED, TODAY) == (
        cleared.case_number,
        cleared.clearance_number,
        cleared.standing,
        cleared.cleared_on,
    )
    assert (1, 100_000, 250, 0) == (
        cleared.line_count,
        cleared.paid_fen,
        cleared.late_fee_paid_fen,
        cleared.credit_fen,
    )
    assert [("2023-11", 100_000, 100_000, 250)] == [
        (line.month, line.assessed_fen, line.paid_fen, line.late_fee_paid_fen) for line in cleared.lines
    ]
    assert law_payments.CLEARANCE in decision.reason.paragraphs


def test_a_line_paid_in_time_after_all_was_never_in_arrears_and_needs_no_clearance() -> None:
    started = desk(registered(), missed(), paid(paid_on=date(2023, 12, 15)))

    assert [] == clearances(started)
    assert started.case is not None
    assert started.case.account is None


def test_a_case_opened_again_keeps_its_number_and_the_next_clearance_has_the_next() -> None:
    started = desk(registered(), missed(), paid(), unit_paid(paid_fen=250, **LATE_FEE_OF_NOVEMBER))
    first = started.heard_last(ArrearsOpened).case_number

    started.now = at(date(2024, 3, 1))
    started.hear(missed("M-2", month="2024-01", occurred_on=date(2024, 3, 1), due_on=date(2024, 2, 20)))
    again = started.heard_last(ArrearsOpened).case_number
    late_fee_fen = started.heard_last(ArrearsOpened).late_fee_fen
    started.hear(unit_paid("D-2", paid_fen=100_000 + late_fee_fen, paid_on=date(2024, 3, 1)))

    assert (CASE, CASE) == (first, again)
    assert [f"{CASE}-JQ-1", f"{CASE}-JQ-2"] == [one.clearance_number for one in clearances(started)]
    assert ["2024-01"] == [line.month for line in clearances(started)[-1].lines]


def test_a_payment_taken_back_withdraws_the_clearance_and_the_next_one_has_a_new_number() -> None:
    started = desk(registered(), missed(), paid(), unit_paid(paid_fen=250, **LATE_FEE_OF_NOVEMBER))

    started.hear(paid("P-2", reverses="P-1"))

    assert Status.OPEN == (started.case and started.case.status)
    assert [ClearanceStanding.ISSUED, ClearanceStanding.WITHDRAWN] == [one.standing for one in clearances(started)]
    assert {f"{CASE}-JQ-1"} == {one.clearance_number for one in clearances(started)}
    started.hear(paid("P-3"))
    assert f"{CASE}-JQ-2" == clearances(started)[-1].clearance_number


def test_late_fee_taken_back_withdraws_the_clearance_though_the_case_stays_settled() -> None:
    started = desk(registered(), missed(), paid(), unit_paid(paid_fen=250, **LATE_FEE_OF_NOVEMBER))

    started.hear(unit_paid("D-2", reverses="D-1", paid_on=TODAY))

    assert Status.CLEAR == (started.case and started.case.status)
    assert ClearanceStanding.WITHDRAWN == clearances(started)[-1].standing


def test_a_new_arrear_leaves_an_earlier_clearance_as_it_is() -> None:
    started = desk(registered(), missed(), paid(), unit_paid(paid_fen=250, **LATE_FEE_OF_NOVEMBER))

    started.hear(missed("M-2", month="2023-12", due_on=date(2023, 12, 29), occurred_on=date(2024, 1, 2)))

    assert [ClearanceStanding.ISSUED] == [one.standing for one in clearances(started)]


def test_with_the_parameter_late_fee_keeps_the_case_open_until_it_is_paid() -> None:
    started = Desk(TODAY)
    started.parameters = [KEEPS_OPEN]
    started.hear(registered(), missed(), paid())

    changed = started.heard_last(ArrearsChanged)
    assert (Status.OPEN, 0, 0, 250) == (
        started.case and started.case.status,
        changed.line_count,
        changed.principal_fen,
        changed.late_fee_on_paid_lines_fen,
    )
    started.hear(unit_paid(paid_fen=250, **LATE_FEE_OF_NOVEMBER))
    assert Status.CLEAR == (started.case and started.case.status)
    assert [ArrearsSettled, ClearanceRecorded] == [type(fact) for fact in started.said[-2:]]


@pytest.mark.parametrize(("since", "status"), [(TODAY, Status.OPEN), (TODAY + timedelta(days=1), Status.CLEAR)])
def test_the_parameter_holds_from_its_date(since: date, status: Status) -> None:
    started = Desk(TODAY)
    started.parameters = [set_to("late-fee-keeps-case-open", "yes", since)]

    started.hear(registered(), missed(), paid())

    assert status == (started.case and started.case.status)


def test_with_the_cap_no_more_late_fee_than_principal_has_to_be_paid_for_a_clearance() -> None:
    """1,000 yuan due on 15 June 2016, paid on 20 December 2023: over 2,700 days of 0.50 yuan, more than 1,000."""
    started = Desk(TODAY)
    started.parameters = [set_to("late-fee-cap", "on")]
    started.hear(registered(occurred_on=date(2016, 1, 4)))
    started.hear(missed(month="2016-05", due_on=date(2016, 6, 15)), paid(month="2016-05"))

    started.hear(unit_paid(paid_fen=100_000, meant_for=PaymentShare.LATE_FEE))

    assert 100_000 == clearances(started)[-1].late_fee_paid_fen


def test_a_case_that_was_opened_forgotten_and_begins_anew_has_the_next_number() -> None:
    started = desk(registered(), missed())
    started.hear(registered(business_reference="U-2", reverses="U-1"))
    started.wait_until(at(date(2024, 6, 1)))
    assert "unit-unknown" == started.codes[-1]

    started.hear(registered(business_reference="U-3"), missed("M-2", occurred_on=date(2024, 6, 1)))

    assert f"QF-{UNIT}-2" == started.heard_last(ArrearsOpened).case_number


def test_part_payments_of_two_lines_end_in_one_clearance() -> None:
    """1,500 on 25 December pay October and half of November; 540.00 on 8 January the rest: 500 principal, and late fees.

    October: 40 days of 0.50 = 20.00. November: 10 days of 0.50, 14 days of 0.25: 5.00 + 3.50 = 8.50. 11.50 are left over.
    """
    started = two_lines_owed()
    started.hear(unit_paid())

    started.hear(unit_paid("D-2", paid_fen=54_000, paid_on=TODAY))

    (cleared,) = clearances(started)
    assert (2, 200_000, 2_850, 1_150) == (
        cleared.line_count,
        cleared.paid_fen,
        cleared.late_fee_paid_fen,
        cleared.credit_fen,
    )
