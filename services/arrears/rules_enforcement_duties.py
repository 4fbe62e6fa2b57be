"""What each act of enforcement asks for: who does it, on what paragraph, with which papers, and what may object to it."""

from collections.abc import Mapping
from typing import NamedTuple

from schemas.enforcement_terms import EnforcementAct as Act
from schemas.enforcement_terms import EnforcementDocument as Document
from schemas.enforcement_terms import EnforcementEvent as Event
from schemas.enforcement_terms import EnforcementRole as Role
from schemas.enforcement_terms import EnforcementStage as Stage
from services.arrears import law_enforcement as law
from services.arrears import law_status
from services.arrears.law import OFFICE_HOLDING
from services.arrears.law_documents import OFFICIAL_DOCUMENTS


class ActRule(NamedTuple):
    """What an act asks for: who does it, on what, with which papers, and the guards that may object, by code."""

    role: Role
    paragraphs: tuple[str, ...]
    documents: tuple[Document, ...] = ()
    guards: tuple[str, ...] = ()


_OFFICE, _DEPARTMENT, _COURT = Role.COLLECTION_OFFICE, Role.ADMINISTRATIVE_DEPARTMENT, Role.COURT
TRANSFER_MATERIALS = (
    Document.UNIT_PARTICULARS,
    Document.ACCOUNT_PARTICULARS,
    Document.FACTS_AND_GROUNDS,
    Document.AMOUNT_STATEMENT,
)
"""令20号 18 (一)-(四)."""
COURT_MATERIALS = (
    Document.COURT_APPLICATION,
    Document.DECISION_AND_GROUNDS,
    Document.OPINION_AND_DEMAND,
    Document.EXECUTION_OBJECT,
)
"""行政强制法 55(1)一至四."""
DEMAND_PAPERS = (Document.DEMAND, Document.SERVICE_RECEIPT)

PAPER_OF: Mapping[tuple[Stage, Document], Act] = {
    (Stage.FUNDED, Document.TRANSFER_APPLICATION): Act.TRANSFER_APPLIED,
    (Stage.INSUFFICIENT, Document.TRANSFER_APPLICATION): Act.TRANSFER_APPLIED,
    (Stage.APPLIED, Document.DEMAND): Act.DEMAND_SERVED,
    (Stage.DEMANDED, Document.TRANSFER_DECISION): Act.TRANSFER_DECIDED,
    (Stage.INSUFFICIENT, Document.AGREEMENT): Act.AGREEMENT_SIGNED,
    (Stage.INSUFFICIENT, Document.DEMAND): Act.COURT_DEMAND_SERVED,
}
"""Where which paper may be ordered, and the act that it is for: an act named here waits for its paper (`paper-missing`), and no other act rests on that one (`paper-spent`)."""
WAITING_FOR_PAPERS = frozenset(PAPER_OF.values())
"""The acts that wait for a paper."""
OF_A_TRANSFER = (Act.TRANSFER_APPLIED, Act.DEMAND_SERVED, Act.TRANSFER_DECIDED)
"""The acts of one attempt at a transfer that rest on papers, each on what the one before it said (令20号 18; 行政强制法 35, 37)."""
PAPER_GUARDS = ("paper-missing", "paper-spent", "paper-differs")

ACT_RULES: Mapping[Act, ActRule] = {
    Act.BANK_QUERY_SENT: ActRule(_OFFICE, (law.QUERY_AND_TRANSFER, law.BANK_QUERY), (Document.ACCOUNT_QUERY,)),
    Act.BANK_QUERY_ANSWERED: ActRule(Role.BANK, (law.QUERY_AND_TRANSFER, law.BANK_QUERY)),
    Act.TRANSFER_APPLIED: ActRule(
        _OFFICE,
        (law.QUERY_AND_TRANSFER, law.TRANSFER_APPLICATION, law.DEPARTMENT),
        (Document.TRANSFER_APPLICATION, *TRANSFER_MATERIALS),
        ("balance-none", "amount-above-owed", "transfer-materials-missing", *PAPER_GUARDS),
    ),
    Act.TRANSFER_DECLINED: ActRule(_DEPARTMENT, (law.TRANSFER_DECISION,), (Document.TRANSFER_REFUSAL,)),
    Act.DEMAND_SERVED: ActRule(
        _DEPARTMENT,
        (law.DEMAND, law.SERVICE, law.TRANSFER_DECISION),
        DEMAND_PAPERS,
        ("amount-above-owed", "amount-above-step-before", "demand-term-differs", *PAPER_GUARDS),
    ),
    Act.STATEMENT_RECEIVED: ActRule(Role.UNIT, (law.HEARING,), (Document.STATEMENT_RECORD,)),
    Act.STATEMENT_REVIEWED: ActRule(
        _DEPARTMENT, (law.HEARING,), (Document.STATEMENT_REVIEW,), ("ending-not-approved",)
    ),
    Act.TRANSFER_DECIDED: ActRule(
        _DEPARTMENT,
        (law.QUERY_AND_TRANSFER, law.TRANSFER_DECISION, law.DECISION, law.BANK_TRANSFERS, law.SERVICE),
        (Document.TRANSFER_DECISION, Document.SERVICE_RECEIPT),
        ("amount-above-owed", "amount-above-step-before", "demand-term-running", *PAPER_GUARDS),
    ),
    Act.BANK_NOTIFIED: ActRule(
        _DEPARTMENT,
        (law.BANK_TRANSFERS, law.NOT_AT_NIGHT),
        (Document.TRANSFER_ORDER,),
        ("at-night", "on-day-off"),
    ),
    Act.TRANSFER_RECEIVED: ActRule(Role.BANK, (law.BANK_TRANSFERS,), (), ("received-above-decision",)),
    Act.BANK_WITHDRAWAL_CONFIRMED: ActRule(Role.BANK, (law.BANK_TRANSFERS,)),
    Act.AGREEMENT_SIGNED: ActRule(
        _OFFICE,
        (law.SECURITY_FOR_TIME, law.DEFERRED_PAYMENT, law.AGREEMENT, law.GRADED_REVIEW),
        (Document.AGREEMENT, Document.SECURITY_CONTRACT, Document.SECURITY_REGISTRATION),
        (
            "instalments-not-principal",
            "instalments-out-of-order",
            "instalments-too-late",
            "security-below-principal",
            "security-unregistered",
            *PAPER_GUARDS,
        ),
    ),
    Act.SECURITY_REALISED: ActRule(_OFFICE, (law.DEFERRED_PAYMENT,), (), ("received-above-owed",)),
    Act.COURT_DEMAND_SERVED: ActRule(
        _OFFICE,
        (law.COURT_DEMAND, law.DEMAND, law.SERVICE),
        DEMAND_PAPERS,
        (
            "court-closed",
            "security-not-realised",
            "court-amount-above-owed",
            "demand-term-differs",
            *PAPER_GUARDS,
        ),
    ),
    Act.REMEDY_SOUGHT: ActRule(Role.UNIT, (law.REVIEW, law.LAWSUIT), (), ("remedy-pending", "remedy-too-late")),
    Act.REMEDY_ENDED: ActRule(Role.UNIT, (law.REVIEW, law.LAWSUIT), (), ("remedy-not-pending", "ending-not-approved")),
    Act.COURT_APPLIED: ActRule(
        _OFFICE,
        (law.COURT_SEIZURE, law.COURT_APPLICATION, law.COURT_WINDOW, law.COURT_DEMAND, law.COURT_MATERIALS),
        COURT_MATERIALS,
        (
            "court-amount-above-owed",
            "court-materials-missing",
            "court-demand-running",
            "remedy-pending",
            "remedy-period-running",
            "court-window-missed",
        ),
    ),
    Act.COURT_ACCEPTED: ActRule(_COURT, (law.COURT_ACCEPTS,)),
    Act.COURT_DECLINED: ActRule(_COURT, (law.COURT_ACCEPTS,)),
    Act.COURT_HEARING_OPENED: ActRule(_COURT, (law.COURT_HEARS,)),
    Act.COURT_RULED: ActRule(_COURT, (law.COURT_RULES, law.COURT_HEARS)),
    Act.COURT_REVIEW_REQUESTED: ActRule(
        _OFFICE,
        (law.COURT_ACCEPTS, law.COURT_HEARS),
        (Document.COURT_REVIEW_APPLICATION,),
        ("court-review-too-late",),
    ),
    Act.PROPERTY_SEIZED: ActRule(_COURT, (law.COURT_SEIZURE, law.NOT_AT_NIGHT), (), ("at-night", "on-day-off")),
    Act.PROPERTY_AUCTIONED: ActRule(_COURT, (law.COURT_SEIZURE, law.COURT_COSTS), (), ("costs-above-proceeds",)),
    Act.PROCEEDS_RECEIVED: ActRule(_COURT, (law.COURT_SEIZURE, law.COURT_COSTS), (), ("proceeds-not-conserved",)),
    Act.RECEIPT_VOIDED: ActRule(_OFFICE, (law.GRADED_REVIEW,), (), ("voided-beyond-uncredited",)),
    Act.EXECUTION_SUSPENDED: ActRule(_DEPARTMENT, (law.SUSPENSION,), (Document.SUSPENSION_DECISION,)),
    Act.EXECUTION_RESUMED: ActRule(
        _DEPARTMENT, (law.SUSPENSION,), (Document.RESUMPTION_DECISION,), ("suspended-by-status",)
    ),
    Act.EXECUTION_ENDED: ActRule(_DEPARTMENT, (law.ENDING,), (Document.TERMINATION_DECISION,)),
    Act.FINE_REFERRED: ActRule(
        _OFFICE, (law.FINE, law.TWO_YEARS), (Document.FINE_REFERRAL,), ("fine-known", "fine-of-nothing")
    ),
    Act.LATE_FEE_PURSUED: ActRule(
        _OFFICE,
        (law.LATE_FEE_BY_COURT, law.COURT_APPLICATION, law.COURT_WINDOW),
        (),
        (
            "notice-not-enforceable",
            "enforcement-under-way",
            "principal-owed",
            "late-fee-not-owed",
            "court-closed",
            "court-window-missed",
        ),
    ),
    Act.DOCUMENT_ORDERED: ActRule(
        _OFFICE,
        (OFFICIAL_DOCUMENTS,),
        (),
        (
            "document-not-of-this-stage",
            "document-in-the-making",
            "document-above-owed",
            "demand-term-too-short",
            "demand-term-running",
            "instalments-not-principal",
            "instalments-out-of-order",
            "instalments-too-late",
            "security-below-principal",
        ),
    ),
}
"""One rule an act."""

EVENT_PARAGRAPHS: Mapping[Event, tuple[str, ...]] = {
    Event.NOTICE_OVERDUE: (law.QUERY_AND_TRANSFER, law.FINE),
    Event.NOTICE_NOT_OVERDUE: (law.ENDING,),
    Event.PAID_IN_FULL: (law.DECISION,),
    Event.PAID_IN_PART: (law.DECISION, law.BANK_TRANSFERS),
    Event.CREDIT_MISSED: (law.OFFICE_ENFORCEMENT,),
    Event.INSTALMENT_MET: (law.AGREEMENT,),
    Event.INSTALMENT_EXCUSED: (law_status.SINGLE_PAYMENTS_VOID, law.AGREEMENT),
    Event.INSTALMENT_MISSED: (law.AGREEMENT, law.DEFERRED_PAYMENT),
    Event.DEADLINE_MISSED: (),
    Event.COURT_WINDOW_CLOSING: (law.COURT_WINDOW,),
    Event.COURT_WINDOW_MISSED: (law.COURT_WINDOW,),
    Event.COURT_REVIEW_MISSED: (law.COURT_ACCEPTS, law.COURT_HEARS),
    Event.FINE_CLOSING: (law.FINE, law.TWO_YEARS),
    Event.FINE_MISSED: (law.FINE, law.TWO_YEARS),
    Event.SUSPENSION_LAPSED: (law.SUSPENSION,),
    Event.STATUS_SUSPENDED: (law_status.SUSPENDED,),
    Event.STATUS_RESUMED: (law.SUSPENSION,),
    Event.STATUS_ENDED: (law.ENDING,),
    Event.REGISTRATION_LOST: (law.ENDING, OFFICE_HOLDING),
    Event.ACT_REVERSED: (law.OFFICE_ENFORCEMENT,),
    Event.PRINCIPAL_OWED_AGAIN: (law.ENDING,),
    Event.DOCUMENT_MADE: (OFFICIAL_DOCUMENTS,),
    Event.DOCUMENT_FAILED: (OFFICIAL_DOCUMENTS,),
}

EVENT_DOCUMENTS: Mapping[Event, tuple[Document, ...]] = {
    Event.PAID_IN_PART: (Document.TRANSFER_REDUCTION,),
    Event.SUSPENSION_LAPSED: (Document.TERMINATION_DECISION,),
    Event.STATUS_SUSPENDED: (Document.SUSPENSION_DECISION,),
    Event.STATUS_RESUMED: (Document.RESUMPTION_DECISION,),
    Event.REGISTRATION_LOST: (Document.TERMINATION_DECISION,),
    Event.STATUS_ENDED: (Document.TERMINATION_DECISION,),
}
"""The papers that an event asks for."""

NEXT_ROLES: Mapping[Stage, Role] = {
    Stage.DUE: _OFFICE,
    Stage.QUERYING: Role.BANK,
    Stage.FUNDED: _OFFICE,
    Stage.APPLIED: _DEPARTMENT,
    Stage.DEMANDED: _DEPARTMENT,
    Stage.HEARING: _DEPARTMENT,
    Stage.DECIDED: _DEPARTMENT,
    Stage.ORDERED: Role.BANK,
    Stage.WITHDRAWING: Role.BANK,
    Stage.COLLECTED: _OFFICE,
    Stage.INSUFFICIENT: _OFFICE,
    Stage.DEFERRED: Role.UNIT,
    Stage.BREACHED: _OFFICE,
    Stage.COURT_DEMANDED: _OFFICE,
    Stage.COURT_HEARING: _OFFICE,
    Stage.COURT_APPLIED: _COURT,
    Stage.COURT_DECLINED: _OFFICE,
    Stage.COURT_REVIEWING: Role.HIGHER_COURT,
    Stage.COURT_ACCEPTED: _COURT,
    Stage.COURT_RULED: _COURT,
    Stage.SEIZED: _COURT,
    Stage.AUCTIONED: _COURT,
    Stage.SUSPENDED: _DEPARTMENT,
}
"""Who acts next at each stage."""
