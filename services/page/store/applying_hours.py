"""Hours of indicators: which are to be put together, and putting them together, inside the transaction of whoever calls."""

from collections.abc import Iterable

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.page.store.changes import Row
from services.page.store.database import own_insert
from services.page.store.projection_hours import HOUR_MICROS, Window, hour_of, hour_rows
from services.page.store.tables import indicator
from services.page.store.tables_hours import indicator_hour, indicator_open


async def note_open_hours(connection: AsyncConnection, windows: Iterable[Row | None]) -> None:
    """Note the hours of windows that were written: what was made of these hours holds no more."""
    hours = {(row["indicator"], hour_of(row["window_starts_at"])) for row in windows if row is not None}
    if hours:
        rows = [{"indicator": name, "hour_starts_at": hour} for name, hour in sorted(hours)]
        await connection.execute(own_insert(connection, indicator_open).on_conflict_do_nothing(), rows)


async def close_hours(connection: AsyncConnection, hours_max: int) -> int:
    """Put some open hours together, the latest first, as these are looked at; gives how many these were."""
    order = (indicator_open.c.hour_starts_at.desc(), indicator_open.c.indicator)
    opened = list(await connection.execute(select(indicator_open).order_by(*order).limit(hours_max)))
    for one in opened:
        await _close(connection, one.indicator, one.hour_starts_at)
    return len(opened)


async def _close(connection: AsyncConnection, name: str, hour: int) -> None:
    rows = hour_rows(await windows_within(connection, name, hour))
    for table in (indicator_hour, indicator_open):
        await connection.execute(delete(table).where(table.c.indicator == name, table.c.hour_starts_at == hour))
    if rows:
        await connection.execute(indicator_hour.insert(), rows)


async def windows_within(connection: AsyncConnection, name: str, hour: int) -> list[Window]:
    """The windows of an indicator that begin in an hour."""
    start = indicator.c.window_starts_at
    asked = select(*(indicator.c[column] for column in Window._fields))
    asked = asked.where(indicator.c.indicator == name, start >= hour, start < hour + HOUR_MICROS)
    return [Window(*row) for row in await connection.execute(asked)]
