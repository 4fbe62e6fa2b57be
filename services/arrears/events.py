"""What the arrears service hears and says."""

from schemas.arrears import ArrearsChanged, ArrearsOpened, ArrearsSettled, ReminderCancelled, ReminderRequested
from schemas.contributions import ContributionAssessed, ContributionMissed, ContributionPaid, UnitRegistered
from schemas.fact import Fact
from schemas.officers import CaseAssigned, CaseAssignmentActRecorded, CaseEscalated, OfficerPublished

HEARS: tuple[type[Fact], ...] = (
    UnitRegistered,
    ContributionAssessed,
    ContributionMissed,
    ContributionPaid,
    CaseAssignmentActRecorded,
)
"""Registrations and contributions from the tax office, acts of the collection desk."""

REFERENCES: tuple[type[Fact], ...] = (OfficerPublished,)
"""Who serves which district."""

SAYS: tuple[type[Fact], ...] = (
    ArrearsOpened,
    ArrearsChanged,
    ArrearsSettled,
    ReminderRequested,
    ReminderCancelled,
    CaseAssigned,
    CaseEscalated,
)
"""Where a unit's arrears stand, whom to remind, who answers for the case."""
