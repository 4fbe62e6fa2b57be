"""What the legal desk is asked is told in each case that it touches, and in no other (`shebao explain`)."""

from datetime import date

import pytest

from schemas.enforcement import EnforcementAct as Act
from schemas.unit_status import UnitStanding
from services.arrears.law_numbers import OpenQuestion
from services.arrears.law_questions import QUESTIONS
from services.audit.legal_numbers import disputes, open_questions
from services.console import legal_page
from tests.house.sources import ROOT
from tests.services.arrears.samples import Desk
from tests.services.arrears.samples_enforcement import Pursuit
from tests.services.arrears.samples_status import in_arrears, status

TODAY = date(2024, 1, 12)
ASKED = "待法制机构答复："


def asked(desk: Desk) -> str:
    """What a case's timeline says that the legal desk is asked, by the paragraphs that its decisions rest on."""
    cited = [paragraph for decision in desk.decisions for paragraph in decision.reason.paragraphs]
    return "".join(text for text in disputes(cited, TODAY) if text.startswith(ASKED))


def test_whether_the_order_waits_while_claims_are_declared_is_asked_in_a_liquidation() -> None:
    started = in_arrears()
    assert "235(3)" not in asked(started)

    started.hear(status(UnitStanding.LIQUIDATING, date(2024, 1, 10), announced_on=date(2024, 1, 11)))
    assert "清算组在申报债权期间不得对债权人进行清偿（公司法 235(3)）" in asked(started)


def test_whether_a_demand_carries_a_second_application_is_asked_once_a_court_has_refused_the_first() -> None:
    """The demand alone raises no question; neither does the court that takes the application in."""
    pursuit = Pursuit().to_court_demanded()
    pursuit.do(Act.COURT_APPLIED, date(2024, 7, 15))
    assert "再次申请" not in asked(pursuit)

    pursuit.do(Act.COURT_DECLINED, date(2024, 7, 17))
    assert "再次申请前重新催告" in asked(pursuit)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_a_question_stands_on_the_page_of_legal_numbers_and_in_the_decision_that_weighs_it(
    question: OpenQuestion,
) -> None:
    records = list((ROOT / "docs" / "decisions").glob(f"{question.decision}-*.md"))

    assert question in open_questions()
    assert f"| {question.name} |" in legal_page.text()
    assert 1 == len(records)
    assert "legal desk" in records[0].read_text(encoding="utf-8").lower()
