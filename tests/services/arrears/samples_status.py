"""Status facts and acts of the desk for the arrears tests: valid by default, changed by name."""

from datetime import date
from typing import Any

from schemas.decision import Decision
from schemas.documents import DocumentRequested
from schemas.fact import Fact
from schemas.insolvency_acts import InsolvencyAct, InsolvencyActRecorded, WrittenOffLine
from schemas.payment_notices import DocumentNumberGiven, DocumentNumberRequested
from schemas.unit_status import (
    IN_COURT,
    DeregistrationWay,
    LegalForm,
    Measure,
    MeasureStage,
    UnitMeasureChanged,
    UnitStanding,
    UnitStatusReported,
)
from schemas.vocabulary import Insurance
from services.arrears.rules_state import UnitCase
from tests.services.arrears.samples import PLACE, Desk, missed, registered
from tests.services.arrears.samples_enforcement import document_made

ACCEPTED_ON = date(2024, 1, 10)
ANNOUNCED_ON = date(2024, 1, 20)
DECLARE_BY = date(2024, 3, 20)
COURT = "威海市中级人民法院"
KEY = "2023-11/pension"


def status(standing: UnitStanding, on: date, reference: str = "S-1", **changed: Any) -> UnitStatusReported:
    """What the registrar says of the unit, of a day; that it operates again with the court that ended its bankruptcy."""
    fields = {
        **PLACE,
        "occurred_on": on,
        "business_reference": reference,
        "status": standing,
        "legal_form": LegalForm.ENTERPRISE,
    }
    if standing in (*IN_COURT, UnitStanding.OPERATING):
        fields["court"] = COURT
    if standing is UnitStanding.DEREGISTERED:
        fields["deregistration_way"] = DeregistrationWay.WITHOUT_LIQUIDATION
    return UnitStatusReported(**(fields | changed))


def accepted(on: date = ACCEPTED_ON, reference: str = "S-1", **changed: Any) -> UnitStatusReported:
    """The court accepted the bankruptcy on 2024-01-10 and announced it on 2024-01-20; claims by 2024-03-20."""
    dates = {"announced_on": ANNOUNCED_ON, "declare_by": DECLARE_BY} if on == ACCEPTED_ON else {}
    return status(UnitStanding.BANKRUPTCY_ACCEPTED, on, reference, **(dates | changed))


def declared(on: date = date(2024, 6, 3), reference: str = "S-2", **changed: Any) -> UnitStatusReported:
    """The court declared the unit bankrupt on 2024-06-03."""
    return status(UnitStanding.BANKRUPT, on, reference, **changed)


def act(what: InsolvencyAct, on: date, reference: str = "I-1", **changed: Any) -> InsolvencyActRecorded:
    """An act of the desk, of a day."""
    fields = {**PLACE, "occurred_on": on, "business_reference": reference, "act": what, "decided_by": "WD-0017"}
    return InsolvencyActRecorded(**(fields | changed))


def claim(on: date, listed_fen: int = 30_000, declared_fen: int = 70_000, fee_fen: int = 1_300, **more: Any) -> Any:
    """A claim that is what the books say of the missed line, unless said otherwise."""
    amounts = {"listed_fen": listed_fen, "declared_fen": declared_fen, "late_fee_fen": fee_fen}
    return act(more.pop("what", InsolvencyAct.CLAIM_FILED), on, more.pop("reference", "I-1"), **(amounts | more))


def share(on: date, listed_fen: int, declared_fen: int, fee_fen: int, reference: str, **more: Any) -> Any:
    """A distribution by its classes."""
    amounts = {"listed_fen": listed_fen, "declared_fen": declared_fen, "late_fee_fen": fee_fen}
    return act(InsolvencyAct.DISTRIBUTION_RECEIVED, on, reference, **amounts, **more)


def write_off(on: date, principal_fen: int, fee_fen: int, reference: str = "W-1", **changed: Any) -> Any:
    """A write-off of the missed line after a bankruptcy was concluded, decided by one and approved by another."""
    line = WrittenOffLine(
        month="2023-11", insurance=Insurance.PENSION, principal_fen=principal_fen, late_fee_fen=fee_fen
    )
    fields = {
        "approved_by": "WD-0003",
        "ground": "bankruptcy-concluded",
        "paragraph": "企业破产法 120",
        "decision_number": "文社险核〔2025〕3号",
        "lines": (line,),
    }
    return act(InsolvencyAct.WRITE_OFF_DECIDED, on, reference, **(fields | changed))


CLAIMS = (InsolvencyAct.CLAIM_FILED, InsolvencyAct.CLAIM_SUPPLEMENTED)
WITHOUT_PAPER = "claim-document-missing"


def order_for(fact: InsolvencyActRecorded, reference: str) -> InsolvencyActRecorded:
    """The order for the paper of a claim, on its own day and with its amounts."""
    amounts = {name: getattr(fact, name) for name in ("listed_fen", "declared_fen", "late_fee_fen")}
    return act(InsolvencyAct.CLAIM_DOCUMENT_ORDERED, fact.occurred_on, reference, **amounts)


class ClaimDesk(Desk):
    """A desk that has the paper of every claim made out before it files it."""

    def hear(self, *facts: Fact) -> Decision[UnitCase]:
        """Decide facts in their order; before a claim, the order for its paper, and what register and effect shell answer."""
        for fact in facts:
            if isinstance(fact, InsolvencyActRecorded) and fact.act in CLAIMS and fact.reverses is None:
                self.make_paper(fact)
            super().hear(fact)
        return self.decisions[-1]

    def hear_alone(self, fact: Fact) -> Decision[UnitCase]:
        """Decide a fact with no paper made out for it."""
        return super().hear(fact)

    def make_paper(self, fact: InsolvencyActRecorded, **changed: Any) -> None:
        """Have the paper of a claim made out, where it may be ordered."""
        ordered = super().hear(order_for(fact, f"paper-{len(self.decisions)}"))
        for asked in ordered.facts:
            if isinstance(asked, DocumentNumberRequested):
                fields = asked.model_dump(exclude={"wanted"})
                numbered = super().hear(DocumentNumberGiven(**fields, sequence_number=len(self.decisions)))
                for request in numbered.facts:
                    if isinstance(request, DocumentRequested):
                        super().hear(document_made(request, **changed))


def in_arrears(today: date = date(2024, 1, 12)) -> ClaimDesk:
    """A registered unit that owes 1,000 yuan of pension since 2023-12-15."""
    return claim_desk(registered(), missed(), today=today)


def claimed(today: date = date(2024, 8, 1)) -> ClaimDesk:
    """A bankrupt unit whose claim was filed in time."""
    started = in_arrears(today)
    started.hear(accepted(), claim(date(2024, 2, 1)), declared())
    return started


def claim_desk(*facts: Fact, today: date) -> ClaimDesk:
    """A desk that has heard some facts, and has papers made out for its claims."""
    started = ClaimDesk(today)
    started.hear(*facts)
    return started


def reasons_of(started: Desk) -> list[str]:
    """The reasons of the last refusal, the want of a paper apart; none where it was none."""
    reason = started.decisions[-1].reason
    found = reason.values["reasons"].split(",") if reason.outcome == "refused" else []
    return [one for one in found if one != WITHOUT_PAPER]


def measure_of(started: Desk) -> tuple[Measure, MeasureStage]:
    """The measure in hand and its stage."""
    assert started.case is not None
    assert started.case.measure is not None
    return started.case.measure.measure, started.case.measure.stage


def told(started: Desk) -> UnitMeasureChanged:
    """The last measure said."""
    found: UnitMeasureChanged = started.heard_last(UnitMeasureChanged)
    return found
