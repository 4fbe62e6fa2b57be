"""What changed from one inventory to another: units that came, were settled, owe more, owe less. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from services.arrears.inventory_rows import UnitRow


class Change(StrEnum):
    """What became of a unit between two inventories."""

    NEW = "new"
    GROWN = "grown"
    SHRUNK = "shrunk"
    SAME = "same"
    SETTLED = "settled"


CHANGE_NAMES_ZH = {
    Change.NEW: "新增",
    Change.GROWN: "增加",
    Change.SHRUNK: "减少",
    Change.SAME: "不变",
    Change.SETTLED: "已清",
}


@dataclass(frozen=True, slots=True)
class UnitChange:
    """One unit's principal in the inventory before and in this one, in fen; 0 where it is not in it."""

    unit_code: str
    unit_name: str
    before_fen: int
    now_fen: int

    @property
    def kind(self) -> Change:
        """What became of it."""
        if self.before_fen == 0:
            return Change.NEW
        if self.now_fen == 0:
            return Change.SETTLED
        if self.now_fen == self.before_fen:
            return Change.SAME
        return Change.GROWN if self.now_fen > self.before_fen else Change.SHRUNK


@dataclass(frozen=True, slots=True)
class ChangeSum:
    """Units of one kind of change, and by how much their principal changed in all, in fen."""

    kind: Change
    units: int
    difference_fen: int


@dataclass(frozen=True, slots=True)
class Changes:
    """The change since an inventory of `since`: sums by kind in their order, and the units, the largest change first."""

    since: date
    sums: tuple[ChangeSum, ...]
    units: tuple[UnitChange, ...]
    """Without those that are the same."""


class Principal(NamedTuple):
    """What a unit owed in an inventory, and what it was called then."""

    unit_name: str
    fen: int


def principals(rows: Iterable[UnitRow]) -> dict[str, Principal]:
    """What each unit of a list owes, by its code."""
    return {row.unit_code: Principal(row.unit_name, row.total.principal_fen) for row in rows}


def changes(since: date, then: Mapping[str, Principal], now: Mapping[str, Principal]) -> Changes:
    """Compare two lists by unit code. By principal: late fees grow every day."""
    units = []
    for code in sorted({**then, **now}):
        before, today = then.get(code), now.get(code)
        name = (today or before or Principal("", 0)).unit_name
        units.append(UnitChange(code, name, before.fen if before else 0, today.fen if today else 0))
    sums = tuple(
        ChangeSum(kind, len(of_kind), sum(one.now_fen - one.before_fen for one in of_kind))
        for kind in Change
        for of_kind in [[one for one in units if one.kind is kind]]
    )
    moved = [one for one in units if one.kind is not Change.SAME]
    moved.sort(key=lambda one: (-abs(one.now_fen - one.before_fen), one.unit_code))
    return Changes(since, sums, tuple(moved))
