"""What a unit's notices do when something in its case changed: what is paid ends them, what is found will get one.

Nothing is drawn up here: many facts of a day make one notice, on the next working day.
"""

from collections.abc import Iterable
from operator import attrgetter

from msgspec.structs import replace

from schemas.decision import Context, Timer
from schemas.fact import Fact
from schemas.payment_notices import PaymentNoticeChanged
from services.arrears import law, law_notice
from services.arrears.rules_notice_acts import awaits_calendar, recounted
from services.arrears.rules_notice_content import open_fen, said
from services.arrears.rules_notice_drawing import counted_anew, next_drawing, put
from services.arrears.rules_notice_due import counted_from, is_on_another_road, unsent
from services.arrears.rules_notice_gap import closed_gap
from services.arrears.rules_notice_state import STAGES_IN_FORCE, NoticeState, Stage
from services.arrears.rules_reaction import Reaction
from services.arrears.rules_state import Status, UnitCase
from services.arrears.rules_warning import warning_followed

DEADLINE = "notice-deadline"
GAP = "notice-gap"
DRAW = "notice-draw"
WARNING = "early-warning"
"""Names of the timers."""

PAID, NOT_OWED, PART_PAID, MORE_OWED = "paid", "not-owed", "part-paid", "more-owed"
OTHER_PROCEDURE, REOPENED = "other-procedure", "reopened"
"""Why a notice ended, or names another amount than is owed."""

_DUE_AT = attrgetter("due_at")


def follow(before: UnitCase, now: UnitCase, context: Context) -> Reaction:
    """Let the notices answer to what became of the lines; a unit that never was in arrears has nothing here."""
    if now.notice is None:
        if now.status is not Status.OPEN:
            return Reaction(now)
        now = replace(now, notice=NoticeState())
        return answered(now, context)
    is_firm = not any(awaits_calendar(notice, context) for notice in now.notice.notices)
    if is_firm and not _touches_arrears(before, now) and before.measure is now.measure:
        return warning_followed(now, context) if before.look_on != now.look_on else Reaction(now)
    reopened = _reopened(before, now, context)
    after = answered(reopened.case, context)
    return Reaction(after.case, reopened.facts + after.facts, after.paragraphs)


def answered(now: UnitCase, context: Context) -> Reaction:
    """Bring the notices of a case up to date: end what is paid, count anew by calendars published since, close the gap."""
    ended = ended_or_changed(now, context)
    firm = recounted(ended.case, context)
    closed = closed_gap(firm.case, context)
    warned = warning_followed(with_days(closed.case, context), context)
    steps = (ended, firm, closed, warned)
    facts: tuple[Fact, ...] = tuple(fact for step in steps for fact in step.facts)
    paragraphs = tuple(dict.fromkeys(paragraph for step in steps for paragraph in step.paragraphs))
    return Reaction(warned.case, facts, paragraphs)


def next_timer(case: UnitCase) -> Timer | None:
    """The earliest of: a deadline that passes, the last day for a notice, the next look at the policy, a warning."""
    state = case.notice
    if state is None:
        return None
    timers = [
        Timer(law.end_of(notice.last_day_on), DEADLINE)
        for notice in state.notices
        if notice.stage is Stage.SERVED and notice.last_day_on is not None
    ]
    if state.gap_on is not None:
        timers.append(Timer(law.end_of(state.gap_on), GAP))
    if state.draw_on is not None:
        timers.append(Timer(law.start_of(state.draw_on), DRAW))
    if state.warn_at is not None:
        timers.append(Timer(state.warn_at, WARNING))
    return min(timers, key=_DUE_AT, default=None)


def ended_or_changed(case: UnitCase, context: Context) -> Reaction:
    """End the notices of which nothing is owed any more, and say of the others what is; a draft names what is owed today."""
    facts: list[PaymentNoticeChanged] = []
    assert case.notice is not None
    for notice in case.notice.live():
        left_fen = open_fen(case, notice.lines)
        is_barred = is_on_another_road(case) and notice.stage not in STAGES_IN_FORCE
        if left_fen == notice.open_fen and left_fen and not is_barred:
            continue
        after = replace(notice, open_fen=left_fen)
        if is_barred and left_fen:
            after, reason = replace(after, stage=Stage.CANCELLED, ended_on=context.today), OTHER_PROCEDURE
        elif not left_fen:
            reason = PAID if _is_paid(case, notice.lines) else NOT_OWED
            is_complied = reason == PAID and notice.stage in STAGES_IN_FORCE
            after = replace(after, stage=Stage.COMPLIED if is_complied else Stage.CANCELLED, ended_on=context.today)
        else:
            reason = PART_PAID if left_fen < notice.open_fen else MORE_OWED
            after = counted_anew(case, after, context) if notice.stage is Stage.DRAWN_UP else after
        case = put(case, after)
        facts.append(said(case, after, reason, context))
    return Reaction(case, tuple(facts), (law.ORDER_TO_PAY,) if facts else ())


def with_days(case: UnitCase, context: Context) -> UnitCase:
    """The case with the days that its notices wait for: to draw one up, or to look again; the last one for sending one."""
    state = case.notice
    assert state is not None
    gap_on = None
    if state.gap is None:
        days = (counted_from(case, line) for line in unsent(case, context).values())
        found = [day for day in days if day is not None]
        gap_on = law_notice.notice_due(min(found), context.calendar).on if found else None
    draw_on = next_drawing(case, context)
    if (gap_on, draw_on) == (state.gap_on, state.draw_on):
        return case
    return replace(case, notice=replace(state, gap_on=gap_on, draw_on=draw_on))


def _reopened(before: UnitCase, now: UnitCase, context: Context) -> Reaction:
    """Take up again the notices whose payments were taken back: number, service and deadline are those they had."""
    facts: list[PaymentNoticeChanged] = []
    assert now.notice is not None
    for notice in now.notice.notices:
        assert now.notice is not None
        if notice.stage is not Stage.COMPLIED or not any(_lost_payment(before, now, key) for key in notice.lines):
            continue
        left_fen = open_fen(now, notice.lines)
        standing = {key for one in now.notice.live() for key in one.lines}
        if not left_fen or not standing.isdisjoint(notice.lines):
            continue
        is_over = notice.last_day_on is not None and notice.last_day_on < context.today
        stage = Stage.OVERDUE if is_over else Stage.SERVED
        again = replace(notice, stage=stage, open_fen=left_fen, ended_on=None)
        now = put(now, again)
        facts.append(said(now, again, REOPENED, context))
    return Reaction(now, tuple(facts))


def _lost_payment(before: UnitCase, now: UnitCase, key: str) -> bool:
    was, line = before.lines.get(key), now.lines.get(key)
    return was is not None and line is not None and line.paid_fen < was.paid_fen


def _touches_arrears(before: UnitCase, now: UnitCase) -> bool:
    """Tell whether a line that is owed, or was, is another than before: lines are new objects when they are recounted."""
    known = before.lines
    if known is now.lines:
        return False
    for key, line in now.lines.items():
        was = known.get(key)
        if was is not line and (line.found_on is not None or (was is not None and was.found_on is not None)):
            return True
    if known.keys() <= now.lines.keys():
        return False
    return any(key not in now.lines for key, line in known.items() if line.found_on is not None)


def _is_paid(case: UnitCase, keys: Iterable[str]) -> bool:
    return all((line := case.lines.get(key)) is not None and 0 < line.assessed_fen <= line.paid_fen for key in keys)
