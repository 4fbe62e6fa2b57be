"""The simulated brokers: logs, transaction coordinators, group offsets, as Kafka 4 has them (KIP-890 verification).

What is modelled, and after what: epochs fence (`InitProducerId` bumps, ends what was open, and answers "try again"
until its markers stand); a commit is decided first and its markers, on each partition and for the group's offsets,
come later, each in its own time; what a transaction did is visible only after its marker, up to the last stable offset.
"""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from aiokafka.errors import KafkaError

from services.runtime.records import OutputRecord
from services.runtime.transaction_ends import BEGUN_S_MAX
from tests.simulation.partition_log import PartitionLog, Transaction
from tests.simulation.virtual_loop import VirtualLoop

OPEN, COMMITTING, ABORTING, COMMITTED, ABORTED = "open", "committing", "aborting", "committed", "aborted"
COORDINATOR_WRITES_S = (0.0005, 0.01)
MARKER_LATE_S = (0.1, 1.5)
MARKERS_LATE_PERCENT = 8
ONLY_MARKS_TIMEOUT_S = 600.0
ALL_MARKERS_LOST, SOME_MARKERS_LOST = 0.6, 0.5

Place = tuple[str, int]


class TryAgain(Exception):
    """The coordinator still ends the last transaction (CONCURRENT_TRANSACTIONS)."""


class StaleEpoch(Exception):
    """Another producer has taken over the transactional id (INVALID_PRODUCER_EPOCH, PRODUCER_FENCED)."""


class RequestRefused(KafkaError):  # type: ignore[misc]  # aiokafka ships no types
    """The broker answers that this cannot be: no such transaction, records out of order, a record it will not take."""


@dataclass(slots=True)
class Coordinator:
    """What the cluster knows of one transactional id."""

    epoch: int = 0
    transaction: Transaction | None = None
    only_marks: bool | None = None
    """How the transaction of this epoch ends, where it only writes markers."""
    begun_s: float = 0.0
    sequences: dict[Place, int] = field(default_factory=dict)
    offsets: dict[tuple[Place, int], int] = field(default_factory=dict)
    """Where the records of each sequence number stand."""


class Cluster:
    """All brokers together. Every method is one request being handled, at one instant."""

    def __init__(self, loop: VirtualLoop, chance: random.Random, begin: datetime, timeout_s: float) -> None:
        self.loop, self.chance = loop, chance
        self._begin, self._timeout_s = begin, timeout_s
        self.logs: dict[Place, PartitionLog] = {}
        self.group: dict[Place, int] = {}
        self.coordinators: dict[str, Coordinator] = {}
        self._left_open: dict[str, list[Transaction]] = {}
        self.away_until_s = 0.0
        self.fenced_until_s = self.unmarked_until_s = 0.0
        """Until then partitions without a leader are taken for deleted ones: by brokers that the controller has fenced, and by
        those that have just come back."""
        self.is_closed = False
        """At the end of a run: nothing is answered any more."""

    @property
    def is_away(self) -> bool:
        """No broker answers: a new leader is being chosen."""
        return self.loop.time() < self.away_until_s

    @property
    def now(self) -> datetime:
        """The wall clock of the brokers."""
        return self._begin + timedelta(seconds=self.loop.time())

    def log(self, topic: str, partition: int) -> PartitionLog:
        """The log of a partition."""
        place = topic, partition
        if place not in self.logs:
            self.logs[place] = PartitionLog(topic, partition)
        return self.logs[place]

    def append(self, record: OutputRecord, transaction: Transaction | None = None) -> None:
        """Append a record of anybody's."""
        log = self.log(record.topic, record.partition)
        log.append(record, self.loop.time(), self._time_ms(), transaction)

    def _time_ms(self) -> int:
        return int(self.now.timestamp() * 1000)

    # --- transactions -----------------------------------------------------------------------------

    def initialise(self, name: str, only_marks: bool | None = None) -> int:
        """InitProducerId: gives the new epoch; `TryAgain` while what the old one left is being ended.

        `only_marks`: for a transaction without records, that is to end so.
        """
        known = self.coordinators.setdefault(name, Coordinator())
        transaction = known.transaction
        if transaction is not None and transaction.phase in (COMMITTING, ABORTING):
            raise TryAgain
        known.epoch += 1
        known.sequences, known.offsets = {}, {}
        if transaction is not None and transaction.phase == OPEN:
            self._end(transaction, committed=False)
            raise TryAgain
        known.transaction, known.only_marks, known.begun_s = None, only_marks, self.loop.time()
        return known.epoch

    def last_end(self, name: str) -> bool | None:
        """DescribeTransactions: whether the last was committed; forgotten once the producer has begun anew, but for markers alone."""
        known = self.coordinators.get(name)
        if known is None:
            return None
        if known.only_marks is not None:
            return known.only_marks
        return None if known.transaction is None else known.transaction.phase in (COMMITTING, COMMITTED)

    def is_ending(self, name: str) -> bool:
        """DescribeTransactions: whether the last is decided, and not yet counted as ended.

        What only writes markers is finished by whoever asks; `TryAgain` where another is under way.
        """
        known = self.coordinators.get(name)
        if known is None:
            return False
        if known.transaction is None:
            return known.only_marks is not None and self.loop.time() < known.begun_s + BEGUN_S_MAX
        if known.transaction.phase == OPEN and known.only_marks is not None:
            self._end(known.transaction, committed=known.only_marks)
        if known.transaction.phase == OPEN:
            raise TryAgain
        return known.transaction.phase in (COMMITTING, ABORTING)

    def add(self, name: str, epoch: int, places: Iterable[Place]) -> None:
        """AddPartitionsToTxn: begins a transaction where none is open."""
        known = self._known(name, epoch)
        transaction = known.transaction
        if transaction is not None and transaction.phase in (COMMITTING, ABORTING):
            raise TryAgain
        if transaction is None or transaction.phase != OPEN:
            transaction = known.transaction = Transaction(name)
            timeout_s = self._timeout_s if known.only_marks is None else ONLY_MARKS_TIMEOUT_S
            self.loop.call_later(timeout_s, self._expire, known, transaction, context=self.loop.world.context)
        for place in places:
            transaction.places[self.log(*place)] = None

    def produce(self, name: str, epoch: int, sequence: int, records: Sequence[OutputRecord]) -> int:
        """Produce to one partition, and give the first offset; a repeated sequence is taken as done, a gap is refused."""
        known, place = self._known(name, epoch), (records[0].topic, records[0].partition)
        transaction = known.transaction
        if transaction is None or transaction.phase != OPEN or self.log(*place) not in transaction.places:
            raise RequestRefused(f"no transaction on {place}")
        last = known.sequences.get(place, -1)
        if sequence <= last:
            return known.offsets[place, sequence]
        if sequence > last + 1:
            raise RequestRefused(f"sequence {sequence} after {last}")
        known.sequences[place] = sequence
        known.offsets[place, sequence] = first = self.log(*place).end
        for record in records:
            self.append(record, transaction)
        return first

    def abandon(self, name: str, epoch: int) -> None:
        """EndTxn: aborts what is open."""
        known = self._known(name, epoch)
        transaction = known.transaction
        if transaction is None or transaction.phase in (COMMITTING, COMMITTED):
            raise RequestRefused("no transaction to abort")
        if transaction.phase == ABORTING:
            raise TryAgain
        if transaction.phase == OPEN:
            self._end(transaction, committed=False)

    def add_offsets(self, name: str, epoch: int, offsets: Mapping[Place, int]) -> None:
        """AddOffsetsToTxn and TxnOffsetCommit: positions that count once the transaction is committed."""
        known = self._known(name, epoch)
        if known.transaction is None or known.transaction.phase != OPEN:
            raise RequestRefused("no transaction for offsets")
        known.transaction.offsets.update(offsets)
        known.transaction.is_of_group = True

    def end(self, name: str, epoch: int) -> None:
        """EndTxn: the commit is decided as this is handled; asked again, the answer is the same."""
        known = self._known(name, epoch)
        transaction = known.transaction
        if transaction is None or transaction.phase in (ABORTING, ABORTED):
            raise RequestRefused("no transaction to commit")
        if transaction.phase == COMMITTING:
            raise TryAgain
        if transaction.phase == OPEN:
            self._end(transaction, committed=True)

    def _known(self, name: str, epoch: int) -> Coordinator:
        known = self.coordinators[name]
        if epoch != known.epoch:
            raise StaleEpoch(f"{name}: epoch {epoch}, now {known.epoch}")
        return known

    def _expire(self, known: Coordinator, transaction: Transaction) -> None:
        """A transaction that stays open too long is ended, and its producer fenced."""
        if transaction.phase == OPEN and known.transaction is transaction:
            known.epoch += 1
            self._end(transaction, committed=False)

    def _end(self, transaction: Transaction, *, committed: bool) -> None:
        transaction.phase, transaction.ended_s = COMMITTING if committed else ABORTING, self.loop.time()
        waiting: list[PartitionLog | None] = [*transaction.places, *((None,) if transaction.is_of_group else ())]
        if not waiting:
            transaction.phase = COMMITTED if committed else ABORTED
        transaction.markers = len(waiting)
        for log in [*waiting]:
            self._mark_later(transaction, log, waiting, committed=committed)

    def _mark_later(
        self, transaction: Transaction, log: PartitionLog | None, waiting: list[PartitionLog | None], *, committed: bool
    ) -> None:
        is_late = self.chance.random() * 100 < MARKERS_LATE_PERCENT
        delay_s = self.chance.uniform(*(MARKER_LATE_S if is_late else COORDINATOR_WRITES_S))
        self.loop.call_later(delay_s, self._mark, transaction, log, waiting, committed, context=self.loop.world.context)

    def _mark(
        self,
        transaction: Transaction,
        log: PartitionLog | None,
        waiting: list[PartitionLog | None],
        committed: bool,
    ) -> None:
        """Write one marker; None stands for the group's offsets."""
        if self.is_away and self.loop.time() >= self.fenced_until_s:
            self._mark_later(transaction, log, waiting, committed=committed)
            return
        waiting.remove(log)
        if self._goes_unmarked(transaction, waiting, committed=committed):
            if log is None:
                self._left_open.setdefault(transaction.producer, []).append(transaction)
            else:
                transaction.unmarked.add(log)
        elif log is not None:
            log.mark(transaction, self.loop.time(), self._time_ms(), committed=committed)
        else:
            self._count_offsets(transaction, committed=committed)
        if not waiting:
            transaction.phase = COMMITTED if committed else ABORTED

    def _goes_unmarked(
        self, transaction: Transaction, waiting: Sequence[PartitionLog | None], *, committed: bool
    ) -> bool:
        """A commit that was decided before the brokers lost their partitions, or any abort: nobody commits while nobody leads.

        Mostly all of its markers are lost, at times only some.
        """
        is_lost = self.loop.time() < max(self.unmarked_until_s, self.fenced_until_s)
        is_lost = is_lost and transaction.producer in self.coordinators  # what upstream leaves open is not ours to end
        was_before = transaction.ended_s < self.away_until_s
        if not is_lost or not (was_before or not committed):
            return False
        if len(waiting) == transaction.markers - 1:  # the first of them
            transaction.loses_all = self.chance.random() < ALL_MARKERS_LOST
        return transaction.loses_all or self.chance.random() < SOME_MARKERS_LOST

    def _count_offsets(self, transaction: Transaction, *, committed: bool) -> None:
        """What the same producer had left open ends here too."""
        left = self._left_open.pop(transaction.producer, [])
        for ended in (*left, transaction):
            if committed:
                self.group.update(ended.offsets)

    def is_still(self) -> bool:
        """Tell whether no transaction is open or being ended; one that only writes markers waits for whoever opens next."""
        return all(
            known.transaction is None
            or known.transaction.phase in (COMMITTED, ABORTED)
            or (known.only_marks is not None and known.transaction.phase == OPEN)
            for known in self.coordinators.values()
        )

    # --- others' transactions -----------------------------------------------------------------------

    def append_within(self, record: OutputRecord, hold_s: float, *, committed: bool) -> None:
        """Another producer's transaction of one record: open for a while, then committed or aborted."""
        transaction = Transaction("upstream")
        self.append(record, transaction)
        log = self.log(record.topic, record.partition)
        self.loop.call_later(hold_s, self._mark, transaction, log, [log], committed, context=self.loop.world.context)
