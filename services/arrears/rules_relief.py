"""What a line is spared: write-offs, and the days on which it bears no late fee, by status or by agreement (令13号 22)."""

from services.arrears.rules_insolvency_state import Relief
from services.arrears.rules_state import UnitCase
from services.arrears.rules_status_state import FeePause


def relief_of(case: UnitCase, key: str) -> Relief | None:
    """What a line is spared by the unit's status, by decisions and by agreements; None where nothing is."""
    if case.unit_status is None and case.insolvency is None and case.enforcement is None:
        return None
    pauses = () if case.unit_status is None else case.unit_status.fee_pauses
    agreed = _agreed(case, key)
    if agreed or len(pauses) > 1:
        pauses = united((*pauses, *agreed))
    write_offs = () if case.insolvency is None else case.insolvency.write_offs.get(key, ())
    return Relief(pauses, write_offs) if pauses or write_offs else None


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
