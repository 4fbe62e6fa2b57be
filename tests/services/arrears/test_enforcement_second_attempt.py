"""A road that begins again: its acts rest on papers of their own, and not on those of the time before."""

from datetime import date

import msgspec
import pytest

from schemas.documents import DocumentRequested
from schemas.enforcement import EnforcementAct as Act
from schemas.enforcement import EnforcementActRecorded
from schemas.enforcement_terms import EnforcementOutcome as Outcome
from schemas.enforcement_terms import EnforcementStage as Stage
from services.arrears import texts_enforcement
from services.arrears.rules_enforcement_state import Procedure
from tests.services.arrears.samples import at, paid
from tests.services.arrears.samples_enforcement import Pursuit, act, instalment, order_for

AGAIN_ON, AGAIN_DEMANDED_ON, AGAIN_DECIDED_ON = date(2024, 1, 24), date(2024, 1, 25), date(2024, 2, 5)
"""The second application, its demand with six working days to Friday 2 February, and the decision on Monday."""


def reasons(pursuit: Pursuit, fact: EnforcementActRecorded) -> list[str]:
    """Why an act is refused on the papers that there are; empty where it is not."""
    pursuit.wait_until(at(fact.occurred_on))
    return str(pursuit.hear(fact).reason.values.get("reasons", "")).split()


def ordered(pursuit: Pursuit, fact: EnforcementActRecorded, *, is_answered: bool = True) -> None:
    """Order the paper of an act; the register and the effect shell answer."""
    order = order_for(fact)
    assert order is not None
    pursuit.wait_until(at(fact.occurred_on))
    decision = pursuit.hear(order)
    assert "enforcement-document-ordered" == decision.reason.code
    if is_answered:
        pursuit.answer_papers(decision)


def test_after_a_transfer_was_declined_each_step_waits_for_a_new_paper() -> None:
    """令20号 18: an application names its facts and its amount; 行政强制法 35: the demand goes before the decision that it is for."""
    pursuit = Pursuit().to_declined()
    applied, demand = act(Act.TRANSFER_APPLIED, AGAIN_ON), act(Act.DEMAND_SERVED, AGAIN_DEMANDED_ON)

    assert ["paper-spent"] == reasons(pursuit, applied)
    ordered(pursuit, applied)
    assert [] == reasons(pursuit, applied)
    assert ["paper-spent"] == reasons(pursuit, demand)
    ordered(pursuit, demand)
    assert [] == reasons(pursuit, demand)
    assert Stage.DEMANDED == pursuit.stage


def test_what_is_spent_is_said_with_its_number_and_its_day() -> None:
    pursuit = Pursuit().to_declined()
    pursuit.wait_until(at(AGAIN_ON))

    said = pursuit.hear(act(Act.TRANSFER_APPLIED, AGAIN_ON)).reason.values["reasons_text"]
    assert (
        "2024-01-18制作的划拨社会保险费申请书（威文税社划申〔2024〕1号）已经用过，或者所办事项已经了结，不得再次使用，应当重新制作文书"
        == said
    )


def test_a_paper_made_out_for_an_attempt_that_was_declined_does_not_serve_the_next() -> None:
    """The decision was made out on 30 January, and the department declined after all: it named the first demand."""
    pursuit = Pursuit().to_demanded()
    ordered(pursuit, act(Act.TRANSFER_DECIDED, date(2024, 1, 30)))
    pursuit.do(Act.TRANSFER_DECLINED, date(2024, 1, 30))
    pursuit.do(Act.TRANSFER_APPLIED, date(2024, 1, 31))
    pursuit.do(Act.DEMAND_SERVED, date(2024, 2, 1))

    assert ["paper-spent"] == reasons(pursuit, act(Act.TRANSFER_DECIDED, date(2024, 2, 19)))


def test_the_second_decision_names_the_second_demand() -> None:
    pursuit = Pursuit().to_declined()
    pursuit.do(Act.TRANSFER_APPLIED, AGAIN_ON)
    pursuit.do(Act.DEMAND_SERVED, AGAIN_DEMANDED_ON, perform_by=date(2024, 2, 2))
    pursuit.do(Act.TRANSFER_DECIDED, AGAIN_DECIDED_ON)

    decision = pursuit.heard_last(DocumentRequested).transfer_decision
    assert decision is not None
    assert (Stage.DECIDED, "威文人社催〔2024〕4号", AGAIN_DEMANDED_ON, date(2024, 2, 2)) == (
        pursuit.stage,
        decision.demand_number,
        decision.demand_served_on,
        decision.perform_by,
    )


def test_a_number_that_comes_after_the_transfer_was_declined_is_void_and_holds_nothing_up() -> None:
    """The decision's number was asked for, the department declined, then the register answered: no demand stands that a decision could name."""
    pursuit = Pursuit().to_demanded()
    pursuit.wait_until(at(date(2024, 1, 30)))
    order = order_for(act(Act.TRANSFER_DECIDED, date(2024, 1, 30)))
    assert order is not None
    decision = pursuit.hear(order)
    pursuit.hear(act(Act.TRANSFER_DECLINED, date(2024, 1, 30)))
    pursuit.answer_papers(decision)

    assert ("number-not-needed", "威文人社划决〔2024〕3号") == (
        pursuit.codes[-1],
        pursuit.procedure.papers[-1].number,
    )
    pursuit.do(Act.TRANSFER_APPLIED, date(2024, 1, 31))
    assert Stage.APPLIED == pursuit.stage


def test_a_new_paper_is_ordered_though_the_number_of_one_for_nothing_is_still_to_come() -> None:
    pursuit = Pursuit().to_demanded()
    ordered(pursuit, act(Act.TRANSFER_DECIDED, date(2024, 1, 30)), is_answered=False)
    pursuit.do(Act.TRANSFER_DECLINED, date(2024, 1, 30))
    pursuit.do(Act.TRANSFER_APPLIED, date(2024, 1, 31))

    assert Stage.APPLIED == pursuit.stage


def test_of_two_papers_ordered_for_one_act_the_first_is_not_left_for_another_time() -> None:
    """The first application was made out with 600 yuan, then one with all; the act rests on the second."""
    pursuit = Pursuit().to_funded()
    ordered(pursuit, act(Act.TRANSFER_APPLIED, date(2024, 1, 18), amount_fen=60_000))
    pursuit.do(Act.TRANSFER_APPLIED, date(2024, 1, 18), "A-2")
    pursuit.do(Act.TRANSFER_DECLINED, date(2024, 1, 22))

    assert ["paper-spent"] == reasons(pursuit, act(Act.TRANSFER_APPLIED, AGAIN_ON, amount_fen=60_000))


def test_for_what_a_transfer_did_not_bring_another_is_applied_for_on_its_own_paper() -> None:
    """400 of 1,000 yuan came in: the rest is another amount (行政强制法 35: 明确的金额)."""
    pursuit = Pursuit().to_ordered()
    pursuit.do(Act.TRANSFER_RECEIVED, date(2024, 2, 1), amount_fen=40_000)
    pursuit.do(Act.BANK_QUERY_SENT, date(2024, 2, 2))
    pursuit.do(Act.BANK_QUERY_ANSWERED, date(2024, 2, 5))
    rest = act(Act.TRANSFER_APPLIED, date(2024, 2, 6), amount_fen=60_000)

    assert (Stage.FUNDED, ["paper-spent"]) == (pursuit.stage, reasons(pursuit, rest))
    ordered(pursuit, rest)
    assert [] == reasons(pursuit, rest)


def test_a_second_agreement_is_signed_on_a_paper_of_its_own() -> None:
    """Broken after 17 February; what stood for it brings 600 yuan, and 400 are agreed on anew (行政强制法 42(2))."""
    pursuit = Pursuit().to_deferred()
    pursuit.wait_until(at(date(2024, 2, 20)))
    pursuit.do(Act.SECURITY_REALISED, date(2024, 2, 21), amount_fen=60_000)
    pursuit.hear(paid(paid_fen=60_000, paid_on=date(2024, 2, 21)))
    anew = act(Act.AGREEMENT_SIGNED, date(2024, 2, 22), instalments=(instalment(date(2024, 3, 22), 40_000),))

    assert (Stage.INSUFFICIENT, ["paper-spent"]) == (pursuit.stage, reasons(pursuit, anew))
    ordered(pursuit, anew)
    assert [] == reasons(pursuit, anew)


def test_before_a_second_application_to_the_court_the_unit_is_demanded_of_anew() -> None:
    """Refused on 24 July, no review asked for: within the three months the court may be applied to again (行政强制法 53, 54)."""
    pursuit = Pursuit().to_court_demanded()
    pursuit.do(Act.COURT_APPLIED, date(2024, 7, 15))
    pursuit.do(Act.COURT_ACCEPTED, date(2024, 7, 17))
    pursuit.do(Act.COURT_RULED, date(2024, 7, 24), outcome=Outcome.REFUSED)
    pursuit.wait_until(at(date(2024, 8, 12)))
    demand = act(Act.COURT_DEMAND_SERVED, date(2024, 8, 12))

    assert (Stage.INSUFFICIENT, ["paper-spent"]) == (pursuit.stage, reasons(pursuit, demand))
    ordered(pursuit, demand)
    assert [] == reasons(pursuit, demand)
    pursuit.do(Act.COURT_APPLIED, date(2024, 8, 27), "C-2")
    assert Stage.COURT_APPLIED == pursuit.stage


def test_a_decision_written_before_the_unit_was_heard_does_not_serve_after_it() -> None:
    """Made out on 30 January; the statement of that day is reviewed on the 31st (行政强制法 36: 记录、复核)."""
    pursuit = Pursuit().to_demanded()
    ordered(pursuit, act(Act.TRANSFER_DECIDED, date(2024, 1, 30)))
    pursuit.do(Act.STATEMENT_RECEIVED, date(2024, 1, 30))
    pursuit.do(Act.STATEMENT_REVIEWED, date(2024, 1, 31))
    decided = act(Act.TRANSFER_DECIDED, date(2024, 1, 31))

    assert ["paper-spent"] == reasons(pursuit, decided)
    ordered(pursuit, decided)
    assert [] == reasons(pursuit, decided)


def test_a_demand_that_was_served_stands_when_the_unit_was_heard_and_when_execution_rested() -> None:
    """Neither begins the road anew: 行政强制法 36 hears before the decision, 39 goes on where it rested."""
    pursuit = Pursuit().to_demanded()
    pursuit.do(Act.STATEMENT_RECEIVED, date(2024, 1, 22))
    pursuit.do(Act.STATEMENT_REVIEWED, date(2024, 1, 23))
    pursuit.do(Act.EXECUTION_SUSPENDED, date(2024, 1, 24))
    pursuit.do(Act.EXECUTION_RESUMED, date(2024, 1, 31))
    pursuit.do(Act.TRANSFER_DECIDED, date(2024, 1, 31))

    assert Stage.DECIDED == pursuit.stage


@pytest.mark.parametrize(
    ("road", "slip"),
    [
        ("to_funded", act(Act.TRANSFER_APPLIED, date(2024, 1, 18), "slip")),
        ("to_demanded", act(Act.TRANSFER_DECIDED, date(2024, 1, 30), "slip")),
        ("to_insufficient", act(Act.AGREEMENT_SIGNED, date(2024, 1, 18), "slip")),
    ],
)
def test_an_act_that_was_a_slip_gives_its_paper_back(road: str, slip: EnforcementActRecorded) -> None:
    """What was not done has used nothing up."""
    pursuit = getattr(Pursuit(), road)()
    ordered(pursuit, slip)
    assert [] == reasons(pursuit, slip)
    back = {"business_reference": "back", "reverses": "slip", "approved_by": "WD-0031"}
    assert "enforcement-act-reversed" == pursuit.hear(slip.model_copy(update=back)).reason.code

    assert [] == reasons(pursuit, slip.model_copy(update={"business_reference": "again"}))


def test_a_correction_rests_on_the_paper_of_what_it_corrects() -> None:
    pursuit = Pursuit().to_funded()
    pursuit.do(Act.TRANSFER_APPLIED, date(2024, 1, 18), "A-1")
    corrected = act(Act.TRANSFER_APPLIED, date(2024, 1, 18), "A-1", revision=2)

    assert ["paper-differs"] == reasons(pursuit, corrected.model_copy(update={"amount_fen": 90_000}))
    assert [] == reasons(pursuit, corrected)
    assert (Stage.APPLIED, (1,)) == (pursuit.stage, pursuit.procedure.papers_spent)


def test_a_declined_transfer_that_was_a_slip_leaves_its_papers_as_they_were() -> None:
    pursuit = Pursuit().to_demanded()
    ordered(pursuit, act(Act.TRANSFER_DECIDED, date(2024, 1, 30)))
    pursuit.do(Act.TRANSFER_DECLINED, date(2024, 1, 30), "slip")
    pursuit.hear(act(Act.TRANSFER_DECLINED, date(2024, 1, 30), "back", reverses="slip"))

    assert [] == reasons(pursuit, act(Act.TRANSFER_DECIDED, date(2024, 1, 30)))


def test_a_statement_is_not_taken_back_when_a_number_has_come_for_nothing_meanwhile() -> None:
    """The decision was ordered, the unit was heard, and the register answered: the paper of before could not be made any more."""
    pursuit = Pursuit().to_demanded()
    pursuit.wait_until(at(date(2024, 1, 30)))
    order = order_for(act(Act.TRANSFER_DECIDED, date(2024, 1, 30)))
    assert order is not None
    decision = pursuit.hear(order)
    pursuit.hear(act(Act.STATEMENT_RECEIVED, date(2024, 1, 30), "slip"))
    pursuit.answer_papers(decision)
    pursuit.hear(act(Act.STATEMENT_RECEIVED, date(2024, 1, 30), "back", reverses="slip"))

    assert ("enforcement-act-not-reversible", Stage.HEARING) == (pursuit.codes[-1], pursuit.stage)


def test_a_state_of_before_papers_were_spent_is_read_and_goes_on() -> None:
    """It knows of none that is spent; the decision names the demand that was made out, and a declined transfer spends all the same."""
    pursuit = Pursuit().to_demanded()
    older = msgspec.structs.replace(pursuit.procedure, papers_spent=())
    written = msgspec.json.encode(older)
    assert b"papers_spent" not in written
    assert older == msgspec.json.decode(written, type=Procedure)
    assert pursuit.case is not None
    assert pursuit.case.enforcement is not None
    state = msgspec.structs.replace(pursuit.case.enforcement, procedures=(older,), undo=None)
    pursuit.case = msgspec.structs.replace(pursuit.case, enforcement=state)
    ordered(pursuit, act(Act.TRANSFER_DECIDED, date(2024, 1, 30)))
    decision = pursuit.heard_last(DocumentRequested).transfer_decision
    assert decision is not None
    assert "威文人社催〔2024〕2号" == decision.demand_number
    pursuit.do(Act.TRANSFER_DECLINED, date(2024, 1, 30))

    assert ["paper-spent"] == reasons(pursuit, act(Act.TRANSFER_APPLIED, date(2024, 1, 31)))


def test_what_objects_says_so_in_chinese() -> None:
    assert texts_enforcement.OBJECTIONS["paper-spent"]
