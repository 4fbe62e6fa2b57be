"""The late fee alone: the principal of a notice is paid, the 滞纳金 is not, and the court is asked for it (征缴暂行条例 26).

1,000 yuan were due on 15 December 2023; paid on 16 January 2024: 32 days at 5 in 10,000 are 16.00 yuan.
"""

from datetime import date

import pytest

from schemas.documents import DocumentRequested
from schemas.enforcement import EnforcementAct as Act
from schemas.enforcement_terms import EnforcementEvent as Event
from schemas.enforcement_terms import EnforcementStage as Stage
from services.arrears import law_enforcement as law
from services.arrears.rules_notice_state import Stage as NoticeStage
from tests.services.arrears.samples import at, paid
from tests.services.arrears.samples_enforcement import Pursuit, act, overdue_notice
from tests.services.arrears.samples_payments import unit_paid

PAID_ON, PURSUED_ON = date(2024, 1, 16), date(2024, 1, 22)
FEE_FEN = 1_600


def left_with_its_late_fee() -> Pursuit:
    """Enforcement had begun; then the principal was paid."""
    pursuit = Pursuit()
    pursuit.hear(paid(paid_on=PAID_ON))
    assert Stage.PAID is pursuit.stage
    pursuit.wait_until(at(PURSUED_ON))
    return pursuit


def pursued() -> Pursuit:
    pursuit = left_with_its_late_fee()
    pursuit.do(Act.LATE_FEE_PURSUED, PURSUED_ON)
    return pursuit


def test_the_late_fee_alone_is_on_the_road_to_the_court() -> None:
    pursuit = pursued()

    assert (Stage.INSUFFICIENT, 0, FEE_FEN, 2) == (
        pursuit.stage,
        pursuit.changed.principal_fen,
        pursuit.changed.late_fee_fen,
        pursuit.changed.attempt,
    )
    assert law.LATE_FEE_BY_COURT in pursuit.changed.paragraphs
    assert pursuit.changed.fine_until is None


@pytest.mark.parametrize(
    ("kind", "amount_fen", "reasons"),
    [
        (Act.COURT_DEMAND_SERVED, FEE_FEN, ["enforcement-court-demand-served"]),
        (Act.COURT_DEMAND_SERVED, FEE_FEN + 1, ["court-amount-above-owed"]),
        (Act.FINE_REFERRED, None, ["fine-of-nothing"]),
        (Act.AGREEMENT_SIGNED, None, ["instalments-not-principal"]),
        (Act.TRANSFER_APPLIED, 1, ["balance-none", "amount-above-owed"]),
    ],
)
def test_only_the_court_takes_it_and_no_more_than_it_is(kind: Act, amount_fen: int | None, reasons: list[str]) -> None:
    """社会保险法 63(2) transfers contributions; 86 fines what is in arrears; 令20号 22 has the court pay both from proceeds."""
    changed = {} if amount_fen is None else {"amount_fen": amount_fen}

    assert reasons == pursued().refusals(kind, date(2024, 1, 23), **changed)


def test_the_demand_names_the_lines_of_which_late_fee_is_left() -> None:
    pursuit = pursued()
    pursuit.do(Act.COURT_DEMAND_SERVED, date(2024, 1, 23), amount_fen=FEE_FEN)

    owed = pursuit.heard_last(DocumentRequested).owed
    assert (0, FEE_FEN, 0) == (owed.principal_fen, owed.late_fee_fen, owed.late_fee_growth_units)


def test_paid_it_ends() -> None:
    pursuit = pursued()
    pursuit.hear(unit_paid(paid_fen=FEE_FEN - 1, paid_on=PURSUED_ON))
    assert Stage.INSUFFICIENT is pursuit.stage

    pursuit.hear(unit_paid("D-2", paid_fen=1, paid_on=PURSUED_ON))
    assert (Stage.PAID, Event.PAID_IN_FULL) == (pursuit.stage, pursuit.changed.event)


def test_what_the_court_brought_in_is_not_taken_twice() -> None:
    """10 of 16 yuan came in by an auction and are not credited yet: 6 are left to take."""
    pursuit = pursued()
    pursuit.do(Act.COURT_DEMAND_SERVED, date(2024, 6, 3), amount_fen=FEE_FEN)
    pursuit.do(Act.COURT_APPLIED, date(2024, 7, 15), amount_fen=FEE_FEN)
    pursuit.do(Act.COURT_ACCEPTED, date(2024, 7, 17))
    pursuit.do(Act.COURT_RULED, date(2024, 7, 19))
    pursuit.do(Act.PROPERTY_SEIZED, date(2024, 7, 22))
    pursuit.do(Act.PROPERTY_AUCTIONED, date(2024, 8, 20), amount_fen=1_000, costs_fen=0)
    pursuit.do(Act.PROCEEDS_RECEIVED, date(2024, 8, 21), amount_fen=1_000)

    assert (Stage.COURT_RULED, 600) == (pursuit.stage, pursuit.changed.late_fee_fen)


@pytest.mark.parametrize(("on", "reasons"), [(date(2024, 10, 8), []), (date(2024, 10, 9), ["court-window-missed"])])
def test_not_after_the_three_months_of_the_court(on: date, reasons: list[str]) -> None:
    """Received on 8 January: six months for a lawsuit to 8 July, three more to 8 October."""
    found = left_with_its_late_fee().refusals(Act.LATE_FEE_PURSUED, on)

    assert (reasons or ["enforcement-late-fee-pursued"]) == found


def test_not_while_the_principal_is_owed_and_not_twice() -> None:
    assert ["enforcement-under-way", "principal-owed"] == Pursuit().refusals(Act.LATE_FEE_PURSUED, date(2024, 1, 17))
    assert ["enforcement-under-way"] == pursued().refusals(Act.LATE_FEE_PURSUED, date(2024, 1, 23))


def test_not_when_it_is_paid_too() -> None:
    pursuit = left_with_its_late_fee()
    pursuit.hear(unit_paid(paid_fen=FEE_FEN, paid_on=PURSUED_ON))

    assert ["late-fee-not-owed"] == pursuit.refusals(Act.LATE_FEE_PURSUED, PURSUED_ON)


@pytest.mark.parametrize(("on", "reasons"), [(date(2024, 1, 15), ["notice-not-enforceable"]), (PURSUED_ON, [])])
def test_not_before_the_term_of_the_notice_is_over(on: date, reasons: list[str]) -> None:
    """Complied with on the last day of its five working days, Monday 15 January: its late fee of 31 days may follow from the 16th."""
    pursuit = Pursuit(date(2024, 1, 12), stage=NoticeStage.SERVED)
    assert pursuit.case is not None
    pursuit.hear(paid(paid_on=date(2024, 1, 12)))
    pursuit.put_notice(overdue_notice(pursuit.case, stage=NoticeStage.COMPLIED, lines=("2023-11/pension",)))

    assert (reasons or ["enforcement-late-fee-pursued"]) == pursuit.refusals(Act.LATE_FEE_PURSUED, on)


def test_four_eyes_see_it() -> None:
    with pytest.raises(ValueError, match="this act is approved by somebody"):
        act(Act.LATE_FEE_PURSUED, PURSUED_ON, approved_by=None)
