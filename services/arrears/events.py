"""What the arrears service hears and says."""

from schemas.arrears import ArrearsChanged, ArrearsOpened, ArrearsSettled, ReminderCancelled, ReminderRequested
from schemas.contributions import ContributionAssessed, ContributionMissed, ContributionPaid, UnitRegistered
from schemas.enforcement import EnforcementActRecorded, EnforcementChanged
from schemas.fact import Fact
from schemas.insolvency_acts import InsolvencyActRecorded
from schemas.settlements import ClearanceRecorded, UnitPaid
from schemas.unit_status import InsolvencyDeadlineAlerted, UnitMeasureChanged, UnitStatusReported

HEARS: tuple[type[Fact], ...] = (
    UnitRegistered,
    ContributionAssessed,
    ContributionMissed,
    ContributionPaid,
    UnitPaid,
    UnitStatusReported,
    InsolvencyActRecorded,
    EnforcementActRecorded,
)
"""Registrations, contributions and payments from the tax office, units' status from the registrar, the collection desk's acts."""

SAYS: tuple[type[Fact], ...] = (
    ArrearsOpened,
    ArrearsChanged,
    ArrearsSettled,
    ReminderRequested,
    ReminderCancelled,
    UnitMeasureChanged,
    InsolvencyDeadlineAlerted,
    EnforcementChanged,
    ClearanceRecorded,
)
"""Where a unit's arrears stand, whom to remind, by which measure they are collected, by when, how far enforcement is, who owes
nothing any more."""
