"""Seals in and out of their topic: each on the partition number of its task, under the key `<service>-<partition>`."""

from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from schemas.audit import DecisionsSealed
from schemas.topics import AUDIT_SEALS
from services.audit.seal_keys import PublicKeys
from services.runtime.codec import Codec
from services.runtime.envelope import Envelope, event_type, headers_of, traceparent_after
from services.runtime.records import InputRecord, OutputRecord, derived_id
from services.runtime.refusals import RefusedAtDoor

SOURCE = "/services/audit"
LAST_SEALS_MAX = 16
"""So many seals of a task are looked at for the last one that counts."""
UNREADABLE, MISPLACED = "seal-unreadable", "seal-of-another-task"

Task = tuple[str, int]
"""Service and partition."""


@dataclass(frozen=True, slots=True)
class FoundSeal:
    """A record of the seals' topic: the seal where it can be read, and why it does not count where it does not."""

    record: InputRecord
    seal: DecisionsSealed | None
    fault: str = ""


class Sealed(NamedTuple):
    """What a seal that counts says of its task, and when: a log of years has millions of them."""

    last_number: int
    offset: int
    head_hash: bytes
    sealed_at: datetime

    def agrees_with(self, seal: DecisionsSealed) -> bool:
        """Tell whether a seal of the same task says the same."""
        return (self.last_number, self.offset, self.head_hash) == (seal.last_number, seal.offset, seal.head_hash)


def sealed_by(seal: DecisionsSealed) -> Sealed:
    """Give what a seal says of its task."""
    return Sealed(seal.last_number, seal.offset, seal.head_hash, seal.sealed_at)


def task_of(seal: DecisionsSealed) -> Task:
    """Name the task a seal is about."""
    return seal.service, seal.partition


def seal_record(codec: Codec, seal: DecisionsSealed) -> OutputRecord:
    """Write a seal as its topic carries it; the same seal has the same id."""
    key = f"{seal.service}-{seal.partition}"
    event_id = derived_id((SOURCE, AUDIT_SEALS, key, str(seal.last_number), seal.head_hash.hex()))
    trace = traceparent_after(None, event_id, event_id)
    envelope = Envelope(event_id, SOURCE, event_type(AUDIT_SEALS), seal.sealed_at, event_id, "", 0, trace)
    value = codec.encode(AUDIT_SEALS, seal)
    return OutputRecord(AUDIT_SEALS, seal.partition, key.encode(), value, headers_of(AUDIT_SEALS, envelope))


def found_seal(codec: Codec, keys: PublicKeys, record: InputRecord) -> FoundSeal:
    """Read and judge one record of the seals' topic."""
    try:
        seal: DecisionsSealed = codec.decode(record.topic, record.value or b"")
    except RefusedAtDoor:
        return FoundSeal(record, None, UNREADABLE)
    place = record.partition, record.key
    if place != (seal.partition, f"{seal.service}-{seal.partition}".encode()):
        return FoundSeal(record, seal, MISPLACED)
    return FoundSeal(record, seal, keys.fault(seal) or "")


class LastSeals:
    """The last seals of each task. Years of seals pass through; only what may still be the last is judged."""

    def __init__(self) -> None:
        self._kept: dict[bytes | None, deque[InputRecord]] = defaultdict(lambda: deque(maxlen=LAST_SEALS_MAX))

    def take(self, record: InputRecord) -> None:
        """Take in the next record of the seals' topic."""
        self._kept[record.key].append(record)

    def judged(self, codec: Codec, keys: PublicKeys) -> list[FoundSeal]:
        """Give the last seals of every task, those that count and those that do not."""
        return [found_seal(codec, keys, record) for kept in self._kept.values() for record in kept]

    def buried(self, judged: Iterable[FoundSeal]) -> list[Task]:
        """Name the tasks of which nobody can say what was sealed last: as many seals as are looked at do not count."""
        counting = {found.record.key for found in judged if not found.fault}
        full = (key for key, kept in self._kept.items() if key not in counting and len(kept) == LAST_SEALS_MAX)
        names = [(key or b"").decode("utf-8", "replace").rpartition("-") for key in full]
        return sorted((service, int(number)) for service, _, number in names if number.isdecimal())


def latest(seals: Iterable[DecisionsSealed]) -> dict[Task, DecisionsSealed]:
    """Give the seal of each task that reaches furthest; of those that reach equally far, the one made last."""
    found: dict[Task, DecisionsSealed] = {}
    for seal in seals:
        other = found.get(task_of(seal))
        if other is None or _reach(other) < _reach(seal):
            found[task_of(seal)] = seal
    return dict(sorted(found.items()))


def contradictory(seals: Sequence[DecisionsSealed]) -> set[Task]:
    """Name the tasks of which two seals that count say different things about the same entry."""
    said: dict[tuple[Task, int], tuple[int, bytes]] = {}
    found = set()
    for seal in seals:
        place = task_of(seal), seal.last_number
        if said.setdefault(place, (seal.offset, seal.head_hash)) != (seal.offset, seal.head_hash):
            found.add(task_of(seal))
    return found


def _reach(seal: DecisionsSealed) -> tuple[int, float]:
    return seal.last_number, seal.sealed_at.timestamp()
