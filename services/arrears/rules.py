"""The arrears service's rules: one case a unit, holding its lines (month × insurance kind). Pure.

    (none) ──► held       a fact of a unit that is not registered
           ──► clear      registered
    held ────► clear      registered: as if it had been known from the start
         ────► open       registered, and a line is owed
         ────► unknown    not registered in time: what was held is refused, and so is what comes later
    clear ───► open       a line was missed, or found unpaid after its due date: opened
    open ────► open       what is owed changed: changed
         ────► clear      nothing is owed any more: settled
    clear, open ──► held  the registration was taken back
    clear ───► clear      nothing is owed, late fee neither: cleared (`rules_payments_follow`)
    clear, open: the unit's status chooses its measure, `rules_status.py`, `rules_measure.py`, `rules_insolvency.py`
    unknown ──► clear     registered after all
            ──► (none)    forgotten, after the office's time
    open: a part of the case says who answers for it, and by when: `rules_assignment.py`

A line is owed when its due date, moved past days off, is over and it is not wholly paid; a report that it was missed
counts from then on too. What a unit's notices do is drawn in `rules_notice.py`, what comes of reminders in `rules_outcomes.py`,
registers of document numbers, which are cases of their own, in `rules_register.py`. Timers: `line-due` at the end of the next due date, `reminder` up the ladder while open,
`holding-over` while held, `unknown-over` while unknown. What follows a notice is drawn in `rules_enforcement`.
"""

from collections.abc import Callable, Mapping
from typing import Any

from schemas.contributions import ContributionAssessed, ContributionMissed, ContributionPaid, UnitRegistered
from schemas.decision import Context, Decision, Timer, TimerDue
from schemas.documents import DocumentCompleted
from schemas.enforcement import EnforcementActRecorded
from schemas.fact import Fact
from schemas.insolvency_acts import InsolvencyActRecorded
from schemas.notifications import NotificationDelivered, NotificationFailed
from schemas.officers import CaseAssignmentActRecorded
from schemas.payment_notices import DocumentNumberGiven, DocumentNumberRequested, PaymentNoticeActRecorded
from schemas.settlements import UnitPaid
from schemas.succession import DebtInherited
from schemas.unit_status import UnitStatusReported
from services.arrears import law, rules_assignment, rules_enforcement
from services.arrears.rules_contributions import record
from services.arrears.rules_documents import document_made, document_numbered
from services.arrears.rules_following import earliest_timer
from services.arrears.rules_insolvency import record_act
from services.arrears.rules_notice import act
from services.arrears.rules_outcomes import answer
from services.arrears.rules_payments import receive
from services.arrears.rules_register import give_number
from services.arrears.rules_state import Status, UnitCase
from services.arrears.rules_status import report
from services.arrears.rules_succession import inherit
from services.arrears.rules_timers import HOLDING_OVER, LINE_DUE, REMINDER, UNKNOWN_OVER, look_again
from services.arrears.rules_units import register

HANDLERS: Mapping[type[Fact], Callable[[UnitCase | None, Any, Context], Decision[UnitCase]]] = {
    ContributionAssessed: record,
    ContributionMissed: record,
    ContributionPaid: record,
    UnitRegistered: register,
    NotificationDelivered: answer,
    NotificationFailed: answer,
    PaymentNoticeActRecorded: act,
    DocumentNumberGiven: document_numbered,
    DocumentNumberRequested: give_number,
    DocumentCompleted: document_made,
    UnitPaid: receive,
    UnitStatusReported: report,
    InsolvencyActRecorded: record_act,
    EnforcementActRecorded: rules_enforcement.record_act,
    CaseAssignmentActRecorded: rules_assignment.act,
    DebtInherited: inherit,
}
"""Who decides each fact."""

_NOT_REGISTERED = (Status.HELD, Status.UNKNOWN)


def decide(case: UnitCase | None, fact: Fact | TimerDue, context: Context) -> Decision[UnitCase]:
    """Decide one fact or timer about one unit; TypeError for what the service does not hear."""
    if isinstance(fact, TimerDue):
        assert case is not None
        return look_again(case, fact, context)
    handler = HANDLERS.get(type(fact))
    if handler is None:
        raise TypeError(f"the arrears service does not hear {type(fact).__name__}")
    return handler(case, fact, context)


def next_timer(case: UnitCase) -> Timer | None:
    """The earliest instant at which a case wants to be looked at again."""
    if case.status in _NOT_REGISTERED:
        if case.decide_by is None:
            return None
        return Timer(law.end_of(case.decide_by), HOLDING_OVER if case.status is Status.HELD else UNKNOWN_OVER)
    earliest = None if case.look_on is None else Timer(law.end_of(case.look_on), LINE_DUE)
    if case.ladder is not None and case.ladder.next_at is not None:
        earliest = _earlier(earliest, Timer(case.ladder.next_at, REMINDER))
    return _earlier(earliest, earliest_timer(case))


def _earlier(first: Timer | None, second: Timer | None) -> Timer | None:
    """The earlier of two; of two at one instant the first."""
    if first is None or second is None:
        return first or second
    return second if second.due_at < first.due_at else first
