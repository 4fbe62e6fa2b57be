"""划拨: the bank asked, the demand, the right to be heard, the decision, the order, what came of it; each day on its edge."""

from datetime import date

import pytest

from schemas.enforcement import EnforcementAct as Act
from schemas.enforcement import EnforcementChanged
from schemas.enforcement_terms import EnforcementDocument as Document
from schemas.enforcement_terms import EnforcementEvent as Event
from schemas.enforcement_terms import EnforcementGround as Ground
from schemas.enforcement_terms import EnforcementOutcome as Outcome
from schemas.enforcement_terms import EnforcementRole as Role
from schemas.enforcement_terms import EnforcementStage as Stage
from schemas.mesh import ParameterPublished
from services.arrears import law_enforcement as law
from tests.services.arrears.samples import paid
from tests.services.arrears.samples_enforcement import Pursuit


def test_the_whole_road_to_the_money() -> None:
    """Asked, answered, applied, demanded, decided, ordered, received: each with its paper and who is next."""
    pursuit = Pursuit().to_ordered()
    pursuit.do(Act.TRANSFER_RECEIVED, date(2024, 2, 1))
    said = [fact for fact in pursuit.said if isinstance(fact, EnforcementChanged) and fact.document is None]

    assert [
        Stage.DUE,
        Stage.QUERYING,
        Stage.FUNDED,
        Stage.APPLIED,
        Stage.DEMANDED,
        Stage.DECIDED,
        Stage.ORDERED,
        Stage.COLLECTED,
    ] == [fact.stage for fact in said]
    assert Document.TRANSFER_DECISION in said[5].documents
    assert (Document.TRANSFER_ORDER,) == said[6].documents
    assert (100_000, 100_000) == (said[6].amount_fen, said[7].received_fen)


def test_the_tax_office_credits_the_money_and_the_procedure_ends() -> None:
    pursuit = Pursuit().to_ordered()
    pursuit.do(Act.TRANSFER_RECEIVED, date(2024, 2, 1))
    pursuit.hear(paid(paid_on=date(2024, 2, 1)))

    assert (Stage.PAID, 0, None) == (pursuit.stage, pursuit.changed.principal_fen, pursuit.changed.deadline_on)
    assert "缴清" in pursuit.changed.explanation


def test_money_that_is_not_credited_in_time_is_looked_for_by_other_means() -> None:
    """Received on Thursday 1 February; Sunday the 4th is worked (调休), so the five days end on Wednesday the 7th."""
    pursuit = Pursuit().to_ordered()
    pursuit.do(Act.TRANSFER_RECEIVED, date(2024, 2, 1))

    assert (date(2024, 2, 7), []) == (pursuit.procedure.deadline_on, pursuit.watched(date(2024, 2, 7)))
    assert ["enforcement-credit-missed"] == pursuit.watched(date(2024, 2, 8))
    assert Stage.INSUFFICIENT == pursuit.stage


def test_what_was_received_is_not_taken_twice() -> None:
    """1,000 yuan are owed and 400 came in, which no payment shows yet: 600 are left to agree on."""
    pursuit = Pursuit().to_ordered()
    pursuit.do(Act.TRANSFER_RECEIVED, date(2024, 2, 1), amount_fen=40_000)

    assert (Stage.INSUFFICIENT, 60_000, 40_000) == (
        pursuit.stage,
        pursuit.changed.principal_fen,
        pursuit.changed.received_fen,
    )


def test_on_the_last_day_of_the_demand_nothing_is_decided_yet() -> None:
    """Served on Friday the 19th with a term to Monday the 29th of January."""
    assert ["demand-term-running"] == Pursuit().to_demanded().refusals(Act.TRANSFER_DECIDED, date(2024, 1, 29))


def test_on_the_day_after_the_demand_it_may_be_decided() -> None:
    pursuit = Pursuit().to_demanded()
    pursuit.do(Act.TRANSFER_DECIDED, date(2024, 1, 30))

    assert Stage.DECIDED == pursuit.stage


def test_the_term_of_a_demand_does_not_run_through_the_national_day() -> None:
    """Served on 20 September 2024 with eight working days: 23–27, 29 (调休), 30 September, 8 October; on the 9th it may be decided."""
    pursuit = Pursuit(today=date(2024, 9, 18)).to_national_day()

    assert ["demand-term-running"] == pursuit.refusals(Act.TRANSFER_DECIDED, date(2024, 10, 8))
    pursuit.do(Act.TRANSFER_DECIDED, date(2024, 10, 9), "D-2")
    assert Stage.DECIDED == pursuit.stage


def test_while_assets_are_being_moved_it_is_decided_at_once() -> None:
    pursuit = Pursuit().to_demanded()
    pursuit.do(Act.TRANSFER_DECIDED, date(2024, 1, 22), ground=Ground.ASSETS_MOVED)

    assert Stage.DECIDED == pursuit.stage


def test_nothing_is_decided_while_the_unit_is_heard() -> None:
    pursuit = Pursuit().to_demanded()
    pursuit.do(Act.STATEMENT_RECEIVED, date(2024, 1, 29))

    assert ["act-not-of-this-stage"] == pursuit.refusals(Act.TRANSFER_DECIDED, date(2024, 1, 30))
    pursuit.do(Act.STATEMENT_REVIEWED, date(2024, 1, 31))
    pursuit.do(Act.TRANSFER_DECIDED, date(2024, 1, 31), "D-2")
    assert Stage.DECIDED == pursuit.stage


@pytest.mark.parametrize(
    ("outcome", "approved_by", "reasons"),
    [
        (Outcome.UPHELD, None, ["ending-not-approved"]),
        (Outcome.UPHELD, "WD-0031", ["enforcement-statement-reviewed"]),
        (Outcome.DISMISSED, None, ["enforcement-statement-reviewed"]),
    ],
)
def test_one_person_does_not_end_a_procedure_by_finding_the_unit_right(
    outcome: Outcome, approved_by: str | None, reasons: list[str]
) -> None:
    pursuit = Pursuit().to_demanded()
    pursuit.do(Act.STATEMENT_RECEIVED, date(2024, 1, 22))

    assert reasons == pursuit.refusals(
        Act.STATEMENT_REVIEWED, date(2024, 1, 23), outcome=outcome, approved_by=approved_by
    )


def test_a_unit_that_is_right_is_not_enforced_against() -> None:
    pursuit = Pursuit().to_demanded()
    pursuit.do(Act.STATEMENT_RECEIVED, date(2024, 1, 22))
    pursuit.do(Act.STATEMENT_REVIEWED, date(2024, 1, 23), outcome=Outcome.UPHELD, approved_by="WD-0031")

    assert (Stage.DROPPED, None) == (pursuit.stage, pursuit.procedure.look_on)


@pytest.mark.parametrize(
    ("on", "minute", "reasons"),
    [
        (date(2024, 1, 31), 6 * 60 - 1, ["at-night"]),
        (date(2024, 1, 31), 6 * 60, []),
        (date(2024, 1, 31), 22 * 60 - 1, []),
        (date(2024, 1, 31), 22 * 60, ["at-night"]),
        (date(2024, 2, 3), 600, ["on-day-off"]),
        (date(2024, 2, 4), 600, []),
        (date(2024, 2, 12), 23 * 60, ["at-night", "on-day-off"]),
    ],
)
def test_no_bank_is_told_at_night_or_on_a_day_off(on: date, minute: int, reasons: list[str]) -> None:
    """Saturday the 3rd is off, Sunday the 4th is worked (调休), the 12th is in the Spring Festival."""
    pursuit = Pursuit().to_demanded()
    pursuit.do(Act.TRANSFER_DECIDED, date(2024, 1, 30))
    decision = pursuit.do(Act.BANK_NOTIFIED, on, done_minute=minute)

    assert reasons == decision.reason.values.get("reasons", "").split()


def test_a_transfer_covers_no_late_fee_unless_the_published_parameter_says_so() -> None:
    """On 18 January 34 days are late: 1,000 yuan × 0.05 % × 34 = 17 yuan."""
    pursuit = Pursuit().to_funded()
    assert ["amount-above-owed"] == pursuit.refusals(Act.TRANSFER_APPLIED, date(2024, 1, 18), amount_fen=101_700)

    pursuit.parameters.append(_parameter(law.TRANSFER_LATE_FEE.parameter, law.TRANSFER_LATE_FEE_ON))
    assert ["amount-above-owed"] == pursuit.refusals(
        Act.TRANSFER_APPLIED, date(2024, 1, 18), reference="A-2", amount_fen=101_701
    )
    pursuit.do(Act.TRANSFER_APPLIED, date(2024, 1, 18), "A-3", amount_fen=101_700)
    assert Stage.APPLIED == pursuit.stage


def test_nothing_is_decided_beyond_what_was_demanded() -> None:
    pursuit = Pursuit().to_funded()
    pursuit.do(Act.TRANSFER_APPLIED, date(2024, 1, 18), amount_fen=80_000)
    assert ["amount-above-step-before"] == pursuit.refusals(Act.DEMAND_SERVED, date(2024, 1, 19))

    pursuit.do(Act.DEMAND_SERVED, date(2024, 1, 19), "B-2", amount_fen=70_000)
    assert ["amount-above-step-before"] == pursuit.refusals(Act.TRANSFER_DECIDED, date(2024, 1, 30), amount_fen=70_001)


def test_what_is_paid_meanwhile_comes_off_the_order_and_the_bank_is_told() -> None:
    pursuit = Pursuit().to_ordered()
    pursuit.hear(paid(paid_fen=40_000, paid_on=date(2024, 1, 31)))

    assert (Event.PAID_IN_PART, 60_000, (Document.TRANSFER_REDUCTION,)) == (
        pursuit.changed.event,
        pursuit.changed.amount_fen,
        pursuit.changed.documents,
    )
    assert Stage.ORDERED == pursuit.stage


def test_a_decision_that_has_not_run_is_withdrawn_when_all_is_paid() -> None:
    pursuit = Pursuit().to_demanded()
    pursuit.do(Act.TRANSFER_DECIDED, date(2024, 1, 30))
    pursuit.hear(paid(paid_on=date(2024, 1, 30)))

    assert (Stage.PAID, (Document.TRANSFER_WITHDRAWAL,)) == (pursuit.stage, pursuit.changed.documents)


def test_an_order_is_withdrawn_at_the_bank_and_the_bank_confirms() -> None:
    pursuit = Pursuit().to_ordered()
    pursuit.hear(paid(paid_on=date(2024, 1, 31)))

    assert (Stage.WITHDRAWING, Role.BANK, (Document.TRANSFER_WITHDRAWAL,)) == (
        pursuit.stage,
        pursuit.changed.next_role,
        pursuit.changed.documents,
    )
    pursuit.do(Act.BANK_WITHDRAWAL_CONFIRMED, date(2024, 2, 1))
    assert Stage.PAID == pursuit.stage


def test_an_order_that_had_run_already_is_booked_though_it_was_withdrawn() -> None:
    pursuit = Pursuit().to_ordered()
    pursuit.hear(paid(paid_on=date(2024, 1, 31)))
    pursuit.do(Act.TRANSFER_RECEIVED, date(2024, 2, 1))

    assert (Stage.PAID, 100_000) == (pursuit.stage, pursuit.procedure.received_fen)


def _parameter(name: str, value: str) -> ParameterPublished:
    return ParameterPublished(name=name, value=value, effective_on=date(2024, 1, 1))
