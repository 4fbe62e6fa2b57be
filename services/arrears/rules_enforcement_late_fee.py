"""What may object to enforcing the late fee alone (滞纳金), once the principal of a notice is paid (征缴暂行条例 26)."""

from collections.abc import Mapping
from typing import Any

from schemas.decision import Context
from schemas.enforcement import EnforcementActRecorded
from schemas.payment_notices import NoticeStage
from services.arrears import texts_enforcement as texts
from services.arrears.rules_enforcement_follow import procedure_of
from services.arrears.rules_enforcement_hindrance import Hindrance, hindrance
from services.arrears.rules_enforcement_owed import is_settled, late_fee_left_fen
from services.arrears.rules_enforcement_state import DECLINED
from services.arrears.rules_enforcement_windows import court_window
from services.arrears.rules_notice_state import Notice
from services.arrears.rules_state import UnitCase

ORDERED = frozenset({NoticeStage.COMPLIED, NoticeStage.OVERDUE})
"""Stages of a notice that was served: its order named the late fee and its daily growth."""

OWN_REASONS = frozenset({"notice-not-enforceable", "enforcement-under-way", "principal-owed", "late-fee-not-owed"})
"""Reasons that only this act meets: there is no procedure yet that a guard could look at."""


def objections(
    case: UnitCase, notice: Notice, fact: EnforcementActRecorded, context: Context
) -> list[tuple[str, Mapping[str, Any]]]:
    """Everything that is against it, as of the day of the act."""
    on, known, found = fact.occurred_on, procedure_of(case, notice.ordinal), list[tuple[str, Mapping[str, Any]]]()
    is_over = notice.last_day_on is not None and on > notice.last_day_on
    if notice.stage not in ORDERED or not is_over or hindrance(case) is not Hindrance.NONE:
        found.append(("notice-not-enforceable", {}))
    if known is not None and known.is_live:
        found.append(("enforcement-under-way", {}))
    if not is_settled(case, notice):
        found.append(("principal-owed", {}))
    elif not late_fee_left_fen(case, notice, on, context):
        found.append(("late-fee-not-owed", {}))
    if known is not None and known.court_closed == DECLINED:
        found.append(("court-closed", {"why": texts.COURT_CLOSED[DECLINED]}))
    window = court_window(notice, None if known is None else known.remedy, context.calendar)
    if window is not None and on > window.closes_on:
        found.append(("court-window-missed", {"closes_on": window.closes_on}))
    return found
