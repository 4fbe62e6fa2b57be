"""A unit's payment goes where it says, else over what is open by the order in force; it is given back exactly."""

from datetime import date
from typing import Any

import pytest

from schemas.arrears import ArrearsChanged, ArrearsOpened
from schemas.decision import Outcome
from schemas.mesh import EarlierValue, ParameterPublished
from schemas.settlements import PaymentShare
from schemas.vocabulary import Insurance
from services.arrears import law_payments
from tests.services.arrears.samples import Desk, assessed, at, desk, paid, registered
from tests.services.arrears.samples_payments import (
    NOVEMBER,
    OCTOBER,
    owed,
    set_to,
    two_lines_owed,
    unit_paid,
    with_new_year_2027_off,
)

LATE_FEE_FIRST = set_to("payment-allocation", "late-fee-first")
OF_NOVEMBER: dict[str, Any] = {"month": "2023-11", "insurance": Insurance.PENSION}


def test_principal_first_pays_the_oldest_principal_and_leaves_the_late_fees_open() -> None:
    """Worked by hand. 1,500 yuan come on 25 December 2023; 1,000 are owed for October, 1,000 for November.

    October's principal takes 1,000, November's the other 500. Late fees to 8 January 2024, 0.05 % a day:
    October, 16 November to 25 December: 15 + 25 = 40 days of 0.50 = 20.00.
    November, 16 to 25 December: 10 days of 0.50 = 5.00; then on 500 yuan 6 + 8 = 14 days of 0.25 = 3.50; in all 8.50.
    """
    started = two_lines_owed()

    started.hear(unit_paid())

    said = started.heard_last(ArrearsChanged)
    assert {OCTOBER: (0, 100_000, 0), NOVEMBER: (50_000, 50_000, 0)} == owed(started)
    assert (50_000, 850, 2_000, 0) == (
        said.principal_fen,
        said.late_fee_fen,
        said.late_fee_on_paid_lines_fen,
        said.late_fee_paid_fen,
    )


def test_late_fee_first_pays_both_late_fees_and_then_the_oldest_principal() -> None:
    """Worked by hand, the same payment. On 25 December the late fees are 20.00 and 5.00: 25.00 of the 1,500.

    October's principal takes 1,000, November's the last 475; 525 stay owed. November's late fee to 8 January: 5.00, and
    14 days of 525 x 0.05 % = 0.2625, that is 3.675; together 8.675, rounded half up 8.68; less 5.00 paid: 3.68.
    """
    started = two_lines_owed(LATE_FEE_FIRST)

    started.hear(unit_paid())

    said = started.heard_last(ArrearsChanged)
    assert {OCTOBER: (0, 100_000, 2_000), NOVEMBER: (52_500, 47_500, 500)} == owed(started)
    assert (52_500, 368, 0, 2_500) == (
        said.principal_fen,
        said.late_fee_fen,
        said.late_fee_on_paid_lines_fen,
        said.late_fee_paid_fen,
    )


def test_the_decision_tells_line_by_line_where_a_payment_went() -> None:
    started = two_lines_owed(LATE_FEE_FIRST)

    reason = started.hear(unit_paid()).reason

    assert "payment-allocated" == reason.code
    assert (
        "D-1 1,500.00元（先滞纳金、后本金）：2023-10养老滞纳金20.00元、2023-11养老滞纳金5.00元、"
        "2023-10养老本金1,000.00元、2023-11养老本金475.00元"
    ) == reason.values["allocation"]
    assert {law_payments.OFFICE_ALLOCATION, law_payments.OLDEST_FIRST} <= set(reason.paragraphs)


@pytest.mark.parametrize(("since", "fee_paid_fen"), [(date(2023, 12, 25), 2_500), (date(2023, 12, 26), 0)])
def test_the_order_is_that_of_the_day_of_payment(since: date, fee_paid_fen: int) -> None:
    started = two_lines_owed(set_to("payment-allocation", "late-fee-first", since))

    started.hear(unit_paid())

    assert fee_paid_fen == sum(fee for _, _, fee in owed(started).values())


@pytest.mark.parametrize(
    ("first_on", "second_on", "fee_paid_fen"),
    [
        (date(2023, 12, 25), date(2023, 12, 26), 2_500),
        (date(2023, 12, 26), date(2023, 12, 27), 0),
        (date(2023, 12, 24), date(2023, 12, 25), 0),
    ],
)
def test_a_payment_of_before_the_second_change_goes_by_the_first(
    first_on: date, second_on: date, fee_paid_fen: int
) -> None:
    """Paid on 25 December; late fee first from the first change on, principal first again from the second."""
    first = EarlierValue(value="late-fee-first", effective_on=first_on)
    second = ParameterPublished(
        name="payment-allocation", value="principal-first", effective_on=second_on, revision=2, earlier=(first,)
    )
    started = two_lines_owed(second)

    started.hear(unit_paid())

    assert fee_paid_fen == sum(fee for _, _, fee in owed(started).values())


def test_a_later_order_leaves_what_was_allocated_where_it_is() -> None:
    started = two_lines_owed()
    started.hear(unit_paid())

    started.parameters = [LATE_FEE_FIRST]
    started.hear(paid("P-2", paid_fen=10_000))

    assert {OCTOBER: (0, 100_000, 0), NOVEMBER: (40_000, 60_000, 0)} == owed(started)


def test_a_reversal_gives_back_exactly_what_was_allocated() -> None:
    """Worked by hand, late fee first. Before it and after its reversal both lines owe 1,000 to 8 January 2024:

    October 16 November to 8 January: 15 + 31 + 8 = 54 days of 0.50 = 27.00; November 16 + 8 = 24 days = 12.00.
    """
    started = two_lines_owed(LATE_FEE_FIRST)
    started.hear(unit_paid())

    reason = started.hear(unit_paid("D-2", reverses="D-1")).reason

    said = started.heard_last(ArrearsChanged)
    assert {OCTOBER: (100_000, 0, 0), NOVEMBER: (100_000, 0, 0)} == owed(started)
    assert (200_000, 3_900, 0) == (said.principal_fen, said.late_fee_fen, said.late_fee_paid_fen)
    assert "payment-taken-back" == reason.code
    assert "2023-11养老本金475.00元" in reason.values["given_back"]


def test_a_reversal_leaves_the_parts_of_another_payment_where_they_are() -> None:
    """The second payment found October paid and went to November; October is owed again, and it stays where it is."""
    started = two_lines_owed()
    started.hear(unit_paid("D-1", paid_fen=100_000))
    started.hear(unit_paid("D-2", paid_fen=100_000))

    started.hear(unit_paid("D-3", reverses="D-1"))

    assert {OCTOBER: (100_000, 0, 0), NOVEMBER: (0, 100_000, 0)} == owed(started)


def test_a_reversal_taken_back_puts_the_same_parts_on_the_same_lines() -> None:
    started = two_lines_owed(LATE_FEE_FIRST)
    started.hear(unit_paid())
    before = owed(started)
    started.hear(unit_paid("D-2", reverses="D-1"))

    started.hear(unit_paid("D-3", reverses="D-2"))

    assert ("payment-stands-again", before) == (started.codes[-1], owed(started))


def test_a_reversal_that_comes_first_keeps_the_payment_off_every_line() -> None:
    started = two_lines_owed()
    started.hear(unit_paid("D-2", reverses="D-1"))
    started.hear(unit_paid("D-1"))

    assert ["reversal-awaits-its-record", "payment-without-effect"] == started.codes[-2:]
    assert {OCTOBER: (100_000, 0, 0), NOVEMBER: (100_000, 0, 0)} == owed(started)


def test_a_correction_is_given_back_and_allocated_anew() -> None:
    started = two_lines_owed()
    started.hear(unit_paid())

    started.hear(unit_paid(revision=2, paid_fen=120_000))

    assert "payment-allocated-anew" == started.codes[-1]
    assert {OCTOBER: (0, 100_000, 0), NOVEMBER: (80_000, 20_000, 0)} == owed(started)


@pytest.mark.parametrize(
    ("second", "outcome", "code"),
    [
        (unit_paid(), Outcome.ALREADY_KNOWN, "content-known"),
        (unit_paid(paid_fen=1), Outcome.REFUSED, "revision-conflict"),
        (unit_paid("D-2", reverses="D-2"), Outcome.REFUSED, "reverses-itself"),
        (unit_paid("D-2", paid_on=date(2024, 1, 10)), Outcome.REFUSED, "dated-in-the-future"),
    ],
)
def test_what_cannot_be_taken_says_why(second: object, outcome: Outcome, code: str) -> None:
    started = two_lines_owed()
    started.hear(unit_paid())
    before = started.case

    reason = started.hear(second).reason  # type: ignore[arg-type]

    assert (outcome, code, before) == (reason.outcome, reason.code, started.case)


def test_a_payment_dated_tomorrow_may_be_the_other_side_of_midnight() -> None:
    started = two_lines_owed()

    assert "payment-allocated" == started.hear(unit_paid(paid_on=date(2024, 1, 9))).reason.code


def test_late_fee_paid_for_a_line_stays_on_that_line_and_what_is_beyond_is_its_credit() -> None:
    """October's late fee is 20.00 on 25 December; 30.00 are paid of it. Nothing moves to November, nor to principal."""
    started = two_lines_owed()
    started.hear(paid("P-10", month="2023-10", paid_on=date(2023, 12, 25)))

    started.hear(
        unit_paid(paid_fen=3_000, month="2023-10", insurance=Insurance.PENSION, meant_for=PaymentShare.LATE_FEE)
    )

    said = started.heard_last(ArrearsChanged)
    assert {OCTOBER: (0, 100_000, 3_000), NOVEMBER: (100_000, 0, 0)} == owed(started)
    assert (0, 1_000, 3_000) == (said.late_fee_on_paid_lines_fen, said.credit_fen, said.late_fee_paid_fen)


def test_a_payment_that_names_a_line_is_split_within_it_and_what_is_beyond_stays_there() -> None:
    """November on 25 December: 1,000 principal, 5.00 late fee; of 1,500 the other 495 are the line's credit."""
    started = two_lines_owed()

    started.hear(unit_paid(**OF_NOVEMBER))

    assert {OCTOBER: (100_000, 0, 0), NOVEMBER: (0, 149_500, 500)} == owed(started)
    assert 49_500 == started.heard_last(ArrearsChanged).credit_fen


def test_a_sum_meant_for_late_fees_pays_no_principal_and_the_rest_is_the_units_credit() -> None:
    """20.00 and 5.00 on 25 December; of 100.00 the other 75.00 belong to nothing."""
    started = two_lines_owed()

    started.hear(unit_paid(paid_fen=10_000, meant_for=PaymentShare.LATE_FEE))

    assert {OCTOBER: (100_000, 0, 2_000), NOVEMBER: (100_000, 0, 500)} == owed(started)
    assert 7_500 == started.heard_last(ArrearsChanged).unallocated_fen


def test_credit_of_the_unit_is_never_moved_to_a_line_that_is_assessed_later() -> None:
    started = desk(registered(), unit_paid())

    started.hear(assessed())

    assert {NOVEMBER: (100_000, 0, 0)} == owed(started)
    assert 150_000 == started.heard_last(ArrearsOpened).unallocated_fen


@pytest.mark.parametrize(
    ("due_on", "december", "october"),
    [
        (date(2023, 12, 26), (72_500, 27_500, 0), (0, 100_000, 2_000)),
        (date(2023, 12, 25), (70_000, 30_000, 0), (0, 100_000, 0)),
    ],
    ids=["due on the day after", "due on the day of payment"],
)
def test_a_line_not_yet_due_is_paid_after_the_principal_and_the_late_fee_of_those_that_are(
    due_on: date, december: tuple[int, int, int], october: tuple[int, int, int]
) -> None:
    """2,300 yuan come on 25 December: 2,000 of principal, then 20.00 and 5.00 of late fee, and 275 are left (民法典 560)."""
    started = two_lines_owed()
    started.hear(assessed("A-12", month="2023-12", due_on=due_on))

    started.hear(unit_paid(paid_fen=230_000))

    assert (december, october) == (owed(started)["2023-12/pension"], owed(started)[OCTOBER])


def test_a_payment_of_a_unit_that_is_not_registered_waits_for_its_registration() -> None:
    started = desk(assessed(), unit_paid(paid_fen=60_000))
    assert "held-until-registered" == started.codes[-1]

    reason = started.hear(registered()).reason

    assert {NOVEMBER: (40_000, 60_000, 0)} == owed(started)
    assert "unit-registered-in-arrears" == reason.code
    assert "2023-11养老本金600.00元" in reason.values["waited"]


def test_what_was_paid_of_the_late_fee_across_the_first_of_july_2011() -> None:
    """Worked by hand. 1,000 yuan for May 2011, due on Wednesday 15 June, paid on 10 July 2011.

    16 to 30 June: 15 days of 0.2 % = 30.00; 1 to 10 July: 10 days of 0.05 % = 5.00; together 35.00. Of 1,020.00 paid,
    principal first, 20.00 go to the late fee; 15.00 stay owed.
    """
    started = Desk(date(2011, 7, 11))
    started.hear(registered(occurred_on=date(2010, 1, 4)))
    started.hear(assessed(month="2011-05", occurred_on=date(2011, 6, 1), due_on=date(2011, 6, 15)))

    reason = started.hear(unit_paid(paid_fen=102_000, paid_on=date(2011, 7, 10))).reason

    said = started.said[-1]
    assert {"2011-05/pension": (0, 100_000, 2_000)} == owed(started)
    assert 1_500 == said.late_fee_on_paid_lines_fen  # type: ignore[attr-defined]
    assert (
        "D-1 1,020.00元（先本金、后滞纳金）：2011-05养老本金1,000.00元、2011-05养老滞纳金20.00元"
        == (reason.values["allocation"])
    )


def test_a_late_fee_that_a_calendar_published_later_takes_away_becomes_credit() -> None:
    """Year end. Due on Friday 1 January 2027, off by law; no calendar for 2027 yet, so Monday the 4th counts as a working day.

    Paid on Thursday the 7th with late fee for the 5th, 6th and 7th: 3 days of 0.50 = 1.50. Then 1 to 6 January are published as
    days off (民法典 203): due on the 7th, paid in time; the 1.50 are not lost, they are the line's credit.
    """
    started = Desk(date(2027, 1, 8))
    started.hear(registered())
    started.hear(assessed(month="2026-12", occurred_on=date(2026, 12, 7), due_on=date(2027, 1, 1)))
    started.hear(unit_paid(paid_fen=100_150, paid_on=date(2027, 1, 7)))
    assert {"2026-12/pension": (0, 100_000, 150)} == owed(started)

    started.calendar = with_new_year_2027_off()
    started.now = at(date(2027, 1, 11))
    started.hear(assessed("A-2", month="2027-01", occurred_on=date(2027, 1, 11), due_on=date(2027, 2, 15)))
    started.wait_until(at(date(2027, 2, 16), hour=1))

    assert (0, 150) == (started.line("2026-12/pension").fee_units, started.line("2026-12/pension").fee_paid_fen)
    assert 150 == started.heard_last(ArrearsOpened).credit_fen
