"""Records as they stand in topics and as they are to be written, and what is derived from their keys and causes."""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

import msgspec
from aiokafka.partitioner import murmur2

Header = tuple[str, bytes | None]
"""Name and value; Kafka allows a header without a value."""

EVENT_NAMESPACE = UUID("7d1f4c62-0b7e-5c55-9d3e-2a40c2c6a1b9")
"""Namespace of all derived ids (RFC 9562, version 5)."""

_VARIANT = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}
"""The hexadecimal digit whose upper bits are the variant of RFC 9562."""
_NAMESPACE_SHA1 = hashlib.sha1(EVENT_NAMESPACE.bytes, usedforsecurity=False)


class InputRecord(msgspec.Struct, frozen=True, gc=False):
    """A record read from a topic, undecoded, with its coordinates and broker append time (ms since 1970).

    `names_altered`: a header's name is not UTF-8, and stands here as it can be shown.
    """

    topic: str
    partition: int
    offset: int
    append_time_ms: int
    key: bytes | None
    value: bytes | None
    headers: tuple[Header, ...]
    names_altered: bool = False


class OutputRecord(NamedTuple):
    """A record to be written in a transaction."""

    topic: str
    partition: int
    key: bytes | None
    value: bytes | None
    headers: tuple[Header, ...] = ()


def append_time(record: InputRecord) -> datetime:
    """The broker's append time of a record, UTC."""
    return _instant_of_ms(record.append_time_ms)


@lru_cache(maxsize=1_000)
def _instant_of_ms(since_1970_ms: int) -> datetime:
    """Remembered: records that were sent together have one append time."""
    return datetime.fromtimestamp(since_1970_ms / 1000, UTC)


def derived_id(parts: Iterable[str]) -> str:
    """Derive an id from its cause: UUID version 5 of the parts joined by an unprintable separator.

    Same bytes as `uuid.uuid5`, without building UUID objects on the hot road.
    """
    digest = _NAMESPACE_SHA1.copy()
    digest.update("\x1f".join(parts).encode())
    text = digest.hexdigest()
    return f"{text[:8]}-{text[8:12]}-5{text[13:16]}-{_VARIANT[text[16]]}{text[17:20]}-{text[20:32]}"


@lru_cache(maxsize=200_000)
def partition_of(key: bytes, partitions: int) -> int:
    """Give the partition of a key as the Java client does (murmur2)."""
    return int((murmur2(key) & 0x7FFFFFFF) % partitions)
