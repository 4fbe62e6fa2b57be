"""Writes hostile records to the real broker: packed in every way, and with header names that no client would write."""

import asyncio
import hashlib
from collections import Counter
from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import Self

from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import NoError, NotLeaderForPartitionError, for_code
from aiokafka.protocol.produce import ProduceRequest

from schemas.topics import DEAD_BYTES_MAX
from services.runtime.broker_connection import BrokerConnection
from services.runtime.records import InputRecord
from tests.fuzz.hostile import CODECS, INPUTS, Hostile
from tests.harness.header_batches import RawRecord
from tests.harness.raw_batches import raw_batch, varint
from tests.harness.waiting import until

TIMEOUT_MS = 10_000

Stored = tuple[str, int, bytes]
"""Topic, partition, digest of key and value."""


class Feeder:
    """Appends records, and remembers what it appended."""

    def __init__(self, broker: BrokerConnection) -> None:
        self._broker = broker
        self._producers: dict[str, AIOKafkaProducer] = {}
        self._open = AsyncExitStack()
        self.appended: Counter[Stored] = Counter()

    async def __aenter__(self) -> Self:
        self._client = AIOKafkaClient(**self._broker.client(), request_timeout_ms=TIMEOUT_MS)
        await self._client.bootstrap()
        self._open.push_async_callback(self._client.close)
        await self._client.set_topics([topic.name for topic in INPUTS])
        for codec in set(CODECS):
            producer = AIOKafkaProducer(
                **self._broker.client(),
                acks="all",
                compression_type=codec or None,
                linger_ms=5,
                max_batch_size=256 * 1024,
                max_request_size=DEAD_BYTES_MAX,
            )
            await producer.start()
            self._open.push_async_callback(producer.stop)
            self._producers[codec] = producer
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._open.aclose()

    async def append(self, records: Sequence[Hostile]) -> None:
        """Append records, in order where they go to one partition packed in one way."""
        waiting: list[asyncio.Future[object]] = []
        for hostile in records:
            self.appended[_stored(hostile)] += 1
            if not hostile.is_text or hostile.record[:2] == (None, None):
                waiting.append(asyncio.ensure_future(self._append_raw(hostile)))
                continue
            record = hostile.as_output()
            producer = self._producers[hostile.packed]
            headers = list(record.headers)
            waiting.append(
                await producer.send(record.topic, record.value, record.key, record.partition, headers=headers)
            )
        await asyncio.gather(*waiting)

    async def _append_raw(self, hostile: Hostile) -> None:
        """What no client would write, in a batch made by hand."""
        batch = raw_batch(_raw(hostile.record))
        place = TopicPartition(hostile.topic, hostile.partition)
        request = ProduceRequest(None, -1, TIMEOUT_MS, [(place.topic, [(place.partition, batch)])])

        async def is_appended() -> bool:
            answer = await self._client.send(self._client.cluster.leader_for_partition(place), request)
            error = for_code(answer.topics[0][1][0][1])
            if error not in (NoError, NotLeaderForPartitionError):  # a topic made a moment ago may have no leader yet
                raise error(place)
            return error is NoError

        await until(is_appended, TIMEOUT_MS / 1_000, "the batch is appended")


def _raw(record: RawRecord) -> bytes:
    """A record in the format of batches, its headers' names in any bytes."""
    parts = [b"\x00", varint(0), varint(0), _sized(record.key), _sized(record.value), varint(len(record.headers))]
    parts += [_sized(part) for header in record.headers for part in header]
    body = b"".join(parts)
    return varint(len(body)) + body


def _sized(part: bytes | None) -> bytes:
    return varint(-1) if part is None else varint(len(part)) + part


def _stored(hostile: Hostile) -> Stored:
    return hostile.topic, hostile.partition, digest(hostile.record.key, hostile.record.value)


def stored(record: InputRecord) -> Stored:
    """Name a record that was read, as the feeder names what it wrote."""
    return record.topic, record.partition, digest(record.key, record.value)


def digest(key: bytes | None, value: bytes | None) -> bytes:
    """Tell apart what differs, also nothing from empty."""
    return hashlib.blake2b(repr((key, len(value or b""))).encode() + (value or b"-"), digest_size=12).digest()
