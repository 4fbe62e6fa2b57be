"""What other parts may ask of a unit's bankruptcy. It has no answer of its own to what they do: its measure has (`rules_measure_follow`)."""

from services.arrears.rules_state import UnitCase
from services.arrears.rules_status_standing import position


def is_enforcement_suspended(case: UnitCase) -> bool:
    """Tell whether enforcement against the unit is suspended: its bankruptcy was accepted and has not ended (企业破产法 19)."""
    return case.unit_status is not None and position(case.unit_status.records).proceeding is not None
