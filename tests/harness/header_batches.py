"""Writes batches that no well-behaved client writes: with header names in any bytes."""

import struct
from collections.abc import Sequence
from typing import NamedTuple

from aiokafka import TopicPartition
from aiokafka.client import AIOKafkaClient
from aiokafka.codec import gzip_encode
from aiokafka.errors import NoError, NotLeaderForPartitionError, for_code
from aiokafka.protocol.produce import ProduceRequest
from aiokafka.record.default_records import DefaultRecordBase, DefaultRecordBatchBuilder
from aiokafka.record.util import calc_crc32c

from services.runtime.broker_connection import BrokerConnection
from services.runtime.records import OutputRecord
from tests.harness.waiting import until

TIMEOUT_MS = 10_000
BATCH_BYTES = 8 * 1024 * 1024
LENGTH_OFFSET = 8

RawHeader = tuple[bytes, bytes | None]
"""A header's name, in any bytes, and its value."""


class RawRecord(NamedTuple):
    """A record as it is to stand in a batch."""

    key: bytes | None
    value: bytes | None
    headers: Sequence[RawHeader]


def raw(record: OutputRecord, *more: RawHeader) -> RawRecord:
    """Make an ordinary record a raw one, with these headers behind its own."""
    headers = [(name.encode(), value) for name, value in record.headers]
    return RawRecord(record.key, record.value, [*headers, *more])


def raw_batch(records: Sequence[RawRecord], *, packed: bool = False) -> bytes:
    """Build one batch (format 2), packed with gzip or not; stand-ins of the same length make place for names."""
    builder = DefaultRecordBatchBuilder(2, 0, 0, -1, -1, -1, BATCH_BYTES)
    names: dict[bytes, bytes] = {}
    for offset, record in enumerate(records):
        headers = [(_stand_in(name, names), value) for name, value in record.headers]
        assert builder.append(offset, 0, record.key, record.value, headers) is not None
    batch = bytearray(builder.build())
    for stand_in, name in names.items():
        assert 1 == batch.count(stand_in)
        batch = batch.replace(stand_in, name)
    return with_checksum(_packed(batch) if packed else batch)


def _packed(batch: bytearray) -> bytearray:
    begin = DefaultRecordBase.HEADER_STRUCT.size
    small = bytearray(batch[:begin] + gzip_encode(bytes(batch[begin:])))
    struct.pack_into(">h", small, DefaultRecordBase.ATTRIBUTES_OFFSET, DefaultRecordBase.CODEC_GZIP)
    struct.pack_into(">i", small, LENGTH_OFFSET, len(small) - DefaultRecordBase.AFTER_LEN_OFFSET)
    return small


def _stand_in(name: bytes, names: dict[bytes, bytes]) -> str:
    """Give the name itself where it is text, else a text of its length that stands nowhere else."""
    try:
        return name.decode()
    except UnicodeDecodeError:
        stand_in = f"~{len(names):02d}".ljust(len(name), "~")[: len(name)]
        names[stand_in.encode()] = name
        return stand_in


def with_checksum(batch: bytearray) -> bytes:
    """Set a batch's checksum right."""
    checksum = calc_crc32c(bytes(batch[DefaultRecordBase.ATTRIBUTES_OFFSET :]))
    struct.pack_into(">I", batch, DefaultRecordBase.CRC_OFFSET, checksum)
    return bytes(batch)


async def append_raw(broker: BrokerConnection, topic: str, partition: int, batch: bytes) -> None:
    """Have the broker append a batch as it is; it judges what a broker judges. A new topic may have no leader yet."""
    client = AIOKafkaClient(**broker.client(), request_timeout_ms=TIMEOUT_MS)
    request = ProduceRequest(None, -1, TIMEOUT_MS, [(topic, [(partition, batch)])])

    async def is_appended() -> bool:
        await client.set_topics([topic])
        await client.force_metadata_update()
        answer = await client.send(client.cluster.leader_for_partition(TopicPartition(topic, partition)), request)
        error = for_code(answer.topics[0][1][0][1])
        assert error in (NoError, NotLeaderForPartitionError), error
        return error is NoError

    try:
        await client.bootstrap()
        await until(is_appended, 10, "the batch is appended")
    finally:
        await client.close()
