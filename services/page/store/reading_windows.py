"""From which rows an indicator is read: window by window, or where steps are whole hours, from what each hour comes to."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from services.page.store.answers import Access
from services.page.store.answers_indicators import STEPS_MAX, IndicatorFilter
from services.page.store.changes import micros_of
from services.page.store.masking import storable
from services.page.store.projection_hours import HOUR, HOUR_MICROS
from services.page.store.reading_ops import in_sight
from services.page.store.tables import indicator
from services.page.store.tables_hours import indicator_hour, indicator_open

OPEN_HOURS_MAX = 50
"""Beyond so many hours that are not put together yet, all is read window by window."""
Scope = tuple[str, str, str]
"""Service, district, kind."""
_COLUMNS = ("service", "district", "kind", "values")


@dataclass(slots=True)
class Together:
    """What windows come to: of each scope in all steps, by step and part, of all that was asked for; and by step, how many were said again."""

    scopes: dict[Scope, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    steps: dict[int, dict[str, dict[str, int]]] = field(default_factory=lambda: defaultdict(dict))
    whole: dict[str, int] = field(default_factory=dict)
    corrected: dict[int, int] = field(default_factory=dict)


async def windows_of(connection: AsyncConnection, access: Access, wanted: IndicatorFilter) -> Subquery:
    """The rows of what is counted, whatever narrows its scope, as `single_windows` has them; of closed hours one row for all windows of a series."""
    hours = await open_hours(connection, wanted)
    if hours is None:
        return single_windows(access, wanted)
    if not hours:
        return _closed(access, wanted).subquery("windows")
    closed = _closed(access, wanted).where(indicator_hour.c.hour_starts_at.not_in(hours))
    still_open = _single(access, wanted).where(_begins_in(indicator.c.window_starts_at, hours))
    return union_all(closed, still_open).subquery("windows")


async def open_hours(connection: AsyncConnection, wanted: IndicatorFilter) -> list[int] | None:
    """Hours asked for that are to be read window by window; None: all."""
    if not is_of_hours(wanted):
        return None
    hour = indicator_open.c.hour_starts_at
    asked = select(hour).where(indicator_open.c.indicator == storable(wanted.indicator), *_between(hour, wanted))
    hours = list(await connection.scalars(asked.order_by(hour).limit(OPEN_HOURS_MAX + 1)))
    return hours if len(hours) <= OPEN_HOURS_MAX else None


async def closed_hours(
    connection: AsyncConnection, access: Access, wanted: IndicatorFilter, hours: Sequence[int]
) -> list[Any]:
    """Rows of the hours asked for, without those named: `starts_at`, scope, `values`, `corrected`."""
    asked = _closed(access, wanted)
    if hours:
        asked = asked.where(indicator_hour.c.hour_starts_at.not_in(hours))
    return list(await connection.execute(asked))


def is_of_hours(wanted: IndicatorFilter) -> bool:
    """Whether each step is made of whole hours."""
    return not wanted.step % HOUR and not micros_of(wanted.begins_at) % HOUR_MICROS


def single_windows(access: Access, wanted: IndicatorFilter, *where: ColumnElement[bool]) -> Subquery:
    """Window by window: `starts_at`, scope, `values`, and `corrected`, how many windows were said again."""
    return _single(access, wanted).where(*where).subquery("windows")


def _single(access: Access, wanted: IndicatorFilter) -> Select[Any]:
    corrected = case((indicator.c.revision > 1, 1), else_=0)
    return _rows(access, wanted, indicator, indicator.c.window_starts_at, corrected)


def _closed(access: Access, wanted: IndicatorFilter) -> Select[Any]:
    return _rows(access, wanted, indicator_hour, indicator_hour.c.hour_starts_at, indicator_hour.c.corrected)


def _rows(
    access: Access, wanted: IndicatorFilter, table: Any, start: ColumnElement[int], corrected: ColumnElement[int]
) -> Select[Any]:
    columns = [start.label("starts_at"), *(table.c[name] for name in _COLUMNS), corrected.label("corrected")]
    return select(*columns).where(
        table.c.indicator == storable(wanted.indicator), *_between(start, wanted), in_sight(access, table.c.district)
    )


def _between(start: ColumnElement[int], wanted: IndicatorFilter) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    ends_at = wanted.begins_at + wanted.step * min(wanted.steps, STEPS_MAX)
    return start >= micros_of(wanted.begins_at), start < micros_of(ends_at)


def _begins_in(start: ColumnElement[int], hours: Sequence[int]) -> ColumnElement[bool]:
    return or_(*(and_(start >= hour, start < hour + HOUR_MICROS) for hour in hours))
