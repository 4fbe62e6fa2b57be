"""底数 and 结构: sums over the units asked for, and over each breakdown of them, in one question."""

from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import CTE, ColumnElement, Row, Select, case, func, literal_column, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from services.arrears.inventory import NOBODY_ZH
from services.arrears.inventory_bands import AGE_BANDS, AMOUNT_BANDS, COHORT_NAMES_ZH
from services.arrears.inventory_standing import MEASURE_NAMES_ZH, STAGE_NAMES_ZH
from services.page.store.answers import Access
from services.page.store.answers_arrears import Amounts, InventoryFilter, Share, Structure, Totals
from services.page.store.reading_inventory import DISTRICTS, day_of
from services.page.store.reading_units import (
    STATEMENTS_MAX,
    asked_of,
    conditions,
    is_of_shares,
    is_of_sums,
    narrowed,
    share_conditions,
)
from services.page.store.tables_units import BREAKDOWNS, COUNTED, unit, unit_share, unit_state, unit_sum

Sums = Mapping[str, Mapping[str, Row[Any]]]
"""Sums by breakdown and code."""
_TOTALS = ("cohort",)
"""One breakdown is enough for what all units owe."""


async def totals(connection: AsyncConnection, access: Access, wanted: InventoryFilter) -> Totals:
    """底数."""
    return await _totals(connection, access, await _sums(connection, access, wanted, _TOTALS))


async def structure(connection: AsyncConnection, access: Access, wanted: InventoryFilter) -> Structure:
    """结构."""
    return _structure(await _sums(connection, access, wanted, BREAKDOWNS))


async def figures(connection: AsyncConnection, access: Access, wanted: InventoryFilter) -> tuple[Totals, Structure]:
    """底数 and 结构."""
    sums = await _sums(connection, access, wanted, BREAKDOWNS)
    return await _totals(connection, access, sums), _structure(sums)


async def _totals(connection: AsyncConnection, access: Access, sums: Sums) -> Totals:
    first, last, units, records = (await connection.execute(_standing())).one()
    all_of_it = list(sums["cohort"].values())
    return Totals(
        counted_to=None if first is None else day_of(first),
        is_turning=first != last,
        total=_total(all_of_it),
        stock=_stock(all_of_it),
        new=_new(all_of_it),
        held_units=units if access.is_whole else 0,
        held_records=int(records) if access.is_whole else 0,
    )


@cache
def _standing() -> Select[Any]:
    """To which days units are counted, and how many wait for their registration."""
    # A question for each: of one that asks for both ends at once SQLite makes a look at the whole index.
    ends = [select(find(unit_state.c.counted_to)).scalar_subquery() for find in (func.min, func.max)]
    held = [
        select(find).where(unit_state.c.is_held).scalar_subquery()
        for find in (func.count(), func.coalesce(func.sum(unit_state.c.held_records), 0))
    ]
    return select(*ends, *held)


def _structure(sums: Sums) -> Structure:
    all_of_it = list(sums["cohort"].values())
    officers = sorted(sums["officer"], key=lambda name: (not name, name))
    return Structure(
        by_cohort=(
            Share("stock", COHORT_NAMES_ZH["stock"], _stock(all_of_it)),  # type: ignore[index]  # a StrEnum is its value
            Share("new", COHORT_NAMES_ZH["new"], _new(all_of_it)),  # type: ignore[index]  # as above
        ),
        by_district=_shares(sums["district"], DISTRICTS),
        by_amount=_shares(sums["amount_band"], {band.name: band.name_zh for band in AMOUNT_BANDS}),
        by_age=_shares(sums["age_band"], {band.name: band.name_zh for band in AGE_BANDS}),
        by_stage=_shares(sums["stage"], STAGE_NAMES_ZH, only_seen=True),
        by_measure=_shares(sums["measure"], MEASURE_NAMES_ZH, only_seen=True),
        by_officer=_shares(sums["officer"], {name: name or NOBODY_ZH for name in officers}, only_seen=True),
    )


async def _sums(
    connection: AsyncConnection, access: Access, wanted: InventoryFilter, breakdowns: tuple[str, ...]
) -> Sums:
    """Sums of what is wanted, by these breakdowns."""
    asked = await narrowed(connection, asked_of(access, wanted))
    sums: dict[str, dict[str, Row[Any]]] = {name: {} for name in breakdowns}
    for row in await connection.execute(_added_up(asked.shape, breakdowns), asked.values):
        sums[row.breakdown][row.code] = row
    return sums


@lru_cache(STATEMENTS_MAX)
def _added_up(shape: tuple[str, ...], breakdowns: tuple[str, ...]) -> Any:
    """The question for sums: of the kept ones that are the fewest, or where single units are asked for, added up anew."""
    if is_of_shares(shape):
        by = (unit_share.c.breakdown, unit_share.c.part)
        where = [*share_conditions(shape), unit_share.c.breakdown.in_(breakdowns)]
        return select(by[0], by[1].label("code"), *_added(unit_share)).where(*where).group_by(*by)
    if is_of_sums(shape):
        alike = select(unit_sum).where(*conditions(shape, unit_sum)).cte("alike")
    else:
        columns = [unit.c[name] for name in BREAKDOWNS]
        alike = select(*columns, *_counted()).where(*conditions(shape)).group_by(*columns).cte("alike")
    return union_all(*(_by(alike, name) for name in breakdowns))


def _by(alike: CTE, name: str) -> Any:
    """Sums of one breakdown."""
    named: Any = literal_column(f"'{name}'").label("breakdown")
    return select(named, alike.c[name].label("code"), *_added(alike)).group_by(alike.c[name])


def _added(sums: Any) -> list[ColumnElement[Any]]:
    return [func.sum(sums.c[name]).label(name) for name in COUNTED]


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


def _shares(sums: Mapping[str, Row[Any]], names: Mapping[Any, str], *, only_seen: bool = False) -> tuple[Share, ...]:
    known = {str(code): name for code, name in names.items() if not only_seen or str(code) in sums}
    others = {code: code for code in sorted(sums) if code not in known}
    return tuple(
        Share(code, name, _total([sums[code]] if code in sums else [])) for code, name in {**known, **others}.items()
    )
