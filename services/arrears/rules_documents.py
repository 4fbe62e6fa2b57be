"""What became of a document that a part of the case asked for, and of its number: each part takes in what is its own."""

from collections.abc import Callable, Mapping

from schemas.decision import Context, Decision, already_known, decided
from schemas.documents import DocumentCompleted
from schemas.payment_notices import DocumentNumberGiven
from services.arrears import rules_notice
from services.arrears.rules_enforcement_documents import number_given, paper_made
from services.arrears.rules_enforcement_papers import SUBJECT as OF_ENFORCEMENT
from services.arrears.rules_insolvency_papers import SUBJECT as OF_CLAIM
from services.arrears.rules_insolvency_papers import claim_made, claim_numbered
from services.arrears.rules_notice_document import notice_made
from services.arrears.rules_state import UnitCase

TAKERS: tuple[Callable[[UnitCase, DocumentCompleted, Context], Decision[UnitCase] | None], ...] = (
    notice_made,
    paper_made,
    claim_made,
)
"""Who may have asked, in order; None: not this one."""


def document_made(case: UnitCase | None, fact: DocumentCompleted, context: Context) -> Decision[UnitCase]:
    """Take in what became of a document; nothing where nobody waits for it."""
    if case is not None:
        for taker in TAKERS:
            decision = taker(case, fact, context)
            if decision is not None:
                return decision
    return already_known(case, "document-not-awaited")


NUMBERED: Mapping[str | None, Callable[[UnitCase | None, DocumentNumberGiven, Context], Decision[UnitCase]]] = {
    None: rules_notice.number,
    OF_ENFORCEMENT: number_given,
    OF_CLAIM: claim_numbered,
}
"""Who takes in the register's answer, by the part that asked."""


def document_numbered(case: UnitCase | None, fact: DocumentNumberGiven, context: Context) -> Decision[UnitCase]:
    """Take in a number that a register gave; of a part that this release does not know it is not needed."""
    taker = NUMBERED.get(fact.subject)
    if taker is None:
        return decided(case, "number-not-needed", key=fact.register_key)
    return taker(case, fact, context)
