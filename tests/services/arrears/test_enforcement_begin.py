"""What begins an enforcement, and what ends it with its notice: one procedure a notice that is overdue."""

from datetime import date

import pytest

from schemas.enforcement import EnforcementAct as Act
from schemas.enforcement_terms import EnforcementEvent as Event
from schemas.enforcement_terms import EnforcementRole as Role
from schemas.enforcement_terms import EnforcementStage as Stage
from schemas.vocabulary import Insurance
from services.arrears import law_enforcement as law
from services.arrears.rules_notice_state import Stage as NoticeStage
from tests.services.arrears.samples import missed, paid
from tests.services.arrears.samples_enforcement import NUMBER, Pursuit, overdue_notice


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
