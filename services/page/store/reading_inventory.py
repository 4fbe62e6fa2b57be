"""清单 by keyset, a unit's row, what is due."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.vocabulary import DISTRICT_NAMES_ZH
from services.arrears.inventory_standing import MEASURE_NAMES_ZH, STAGE_NAMES_ZH
from services.page.store.answers import Access, Page
from services.page.store.answers_arrears import DueItem, InventoryFilter, InventoryRow, InventorySort
from services.page.store.due import DUE_KINDS_ZH
from services.page.store.projection_units import CAPPED_MARK, NO_DEADLINE
from services.page.store.reading_access import cursor_of, cursor_values, rows_within
from services.page.store.reading_units import conditions, is_of_sums, narrowed
from services.page.store.tables_units import due_item, unit, unit_state, unit_sum

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
    falls = descending != order.is_turned
    name = f"{sort}/{'-' if falls else '+'}"
    columns = [unit.c.case_key] if sort is InventorySort.CODE else [order.column, unit.c.case_key]
    where = await narrowed(connection, access, wanted)
    chosen = select(unit.c.case_key, order.column.label("place")).where(*where)
    if after:
        last = cursor_values(after, name, [str] if sort is InventorySort.CODE else [order.kind, str])
        place = tuple_(*columns)
        chosen = chosen.where(place < tuple_(*last) if falls else place > tuple_(*last))
    turned = [column.desc() if falls else column.asc() for column in columns]
    # Chosen by key first: the index of an order holds all that filters look at, and only rows that are shown are read.
    keys = chosen.order_by(*turned).limit(rows + 1).subquery("chosen")
    asked = _rows().add_columns(keys.c.place).join(keys, keys.c.case_key == unit.c.case_key).order_by(*turned)
    found = list(await connection.execute(asked))
    total = await _count(connection, access, wanted, where)
    is_last = len(found) <= rows
    edge = () if is_last else (found[rows - 1].place, found[rows - 1].case_key)[-len(columns) :]
    listed = tuple(inventory_row(one[:-1]) for one in found[:rows])
    return Page(listed, "" if is_last else cursor_of(name, *edge), total)


async def _count(
    connection: AsyncConnection, access: Access, wanted: InventoryFilter, where: list[ColumnElement[bool]]
) -> int:
    """How many units a list has: from the kept sums, where they know."""
    if is_of_sums(wanted):
        asked = select(func.coalesce(func.sum(unit_sum.c.units), 0)).where(*conditions(access, wanted, unit_sum))
    else:
        asked = select(func.count()).select_from(unit).where(*where)
    return int(await connection.scalar(asked) or 0)


def _rows() -> Select[Any]:
    """Rows as `inventory_row` unpacks them."""
    return select(*_SHOWN).outerjoin(unit_state, unit_state.c.case_key == unit.c.case_key)


async def one_row(connection: AsyncConnection, case_key: str) -> InventoryRow | None:
    """A unit's row; None where it owes nothing."""
    found = (await connection.execute(_rows().where(unit.c.case_key == case_key))).first()
    return None if found is None else inventory_row(found)


async def due(connection: AsyncConnection, access: Access, officer: str, on: date, rows: int) -> tuple[DueItem, ...]:
    """What is due, the earliest first."""
    wanted = InventoryFilter(officer=officer)
    asked = (
        select(unit, due_item.c.kind, due_item.c.due_on)
        .join(due_item, and_(due_item.c.service == "arrears", due_item.c.case_key == unit.c.case_key))
        .where(due_item.c.due_on <= on.isoformat(), *conditions(access, wanted))
        .order_by(due_item.c.due_on, unit.c.case_key, due_item.c.kind, due_item.c.ordinal)
        .limit(rows_within(rows))
    )
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
        for one in await connection.execute(asked)
    )


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
    ) = row
    day, oldest = day_of(counted_to), date.fromisoformat(oldest_due_on)
    return InventoryRow(
        unit_code=case_key,
        unit_name=unit_name,
        district=district,
        district_zh=DISTRICTS.get(district, district),
        agency=agency,
        cohort=cohort,
        lines=lines,
        principal_fen=principal_fen,
        late_fee_fen=late_fee_fen,
        stock_principal_fen=stock_principal_fen,
        oldest_due_on=oldest,
        age_days=max((day - oldest).days, 0),
        stage=stage,
        stage_zh=STAGE_NAMES_ZH.get(stage, stage),
        measure=measure,
        measure_zh=MEASURE_NAMES_ZH.get(measure, measure),
        officer=officer,
        deadline_on=None if deadline_on == NO_DEADLINE else date.fromisoformat(deadline_on),
        escalations=escalations,
        is_provisional=is_provisional,
        late_fee_passes_principal=late_fee_passes_principal,
        counted_to=day,
    )


def day_of(mark: str) -> date:
    """The legal date to which a row is counted."""
    return date.fromisoformat(mark.removesuffix(CAPPED_MARK))
