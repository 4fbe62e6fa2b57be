"""Writing the changes of a batch: all tables and the positions, inside the transaction of whoever calls."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import Table, bindparam, delete
from sqlalchemy.ext.asyncio import AsyncConnection

from services.page.store import tables, tables_units
from services.page.store.applying_hours import note_open_hours
from services.page.store.applying_units import apply_units
from services.page.store.changes import CaseName, CaseRows, Changes, Row
from services.page.store.database import own_insert
from services.page.store.projection_cases import CASE_TABLES

ROWS_A_STATEMENT_MAX = 5_000


async def apply(connection: AsyncConnection, changes: Changes) -> None:
    """Write everything that a batch changes."""
    for table, rows in changes.inserted.items():
        await insert(connection, table, rows)
    for table, by_key in changes.put.items():
        await _put(connection, table, by_key)
    await note_open_hours(connection, changes.put.get(tables.indicator, {}).values())
    await _apply_cases(connection, changes.cases)
    if changes.districts:
        rows = [{"case_key": key, "district": district} for key, district in sorted(changes.districts)]
        await connection.execute(own_insert(connection, tables.case_district).on_conflict_do_nothing(), rows)
    await _add_counts(connection, changes)
    await _put_positions(connection, changes)


async def insert(connection: AsyncConnection, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows that are new; one that is there already is an error, since nothing is read twice."""
    for part in _parts(rows):
        await connection.execute(table.insert(), part)


async def upsert(connection: AsyncConnection, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows, or let them take the place of those of the same key."""
    statement = own_insert(connection, table)
    new = {column.name: statement.excluded[column.name] for column in table.columns if not column.primary_key}
    where = statement.excluded.revision >= table.c.revision if table in tables.REVISED else None
    statement = statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=new, where=where)
    for part in _parts(rows):
        await connection.execute(statement, part)


async def remove(
    connection: AsyncConnection, table: Table, columns: Sequence[str], keys: Iterable[Sequence[Any]]
) -> None:
    """Delete the rows that have these values in these columns."""
    names = {column: f"of_{column}" for column in columns}
    statement = delete(table).where(*(table.c[column] == bindparam(name) for column, name in names.items()))
    for part in _parts([dict(zip(names.values(), key, strict=True)) for key in keys]):
        await connection.execute(statement, part)


async def _put(connection: AsyncConnection, table: Table, by_key: dict[tuple[Any, ...], Row | None]) -> None:
    gone = [key for key, row in by_key.items() if row is None]
    if gone:
        await remove(connection, table, [column.name for column in table.primary_key], gone)
    here = [row for row in by_key.values() if row is not None]
    if here:
        await upsert(connection, table, here)


async def _apply_cases(connection: AsyncConnection, cases: dict[CaseName, CaseRows | None]) -> None:
    by_service: dict[str, list[str]] = defaultdict(list)
    for service, case_key in cases:
        by_service[service].append(case_key)
    for service, keys in by_service.items():
        held: Collection[Table] = CASE_TABLES.get(service, ())
        for table in (tables.timer, *held, *((tables_units.due_item,) if service == "arrears" else ())):
            await remove(connection, table, ("service", "case_key"), [(service, key) for key in keys])
            rows = [row for key in keys if (case := cases[service, key]) for row in case.rows.get(table, ())]
            await insert(connection, table, rows)
    units = {
        key: case.unit if case is not None else None for (service, key), case in cases.items() if service == "arrears"
    }
    if units:
        await apply_units(connection, units)


async def _add_counts(connection: AsyncConnection, changes: Changes) -> None:
    if not changes.counted:
        return
    statement = own_insert(connection, tables.minute)
    more = {"records": tables.minute.c.records + statement.excluded.records}
    statement = statement.on_conflict_do_update(index_elements=list(tables.minute.primary_key), set_=more)
    rows = [{**key._asdict(), "records": records} for key, records in changes.counted.items()]
    await connection.execute(statement, rows)


async def _put_positions(connection: AsyncConnection, changes: Changes) -> None:
    if not changes.positions:
        return
    rows = [
        {"topic": topic, "partition": partition, "next_offset": next_offset, "append_time": append_time}
        for (topic, partition), (next_offset, append_time) in changes.positions.items()
    ]
    await upsert(connection, tables.position, rows)


def _parts(rows: Sequence[Row]) -> Iterator[list[Row]]:
    left = iter(rows)
    while part := list(islice(left, ROWS_A_STATEMENT_MAX)):
        yield part
