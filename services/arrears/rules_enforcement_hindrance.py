"""Whether the unit's own status stands in the way of enforcing against it."""

from datetime import date
from enum import StrEnum

from services.arrears.rules_insolvency_follow import is_enforcement_suspended
from services.arrears.rules_state import UnitCase
from services.arrears.rules_status_standing import position


class Hindrance(StrEnum):
    """What the unit's status does to an enforcement."""

    NONE = "none"
    SUSPENDS = "suspends"
    """Its bankruptcy was accepted and has not ended (企业破产法 19: 执行程序应当中止)."""
    ENDS = "ends"
    """It is deregistered: there is nobody left to enforce against (行政强制法 40(二)); other roads lead on."""


def accepted_on(case: UnitCase) -> date | None:
    """The day on which the bankruptcy was accepted that has not ended; None where there is none."""
    opened = None if case.unit_status is None else position(case.unit_status.records).proceeding
    return None if opened is None else opened.accepted_on


def hindrance(case: UnitCase) -> Hindrance:
    """What the unit's status does to an enforcement now."""
    if case.unit_status is None:
        return Hindrance.NONE
    if position(case.unit_status.records).deregistered is not None:
        return Hindrance.ENDS
    return Hindrance.SUSPENDS if is_enforcement_suspended(case) else Hindrance.NONE
