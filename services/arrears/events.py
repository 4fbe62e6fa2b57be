"""What the arrears service hears and says."""

from schemas.arrears import ArrearsChanged, ArrearsOpened, ArrearsSettled, ReminderCancelled, ReminderRequested
from schemas.contributions import ContributionAssessed, ContributionMissed, ContributionPaid, UnitRegistered
from schemas.fact import Fact

HEARS: tuple[type[Fact], ...] = (UnitRegistered, ContributionAssessed, ContributionMissed, ContributionPaid)
"""Registrations and contributions from the tax office."""

SAYS: tuple[type[Fact], ...] = (ArrearsOpened, ArrearsChanged, ArrearsSettled, ReminderRequested, ReminderCancelled)
"""Where a unit's arrears stand, and whom to remind."""
