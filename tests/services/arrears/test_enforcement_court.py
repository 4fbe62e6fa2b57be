"""The court: remedies run out, the demand, the three months, what the court does, the auction's money; each day on its edge.

The notice was received on Monday 8 January 2024. Sixty days end on 8 March, six months on Monday 8 July; so the court may be
applied to from Tuesday 9 July to Tuesday 8 October, the first working day after the National Day.
"""

from datetime import date

import pytest

from schemas.enforcement import EnforcementAct as Act
from schemas.enforcement_terms import EnforcementDocument as Document
from schemas.enforcement_terms import EnforcementGround as Ground
from schemas.enforcement_terms import EnforcementOutcome as Outcome
from schemas.enforcement_terms import EnforcementRole as Role
from schemas.enforcement_terms import EnforcementStage as Stage
from services.arrears import law_enforcement as law
from tests.services.arrears.samples import PUBLISHED, at, paid
from tests.services.arrears.samples_enforcement import Pursuit


def test_the_window_of_the_court_is_said_from_the_beginning() -> None:
    pursuit = Pursuit()

    assert (date(2024, 7, 9), date(2024, 10, 8)) == (pursuit.changed.court_from, pursuit.changed.court_until)


def test_on_the_last_day_of_the_six_months_the_court_is_not_applied_to() -> None:
    assert ["remedy-period-running"] == Pursuit().to_court_demanded().refusals(Act.COURT_APPLIED, date(2024, 7, 8))


@pytest.mark.parametrize("on", [date(2024, 7, 9), date(2024, 10, 8)])
def test_on_the_first_and_on_the_last_day_of_the_window_it_may_be(on: date) -> None:
    pursuit = Pursuit().to_court_demanded()
    pursuit.do(Act.COURT_APPLIED, on)

    assert (Stage.COURT_APPLIED, Role.COURT) == (pursuit.stage, pursuit.changed.next_role)


def test_a_window_that_was_missed_is_said_and_the_road_is_closed() -> None:
    pursuit = Pursuit().to_court_demanded()

    assert ["enforcement-court-window-closing"] == pursuit.watched(date(2024, 10, 8))
    assert ["enforcement-court-window-missed"] == pursuit.watched(date(2024, 10, 9))
    assert Stage.INSUFFICIENT == pursuit.stage
    decision = pursuit.do(Act.COURT_DEMAND_SERVED, date(2024, 10, 9))
    assert "三个月的申请期限已过" in decision.reason.values["reasons_text"]


def test_the_window_is_warned_of_fifteen_working_days_before() -> None:
    """Back from 8 October 2024: 30, 29 (调休), 27–23, 20–18, 14 (调休), 13–10 September are fifteen; 15–17 are off."""
    pursuit = Pursuit().to_court_demanded()

    assert [] == [code for code in pursuit.watched(date(2024, 9, 10)) if "court" in code]
    assert ["enforcement-court-window-closing"] == pursuit.watched(date(2024, 9, 11))


def test_a_late_clock_says_only_that_the_window_was_missed() -> None:
    pursuit = Pursuit().to_court_demanded()
    codes = pursuit.jump_to(at(date(2024, 10, 9)))

    assert ["enforcement-court-window-missed"] == [code for code in codes if "court-window" in code]


@pytest.mark.parametrize(("on", "reasons"), [(date(2024, 7, 12), ["court-demand-running"]), (date(2024, 7, 15), [])])
def test_ten_working_days_lie_between_demand_and_application(on: date, reasons: list[str]) -> None:
    """Served on Friday 28 June: the tenth working day is Friday 12 July; on Monday the 15th it may be applied for."""
    pursuit = Pursuit().to_court_demanded(on=date(2024, 6, 28))
    decision = pursuit.do(Act.COURT_APPLIED, on)

    assert reasons == decision.reason.values.get("reasons", "").split()


@pytest.mark.parametrize(("on", "reasons"), [(date(2024, 10, 8), ["court-demand-running"]), (date(2024, 10, 9), [])])
def test_the_ten_days_do_not_run_through_the_national_day(on: date, reasons: list[str]) -> None:
    """Served on 18 September with the window reopened by a review; 19, 20, 23–27, 29 (调休), 30 September, 8 October are ten."""
    pursuit = Pursuit().to_insufficient()
    pursuit.do(Act.REMEDY_SOUGHT, date(2024, 3, 1))
    pursuit.do(Act.REMEDY_ENDED, date(2024, 8, 30))
    pursuit.do(Act.COURT_DEMAND_SERVED, date(2024, 9, 18))
    decision = pursuit.do(Act.COURT_APPLIED, on)

    assert reasons == decision.reason.values.get("reasons", "").split()


def test_while_a_lawsuit_is_pending_the_court_waits_without_a_window() -> None:
    pursuit = Pursuit().to_court_demanded()
    pursuit.do(Act.REMEDY_SOUGHT, date(2024, 6, 5), ground=Ground.LAWSUIT)

    assert (None, None) == (pursuit.changed.court_from, pursuit.changed.court_until)
    assert ["remedy-pending"] == pursuit.refusals(Act.COURT_APPLIED, date(2024, 7, 15))


@pytest.mark.parametrize(
    ("ground", "on", "reasons"),
    [
        (Ground.REVIEW, date(2024, 3, 8), []),
        (Ground.REVIEW, date(2024, 3, 11), ["remedy-too-late"]),
        (Ground.LAWSUIT, date(2024, 7, 8), []),
        (Ground.LAWSUIT, date(2024, 7, 9), ["remedy-too-late"]),
    ],
)
def test_a_remedy_sought_after_its_period_moves_no_window(ground: Ground, on: date, reasons: list[str]) -> None:
    """Received on Monday 8 January: 60 days end on Friday 8 March, six months on Monday 8 July."""
    pursuit = Pursuit().to_insufficient()
    decision = pursuit.do(Act.REMEDY_SOUGHT, on, ground=ground)

    assert reasons == decision.reason.values.get("reasons", "").split()
    window_end = date(2024, 10, 8) if reasons else None
    assert window_end == pursuit.procedure.court_until


@pytest.mark.parametrize(("on", "reasons"), [(date(2024, 8, 19), []), (date(2024, 8, 20), ["remedy-too-late"])])
def test_a_lawsuit_after_a_lost_review_comes_within_fifteen_days(on: date, reasons: list[str]) -> None:
    """Received on Friday 2 August: the fifteenth day is Saturday the 17th, so Monday the 19th is the last (行政诉讼法 45)."""
    pursuit = Pursuit().to_insufficient()
    pursuit.do(Act.REMEDY_SOUGHT, date(2024, 3, 1))
    pursuit.do(Act.REMEDY_ENDED, date(2024, 8, 2))
    decision = pursuit.do(Act.REMEDY_SOUGHT, on, ground=Ground.LAWSUIT)

    assert reasons == decision.reason.values.get("reasons", "").split()


def test_a_review_that_was_lost_leaves_fifteen_days_for_the_lawsuit() -> None:
    """Received on Friday 2 August: fifteen days end on Saturday the 17th, so on Monday the 19th; then three months."""
    pursuit = Pursuit().to_insufficient()
    pursuit.do(Act.REMEDY_SOUGHT, date(2024, 3, 1))
    pursuit.do(Act.REMEDY_ENDED, date(2024, 8, 2))

    assert (date(2024, 8, 20), date(2024, 11, 19)) == (pursuit.changed.court_from, pursuit.changed.court_until)


def test_a_lawsuit_that_was_lost_opens_the_window_at_once() -> None:
    pursuit = Pursuit().to_insufficient()
    pursuit.do(Act.REMEDY_SOUGHT, date(2024, 3, 1), ground=Ground.LAWSUIT)
    pursuit.do(Act.REMEDY_ENDED, date(2024, 8, 2))

    assert (date(2024, 8, 3), date(2024, 11, 4)) == (pursuit.changed.court_from, pursuit.changed.court_until)


def test_a_notice_that_a_lawsuit_revoked_is_not_enforced() -> None:
    pursuit = Pursuit().to_court_demanded()
    pursuit.do(Act.REMEDY_SOUGHT, date(2024, 6, 5), ground=Ground.LAWSUIT)
    pursuit.do(Act.REMEDY_ENDED, date(2024, 7, 3), outcome=Outcome.UPHELD, approved_by="WD-0031")

    assert Stage.DROPPED == pursuit.stage


def test_an_order_at_the_bank_is_withdrawn_when_the_notice_was_revoked() -> None:
    pursuit = Pursuit().to_ordered()
    pursuit.do(Act.REMEDY_SOUGHT, date(2024, 1, 31))
    pursuit.do(Act.REMEDY_ENDED, date(2024, 2, 1), outcome=Outcome.UPHELD, approved_by="WD-0031")
    assert (Stage.WITHDRAWING, (Document.TRANSFER_WITHDRAWAL,)) == (pursuit.stage, pursuit.changed.documents)

    pursuit.do(Act.BANK_WITHDRAWAL_CONFIRMED, date(2024, 2, 2))
    assert Stage.DROPPED == pursuit.stage


def test_an_application_needs_its_papers() -> None:
    pursuit = Pursuit().to_court_demanded()
    decision = pursuit.do(Act.COURT_APPLIED, date(2024, 7, 15), materials=(Document.COURT_APPLICATION,))

    assert "court-materials-missing" == decision.reason.values["reasons"]
    assert "当事人的意见及行政机关催告情况" in decision.reason.values["reasons_text"]


def test_the_court_may_be_asked_for_principal_and_late_fee_and_no_more() -> None:
    """On 15 July 2024, 213 days after 15 December: 1,000 yuan × 0.05 % × 213 = 106.50 yuan."""
    pursuit = Pursuit().to_court_demanded()

    assert ["court-amount-above-owed"] == pursuit.refusals(Act.COURT_APPLIED, date(2024, 7, 15), amount_fen=110_651)
    pursuit.do(Act.COURT_APPLIED, date(2024, 7, 15), "C-2", amount_fen=110_650)
    assert Stage.COURT_APPLIED == pursuit.stage


def test_the_court_takes_five_working_days_to_accept_and_seven_to_rule() -> None:
    pursuit = Pursuit().to_court_demanded()
    pursuit.do(Act.COURT_APPLIED, date(2024, 7, 15))
    assert date(2024, 7, 22) == pursuit.changed.deadline_on

    pursuit.do(Act.COURT_ACCEPTED, date(2024, 7, 17))
    assert date(2024, 7, 26) == pursuit.changed.deadline_on
    pursuit.do(Act.COURT_HEARING_OPENED, date(2024, 7, 18))
    assert date(2024, 8, 16) == pursuit.changed.deadline_on


def test_a_ruling_against_it_may_be_taken_to_the_higher_court_within_fifteen_days() -> None:
    """Received on Wednesday 24 July: the fifteenth day is Thursday 8 August."""
    pursuit = _refused()

    assert (date(2024, 8, 8), []) == (pursuit.changed.deadline_on, pursuit.watched(date(2024, 8, 8)))
    pursuit.do(Act.COURT_REVIEW_REQUESTED, date(2024, 8, 8))
    assert (Stage.COURT_REVIEWING, Role.HIGHER_COURT) == (pursuit.stage, pursuit.changed.next_role)


def test_after_the_fifteen_days_other_means_are_left() -> None:
    pursuit = _refused()

    assert ["enforcement-court-review-missed"] == pursuit.watched(date(2024, 8, 9))
    assert Stage.INSUFFICIENT == pursuit.stage


def test_when_the_higher_court_says_no_the_road_is_closed() -> None:
    pursuit = _refused()
    pursuit.do(Act.COURT_REVIEW_REQUESTED, date(2024, 8, 1))
    pursuit.do(Act.COURT_RULED, date(2024, 8, 20), outcome=Outcome.REFUSED)

    assert Stage.INSUFFICIENT == pursuit.stage
    assert ["court-closed"] == pursuit.refusals(Act.COURT_DEMAND_SERVED, date(2024, 8, 21))


def _refused() -> Pursuit:
    pursuit = Pursuit().to_court_demanded()
    pursuit.do(Act.COURT_APPLIED, date(2024, 7, 15))
    pursuit.do(Act.COURT_ACCEPTED, date(2024, 7, 17))
    pursuit.do(Act.COURT_RULED, date(2024, 7, 24), outcome=Outcome.REFUSED)
    return pursuit


def test_an_auction_pays_what_is_owed_after_its_costs() -> None:
    """1,050 yuan less 50 of costs pay the 1,000 of principal; the late fee is left."""
    pursuit = Pursuit().to_court_ruled()
    pursuit.do(Act.PROPERTY_SEIZED, date(2024, 7, 22))
    pursuit.do(Act.PROPERTY_AUCTIONED, date(2024, 8, 20))
    assert ["proceeds-not-conserved"] == pursuit.refusals(Act.PROCEEDS_RECEIVED, date(2024, 8, 21), amount_fen=100_001)

    pursuit.do(Act.PROCEEDS_RECEIVED, date(2024, 8, 21), "R-2")
    assert (Stage.COLLECTED, 100_000) == (pursuit.stage, pursuit.changed.received_fen)


def test_what_an_auction_brings_beyond_the_debt_is_the_units() -> None:
    """On 21 August 250 days are late: 125 yuan of late fee; of 2,000 yuan less 50 the court pays out 1,125."""
    pursuit = Pursuit().to_court_ruled()
    pursuit.do(Act.PROPERTY_SEIZED, date(2024, 7, 22))
    pursuit.do(Act.PROPERTY_AUCTIONED, date(2024, 8, 20), amount_fen=200_000)

    assert ["proceeds-not-conserved"] == pursuit.refusals(Act.PROCEEDS_RECEIVED, date(2024, 8, 21), amount_fen=195_000)
    pursuit.do(Act.PROCEEDS_RECEIVED, date(2024, 8, 21), "R-2", amount_fen=112_500)
    assert Stage.COLLECTED == pursuit.stage


def test_after_an_auction_that_brought_too_little_more_is_seized() -> None:
    pursuit = Pursuit().to_court_ruled()
    pursuit.do(Act.PROPERTY_SEIZED, date(2024, 7, 22))
    pursuit.do(Act.PROPERTY_AUCTIONED, date(2024, 8, 20), amount_fen=45_000)
    pursuit.do(Act.PROCEEDS_RECEIVED, date(2024, 8, 21), amount_fen=40_000)

    assert (Stage.COURT_RULED, 60_000) == (pursuit.stage, pursuit.changed.principal_fen)


def test_costs_above_the_proceeds_are_a_slip() -> None:
    pursuit = Pursuit().to_court_ruled()
    pursuit.do(Act.PROPERTY_SEIZED, date(2024, 7, 22))

    assert ["costs-above-proceeds"] == pursuit.refusals(
        Act.PROPERTY_AUCTIONED, date(2024, 8, 20), amount_fen=4_999, costs_fen=5_000
    )


def test_paid_at_court_the_application_is_withdrawn() -> None:
    pursuit = Pursuit().to_court_ruled()
    pursuit.hear(paid(paid_on=date(2024, 7, 19)))

    assert (Stage.PAID, (Document.COURT_WITHDRAWAL,)) == (pursuit.stage, pursuit.changed.documents)


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2023, 8, 31), 6, date(2024, 2, 29)),
        (date(2022, 8, 31), 6, date(2023, 2, 28)),
        (date(2024, 1, 31), 3, date(2024, 4, 30)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 12, 15), 1, date(2025, 1, 15)),
    ],
)
def test_a_month_ends_on_its_last_day_where_it_has_no_such_day(start: date, months: int, end: date) -> None:
    assert end == law.months_after(start, months)


@pytest.mark.parametrize(
    ("served", "end"), [(date(2015, 4, 30), date(2015, 7, 30)), (date(2015, 5, 1), date(2015, 11, 2))]
)
def test_before_may_2015_a_lawsuit_had_three_months(served: date, end: date) -> None:
    """1 November 2015 is a Sunday."""
    assert end == law.term_end(law.lawsuit_term_on(served), served, PUBLISHED).on
