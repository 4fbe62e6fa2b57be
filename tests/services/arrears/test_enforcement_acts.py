"""An act of enforcement before it is taken in, and after: all its reasons at once, its day, known, corrected, taken back."""

from datetime import date

import pytest

from schemas.enforcement import EnforcementAct as Act
from schemas.enforcement_terms import EnforcementEvent as Event
from schemas.enforcement_terms import EnforcementStage as Stage
from tests.services.arrears.samples import at, paid
from tests.services.arrears.samples_enforcement import Pursuit, act


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
