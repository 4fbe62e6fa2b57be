"""The early warning (到期预警): a unit that was late before is told shortly before its next due date."""

from datetime import date, datetime, timedelta

from msgspec.structs import replace

from schemas.arrears import ReminderCancelled, ReminderRequested
from schemas.decision import Context, legal_date
from schemas.fact import Sealed
from services.arrears import law_notice, texts, texts_notice, texts_status
from services.arrears.law_numbers import counted
from services.arrears.rules_notice_due import is_on_another_road
from services.arrears.rules_notice_state import Warned
from services.arrears.rules_reaction import Reaction
from services.arrears.rules_reminders import can_be_reached, channel_for, reminder_hour, sealed
from services.arrears.rules_state import Registration, UnitCase

MONTHS_A_YEAR = 12
EARLY_WARNING_STEP = 0
"""`step` of a reminder that comes before the due date."""


def warning_followed(now: UnitCase, context: Context) -> Reaction:
    """Take back a warning of what was paid meanwhile, or to a unit that may pay nobody alone any more, and count when the next one is due."""
    state = now.notice
    assert state is not None
    facts: tuple[ReminderCancelled, ...] = ()
    warned = state.warned
    is_barred = is_on_another_road(now)
    if warned is not None and warned.notice_id and (is_barred or not _unpaid(now, warned.due_on)):
        if warned.due_on >= context.today:
            reason_code = texts_status.CANCELLED_OTHER_ROAD if is_barred else texts.CANCELLED_PAID
            facts = (_cancelled(now, warned, reason_code, context),)
        state = replace(state, warned=replace(warned, notice_id=""))
    warn_at = _warn_at(replace(now, notice=state), context)
    if warn_at != state.warn_at:
        state = replace(state, warn_at=warn_at)
    return Reaction(now if state is now.notice else replace(now, notice=state), facts)


def warned(case: UnitCase, context: Context) -> Reaction:
    """Ask for the warning whose hour has come; the case alone where it is not needed any more, or comes later."""
    assert case.notice is not None
    due_on, registration = case.look_on, case.registration
    state = replace(case.notice, warn_at=None)
    case = replace(case, notice=state)
    if due_on is None or registration is None or not _is_wanted(case, due_on, context):
        return Reaction(case)
    if not context.calendar.is_working_day(context.today):
        return Reaction(replace(case, notice=replace(state, warn_at=_warn_at(case, context))))
    request = _request(case, registration, due_on, context)
    after = replace(state, warned=Warned(due_on, request.notice_id))
    return Reaction(replace(case, notice=after), (request,), (law_notice.OFFICE_WARNING,))


def was_late_before(case: UnitCase, due_on: date, context: Context) -> bool:
    """Tell whether a unit paid late, or not at all, what fell due in the months before a due date."""
    since = months_before(due_on, counted(law_notice.WARNING_SPAN_MONTHS, context))
    late = sum(
        line.due_on is not None and since <= line.due_on < due_on and (line.found_on is not None or line.fee_units > 0)
        for line in case.lines.values()
    )
    return late >= counted(law_notice.WARNING_LATE_LINES, context)


def months_before(day: date, months: int) -> date:
    """The same day so many months before; the last of the month where it has no such day."""
    year, month = divmod(day.year * MONTHS_A_YEAR + day.month - 1 - months, MONTHS_A_YEAR)
    next_year, next_month = divmod(year * MONTHS_A_YEAR + month + 1, MONTHS_A_YEAR)
    last = date(next_year, next_month + 1, 1) - timedelta(days=1)
    return min(last, date(year, month + 1, 1) + timedelta(days=day.day - 1))


def _warn_at(case: UnitCase, context: Context) -> datetime | None:
    """When to warn of the earliest due date that was not warned of; None where nobody is warned."""
    state, due_on = case.notice, case.look_on
    if state is None or due_on is None or not _is_wanted(case, due_on, context):
        return None
    on = _working_days_before(due_on, counted(law_notice.WARNING_WORKING_DAYS, context), context)
    at = reminder_hour(max(on, context.today), context)
    return at if legal_date(at) <= due_on else None


def _is_wanted(case: UnitCase, due_on: date, context: Context) -> bool:
    """Tell whether a warning helps: not yet given, the unit can be reached and is on the ordinary road, no reminder is under way, it was late before."""
    state, registration, ladder = case.notice, case.registration, case.ladder
    if registration is None or state is None or due_on < context.today or is_on_another_road(case):
        return False
    if state.warned is not None and state.warned.due_on >= due_on:
        return False
    if ladder is not None and (ladder.next_at is not None or not can_be_reached(ladder, registration)):
        return False
    return was_late_before(case, due_on, context)


def _working_days_before(due_on: date, days: int, context: Context) -> date:
    """The day from which there are so many working days up to and with the due date's own."""
    on = due_on
    while days:
        on -= timedelta(days=1)
        days -= context.calendar.is_working_day(on)
    return on


def _unpaid(case: UnitCase, due_on: date) -> list[str]:
    return [
        key for key, line in sorted(case.lines.items()) if line.due_on == due_on and line.paid_fen < line.assessed_fen
    ]


def _request(case: UnitCase, registration: Registration, due_on: date, context: Context) -> ReminderRequested:
    lines = {key: case.lines[key].owed_fen for key in _unpaid(case, due_on)}
    return ReminderRequested(
        district=registration.district,
        agency=registration.agency,
        occurred_on=context.today,
        unit_code=case.unit_code,
        step=EARLY_WARNING_STEP,
        notice_id=f"{context.fact_id}-warning",
        channel=channel_for(registration, case.ladder),
        title=texts_notice.WARNING_TITLE,
        text=texts_notice.warning(lines, due_on, context.today),
        recipient_name=registration.unit_name,
        contact_phone=_phone(case, registration),
        contact_email=sealed(registration.contact_email),
        expires_on=due_on,
    )


def _phone(case: UnitCase, registration: Registration) -> Sealed | None:
    is_wrong = case.ladder is not None and case.ladder.number_is_wrong
    return None if is_wrong else sealed(registration.contact_phone)


def _cancelled(case: UnitCase, warned: Warned, reason_code: str, context: Context) -> ReminderCancelled:
    registration = case.registration
    assert registration is not None
    return ReminderCancelled(
        district=registration.district,
        agency=registration.agency,
        occurred_on=context.today,
        unit_code=case.unit_code,
        notice_id=warned.notice_id,
        reason_code=reason_code,
    )
