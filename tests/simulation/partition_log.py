"""One partition of the simulated broker: records, markers, the last stable offset, compaction."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from services.runtime.records import InputRecord, OutputRecord

TOMBSTONE_KEPT_S = 60.0
"""A tombstone outlives any reader that began before it, as `delete.retention.ms` sees to."""


@dataclass(eq=False, slots=True)
class Transaction:
    """A transaction as the broker sees it."""

    producer: str
    places: dict["PartitionLog", None] = field(default_factory=dict)
    offsets: dict[tuple[str, int], int] = field(default_factory=dict)
    is_of_group: bool = False
    """It has positions of the group, so that its end needs a marker there too."""
    markers: int = 0
    phase: str = "open"
    """open, committing, aborting, committed, aborted"""
    ended_s: float = 0.0
    """When its end was decided."""
    loses_all: bool = False
    """None of its markers is written, or only some are not."""
    unmarked: set["PartitionLog"] = field(default_factory=set)
    """Where the broker counts it as ended and has written no marker (decision 0095)."""

    def is_left_by(self, later: "Transaction", log: "PartitionLog") -> bool:
        """Tell whether it is an earlier one of the same transactional id that got no marker in a log."""
        return log in self.unmarked and self.producer == later.producer


@dataclass(slots=True)
class Slot:
    """What stands at one offset; a marker of a transaction's end has no record."""

    offset: int
    record: OutputRecord | None
    appended_s: float
    append_time_ms: int
    transaction: Transaction | None
    visible_s: float | None = None
    """Since when readers of committed records could have read it."""


@dataclass(eq=False, slots=True)
class PartitionLog:
    """The log of one partition. Offsets never move; a compacted slot is gone."""

    topic: str
    partition: int
    slots: list[Slot | None] = field(default_factory=list)
    stable: int = 0
    """The last stable offset: nothing from here on may be read by readers of committed records."""
    _ongoing: dict[Transaction, int] = field(default_factory=dict)
    _aborted: set[Transaction] = field(default_factory=set)

    @property
    def end(self) -> int:
        """The offset after the last."""
        return len(self.slots)

    def append(
        self, record: OutputRecord, now_s: float, append_time_ms: int, transaction: Transaction | None = None
    ) -> None:
        """Append one record, perhaps inside a transaction."""
        if transaction is not None:
            self._ongoing.setdefault(transaction, self.end)
        self.slots.append(Slot(self.end, record, now_s, append_time_ms, transaction))
        self._settle(now_s)

    def mark(self, transaction: Transaction, now_s: float, append_time_ms: int, *, committed: bool) -> None:
        """Append the marker that ends a transaction here, and with it what its producer had left open."""
        for open_one in [one for one in self._ongoing if one is transaction or one.is_left_by(transaction, self)]:
            del self._ongoing[open_one]
            if not committed:
                self._aborted.add(open_one)
        self.slots.append(Slot(self.end, None, now_s, append_time_ms, transaction))
        self._settle(now_s)

    def _settle(self, now_s: float) -> None:
        before, self.stable = self.stable, min(self._ongoing.values(), default=self.end)
        for slot in self.slots[before : self.stable]:
            if slot is not None:
                slot.visible_s = now_s

    def committed(self, start: int, end: int | None = None) -> Iterator[Slot]:
        """What a reader of committed records sees between two offsets."""
        for slot in self.slots[start : self.stable if end is None else min(end, self.stable)]:
            if slot is not None and slot.record is not None and slot.transaction not in self._aborted:
                yield slot

    def uncommitted(self, start: int, end: int | None = None) -> Iterator[Slot]:
        """What a careless reader sees: aborted and pending records too."""
        for slot in self.slots[start:end]:
            if slot is not None and slot.record is not None:
                yield slot

    def records(self) -> list[InputRecord]:
        """Everything committed, as readers get it."""
        return [self.read(slot) for slot in self.committed(0)]

    def read(self, slot: Slot) -> InputRecord:
        """A slot's record as readers get it."""
        assert slot.record is not None
        record = slot.record
        return InputRecord(
            self.topic, self.partition, slot.offset, slot.append_time_ms, record.key, record.value, record.headers
        )

    def compact(self, now_s: float) -> None:
        """Keep of each key what was committed last; old tombstones go, aborted records too."""
        last: dict[bytes | None, int] = {}
        for slot in self.committed(0):
            assert slot.record is not None
            last[slot.record.key] = slot.offset
        for place in range(self.stable):
            if (found := self.slots[place]) is None or found.record is None:
                continue
            is_old = found.record.value is None and now_s - found.appended_s > TOMBSTONE_KEPT_S
            if found.transaction in self._aborted or place < last.get(found.record.key, -1) or is_old:
                self.slots[place] = None
