"""What outlives one attempt at enforcing a notice: its remedy, its fine, the court's last word; and what begins it again."""

from datetime import date

import pytest
from msgspec.structs import replace

from schemas.enforcement import EnforcementAct as Act
from schemas.enforcement import EnforcementChanged
from schemas.enforcement_terms import EnforcementEvent as Event
from schemas.enforcement_terms import EnforcementOutcome as Outcome
from schemas.enforcement_terms import EnforcementStage as Stage
from schemas.unit_status import UnitStanding
from tests.services.arrears.samples import at, paid
from tests.services.arrears.samples_enforcement import Pursuit
from tests.services.arrears.samples_status import accepted, status

PAID_ON, BOUNCED_ON = date(2024, 1, 19), date(2024, 1, 23)
APPLIED_ON = date(2024, 7, 15)


def bounced(pursuit: Pursuit) -> Pursuit:
    """The principal is paid on the 19th, and the payment taken back on the 23rd."""
    pursuit.wait_until(at(PAID_ON))
    pursuit.hear(paid(paid_on=PAID_ON))
    pursuit.wait_until(at(BOUNCED_ON))
    pursuit.hear(paid("P-9", paid_on=PAID_ON, reverses="P-1"))
    return pursuit


@pytest.mark.parametrize("sought_on", [None, date(2024, 1, 17)])
def test_a_review_that_is_pending_is_so_for_the_late_fee_alone_too(sought_on: date | None) -> None:
    """行政强制法 53: in July the court may be applied to, but not while the unit's review of the notice is pending."""
    pursuit = Pursuit()
    if sought_on is not None:
        pursuit.do(Act.REMEDY_SOUGHT, sought_on)
    pursuit.wait_until(at(PAID_ON))
    pursuit.hear(paid(paid_on=PAID_ON))
    pursuit.do(Act.LATE_FEE_PURSUED, date(2024, 1, 22))
    pursuit.do(Act.COURT_DEMAND_SERVED, date(2024, 6, 3), amount_fen=500)

    refused = pursuit.refusals(Act.COURT_APPLIED, APPLIED_ON, amount_fen=500)

    assert (["enforcement-court-applied"] if sought_on is None else ["remedy-pending"]) == refused


def test_a_review_that_is_pending_is_so_when_a_payment_bounced() -> None:
    pursuit = Pursuit()
    pursuit.do(Act.REMEDY_SOUGHT, date(2024, 1, 17))
    bounced(pursuit)

    assert (Stage.DUE, 2, None) == (pursuit.stage, pursuit.changed.attempt, pursuit.changed.court_until)
    assert ["remedy-pending"] == pursuit.refusals(Act.REMEDY_SOUGHT, date(2024, 1, 24))


@pytest.mark.parametrize(
    ("served_on", "closed", "until"),
    [
        (date(2024, 1, 9), [], date(2024, 10, 9)),
        (date(2024, 1, 8), ["court-closed"], date(2024, 10, 8)),
    ],
)
def test_the_door_of_the_court_opens_again_where_the_notice_was_served_a_day_later(
    served_on: date, closed: list[str], until: date
) -> None:
    """Received on 8 January: six months and three more, to 8 October. On the 9th that is missed, unless it was the 9th (行政强制法 53)."""
    pursuit = Pursuit().to_insufficient()
    assert "enforcement-court-window-missed" in pursuit.watched(date(2024, 10, 9))
    assert pursuit.case is not None
    assert pursuit.case.notice is not None
    pursuit.put_notice(replace(pursuit.case.notice.notices[0], served_on=served_on))

    refused = pursuit.refusals(Act.COURT_DEMAND_SERVED, date(2024, 10, 9))

    assert (closed or ["enforcement-court-demand-served"]) == refused
    assert until == pursuit.changed.court_until


def test_a_fine_is_referred_once_though_a_payment_bounced() -> None:
    pursuit = Pursuit()
    pursuit.do(Act.FINE_REFERRED, date(2024, 1, 18))
    bounced(pursuit)

    assert ["fine-known"] == pursuit.refusals(Act.FINE_REFERRED, date(2024, 1, 24))


def test_what_the_higher_court_declined_is_not_brought_before_it_again_as_late_fee() -> None:
    pursuit = Pursuit().to_court_demanded()
    pursuit.do(Act.COURT_APPLIED, APPLIED_ON)
    pursuit.do(Act.COURT_DECLINED, date(2024, 7, 16))
    pursuit.do(Act.COURT_REVIEW_REQUESTED, date(2024, 7, 17))
    pursuit.do(Act.COURT_RULED, date(2024, 7, 18), outcome=Outcome.REFUSED)
    pursuit.hear(paid(paid_on=date(2024, 7, 18)))

    assert ["court-closed"] == pursuit.refusals(Act.LATE_FEE_PURSUED, date(2024, 7, 19))


def test_a_payment_that_bounces_begins_the_whole_at_once_where_the_late_fee_alone_was_enforced() -> None:
    pursuit = Pursuit()
    pursuit.wait_until(at(PAID_ON))
    pursuit.hear(paid(paid_on=PAID_ON))
    pursuit.do(Act.LATE_FEE_PURSUED, date(2024, 1, 22))

    decision = pursuit.hear(paid("P-9", paid_on=PAID_ON, reverses="P-1"))

    said = [fact.event for fact in decision.facts if isinstance(fact, EnforcementChanged)]
    assert [Event.PRINCIPAL_OWED_AGAIN, Event.NOTICE_OVERDUE] == said
    assert Stage.DUE is pursuit.stage


def test_a_deregistration_that_was_entered_wrongly_does_not_end_enforcement_for_good() -> None:
    pursuit = Pursuit().to_funded()
    pursuit.hear(status(UnitStanding.DEREGISTERED, date(2024, 1, 18), "S-1"))
    assert (Stage.ENDED, Event.STATUS_ENDED) == (pursuit.stage, pursuit.changed.event)

    pursuit.wait_until(at(date(2024, 1, 22)))
    pursuit.hear(status(UnitStanding.DEREGISTERED, date(2024, 1, 22), "S-2", reverses="S-1"))

    assert (Stage.DUE, 2) == (pursuit.stage, pursuit.changed.attempt)


def test_what_the_desk_ended_is_not_begun_again_by_a_deregistration_that_was_reversed() -> None:
    pursuit = Pursuit()
    pursuit.do(Act.EXECUTION_ENDED, date(2024, 1, 17))
    pursuit.hear(status(UnitStanding.DEREGISTERED, date(2024, 1, 17), "S-1"))
    pursuit.hear(status(UnitStanding.DEREGISTERED, date(2024, 1, 17), "S-2", reverses="S-1"))

    assert Stage.ENDED is pursuit.stage


def test_the_desk_does_not_resume_in_a_bankruptcy_what_it_had_suspended_itself() -> None:
    """企业破产法 19; when the bankruptcy has ended undeclared it may."""
    pursuit = Pursuit()
    pursuit.do(Act.EXECUTION_SUSPENDED, date(2024, 1, 17))
    pursuit.hear(accepted(date(2024, 1, 17)))
    assert ["suspended-by-status"] == pursuit.refusals(Act.EXECUTION_RESUMED, date(2024, 1, 18))

    pursuit.hear(status(UnitStanding.OPERATING, date(2024, 1, 18), "S-2"))

    assert ["enforcement-execution-resumed"] == pursuit.refusals(Act.EXECUTION_RESUMED, date(2024, 1, 19))
