"""The day changes: late fees of every unit are counted to it, by the law code of the inventory, some units a transaction."""

from datetime import date
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.page.store.applying_units import known_rows, write_rows
from services.page.store.projection_units import day_mark, turned_row
from services.page.store.tables_units import unit_state


async def turn(connection: AsyncConnection, day: date, *, is_capped: bool, rows_max: int) -> int:
    """Count some of the units that stand at another day; gives how many were looked at. Which are done stands in their rows."""
    mark = day_mark(day, is_capped=is_capped)
    asked = (
        select(unit_state.c.case_key, unit_state.c.state)
        .where((unit_state.c.counted_to < mark) | (unit_state.c.counted_to > mark))
        .limit(rows_max)
    )
    found: list[Any] = list(await connection.execute(asked))
    if not found:
        return 0
    now = {key: turned_row(key, state, day, is_capped=is_capped) for key, state in found}
    await write_rows(connection, await known_rows(connection, now), now)
    stands = update(unit_state).where(unit_state.c.case_key == bindparam("of_key")).values(counted_to=mark)
    await connection.execute(stands, [{"of_key": key} for key in now])
    return len(found)
