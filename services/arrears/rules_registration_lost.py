"""What is said of a unit whose registration was taken back and not replaced in time: its procedures and notices end, and nobody waits for them. Pure."""

from msgspec.structs import replace

from schemas.decision import Context
from schemas.enforcement_terms import EnforcementEvent as Event
from schemas.fact import Fact
from services.arrears.rules_enforcement_effects import Effect
from services.arrears.rules_enforcement_moves import moved
from services.arrears.rules_enforcement_state import EnforcementState, Procedure
from services.arrears.rules_enforcement_table import ONLY
from services.arrears.rules_notice_content import said
from services.arrears.rules_notice_state import NoticeState, Stage
from services.arrears.rules_state import UnitCase

REGISTRATION_LOST = "registration-reversed"
"""Why a notice ended."""


def live_procedures(case: UnitCase) -> tuple[Procedure, ...]:
    """The procedures that rest while nothing registers their unit."""
    return (case.enforcement or EnforcementState()).live()


def ended_without_registration(case: UnitCase, context: Context) -> tuple[Fact, ...]:
    """Say that every live procedure has ended, with the papers that take back what is under way, and every live notice, under the name and place it was registered with last."""
    registrations = [one for one in case.registrations if one.reverses is None]
    if not registrations:
        return ()
    last = max(registrations, key=lambda one: (one.occurred_on, one.revision, one.reference))
    as_it_was = replace(case, registrations=(last,))
    ending, today = Effect(ONLY, {"suspension": None}), context.today
    procedures = [
        moved(as_it_was, one, Event.REGISTRATION_LOST, ending, today, context).fact for one in live_procedures(case)
    ]
    notices = [
        said(as_it_was, replace(one, stage=Stage.CANCELLED, ended_on=today), REGISTRATION_LOST, context)
        for one in (case.notice or NoticeState()).live()
    ]
    return (*procedures, *notices)
