"""The paper of a claim in a bankruptcy: what it says, and that the claim waits for it.

The unit owes 1,000 yuan of pension since 2023-12-15; accepted on 2024-01-10, so 26 days of late fee: 13 yuan (1,300 fen).
"""

from datetime import date

import pytest

from schemas.documents import DocumentRequested
from schemas.insolvency_acts import InsolvencyAct
from schemas.vocabulary import Insurance
from tests.services.arrears.samples import missed
from tests.services.arrears.samples_status import (
    accepted,
    claim,
    claimed,
    declared,
    in_arrears,
    order_for,
    reasons_of,
)

FEBRUARY_1 = date(2024, 2, 1)


def test_the_paper_of_a_claim_says_the_books_under_its_number() -> None:
    """1,000 yuan of pension since 15 December, accepted on 10 January: 26 days, 13 yuan of late fee; 300 yuan need not be declared."""
    started = in_arrears(FEBRUARY_1)
    started.hear(accepted(court_case_number="（2024）鲁10破1号", administrator="山东示例律师事务所"), claim(FEBRUARY_1))

    asked = started.heard_last(DocumentRequested)
    terms = asked.claim_declaration
    assert (30_000, 70_000, 1_300) == (terms.individual_account_fen, terms.pooled_fen, asked.owed.late_fee_fen)
    assert (date(2024, 1, 10), date(2024, 3, 20)) == (terms.accepted_on, terms.declare_by)
    assert ("（2024）鲁10破1号", "山东示例律师事务所") == (terms.case_number, terms.administrator)
    assert asked.document_number.startswith("威文税社债申〔2024〕")


def test_where_the_administrator_is_not_named_yet_there_is_room_for_the_name() -> None:
    """The paper is addressed to …（管理人）: a general word in place of the name would say it twice."""
    started = in_arrears(FEBRUARY_1)
    started.hear(accepted(), claim(FEBRUARY_1))

    assert "＿＿＿＿＿＿" == started.heard_last(DocumentRequested).claim_declaration.administrator


def test_a_claim_waits_for_its_paper_and_goes_on_when_it_is_made() -> None:
    """企业破产法 49: 书面说明债权的数额."""
    started = in_arrears(FEBRUARY_1)
    started.hear(accepted())

    refusal = started.hear_alone(claim(FEBRUARY_1))
    assert "claim-document-missing" == refusal.reason.values["reasons"]
    started.make_paper(claim(FEBRUARY_1))
    assert "insolvency-act-recorded" == started.hear_alone(claim(FEBRUARY_1)).reason.code


@pytest.mark.parametrize(("listed_fen", "declared_fen"), [(30_001, 69_999), (29_999, 70_001)])
def test_a_paper_of_other_amounts_is_not_the_claims(listed_fen: int, declared_fen: int) -> None:
    started = in_arrears(FEBRUARY_1)
    started.hear(accepted())
    started.make_paper(claim(FEBRUARY_1, listed_fen=listed_fen, declared_fen=declared_fen))

    refusal = started.hear_alone(claim(FEBRUARY_1))
    assert "claim-document-missing" == refusal.reason.values["reasons"]


def test_a_supplement_of_the_same_amounts_has_a_paper_of_its_own() -> None:
    """A medical line of as much is found after the claim: what claimed the first does not claim the second (企业破产法 49, 56)."""
    started = claimed()
    started.hear(missed("M-2", insurance=Insurance.MEDICAL, occurred_on=date(2024, 7, 1)))
    supplement = claim(date(2024, 7, 1), what=InsolvencyAct.CLAIM_SUPPLEMENTED, reference="I-2")

    refusal = started.hear_alone(supplement)
    assert "claim-document-missing" == refusal.reason.values["reasons"]
    started.make_paper(supplement)
    assert "insolvency-act-recorded" == started.hear_alone(supplement).reason.code


def test_a_claim_by_hand_leaves_the_next_paper_to_the_next_claim() -> None:
    started = in_arrears(date(2024, 7, 2))
    started.hear(accepted())
    started.make_paper(claim(FEBRUARY_1), outcome="failed", detail_code="text-not-printable", sha256="")
    assert started.case is not None
    assert started.case.insolvency is not None
    number = started.case.insolvency.papers[0].number
    started.hear_alone(claim(FEBRUARY_1, decision_number=number))
    started.hear(declared(), missed("M-2", insurance=Insurance.MEDICAL, occurred_on=date(2024, 7, 1)))
    supplement = claim(date(2024, 7, 1), what=InsolvencyAct.CLAIM_SUPPLEMENTED, reference="I-2")
    again = supplement.model_copy(update={"decision_number": number})

    assert "claim-document-missing" == started.hear_alone(again).reason.values["reasons"]
    started.make_paper(supplement)
    assert "insolvency-act-recorded" == started.hear_alone(supplement).reason.code


def test_a_claim_that_was_taken_back_gives_its_paper_back() -> None:
    started = in_arrears(FEBRUARY_1)
    started.hear(accepted(), claim(FEBRUARY_1))
    started.hear_alone(claim(FEBRUARY_1, reference="I-2", reverses="I-1"))

    assert "insolvency-act-recorded" == started.hear_alone(claim(FEBRUARY_1, reference="I-3")).reason.code


def test_a_paper_that_could_not_be_made_is_written_by_hand_under_its_number() -> None:
    started = in_arrears(FEBRUARY_1)
    started.hear(accepted())
    started.make_paper(claim(FEBRUARY_1), outcome="failed", detail_code="text-not-printable", sha256="")
    assert started.case is not None
    assert started.case.insolvency is not None
    (paper,) = started.case.insolvency.papers

    assert "insolvency-act-refused" == started.hear_alone(claim(FEBRUARY_1)).reason.code
    by_hand = claim(FEBRUARY_1, decision_number=paper.number)
    assert "insolvency-act-recorded" == started.hear_alone(by_hand).reason.code


def test_an_order_is_known_by_its_reference_and_cannot_say_something_else_later() -> None:
    started = in_arrears(FEBRUARY_1)
    started.hear(accepted())
    first = order_for(claim(FEBRUARY_1), "O-1")
    started.hear(first)

    assert "content-known" == started.hear(first).reason.code
    assert "act-conflict" == started.hear(first.model_copy(update={"late_fee_fen": 1_299})).reason.code


def test_one_paper_at_a_time_and_none_beside_the_books() -> None:
    started = in_arrears(FEBRUARY_1)
    started.hear(accepted(), order_for(claim(FEBRUARY_1), "O-1"))
    started.hear(order_for(claim(FEBRUARY_1, fee_fen=1_301), "O-2"))

    assert ["claim-document-in-the-making", "claim-late-fee-differs"] == reasons_of(started)
