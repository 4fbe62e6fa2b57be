"""The papers of enforcement: ordered by the desk, numbered by a register, made out, and kept by their hash.

ordered ── the register answers ──▶ numbered, and asked for ── made ──▶ its act may go on
                                                           └─ could not be made ──▶ by hand, under its number
"""

from msgspec.structs import replace

from schemas.decision import Context
from schemas.documents import DocumentKind
from schemas.enforcement_terms import EnforcementAct as Act
from schemas.enforcement_terms import EnforcementDocument as Document
from schemas.payment_notices import DocumentNumberRequested
from services.arrears import law_documents
from services.arrears import law_enforcement as law
from services.arrears.rules_enforcement_duties import PAPER_OF
from services.arrears.rules_enforcement_state import EnforcementState, Paper
from services.arrears.rules_enforcement_trial import Trial
from services.arrears.rules_state import UnitCase

SUBJECT = "enforcement"
"""Which part of the case the register answers."""
KINDS = {
    Document.TRANSFER_APPLICATION: DocumentKind.TRANSFER_APPLICATION,
    Document.DEMAND: DocumentKind.ENFORCEMENT_DEMAND,
    Document.TRANSFER_DECISION: DocumentKind.TRANSFER_DECISION,
    Document.AGREEMENT: DocumentKind.DEFERRAL_AGREEMENT,
}
DOCUMENTS = {kind: document for document, kind in KINDS.items()}
OF_THE_DEPARTMENT = frozenset({Act.DEMAND_SERVED, Act.TRANSFER_DECIDED})
"""The department demands before it decides (行政强制法 35); before the court whoever applies to it does (54)."""
SHORTEST_TERMS = {Act.DEMAND_SERVED: law.DEMAND_DAYS_MIN, Act.COURT_DEMAND_SERVED: law.COURT_DEMAND_DAYS}
"""The least that a demand leaves the unit, in working days from its service, by the act that it is for."""


def ordered(trial: Trial) -> Paper:
    """The paper that an act orders."""
    fact, state = trial.fact, trial.case.enforcement or EnforcementState()
    assert fact.document is not None
    act = PAPER_OF[(trial.procedure.stage, fact.document)]
    instalments = tuple((one.due_on, one.amount_fen) for one in fact.instalments)
    paper = Paper(
        ordinal=state.papers_ordered + 1,
        act=act,
        kind=KINDS[fact.document],
        issuer=law_documents.DEPARTMENT if act in OF_THE_DEPARTMENT else trial.notice.authority,
        dated_on=fact.occurred_on,
        amount_fen=fact.amount_fen or sum(fen for _, fen in instalments),
        instalments=instalments,
        accounts=tuple((account.bank, account.account_name) for account in fact.accounts),
        security=fact.securities[0].kind.value if fact.securities else "",
        security_description=fact.security_description or "",
        security_contract=fact.security_contract or "",
        perform_days=fact.perform_within_working_days or 0,
    )
    return replace(paper, perform_days=perform_days(paper))


def perform_days(paper: Paper) -> int:
    """The term that a demand says, in working days from its service: as ordered, or the shortest; nought for another paper."""
    shortest = SHORTEST_TERMS.get(paper.act)
    return 0 if shortest is None else paper.perform_days or shortest.value


def number_asked(case: UnitCase, paper: Paper, context: Context) -> DocumentNumberRequested:
    """Ask the register of a paper's kind, office and year for its number."""
    registration = case.registration
    assert registration is not None
    return DocumentNumberRequested(
        district=registration.district,
        agency=registration.agency,
        occurred_on=context.today,
        register_key=law_documents.paper_register_key(paper.kind, paper.issuer, registration.agency, paper.dated_on),
        unit_code=case.unit_code,
        ordinal=paper.ordinal,
        subject=SUBJECT,
    )
