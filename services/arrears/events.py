"""What the arrears service hears and says."""

from schemas.arrears import ArrearsChanged, ArrearsOpened, ArrearsSettled, ReminderCancelled, ReminderRequested
from schemas.contributions import ContributionAssessed, ContributionMissed, ContributionPaid, UnitRegistered
from schemas.documents import DocumentCompleted, DocumentRequested
from schemas.fact import Fact
from schemas.notifications import NotificationDelivered, NotificationFailed
from schemas.payment_notices import (
    ComplianceGapFound,
    DocumentNumberGiven,
    DocumentNumberRequested,
    PaymentNoticeActRecorded,
    PaymentNoticeChanged,
    ReminderAnswered,
)

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
    DocumentCompleted,
)
"""Registrations and contributions from the tax office; what came of reminders and documents; what the collection desk did."""

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
)
"""Where a unit's arrears and notices stand, whom to remind, and which documents are to be made out."""
