"""The ladder of reminders (电话提醒缴费): when the next is asked, what it says, how a pending one is cancelled."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from schemas.arrears import ReminderCancelled, ReminderRequested
from schemas.decision import LEGAL_ZONE, Context
from schemas.fact import Sealed
from schemas.vocabulary import Channel
from services.arrears import law, texts
from services.arrears.rules_standing import cap_is_on, late_fee
from services.arrears.rules_state import Ladder, Line, Registration, SealedCopy


class Asked(NamedTuple):
    """A reminder asked, and the ladder after it."""

    request: ReminderRequested
    ladder: Ladder


def is_reminded_of(line: Line, today: date) -> bool:
    """Tell whether a line is owed and of the cohort that is reminded by telephone."""
    if line.found_on is None or line.due_on is None:
        return False
    return line.due_on >= law.office_on(today).reminded_due_from


def reminded_lines(lines: Mapping[str, Line], today: date) -> dict[str, Line]:
    """The lines that a reminder names, in the order of their keys: the older ones have no place in the campaign's call."""
    return {key: line for key, line in sorted(lines.items()) if is_reminded_of(line, today)}


def begun(ladder: Ladder | None, context: Context) -> Ladder:
    """Begin the ladder (anew) for a new arrear: at the next reminder hour, but not too soon after the last one."""
    office = law.office_on(context.today)
    not_before = context.today
    if ladder is not None and ladder.asked_on is not None:
        gap = context.calendar.add_working_days(ladder.asked_on, office.reminder_gap_working_days)
        not_before = max(not_before, gap.on)
    next_at = _reminder_hour(not_before, context)
    if ladder is None:
        return Ladder(next_at=next_at)
    if ladder.next_at is not None:
        next_at = min(next_at, ladder.next_at)
    return Ladder(0, next_at, ladder.asked_on, ladder.notice_id, ladder.pending_until)


def resting(ladder: Ladder | None) -> Ladder | None:
    """The ladder of a settled case: nothing is pending; when the unit was last reminded stays known."""
    return None if ladder is None or ladder.asked_on is None else Ladder(asked_on=ladder.asked_on)


def moved(ladder: Ladder, context: Context) -> Ladder | None:
    """The ladder with today's reminder moved to the next working day, if today turned out to be a day off."""
    if context.calendar.is_working_day(context.today):
        return None
    next_at = _reminder_hour(context.today + timedelta(days=1), context)
    return Ladder(ladder.step, next_at, ladder.asked_on, ladder.notice_id, ladder.pending_until)


def ask(unit_code: str, registration: Registration, lines: dict[str, Line], ladder: Ladder, context: Context) -> Asked:
    """Ask for the next reminder, with what is owed today and reminded of; by telephone, by mail when only an address is known."""
    today = context.today
    office = law.office_on(today)
    step = ladder.step + 1
    valid_until = context.calendar.add_working_days(today, office.reminder_valid_working_days).on
    notice_id = f"{context.fact_id}-reminder-{step}"
    only_mail = registration.contact_phone is None and registration.contact_email is not None
    request = ReminderRequested(
        district=registration.district,
        agency=registration.agency,
        occurred_on=today,
        unit_code=unit_code,
        step=step,
        notice_id=notice_id,
        channel=Channel.EMAIL if only_mail else Channel.TELEPHONE,
        title=texts.REMINDER_TITLE,
        text=texts.reminder(_owed(lines, context), office.reminded_due_from, today),
        recipient_name=registration.unit_name,
        contact_phone=_sealed(registration.contact_phone),
        contact_email=_sealed(registration.contact_email),
        expires_on=valid_until,
    )
    return Asked(request, Ladder(step, _next_step_at(step, context), today, notice_id, valid_until))


def cancellation(
    unit_code: str, registration: Registration, ladder: Ladder | None, reason_code: str, context: Context
) -> tuple[ReminderCancelled, ...]:
    """Cancel the reminder that may still be under way; nothing where none is."""
    if ladder is None or ladder.pending_until is None or ladder.pending_until < context.today:
        return ()
    cancelled = ReminderCancelled(
        district=registration.district,
        agency=registration.agency,
        occurred_on=context.today,
        unit_code=unit_code,
        notice_id=ladder.notice_id,
        reason_code=reason_code,
    )
    return (cancelled,)


def _next_step_at(step: int, context: Context) -> datetime | None:
    """When the reminder after `step` is asked; None at the ladder's end."""
    intervals = law.office_on(context.today).ladder_working_days
    if step > len(intervals):
        return None
    day = context.calendar.add_working_days(context.today, intervals[step - 1]).on
    return _reminder_hour(day, context)


def _reminder_hour(not_before: date, context: Context) -> datetime:
    """The first reminder hour of a working day that lies after now (UTC)."""
    hour = law.office_on(context.today).reminder_time
    day = context.calendar.roll_forward(not_before).on
    at = datetime.combine(day, hour, LEGAL_ZONE)
    if at <= context.now:
        day = context.calendar.roll_forward(day + timedelta(days=1)).on
        at = datetime.combine(day, hour, LEGAL_ZONE)
    return at.astimezone(UTC)


def _owed(lines: dict[str, Line], context: Context) -> list[texts.OwedLine]:
    today, capped = context.today, cap_is_on(context)
    owed = []
    for key, line in reminded_lines(lines, today).items():
        month, _, insurance = key.partition("/")
        fee = late_fee(line, today, capped=capped)
        owed.append(texts.OwedLine(month, insurance, line.owed_fen, fee.fen))
    return owed


def _sealed(copy: SealedCopy | None) -> Sealed | None:
    return None if copy is None else Sealed(key_reference=copy.key_reference, ciphertext=copy.ciphertext)
