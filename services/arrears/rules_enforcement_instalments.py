"""The days of an agreement's instalments (延期缴费协议): past days off, and past the days of a bankruptcy, on which the unit may pay nobody alone. Pure."""

from collections.abc import Iterator
from datetime import date
from itertools import accumulate

from schemas.calendar import CountedDay, WorkingCalendar
from services.arrears import law_enforcement as law
from services.arrears.rules_enforcement_state import Agreement, Procedure
from services.arrears.rules_relief import united
from services.arrears.rules_state import UnitCase
from services.arrears.rules_status_standing import Proceeding, day_before, position
from services.arrears.rules_status_state import FeePause

Stays = tuple[FeePause, ...]
"""Days of bankruptcies, from the acceptance on, that do not overlap; `through` None: it has not ended."""


def stays_of(case: UnitCase, procedure: Procedure) -> Stays:
    """The bankruptcies of a unit, and those that were set aside while they suspended a procedure: then, too, it could not pay."""
    found = [FeePause(day_before(one.accepted_on), one.ended_on) for one in _proceedings(case)]
    return united((*found, *procedure.stays_set_aside)) if found or procedure.stays_set_aside else ()


def set_aside(case: UnitCase, procedure: Procedure, today: date) -> Stays:
    """The stays that no record of the unit's status tells any more, once a procedure goes on: an acceptance that is reversed counts as never made."""
    suspension = procedure.suspension
    if suspension is None or any((one.ended_on or today) >= suspension.since_on for one in _proceedings(case)):
        return procedure.stays_set_aside
    return (*procedure.stays_set_aside, FeePause(day_before(suspension.since_on), today))


def instalment_day(case: UnitCase, procedure: Procedure, calendar: WorkingCalendar) -> CountedDay | None:
    """Last day of the next instalment of an agreement; None where all were met."""
    agreement = procedure.agreement
    if agreement is None or agreement.met >= len(agreement.instalments):
        return None
    return list(_days(agreement, stays_of(case, procedure), calendar))[agreement.met]


def instalment_days(
    case: UnitCase, procedure: Procedure, agreement: Agreement, calendar: WorkingCalendar
) -> list[date]:
    """The last days of an agreement's instalments."""
    return [day.on for day in _days(agreement, stays_of(case, procedure), calendar)]


def is_breach_excused(case: UnitCase, procedure: Procedure) -> bool:
    """Tell whether an agreement was called broken on a day of a bankruptcy, which was heard of later."""
    agreement = procedure.agreement
    if agreement is None or agreement.ended_on is None:
        return False
    broken_on = agreement.ended_on
    return any(_covers(stay, broken_on) for stay in stays_of(case, procedure))


def _days(agreement: Agreement, stays: Stays, calendar: WorkingCalendar) -> Iterator[CountedDay]:
    """Each instalment's day: past days off (民法典 203), past stays, and not before the instalment that goes before it."""
    days = (_past_stays(calendar.roll_forward(one.due_on), stays, calendar) for one in agreement.instalments)
    return accumulate(days, lambda before, day: max(before, day, key=lambda one: one.on))


def _past_stays(day: CountedDay, stays: Stays, calendar: WorkingCalendar) -> CountedDay:
    """A day in a bankruptcy makes way for one after its end; while it has not ended nothing is looked at."""
    for stay in stays:
        if stay.through is not None and _covers(stay, day.on):
            day = calendar.add_working_days(stay.through, law.INSTALMENT_AFTER_STAY_DAYS.value)
    return day


def _covers(stay: FeePause, day: date) -> bool:
    return stay.after < day and (stay.through is None or day <= stay.through)


def _proceedings(case: UnitCase) -> tuple[Proceeding, ...]:
    return () if case.unit_status is None else position(case.unit_status.records).proceedings
