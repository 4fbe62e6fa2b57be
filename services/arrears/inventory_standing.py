"""At which stage a case stands, and by which measure it is handled: read from the case's parts, whichever it has. Pure."""

from collections.abc import Mapping
from typing import NamedTuple

from services.arrears.rules_state import UnitCase

NOT_OPEN = "not-open"
FOUND, REMINDED, LADDER_ENDED = "found", "reminded", "ladder-ended"
NO_MEASURE = "none"

STAGE_NAMES_ZH: Mapping[str, str] = {
    NOT_OPEN: "不欠费",
    FOUND: "已查明，未提醒",
    REMINDED: "电话提醒中",
    LADDER_ENDED: "提醒已尽，待下达通知书",
}
"""In the order in which a case goes through them."""
FUNNEL = (FOUND, REMINDED, LADDER_ENDED)
"""The stages of the road that most cases go, in its order."""
MEASURE_NAMES_ZH: Mapping[str, str] = {NO_MEASURE: "未定"}


class Standing(NamedTuple):
    """Codes of a case's stage (办理阶段) and measure (处置措施)."""

    stage: str
    measure: str = NO_MEASURE


def standing_of(case: UnitCase) -> Standing:
    """Tell where a case stands: by the latest of its parts."""
    if not any(line.found_on for line in case.lines.values()):
        return Standing(NOT_OPEN)
    ladder = case.ladder
    if ladder is None or ladder.asked_on is None or (ladder.step == 0 and ladder.next_at is not None):
        return Standing(FOUND)
    return Standing(REMINDED if ladder.next_at is not None else LADDER_ENDED)


def is_further(stage: str, known: str) -> bool:
    """Tell whether a stage lies in a later phase than a known one. Reminders are one phase: nobody gains time by a call."""
    return _PHASES.get(stage, 0) > _PHASES.get(known, 0)


_PHASES: Mapping[str, int] = {}
"""Stages after the reminders, in the order of the law; all others come before them."""
