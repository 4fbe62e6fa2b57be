"""`python -m benchmarks.verify_decisions`: how long `shebao audit verify` takes for a log of a million decision entries.

A log is made as the workers write it (chained, packed, zstd, 12 partitions) on a broker of its own, a seal for every 5,000
entries of a task, and is then verified as the command does it. It prints what was seen; nothing is asserted.
"""

import argparse
import asyncio
import hashlib
import random
import resource
import time
from collections.abc import AsyncIterator, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import uvloop
from aiokafka import AIOKafkaProducer

from benchmarks.broker import WRITE_BATCH_BYTES, create_topics, private_broker
from benchmarks.feed import unit_code
from schemas.topics import AUDIT_SEALS, PARTITIONS, decisions_topic
from services.audit.chain import LinkReader
from services.audit.findings import Verification
from services.audit.seal_keys import development_public_keys, development_seal_key
from services.audit.sealer import Sealer
from services.audit.seals import seal_record
from services.audit.verifying import verify
from services.runtime.broker_connection import BrokerConnection
from services.runtime.codec import PREFIX_BYTES, Codec, local_codec
from services.runtime.kafka_access import read_topics
from services.runtime.ledger import ENTRIES_A_RECORD
from services.runtime.records import InputRecord, OutputRecord, derived_id

ENTRIES = 1_000_000
SEAL_ENTRIES_MAX = 5_000
SERVICE = "arrears"
TOPIC = decisions_topic(SERVICE)
NOW = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
SEED = 20_261_126


@dataclass
class BrokerLog:
    """A `MeshReader` over the broker, without a registry."""

    bootstrap: str
    codec: Codec

    @property
    def partitions(self) -> int:
        """As the inventory has them."""
        return PARTITIONS

    @property
    def broker_now(self) -> datetime:
        """Not needed here."""
        return NOW

    async def records(self, topics: Collection[str]) -> AsyncIterator[InputRecord]:
        """Give every record of the topics."""
        async for record in read_topics(BrokerConnection(self.bootstrap), topics):
            yield record

    async def by_task(
        self, topics: Collection[str], partitions: Iterable[int]
    ) -> AsyncIterator[tuple[int, list[InputRecord]]]:
        """Give the same partition number by partition number."""
        for partition in partitions:
            yield partition, [record async for record in self.records(topics) if record.partition == partition]

    async def append(self, records: Sequence[OutputRecord]) -> None:
        """Not needed here."""
        raise NotImplementedError


def decision_values(codec: Codec, partition: int, entries: int, a_record: int) -> Iterator[bytes]:
    """Make one task's chain of decision records."""
    chance = random.Random(SEED + partition)
    codes = [unit_code(number) for number in range(1_000)]
    head = b""
    for first in range(0, entries, a_record):
        packed = [_entry(chance, codes, partition, first + n) for n in range(min(a_record, entries - first))]
        value = codec.encode_plain(
            TOPIC,
            {
                "service": SERVICE,
                "partition": partition,
                "release": "2026.11",
                "first_number": first,
                "previous_hash": head,
                "entries": packed,
            },
        )
        head = hashlib.sha256(memoryview(value)[PREFIX_BYTES:]).digest()
        yield value


def _entry(chance: random.Random, codes: Sequence[str], partition: int, number: int) -> dict[str, object]:
    cause = derived_id(("bench", str(partition), str(number)))
    return {
        "kind": "record",
        "topic": "contribution-paid",
        "offset": number,
        "event_id": cause,
        "case_key": chance.choice(codes),
        "outcome": "decided",
        "code": "arrears-changed",
        "paragraphs": ("社会保险法 60", "社会保险法 86"),
        "values": {"month": "2026-09", "insurance": "pension", "principal_fen": "1234500"},
        "now": NOW + timedelta(seconds=number),
        "input_digest": chance.randbytes(12),
        "state_before": chance.randbytes(16),
        "state_after": chance.randbytes(16),
        "said": [derived_id((cause, "said"))],
        "timer_name": "",
        "timer_due_at": None,
    }


async def written(bootstrap: str, codec: Codec, entries: int, a_record: int) -> tuple[int, int]:
    """Write the log and its seals; give how many decision records and how many bytes."""
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap, compression_type="zstd", max_batch_size=WRITE_BATCH_BYTES, linger_ms=20
    )
    await producer.start()
    records, size = 0, 0
    try:
        for partition in range(PARTITIONS):
            share = entries // PARTITIONS + (partition < entries % PARTITIONS)
            sealer = Sealer(LinkReader(codec), development_seal_key(), SEAL_ENTRIES_MAX, timedelta(days=1))
            key = str(partition).encode()
            sent = []
            for offset, value in enumerate(decision_values(codec, partition, share, a_record)):
                records, size = records + 1, size + len(value)
                sent.append(await producer.send(TOPIC, value, key, partition))
                sealer.take(InputRecord(TOPIC, partition, offset, 0, key, value, ()), NOW)
                due = sealer.due(NOW)
                sealer.written(due)
                for one in due:
                    seal = seal_record(codec, one)
                    headers = list(seal.headers)
                    sent.append(await producer.send(seal.topic, seal.value, seal.key, partition, headers=headers))
            await asyncio.gather(*sent)
    finally:
        await producer.stop()
    return records, size


async def main_async(entries: int, a_record: int, rounds: int) -> None:
    """Make the log, verify it, tell how long it took."""
    codec = local_codec()
    async with private_broker() as bootstrap:
        await create_topics(bootstrap, [TOPIC, AUDIT_SEALS])
        began = time.perf_counter()
        records, size = await written(bootstrap, codec, entries, a_record)
        print(f"written: {entries:,} entries in {records:,} records, {size / 2**20:.0f} MiB, {_since(began):.1f} s")
        log = BrokerLog(bootstrap, codec)
        for number in range(rounds):
            began, cpu = time.perf_counter(), time.process_time()
            found = await verify(log, [SERVICE], development_public_keys())
            _tell(found, number, _since(began), time.process_time() - cpu)


def _tell(found: Verification, number: int, seconds: float, cpu_s: float) -> None:
    entries = sum(task.entries for task in found.tasks)
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"verified, run {number + 1}: {entries:,} entries, {found.seals:,} seals, sound: {found.is_sound}, "
        f"{seconds:.1f} s, of it {cpu_s:.1f} s CPU here; peak memory {peak_mib:.0f} MiB"
    )


def _since(began: float) -> float:
    return time.perf_counter() - began


def main() -> None:
    """Run the measurement."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=ENTRIES)
    parser.add_argument("--entries-a-record", type=int, default=ENTRIES_A_RECORD)
    parser.add_argument("--rounds", type=int, default=2)
    given = parser.parse_args()
    uvloop.run(main_async(given.entries, given.entries_a_record, given.rounds))


if __name__ == "__main__":
    main()
