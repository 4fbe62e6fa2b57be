"""What an officer has to do about a unit, and by when: read from the parts of its case. Pure."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from schemas.payment_notices import NoticeStage
from services.arrears.rules_state import UnitCase
from services.arrears.texts_status import DEADLINE_NAMES

ASSIGNMENT, NOTICE_DUE, NOTICE_GAP, NOTICE_RUNS_OUT = "assignment", "notice-due", "notice-gap", "notice-runs-out"
ENFORCEMENT, COURT_WINDOW, FINE_WINDOW, INSTALMENT = "enforcement", "court-window", "fine-window", "instalment"
PROMISE = "promise"

DUE_KINDS_ZH = {
    ASSIGNMENT: "案件办理期限",
    NOTICE_DUE: "限期补缴通知书应当发出",
    NOTICE_GAP: "限期补缴通知书逾期未发（合规缺口）",
    NOTICE_RUNS_OUT: "限期补缴通知书期限届满",
    ENFORCEMENT: "强制征缴下一步",
    COURT_WINDOW: "申请法院强制执行的期限",
    FINE_WINDOW: "移送罚款的期限",
    INSTALMENT: "延期缴费协议当期应缴",
    PROMISE: "单位承诺缴费",
    **DEADLINE_NAMES,
}
"""Kinds of due items, and of the deadlines of measures (破产、注销等), in words."""


class Due(NamedTuple):
    """Something due by the end of a day. `ordinal` tells apart several of one kind: the notice's number in its case."""

    kind: str
    ordinal: int
    on: date


def due_of(case: UnitCase) -> list[Due]:
    """Give all that is due about a unit, in no order."""
    return [*_of_case(case), *_of_notices(case), *_of_enforcement(case)]


def _of_case(case: UnitCase) -> Iterator[Due]:
    if case.assignment is not None and case.assignment.deadline_on is not None:
        yield Due(ASSIGNMENT, 0, case.assignment.deadline_on)
    if case.measure is not None and case.measure.deadline is not None:
        yield Due(case.measure.deadline.kind.value, 0, case.measure.deadline.on)
    if case.ladder is not None and case.ladder.promised_on is not None:
        yield Due(PROMISE, 0, case.ladder.promised_on)


def _of_notices(case: UnitCase) -> Iterator[Due]:
    if case.notice is None:
        return
    if case.notice.gap is not None:
        yield Due(NOTICE_GAP, 0, case.notice.gap.notice_due_on)
    elif case.notice.gap_on is not None:
        yield Due(NOTICE_DUE, 0, case.notice.gap_on)
    for notice in case.notice.live():
        if notice.stage is NoticeStage.SERVED and notice.last_day_on is not None:
            yield Due(NOTICE_RUNS_OUT, notice.ordinal, notice.last_day_on)


def _of_enforcement(case: UnitCase) -> Iterator[Due]:
    if case.enforcement is None:
        return
    for one in case.enforcement.live():
        if one.deadline_on is not None:
            yield Due(ENFORCEMENT, one.notice, one.deadline_on)
        if one.court_until is not None and not one.court_closed and not one.court_ruled:
            yield Due(COURT_WINDOW, one.notice, one.court_until)
        if one.fine_until is not None and one.fine_referred_on is None:
            yield Due(FINE_WINDOW, one.notice, one.fine_until)
        agreement = one.agreement
        if agreement is not None and agreement.ended_on is None and agreement.met < len(agreement.instalments):
            yield Due(INSTALMENT, one.notice, agreement.instalments[agreement.met].due_on)
