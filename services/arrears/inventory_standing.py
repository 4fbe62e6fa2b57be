"""At which stage a case stands, and by which measure it is handled: read from the case's parts, whichever it has. Pure."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from schemas.enforcement_terms import EnforcementStage
from schemas.unit_status import MeasureStage
from services.arrears.rules_lines import is_any_owed
from services.arrears.rules_notice_state import Stage as NoticeStage
from services.arrears.rules_state import UnitCase
from services.arrears.texts_enforcement_names import STAGE_NAMES as ENFORCEMENT_NAMES
from services.arrears.texts_status import MEASURE_NAMES, STAGE_NAMES

_AFTER_THE_DECISION = (
    EnforcementStage.DECIDED,
    EnforcementStage.ORDERED,
    EnforcementStage.WITHDRAWING,
    EnforcementStage.COLLECTED,
    EnforcementStage.INSUFFICIENT,
    EnforcementStage.DEFERRED,
    EnforcementStage.BREACHED,
)


def _enforcement(stage: EnforcementStage) -> str:
    return f"enforcement-{stage.value}"


NOT_OPEN = "not-open"
NOT_FOUND = "not-found"
"""Of a past day: it was owed by what is known today, and nobody had found it then."""
FOUND, REMINDED, LADDER_ENDED = "found", "reminded", "ladder-ended"
BY_ORDINARY_STEPS = "ordinary"
"""The measure of a unit of whose status nobody has said anything: it is taken for an operating one."""

NOTICE_STAGES: Mapping[NoticeStage, str] = MappingProxyType(
    {
        NoticeStage.DRAWN_UP: "notice-drawn-up",
        NoticeStage.APPROVED: "notice-approved",
        NoticeStage.ISSUED: "notice-issued",
        NoticeStage.SERVED: "notice-served",
        NoticeStage.OVERDUE: "notice-overdue",
    }
)
"""Codes of the stages of a live notice, in their order."""

STAGE_NAMES_ZH: Mapping[str, str] = MappingProxyType(
    {
        NOT_OPEN: "现已不欠费",
        NOT_FOUND: "当日尚未查明",
        FOUND: "已查明，未提醒",
        REMINDED: "电话提醒中",
        LADDER_ENDED: "提醒已尽，待下达通知书",
        "notice-drawn-up": "通知书待签发",
        "notice-approved": "通知书待编号",
        "notice-issued": "通知书待送达",
        "notice-served": "通知书已送达，限期之内",
        "notice-overdue": "通知书逾期",
        **{_enforcement(stage): f"强制征缴：{name}" for stage, name in ENFORCEMENT_NAMES.items()},
        **{stage.value: name for stage, name in STAGE_NAMES.items() if stage is not MeasureStage.ORDINARY},
    }
)
"""In the order in which a case goes through them; behind the ordinary road those of the others (破产、注销…), on which it is no more."""
FUNNEL = (
    FOUND,
    REMINDED,
    "notice-drawn-up",
    "notice-issued",
    "notice-served",
    "notice-overdue",
    "enforcement-querying",
    "enforcement-court-demanded",
    "enforcement-court-applied",
)
"""Stages of the road that most cases go, in its order, as a chart shows them. Of enforcement those that no road goes around: where the
bank has too little, nothing is applied for or decided before the court."""
MEASURE_NAMES_ZH: Mapping[str, str] = MappingProxyType(
    {BY_ORDINARY_STEPS: "按通常程序", **{measure.value: name for measure, name in MEASURE_NAMES.items()}}
)

_PHASES: Mapping[str, int] = MappingProxyType(
    {
        "notice-drawn-up": 1,
        "notice-approved": 1,
        "notice-issued": 1,
        "notice-served": 2,
        "notice-overdue": 3,
        **{_enforcement(stage): 4 for stage in EnforcementStage},
        **{_enforcement(stage): 5 for stage in _AFTER_THE_DECISION},
        **{_enforcement(stage): 6 for stage in EnforcementStage if stage.value.startswith("court-")},
        **{_enforcement(stage): 7 for stage in (EnforcementStage.SEIZED, EnforcementStage.AUCTIONED)},
        **dict.fromkeys((stage.value for stage in MeasureStage if stage is not MeasureStage.ORDINARY), 9),
    }
)
"""Stages after the reminders, in the order of the law, and the other roads behind them all; all others come before."""


class Standing(NamedTuple):
    """Codes of a case's stage (办理阶段) and measure (处置措施)."""

    stage: str
    measure: str = BY_ORDINARY_STEPS


def standing_of(case: UnitCase) -> Standing:
    """Tell where a case stands: on the road that its measure leads, else by the latest of its parts."""
    measure = BY_ORDINARY_STEPS if case.measure is None else case.measure.measure.value
    if not is_any_owed(case.lines, case.lines):
        return Standing(NOT_OPEN, measure)
    if case.measure is not None and case.measure.stage is not MeasureStage.ORDINARY:
        return Standing(case.measure.stage.value, measure)
    return Standing(_ordinary_stage(case), measure)


def _ordinary_stage(case: UnitCase) -> str:
    """The stage by the ordinary steps: reminder, notice, enforcement."""
    if case.enforcement is not None and (procedures := case.enforcement.live()):
        return max((_enforcement(one.stage) for one in procedures), key=_rank)
    if case.notice is not None and (live := case.notice.live()):
        return max((NOTICE_STAGES[one.stage] for one in live), key=_rank)
    ladder = case.ladder
    if ladder is None or ladder.asked_on is None or (ladder.step == 0 and ladder.next_at is not None):
        return FOUND
    return REMINDED if ladder.next_at is not None else LADDER_ENDED


def is_further(stage: str, known: str) -> bool:
    """Tell whether a stage lies in a later phase than a known one. Reminders are one phase: nobody gains time by a call."""
    return _PHASES.get(stage, 0) > _PHASES.get(known, 0)


def reached(stage: str, mark: str) -> bool:
    """Tell whether a case at a stage of the ordinary road has come to a mark of it, or further.

    Enforcement may be suspended anywhere on its road: it had begun, and more is not said.
    """
    shown = _enforcement(EnforcementStage.DUE) if stage == _enforcement(EnforcementStage.SUSPENDED) else stage
    return _rank(mark) <= _rank(shown) < _ORDINARY_STAGES


_ORDINARY_STAGES = len(STAGE_NAMES_ZH) - len(STAGE_NAMES) + 1
_RANKS = {stage: rank for rank, stage in enumerate(STAGE_NAMES_ZH)}


def _rank(stage: str) -> int:
    return _RANKS.get(stage, 0)
