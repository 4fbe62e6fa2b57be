"""Deciding what a case does as its timers come due. A late clock fires once: all is computed from now."""

from collections.abc import Callable, Mapping

from msgspec.structs import replace

from schemas.decision import Context, Decision, TimerDue, decided
from schemas.fact import Fact
from services.arrears import law, law_notice, rules_assignment_follow, rules_measure_follow, rules_notice
from services.arrears.rules_assignment import look_whether_officer_serves, miss_deadline
from services.arrears.rules_case import Effect, brought_to_today
from services.arrears.rules_enforcement_follow import ENFORCEMENT_WATCH
from services.arrears.rules_enforcement_watch import look
from services.arrears.rules_following import carried_on
from services.arrears.rules_holding import end_holding
from services.arrears.rules_measure import deadline_near, deadline_over, review
from services.arrears.rules_outcomes import promise_passed
from services.arrears.rules_reaction import Reaction
from services.arrears.rules_reminders import ask, moved, reminded_lines
from services.arrears.rules_standing import cap_is_on, fee_paragraphs, totals
from services.arrears.rules_state import UnitCase

LINE_DUE = "line-due"
REMINDER = "reminder"
HOLDING_OVER = "holding-over"
UNKNOWN_OVER = "unknown-over"
PARTS_TIMERS: Mapping[str, Callable[[UnitCase, Context], Decision[UnitCase]]] = {
    rules_notice.DEADLINE: rules_notice.pass_deadline,
    rules_notice.GAP: rules_notice.mark_gap,
    rules_notice.DRAW: rules_notice.draw_up,
    rules_notice.WARNING: rules_notice.warn,
    rules_measure_follow.DEADLINE_NEAR: deadline_near,
    rules_measure_follow.DEADLINE_OVER: deadline_over,
    rules_measure_follow.MEASURE_REVIEW: review,
    rules_assignment_follow.REVIEW: look_whether_officer_serves,
    rules_assignment_follow.DEADLINE: miss_deadline,
    ENFORCEMENT_WATCH: look,
}
"""Who decides the timers of the case's parts, by name."""
REMINDER_PARAGRAPHS = (law.TELEPHONE_REMINDER, law.OFFICE_LADDER, law.NOT_BORNE_BY_EMPLOYEES)


def look_again(case: UnitCase, timer: TimerDue, context: Context) -> Decision[UnitCase]:
    """Decide one timer of a case; ValueError for a timer the service does not set."""
    if timer.name == LINE_DUE:
        return _find_overdue(case, context)
    if timer.name == REMINDER:
        return _remind(case, context)
    if timer.name == HOLDING_OVER:
        return end_holding(case, context)
    if timer.name == UNKNOWN_OVER:
        return decided(None, "unknown-forgotten", paragraphs=(law.OFFICE_HOLDING,))
    if timer.name in PARTS_TIMERS:
        return PARTS_TIMERS[timer.name](case, context)
    raise ValueError(f"no timer is called {timer.name}")


def _find_overdue(case: UnitCase, context: Context) -> Decision[UnitCase]:
    """The due date is over: what is not paid is owed from today (社会保险法 60; 民法典 203)."""
    result = brought_to_today(case, context)
    found = sum(
        line.found_on == context.today and case.lines[key].found_on is None for key, line in result.case.lines.items()
    )
    if result.effect is Effect.NONE:
        return decided(result.case, "nothing-overdue", paragraphs=(law.LAST_DAY_OFF,))
    return decided(
        result.case,
        "lines-found-overdue",
        *result.facts,
        paragraphs=(*result.paragraphs, law.LAST_DAY_OFF),
        found=found,
    )


def _remind(case: UnitCase, context: Context) -> Decision[UnitCase]:
    result = brought_to_today(case, context)
    current, ladder = result.case, result.case.ladder
    registration = current.registration
    assert registration is not None
    if ladder is None or ladder.next_at is None:
        return decided(current, "nothing-to-remind", *result.facts, paragraphs=(law.LAST_DAY_OFF, *result.paragraphs))
    later = moved(ladder, context)
    if later is not None:
        code = "reminder-moved-to-working-day"
        paragraphs = (law.OFFICE_LADDER, *result.paragraphs)
        return decided(replace(current, ladder=later), code, *result.facts, paragraphs=paragraphs)
    facts, waited_for = result.facts, ladder.promised_on
    broken = promise_passed(current, context) if waited_for is not None and waited_for < context.today else None
    if broken is not None:
        current, facts = broken.case, (*facts, *broken.facts)
        assert current.ladder is not None
        ladder = current.ladder
        if ladder.next_at is None:
            return _promise_broken_last(result.case, broken, facts, context)
    asked = ask(current.unit_code, registration, current.lines, ladder, context)
    named = reminded_lines(current.lines, context.today).values()
    cap = totals(named, context.today, capped=cap_is_on(context)).late_fee_cap
    fees = fee_paragraphs(named, context.today, cap)
    cited = (*REMINDER_PARAGRAPHS, *result.paragraphs, *fees, law.authority_on(context.today).basis)
    return decided(
        replace(current, ladder=asked.ladder),
        "reminder-asked" if broken is None else "promise-broken",
        *facts,
        asked.request,
        paragraphs=tuple(dict.fromkeys(cited)),
        step=asked.request.step,
        broken=asked.ladder.broken_promises,
    )


def _promise_broken_last(
    before: UnitCase, broken: Reaction, facts: tuple[Fact, ...], context: Context
) -> Decision[UnitCase]:
    """A promise was broken once too often: the reminders end, and what that brings about follows."""
    others = carried_on(before, broken.case, context)
    assert broken.case.ladder is not None
    return decided(
        others.case,
        "promise-broken-last",
        *facts,
        *others.facts,
        paragraphs=(law_notice.OFFICE_OUTCOMES, *broken.paragraphs, *others.paragraphs),
        broken=broken.case.ladder.broken_promises,
    )
