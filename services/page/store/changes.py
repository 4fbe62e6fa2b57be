"""What records do to the rows: collected for one batch, then written in one transaction. Plain values."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Table

Row = dict[str, Any]
"""Values by column."""
Place = tuple[str, int]
"""Topic and partition."""
CaseName = tuple[str, str]
"""Service and case key."""

_EPOCH, _MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
MINUTE_MS = 60_000


def micros_of(instant: datetime) -> int:
    """An instant as rows keep it: microseconds since 1970."""
    return (instant - _EPOCH) // _MICROSECOND


def instant_of(micros: int) -> datetime:
    """The instant that a row keeps, UTC."""
    return _EPOCH + micros * _MICROSECOND


class CountKey(NamedTuple):
    """What is counted by minute: records of a topic (no outcome), or a service's decisions by outcome."""

    name: str
    outcome: str
    minute: int


class UnitRows(NamedTuple):
    """A unit's row in the inventory (None: it owes nothing), and the state from which it is computed again."""

    row: Row | None
    state: Row


@dataclass(slots=True)
class CaseRows:
    """All rows of one case of one service; they take the place of those before."""

    rows: dict[Table, list[Row]] = field(default_factory=dict)
    unit: UnitRows | None = None


@dataclass(slots=True)
class Changes:
    """The changes of one batch.

    `inserted`: rows that are new. `put`: rows by key, of which the last counts; None: the row goes. `cases`: rows of whole cases;
    None: the case is forgotten. `positions`: where each place goes on, with the append time of its last record.
    """

    inserted: dict[Table, list[Row]] = field(default_factory=dict)
    put: dict[Table, dict[tuple[Any, ...], Row | None]] = field(default_factory=dict)
    cases: dict[CaseName, CaseRows | None] = field(default_factory=dict)
    districts: set[tuple[str, str]] = field(default_factory=set)
    counted: Counter[CountKey] = field(default_factory=Counter)
    positions: dict[Place, tuple[int, int]] = field(default_factory=dict)

    def insert(self, table: Table, row: Row) -> None:
        """A row that was not there."""
        self.inserted.setdefault(table, []).append(row)

    def set(self, table: Table, key: Mapping[str, Any], values: Row | None) -> None:
        """The row of this key is now this; None: there is none any more."""
        row = None if values is None else {**key, **values}
        self.put.setdefault(table, {})[tuple(key.values())] = row

    def revise(self, table: Table, key: Mapping[str, Any], values: Row) -> None:
        """The row of this key is now this, unless the batch holds a higher revision of it."""
        known = self.put.get(table, {}).get(tuple(key.values()))
        if known is None or known["revision"] <= values["revision"]:
            self.set(table, key, values)

    def count(self, name: str, outcome: str, append_time_ms: int, records: int = 1) -> None:
        """So many more in that minute."""
        self.counted[CountKey(name, outcome, append_time_ms // MINUTE_MS)] += records
