"""What became of a document that a part of the case asked for: each part is asked whether it is its own."""

from collections.abc import Callable

from schemas.decision import Context, Decision, already_known
from schemas.documents import DocumentCompleted
from services.arrears.rules_notice_document import notice_made
from services.arrears.rules_state import UnitCase

TAKERS: tuple[Callable[[UnitCase, DocumentCompleted, Context], Decision[UnitCase] | None], ...] = (notice_made,)
"""Who may have asked, in order; None: not this one."""


def document_made(case: UnitCase | None, fact: DocumentCompleted, context: Context) -> Decision[UnitCase]:
    """Take in what became of a document; nothing where nobody waits for it."""
    if case is not None:
        for taker in TAKERS:
            decision = taker(case, fact, context)
            if decision is not None:
                return decision
    return already_known(case, "document-not-awaited")
