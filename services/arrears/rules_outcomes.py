"""What came of a telephone reminder, and what the ladder does by it: go on, wait for a promise, hurry, or end.

    reached        the ladder goes on
    promised       it waits for that day, and thirty days at most: then it goes on; the day over and not kept: counted, one step is left out;
                   kept too rarely: it ends
    refused        it ends
    wrong number   it ends, or goes on by mail; the desk is asked for another number, which begins it anew
    no answer      the next comes sooner; too often in a row: it ends

Where it ends, a notice is next, if the office's policy wants one.
"""

from datetime import date, timedelta

from msgspec.structs import replace

from schemas.decision import Context, Decision, decided
from schemas.notifications import NotificationDelivered, NotificationFailed
from schemas.payment_notices import ReminderAnswered
from schemas.vocabulary import Channel
from services.arrears import law_notice
from services.arrears.rules_notice_follow import with_days
from services.arrears.rules_notice_state import NoticeState
from services.arrears.rules_reaction import Reaction
from services.arrears.rules_reminders import can_be_reached, is_reminded_of, reminder_hour
from services.arrears.rules_state import Ladder, UnitCase

REACHED, PROMISED, REFUSED = "reached", "promised", "refused"
PROMISED_FAR = "reminder-promised-far"
"""The reason of a promise that is farther away than the office waits."""
WRONG_NUMBER, NO_ANSWER, PROMISE_BROKEN = "wrong-number", "no-answer", "promise-broken"
NUMBER_USELESS = frozenset({"wrong-number", "number-invalid", "contact-unreadable", "contact-erased", "no-contact"})
"""Details that mean: nobody is reached under what is registered."""
NOBODY_ANSWERED = frozenset({"no-answer", "busy"})


def answer(
    case: UnitCase | None, fact: NotificationDelivered | NotificationFailed, context: Context
) -> Decision[UnitCase]:
    """Decide what came of a reminder or early warning; of anybody else's notice nothing follows."""
    if case is None or case.registration is None:
        return decided(case, "answer-of-another")
    warned = None if case.notice is None else case.notice.warned
    outcome = _outcome(case, fact)
    if warned is not None and fact.notice_id == warned.notice_id:
        return _warning_answered(case, outcome)
    ladder = case.ladder
    if ladder is None or ladder.pending_until is None or fact.notice_id != ladder.notice_id:
        return decided(case, "answer-not-awaited")
    if not outcome:
        return decided(case, "reminder-not-sent", paragraphs=(law_notice.OFFICE_OUTCOMES,), step=ladder.step)
    return _answered(case, ladder, outcome, fact.promised_on, context)


def promise_passed(case: UnitCase, context: Context) -> Reaction | None:
    """Count a promise whose day has passed and that was not kept. None where it was: the ladder goes on for what is new."""
    ladder = case.ladder
    assert ladder is not None
    made_on = ladder.asked_on or context.today
    kept = not any(
        is_reminded_of(line, context.today) and line.found_on is not None and line.found_on <= made_on
        for line in case.lines.values()
    )
    if kept:
        return None
    broken = ladder.broken_promises + 1
    after = replace(ladder, promised_on=None, broken_promises=broken, step=ladder.step + 1)
    last = broken >= law_notice.BROKEN_PROMISES_MAX.value or ladder.next_at is None
    return _laddered(case, replace(after, next_at=None) if last else after, PROMISE_BROKEN, ladder.promised_on, context)


def _outcome(case: UnitCase, fact: NotificationDelivered | NotificationFailed) -> str:
    """The outcome in the ladder's words; "" for what says nothing of the unit (expired, the channel was down)."""
    detail = fact.detail_code
    if isinstance(fact, NotificationFailed):
        if detail in NUMBER_USELESS:
            return WRONG_NUMBER
        return NO_ANSWER if detail in NOBODY_ANSWERED else ""
    if detail == REFUSED:
        return REFUSED
    if detail == PROMISED and fact.promised_on is not None and fact.promised_on >= fact.occurred_on:
        return PROMISED
    asked_by_telephone = case.registration is not None and case.registration.contact_phone is not None
    if fact.channel is Channel.EMAIL and asked_by_telephone and not (case.ladder and case.ladder.number_is_wrong):
        return WRONG_NUMBER  # notifications turns to the other channel only where the first proved useless
    return REACHED


def _answered(
    case: UnitCase, ladder: Ladder, outcome: str, promised_on: date | None, context: Context
) -> Decision[UnitCase]:
    assert case.registration is not None
    after, code, told = replace(ladder, pending_until=None, unanswered=0), f"reminder-{outcome}", dict[str, date]()
    if outcome == PROMISED and promised_on is not None:
        waited_to = _waited_to(promised_on, context)
        code, told = (code, {}) if waited_to == promised_on else (PROMISED_FAR, {"waited_to": waited_to})
        next_at = reminder_hour(waited_to + timedelta(days=1), context)
        after = replace(after, promised_on=promised_on, next_at=next_at)
    elif outcome == REFUSED:
        after = replace(after, next_at=None)
    elif outcome == WRONG_NUMBER:
        after = replace(after, number_is_wrong=True)
        if not can_be_reached(after, case.registration):
            after = replace(after, next_at=None)
    elif outcome == NO_ANSWER:
        after = _unanswered(after, ladder.unanswered + 1, context)
    reaction = _laddered(case, after, outcome, after.promised_on, context)
    return decided(
        reaction.case,
        code,
        *reaction.facts,
        paragraphs=(law_notice.OFFICE_OUTCOMES, *reaction.paragraphs),
        step=ladder.step,
        promised_on=after.promised_on or "",
        **told,
    )


def _waited_to(promised_on: date, context: Context) -> date:
    """How long a promise made today is waited for: to its day, and not longer than the office waits; called then, it is not broken yet."""
    return min(promised_on, context.today + timedelta(days=law_notice.PROMISE_DAYS_MAX.value))


def _unanswered(ladder: Ladder, times: int, context: Context) -> Ladder:
    """The ladder after a reminder that nobody took: the next comes sooner, or after too many none."""
    ladder = replace(ladder, unanswered=times)
    if times >= law_notice.UNANSWERED_MAX.value:
        return replace(ladder, next_at=None)
    if ladder.next_at is None:
        return ladder
    sooner = context.calendar.add_working_days(context.today, law_notice.UNANSWERED_WORKING_DAYS.value).on
    return replace(ladder, next_at=min(ladder.next_at, reminder_hour(sooner, context)))


def _laddered(case: UnitCase, ladder: Ladder, outcome: str, promised_on: date | None, context: Context) -> Reaction:
    """The case with its ladder after an outcome; where it has ended, what is due for a notice is drawn up next."""
    registration = case.registration
    assert registration is not None
    is_last = ladder.next_at is None
    said = ReminderAnswered(
        district=registration.district,
        agency=registration.agency,
        occurred_on=context.today,
        unit_code=case.unit_code,
        notice_id=ladder.notice_id,
        step=ladder.step,
        outcome=outcome,
        promised_on=promised_on,
        broken_promises=ladder.broken_promises,
        number_is_needed=ladder.number_is_wrong,
        is_last=is_last,
    )
    case = replace(case, ladder=ladder)
    if not is_last:
        return Reaction(case, (said,))
    state = replace(case.notice or NoticeState(), phoned_through=context.today)
    return Reaction(with_days(replace(case, notice=state), context), (said,))


def _warning_answered(case: UnitCase, outcome: str) -> Decision[UnitCase]:
    state = case.notice
    assert state is not None
    assert state.warned is not None
    ladder = case.ladder or Ladder()
    if outcome == WRONG_NUMBER:
        ladder = replace(ladder, number_is_wrong=True)
    state = replace(state, warned=replace(state.warned, notice_id=""))
    after = replace(case, notice=state, ladder=ladder if outcome == WRONG_NUMBER else case.ladder)
    return decided(after, "early-warning-answered", paragraphs=(law_notice.OFFICE_WARNING,))
