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
from schemas.vocabulary import Insurance
from services.arrears import law_enforcement as law
from services.arrears.rules_notice_state import Stage as NoticeStage
from tests.services.arrears.samples import at, missed, paid
from tests.services.arrears.samples_enforcement import NUMBER, Pursuit, act, overdue_notice


def test_a_notice_that_is_overdue_begins_the_enforcement() -> None:
    """Found overdue on Tuesday the 16th: the desk asks the bank within five working days, by Tuesday the 23rd."""
    pursuit = Pursuit()

    assert (Stage.DUE, Role.COLLECTION_OFFICE, date(2024, 1, 23)) == (
        pursuit.changed.stage,
        pursuit.changed.next_role,
        pursuit.changed.deadline_on,
    )
    assert Event.NOTICE_OVERDUE == pursuit.changed.event
    assert law.QUERY_AND_TRANSFER in pursuit.changed.paragraphs


@pytest.mark.parametrize("stage", [NoticeStage.ISSUED, NoticeStage.SERVED, NoticeStage.WITHDRAWN, NoticeStage.COMPLIED])
def test_no_other_notice_begins_it(stage: NoticeStage) -> None:
    pursuit = Pursuit(stage=stage)

    assert pursuit.case is not None
    assert pursuit.case.enforcement is None


def test_an_act_before_the_deadline_of_the_notice_is_refused() -> None:
    pursuit = Pursuit(date(2024, 1, 15), stage=NoticeStage.SERVED)

    assert ["enforcement-unknown"] == pursuit.refusals(Act.BANK_QUERY_SENT, date(2024, 1, 15))


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


def test_a_unit_that_is_right_is_not_enforced_against() -> None:
    pursuit = Pursuit().to_demanded()
    pursuit.do(Act.STATEMENT_RECEIVED, date(2024, 1, 22))
    pursuit.do(Act.STATEMENT_REVIEWED, date(2024, 1, 23), outcome=Outcome.UPHELD)

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


def test_an_impossible_act_is_refused_with_all_its_reasons() -> None:
    pursuit = Pursuit().to_insufficient()
    pursuit.do(Act.BANK_QUERY_SENT, date(2024, 1, 18))
    pursuit.do(Act.BANK_QUERY_ANSWERED, date(2024, 1, 18), balance_fen=0)

    decision = pursuit.do(Act.TRANSFER_APPLIED, date(2024, 1, 19), amount_fen=100_001, materials=())

    assert (
        "balance-none amount-above-owed transfer-materials-missing paper-missing" == decision.reason.values["reasons"]
    )
    assert "1,000.01元超过当日可以划拨的1,000.00元" in decision.reason.values["reasons_text"]
    assert Stage.INSUFFICIENT == pursuit.stage


def test_an_act_out_of_its_place_says_where_the_procedure_stands() -> None:
    decision = Pursuit().do(Act.BANK_NOTIFIED, date(2024, 1, 17))

    assert "act-not-of-this-stage" == decision.reason.values["reasons"]
    assert "目前为“逾期未缴，待查询存款账户”" in decision.reason.values["reasons_text"]


def test_a_step_is_not_done_before_the_one_before_it() -> None:
    pursuit = Pursuit().to_demanded()

    assert ["before-step-before"] == pursuit.refusals(Act.STATEMENT_RECEIVED, date(2024, 1, 18))


def test_an_act_recorded_late_is_judged_by_the_day_it_was_done() -> None:
    """1,000 yuan were owed on the 18th; 400 of them were paid on the 19th, before the desk wrote the application down."""
    pursuit = Pursuit().to_funded()
    pursuit.make_paper(act(Act.TRANSFER_APPLIED, date(2024, 1, 18)))
    pursuit.wait_until(at(date(2024, 1, 19)))
    pursuit.hear(paid(paid_fen=40_000, paid_on=date(2024, 1, 19)))
    pursuit.hear(act(Act.TRANSFER_APPLIED, date(2024, 1, 18)))

    assert Stage.APPLIED == pursuit.stage


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


def test_a_notice_that_is_overdue_again_begins_it_anew() -> None:
    """A payment bounced, and the desk's notice stands again."""
    pursuit = Pursuit()
    pursuit.hear(paid(paid_on=date(2024, 1, 16)))
    assert Stage.PAID == pursuit.stage

    pursuit.hear(paid("P-2", reverses="P-1", paid_on=date(2024, 1, 16)))
    pursuit.make_overdue()

    assert (Stage.DUE, 2) == (pursuit.stage, pursuit.procedure.attempt)


def test_a_notice_that_is_withdrawn_cancels_it() -> None:
    pursuit = Pursuit().to_demanded()
    assert pursuit.case is not None
    pursuit.put_notice(overdue_notice(pursuit.case, stage=NoticeStage.WITHDRAWN))

    assert Stage.CANCELLED == pursuit.stage


def test_a_missed_deadline_is_said_once_and_the_step_may_still_be_done() -> None:
    """Five working days from Tuesday the 16th end on the 23rd."""
    pursuit = Pursuit()

    assert [] == pursuit.watched(date(2024, 1, 23))
    assert ["enforcement-deadline-missed"] == pursuit.watched(date(2024, 2, 5))
    pursuit.do(Act.BANK_QUERY_SENT, date(2024, 2, 5))
    assert Stage.QUERYING == pursuit.stage


def test_the_same_act_is_known_and_another_under_its_number_refused() -> None:
    pursuit = Pursuit()
    first = act(Act.BANK_QUERY_SENT, date(2024, 1, 16), "Q-1")
    pursuit.hear(first, first, first.model_copy(update={"decided_by": "WD-0108"}))

    assert ["enforcement-bank-query-sent", "content-known", "revision-conflict"] == pursuit.codes[-3:]


def test_a_slip_is_taken_back_while_nothing_has_followed() -> None:
    pursuit = Pursuit()
    begun = pursuit.procedure
    pursuit.do(Act.BANK_QUERY_SENT, date(2024, 1, 16), "Q-1")
    pursuit.do(Act.BANK_QUERY_SENT, date(2024, 1, 16), "Q-2", reverses="Q-1")

    assert ("enforcement-act-reversed", begun) == (pursuit.codes[-1], pursuit.procedure)
    assert (Stage.QUERYING, Stage.DUE, Event.ACT_REVERSED) == (
        pursuit.changed.previous_stage,
        pursuit.changed.stage,
        pursuit.changed.event,
    )


def test_a_slip_is_corrected_by_a_higher_revision() -> None:
    """A balance of 300 yuan was written down for 30,000."""
    pursuit = Pursuit().to_insufficient()
    reference = f"{Act.BANK_QUERY_ANSWERED}/2024-01-17"
    pursuit.do(Act.BANK_QUERY_ANSWERED, date(2024, 1, 17), reference, revision=2, balance_fen=3_000_000)

    assert (Stage.FUNDED, 3_000_000) == (pursuit.stage, pursuit.procedure.balance_fen)


def test_a_correction_that_is_impossible_leaves_what_was_there() -> None:
    pursuit = Pursuit().to_funded()
    pursuit.do(Act.TRANSFER_APPLIED, date(2024, 1, 18), "A-1")

    assert ["amount-above-owed"] == pursuit.refusals(
        Act.TRANSFER_APPLIED, date(2024, 1, 18), reference="A-1", revision=2, amount_fen=100_001
    )
    assert (Stage.APPLIED, 100_000) == (pursuit.stage, pursuit.procedure.amount_fen)


def test_what_something_has_followed_from_is_neither_corrected_nor_taken_back() -> None:
    """Another act; a payment that reduced it; a deadline that passed by it."""
    pursuit = Pursuit().to_funded()
    asked = f"{Act.BANK_QUERY_SENT}/2024-01-16"
    pursuit.do(Act.BANK_QUERY_SENT, date(2024, 1, 16), asked, revision=2)
    pursuit.do(Act.BANK_QUERY_SENT, date(2024, 1, 16), "Q-2", reverses=asked)
    assert ["enforcement-act-not-correctable", "enforcement-act-not-reversible"] == pursuit.codes[-2:]

    ordered = Pursuit().to_ordered()
    ordered.hear(paid(paid_fen=40_000, paid_on=date(2024, 1, 31)))
    ordered.do(Act.BANK_NOTIFIED, date(2024, 1, 31), "N-2", reverses=f"{Act.BANK_NOTIFIED}/2024-01-31")
    assert "enforcement-act-not-reversible" == ordered.codes[-1]

    waiting = Pursuit()
    waiting.do(Act.BANK_QUERY_SENT, date(2024, 1, 16), "Q-1")
    waiting.do(Act.BANK_QUERY_SENT, date(2024, 2, 1), "Q-2", reverses="Q-1")
    assert "enforcement-act-not-reversible" == waiting.codes[-1]


@pytest.mark.parametrize(
    ("by", "code"),
    [(None, "enforcement-act-not-approved"), ("WD-0031", "enforcement-act-reversed")],
    ids=["one person", "two people"],
)
def test_what_two_decided_one_does_not_take_back_by_whatever_name(by: str | None, code: str) -> None:
    """The decision to transfer has four eyes (行政强制法 37; 社会保险经办条例 37); a query at the bank has two."""
    pursuit = Pursuit().to_demanded()
    pursuit.do(Act.TRANSFER_DECIDED, date(2024, 1, 30), "D-1")
    decision = pursuit.hear(
        act(Act.BANK_QUERY_SENT, date(2024, 1, 30), "R-1", reverses="D-1", approved_by=by),
    )

    assert (code, by is None) == (decision.reason.code, pursuit.stage is Stage.DECIDED)


def test_what_two_decided_one_does_not_correct_into_something_else() -> None:
    pursuit = Pursuit().to_demanded()
    pursuit.do(Act.TRANSFER_DECIDED, date(2024, 1, 30), "D-1")
    decision = pursuit.hear(act(Act.FINE_REFERRED, date(2024, 1, 30), "D-1", revision=2))

    assert ("enforcement-act-not-approved", Stage.DECIDED) == (decision.reason.code, pursuit.stage)


def test_an_act_names_a_procedure_that_is_going_on() -> None:
    decision = Pursuit().do(Act.BANK_QUERY_SENT, date(2024, 1, 16), notice_number="文社险欠〔2024〕99号")

    assert ("enforcement-unknown", "文社险欠〔2024〕99号") == (decision.reason.code, decision.reason.values["number"])
    assert NUMBER != decision.reason.values["number"]


def test_two_notices_are_enforced_apart() -> None:
    """A second notice for a medical line of 500 yuan; paid, it ends its own procedure, and the first goes on."""
    pursuit = Pursuit().to_demanded()
    pursuit.hear(missed("M-2", insurance=Insurance.MEDICAL, assessed_fen=50_000))
    assert pursuit.case is not None
    second = "文社险欠〔2024〕13号"
    pursuit.put_notice(overdue_notice(pursuit.case, ordinal=2, number=second, lines=("2023-11/medical",)))
    pursuit.do(Act.BANK_QUERY_SENT, date(2024, 1, 22), notice_number=second)
    pursuit.hear(paid("P-2", insurance=Insurance.MEDICAL, paid_fen=50_000, paid_on=date(2024, 1, 22)))

    assert pursuit.case is not None
    assert pursuit.case.enforcement is not None
    assert [(1, NUMBER, Stage.DEMANDED), (2, second, Stage.PAID)] == [
        (one.notice, one.number, one.stage) for one in pursuit.case.enforcement.procedures
    ]


def _parameter(name: str, value: str) -> ParameterPublished:
    return ParameterPublished(name=name, value=value, effective_on=date(2024, 1, 1))
