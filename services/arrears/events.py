"""What the arrears service hears and says."""

from schemas.arrears import ArrearsChanged, ArrearsOpened, ArrearsSettled, ReminderCancelled, ReminderRequested
from schemas.contributions import ContributionAssessed, ContributionMissed, ContributionPaid, UnitRegistered
from schemas.fact import Fact
from schemas.settlements import ClearanceRecorded, UnitPaid

HEARS: tuple[type[Fact], ...] = (UnitRegistered, ContributionAssessed, ContributionMissed, ContributionPaid, UnitPaid)
"""Registrations, contributions and units' payments from the tax office."""

SAYS: tuple[type[Fact], ...] = (
    ArrearsOpened,
    ArrearsChanged,
    ArrearsSettled,
    ReminderRequested,
    ReminderCancelled,
    ClearanceRecorded,
)
"""Where a unit's arrears stand, whom to remind, who owes nothing any more."""
