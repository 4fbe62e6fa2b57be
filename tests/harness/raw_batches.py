"""Record batches made by hand: what a broken or ill-willed producer may send, and no client library would write.

The format is that of Kafka's `DefaultRecordBatch` (version 2): a header, then the records, compressed as a whole.
"""

import struct
import time

from aiokafka.conn import create_conn
from aiokafka.errors import for_code
from aiokafka.protocol.metadata import MetadataRequest
from aiokafka.protocol.produce import ProduceRequest
from aiokafka.record.util import calc_crc32c, encode_varint

from services.runtime.records import Header

GZIP, SNAPPY, LZ4, ZSTD = 1, 2, 3, 4
"""Codecs of the format: the lowest three bits of a batch's attributes. 0 is none; nobody knows 5, 6 and 7."""
REQUEST_TIMEOUT_MS = 60_000
_HEADER_AFTER_CRC = struct.Struct(">hiqqqhii")
_HEADER_BEFORE_CRC = struct.Struct(">qiibI")
_BYTES_BEFORE_LEADER_EPOCH = 12


def varint(number: int) -> bytes:
    """A number as records write it."""
    written = bytearray()
    encode_varint(number, written.append)
    return bytes(written)


def raw_record(key: bytes, value: bytes, headers: tuple[Header, ...] = (), place: int = 0) -> bytes:
    """One record, the `place`th of its batch."""
    parts = [b"\x00", varint(0), varint(place), varint(len(key)), key, varint(len(value)), value, varint(len(headers))]
    for name, content in headers:
        parts += [varint(len(name)), name.encode(), varint(len(content or b"")), content or b""]
    body = b"".join(parts)
    return varint(len(body)) + body


def raw_batch(records: bytes, count: int = 1, codec: int = 0) -> bytes:
    """A batch around records that are compressed already; `codec` is what it says of them."""
    now_ms = int(time.time() * 1000)
    rest = _HEADER_AFTER_CRC.pack(codec, count - 1, now_ms, now_ms, -1, -1, -1, count) + records
    before = _HEADER_BEFORE_CRC.size
    return _HEADER_BEFORE_CRC.pack(0, before - _BYTES_BEFORE_LEADER_EPOCH + len(rest), -1, 2, calc_crc32c(rest)) + rest


async def answer_to(server: str, topic: str, partition: int, batch: bytes) -> type[Exception]:
    """Send one batch once, as it is, and give the broker's answer as aiokafka's error (`NoError` where it took it)."""
    host, _, port = server.rpartition(":")
    connection = await create_conn(host, int(port), request_timeout_ms=REQUEST_TIMEOUT_MS)
    try:
        await connection.send(MetadataRequest([topic]))
        answer = await connection.send(ProduceRequest(None, -1, REQUEST_TIMEOUT_MS, [(topic, [(partition, batch)])]))
    finally:
        connection.close()
    kind: type[Exception] = for_code(answer.topics[0][1][0][1])
    return kind
