"""Decision records: what became of every input and timer of a task, packed by transaction and chained by hash."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any, NamedTuple, Self

from pydantic import model_validator

from schemas.fact import Wire
from schemas.vocabulary import EventId


class DecisionEntry(NamedTuple):
    """What became of one (input record, case), or of one timer of a case.

    Its number in the task is `first_number` of its batch plus its place there. Digests are BLAKE2b. `said` are
    the ids of the facts said. `kind`: record, timer, tick, reference, command, released, redriven, kept.
    """

    kind: str
    topic: str
    offset: int
    event_id: str
    case_key: str
    outcome: str
    code: str
    paragraphs: tuple[str, ...]
    values: Mapping[str, str]
    now: datetime
    input_digest: bytes
    state_before: bytes
    state_after: bytes
    said: tuple[EventId, ...]
    timer_name: str = ""
    timer_due_at: datetime | None = None


COLUMNS = tuple(name for name in DecisionEntry._fields if not name.startswith("timer_"))
"""Fields of an entry that stand in a column of the same name, in their order: all but the last two."""


class DecisionBatch(Wire):
    """The decision entries of one transaction of one task, by columns, chained by the SHA-256 of the record before.

    The nth value of each column belongs to entry number `first_number` + n. `kind`: record, timer, tick, reference, command,
    released, redriven, kept. Digests are BLAKE2b; `said` are the ids of the facts said. Only timers have a name and
    an instant: `timer_place` tells which entries (their n) are timers'.
    """

    service: str
    partition: int
    release: str
    first_number: int
    previous_hash: bytes
    kind: tuple[str, ...]
    topic: tuple[str, ...]
    offset: tuple[int, ...]
    event_id: tuple[str, ...]
    case_key: tuple[str, ...]
    outcome: tuple[str, ...]
    code: tuple[str, ...]
    paragraphs: tuple[tuple[str, ...], ...]
    values: tuple[dict[str, str], ...]
    now: tuple[datetime, ...]
    input_digest: tuple[bytes, ...]
    state_before: tuple[bytes, ...]
    state_after: tuple[bytes, ...]
    said: tuple[tuple[EventId, ...], ...]
    timer_place: tuple[int, ...] = ()
    timer_name: tuple[str, ...] = ()
    timer_due_at: tuple[datetime, ...] = ()

    @model_validator(mode="after")
    def _columns_are_as_long(self) -> Self:
        lengths = {len(getattr(self, name)) for name in COLUMNS}
        timers = {len(self.timer_place), len(self.timer_name), len(self.timer_due_at)}
        if len(lengths) != 1 or len(timers) != 1:
            raise ValueError("the columns of a decision record are not equally long")
        if any(not 0 <= place < len(self.kind) for place in self.timer_place):
            raise ValueError("a timer's place is outside the entries")
        return self

    @property
    def entries(self) -> tuple[DecisionEntry, ...]:
        """The entries, row by row."""
        return tuple(self._rows())

    def _rows(self) -> Iterator[DecisionEntry]:
        timers = dict(zip(self.timer_place, zip(self.timer_name, self.timer_due_at, strict=True), strict=True))
        rows = zip(*(getattr(self, name) for name in COLUMNS), strict=True)
        for place, row in enumerate(rows):
            yield DecisionEntry(*row, *timers.get(place, ()))


def columns(rows: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """Turn entries, as maps by field, into the columns of a batch."""
    found = {name: list(map(itemgetter(name), rows)) for name in COLUMNS}
    places = [place for place, row in enumerate(rows) if row["timer_name"]]
    found["timer_place"] = places
    found["timer_name"] = [rows[place]["timer_name"] for place in places]
    found["timer_due_at"] = [rows[place]["timer_due_at"] for place in places]
    return found
