"""What a task remembers: its cases, its timers, its reference facts, where it stands.

Every value has the form in which it stands in the compacted changelog: JSON with a format version.
Keys that begin with `@` are the runtime's own; case keys never do.
"""

import hashlib
import heapq
from collections.abc import Collection
from datetime import datetime
from typing import Any, Self

import msgspec

from schemas.decision import Timer
from services.runtime.errors import NewerState
from services.runtime.records import InputRecord
from services.runtime.service import Service

META_KEY = "@task"
REFERENCE_PREFIX = "@reference/"
PARKED_PREFIX = "@parked/"
KEPT_PREFIX = "@kept/"

SEEN_MAX = 256
"""Most ids a case remembers; older repeats meet the business reference."""
SEEN_DAYS = 400
"""Days for which an id is remembered."""
ID_BYTES, DIGEST_BYTES, DAY_BYTES = 16, 12, 4
ENTRY_BYTES = ID_BYTES + DIGEST_BYTES + DAY_BYTES

STATE_DIGEST_BYTES = 16


class Case(msgspec.Struct, frozen=True, gc=False):
    """A case as the runtime keeps it. `seen` packs (id hash, content digest, day) of each record decided."""

    state: Any
    sequence: int = 0
    seen: bytes = b""
    parked: int = 0
    """Records of this case that wait; while above zero, later records and timers wait too."""
    parked_next: int = 0
    """Number of the next record to be parked; never given to another."""


class _Stored(msgspec.Struct):
    v: int
    sequence: int
    seen: bytes
    parked: int
    parked_next: int
    state: msgspec.Raw


class Halt(msgspec.Struct, frozen=True):
    """Why a task stopped reading: too many refusals of one producer on one topic."""

    topic: str
    source: str
    since: datetime


class TaskMeta(msgspec.Struct, frozen=True):
    """Where a task stands: written with every transaction, so positions are kept twice."""

    v: int = 1
    positions: dict[str, int] = {}
    last_tick: datetime | None = None
    simulated: bool = False
    head: bytes = b""
    next_number: int = 0
    halted: Halt | None = None
    refusals: dict[str, int] = {}


class ParkedRecord(msgspec.Struct, frozen=True):
    """A record that waits, whole."""

    topic: str
    partition: int
    offset: int
    append_time_ms: int
    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes | None]]

    @classmethod
    def of(cls, record: InputRecord) -> Self:
        """A record as it waits; `parked_record` of services/runtime/commands.py gives it back."""
        return cls(
            record.topic,
            record.partition,
            record.offset,
            record.append_time_ms,
            record.key,
            record.value,
            list(record.headers),
        )


_encoder = msgspec.json.Encoder()
_stored_decoder = msgspec.json.Decoder(_Stored)
_meta_decoder = msgspec.json.Decoder(TaskMeta)
_parked_decoder = msgspec.json.Decoder(ParkedRecord)


class CaseFormat:
    """Cases of one service in and out of their stored form, with migrations from older formats."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._decoder = msgspec.json.Decoder(service.state | None)

    def encode(self, case: Case) -> bytes:
        """Give the stored form: the same case gives the same bytes."""
        state = msgspec.Raw(_encoder.encode(case.state))
        return _encoder.encode(
            _Stored(self._service.state_version, case.sequence, case.seen, case.parked, case.parked_next, state)
        )

    def decode(self, value: bytes) -> Case:
        """Read a stored case; an older format migrates, a newer one refuses (`NewerState`)."""
        stored = _stored_decoder.decode(value)
        current = self._service.state_version
        if stored.v > current:
            raise NewerState(
                f"{self._service.name} 的状态格式为 {stored.v}，本版本只认识 {current}，请启动较新的版本。",
                f"{self._service.name}: state has format {stored.v}, this release knows {current}; start the newer release.",
            )
        state = self._decoder.decode(stored.state) if stored.v == current else self._migrated(stored)
        return Case(state, stored.sequence, stored.seen, stored.parked, stored.parked_next)

    def _migrated(self, stored: _Stored) -> Any:
        plain: dict[str, Any] | None = msgspec.json.decode(stored.state)
        if plain is None:  # a case of which nothing is known but what waits or was seen
            return None
        for version in range(stored.v, self._service.state_version):
            plain = self._service.migrations[version](plain)
        return msgspec.convert(plain, self._service.state)


def encode_struct(value: TaskMeta | ParkedRecord) -> bytes:
    """Give the stored form of the runtime's own values."""
    return _encoder.encode(value)


def decode_meta(value: bytes) -> TaskMeta:
    """Read where a task stands; `NewerState` if a newer release wrote it."""
    meta = _meta_decoder.decode(value)
    if meta.v > TaskMeta().v:
        raise NewerState(
            f"任务状态的格式为 {meta.v}，本版本只认识 {TaskMeta().v}，请启动较新的版本。",
            f"task state has format {meta.v}, this release knows {TaskMeta().v}; start the newer release.",
        )
    return meta


def decode_parked(value: bytes) -> ParkedRecord:
    """Read a record that waits."""
    return _parked_decoder.decode(value)


def parked_key(case_key: str, number: int) -> str:
    """Changelog key of a case's `number`th parked record."""
    return f"{PARKED_PREFIX}{case_key}/{number:08d}"


def state_digest(stored: bytes | None) -> bytes:
    """BLAKE2b-128 of a case's stored form; empty where there is no case."""
    return b"" if stored is None else hashlib.blake2b(stored, digest_size=STATE_DIGEST_BYTES).digest()


def id_hash(source: str, event_id: str) -> bytes:
    """Short name of (source, id) inside `seen`."""
    return hashlib.blake2b(f"{source}\x00{event_id}".encode(), digest_size=ID_BYTES).digest()


def remembered_digest(seen: bytes, name: bytes) -> bytes | None:
    """Give the content digest remembered for an id, or None."""
    place = seen.find(name)
    while place >= 0:
        if place % ENTRY_BYTES == 0:
            return seen[place + ID_BYTES : place + ID_BYTES + DIGEST_BYTES]
        place = seen.find(name, place + 1)
    return None


def remember(seen: bytes, name: bytes, digest: bytes, day: int) -> bytes:
    """Add an id; those older than `SEEN_DAYS` and beyond the newest `SEEN_MAX` are forgotten."""
    oldest = day - SEEN_DAYS
    first = 0
    while (
        first < len(seen)
        and int.from_bytes(seen[first + ENTRY_BYTES - DAY_BYTES : first + ENTRY_BYTES], "big") < oldest
    ):
        first += ENTRY_BYTES
    kept = seen[first:][-(SEEN_MAX - 1) * ENTRY_BYTES :]
    return b"".join((kept, name, digest, day.to_bytes(DAY_BYTES, "big")))


class TimerIndex:
    """Timers of a task's cases in (due, key) order: a heap whose stale entries are skipped and swept."""

    def __init__(self) -> None:
        self._by_key: dict[str, Timer] = {}
        self._heap: list[tuple[datetime, str]] = []

    def set(self, key: str, timer: Timer | None) -> None:
        """Remember a case's earliest timer, or that it has none."""
        if self._by_key.get(key) == timer:
            return
        if timer is None:
            del self._by_key[key]
            return
        self._by_key[key] = timer
        heapq.heappush(self._heap, (timer.due_at, key))
        if len(self._heap) > 2 * len(self._by_key) + 1_000:
            self._heap = sorted((timer.due_at, key) for key, timer in self._by_key.items())

    def due(self, now: datetime, limit: int, skip: Collection[str] = ()) -> list[tuple[str, Timer]]:
        """Give up to `limit` cases whose timer has passed, in (due, key) order, without those in `skip`."""
        taken: dict[str, tuple[datetime, str]] = {}
        while self._heap and self._heap[0][0] <= now and len(taken) < limit + len(skip):
            entry = heapq.heappop(self._heap)
            if self._is_live(entry):
                taken[entry[1]] = entry
        for entry in taken.values():
            heapq.heappush(self._heap, entry)
        wanted = [key for key in taken if key not in skip]
        return [(key, self._by_key[key]) for key in wanted[:limit]]

    def earliest(self) -> datetime | None:
        """Give the next instant at which anything is due."""
        while self._heap and not self._is_live(self._heap[0]):
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def _is_live(self, entry: tuple[datetime, str]) -> bool:
        timer = self._by_key.get(entry[1])
        return timer is not None and timer.due_at == entry[0]
