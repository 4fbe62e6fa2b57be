"""Batches of records as a broker gives them, read although a header's name is not UTF-8.

Kafka takes any bytes for a header's name, and checks none of them; aiokafka's decoders fail on the record, and give
nothing behind it in its partition. Here such a name keeps its bytes, in the way of PEP 383. Only names are forgiven:
a wrong checksum or a record of the wrong length is an error of the broker's or of the network's, as it is to aiokafka.
"""

import struct
from typing import NamedTuple

from aiokafka.errors import CorruptRecordException
from aiokafka.record.default_records import DefaultRecordBase, _DefaultRecordBatchPy
from aiokafka.record.util import decode_varint

from schemas.topics import RECORD_BYTES_MAX
from services.runtime.records import Header

_LENGTH = struct.Struct(">8xi")
"""Base offset, passed over; then how many bytes of the batch follow."""
KEEP_BYTES = "surrogateescape"


class ForgivenRecord(NamedTuple):
    """A record in the shape in which aiokafka hands it from its decoder to its fetcher."""

    offset: int
    timestamp: int
    timestamp_type: int
    key: bytes | None
    value: bytes | None
    headers: list[Header]
    checksum: None = None


class ForgivingBatch(_DefaultRecordBatchPy):  # type: ignore[misc]  # marked final; the only way to its unpacked bytes
    """One batch of format 2 (the only one with headers); aiokafka checks and unpacks it, we read its records."""

    _pos: int

    def _read_msg(self) -> ForgivenRecord:
        length, begin = decode_varint(self._buffer, self._pos)
        _attributes, self._pos = decode_varint(self._buffer, begin)
        later_ms, offset_later = self._number(), self._number()
        is_append_time = self.timestamp_type == DefaultRecordBase.LOG_APPEND_TIME
        record = ForgivenRecord(
            self.base_offset + offset_later,
            self.max_timestamp if is_append_time else self.first_timestamp + later_ms,
            self.timestamp_type,
            self._bytes(),
            self._bytes(),
            [self._header() for _ in range(self._number())],
        )
        if self._pos - begin != length:
            raise CorruptRecordException(f"a record of {length} bytes ends after {self._pos - begin}")
        return record

    def _number(self) -> int:
        number, self._pos = decode_varint(self._buffer, self._pos)
        return int(number)

    def _bytes(self) -> bytes | None:
        length = self._number()
        if length < 0:
            return None
        found = bytes(self._buffer[self._pos : self._pos + length])
        self._pos += length
        return found

    def _header(self) -> Header:
        name = self._bytes()
        if name is None:
            raise CorruptRecordException("a header without a name")
        return name.decode("utf-8", KEEP_BYTES), self._bytes()


class ForgivingBatches:
    """The batches of one partition in an answer to a fetch, in place of aiokafka's `MemoryRecords`."""

    def __init__(self, fetched: bytes) -> None:
        self._left = memoryview(fetched)

    def has_next(self) -> bool:
        """Tell whether a whole batch is left; the last one may be cut off."""
        return len(self._left) >= _LENGTH.size and len(self._left) >= self._next_bytes()

    def next_batch(self) -> ForgivingBatch:
        """Give the next batch."""
        size = self._next_bytes()
        batch, self._left = self._left[:size], self._left[size:]
        return ForgivingBatch(batch)

    def _next_bytes(self) -> int:
        return _LENGTH.size + int(_LENGTH.unpack_from(self._left)[0])


def readable_headers(headers: tuple[Header, ...]) -> tuple[tuple[Header, ...], bool]:
    r"""Give headers with names that can be shown and written again, and whether one of them had to be changed.

    A byte that is not UTF-8 shows as `\xff`. Where a record is above the limit for one anyway, names show nothing but
    ASCII and `?`, so that no record grows beyond what the dead letters take.
    """
    if all(name.isascii() or _is_text(name) for name, _ in headers):
        return headers, False
    size = sum(len(name) + len(value or b"") for name, value in headers)
    shown = _spelt_out if size <= RECORD_BYTES_MAX else _blotted_out
    return tuple((shown(name), value) for name, value in headers), True


def _is_text(name: str) -> bool:
    return not any("\udc80" <= character <= "\udcff" for character in name)


def _spelt_out(name: str) -> str:
    return name.encode("utf-8", KEEP_BYTES).decode("utf-8", "backslashreplace")


def _blotted_out(name: str) -> str:
    return name.encode("ascii", "replace").decode("ascii")
