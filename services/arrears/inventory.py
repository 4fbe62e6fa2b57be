"""The inventory of units in arrears (底数, 结构, 清单), read from case states; the console formats it. Pure.

底数 = the totals, 结构 = breakdowns by cohort, district, amount, age, stage, measure and officer, 清单 = the list of units.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from schemas.vocabulary import DISTRICT_NAMES_ZH
from services.arrears.inventory_bands import AGE_BANDS, AMOUNT_BANDS, COHORT_NAMES_ZH, Cohort, band_of
from services.arrears.inventory_rows import (
    NOTHING,
    NOTHING_LEFT,
    FeeLeft,
    Handling,
    Sums,
    UnitRow,
    fee_left_fen,
    handling_then,
    row_of,
)
from services.arrears.inventory_standing import MEASURE_NAMES_ZH, STAGE_NAMES_ZH
from services.arrears.rules_state import Status, UnitCase
from services.runtime.errors import UserMistake

NOBODY_ZH = "未分派"
UNKNOWN_THEN = handling_then(None)


class Share(NamedTuple):
    """One entry of a breakdown (结构), with the codes of the machine and the words of people."""

    name: str
    name_zh: str
    sums: Sums


Shares = tuple[Share, ...]

BREAKDOWNS_ZH: Mapping[str, str] = {
    "by_cohort": "按类别",
    "by_district": "按区划",
    "by_amount": "按本金",
    "by_age": "按欠缴时间",
    "by_stage": "按办理阶段",
    "by_measure": "按处置措施",
    "by_officer": "按责任人",
}
"""Breakdowns of an inventory, by the name of its field."""


@dataclass(frozen=True, slots=True)
class Inventory:
    """底数 (`total`), 结构 (`by_…`) and 清单 (`rows`, most owed first) on a day.

    `by_cohort` splits lines, so a unit that owes from before and after 2020 counts in both; the other breakdowns split units.
    `held_units` and `held_records` wait for a registration and are not counted in; nor is `paid_lines`, the late fee that is still owed on
    lines whose principal is paid, and by how many units.
    """

    as_of: date
    total: Sums
    by_cohort: Shares
    by_district: Shares
    by_amount: Shares
    by_age: Shares
    by_stage: Shares
    by_measure: Shares
    by_officer: Shares
    rows: tuple[UnitRow, ...]
    held_units: int
    held_records: int
    paid_lines: FeeLeft = NOTHING_LEFT


def day_of_inventory(asked: date | None, today: date) -> date:
    """Give the day of an inventory: the one asked for, or the mesh's today. `UserMistake` for a day that is not over yet."""
    if asked is not None and asked > today:
        raise UserMistake(
            f"系统今日为 {today}，{asked} 尚未到来，届时方可出具该日的底数。",
            f"The mesh's today is {today}: an inventory as of {asked} can be drawn once that day has come.",
        )
    return asked or today


def inventory(
    cases: Mapping[str, UnitCase], as_of: date, *, late_fee_is_capped: bool = False, with_lines: bool = False
) -> Inventory:
    """Draw up the inventory from case states by unit code, as things stood at the end of `as_of` by what those cases know.

    A line is owed then if it had fallen due before that day and was not wholly paid by its end; late fees are computed up
    to and with it. Registrations, assessments, corrections, stages and officers are those of the cases.
    """
    return drawn(cases.values(), as_of, late_fee_is_capped=late_fee_is_capped, with_lines=with_lines)


def drawn(
    cases: Iterable[UnitCase],
    as_of: date,
    *,
    late_fee_is_capped: bool = False,
    with_lines: bool = False,
    handled: Mapping[str, Handling] | None = None,
) -> Inventory:
    """Draw up the inventory from cases, each looked at once, so that they need not all be in memory.

    `handled`: how each unit's case was handled on that day; a unit that is not in it was not known then. None: as it is now.
    """
    rows: list[UnitRow] = []
    held_units = held_records = fee_units = fee_fen = 0
    for case in cases:
        if case.status is Status.HELD:
            held_units, held_records = held_units + 1, held_records + case.record_count
        then = None if handled is None else handled.get(case.unit_code, UNKNOWN_THEN)
        row = row_of(case, as_of, capped=late_fee_is_capped, with_lines=with_lines, handled=then)
        if row is not None:
            rows.append(row)
        if left_fen := fee_left_fen(case, as_of, capped=late_fee_is_capped):
            fee_units, fee_fen = fee_units + 1, fee_fen + left_fen
    return of_rows(rows, as_of, held_units, held_records, FeeLeft(fee_units, fee_fen))


def of_rows(
    rows: Iterable[UnitRow], as_of: date, held_units: int, held_records: int, paid_lines: FeeLeft = NOTHING_LEFT
) -> Inventory:
    """Add rows up to an inventory: its totals and breakdowns follow from its list."""
    listed = tuple(sorted(rows, key=lambda row: (-row.total.principal_fen, row.unit_code)))
    counts = _Counts()
    for row in listed:
        counts.add(row)
    counts.finish()
    return Inventory(
        as_of=as_of,
        total=counts.sums("total", ""),
        by_cohort=counts.shares("by_cohort", {one.value: name for one, name in COHORT_NAMES_ZH.items()}),
        by_district=counts.shares("by_district", {one.value: name for one, name in DISTRICT_NAMES_ZH.items()}),
        by_amount=counts.shares("by_amount", {band.name: band.name_zh for band in AMOUNT_BANDS}),
        by_age=counts.shares("by_age", {band.name: band.name_zh for band in AGE_BANDS}),
        by_stage=counts.shares("by_stage", _seen(counts, "by_stage", STAGE_NAMES_ZH)),
        by_measure=counts.shares("by_measure", _seen(counts, "by_measure", MEASURE_NAMES_ZH)),
        by_officer=counts.shares("by_officer", {name: name or NOBODY_ZH for name in counts.names("by_officer")}),
        rows=listed,
        held_units=held_units,
        held_records=held_records,
        paid_lines=paid_lines,
    )


def _seen(counts: "_Counts", breakdown: str, names: Mapping[str, str]) -> Mapping[str, str]:
    """The names that occurred, in the order of all."""
    seen = counts.names(breakdown)
    return {name: text for name, text in names.items() if name in seen}


class _Counts:
    """Sums by breakdown and name. Units that fall into the same entry of every breakdown are added up together first."""

    def __init__(self) -> None:
        self._alike: dict[tuple[str, ...], list[int]] = {}
        self._of: dict[tuple[str, str], Sums] = defaultdict(Sums)

    def add(self, row: UnitRow) -> None:
        place = (
            row.district,
            band_of(row.total.principal_fen, AMOUNT_BANDS).name,
            band_of(row.age_days, AGE_BANDS).name,
            row.stage,
            row.measure,
            row.officer,
        )
        counted = self._alike.get(place)
        if counted is None:
            counted = self._alike[place] = [0] * (4 * len(_COHORTS))
        for offset, sums in ((0, row.total), (4, row.stock), (8, row.new)):
            if sums.lines:
                counted[offset] += sums.units
                counted[offset + 1] += sums.lines
                counted[offset + 2] += sums.principal_fen
                counted[offset + 3] += sums.late_fee_fen

    def finish(self) -> None:
        """Part what was added up together into the breakdowns."""
        for place, counted in self._alike.items():
            total, stock, new = (Sums(*counted[offset : offset + 4]) for offset in (0, 4, 8))
            self._of["total", ""] += total
            self._of["by_cohort", Cohort.STOCK.value] += stock
            self._of["by_cohort", Cohort.NEW.value] += new
            for breakdown, name in zip(_OF_UNITS, place, strict=True):
                self._of[breakdown, name] += total

    def sums(self, breakdown: str, name: str) -> Sums:
        return self._of.get((breakdown, name), NOTHING)

    def names(self, breakdown: str) -> list[str]:
        """Names that occurred, in their order; the empty one last."""
        found = [name for one, name in self._of if one == breakdown]
        return sorted(found, key=lambda name: (not name, name))

    def shares(self, breakdown: str, names: Mapping[str, str]) -> Shares:
        others = {name: name for name in self.names(breakdown) if name not in names}
        return tuple(Share(name, text, self.sums(breakdown, name)) for name, text in {**names, **others}.items())


_OF_UNITS = ("by_district", "by_amount", "by_age", "by_stage", "by_measure", "by_officer")
_COHORTS = ("both", Cohort.STOCK, Cohort.NEW)
