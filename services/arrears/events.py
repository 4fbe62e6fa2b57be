"""What the arrears service hears and says."""

from schemas.arrears import ArrearsChanged, ArrearsOpened, ArrearsSettled, ReminderCancelled, ReminderRequested
from schemas.contributions import ContributionAssessed, ContributionMissed, ContributionPaid, UnitRegistered
from schemas.documents import DocumentCompleted, DocumentRequested
from schemas.enforcement import EnforcementActRecorded, EnforcementChanged
from schemas.fact import Fact
from schemas.insolvency_acts import InsolvencyActRecorded
from schemas.notifications import NotificationDelivered, NotificationFailed
from schemas.officers import CaseAssigned, CaseAssignmentActRecorded, CaseEscalated, OfficerPublished
from schemas.payment_notices import (
    ComplianceGapFound,
    DocumentNumberGiven,
    DocumentNumberRequested,
    PaymentNoticeActRecorded,
    PaymentNoticeChanged,
    ReminderAnswered,
)
from schemas.settlements import ClearanceRecorded, UnitPaid
from schemas.succession import DebtInherited
from schemas.unit_status import InsolvencyDeadlineAlerted, UnitMeasureChanged, UnitStatusReported

HEARS: tuple[type[Fact], ...] = (
    UnitRegistered,
    ContributionAssessed,
    ContributionMissed,
    ContributionPaid,
    NotificationDelivered,
    NotificationFailed,
    PaymentNoticeActRecorded,
    DocumentNumberRequested,
    DocumentNumberGiven,
    UnitPaid,
    DocumentCompleted,
    UnitStatusReported,
    InsolvencyActRecorded,
    EnforcementActRecorded,
    CaseAssignmentActRecorded,
    DebtInherited,
)
"""Registrations, contributions and payments from the tax office, units' status from the registrar, the collection desk's acts,
and what came of reminders and documents."""

REFERENCES: tuple[type[Fact], ...] = (OfficerPublished,)
"""Who serves which district."""

SAYS: tuple[type[Fact], ...] = (
    ArrearsOpened,
    ArrearsChanged,
    ArrearsSettled,
    ReminderRequested,
    ReminderCancelled,
    ReminderAnswered,
    PaymentNoticeChanged,
    ComplianceGapFound,
    DocumentNumberRequested,
    DocumentNumberGiven,
    DocumentRequested,
    UnitMeasureChanged,
    InsolvencyDeadlineAlerted,
    EnforcementChanged,
    CaseAssigned,
    CaseEscalated,
    ClearanceRecorded,
    DebtInherited,
)
"""Where a unit's arrears and notices stand, whom to remind, which documents are to be made out, by which measure arrears are
collected, by when, how far enforcement is, who answers for the case, who owes nothing any more, and whose debt came to whom."""
