"""Checks of one task's records that share little or no code with the runtime; each says what is not as promised."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from schemas.decision_records import DecisionBatch, DecisionEntry
from services.runtime.codec import Codec
from services.runtime.records import InputRecord
from services.runtime.shard import Shard

INPUT_KINDS = ("record", "tick", "reference", "command")
"""Kinds of entries that take in a record of an input."""


def chain(codec: Codec, decisions: Iterable[InputRecord], entries: list[DecisionEntry]) -> Iterator[str]:
    """Hashes and numbers of decision records follow on one another; fills `entries` with what they hold."""
    head = b""
    for record in decisions:
        batch: DecisionBatch = codec.decode(record.topic, record.value or b"")
        if batch.previous_hash != head:
            yield f"the chain breaks at {batch.first_number}"
        if batch.first_number != len(entries):
            yield f"number {batch.first_number} where {len(entries)} was due"
        head = hashlib.sha256((record.value or b"")[5:]).digest()
        entries += batch.entries


def accounts(inputs: Mapping[str, Sequence[InputRecord]], entries: Iterable[DecisionEntry]) -> Iterator[str]:
    """Every input has one entry, and every entry its input."""
    counts: dict[tuple[str, int], int] = defaultdict(int)
    for entry in entries:
        if entry.kind in INPUT_KINDS:
            counts[entry.topic, entry.offset] += 1
    for topic, records in inputs.items():
        for record in records:
            count = counts.pop((topic, record.offset), 0)
            if count != 1:
                yield f"{topic}@{record.offset} has {count} entries"
    for (topic, offset), count in counts.items():
        yield f"{topic}@{offset} was decided ({count}) and is no input"


def orders(entries: Iterable[DecisionEntry]) -> Iterator[str]:
    """What a case hears on one topic is decided in the order in which it was said, also what was parked meanwhile.

    What an operator brings back counts where it was decided first.
    """
    last: dict[tuple[str, str], int] = {}
    decided: set[tuple[str, int]] = set()
    for entry in entries:
        record = entry.topic, entry.offset
        if entry.kind not in ("record", "released") or entry.outcome == "parked" or record in decided:
            continue
        decided.add(record)
        place = entry.case_key, entry.topic
        if entry.case_key and entry.offset < last.get(place, -1):
            yield f"{entry.topic}@{entry.offset} of {entry.case_key} was decided after {last[place]}"
        last[place] = entry.offset


def states(replayed: Shard, restored: Shard) -> Iterator[str]:
    """What a task keeps is what its inputs come to when they are decided again."""
    for key in sorted({*replayed.digests, *restored.digests}):
        if replayed.digests.get(key) != restored.digests.get(key):
            yield f"state of {key} differs from its replay"
    for what, then, now in (
        ("parked records", restored.parked, replayed.parked),
        ("kept originals", restored.kept, replayed.kept),
        ("reference facts", restored.references, replayed.references),
        ("calendar", restored.calendar.years, replayed.calendar.years),
    ):
        if then != now:
            yield f"{what} differ from their replay: {then} → {now}"
    for name in ("positions", "last_tick", "simulated", "next_number"):
        then, now = getattr(restored.meta, name), getattr(replayed.meta, name)
        if then != now:
            yield f"{name} differ from their replay: {then} → {now}"
