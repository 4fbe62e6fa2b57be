"""What enforcement does when something else in the case changed: begin, stop, rest, go on, reduce what is ordered."""

from datetime import date

from msgspec.structs import replace

from schemas.decision import Context, Timer
from schemas.enforcement_terms import EnforcementEvent as Event
from schemas.enforcement_terms import EnforcementStage as Stage
from schemas.fact import Fact
from services.arrears import law
from services.arrears.rules_enforcement_effects import OF_THE_COURT, Effect, ended, resumed, suspended
from services.arrears.rules_enforcement_hindrance import Hindrance, accepted_on, hindrance
from services.arrears.rules_enforcement_instalments import instalment_days, is_breach_excused, set_aside
from services.arrears.rules_enforcement_moves import Moved, begun, moved, with_procedure
from services.arrears.rules_enforcement_owed import (
    assessed_fen,
    is_settled,
    late_fee_left_fen,
    notice_of,
    owed,
    transferable_fen,
)
from services.arrears.rules_enforcement_state import (
    BEGINS_ANEW_AFTER,
    WINDOW_MISSED,
    Agreement,
    EnforcementState,
    Procedure,
)
from services.arrears.rules_enforcement_table import ONLY
from services.arrears.rules_enforcement_windows import counted, court_window
from services.arrears.rules_notice_state import Notice
from services.arrears.rules_notice_state import Stage as NoticeStage
from services.arrears.rules_reaction import Reaction
from services.arrears.rules_state import UnitCase

ENFORCEMENT_WATCH = "enforcement-watch"
"""The timer of this part: the earliest day on which some procedure wants to be looked at is over."""
GOING_ON = frozenset({Event.STATUS_RESUMED, Event.INSTALMENT_EXCUSED})
"""Events after which the procedure is looked at once more: a bankruptcy may suspend it again, or excuse what was called a breach before it."""
PAID_STAGES = frozenset({NoticeStage.COMPLIED, NoticeStage.CANCELLED})


def follow(before: UnitCase, now: UnitCase, context: Context) -> Reaction:
    """Let every procedure answer to payments, its notice, and the unit's status; begin one for a notice newly overdue."""
    if now.notice is None:
        return Reaction(now)
    facts: tuple[Fact, ...] = ()
    paragraphs: tuple[str, ...] = ()
    for ordinal in [notice.ordinal for notice in now.notice.notices]:
        now = _by_its_notice(now, ordinal, context)
        result = _answer(now, ordinal, context)
        while result is not None:
            now = result.case
            facts += (result.fact,)
            paragraphs += result.paragraphs
            is_more_to_say = _has_ended(now, ordinal) or result.fact.event in GOING_ON
            result = _answer(now, ordinal, context) if is_more_to_say else None
    return Reaction(now, facts, paragraphs)


def _by_its_notice(case: UnitCase, ordinal: int, context: Context) -> UnitCase:
    """The case with a procedure under the number of its notice, and its court's window counted from its service, where that was corrected."""
    procedure = procedure_of(case, ordinal)
    if procedure is None:
        return case
    notice = notice_of(case, procedure)
    known = replace(procedure, number=notice.number or procedure.number)
    window = court_window(notice, procedure.remedy, context.calendar) if procedure.is_live else None
    until = None if window is None else window.closes_on
    if procedure.is_live and until != procedure.court_until:
        known = counted(case, _open_again(known, until, context.today), notice, context)
    return case if known == procedure else with_procedure(case, known)


def _open_again(procedure: Procedure, until: date | None, today: date) -> Procedure:
    """The procedure before whose court the door is not closed after all: its three months are not over, as its notice was served later."""
    if procedure.court_closed != WINDOW_MISSED or (until is not None and until < today):
        return procedure
    said = tuple(word for word in procedure.said if word not in OF_THE_COURT)
    return replace(procedure, court_closed="", said=said)


def _has_ended(case: UnitCase, ordinal: int) -> bool:
    """Tell whether a notice's procedure has ended: what it made way for begins at once, and is live."""
    procedure = procedure_of(case, ordinal)
    return procedure is not None and not procedure.is_live


def next_timer(case: UnitCase) -> Timer | None:
    """When the earliest day is over on which some procedure wants to be looked at."""
    if case.enforcement is None:
        return None
    days = [procedure.look_on for procedure in case.enforcement.procedures if procedure.look_on is not None]
    return Timer(law.end_of(min(days)), ENFORCEMENT_WATCH) if days else None


def procedure_of(case: UnitCase, ordinal: int) -> Procedure | None:
    """The last procedure of a notice; None where it had none."""
    state = case.enforcement or EnforcementState()
    return next((procedure for procedure in state.procedures if procedure.notice == ordinal), None)


def _answer(case: UnitCase, ordinal: int, context: Context) -> Moved | None:
    """What becomes of one notice's procedure; None where nothing does."""
    procedure = procedure_of(case, ordinal)
    if procedure is not None and procedure.is_live:
        return _of_live(case, procedure, context)
    notice = next(one for one in (case.notice.notices if case.notice else ()) if one.ordinal == ordinal)
    return _begin(case, notice, procedure, context)


def _begin(case: UnitCase, notice: Notice, known: Procedure | None, context: Context) -> Moved | None:
    """A notice that is overdue is enforced, once; anew only where the last time left nothing decided against it."""
    if notice.stage is not NoticeStage.OVERDUE or is_settled(case, notice):
        return None
    if hindrance(case) is not Hindrance.NONE:
        return None
    if known is not None and known.stage not in BEGINS_ANEW_AFTER and not known.ended_by_status:
        return None
    return begun(case, notice, known, context)


def _of_live(case: UnitCase, procedure: Procedure, context: Context) -> Moved | None:
    if procedure.stage is Stage.WITHDRAWING:
        return None
    today, notice = context.today, notice_of(case, procedure)
    if procedure.is_of_late_fee:
        return _of_late_fee(case, procedure, notice, context)
    if notice.stage in PAID_STAGES or is_settled(case, notice):
        return moved(case, procedure, Event.PAID_IN_FULL, ended(procedure, Stage.PAID), today, context)
    if notice.stage is not NoticeStage.OVERDUE:
        return moved(case, procedure, Event.NOTICE_NOT_OVERDUE, ended(procedure, Stage.CANCELLED), today, context)
    by_status = _instalment_excused(case, procedure, context) or _by_status(case, procedure, context)
    if by_status is not None:
        return by_status
    found_or_lost = _instalment_found(case, procedure, context) or _instalment_lost(case, procedure, context)
    return found_or_lost or _reduced(case, procedure, context)


def _of_late_fee(case: UnitCase, procedure: Procedure, notice: Notice, context: Context) -> Moved | None:
    """The late fee alone: paid, it ends; the principal owed again (a payment bounced), it makes way for the whole."""
    today = context.today
    if not is_settled(case, notice):
        return moved(case, procedure, Event.PRINCIPAL_OWED_AGAIN, ended(procedure, Stage.CANCELLED), today, context)
    if not late_fee_left_fen(case, notice, today, context):
        return moved(case, procedure, Event.PAID_IN_FULL, ended(procedure, Stage.PAID), today, context)
    return _by_status(case, procedure, context) or _reduced(case, procedure, context)


def _by_status(case: UnitCase, procedure: Procedure, context: Context) -> Moved | None:
    today, hindered, suspension = context.today, hindrance(case), procedure.suspension
    if hindered is Hindrance.ENDS:
        outcome, changes = ended(procedure, Stage.ENDED)
        by_status = Effect(outcome, {**changes, "ended_by_status": True})
        return moved(case, procedure, Event.STATUS_ENDED, by_status, today, context)
    if hindered is Hindrance.SUSPENDS and suspension is None:
        since_on = accepted_on(case) or today
        return moved(case, procedure, Event.STATUS_SUSPENDED, suspended(procedure, None, since_on), today, context)
    if hindered is Hindrance.NONE and suspension is not None and suspension.ground is None:
        outcome, changes = resumed(procedure)
        going_on = Effect(outcome, {**changes, "stays_set_aside": set_aside(case, procedure, today)})
        return moved(case, procedure, Event.STATUS_RESUMED, going_on, today, context)
    return None


def _instalment_excused(case: UnitCase, procedure: Procedure, context: Context) -> Moved | None:
    """An instalment of a day in a bankruptcy, which was heard of later: who may pay nobody alone (企业破产法 16) breaks no agreement by not paying."""
    agreement = procedure.agreement
    if procedure.stage is not Stage.BREACHED or agreement is None:
        return None
    if not is_breach_excused(case, procedure):
        return None
    effect = Effect(ONLY, {"agreement": replace(agreement, ended_on=None)})
    return moved(case, procedure, Event.INSTALMENT_EXCUSED, effect, context.today, context)


def _instalment_found(case: UnitCase, procedure: Procedure, context: Context) -> Moved | None:
    """A payment that was made in time and heard of late: the agreement was not broken."""
    agreement = procedure.agreement
    if procedure.stage is not Stage.BREACHED or agreement is None or agreement.ended_on is None:
        return None
    if not is_met(case, procedure, agreement, agreement.ended_on, context):
        return None
    changes = {"agreement": replace(agreement, met=agreement.met + 1, ended_on=None)}
    return moved(case, procedure, Event.INSTALMENT_MET, Effect(ONLY, changes), context.today, context)


def _instalment_lost(case: UnitCase, procedure: Procedure, context: Context) -> Moved | None:
    """A payment that met an instalment was taken back after its day: the agreement was broken on that day."""
    agreement = procedure.agreement
    if procedure.stage is not Stage.DEFERRED or agreement is None or not agreement.met:
        return None
    before = replace(agreement, met=agreement.met - 1)
    on = instalment_days(case, procedure, agreement, context.calendar)[before.met]
    if on >= context.today or is_met(case, procedure, before, on, context):
        return None
    changes = {"agreement": replace(before, ended_on=on)}
    return moved(case, procedure, Event.INSTALMENT_MISSED, Effect(ONLY, changes), context.today, context)


def is_met(case: UnitCase, procedure: Procedure, agreement: Agreement, on: date, context: Context) -> bool:
    """Tell whether at the end of a day no more was owed than the agreement left after its next instalment.

    What was assessed for its lines after it was signed is no part of it.
    """
    notice = notice_of(case, procedure)
    due = owed(case, notice, procedure, on, context)
    more_fen = max(assessed_fen(case, notice) - agreement.assessed_fen, 0) if agreement.assessed_fen else 0
    return due.principal_fen <= agreement.instalments[agreement.met].left_fen + more_fen


def _reduced(case: UnitCase, procedure: Procedure, context: Context) -> Moved | None:
    """No more may be transferred than is owed: what was paid meanwhile comes off the decision, and the bank is told."""
    if procedure.standing_stage not in (Stage.DECIDED, Stage.ORDERED):
        return None
    due = owed(case, notice_of(case, procedure), procedure, context.today, context)
    most = transferable_fen(due, context)
    if procedure.amount_fen <= most:
        return None
    return moved(case, procedure, Event.PAID_IN_PART, Effect(ONLY, {"amount_fen": most}), context.today, context)
