"""A decisions log in memory that can be tampered with, and seals of it."""

import hashlib
from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from schemas.audit import DecisionsSealed
from schemas.decision_records import columns
from schemas.topics import AUDIT_SEALS, PARTITIONS, decisions_topic
from services.audit.chain import LinkReader
from services.audit.findings import Verification
from services.audit.seal_file import SealFile
from services.audit.seal_keys import PublicKeys, SealKey, development_public_keys, development_seal_key
from services.audit.sealer import Sealer
from services.audit.seals import seal_record
from services.audit.verifying import verify
from services.runtime.codec import PREFIX_BYTES, Codec, local_codec
from services.runtime.records import InputRecord, OutputRecord

NOW = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
ARREARS = decisions_topic("arrears")
ENTRIES = 3
"""Entries a record, so that record n holds the entries 3n to 3n + 2."""
RECORDS = 10


def entry(number: int) -> dict[str, object]:
    return {
        "kind": "record",
        "topic": "contribution-paid",
        "offset": number,
        "event_id": f"event-{number}",
        "case_key": "91371003MA3N5Y8K1E",
        "outcome": "decided",
        "code": "counted",
        "paragraphs": ("社会保险法 60",),
        "values": {"payments": str(number)},
        "now": NOW,
        "input_digest": bytes(12),
        "state_before": bytes(16),
        "state_after": bytes(16),
        "said": [f"said-{number}"],
        "timer_name": "",
        "timer_due_at": None,
    }


def packed(
    codec: Codec, service: str, partition: int, first: int, previous: bytes, count: int = ENTRIES, release: str = "1"
) -> bytes:
    return codec.encode_plain(
        decisions_topic(service),
        {
            "service": service,
            "partition": partition,
            "release": release,
            "first_number": first,
            "previous_hash": previous,
            **columns([entry(number) for number in range(first, first + count)]),
        },
    )


def hash_of(value: bytes | None) -> bytes:
    return hashlib.sha256((value or b"")[PREFIX_BYTES:]).digest()


@dataclass
class Log:
    """A `MeshReader` over lists."""

    codec: Codec = field(default_factory=local_codec)
    places: dict[tuple[str, int], list[InputRecord]] = field(default_factory=dict)

    @property
    def partitions(self) -> int:
        """As the inventory has them."""
        return PARTITIONS

    @property
    def broker_now(self) -> datetime:
        return NOW

    async def records(self, topics: Collection[str]) -> AsyncIterator[InputRecord]:
        for topic, partition in sorted(self.places):
            if topic in topics:
                for record in self.places[topic, partition]:
                    yield record

    async def by_task(
        self, topics: Collection[str], partitions: Iterable[int]
    ) -> AsyncIterator[tuple[int, list[InputRecord]]]:
        for partition in partitions:
            yield partition, [record async for record in self.records(topics) if record.partition == partition]

    async def append(self, records: Sequence[OutputRecord]) -> None:
        for record in records:
            self.put(record)

    def put(self, record: OutputRecord) -> None:
        place = self.places.setdefault((record.topic, record.partition), [])
        offset = place[-1].offset + 2 if place else 0  # a commit marker takes an offset too
        place.append(InputRecord(record.topic, record.partition, offset, 0, record.key, record.value, record.headers))

    def decide(self, service: str, partition: int, records: int) -> None:
        """Let a task write decision records as its worker does."""
        topic = decisions_topic(service)
        for _ in range(records):
            before = self.places.get((topic, partition), [])
            first = ENTRIES * len(before)
            previous = hash_of(before[-1].value) if before else b""
            value = packed(self.codec, service, partition, first, previous)
            self.put(OutputRecord(topic, partition, str(partition).encode(), value))

    def of(self, service: str, partition: int) -> list[InputRecord]:
        return self.places[decisions_topic(service), partition]

    def seal(self, key: SealKey | None = None, now: datetime = NOW) -> list[DecisionsSealed]:
        """Let the sealer seal every task's head."""
        sealer = self.sealer(key)
        sealer.resume(self.seals())
        for record in self.decision_records():
            offset = sealer.begin("arrears", record.partition, 0, 1 << 40) if record.topic == ARREARS else 0
            if offset is not None and record.offset >= offset:
                sealer.take(record, now)
        made = sealer.due(now, at_once=True)
        for one in made:
            self.put(seal_record(self.codec, one))
        return made

    def sealer(self, key: SealKey | None = None) -> Sealer:
        return Sealer(LinkReader(self.codec), key or development_seal_key(), 5_000, timedelta(minutes=5))

    def decision_records(self) -> Iterable[InputRecord]:
        return [record for (topic, _), found in sorted(self.places.items()) if topic != AUDIT_SEALS for record in found]

    def seals(self) -> list[DecisionsSealed]:
        found = [record for (topic, _), records in self.places.items() if topic == AUDIT_SEALS for record in records]
        return [self.codec.decode(AUDIT_SEALS, record.value or b"") for record in found]


def sealed_log(records: int = RECORDS, unsealed: int = 2) -> Log:
    """A task of arrears with records that are sealed, and some after them that are not; and a task beside it."""
    log = Log()
    log.decide("arrears", 3, records)
    log.decide("arrears", 4, 2)
    log.seal()
    log.decide("arrears", 3, unsealed)
    return log


def altered(record: InputRecord, **changed: object) -> InputRecord:
    fields = {name: getattr(record, name) for name in record.__struct_fields__}
    return InputRecord(**(fields | changed))


async def found_in(
    log: Log, exported: SealFile | None = None, root: str = "", keys: PublicKeys | None = None
) -> Verification:
    return await verify(log, ["arrears"], keys or development_public_keys(), exported, root)
