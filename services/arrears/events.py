"""What the arrears service hears and says."""

from schemas.arrears import ArrearsChanged, ArrearsOpened, ArrearsSettled, ReminderCancelled, ReminderRequested
from schemas.contributions import ContributionAssessed, ContributionMissed, ContributionPaid, UnitRegistered
from schemas.documents import DocumentCompleted, DocumentRequested
from schemas.enforcement import EnforcementActRecorded, EnforcementChanged
from schemas.fact import Fact
from schemas.insolvency_acts import InsolvencyActRecorded
from schemas.officers import CaseAssigned, CaseAssignmentActRecorded, CaseEscalated, OfficerPublished
from schemas.settlements import ClearanceRecorded, UnitPaid
from schemas.unit_status import InsolvencyDeadlineAlerted, UnitMeasureChanged, UnitStatusReported

HEARS: tuple[type[Fact], ...] = (
    UnitRegistered,
    ContributionAssessed,
    ContributionMissed,
    ContributionPaid,
    UnitPaid,
    DocumentCompleted,
    UnitStatusReported,
    InsolvencyActRecorded,
    EnforcementActRecorded,
    CaseAssignmentActRecorded,
)
"""Registrations, contributions and payments from the tax office, units' status from the registrar, the collection desk's
acts, and what became of documents."""

REFERENCES: tuple[type[Fact], ...] = (OfficerPublished,)
"""Who serves which district."""

SAYS: tuple[type[Fact], ...] = (
    ArrearsOpened,
    ArrearsChanged,
    ArrearsSettled,
    ReminderRequested,
    ReminderCancelled,
    DocumentRequested,
    UnitMeasureChanged,
    InsolvencyDeadlineAlerted,
    EnforcementChanged,
    CaseAssigned,
    CaseEscalated,
    ClearanceRecorded,
)
"""Where a unit's arrears stand, whom to remind, by which measure they are collected, by when, how far enforcement is, who
answers for the case, which documents are to be made out, and who owes nothing any more."""
