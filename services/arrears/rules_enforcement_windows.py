"""The days that the law gives: when a stage is to be left, when the court may be applied to, when the fine is too late.

All of it is counted anew from the procedure whenever something in it changes, so a calendar that is published later
moves what was counted without it.
"""

from datetime import date, timedelta
from typing import NamedTuple

from msgspec.structs import replace

from schemas.calendar import CountedDay, WorkingCalendar
from schemas.decision import Context
from schemas.enforcement_terms import EnforcementEvent as Event
from schemas.enforcement_terms import EnforcementGround as Ground
from schemas.enforcement_terms import EnforcementStage as Stage
from services.arrears import law_enforcement as law
from services.arrears.rules_enforcement_instalments import instalment_day, instalment_days
from services.arrears.rules_enforcement_state import Procedure, Remedy
from services.arrears.rules_enforcement_table import AT_COURT, is_possible
from services.arrears.rules_notice_state import Notice
from services.arrears.rules_state import UnitCase


class CourtWindow(NamedTuple):
    """First and last day on which the court may be applied to (行政强制法 53)."""

    opens_on: date
    closes_on: date


class Watch(NamedTuple):
    """When this legal date is over, this is to be looked at."""

    on: date
    event: Event


def remedies_end(notice: Notice, remedy: Remedy | None, calendar: WorkingCalendar) -> date | None:
    """The last day of the last remedy against a notice; None while one is pending.

    Without one the later of 60 days (行政复议法 20) and six months (行政诉讼法 46) from receipt; after a review that was
    lost 15 days for the lawsuit (45); after a lawsuit that was lost the day on which it ended.
    """
    served_on = notice.served_on
    if served_on is None or (remedy is not None and remedy.ended_on is None):
        return None
    if remedy is None or remedy.ended_on is None:
        review = law.term_end(law.REVIEW_DAYS, served_on, calendar).on
        return max(review, law.term_end(law.lawsuit_term_on(served_on), served_on, calendar).on)
    if remedy.kind is Ground.REVIEW:
        return law.term_end(law.LAWSUIT_AFTER_REVIEW_DAYS, remedy.ended_on, calendar).on
    return remedy.ended_on


def last_day_for(kind: Ground, notice: Notice, remedy: Remedy | None, calendar: WorkingCalendar) -> date | None:
    """The last day on which the unit may seek a remedy against a notice; `remedy`: the one before, if any. None while one is pending.

    60 days for a review (行政复议法 20); six months for a lawsuit (行政诉讼法 46), after a review that was lost 15 days (45).
    """
    if notice.served_on is None:
        return None
    if kind is Ground.REVIEW:
        return law.term_end(law.REVIEW_DAYS, notice.served_on, calendar).on
    if remedy is None:
        return law.term_end(law.lawsuit_term_on(notice.served_on), notice.served_on, calendar).on
    return remedies_end(notice, remedy, calendar)


def court_window(notice: Notice, remedy: Remedy | None, calendar: WorkingCalendar) -> CourtWindow | None:
    """The three months in which the court may be applied to; None while a remedy is pending."""
    last = remedies_end(notice, remedy, calendar)
    if last is None:
        return None
    return CourtWindow(last + timedelta(days=1), law.term_end(law.COURT_WINDOW_MONTHS, last, calendar).on)


def counted(case: UnitCase, procedure: Procedure, notice: Notice, context: Context) -> Procedure:
    """The procedure with every day of it counted anew, and when to look at it next."""
    if not procedure.is_live:
        return replace(procedure, deadline_on=None, deadline_is_provisional=False, look_on=None, look_for="")
    calendar = context.calendar
    procedure = _with_last_instalment(case, procedure, calendar)
    window = court_window(notice, procedure.remedy, calendar)
    last_day = notice.last_day_on
    procedure = replace(
        procedure,
        court_from=None if window is None else window.opens_on,
        court_until=None if window is None else window.closes_on,
        fine_until=None
        if last_day is None or procedure.is_of_late_fee
        else law.term_end(law.FINE_YEARS, last_day, calendar).on,
    )
    deadline = _deadline(case, procedure, context)
    procedure = replace(
        procedure,
        deadline_on=None if deadline is None else deadline.on,
        deadline_is_provisional=deadline is not None and deadline.provisional,
    )
    watch = min(_watches(case, procedure, context), key=lambda one: one.on, default=None)
    if watch is None:
        return replace(procedure, look_on=None, look_for="")
    return replace(procedure, look_on=watch.on, look_for=watch.event.value)


def _with_last_instalment(case: UnitCase, procedure: Procedure, calendar: WorkingCalendar) -> Procedure:
    """The procedure with the end of its agreement as the calendars known now give it; one that is over keeps its own."""
    agreement = procedure.agreement
    if agreement is None or not agreement.runs:
        return procedure
    last_on = max(instalment_days(case, procedure, agreement, calendar))
    return (
        procedure if agreement.last_on == last_on else replace(procedure, agreement=replace(agreement, last_on=last_on))
    )


def demand_last_day(procedure: Procedure, calendar: WorkingCalendar) -> CountedDay | None:
    """Last day of the demand's term: as its paper says, counted from service; by its act, past days off, where none is known to."""
    if procedure.perform_days and procedure.demanded_on is not None:
        return calendar.add_working_days(procedure.demanded_on, procedure.perform_days)
    return None if procedure.perform_by is None else calendar.roll_forward(procedure.perform_by)


def _deadline(case: UnitCase, procedure: Procedure, context: Context) -> CountedDay | None:
    """The last day of the stage, where it has one."""
    calendar, stage, since_on = context.calendar, procedure.stage, procedure.since_on
    term = law.STAGE_TERMS.get(stage)
    if stage is Stage.DEFERRED:
        return instalment_day(case, procedure, calendar)
    if stage is Stage.COURT_DEMANDED:
        return None if procedure.court_until is None else CountedDay(procedure.court_until, provisional=False)
    demanded = demand_last_day(procedure, calendar)
    if stage is Stage.DEMANDED and demanded is not None:
        since_on = max(since_on, demanded.on)
    if stage is Stage.COURT_ACCEPTED and procedure.court_heard:
        term = law.COURT_HEARD_RULING_DAYS
    return None if term is None else law.term_end(term, since_on, calendar)


DEADLINE_EVENTS = {
    Stage.COLLECTED: Event.CREDIT_MISSED,
    Stage.COURT_DECLINED: Event.COURT_REVIEW_MISSED,
}
"""What a missed deadline does to a stage, where it does more than being said."""


def _watches(case: UnitCase, procedure: Procedure, context: Context) -> list[Watch]:
    """All that is still to be looked at, and when."""
    found = [
        *_stage_watches(case, procedure, context),
        *_court_watches(procedure, context),
        *_fine_watches(procedure, context),
    ]
    return [watch for watch in found if watch.event not in procedure.said and is_possible(procedure.stage, watch.event)]


def _stage_watches(case: UnitCase, procedure: Procedure, context: Context) -> list[Watch]:
    if procedure.stage is Stage.DEFERRED:
        day = instalment_day(case, procedure, context.calendar)
        return [] if day is None else [Watch(day.on, Event.INSTALMENT_MISSED)]
    suspension = procedure.suspension
    if suspension is not None and suspension.ground is Ground.HARDSHIP:
        return [
            Watch(law.term_end(law.SUSPENSION_YEARS, suspension.since_on, context.calendar).on, Event.SUSPENSION_LAPSED)
        ]
    if procedure.deadline_on is None or procedure.stage is Stage.COURT_DEMANDED:
        return []
    return [Watch(procedure.deadline_on, DEADLINE_EVENTS.get(procedure.stage, Event.DEADLINE_MISSED))]


def _court_watches(procedure: Procedure, context: Context) -> list[Watch]:
    if procedure.court_until is None or procedure.court_closed or procedure.court_ruled:
        return []
    if procedure.standing_stage in AT_COURT:
        return []
    warned = _warning_day(procedure.court_until, context)
    return [Watch(warned, Event.COURT_WINDOW_CLOSING), Watch(procedure.court_until, Event.COURT_WINDOW_MISSED)]


def _fine_watches(procedure: Procedure, context: Context) -> list[Watch]:
    if procedure.fine_until is None or procedure.fine_referred_on is not None:
        return []
    warned = _warning_day(procedure.fine_until, context)
    return [Watch(warned, Event.FINE_CLOSING), Watch(procedure.fine_until, Event.FINE_MISSED)]


def _warning_day(last: date, context: Context) -> date:
    """The day so many working days before a last day, as the office warns."""
    day, left = last, law.WARNING_DAYS.value
    while left:
        day -= timedelta(days=1)
        left -= context.calendar.is_working_day(day)
    return day
