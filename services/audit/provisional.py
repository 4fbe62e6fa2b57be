"""Which deadlines of a decision were provisional (暂定): counted into a year whose calendar its service did not know then.

No record says so: it follows from the log, which has what was decided, and when each year's calendar came to the services.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime

from schemas.decision_records import DecisionEntry
from schemas.fact import Fact
from schemas.mesh import CalendarPublished
from services.audit.words import local_time
from services.runtime.entries import REFERENCE

KEPT = "reference-kept"
"""What a task decides of a calendar that it takes in."""

COUNTED_DAYS: Mapping[str, tuple[str, ...]] = {
    "case-assigned": ("deadline_on",),
    "case-escalated": ("deadline_on",),
    "payment-notice-changed": ("deadline_on", "extended_until"),
    "compliance-gap-found": ("notice_due_on",),
    "enforcement-changed": ("deadline_on", "court_until", "fine_until"),
    "appraisal-accepted": ("conclusion_due_on",),
    "appraisal-corrections-requested": ("tell_by", "bring_by"),
    "appraisal-extended": ("extended_due_on",),
    "panel-scheduled": ("sitting_on", "conclusion_due_on"),
}
"""Dates that a service counted out by working days, or moved past days off, by the topic of the fact that says them. A date that
upstream, a court or the desk fixed is not provisional, whatever its year.
"""
COUNTED_VALUES = frozenset({"bring_by", "tell_by", "decide_by", "due_on", "conclusion_due_on", "extended_due_on"})
"""The same, among the values of reasons."""
FLAGS = {"deadline_on": "deadline_is_provisional", "sitting_on": "provisional"}
"""Where a fact says itself whether its date is provisional: one that is not was fixed otherwise, as by the desk."""

Calendars = Mapping[int, datetime]
"""Since when the services know each year's calendar."""


def calendars_met(entries: Iterable[DecisionEntry]) -> dict[int, datetime]:
    """Give the earliest instant at which a task took in each year's calendar; other entries are passed over."""
    found: dict[int, datetime] = {}
    for entry in entries:
        if entry.kind == REFERENCE and entry.topic == CalendarPublished.topic and entry.code == KEPT:
            year = int(entry.case_key)
            found[year] = min(found.get(year, entry.now), entry.now)
    return found


def provisional_days(entry: DecisionEntry, said: Iterable[Fact], calendars: Calendars) -> list[date]:
    """Give the days that a decision counted into years unknown when it was taken, in their order. `said`: what it said."""
    firm, counted = set[date](), set[date]()
    for fact in said:
        for name in COUNTED_DAYS.get(fact.topic, ()):
            day = getattr(fact, name)
            if day is not None:
                (counted if getattr(fact, FLAGS.get(name, ""), True) else firm).add(day)
    counted |= set(_days(entry.values))
    unknown = {day for day in counted - firm if day.year not in calendars or calendars[day.year] > entry.now}
    return sorted(unknown)


def provisional_text(days: Iterable[date], calendars: Calendars) -> str:
    """Say in Chinese which days were provisional and why, and since when their calendar is known, if it is; "" for no days."""
    days = list(days)
    if not days:
        return ""
    years = sorted({day.year for day in days})
    named = "、".join(f"{year}年" for year in years)
    text = f"暂定：{'、'.join(day.isoformat() for day in days)}（{named}放假安排其时尚未公布，按周末和法律固定日期的放假日计算，公布后重新计算"
    known = [f"{year}年放假安排已于 {local_time(calendars[year])} 公布" for year in years if year in calendars]
    if known:
        text += f"；{'、'.join(known)}，此后的决定按公布的安排计算"
    return f"{text}）"


def _days(values: Mapping[str, str]) -> Iterator[date]:
    for name in sorted(COUNTED_VALUES & values.keys()):
        try:
            yield date.fromisoformat(values[name])
        except ValueError:
            continue  # a reason may give a value of that name that is no day
