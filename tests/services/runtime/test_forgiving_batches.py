"""Header names in any bytes are read and shown; what is broken otherwise is not forgiven."""

import struct

import pytest
from aiokafka import TopicPartition
from aiokafka.consumer.fetcher import READ_COMMITTED, PartitionRecords
from aiokafka.errors import CorruptRecordException
from aiokafka.record.default_records import DefaultRecordBase, DefaultRecordBatchBuilder
from aiokafka.structs import ConsumerRecord
from hypothesis import given
from hypothesis import strategies as st

from schemas.topics import RECORD_BYTES_MAX
from services.runtime.forgiving_batches import ForgivingBatches, readable_headers
from tests.harness.header_batches import RawRecord, raw_batch, with_checksum

PLACE = TopicPartition("any-topic", 3)
BAD = b"na\xffme"
ABORT_MARKER = struct.pack(">hh", 0, 0)
PRODUCER_ID = 7


def read(fetched: bytes, aborted: list[tuple[int, int]] | None = None) -> list[ConsumerRecord]:
    batches = ForgivingBatches(fetched)
    return list(
        PartitionRecords(PLACE, batches, aborted, 0, None, None, check_crcs=True, isolation_level=READ_COMMITTED)
    )


def keys(records: list[ConsumerRecord]) -> list[bytes]:
    return [record.key for record in records]


def at(base_offset: int, batch: bytes) -> bytes:
    return struct.pack(">q", base_offset) + batch[8:]


@pytest.mark.parametrize("packed", [False, True])
def test_a_record_with_such_a_name_is_read_with_its_neighbours(packed: bool) -> None:
    records = [
        RawRecord(b"before", b"1", [(b"name", b"x")]),
        RawRecord(b"bad", b"2", [(b"name", b"x"), (BAD, b"y"), (b"none", None)]),
        RawRecord(None, None, []),
    ]

    found = read(at(40, raw_batch(records, packed=packed)))

    assert [(40, b"before", b"1"), (41, b"bad", b"2"), (42, None, None)] == [
        (record.offset, record.key, record.value) for record in found
    ]
    assert ((("name", b"x"), ("na\\xffme", b"y"), ("none", None)), True) == readable_headers(found[1].headers)


@given(st.lists(st.tuples(st.text(), st.none() | st.binary()), max_size=5).map(tuple))
def test_names_that_are_text_stay_as_they_are(headers: tuple[tuple[str, bytes | None], ...]) -> None:
    assert (headers, False) == readable_headers(headers)


@given(st.lists(st.binary(max_size=8), min_size=1, max_size=5))
def test_whatever_the_bytes_of_a_name_what_is_shown_can_be_written(names: list[bytes]) -> None:
    as_read = tuple((name.decode("utf-8", "surrogateescape"), b"") for name in names)

    shown, altered = readable_headers(as_read)

    assert altered != all(map(is_utf8, names))
    assert len(names) == len([name.encode() for name, _ in shown])


def is_utf8(name: bytes) -> bool:
    try:
        name.decode()
    except UnicodeDecodeError:
        return False
    return True


def test_what_is_shown_of_a_record_above_the_limit_is_no_longer_than_it_was() -> None:
    name = b"\xff" * RECORD_BYTES_MAX + "码".encode()
    as_read = ((name.decode("utf-8", "surrogateescape"), b"value"),)

    ((shown, value),), altered = readable_headers(as_read)

    assert altered
    assert b"value" == value
    assert len(name) >= len(shown.encode())


def test_records_of_an_aborted_transaction_are_passed_over() -> None:
    def batch(key: bytes, *, control: bool = False) -> bytes:
        builder = DefaultRecordBatchBuilder(2, 0, 1, PRODUCER_ID, 0, 0, 1_000)
        builder.append(0, 0, key, b"", [])
        built = builder.build()
        if control:
            (attributes,) = struct.unpack_from(">h", built, DefaultRecordBase.ATTRIBUTES_OFFSET)
            attributes |= DefaultRecordBase.CONTROL_MASK
            struct.pack_into(">h", built, DefaultRecordBase.ATTRIBUTES_OFFSET, attributes)
        return with_checksum(built)

    fetched = at(0, batch(b"aborted")) + at(1, batch(ABORT_MARKER, control=True)) + at(2, batch(b"committed"))

    assert [b"committed"] == keys(read(fetched, aborted=[(PRODUCER_ID, 0)]))


def test_a_batch_that_was_cut_off_waits_for_the_next_fetch() -> None:
    whole = raw_batch([RawRecord(b"first", b"", [])])
    cut = raw_batch([RawRecord(b"second", b"", [])])[:-1]

    assert [b"first"] == keys(read(whole + at(1, cut)))


def test_a_wrong_checksum_is_not_forgiven() -> None:
    batch = bytearray(raw_batch([RawRecord(b"key", b"value", [(BAD, b"")])]))
    batch[batch.index(b"value")] ^= 1

    with pytest.raises(CorruptRecordException):
        read(bytes(batch))


@pytest.mark.parametrize("length", [b"\x00", b"\x7e"])
def test_a_record_of_another_length_than_it_says_is_not_forgiven(length: bytes) -> None:
    batch = bytearray(raw_batch([RawRecord(b"key", b"value", [(BAD, b"")])]))
    batch[DefaultRecordBase.HEADER_STRUCT.size] = length[0]

    with pytest.raises(CorruptRecordException):
        read(with_checksum(batch))
