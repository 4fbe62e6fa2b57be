"""清单 by keyset, a unit's row, what is due."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Integer, Select, bindparam, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.vocabulary import DISTRICT_NAMES_ZH
from services.arrears.inventory_standing import MEASURE_NAMES_ZH, STAGE_NAMES_ZH
from services.page.store.answers import Access, Page
from services.page.store.answers_arrears import DueItem, InventoryFilter, InventoryRow, InventorySort
from services.page.store.due import DUE_KINDS_ZH
from services.page.store.projection_units import CAPPED_MARK, NO_DEADLINE
from services.page.store.reading_access import cursor_of, cursor_values, rows_within
from services.page.store.reading_units import (
    STATEMENTS_MAX,
    Asked,
    asked_of,
    conditions,
    is_of_shares,
    is_of_sums,
    narrowed,
    share_conditions,
)
from services.page.store.tables_units import due_item, unit, unit_share, unit_state, unit_sum

ROWS, PLACE, KEY, DAY = "rows", "place", "key", "day"
"""How many rows a page asks for, where the page before ended, and up to which day."""
DISTRICTS = {one.value: name for one, name in DISTRICT_NAMES_ZH.items()}


class _Order(NamedTuple):
    column: ColumnElement[Any]
    kind: type
    is_turned: bool = False
    """Ascending where descending was asked for: the older the due date, the greater the age."""


_ORDERS: Mapping[InventorySort, _Order] = {
    InventorySort.PRINCIPAL: _Order(unit.c.principal_fen, int),
    InventorySort.LATE_FEE: _Order(unit.c.late_fee_fen, int),
    InventorySort.OWED: _Order(unit.c.owed_fen, int),
    InventorySort.AGE: _Order(unit.c.oldest_due_on, str, is_turned=True),
    InventorySort.DEADLINE: _Order(unit.c.deadline_on, str),
    InventorySort.LINES: _Order(unit.c.lines, int),
    InventorySort.NAME: _Order(unit.c.unit_name, str),
    InventorySort.CODE: _Order(unit.c.case_key, str),
}


_SHOWN = (
    unit.c.case_key,
    unit.c.unit_name,
    unit.c.district,
    unit.c.agency,
    unit.c.cohort,
    unit.c.lines,
    unit.c.principal_fen,
    unit.c.late_fee_fen,
    unit.c.stock_principal_fen,
    unit.c.oldest_due_on,
    unit.c.stage,
    unit.c.measure,
    unit.c.officer,
    unit.c.deadline_on,
    unit.c.escalations,
    unit.c.is_provisional,
    unit.c.late_fee_passes_principal,
    unit_state.c.counted_to,
)
"""What a row for people is made of, in the order in which it is unpacked."""


async def inventory(
    connection: AsyncConnection,
    access: Access,
    wanted: InventoryFilter,
    sort: InventorySort,
    *,
    descending: bool,
    rows: int,
    after: str,
) -> Page[InventoryRow]:
    """清单."""
    order, rows = _ORDERS[sort], rows_within(rows)
    falls, is_by_code = descending != order.is_turned, sort is InventorySort.CODE
    name = f"{sort}/{'-' if falls else '+'}"
    asked = await narrowed(connection, asked_of(access, wanted))
    values = {**asked.values, ROWS: rows + 1}
    if after:
        last = cursor_values(after, name, [str] if is_by_code else [order.kind, str])
        values |= {PLACE: last[0], KEY: last[-1]}
    statement = _list(asked.shape, sort, falls=falls, goes_on=bool(after))
    found = (await connection.execute(statement, values)).all()
    total = found[0].total if found else await _count(connection, asked) if after else 0
    is_last = len(found) <= rows
    edge = () if is_last else (found[rows - 1].place, found[rows - 1].case_key)[int(is_by_code) :]
    listed = tuple(inventory_row(one) for one in found[:rows])
    return Page(listed, "" if is_last else cursor_of(name, *edge), int(total))


@lru_cache(STATEMENTS_MAX)
def _list(shape: tuple[str, ...], sort: InventorySort, *, falls: bool, goes_on: bool) -> Select[Any]:
    """The question for a page, with how many units the whole list has."""
    column = _ORDERS[sort].column
    columns = [unit.c.case_key] if sort is InventorySort.CODE else [column, unit.c.case_key]
    chosen = select(unit.c.case_key, column.label("place")).where(*conditions(shape))
    if goes_on:
        names = (PLACE, KEY)[-len(columns) :]
        last = tuple_(*(bindparam(name, type_=one.type) for name, one in zip(names, columns, strict=True)))
        place = tuple_(*columns)
        chosen = chosen.where(place < last if falls else place > last)
    turned = [one.desc() if falls else one.asc() for one in columns]
    # Chosen by key first: the index of an order holds all that filters look at, and only rows that are shown are read.
    keys = chosen.order_by(*turned).limit(bindparam(ROWS, type_=Integer)).subquery("chosen")
    shown = _rows().add_columns(keys.c.place, _counted(shape).scalar_subquery().label("total"))
    return shown.join(keys, keys.c.case_key == unit.c.case_key).order_by(*turned)


async def _count(connection: AsyncConnection, asked: Asked) -> int:
    """How many units a list has of which nothing is left behind the page before."""
    return await connection.scalar(_counted(asked.shape), asked.values) or 0


def _counted(shape: tuple[str, ...]) -> Select[Any]:
    """The question for how many units there are: from the kept sums, where they know."""
    if is_of_shares(shape):
        by_cohort = unit_share.c.breakdown == "cohort"
        return select(func.coalesce(func.sum(unit_share.c.units), 0)).where(by_cohort, *share_conditions(shape))
    if is_of_sums(shape):
        return select(func.coalesce(func.sum(unit_sum.c.units), 0)).where(*conditions(shape, unit_sum))
    others = unit.alias("counted")
    return select(func.count()).select_from(others).where(*conditions(shape, others))


def _rows() -> Select[Any]:
    """Rows as `inventory_row` unpacks them."""
    return select(*_SHOWN).outerjoin(unit_state, unit_state.c.case_key == unit.c.case_key)


async def one_row(connection: AsyncConnection, case_key: str) -> InventoryRow | None:
    """A unit's row; None where it owes nothing."""
    found = (await connection.execute(_rows().where(unit.c.case_key == case_key))).first()
    return None if found is None else inventory_row(found)


async def due(connection: AsyncConnection, access: Access, officer: str, on: date, rows: int) -> tuple[DueItem, ...]:
    """What is due, the earliest first."""
    asked = asked_of(access, InventoryFilter(officer=officer))
    values = {**asked.values, DAY: on.isoformat(), ROWS: rows_within(rows)}
    return tuple(
        DueItem(
            one.case_key,
            one.unit_name,
            one.district,
            one.officer,
            one.kind,
            DUE_KINDS_ZH.get(one.kind, one.kind),
            date.fromisoformat(one.due_on),
            one.due_on < on.isoformat(),
            one.principal_fen,
            one.late_fee_fen,
            STAGE_NAMES_ZH.get(one.stage, one.stage),
        )
        for one in await connection.execute(_due(asked.shape), values)
    )


@lru_cache(STATEMENTS_MAX)
def _due(shape: tuple[str, ...]) -> Select[Any]:
    item = due_item.c
    asked = select(unit, item.kind, item.due_on).join(due_item, item.case_key == unit.c.case_key)
    asked = asked.where(item.service == "arrears", item.due_on <= bindparam(DAY), *conditions(shape, due_item))
    return asked.order_by(item.due_on, item.case_key, item.kind, item.ordinal).limit(bindparam(ROWS, type_=Integer))


def inventory_row(row: Sequence[Any]) -> InventoryRow:
    """A row for people; it is unpacked at once, since every name looked up in a row costs as much as all of that."""
    (
        case_key,
        unit_name,
        district,
        agency,
        cohort,
        lines,
        principal_fen,
        late_fee_fen,
        stock_principal_fen,
        oldest_due_on,
        stage,
        measure,
        officer,
        deadline_on,
        escalations,
        is_provisional,
        late_fee_passes_principal,
        counted_to,
        *_,
    ) = row
    day, oldest = day_of(counted_to), date.fromisoformat(oldest_due_on)
    # By place: by name it takes five times as long.
    return InventoryRow(
        case_key,
        unit_name,
        district,
        DISTRICTS.get(district, district),
        agency,
        cohort,
        lines,
        principal_fen,
        late_fee_fen,
        stock_principal_fen,
        oldest,
        max((day - oldest).days, 0),
        stage,
        STAGE_NAMES_ZH.get(stage, stage),
        measure,
        MEASURE_NAMES_ZH.get(measure, measure),
        officer,
        None if deadline_on == NO_DEADLINE else date.fromisoformat(deadline_on),
        escalations,
        is_provisional,
        late_fee_passes_principal,
        day,
    )


def day_of(mark: str) -> date:
    """The legal date to which a row is counted."""
    return date.fromisoformat(mark.removesuffix(CAPPED_MARK))
