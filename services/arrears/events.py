"""What the arrears service hears and says."""

from schemas.arrears import ArrearsChanged, ArrearsOpened, ArrearsSettled, ReminderCancelled, ReminderRequested
from schemas.contributions import ContributionAssessed, ContributionMissed, ContributionPaid, UnitRegistered
from schemas.documents import DocumentCompleted, DocumentRequested
from schemas.fact import Fact

HEARS: tuple[type[Fact], ...] = (
    UnitRegistered,
    ContributionAssessed,
    ContributionMissed,
    ContributionPaid,
    DocumentCompleted,
)
"""Registrations and contributions from the tax office, and what became of documents asked for."""

SAYS: tuple[type[Fact], ...] = (
    ArrearsOpened,
    ArrearsChanged,
    ArrearsSettled,
    ReminderRequested,
    ReminderCancelled,
    DocumentRequested,
)
"""Where a unit's arrears stand, whom to remind, and which documents are to be made out."""
