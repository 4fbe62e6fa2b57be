"""The inventory as the page asks for it: 底数 and 结构 from the sums, 清单 by keyset, what is due."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, and_, case, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.vocabulary import DISTRICT_NAMES_ZH
from services.arrears.inventory import NOBODY_ZH
from services.arrears.inventory_bands import AGE_BANDS, AMOUNT_BANDS, COHORT_NAMES_ZH
from services.arrears.inventory_standing import MEASURE_NAMES_ZH, STAGE_NAMES_ZH
from services.page.store.answers import Access, Page
from services.page.store.answers_arrears import (
    Amounts,
    DueItem,
    InventoryFilter,
    InventoryRow,
    InventorySort,
    Share,
    Structure,
    Totals,
)
from services.page.store.applying_units import ALIKE, COUNTED
from services.page.store.due import DUE_KINDS_ZH
from services.page.store.masking import storable
from services.page.store.projection_units import CAPPED_MARK, NO_DEADLINE
from services.page.store.reading_access import cursor_of, cursor_values, held_to, rows_within
from services.page.store.tables_units import due_item, unit, unit_state, unit_sum

NOBODY = "-"
"""Asks for units that nobody answers for."""
TEXT_CHARACTERS_MAX = 100
FEW_MAX = 2_000
"""So many units are named one by one in a question."""

_DISTRICTS = {one.value: name for one, name in DISTRICT_NAMES_ZH.items()}


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


async def totals(connection: AsyncConnection, access: Access, wanted: InventoryFilter) -> Totals:
    """底数."""
    sums = [await _summed(connection, access, wanted)]
    # Two questions: of one that asks for both ends SQLite makes a look at the whole index.
    ends = [select(find(unit_state.c.counted_to)).scalar_subquery() for find in (func.min, func.max)]
    marks = select(*ends)
    first, last = (await connection.execute(marks)).one()
    held = select(func.count(), func.coalesce(func.sum(unit_state.c.held_records), 0)).where(unit_state.c.is_held)
    units, records = (await connection.execute(held)).one() if access.is_whole else (0, 0)
    return Totals(
        counted_to=None if first is None else _day_of(first),
        is_turning=first != last,
        total=_total(sums),
        stock=_stock(sums),
        new=_new(sums),
        held_units=units,
        held_records=int(records),
    )


async def structure(connection: AsyncConnection, access: Access, wanted: InventoryFilter) -> Structure:
    """结构."""
    sums = await _sums(connection, access, wanted)
    officers = sorted({one.officer for one in sums}, key=lambda name: (not name, name))
    return Structure(
        by_cohort=(
            Share("stock", COHORT_NAMES_ZH["stock"], _stock(sums)),  # type: ignore[index]  # a StrEnum is its value
            Share("new", COHORT_NAMES_ZH["new"], _new(sums)),  # type: ignore[index]  # as above
        ),
        by_district=_shares(sums, "district", _DISTRICTS),
        by_amount=_shares(sums, "amount_band", {band.name: band.name_zh for band in AMOUNT_BANDS}),
        by_age=_shares(sums, "age_band", {band.name: band.name_zh for band in AGE_BANDS}),
        by_stage=_shares(sums, "stage", STAGE_NAMES_ZH, only_seen=True),
        by_measure=_shares(sums, "measure", MEASURE_NAMES_ZH, only_seen=True),
        by_officer=_shares(sums, "officer", {name: name or NOBODY_ZH for name in officers}, only_seen=True),
    )


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
    place: Any = order.column if sort is InventorySort.CODE else tuple_(order.column, unit.c.case_key)
    name = f"{sort}/{'-' if falls else '+'}"
    conditions = await _narrowed(connection, access, wanted)
    asked = select(unit, unit_state.c.counted_to).outerjoin(unit_state, unit_state.c.case_key == unit.c.case_key)
    asked = asked.where(*conditions)
    if after:
        values = cursor_values(after, name, [str] if sort is InventorySort.CODE else [order.kind, str])
        last: Any = values[0] if sort is InventorySort.CODE else tuple_(*values)
        asked = asked.where(place < last if falls else place > last)
    columns = [unit.c.case_key] if sort is InventorySort.CODE else [order.column, unit.c.case_key]
    asked = asked.order_by(*(column.desc() if falls else column.asc() for column in columns)).limit(rows + 1)
    found = list(await connection.execute(asked))
    total = await _count(connection, access, wanted, conditions)
    is_last = len(found) <= rows
    edge = [] if is_last else [getattr(found[rows - 1], column.name) for column in columns]
    listed = tuple(inventory_row(one) for one in found[:rows])
    return Page(listed, "" if is_last else cursor_of(name, *edge), total)


async def _narrowed(connection: AsyncConnection, access: Access, wanted: InventoryFilter) -> list[ColumnElement[bool]]:
    """The conditions of a list. Where a text fits few units they are named: else all of an order would be looked through for them."""
    conditions = _conditions(access, wanted)
    if not wanted.text:
        return conditions
    keys = list(await connection.scalars(select(unit.c.case_key).where(_fits(wanted.text, unit)).limit(FEW_MAX + 1)))
    if len(keys) > FEW_MAX:
        return conditions
    others = _conditions(access, replace(wanted, text=""))
    return [*others, unit.c.case_key.in_(keys)]


async def _count(
    connection: AsyncConnection, access: Access, wanted: InventoryFilter, conditions: list[ColumnElement[bool]]
) -> int:
    """How many units a list has: from the kept sums, where they know."""
    if _is_of_sums(wanted):
        asked = select(func.coalesce(func.sum(unit_sum.c.units), 0)).where(*_conditions(access, wanted, unit_sum))
    else:
        asked = select(func.count()).select_from(unit).where(*conditions)
    return int(await connection.scalar(asked) or 0)


def _is_of_sums(wanted: InventoryFilter) -> bool:
    """Whether the kept sums can tell: they know no single unit."""
    return not wanted.text and wanted.overdue_on is None


async def one_row(connection: AsyncConnection, case_key: str) -> InventoryRow | None:
    """A unit's row; None where it owes nothing."""
    asked = select(unit, unit_state.c.counted_to).outerjoin(unit_state, unit_state.c.case_key == unit.c.case_key)
    found = (await connection.execute(asked.where(unit.c.case_key == case_key))).first()
    return None if found is None else inventory_row(found)


async def due(connection: AsyncConnection, access: Access, officer: str, on: date, rows: int) -> tuple[DueItem, ...]:
    """What is due, the earliest first."""
    wanted = InventoryFilter(officer=officer)
    asked = (
        select(unit, due_item.c.kind, due_item.c.due_on)
        .join(due_item, and_(due_item.c.service == "arrears", due_item.c.case_key == unit.c.case_key))
        .where(due_item.c.due_on <= on.isoformat(), *_conditions(access, wanted))
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


def inventory_row(row: Row[Any]) -> InventoryRow:
    """A row for people."""
    counted_to = _day_of(row.counted_to)
    oldest_due_on = date.fromisoformat(row.oldest_due_on)
    return InventoryRow(
        unit_code=row.case_key,
        unit_name=row.unit_name,
        district=row.district,
        district_zh=_DISTRICTS.get(row.district, row.district),
        agency=row.agency,
        cohort=row.cohort,
        lines=row.lines,
        principal_fen=row.principal_fen,
        late_fee_fen=row.late_fee_fen,
        stock_principal_fen=row.stock_principal_fen,
        oldest_due_on=oldest_due_on,
        age_days=max((counted_to - oldest_due_on).days, 0),
        stage=row.stage,
        stage_zh=STAGE_NAMES_ZH.get(row.stage, row.stage),
        measure=row.measure,
        measure_zh=MEASURE_NAMES_ZH.get(row.measure, row.measure),
        officer=row.officer,
        deadline_on=None if row.deadline_on == NO_DEADLINE else date.fromisoformat(row.deadline_on),
        escalations=row.escalations,
        is_provisional=row.is_provisional,
        late_fee_passes_principal=row.late_fee_passes_principal,
        counted_to=counted_to,
    )


def _day_of(mark: str) -> date:
    return date.fromisoformat(mark.removesuffix(CAPPED_MARK))


def _conditions(access: Access, wanted: InventoryFilter, table: Any = unit) -> list[ColumnElement[bool]]:
    found = [held_to(access, wanted.districts, table.c.district)]
    alike = {
        "cohort": wanted.cohort,
        "amount_band": wanted.amount,
        "age_band": wanted.age,
        "stage": wanted.stage,
        "measure": wanted.measure,
    }
    found += [table.c[column] == storable(value) for column, value in alike.items() if value]
    if wanted.officer:
        found.append(table.c.officer == ("" if wanted.officer == NOBODY else storable(wanted.officer)))
    if wanted.overdue_on is not None:
        found.append(table.c.deadline_on < wanted.overdue_on.isoformat())
    if wanted.text:
        found.append(_fits(wanted.text, table))
    return found


def _fits(text: str, table: Any) -> ColumnElement[bool]:
    """Whether a text is part of a unit's name or code; Latin letters in either case, which is looked at only where it has some."""
    part = storable("".join(sign.lower() if sign.isascii() else sign for sign in text[:TEXT_CHARACTERS_MAX]))
    has_letters = any(sign.isascii() and sign.isalpha() for sign in part)
    columns = [table.c.unit_name] + ([table.c.case_key] if part.isascii() else [])
    shown = [func.lower(column) if has_letters else column for column in columns]
    return or_(*(column.contains(part, autoescape=True) for column in shown))


async def _sums(connection: AsyncConnection, access: Access, wanted: InventoryFilter) -> Sequence[Row[Any]]:
    """Sums of what is wanted: those that are kept, or where single units are asked for, added up anew."""
    if _is_of_sums(wanted):
        return (await connection.execute(select(unit_sum).where(*_conditions(access, wanted, unit_sum)))).all()
    alike = [unit.c[name] for name in ALIKE]
    asked = select(*alike, *_counted()).where(*_conditions(access, wanted)).group_by(*alike)
    return (await connection.execute(asked)).all()


def _counted() -> list[ColumnElement[Any]]:
    """What the sums hold, added up from single units."""
    has_stock, has_new = unit.c.stock_lines > 0, unit.c.lines > unit.c.stock_lines
    counted: dict[str, Any] = {
        "units": func.count(),
        "stock_units": func.coalesce(func.sum(case((has_stock, 1), else_=0)), 0),
        "new_units": func.coalesce(func.sum(case((has_new, 1), else_=0)), 0),
    }
    counted |= {name: func.coalesce(func.sum(unit.c[name]), 0) for name in COUNTED if name not in counted}
    return [counted[name].label(name) for name in COUNTED]


async def _summed(connection: AsyncConnection, access: Access, wanted: InventoryFilter) -> Row[Any]:
    """The same in one row."""
    if not _is_of_sums(wanted):
        each = select(*_counted()).where(*_conditions(access, wanted))
    else:
        sums = [func.coalesce(func.sum(unit_sum.c[name]), 0).label(name) for name in COUNTED]
        each = select(*sums).where(*_conditions(access, wanted, unit_sum))
    return (await connection.execute(each)).one()


def _total(sums: Iterable[Row[Any]]) -> Amounts:
    return _amounts((one.units, one.lines, one.principal_fen, one.late_fee_fen) for one in sums)


def _stock(sums: Iterable[Row[Any]]) -> Amounts:
    return _amounts((one.stock_units, one.stock_lines, one.stock_principal_fen, one.stock_late_fee_fen) for one in sums)


def _new(sums: Iterable[Row[Any]]) -> Amounts:
    return _amounts(
        (
            one.new_units,
            one.lines - one.stock_lines,
            one.principal_fen - one.stock_principal_fen,
            one.late_fee_fen - one.stock_late_fee_fen,
        )
        for one in sums
    )


def _amounts(parts: Iterable[tuple[int, int, int, int]]) -> Amounts:
    units = lines = principal_fen = late_fee_fen = 0
    for more in parts:
        units, lines = units + int(more[0]), lines + int(more[1])
        principal_fen, late_fee_fen = principal_fen + int(more[2]), late_fee_fen + int(more[3])
    return Amounts(units, lines, principal_fen, late_fee_fen)


def _shares(
    sums: Sequence[Row[Any]], column: str, names: Mapping[Any, str], *, only_seen: bool = False
) -> tuple[Share, ...]:
    by_code: dict[str, list[Row[Any]]] = {}
    for one in sums:
        by_code.setdefault(getattr(one, column), []).append(one)
    known = {str(code): name for code, name in names.items() if not only_seen or str(code) in by_code}
    others = {code: code for code in sorted(by_code) if code not in known}
    return tuple(Share(code, name, _total(by_code.get(code, ()))) for code, name in {**known, **others}.items())
