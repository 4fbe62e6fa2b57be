"""The papers of enforcement: ordered, numbered, made out, kept by their hash; no act goes on without its own."""

from datetime import date
from typing import Any

import pytest

from schemas.document_terms import DemandPurpose
from schemas.documents import DocumentKind, DocumentRequested
from schemas.enforcement import EnforcementAct as Act
from schemas.enforcement import EnforcementActRecorded, EnforcementChanged
from schemas.enforcement_terms import EnforcementDocument as Document
from schemas.enforcement_terms import EnforcementEvent as Event
from schemas.enforcement_terms import EnforcementGround as Ground
from schemas.enforcement_terms import EnforcementStage as Stage
from schemas.payment_notices import DocumentNumberRequested
from services.arrears import law_documents, texts_enforcement
from tests.services.arrears.samples import at, paid
from tests.services.arrears.samples_enforcement import Pursuit, act, document_made, instalment, order_for

APPLIED_ON, DEMANDED_ON, DECIDED_ON = date(2024, 1, 18), date(2024, 1, 19), date(2024, 1, 30)


def order(fact: EnforcementActRecorded) -> EnforcementActRecorded:
    """The order for the paper of an act."""
    found = order_for(fact)
    assert found is not None
    return found


def requested(pursuit: Pursuit) -> DocumentRequested:
    """The paper that was asked for last."""
    found: DocumentRequested = pursuit.heard_last(DocumentRequested)
    return found


def reasons(pursuit: Pursuit, fact: EnforcementActRecorded) -> list[str]:
    """Why an act is refused; empty where it is not."""
    return str(pursuit.hear(fact).reason.values.get("reasons", "")).split()


def test_an_order_asks_the_register_of_its_office_kind_and_year() -> None:
    pursuit = Pursuit().to_funded()
    pursuit.wait_until(at(APPLIED_ON))
    pursuit.hear(order(act(Act.TRANSFER_APPLIED, APPLIED_ON)))

    asked = pursuit.heard_last(DocumentNumberRequested)
    assert ("wendeng-sic:transfer-application-tax:2024", 1, "enforcement") == (
        asked.register_key,
        asked.ordinal,
        asked.subject,
    )
    assert (Stage.FUNDED, Document.TRANSFER_APPLICATION, None) == (
        pursuit.changed.stage,
        pursuit.changed.document,
        pursuit.changed.document_number,
    )


def test_the_paper_tells_what_was_ordered_under_its_number() -> None:
    """1,000 yuan due on 15 December: 34 days to 18 January, at 5 in 10,000 a day 17.00 yuan of late fee."""
    pursuit = Pursuit().to_funded()
    pursuit.do(Act.TRANSFER_APPLIED, APPLIED_ON)

    asked = requested(pursuit)
    assert asked.transfer_application is not None
    assert ("威文税社划申〔2024〕1号", APPLIED_ON, 100_000, 1_700) == (
        asked.document_number,
        asked.dated_on,
        asked.transfer_application.amount_fen,
        asked.owed.late_fee_fen,
    )
    assert "国家税务总局威海市文登区税务局" == asked.office.name
    assert "威海市文登区人力资源和社会保障局" == asked.transfer_application.addressed_to
    assert date(2024, 1, 15) == asked.transfer_application.notice.pay_by


def test_the_department_demands_before_it_decides_and_names_who_issued_the_notice() -> None:
    """行政强制法 35: 行政机关作出强制执行决定前，应当事先催告."""
    pursuit = Pursuit().to_demanded()

    asked = requested(pursuit)
    assert asked.enforcement_demand is not None
    assert (DemandPurpose.TRANSFER, 6, "国家税务总局威海市文登区税务局", 100_000) == (
        asked.enforcement_demand.purpose,
        asked.enforcement_demand.term_working_days,
        asked.enforcement_demand.notice_issued_by,
        asked.enforcement_demand.transfer_fen,
    )
    assert ("威海市文登区人力资源和社会保障局", "威文人社催〔2024〕2号") == (asked.office.name, asked.document_number)


def test_before_the_court_who_issued_the_notice_demands_with_ten_days() -> None:
    """行政强制法 54: 催告书送达十日后; ten working days (69)."""
    pursuit = Pursuit().to_court_demanded()

    asked = requested(pursuit)
    assert asked.enforcement_demand is not None
    assert 100_000 == asked.enforcement_demand.transfer_fen
    assert (DemandPurpose.COURT, 10, None) == (
        asked.enforcement_demand.purpose,
        asked.enforcement_demand.term_working_days,
        asked.enforcement_demand.notice_issued_by,
    )
    assert "国家税务总局威海市文登区税务局" == asked.office.name


def test_a_decision_names_the_demand_its_term_and_the_remedies() -> None:
    """行政强制法 37(2): 当事人、理由和依据、方式、复议诉讼途径和期限、机关和日期."""
    pursuit = Pursuit().to_demanded()
    pursuit.do(Act.TRANSFER_DECIDED, DECIDED_ON)

    decision = requested(pursuit).transfer_decision
    assert decision is not None
    assert ("威文人社催〔2024〕2号", DEMANDED_ON, date(2024, 1, 29), False) == (
        decision.demand_number,
        decision.demand_served_on,
        decision.perform_by,
        decision.is_urgent,
    )
    assert (60, 6) == (decision.remedies.reconsideration_days, decision.remedies.lawsuit_months)


@pytest.mark.parametrize(
    ("on", "ground", "expected"),
    [
        (date(2024, 1, 29), None, ["demand-term-running"]),
        (date(2024, 1, 30), None, []),
        (date(2024, 1, 29), Ground.ASSETS_MOVED, []),
    ],
)
def test_a_decision_is_not_written_before_its_day_but_where_assets_are_moved(
    on: date, ground: Ground | None, expected: list[str]
) -> None:
    """The demand's term ends on Monday 29 January (行政强制法 37(1), (3)); what is written before says why."""
    pursuit = Pursuit().to_demanded()
    pursuit.wait_until(at(on))
    ordered = pursuit.hear(order(act(Act.TRANSFER_DECIDED, on, ground=ground)))
    pursuit.answer_papers(ordered)

    assert expected == ordered.reason.values.get("reasons", "").split()
    decision = requested(pursuit).transfer_decision
    assert (ground is not None) == (decision is not None and decision.is_urgent)


def test_an_agreement_tells_its_instalments_and_what_secures_it() -> None:
    pursuit = Pursuit().to_deferred()

    asked = requested(pursuit)
    assert asked.deferral_agreement is not None
    assert [60_000, 40_000] == [part.amount_fen for part in asked.deferral_agreement.instalments]
    assert (DocumentKind.DEFERRAL_AGREEMENT, 2, 100_000) == (
        asked.kind,
        asked.template_version,
        asked.owed.principal_fen,
    )


@pytest.mark.parametrize(
    ("road", "fact"),
    [
        ("to_funded", act(Act.TRANSFER_APPLIED, APPLIED_ON)),
        ("to_insufficient", act(Act.AGREEMENT_SIGNED, APPLIED_ON)),
        ("to_insufficient", act(Act.COURT_DEMAND_SERVED, APPLIED_ON)),
        ("to_demanded", act(Act.TRANSFER_DECIDED, DECIDED_ON)),
    ],
)
def test_no_act_goes_on_before_its_paper_is_made_out(road: str, fact: EnforcementActRecorded) -> None:
    """Ordered is not made, numbered is not made; with its hash the act goes on."""
    pursuit = getattr(Pursuit(), road)()
    pursuit.wait_until(at(fact.occurred_on))

    assert ["paper-missing"] == reasons(pursuit, fact)
    ordered = pursuit.hear(order(fact))
    assert ["paper-missing"] == reasons(pursuit, fact)
    pursuit.answer_papers(ordered)
    assert [] == reasons(pursuit, fact)


def test_a_paper_is_kept_by_its_hash_and_said_so() -> None:
    pursuit = Pursuit().to_funded()
    pursuit.do(Act.TRANSFER_APPLIED, APPLIED_ON)

    (paper,) = pursuit.procedure.papers
    made = document_made(requested(pursuit))
    assert made.sha256 == paper.sha256
    said = [fact for fact in pursuit.said if isinstance(fact, EnforcementChanged) and fact.event is Event.DOCUMENT_MADE]
    assert [(paper.number, made.sha256)] == [(fact.document_number, fact.document_sha256) for fact in said]
    assert law_documents.OFFICIAL_DOCUMENTS in said[0].paragraphs


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, []),
        ({"document_number": "威文税社划申〔2024〕1号"}, []),
        ({"document_number": "威文税社划申〔2024〕2号"}, ["paper-differs"]),
        ({"amount_fen": 60_000}, []),
        ({"amount_fen": 60_001}, ["paper-differs"]),
        ({"amount_fen": 59_999}, ["paper-differs"]),
        ({"occurred_on": date(2024, 1, 17)}, ["before-step-before", "paper-differs"]),
    ],
)
def test_an_act_says_what_its_paper_says(changed: dict[str, Any], expected: list[str]) -> None:
    """The paper is of 18 January and asks for 600 yuan."""
    pursuit = Pursuit().to_funded()
    fact = act(Act.TRANSFER_APPLIED, APPLIED_ON, amount_fen=60_000)
    pursuit.wait_until(at(APPLIED_ON))
    pursuit.make_paper(fact)

    assert expected == reasons(pursuit, fact.model_copy(update=changed))


def test_a_demand_that_was_made_out_before_a_payment_is_not_served_after_it() -> None:
    """It asks for 1,000 yuan and 600 are owed: whatever the act says, the unit would read 1,000 (行政强制法 35)."""
    pursuit = Pursuit().to_funded()
    pursuit.do(Act.TRANSFER_APPLIED, APPLIED_ON)
    pursuit.wait_until(at(DEMANDED_ON))
    pursuit.make_paper(act(Act.DEMAND_SERVED, DEMANDED_ON))
    pursuit.hear(paid(paid_fen=40_000, paid_on=DEMANDED_ON))
    rest = act(Act.DEMAND_SERVED, DEMANDED_ON, "rest", amount_fen=60_000)

    assert ["amount-above-owed"] == reasons(pursuit, act(Act.DEMAND_SERVED, DEMANDED_ON))
    assert ["paper-differs"] == reasons(pursuit, rest)
    pursuit.make_paper(rest)
    assert [] == reasons(pursuit, rest)


def test_other_instalments_than_those_of_the_paper_are_refused() -> None:
    pursuit = Pursuit().to_insufficient()
    pursuit.wait_until(at(APPLIED_ON))
    fact = act(Act.AGREEMENT_SIGNED, APPLIED_ON)
    pursuit.make_paper(fact)
    others = (instalment(date(2024, 2, 17), 50_000), instalment(date(2024, 3, 18), 50_000))

    assert ["paper-differs"] == reasons(pursuit, fact.model_copy(update={"instalments": others}))


def test_a_paper_that_could_not_be_made_is_written_by_hand_under_its_number() -> None:
    """A rare sign in the unit's name: the document fails, the act names the number that the register gave."""
    pursuit = Pursuit().to_funded()
    fact = act(Act.TRANSFER_APPLIED, APPLIED_ON)
    pursuit.wait_until(at(APPLIED_ON))
    failed = {"outcome": "failed", "detail_code": "text-not-printable", "sha256": ""}
    pursuit.answer_papers(pursuit.hear(order(fact)), **failed)

    assert ["paper-missing"] == reasons(pursuit, fact)
    assert [] == reasons(pursuit, fact.model_copy(update={"document_number": "威文税社划申〔2024〕1号"}))


def test_one_paper_at_a_time_and_another_when_it_is_made() -> None:
    pursuit = Pursuit().to_funded()
    pursuit.wait_until(at(APPLIED_ON))
    ordered = pursuit.hear(order(act(Act.TRANSFER_APPLIED, APPLIED_ON, "first")))

    assert ["document-in-the-making"] == reasons(pursuit, order(act(Act.TRANSFER_APPLIED, APPLIED_ON, "second")))
    pursuit.answer_papers(ordered)
    assert [] == reasons(pursuit, order(act(Act.TRANSFER_APPLIED, APPLIED_ON, "second")))


@pytest.mark.parametrize("kind", [Act.DEMAND_SERVED, Act.TRANSFER_DECIDED])
def test_no_paper_before_its_place(kind: Act) -> None:
    """While the application is still to be made there is no demand and no decision."""
    pursuit = Pursuit().to_funded()
    pursuit.wait_until(at(APPLIED_ON))

    assert ["document-not-of-this-stage"] == reasons(pursuit, order(act(kind, APPLIED_ON)))


@pytest.mark.parametrize(("amount_fen", "expected"), [(100_000, []), (100_001, ["document-above-owed"])])
def test_no_paper_asks_for_more_than_may_be_transferred(amount_fen: int, expected: list[str]) -> None:
    pursuit = Pursuit().to_funded()
    pursuit.wait_until(at(APPLIED_ON))

    assert expected == reasons(pursuit, order(act(Act.TRANSFER_APPLIED, APPLIED_ON, amount_fen=amount_fen)))


def test_a_number_that_comes_after_all_is_paid_is_void() -> None:
    pursuit = Pursuit().to_funded()
    pursuit.wait_until(at(APPLIED_ON))
    ordered = pursuit.hear(order(act(Act.TRANSFER_APPLIED, APPLIED_ON)))
    pursuit.hear(paid(paid_on=APPLIED_ON))
    pursuit.answer_papers(ordered)

    assert "number-not-needed" == pursuit.codes[-1]
    assert [] == [fact for fact in pursuit.said if isinstance(fact, DocumentRequested)]


def test_an_agreement_on_what_is_not_owed_any_more_is_not_made_out() -> None:
    """400 yuan came in before the register answered: the instalments are not the principal any more."""
    pursuit = Pursuit().to_insufficient()
    pursuit.wait_until(at(APPLIED_ON))
    ordered = pursuit.hear(order(act(Act.AGREEMENT_SIGNED, APPLIED_ON)))
    pursuit.hear(paid(paid_fen=40_000, paid_on=APPLIED_ON))
    pursuit.answer_papers(ordered)

    assert "enforcement-document-failed" == pursuit.codes[-1]
    assert "owed-changed" == pursuit.procedure.papers[-1].failed


def test_an_order_that_was_a_slip_is_taken_back_while_no_number_has_come() -> None:
    pursuit = Pursuit().to_funded()
    pursuit.wait_until(at(APPLIED_ON))
    slip = order(act(Act.TRANSFER_APPLIED, APPLIED_ON))
    ordered = pursuit.hear(slip)
    back = {"business_reference": "back-1", "reverses": slip.business_reference}

    assert "enforcement-act-reversed" == pursuit.hear(slip.model_copy(update=back)).reason.code
    assert () == pursuit.procedure.papers
    pursuit.answer_papers(ordered)
    assert "number-not-needed" == pursuit.codes[-1]


@pytest.mark.parametrize("code", ["paper-missing", "paper-differs", "document-in-the-making"])
def test_what_objects_says_so_in_chinese(code: str) -> None:
    assert texts_enforcement.OBJECTIONS[code]
