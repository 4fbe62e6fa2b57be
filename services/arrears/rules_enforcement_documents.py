"""What comes back of a paper that was ordered: its number from the register, and the document's hash from the shell."""

from collections.abc import Callable

from msgspec.structs import replace

from schemas.decision import Context, Decision, decided
from schemas.documents import DocumentCompleted
from schemas.enforcement_terms import EnforcementEvent as Event
from schemas.payment_notices import DocumentNumberGiven
from services.arrears import law_documents
from services.arrears import texts_enforcement as texts
from services.arrears.rules_enforcement_effects import Effect
from services.arrears.rules_enforcement_moves import moved, with_procedure
from services.arrears.rules_enforcement_owed import notice_of
from services.arrears.rules_enforcement_paper_content import content_of, paper_request, with_document_id
from services.arrears.rules_enforcement_papers import DOCUMENTS
from services.arrears.rules_enforcement_state import Paper, Procedure
from services.arrears.rules_enforcement_table import ONLY
from services.arrears.rules_state import UnitCase

DONE = "done"
OWED_CHANGED = "owed-changed"
"""Why a paper failed: what is owed on its day is not what it was ordered for, any more."""
SPENT = "spent"
"""Why nothing was made out: what it was ordered for had come to nothing before its number came."""


def number_given(case: UnitCase | None, fact: DocumentNumberGiven, context: Context) -> Decision[UnitCase]:
    """Take in the register's answer: the paper is asked for under its number; void where nothing is to be done on it any more."""
    procedure = None if case is None else _with_paper(case, lambda paper: paper.ordinal == fact.ordinal)
    paper = None if procedure is None else next(one for one in procedure.papers if one.ordinal == fact.ordinal)
    is_awaited = paper is not None and not paper.number and procedure is not None and procedure.is_live
    if case is None or procedure is None or paper is None or not is_awaited or fact.sequence_number is None:
        cited = (law_documents.OFFICIAL_DOCUMENTS,)
        return decided(case, "number-not-needed", paragraphs=cited, key=fact.register_key)
    name = law_documents.paper_number(paper.kind, paper.issuer, fact.agency, paper.dated_on, fact.sequence_number)
    if procedure.is_spent(paper):
        return _not_needed(case, procedure, replace(paper, number=name, failed=SPENT))
    numbered = with_document_id(case, replace(paper, number=name))
    notice = notice_of(case, procedure)
    content = content_of(case, notice, numbered, context)
    if content is None:
        return _answered(case, procedure, replace(numbered, failed=OWED_CHANGED), context)
    request = paper_request(case, notice, procedure, numbered, content, context)
    return decided(
        with_procedure(case, _put(procedure, numbered)),
        "enforcement-document-numbered",
        request,
        paragraphs=(law_documents.OFFICIAL_DOCUMENTS,),
        number=procedure.number,
        document=texts.DOCUMENT_NAMES[DOCUMENTS[paper.kind]],
        document_number=name,
    )


def _not_needed(case: UnitCase, procedure: Procedure, paper: Paper) -> Decision[UnitCase]:
    """The number came when what the paper was ordered for had come to nothing: it is kept, and no document is made."""
    cited, key = (law_documents.OFFICIAL_DOCUMENTS,), paper.number
    return decided(with_procedure(case, _put(procedure, paper)), "number-not-needed", paragraphs=cited, key=key)


def paper_made(case: UnitCase, fact: DocumentCompleted, context: Context) -> Decision[UnitCase] | None:
    """Keep the hash of a paper, or that it could not be made; None where it is none of enforcement's."""
    procedure = _with_paper(case, lambda paper: paper.document_id == fact.effect_id)
    if procedure is None or case.registration is None:
        return None
    paper = next(one for one in procedure.papers if one.document_id == fact.effect_id)
    is_done = fact.outcome == DONE and fact.sha256 != ""
    made = replace(paper, sha256=fact.sha256) if is_done else replace(paper, failed=fact.detail_code)
    return _answered(case, procedure, made, context)


def _answered(case: UnitCase, procedure: Procedure, paper: Paper, context: Context) -> Decision[UnitCase]:
    """Say what became of a paper; of a procedure that has ended meanwhile nothing is said, its hash is kept."""
    event = Event.DOCUMENT_MADE if paper.sha256 else Event.DOCUMENT_FAILED
    after = _put(procedure, paper)
    values = {
        "number": procedure.number,
        "document": texts.DOCUMENT_NAMES[DOCUMENTS[paper.kind]],
        "document_number": paper.number,
        "sha256": paper.sha256,
        "detail": paper.failed,
    }
    code, cited = f"enforcement-{event}", (law_documents.OFFICIAL_DOCUMENTS,)
    if not procedure.is_live:
        return decided(with_procedure(case, after), code, paragraphs=cited, **values)
    result = moved(case, procedure, event, Effect(ONLY, {"papers": after.papers}), context.today, context)
    return decided(result.case, code, result.fact, paragraphs=result.paragraphs, **values)


def _with_paper(case: UnitCase, is_meant: Callable[[Paper], bool]) -> Procedure | None:
    """The procedure that has a paper."""
    procedures = () if case.enforcement is None else case.enforcement.procedures
    return next((one for one in procedures if any(is_meant(paper) for paper in one.papers)), None)


def _put(procedure: Procedure, paper: Paper) -> Procedure:
    papers = tuple(paper if one.ordinal == paper.ordinal else one for one in procedure.papers)
    return replace(procedure, papers=papers)
