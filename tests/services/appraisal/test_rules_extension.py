"""The 30 days more are a decision of the office, on a ground of the law, within the 60 days; never the mesh's own."""

from datetime import date
from typing import Any

import pytest

from schemas.appraisal import AppraisalExtended, AppraisalNoticeRequested, ExtensionGround
from schemas.decision import Decision, Outcome
from services.appraisal import law
from services.appraisal.rules import decide
from services.appraisal.rules_state import PersonCase
from tests.services.appraisal.samples import application, context_on, explained, extension, withdrawal

RECEIVED = date(2024, 3, 4)
REFERENCE = "LD-2024-0001"
LAST_DAY, NEXT_DAY = date(2024, 4, 30), date(2024, 5, 1)
"""Received 2024-03-01: the 60 days end on 30 April."""


def taken(case: PersonCase | None, fact: Any, day: date = RECEIVED) -> Decision[Any]:
    decision = decide(case, fact, context_on(day))
    assert explained(decision)
    return decision


def open_case() -> PersonCase:
    case = taken(None, application()).state
    assert isinstance(case, PersonCase)
    return case


@pytest.mark.parametrize(
    ("ground", "words"),
    [(ExtensionGround.COMPLEX_CONDITION, "伤病情复杂"), (ExtensionGround.MANY_SPECIALTIES, "涉及专业较多")],
)
def test_the_office_extends_by_thirty_days_with_its_ground_and_the_applicant_is_told(
    ground: ExtensionGround, words: str
) -> None:
    decision = taken(open_case(), extension(ground=ground))
    said, told = decision.facts

    assert isinstance(said, AppraisalExtended)
    assert (said.reason, said.extended_due_on) == (ground, date(2024, 5, 30))
    assert isinstance(told, AppraisalNoticeRequested)
    assert f"因{words}，经决定，作出鉴定结论的期限延长30日，至2024年5月30日" in told.text
    assert decision.reason.code == "limit-extended"


@pytest.mark.parametrize(
    ("day", "paragraph"), [(date(2025, 6, 30), f"{law.DECREE_21} 9"), (date(2025, 7, 1), f"{law.DECREE_55} 10")]
)
def test_an_extension_cites_the_decree_in_force_on_the_day_it_was_decided(day: date, paragraph: str) -> None:
    case = taken(None, application(received_on=date(2025, 6, 16)), date(2025, 6, 16)).state
    decision = taken(case, extension(occurred_on=day), day)

    assert decision.reason.paragraphs == (law.TIME_LIMIT, paragraph)


def test_an_extension_is_decided_on_the_sixtieth_day_and_not_on_the_sixty_first() -> None:
    """What counts is the day of the decision, not that on which the mesh hears of it."""
    last = taken(open_case(), extension(occurred_on=LAST_DAY), NEXT_DAY)
    late = taken(open_case(), extension(occurred_on=NEXT_DAY), NEXT_DAY)

    assert last.reason.code == "limit-extended"
    assert (late.reason.outcome, late.reason.code) == (Outcome.REFUSED, "extension-too-late")


def test_an_extension_of_today_stands_and_one_of_tomorrow_does_not() -> None:
    assert taken(open_case(), extension(occurred_on=RECEIVED)).reason.code == "limit-extended"
    assert taken(open_case(), extension(occurred_on=date(2024, 3, 5))).reason.code == "extension-in-the-future"


def test_a_limit_is_extended_once() -> None:
    case = taken(open_case(), extension()).state
    again = taken(case, extension(business_reference="YQ-2"))

    assert (again.reason.outcome, again.reason.code) == (Outcome.ALREADY_KNOWN, "extension-known")


@pytest.mark.parametrize("case", [None, PersonCase()])
def test_an_extension_of_an_application_nobody_knows_is_refused(case: PersonCase | None) -> None:
    decision = taken(case, extension())

    assert (decision.reason.outcome, decision.reason.code) == (Outcome.REFUSED, "application-unknown")
    assert decision.state is case


def test_an_extension_of_an_application_that_has_ended_is_refused() -> None:
    withdrawn = taken(open_case(), withdrawal()).state

    assert taken(withdrawn, extension()).reason.code == "application-closed"


def test_an_extension_is_not_taken_back_by_reversal() -> None:
    assert taken(open_case(), extension(reverses="YQ-1", business_reference="YQ-2")).reason.code == (
        "reversal-unsupported"
    )
