"""Writing units: their rows, the states they are computed from, and the sums, which are kept in step with every row."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Table, bindparam, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.page.store import text_index
from services.page.store.changes import Row, UnitRows
from services.page.store.database import own_insert
from services.page.store.tables_units import AMONG, BREAKDOWNS, COUNTED, unit, unit_share, unit_state, unit_sum

KEYS_A_QUESTION_MAX = 500
FEES = ("late_fee_fen", "owed_fen", "stock_late_fee_fen", "late_fee_passes_principal")
"""What a new day changes of most rows, and nothing else."""
_EVERY = tuple(column.name for column in unit.columns if column.name != "case_key")

Place = tuple[Any, ...]


async def apply_units(connection: AsyncConnection, units: Mapping[str, UnitRows | None]) -> None:
    """Write units as they are now; None: the case is forgotten, or was none of a unit's."""
    before = await known_rows(connection, units)
    await write_rows(connection, before, {key: None if one is None else one.row for key, one in units.items()})
    gone = [{"of_key": key} for key, one in units.items() if one is None]
    if gone:
        await connection.execute(delete(unit_state).where(unit_state.c.case_key == bindparam("of_key")), gone)
    states = [one.state for one in units.values() if one is not None]
    if states:
        statement = own_insert(connection, unit_state)
        new = {column.name: statement.excluded[column.name] for column in unit_state.columns if not column.primary_key}
        statement = statement.on_conflict_do_update(index_elements=[unit_state.c.case_key], set_=new)
        await connection.execute(statement, states)


async def known_rows(connection: AsyncConnection, keys: Iterable[str]) -> dict[str, Row]:
    """The rows that units have now, by key."""
    wanted, found = list(keys), dict[str, Row]()
    for start in range(0, len(wanted), KEYS_A_QUESTION_MAX):
        asked = select(unit).where(unit.c.case_key.in_(wanted[start : start + KEYS_A_QUESTION_MAX]))
        found |= {row["case_key"]: dict(row) for row in (await connection.execute(asked)).mappings()}
    return found


async def write_rows(connection: AsyncConnection, before: Mapping[str, Row], now: Mapping[str, Row | None]) -> None:
    """Write what changed of rows, and of the sums over them."""
    new = [row for key, row in now.items() if row is not None and key not in before]
    gone = [{"of_key": key} for key, row in now.items() if row is None and key in before]
    other = [row for key, row in now.items() if row is not None and key in before and row != before[key]]
    dearer, changed = list[Row](), list[Row]()
    for row in other:
        (dearer if _only_fees_differ(row, before[row["case_key"]]) else changed).append(row)
    if new:
        await connection.execute(unit.insert(), new)
    if gone:
        await connection.execute(delete(unit).where(unit.c.case_key == bindparam("of_key")), gone)
    await _update(connection, dearer, FEES)
    await _update(connection, changed, _EVERY)
    await text_index.learn(connection, before, now)
    await _add_up(
        connection, [before[one["of_key"]] for one in gone] + [before[row["case_key"]] for row in other], new + other
    )


def _only_fees_differ(row: Row, before: Row) -> bool:
    return all(row[name] == before[name] for name in _EVERY if name not in FEES)


async def _update(connection: AsyncConnection, rows: Sequence[Row], columns: Sequence[str]) -> None:
    if not rows:
        return
    values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in columns}
    statement = update(unit).where(unit.c.case_key == bindparam("of_key")).values(values)
    given = [{"of_key": row["case_key"], **{f"new_{name}": row[name] for name in columns}} for row in rows]
    await connection.execute(statement, given)


async def _add_up(connection: AsyncConnection, less: Iterable[Row], more: Iterable[Row]) -> None:
    sums: dict[Place, list[int]] = defaultdict(lambda: [0] * len(COUNTED))
    for sign, rows in ((-1, less), (1, more)):
        for row in rows:
            into = sums[tuple(row[name] for name in BREAKDOWNS)]
            for place, amount in enumerate(_amounts(row)):
                into[place] += sign * amount
    moved = {place: amounts for place, amounts in sums.items() if any(amounts)}
    if moved:
        await _add(connection, unit_sum, moved)
        await _add(connection, unit_share, shares_of(moved))


def shares_of(sums: Mapping[Place, Sequence[int]]) -> dict[Place, list[int]]:
    """Add sums up by what shares are kept of: among all and among those alike in one thing, by each breakdown and district."""
    parts: dict[Place, list[Sequence[int]]] = defaultdict(list)
    for place, amounts in sums.items():
        codes = dict(zip(BREAKDOWNS, place, strict=True))
        for among, code in (("", ""), *((name, codes[name]) for name in AMONG)):
            for breakdown, part in codes.items():
                parts[among, code, breakdown, codes["district"], part].append(amounts)
    added = {place: [sum(column) for column in zip(*found, strict=True)] for place, found in parts.items()}
    return {place: amounts for place, amounts in added.items() if any(amounts)}


async def _add(connection: AsyncConnection, table: Table, moved: Mapping[Place, Sequence[int]]) -> None:
    """Add to the sums of a table; what no unit is left of goes."""
    key = [column.name for column in table.primary_key]
    statement = own_insert(connection, table)
    added = {name: table.c[name] + statement.excluded[name] for name in COUNTED}
    statement = statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=added)
    rows = [dict(zip((*key, *COUNTED), (*place, *amounts), strict=True)) for place, amounts in sorted(moved.items())]
    await connection.execute(statement, rows)
    left: dict[str, Any] = {f"of_{name}": bindparam(f"of_{name}") for name in key}
    fewer = [dict(zip(left, place, strict=True)) for place, amounts in sorted(moved.items()) if amounts[0] < 0]
    if fewer:
        gone = [table.c[name] == value for name, value in zip(key, left.values(), strict=True)]
        await connection.execute(delete(table).where(table.c.units == 0, *gone), fewer)


def _amounts(row: Row) -> tuple[int, ...]:
    """What a row adds to its sums, in the order of `COUNTED`."""
    has_stock, has_new = row["stock_lines"] > 0, row["lines"] > row["stock_lines"]
    return (
        1,
        row["lines"],
        row["principal_fen"],
        row["late_fee_fen"],
        int(has_stock),
        row["stock_lines"],
        row["stock_principal_fen"],
        row["stock_late_fee_fen"],
        int(has_new),
    )
