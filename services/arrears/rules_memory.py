"""A case in less memory: equal days of it are one object.

A hundred thousand cases hold four million days, of a few hundred different ones. What reads a stored case makes each of
them anew, 32 bytes a time: a fifth of what a case weighs.
"""

from datetime import date
from functools import lru_cache

from msgspec.structs import replace

from services.arrears.rules_state import Line, Record, UnitCase

REMEMBERED_DAYS_MAX = 4_096
"""Eleven years of days: what open cases speak of. A day that was forgotten is kept once more, no worse than before."""


@lru_cache(maxsize=REMEMBERED_DAYS_MAX)
def one_day(day: date) -> date:
    """Give the one object that stands for a day: the first of its equals that was asked for."""
    return day


def compacted(case: UnitCase) -> UnitCase:
    """Give an equal case that shares the days of its lines, and of their records, with all other cases."""
    if not case.lines:
        return case
    return replace(case, lines={key: _compacted_line(line) for key, line in case.lines.items()})


def _compacted_line(line: Line) -> Line:
    return replace(
        line,
        records=tuple([_compacted_record(record) for record in line.records]),
        due_on=_one(line.due_on),
        fee_through=_one(line.fee_through),
        found_on=_one(line.found_on),
    )


def _compacted_record(record: Record) -> Record:
    return replace(record, on=one_day(record.on), occurred_on=one_day(record.occurred_on))


def _one(day: date | None) -> date | None:
    return None if day is None else one_day(day)
