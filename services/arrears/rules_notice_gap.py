"""The compliance gap: five working days passed since something was found owed, and no notice went out (令20号 16)."""

from datetime import date

from msgspec.structs import replace

from schemas.decision import Context
from schemas.payment_notices import ComplianceGapFound
from services.arrears import law_notice
from services.arrears.law_numbers import chosen
from services.arrears.rules_notice_content import is_owed
from services.arrears.rules_notice_due import counted_from, is_on_another_road, unsent
from services.arrears.rules_notice_state import STAGES_IN_FORCE, Gap, NoticeState
from services.arrears.rules_reaction import Reaction
from services.arrears.rules_state import Line, UnitCase

SERVED, PAID, OTHER_PROCEDURE = "served", "paid", "other-procedure"
"""What closes a gap."""


def marked_gap(case: UnitCase, context: Context) -> Reaction:
    """Mark a case whose five working days are over, once; the case alone where nothing is late, or a gap is open."""
    state = case.notice or NoticeState()
    late = _late(case, unsent(case, context), context)
    if state.gap is not None or not late:
        return Reaction(case)
    found_on = min(line.found_on for line in late.values() if line.found_on is not None)
    begun_on = min(day for line in late.values() if (day := counted_from(case, line)) is not None)
    gap = Gap(found_on, law_notice.notice_due(begun_on, context.calendar).on, context.today)
    case = replace(case, notice=replace(state, gap=gap, gap_on=None))
    return Reaction(case, (_said(case, gap, late, context),), (law_notice.NOTICE_WITHIN_5_DAYS,))


def closed_gap(case: UnitCase, context: Context) -> Reaction:
    """Close the open gap once all that is late is on a notice that was served, or is not owed any more."""
    state = case.notice
    if state is None or state.gap is None:
        return Reaction(case)
    in_force = {key for notice in state.notices if notice.stage in STAGES_IN_FORCE for key in notice.lines}
    owed = {key: line for key, line in case.lines.items() if is_owed(line)}
    late = _late(case, owed, context)
    by = SERVED if late else PAID
    if any(key not in in_force for key in late):
        if not is_on_another_road(case):
            return Reaction(case)
        by = OTHER_PROCEDURE
    gap = state.gap
    case = replace(case, notice=replace(state, gap=None))
    return Reaction(case, (_said(case, gap, late, context, by),))


def _late(case: UnitCase, lines: dict[str, Line], context: Context) -> dict[str, Line]:
    """The lines for which the last day for a notice is over."""
    counted: dict[date, date] = {}
    late = {}
    for key, line in lines.items():
        begun_on = counted_from(case, line)
        if begun_on is None:
            continue
        if begun_on not in counted:
            counted[begun_on] = law_notice.notice_due(begun_on, context.calendar).on
        if counted[begun_on] < context.today:
            late[key] = line
    return late


def _said(
    case: UnitCase, gap: Gap, lines: dict[str, Line], context: Context, closed_by: str | None = None
) -> ComplianceGapFound:
    registration = case.registration
    assert registration is not None
    return ComplianceGapFound(
        district=registration.district,
        agency=registration.agency,
        occurred_on=context.today,
        unit_code=case.unit_code,
        unit_name=registration.unit_name,
        policy=chosen(law_notice.POLICY, context),
        found_on=gap.found_on,
        notice_due_on=gap.notice_due_on,
        line_count=len(lines),
        principal_fen=sum(line.owed_fen for line in lines.values()),
        closed_on=None if closed_by is None else context.today,
        closed_by=closed_by,
    )
