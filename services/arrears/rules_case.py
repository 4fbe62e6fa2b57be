"""What follows for a unit's case when something in it changed: opened, changed, settled, or nothing seen outside."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

import msgspec
from msgspec.structs import replace

from schemas.arrears import ArrearsChanged, ArrearsOpened, ArrearsSettled
from schemas.decision import Context
from schemas.fact import Fact
from services.arrears import law, law_payments, texts
from services.arrears.law_numbers import chosen
from services.arrears.rules_following import carried_on
from services.arrears.rules_lines import countable, evaluated, is_any_owed, look_on, overdue
from services.arrears.rules_relief import relief_of
from services.arrears.rules_reminders import begun, cancellation, is_reminded_of, renumbered, resting
from services.arrears.rules_standing import fee_paragraphs, owes_late_fee, pursuit_paragraphs, said, shown
from services.arrears.rules_state import Registration, Status, UnitCase


class Effect(StrEnum):
    """What became of a unit's arrears."""

    NONE = "none"
    OPENED = "opened"
    CHANGED = "changed"
    SETTLED = "settled"


_OPEN, _CLEAR = Status.OPEN, Status.CLEAR
_NONE, _OPENED, _CHANGED, _SETTLED = Effect.NONE, Effect.OPENED, Effect.CHANGED, Effect.SETTLED
"""Asked for several times a fact; a member that is looked up in its enum takes 0.1 µs."""


class Followed(msgspec.Struct, frozen=True, gc=False):
    """A case brought up to date, what it says, what became of its arrears, and what that and the late fees said rest on."""

    case: UnitCase
    facts: tuple[Fact, ...]
    effect: Effect
    paragraphs: tuple[str, ...]


SAYING: dict[Effect, type[ArrearsOpened | ArrearsChanged | ArrearsSettled]] = {
    Effect.OPENED: ArrearsOpened,
    Effect.CHANGED: ArrearsChanged,
    Effect.SETTLED: ArrearsSettled,
}

PARAGRAPHS: dict[Effect, tuple[str, ...]] = {
    Effect.NONE: (),
    Effect.OPENED: (law.PAY_IN_TIME, law.ORDER_TO_PAY),
    Effect.CHANGED: (law.PAY_IN_TIME,),
    Effect.SETTLED: (law.PAY_IN_TIME,),
}


def recounted(case: UnitCase, keys: Iterable[str], context: Context) -> UnitCase:
    """The case with some of its lines computed anew; a line that lost its last record and bears no payment is gone."""
    lines = dict(case.lines)
    provisional = False
    for key in keys:
        line = lines[key]
        if line.records or line.allotments:
            line = lines[key] = evaluated(line, case.reversals, context, relief_of(case, key))
            provisional = provisional or line.due_is_provisional
        else:
            del lines[key]
    if case.has_provisional and not provisional:
        provisional = any(line.due_is_provisional for line in lines.values())
    return replace(case, lines=lines, look_on=look_on(lines), has_provisional=provisional)


def followed(before: UnitCase, after: UnitCase, keys: Iterable[str], context: Context) -> Followed:
    """Bring a registered unit's case up to date: `after` differs from `before` in the lines `keys`, or in its registration."""
    registration = after.registration
    assert registration is not None
    touched, unit_code, today = tuple(keys), after.unit_code, context.today
    effect = _effect(before, after, registration, touched, context)
    facts: tuple[Fact, ...] = ()
    paragraphs = PARAGRAPHS[effect]
    if effect is not _NONE:
        fact = said(SAYING[effect], unit_code, registration, after.lines, context, after.account)
        paragraphs += fee_paragraphs(after.lines.values(), today, fact.late_fee_cap)
        paragraphs += pursuit_paragraphs(fact.oldest_due_on, today)
        facts = (fact,)
    ladder = after.ladder
    if ladder is not None and ladder.number_is_wrong:
        ladder = renumbered(ladder, before.registration, registration)
    has_new_number = ladder is not after.ladder and any(is_reminded_of(line, today) for line in after.lines.values())
    if has_new_number or _is_newly_reminded_of(before, after, after.lines if effect is _OPENED else touched, today):
        ladder = begun(ladder, registration, context)
    elif effect is not _NONE and not any(is_reminded_of(line, today) for line in after.lines.values()):
        facts += cancellation(unit_code, registration, ladder, texts.CANCELLED_PAID, context)
        ladder = resting(ladder)
    case = replace(after, status=_status(before, effect), ladder=ladder, held_on=None, decide_by=None)
    reaction = carried_on(before, case, context)
    return Followed(reaction.case, facts + reaction.facts, effect, paragraphs + reaction.paragraphs)


def brought_to_today(case: UnitCase, context: Context) -> Followed:
    """The case with what today alone shows: lines overdue, due dates of calendars published since."""
    keys = dict.fromkeys(overdue(case.lines, context.today))
    if case.has_provisional:
        keys |= dict.fromkeys(countable(case.lines, context))
    return followed(case, recounted(case, keys, context), keys, context)


def _effect(
    before: UnitCase, after: UnitCase, registration: Registration, touched: tuple[str, ...], context: Context
) -> Effect:
    if before.status is not _OPEN:
        return _OPENED if is_any_owed(after.lines, touched) else _NONE
    if not is_any_owed(after.lines, after.lines) and not _stays_open_for_its_late_fee(after, context):
        return _SETTLED
    today = context.today
    known = before.registration
    same_unit = known is registration or (known is not None and _called(known) == _called(registration))
    if not same_unit:
        return _CHANGED
    for key in touched:
        if shown(before.lines.get(key), today) != shown(after.lines.get(key), today):
            return _CHANGED
    return _NONE


def _stays_open_for_its_late_fee(case: UnitCase, context: Context) -> bool:
    """Tell whether late fee still owed keeps a case open whose principal is all paid, by the parameter of that name."""
    is_kept = chosen(law_payments.LATE_FEE_KEEPS_OPEN, context) == law_payments.YES
    return is_kept and owes_late_fee(case.lines.values(), context)


def _status(before: UnitCase, effect: Effect) -> Status:
    if effect is _NONE:
        return _OPEN if before.status is _OPEN else _CLEAR
    return _CLEAR if effect is _SETTLED else _OPEN


def _called(registration: Registration) -> tuple[str, ...]:
    return (registration.unit_name, registration.district, registration.agency)


def _is_newly_reminded_of(before: UnitCase, after: UnitCase, keys: Iterable[str], today: date) -> bool:
    """Tell whether reminders begin: for a line newly found, or one whose due date was corrected into the years reminded of."""
    was_open = before.status is _OPEN
    for key in keys:
        line = after.lines.get(key)
        if line is None or not is_reminded_of(line, today):
            continue
        known = before.lines.get(key) if was_open else None
        if known is None or not is_reminded_of(known, today):
            return True
    return False
