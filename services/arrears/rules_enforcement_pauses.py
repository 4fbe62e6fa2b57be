"""The days of an agreement on which a line bears no late fee (令13号 22: 免收缓缴期间的滞纳金)."""

from services.arrears.rules_state import UnitCase
from services.arrears.rules_status_state import FeePause


def line_pauses(case: UnitCase, key: str) -> tuple[FeePause, ...]:
    """The days on which a line bears no late fee: by the unit's status, and by agreements on the notices that name it."""
    by_status = () if case.unit_status is None else case.unit_status.fee_pauses
    agreed = _agreed(case, key) if case.enforcement is not None else ()
    return united((*by_status, *agreed)) if agreed else by_status


def united(pauses: tuple[FeePause, ...]) -> tuple[FeePause, ...]:
    """The same days as pauses that do not overlap, so that no day is taken off twice."""
    found: list[FeePause] = []
    for pause in sorted(pauses, key=lambda one: one.after):
        last = found[-1] if found else None
        if last is None or (last.through is not None and last.through < pause.after):
            found.append(pause)
        elif last.through is not None:
            through = None if pause.through is None else max(last.through, pause.through)
            found[-1] = FeePause(last.after, through)
    return tuple(found)


def _agreed(case: UnitCase, key: str) -> tuple[FeePause, ...]:
    found: tuple[FeePause, ...] = ()
    for procedure in () if case.enforcement is None else case.enforcement.procedures:
        days = procedure.all_free_days
        if days and _is_named(case, procedure.notice, key):
            found += days
    return found


def _is_named(case: UnitCase, ordinal: int, key: str) -> bool:
    notices = () if case.notice is None else case.notice.notices
    return any(key in notice.lines for notice in notices if notice.ordinal == ordinal)
