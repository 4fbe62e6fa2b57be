"""The 债权申报书 of a bankruptcy: ordered by the desk, numbered by a register, made out, and kept by its hash."""

from datetime import date
from hashlib import sha256

import msgspec
from msgspec.structs import replace

from schemas.decision import Context, Decision, decided
from schemas.document_terms import ClaimDeclarationTerms, DocumentLine, IssuingOffice, OwedAmounts
from schemas.documents import DocumentCompleted, DocumentKind, DocumentRequested
from schemas.payment_notices import DocumentNumberGiven, DocumentNumberRequested
from schemas.vocabulary import Insurance
from services.arrears import law_documents, law_notice, law_status, law_status_days, texts_documents, texts_notice
from services.arrears.rules_insolvency_books import is_claimable
from services.arrears.rules_insolvency_standing import last_proceeding
from services.arrears.rules_insolvency_state import ActRecord, ClaimPaper, Insolvency
from services.arrears.rules_lines import as_it_stood
from services.arrears.rules_notice_document import rates
from services.arrears.rules_standing import cap_is_on, late_fee
from services.arrears.rules_state import UnitCase
from services.arrears.rules_status_standing import Proceeding, position

SUBJECT = "claim"
"""Which part of the case the register answers."""
TEMPLATE_VERSION = 1
DONE = "done"
BOOKS_CHANGED = "books-changed"
"""Why a claim's paper failed: the books are not what it was ordered for, any more."""
CITED = (law_status.CLAIM_IN_WRITING, law_documents.OFFICIAL_DOCUMENTS)


def known_order(case: UnitCase, new: ActRecord) -> bool | None:
    """Tell whether an order under this reference is known: True with this content, False with other; None where it is new."""
    known = next((paper for paper in _papers(case) if paper.reference == new.reference), None)
    return None if known is None else known.digest == _digest(new)


def ordered(case: UnitCase, new: ActRecord, context: Context) -> Decision[UnitCase]:
    """Note the paper of a claim, and ask the register for its number."""
    registration = case.registration
    assert registration is not None
    papers = _papers(case)
    paper = ClaimPaper(
        ordinal=len(papers) + 1,
        reference=new.reference,
        digest=_digest(new),
        issuer=law_notice.authority_code(context.today, context),
        dated_on=new.occurred_on,
        listed_fen=new.listed_fen or 0,
        declared_fen=new.declared_fen or 0,
        late_fee_fen=new.late_fee_fen or 0,
        case_number=new.decision_number or "",
    )
    key = law_documents.paper_register_key(
        DocumentKind.CLAIM_DECLARATION, paper.issuer, registration.agency, paper.dated_on
    )
    asked = DocumentNumberRequested(
        district=registration.district,
        agency=registration.agency,
        occurred_on=context.today,
        register_key=key,
        unit_code=case.unit_code,
        ordinal=paper.ordinal,
        subject=SUBJECT,
    )
    return decided(_put(case, paper), "claim-document-ordered", asked, paragraphs=CITED)


def claim_numbered(case: UnitCase | None, fact: DocumentNumberGiven, context: Context) -> Decision[UnitCase]:
    """Take in the register's answer: the claim is asked for under its number; void where there is no bankruptcy any more."""
    paper = None if case is None else next((one for one in _papers(case) if one.ordinal == fact.ordinal), None)
    proceeding = (
        None if case is None or case.unit_status is None else last_proceeding(position(case.unit_status.records))
    )
    is_awaited = paper is not None and not paper.number and fact.sequence_number is not None
    if case is None or paper is None or proceeding is None or not is_awaited:
        return decided(case, "number-not-needed", paragraphs=CITED, key=fact.register_key)
    assert fact.sequence_number is not None
    kind = DocumentKind.CLAIM_DECLARATION
    name = law_documents.paper_number(kind, paper.issuer, fact.agency, paper.dated_on, fact.sequence_number)
    document_id = f"{case.unit_code}-claim-{paper.ordinal}"
    numbered = replace(paper, number=name, document_id=document_id)
    request = _request(case, numbered, proceeding, context)
    if request is None:
        return _answered(case, replace(numbered, failed=BOOKS_CHANGED))
    return decided(_put(case, numbered), "claim-document-numbered", request, paragraphs=CITED, document_number=name)


def claim_made(case: UnitCase, fact: DocumentCompleted, context: Context) -> Decision[UnitCase] | None:
    """Keep the hash of a claim's paper, or that it could not be made; None where it is no claim's."""
    paper = next((one for one in _papers(case) if one.document_id == fact.effect_id), None)
    if paper is None:
        return None
    is_done = fact.outcome == DONE and fact.sha256 != ""
    return _answered(case, replace(paper, sha256=fact.sha256) if is_done else replace(paper, failed=fact.detail_code))


def _answered(case: UnitCase, paper: ClaimPaper) -> Decision[UnitCase]:
    code = "claim-document-made" if paper.sha256 else "claim-document-failed"
    return decided(
        _put(case, paper),
        code,
        paragraphs=CITED,
        document_number=paper.number,
        sha256=paper.sha256,
        detail=paper.failed,
    )


def _request(case: UnitCase, paper: ClaimPaper, proceeding: Proceeding, context: Context) -> DocumentRequested | None:
    """Ask for the claim: all that the books say, with what was claimed before; None where they say less than it was ordered for."""
    registration = case.registration
    assert registration is not None
    lines = _lines(case, proceeding, context)
    principal_fen = sum(line.owed_fen for line in lines)
    account_fen = min(paper.listed_fen, principal_fen)
    if not lines or paper.listed_fen + paper.declared_fen > principal_fen:
        return None
    accepted = proceeding.accepted
    words = texts_documents.office(paper.issuer, registration.agency)
    return DocumentRequested(
        district=registration.district,
        agency=registration.agency,
        occurred_on=context.today,
        unit_code=case.unit_code,
        unit_name=registration.unit_name,
        effect_id=paper.document_id,
        kind=DocumentKind.CLAIM_DECLARATION,
        template_version=TEMPLATE_VERSION,
        document_number=paper.number,
        dated_on=paper.dated_on,
        office=IssuingOffice(
            name=words.name, desk=texts_notice.DESK, address=texts_notice.ADDRESS, telephone=words.telephone
        ),
        owed=OwedAmounts(
            lines=lines,
            principal_fen=principal_fen,
            late_fee_fen=sum(line.late_fee_fen for line in lines),
            late_fee_as_of=accepted.occurred_on,
            late_fee_growth_units=0,
            rates=rates(min(line.due_on for line in lines), accepted.occurred_on),
        ),
        claim_declaration=ClaimDeclarationTerms(
            administrator=accepted.administrator or texts_documents.ADMINISTRATOR_UNNAMED,
            court=accepted.court or texts_documents.COURT_UNNAMED,
            case_number=paper.case_number or accepted.court_case_number or texts_documents.CASE_UNNUMBERED,
            accepted_on=accepted.occurred_on,
            declare_by=_declare_by(proceeding, paper),
            individual_account_fen=account_fen,
            pooled_fen=principal_fen - account_fen,
            evidence=texts_documents.CLAIM_EVIDENCE,
        ),
    )


def _lines(case: UnitCase, proceeding: Proceeding, context: Context) -> tuple[DocumentLine, ...]:
    """The lines that the books add up (`rules_insolvency_books.books`), as they stood at the end of the day of acceptance."""
    found, capped, on = [], cap_is_on(context), proceeding.accepted_on
    for key, line in sorted(case.lines.items()):
        then = as_it_stood(line, case.reversals, on)
        if then.due_on is None or not is_claimable(key, proceeding):
            continue
        fee_fen = late_fee(then, on, capped=capped).fen
        if not then.owed_fen and not fee_fen:
            continue
        month, _, insurance = key.partition("/")
        found.append(
            DocumentLine(
                month=month,
                insurance=Insurance(insurance),
                due_on=then.due_on,
                due_fen=then.assessed_fen - then.written_off_fen,
                paid_fen=then.paid_fen,
                owed_fen=then.owed_fen,
                late_fee_fen=fee_fen,
            )
        )
    return tuple(found)


def _declare_by(proceeding: Proceeding, paper: ClaimPaper) -> date:
    if proceeding.announced_on is None:
        return paper.dated_on
    return law_status_days.last_day_to_declare(proceeding.announced_on, proceeding.declare_by)


def _papers(case: UnitCase) -> tuple[ClaimPaper, ...]:
    return () if case.insolvency is None else case.insolvency.papers


def _put(case: UnitCase, paper: ClaimPaper) -> UnitCase:
    known = case.insolvency or Insolvency()
    others = [one for one in known.papers if one.ordinal != paper.ordinal]
    papers = tuple(sorted((*others, paper), key=lambda one: one.ordinal))
    return replace(case, insolvency=replace(known, papers=papers))


def _digest(new: ActRecord) -> str:
    """The digest of all that an order says; what it says nothing of is left out, so a field that comes later changes no digest kept."""
    said = {name: value for name, value in msgspec.structs.asdict(new).items() if value not in (None, False, ())}
    return sha256(msgspec.json.encode(said)).hexdigest()[:32]
