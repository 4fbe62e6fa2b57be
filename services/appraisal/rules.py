"""The appraisal service's rules: which fact goes to which case. Pure.

An application (in its person's case):

    submitted ──► refused          scope or kind does not fit (all reasons); a correction is examined anew
              ├─► correcting ──► waiting      the missing papers came (higher revision)
              │              └─► abandoned    they did not come in time (since 2025-07-01)
              └─► waiting ───► scheduled      the pool drew a panel and booked a sitting
                    ▲    │         ├─► scheduled   the date had to move
                    │    │         ├─► waiting     the date fell away and none could be drawn
                    └────┘         └─► sat         the day of the sitting is over
                 60 days over, or 90 where the office has decided to extend: overdue
    correcting, waiting, scheduled, refused ──► withdrawn
    refused, abandoned, withdrawn, sat ──► forgotten, after the office's time

A request (in the pool's case):

    requested ──► booked ──► (past)       released, or replaced by a higher number, at any time
              └─► waiting ──► booked      when experts register, and every morning
    booked ──► booked | waiting           the day turned out a day off, or an expert may no longer sit
"""

from datetime import UTC, datetime, time, timedelta

from schemas.appraisal import (
    AppraisalExtensionDecided,
    AppraisalSubmitted,
    AppraisalWithdrawn,
    ExpertRegistered,
    PanelDeclined,
    PanelDrawn,
    PanelReleased,
    PanelRequested,
)
from schemas.decision import LEGAL_ZONE, Context, Decision, Timer, TimerDue
from schemas.fact import Fact
from services.appraisal.rules_application import submit, withdraw
from services.appraisal.rules_extension import extend
from services.appraisal.rules_pool import decide_pool, next_pool_timer
from services.appraisal.rules_progress import look_again, schedule, wait
from services.appraisal.rules_state import Application, AppraisalCase, PersonCase, PoolCase


def decide(case: AppraisalCase | None, fact: Fact | TimerDue, context: Context) -> Decision[AppraisalCase]:
    """Decide one fact or timer about one case; TypeError for what the service does not hear, or on a foreign case."""
    if isinstance(fact, ExpertRegistered | PanelRequested | PanelReleased) and isinstance(case, PoolCase | None):
        return _widened(decide_pool(case, fact, context))
    if isinstance(fact, TimerDue) and isinstance(case, PoolCase):
        return _widened(decide_pool(case, fact, context))
    if isinstance(case, PersonCase | None):
        return _widened(_decide_person(case, fact, context))
    raise TypeError(f"{type(fact).__name__} is not for a case of {type(case).__name__}")


def next_timer(case: AppraisalCase) -> Timer | None:
    """The earliest instant at which a case wants to be looked at again."""
    if isinstance(case, PoolCase):
        return next_pool_timer(case)
    timers = [timer for entry in case.applications.items() if (timer := _application_timer(*entry)) is not None]
    return min(timers, key=lambda timer: (timer.due_at, timer.name), default=None)


def _decide_person(case: PersonCase | None, fact: Fact | TimerDue, context: Context) -> Decision[PersonCase]:
    match fact:
        case AppraisalSubmitted():
            return submit(case, fact, context)
        case AppraisalWithdrawn():
            return withdraw(case, fact, context)
        case AppraisalExtensionDecided():
            return extend(case, fact, context)
        case PanelDrawn():
            return schedule(case, fact, context)
        case PanelDeclined():
            return wait(case, fact, context)
        case TimerDue() if case is not None:
            return look_again(case, fact, context)
    raise TypeError(f"{type(fact).__name__} is not for a person's case")


def _application_timer(reference: str, application: Application) -> Timer | None:
    """A day is over when the next begins in Weihai."""
    if application.look_on is None:
        return None
    over_at = datetime.combine(application.look_on + timedelta(days=1), time(), LEGAL_ZONE)
    return Timer(over_at.astimezone(UTC), f"{application.status}/{reference}")


def _widened(decision: Decision[PersonCase] | Decision[PoolCase]) -> Decision[AppraisalCase]:
    return Decision(decision.state, decision.facts, decision.reason)
