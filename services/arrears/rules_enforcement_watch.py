"""What enforcement does when a day is over: a deadline missed, an instalment, a window of the law closing or closed."""

from typing import Any

from msgspec.structs import replace

from schemas.decision import Context, Decision, decided
from schemas.enforcement_terms import EnforcementEvent as Event
from schemas.enforcement_terms import EnforcementStage as Stage
from services.arrears import law
from services.arrears import law_enforcement as terms
from services.arrears import texts_enforcement as texts
from services.arrears.rules_case import Followed, followed
from services.arrears.rules_enforcement_effects import Effect
from services.arrears.rules_enforcement_follow import is_met
from services.arrears.rules_enforcement_moves import Moved, moved, resting_anew, with_procedure
from services.arrears.rules_enforcement_owed import notice_of
from services.arrears.rules_enforcement_state import WINDOW_MISSED, Procedure
from services.arrears.rules_enforcement_table import ONLY, RULED, SHORT
from services.arrears.rules_enforcement_windows import counted
from services.arrears.rules_following import carried_on
from services.arrears.rules_state import UnitCase

WINDOWS = {
    Event.COURT_WINDOW_CLOSING: Event.COURT_WINDOW_MISSED,
    Event.FINE_CLOSING: Event.FINE_MISSED,
}
"""What a window that is closing becomes when it has closed: a late clock says the second alone."""
COURT_DEMANDS = (Stage.COURT_DEMANDED, Stage.COURT_HEARING)


def look(case: UnitCase, context: Context) -> Decision[UnitCase]:
    """Decide the day that is over, for the procedure whose day came first; what else is over has a timer of its own."""
    assert case.enforcement is not None
    waiting = [one for one in case.enforcement.procedures if one.look_on is not None]
    procedure = min(waiting, key=lambda one: (str(one.look_on), one.notice))
    recounted = counted(case, procedure, notice_of(case, procedure), context)
    if recounted.look_on is None or law.end_of(recounted.look_on) > context.now:
        later = resting_anew(with_procedure(case, recounted), procedure, recounted, context)
        code = "enforcement-watch-moved"
        until = "" if recounted.look_on is None else f"，至{recounted.look_on}"
        return decided(later, code, paragraphs=(terms.OFFICE_ENFORCEMENT,), number=procedure.number, until=until)
    event = _due_event(recounted, context)
    case = resting_anew(with_procedure(case, recounted), procedure, recounted, context)
    result = _happened(case, recounted, event, context)
    reaction = _bearing_again(case, result.case, recounted, context) or carried_on(case, result.case, context)
    return decided(
        reaction.case,
        f"enforcement-{result.fact.event}",
        result.fact,
        *reaction.facts,
        paragraphs=tuple(dict.fromkeys((*result.paragraphs, *reaction.paragraphs))),
        **_values(recounted, result),
    )


def _bearing_again(before: UnitCase, after: UnitCase, procedure: Procedure, context: Context) -> Followed | None:
    """From the day after an agreement was broken its lines bear late fees again."""
    if procedure.look_for != Event.INSTALMENT_MISSED:
        return None
    keys = [key for key in notice_of(after, procedure).lines if key in after.lines]
    return followed(before, after, keys, context)


def _due_event(procedure: Procedure, context: Context) -> Event:
    event = Event(procedure.look_for)
    last = procedure.court_until if event is Event.COURT_WINDOW_CLOSING else procedure.fine_until
    is_over = last is not None and law.end_of(last) <= context.now
    return WINDOWS[event] if event in WINDOWS and is_over else event


def _happened(case: UnitCase, procedure: Procedure, event: Event, context: Context) -> Moved:
    said = (*procedure.said, event.value)
    changes: dict[str, Any] = {"said": said}
    outcome = ONLY
    if event is Event.INSTALMENT_MISSED:
        return _instalment(case, procedure, context)
    if event is Event.COURT_WINDOW_MISSED:
        changes |= _court_closed(procedure)
    if event is Event.CREDIT_MISSED and procedure.court_ruled:
        outcome = RULED
    if event is Event.SUSPENSION_LAPSED:
        changes["suspension"] = None
    return moved(case, procedure, event, Effect(outcome, changes), context.today, context)


def _court_closed(procedure: Procedure) -> dict[str, Any]:
    """The road to the court is closed; a suspended procedure that stood before its door goes on elsewhere."""
    suspension = procedure.suspension
    changes: dict[str, Any] = {
        "court_closed": WINDOW_MISSED,
        "said": (*procedure.said, Event.COURT_WINDOW_CLOSING.value, Event.COURT_WINDOW_MISSED.value),
    }
    if suspension is not None and suspension.stage in COURT_DEMANDS:
        changes["suspension"] = replace(suspension, stage=Stage.INSUFFICIENT)
    return changes


def _instalment(case: UnitCase, procedure: Procedure, context: Context) -> Moved:
    """The day of an instalment is over: met, or the agreement is broken and enforcement goes on (行政强制法 42(3))."""
    agreement, on = procedure.agreement, procedure.look_on
    assert agreement is not None
    assert on is not None
    if is_met(case, procedure, agreement, on, context):
        kept = replace(agreement, met=agreement.met + 1)
        effect = Effect(ONLY, {"agreement": kept}) if kept.runs else _kept_to_its_end(procedure)
        return moved(case, procedure, Event.INSTALMENT_MET, effect, context.today, context)
    changes = {"agreement": replace(agreement, ended_on=on)}
    return moved(case, procedure, Event.INSTALMENT_MISSED, Effect(ONLY, changes), context.today, context)


def _kept_to_its_end(procedure: Procedure) -> Effect:
    """Every instalment was met, and what was assessed after the agreement is owed still: it is enforced without it."""
    return Effect(SHORT, {"agreement": None, "free_days": procedure.all_free_days})


def _values(procedure: Procedure, result: Moved) -> dict[str, Any]:
    return {
        "number": procedure.number,
        "stage": texts.STAGE_NAMES[result.fact.stage],
        "on": procedure.look_on,
        "court_until": procedure.court_until,
        "fine_until": procedure.fine_until,
    }
