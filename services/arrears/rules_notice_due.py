"""Which of a unit's arrears are due for a notice, by the office's policy: the newsletter's, or the law's.

The law (令20号 16) wants a notice for any arrears. The newsletter has units called first, and a notice for large or long
arrears alone; what fell due before the telephone campaign is not called for, and needs no call before it.
"""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from schemas.decision import Context
from services.arrears import law_notice
from services.arrears.law_numbers import chosen
from services.arrears.law_payments import is_past_pursuit
from services.arrears.rules_notice_content import is_owed
from services.arrears.rules_notice_state import STAGES_SENT, NoticeState, Stage
from services.arrears.rules_reminders import can_be_reached, is_reminded_of
from services.arrears.rules_state import Line, UnitCase
from services.arrears.rules_status_standing import position

ANY, LARGE, LONG, DESK = "any-arrears", "large", "long", "desk"
"""Why a notice is drawn up."""


class Due(NamedTuple):
    """The lines that are due for a notice and why; else the day on which to look again, if any."""

    keys: tuple[str, ...] = ()
    ground: str = ""
    look_on: date | None = None


def uncovered(case: UnitCase, context: Context) -> dict[str, Line]:
    """The lines owed that stand on no live notice but a draft, in the order of their keys; without what was found too late."""
    state = case.notice or NoticeState()
    covered = {key for notice in state.live() if notice.stage is not Stage.DRAWN_UP for key in notice.lines}
    return {
        key: line
        for key, line in sorted(case.lines.items())
        if key not in covered and is_owed(line) and not is_past_pursuit(line.due_on, line.found_on, context)
    }


def unsent(case: UnitCase, context: Context) -> dict[str, Line]:
    """The lines owed for which no notice has gone out and one should."""
    if is_on_another_road(case):
        return {}
    state = case.notice or NoticeState()
    sent = {key for notice in state.notices if notice.stage in STAGES_SENT for key in notice.lines}
    return {
        key: line
        for key, line in case.lines.items()
        if key not in sent and is_owed(line) and not is_past_pursuit(line.due_on, line.found_on, context)
    }


def counted_from(case: UnitCase, line: Line) -> date | None:
    """The day from which the five working days for a notice of a line are counted: it was found, and an order might go out.

    While a bankruptcy barred it they do not run: what the law forbids nobody has omitted (企业破产法 16, 19).
    """
    if line.found_on is None or case.unit_status is None:
        return line.found_on
    ended = (one.ended_on for one in position(case.unit_status.records).proceedings if one.ended_on is not None)
    return max((line.found_on, *ended))


def is_on_another_road(case: UnitCase) -> bool:
    """Tell whether the unit's state bars an order to pay: it is bankrupt, or no more."""
    return case.measure is not None and case.measure.measure in law_notice.MEASURES_WITHOUT_ORDER


def due(case: UnitCase, context: Context) -> Due:
    """Tell which lines are due for a notice today. What the desk withdrew from one waits for the desk."""
    if is_on_another_road(case):
        return Due()
    lines = _not_held_back(case, context)
    if not lines:
        return Due()
    if chosen(law_notice.POLICY, context) == law_notice.POLICY_LAW:
        return Due(tuple(lines), ANY)
    ground = _ground(lines, context)
    if not ground:
        oldest = min(line.due_on for line in lines.values() if line.due_on is not None)
        return Due(look_on=context.calendar.roll_forward(law_notice.long_from(oldest, context)).on)
    waiting = {key: line for key, line in lines.items() if _is_being_phoned(case, line, context)}
    phoned = {key: line for key, line in lines.items() if key not in waiting}
    ground = _ground(phoned, context)
    if ground:
        return Due(tuple(phoned), ground)
    found_on = min(line.found_on for line in waiting.values() if line.found_on is not None)
    over_on = law_notice.ladder_over_on(found_on, context.calendar).on
    return Due(look_on=context.calendar.add_working_days(over_on, 1).on)


def _ground(lines: Mapping[str, Line], context: Context) -> str:
    if not lines:
        return ""
    if law_notice.is_large(sum(line.owed_fen for line in lines.values()), context):
        return LARGE
    oldest = min(line.due_on for line in lines.values() if line.due_on is not None)
    return LONG if law_notice.long_from(oldest, context) <= context.today else ""


def _is_being_phoned(case: UnitCase, line: Line, context: Context) -> bool:
    """Tell whether a line is of the telephone campaign and its reminders are not over."""
    if line.found_on is None or not is_reminded_of(line, context.today):
        return False
    if case.ladder is not None and case.registration is not None and not can_be_reached(case.ladder, case.registration):
        return False
    phoned_through = None if case.notice is None else case.notice.phoned_through
    if phoned_through is not None and line.found_on <= phoned_through:
        return False
    return context.today <= law_notice.ladder_over_on(line.found_on, context.calendar).on


def _not_held_back(case: UnitCase, context: Context) -> dict[str, Line]:
    lines = uncovered(case, context)
    state = case.notice or NoticeState()
    for notice in state.notices:
        if notice.stage is Stage.WITHDRAWN and notice.ended_on is not None:
            for key in notice.lines:
                line = lines.get(key)
                if line is not None and line.found_on is not None and line.found_on <= notice.ended_on:
                    del lines[key]
    return lines
