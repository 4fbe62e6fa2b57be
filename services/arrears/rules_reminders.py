"""The ladder of reminders (电话提醒缴费): when the next is asked, what it says, how a pending one is cancelled."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple

from msgspec.structs import replace

from schemas.arrears import ReminderCancelled, ReminderRequested
from schemas.decision import Context
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


def begun(ladder: Ladder | None, registration: Registration, context: Context) -> Ladder:
    """Begin the ladder (anew) for a new arrear: at the next reminder hour, but not too soon after the last one.

    What was promised is waited for; who has no number that works is not called.
    """
    office = law.office_on(context.today)
    not_before = context.today
    if ladder is not None and ladder.asked_on is not None:
        gap = context.calendar.add_working_days(ladder.asked_on, office.reminder_gap_working_days)
        not_before = max(not_before, gap.on)
    next_at = reminder_hour(not_before, context)
    if ladder is None:
        return Ladder(next_at=next_at)
    if not can_be_reached(ladder, registration):
        return replace(ladder, step=0, next_at=None)
    if ladder.next_at is not None:
        next_at = ladder.next_at if ladder.promised_on is not None else min(next_at, ladder.next_at)
    return replace(ladder, step=0, next_at=next_at)


def can_be_reached(ladder: Ladder, registration: Registration) -> bool:
    """Tell whether there is a way to remind a unit: its number is not known to be wrong, or it has a mail address."""
    return not ladder.number_is_wrong or registration.contact_email is not None


def resting(ladder: Ladder | None) -> Ladder | None:
    """The ladder of a settled case: nothing is pending; when it was last reminded, and a wrong number, stay known."""
    if ladder is None or (ladder.asked_on is None and not ladder.number_is_wrong):
        return None
    return Ladder(asked_on=ladder.asked_on, number_is_wrong=ladder.number_is_wrong)


def renumbered(ladder: Ladder | None, before: Registration | None, now: Registration) -> Ladder | None:
    """The ladder with its wrong number forgotten, where the unit registered another one."""
    if ladder is None or not ladder.number_is_wrong or before is None or before.contact_phone == now.contact_phone:
        return ladder
    return replace(ladder, number_is_wrong=False)


def moved(ladder: Ladder, context: Context) -> Ladder | None:
    """The ladder with today's reminder moved to the next working day, if today turned out to be a day off."""
    if context.calendar.is_working_day(context.today):
        return None
    return replace(ladder, next_at=reminder_hour(context.today + timedelta(days=1), context))


def ask(unit_code: str, registration: Registration, lines: dict[str, Line], ladder: Ladder, context: Context) -> Asked:
    """Ask for the next reminder, with what is owed today and reminded of; by telephone, by mail when only an address is known."""
    today = context.today
    office = law.office_on(today)
    step = ladder.step + 1
    valid_until = context.calendar.add_working_days(today, office.reminder_valid_working_days).on
    notice_id = f"{context.fact_id}-reminder-{step}"
    request = ReminderRequested(
        district=registration.district,
        agency=registration.agency,
        occurred_on=today,
        unit_code=unit_code,
        step=step,
        notice_id=notice_id,
        channel=channel_for(registration, ladder),
        title=texts.REMINDER_TITLE,
        text=texts.reminder(_owed(lines, context), office.reminded_due_from, today),
        recipient_name=registration.unit_name,
        contact_phone=None if ladder.number_is_wrong else sealed(registration.contact_phone),
        contact_email=sealed(registration.contact_email),
        expires_on=valid_until,
    )
    next_at = _next_step_at(step, context)
    after = replace(
        ladder,
        step=step,
        next_at=next_at,
        asked_on=today,
        notice_id=notice_id,
        pending_until=valid_until,
        promised_on=None,
    )
    return Asked(request, after)


def channel_for(registration: Registration, ladder: Ladder | None) -> Channel:
    """By telephone; by mail when only an address is known, or the number is known to be wrong."""
    if registration.contact_email is None:
        return Channel.TELEPHONE
    is_wrong = ladder is not None and ladder.number_is_wrong
    return Channel.EMAIL if registration.contact_phone is None or is_wrong else Channel.TELEPHONE


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
    return reminder_hour(day, context)


def reminder_hour(not_before: date, context: Context) -> datetime:
    """The first reminder hour of a working day that lies after now (UTC)."""
    hour = law.office_on(context.today).reminder_time
    day = context.calendar.roll_forward(not_before).on
    at = law.instant_of(day, hour)
    if at <= context.now:
        at = law.instant_of(context.calendar.roll_forward(day + timedelta(days=1)).on, hour)
    return at


def _owed(lines: dict[str, Line], context: Context) -> list[texts.OwedLine]:
    today, capped = context.today, cap_is_on(context)
    owed = []
    for key, line in reminded_lines(lines, today).items():
        month, _, insurance = key.partition("/")
        fee = late_fee(line, today, capped=capped)
        owed.append(texts.OwedLine(month, insurance, line.owed_fen, fee.fen))
    return owed


def sealed(copy: SealedCopy | None) -> Sealed | None:
    """A contact as a fact carries it."""
    return None if copy is None else Sealed(key_reference=copy.key_reference, ciphertext=copy.ciphertext)
