"""What execution brought in and no payment shows yet is not asked for twice; what the unit paid itself is no credit of it."""

from datetime import date

import pytest
from pydantic import ValidationError

from schemas.documents import DocumentRequested
from schemas.enforcement import EnforcementAct as Act
from schemas.enforcement_terms import EnforcementStage as Stage
from schemas.vocabulary import Insurance
from services.arrears import law_enforcement
from tests.services.arrears.samples import at, missed, paid
from tests.services.arrears.samples_enforcement import Pursuit, act, overdue_notice

RECEIVED_ON = date(2024, 2, 1)
MISSED_ON = date(2024, 2, 8)
"""The day after the fifth working day."""


def ordered() -> Pursuit:
    """1,000 yuan are ordered at the bank on 31 January."""
    return Pursuit().to_ordered()


def uncredited(amount_fen: int = 100_000) -> Pursuit:
    """So much is recorded as transferred on 1 February, and no payment shows it by the 8th."""
    pursuit = ordered()
    pursuit.do(Act.TRANSFER_RECEIVED, RECEIVED_ON, amount_fen=amount_fen)
    pursuit.wait_until(at(MISSED_ON))
    return pursuit


def pay(pursuit: Pursuit, reference: str, paid_fen: int, on: date) -> None:
    pursuit.hear(paid(reference, paid_fen=paid_fen, paid_on=on))


def test_what_the_unit_paid_before_a_transfer_is_no_credit_of_it() -> None:
    """200 yuan paid, 800 transferred: nothing is owed any more, before the credit and after it."""
    pursuit = ordered()
    pay(pursuit, "P-1", 20_000, date(2024, 1, 31))
    pursuit.do(Act.TRANSFER_RECEIVED, RECEIVED_ON, amount_fen=80_000)
    assert (Stage.COLLECTED, 0) == (pursuit.stage, pursuit.changed.principal_fen)

    pay(pursuit, "P-2", 80_000, RECEIVED_ON)
    assert Stage.PAID is pursuit.stage


@pytest.mark.parametrize("credit_first", [False, True])
def test_a_transfer_that_brought_too_little_leaves_the_rest_whether_its_credit_or_its_record_comes_first(
    credit_first: bool,
) -> None:
    """300 of 1,000 yuan: 700 are owed, in either order and after both."""
    pursuit = ordered()
    pursuit.wait_until(at(RECEIVED_ON))
    if credit_first:
        pay(pursuit, "P-1", 30_000, RECEIVED_ON)
    pursuit.do(Act.TRANSFER_RECEIVED, RECEIVED_ON, amount_fen=30_000)
    assert (Stage.INSUFFICIENT, 70_000) == (pursuit.stage, pursuit.changed.principal_fen)

    if not credit_first:
        pay(pursuit, "P-1", 30_000, RECEIVED_ON)
    pursuit.do(Act.BANK_QUERY_SENT, date(2024, 2, 2))
    assert 70_000 == pursuit.changed.principal_fen


def test_two_transfers_and_a_payment_between_them_are_each_counted_once() -> None:
    """300 transferred and credited, 100 paid by the unit, 200 transferred and not credited yet: 400 are left."""
    pursuit = ordered()
    pursuit.do(Act.TRANSFER_RECEIVED, RECEIVED_ON, amount_fen=30_000)
    pay(pursuit, "P-1", 30_000, RECEIVED_ON)
    pay(pursuit, "P-2", 10_000, RECEIVED_ON)
    pursuit.do(Act.BANK_QUERY_SENT, date(2024, 2, 2))
    pursuit.do(Act.BANK_QUERY_ANSWERED, date(2024, 2, 2), balance_fen=20_000)
    pursuit.do(Act.TRANSFER_APPLIED, date(2024, 2, 2), amount_fen=20_000)
    pursuit.do(Act.DEMAND_SERVED, date(2024, 2, 2), amount_fen=20_000)
    pursuit.do(Act.TRANSFER_DECIDED, date(2024, 2, 19), amount_fen=20_000)
    pursuit.do(Act.BANK_NOTIFIED, date(2024, 2, 20))
    pursuit.do(Act.TRANSFER_RECEIVED, date(2024, 2, 21), amount_fen=20_000)

    assert 40_000 == pursuit.changed.principal_fen


@pytest.mark.parametrize(
    ("amount_fen", "reasons"), [(100_000 + 8_550 + 1_600, []), (100_000 + 8_550 + 1_601, ["court-amount-above-owed"])]
)
def test_the_court_is_asked_for_the_late_fee_of_what_is_paid_too(amount_fen: int, reasons: list[str]) -> None:
    """令20号 22. Two lines of one notice: pension paid on 16 January after 32 days, 16.00 yuan; medical still owed on Monday 3 June 2024, 171 days, 85.50 yuan."""
    pursuit = Pursuit()
    pursuit.hear(missed("M-2", insurance=Insurance.MEDICAL))
    assert pursuit.case is not None
    pursuit.put_notice(overdue_notice(pursuit.case))
    pursuit.hear(paid(paid_on=date(2024, 1, 16)))
    pursuit.to_insufficient()

    refused = pursuit.refusals(Act.COURT_DEMAND_SERVED, date(2024, 6, 3), amount_fen=amount_fen)

    assert (reasons or ["enforcement-court-demand-served"]) == [one for one in refused if one != "document-above-owed"]
    if not reasons:
        assert (100_000, 10_150) == (pursuit.changed.principal_fen, pursuit.changed.late_fee_fen)
        assert ["medical", "pension"] == [line.insurance for line in pursuit.heard_last(DocumentRequested).owed.lines]


@pytest.mark.parametrize("balance_fen", [0, 5_000_000])
def test_an_account_that_nothing_may_be_transferred_from_is_not_enough(balance_fen: int) -> None:
    """Of the late fee alone no transfer is made (社会保险法 63(2)): whatever the bank holds, the road to the court stays open."""
    pursuit = Pursuit()
    pursuit.hear(paid(paid_on=date(2024, 1, 16)))
    pursuit.do(Act.LATE_FEE_PURSUED, date(2024, 1, 22))
    pursuit.do(Act.BANK_QUERY_SENT, date(2024, 1, 22))
    pursuit.do(Act.BANK_QUERY_ANSWERED, date(2024, 1, 23), balance_fen=balance_fen)

    assert ["enforcement-court-demand-served"] == pursuit.refusals(
        Act.COURT_DEMAND_SERVED, date(2024, 6, 3), amount_fen=1_600
    )


def test_money_that_never_came_is_owed_again_once_two_people_have_said_so_and_enforcement_goes_on() -> None:
    """Before, nothing could be applied for, as nothing seemed owed, and nothing was paid: only an end was left."""
    pursuit = uncredited()
    assert (Stage.INSUFFICIENT, 0) == (pursuit.stage, pursuit.changed.principal_fen)
    assert "amount-above-owed" in pursuit.refusals(Act.TRANSFER_APPLIED, MISSED_ON)

    pursuit.do(Act.RECEIPT_VOIDED, MISSED_ON)
    assert (Stage.INSUFFICIENT, 100_000, 0) == (
        pursuit.stage,
        pursuit.changed.principal_fen,
        pursuit.changed.received_fen,
    )

    pursuit.do(Act.BANK_QUERY_SENT, MISSED_ON)
    pursuit.do(Act.BANK_QUERY_ANSWERED, MISSED_ON)
    pursuit.do(Act.TRANSFER_APPLIED, MISSED_ON)
    assert Stage.APPLIED is pursuit.stage


def test_it_may_be_said_before_the_time_for_the_credit_is_over() -> None:
    """The bank sends the money back on the next day."""
    pursuit = ordered()
    pursuit.do(Act.TRANSFER_RECEIVED, RECEIVED_ON)
    pursuit.do(Act.RECEIPT_VOIDED, date(2024, 2, 2))

    assert (Stage.INSUFFICIENT, 100_000) == (pursuit.stage, pursuit.changed.principal_fen)
    assert (law_enforcement.GRADED_REVIEW,) == pursuit.changed.paragraphs[:1]


def test_what_a_court_granted_is_executed_from_there_when_its_proceeds_never_came() -> None:
    pursuit = Pursuit().to_auctioned()
    pursuit.do(Act.PROCEEDS_RECEIVED, date(2024, 8, 22))
    assert [Stage.COLLECTED] == [pursuit.stage]

    pursuit.do(Act.RECEIPT_VOIDED, date(2024, 8, 26))
    assert Stage.COURT_RULED is pursuit.stage


@pytest.mark.parametrize(
    ("amount_fen", "reasons"),
    [(70_000, ["enforcement-receipt-voided"]), (70_001, ["voided-beyond-uncredited"])],
)
def test_what_a_payment_shows_is_there_and_is_not_voided(amount_fen: int, reasons: list[str]) -> None:
    """1,000 yuan recorded, 300 of them credited."""
    pursuit = uncredited()
    pay(pursuit, "P-1", 30_000, RECEIVED_ON)

    assert reasons == pursuit.refusals(Act.RECEIPT_VOIDED, MISSED_ON, amount_fen=amount_fen)


def test_a_credit_that_comes_after_all_ends_it() -> None:
    pursuit = uncredited()
    pursuit.do(Act.RECEIPT_VOIDED, MISSED_ON)
    pay(pursuit, "P-1", 100_000, MISSED_ON)

    assert Stage.PAID is pursuit.stage


def test_nobody_voids_a_receipt_alone() -> None:
    """The money is taken from the unit once more."""
    with pytest.raises(ValidationError, match="approve"):
        act(Act.RECEIPT_VOIDED, MISSED_ON, approved_by=None)
