"""Rebuilding what a task knew at an earlier instant: its log is decided again up to there, and nothing is compared. Pure.

No state is kept beside the log for this: what the task knew then is what its records of then make of themselves, by the rules
recorded with them. Records and timers of many entries share one batch; what must stand alone in a transaction does here too.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from schemas.decision import Outcome
from schemas.decision_records import DecisionBatch
from schemas.topics import decisions_topic
from services.runtime import entries
from services.runtime.batch import Batch
from services.runtime.codec import PREFIX_BYTES, Codec
from services.runtime.records import InputRecord
from services.runtime.replay import TaskReplay, plain_entries
from services.runtime.service import Service

ENTRIES_A_BATCH = 1_000
"""So many entries are decided before the shard takes them in."""


class TaskRebuild(TaskReplay):
    """One task as it stood before an instant, by the clock of its decisions (`DecisionEntry.now`).

    That clock is the broker's append time, or the last tick where that is later (the tick alone under a simulated clock); a
    tick is handled after all that lay before it, so what was appended before the instant is in, and nothing later.
    """

    def __init__(
        self,
        service: Service,
        partition: int,
        codec: Codec,
        inputs: Mapping[str, Iterable[InputRecord]],
        before: datetime,
    ) -> None:
        super().__init__(service, partition, codec, inputs, None)
        self._before = before
        self.taken = 0
        """Entries that lay before the instant."""
        self.head = b""
        """SHA-256 of the decision record that holds the last of them."""

    def rebuild(self, decisions: Iterable[InputRecord]) -> None:
        """Walk the decision records in order, up to the first entry at or after the instant."""
        topic = decisions_topic(self._service.name)
        for record in decisions:
            value = record.value or b""
            batch: DecisionBatch = self._codec.decode(topic, value)
            recorded = plain_entries(batch)
            then = [entry for entry in recorded if entry["now"] < self._before]
            if then:
                self._turn_to(batch.release)
                self._decide_again(recorded[: len(then)])
                self.taken += len(then)
                self.head = hashlib.sha256(memoryview(value)[PREFIX_BYTES:]).digest()
            if len(then) < len(recorded):
                return

    def _decide_again(self, recorded: Sequence[entries.Entry]) -> None:
        shared: list[Sequence[entries.Entry]] = []
        for group in self._groups(recorded):
            if shared and not (len(shared) < ENTRIES_A_BATCH and _stand_together(shared[-1], group)):
                self._decide_together(shared)
                shared = []
            if _stands_alone(group):
                self._again(group)
            else:
                shared.append(group)
        self._decide_together(shared)

    def _decide_together(self, groups: Sequence[Sequence[entries.Entry]]) -> None:
        if not groups:
            return
        batch = Batch(self.shard, self._codec, refusals_max=1 << 62, rules=self._rules, signatures_judged=True)
        for group in groups:
            last = group[-1]
            batch.decide_at(last["now"])
            if last["kind"] == entries.TIMER:
                self._fire(batch, last)
            elif (record := self._next_input(last)) is not None:
                batch.handle(record, None)
        batch.apply()


def _stand_together(one: Sequence[entries.Entry], other: Sequence[entries.Entry]) -> bool:
    """Tell whether two groups may share a batch: timers see the cases that records before them left."""
    return one[-1]["kind"] == other[-1]["kind"] and not _stands_alone(other)


def _stands_alone(group: Sequence[entries.Entry]) -> bool:
    """Tell whether a group needs a batch of its own: ticks, commands, what all others must see; what was refused or parked.

    What was refused is judged again with its signature. What was decided was signed well, or nobody asked for a signature.
    """
    is_plain = all(entry["kind"] in (entries.RECORD, entries.TIMER, entries.KEPT) for entry in group)
    return not is_plain or any(entry["outcome"] in (Outcome.PARKED.value, Outcome.REFUSED.value) for entry in group)
