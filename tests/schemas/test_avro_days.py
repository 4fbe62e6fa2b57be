"""Dates that are read as numbers: the same record, or the same complaint, as fastavro alone gives."""

import io
from typing import Any

import fastavro
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.avro import avro_schema, parsed
from schemas.avro.days import day_reader
from schemas.avro.versions import kept_versions
from schemas.contracts import CONTRACTS
from schemas.contributions import ContributionPaid
from schemas.examples import examples
from schemas.examples.wire import avro_value
from services.runtime.codec import PREFIX_BYTES, local_codec
from services.runtime.refusals import RefusedAtDoor
from tests.harness.counting import paid

KEPT = kept_versions()
NEWEST = [one for one in examples() if one.code is None and one.version == max(KEPT[one.contract])]
TOPIC = ContributionPaid.topic


@pytest.mark.parametrize("name", sorted(CONTRACTS))
def test_every_example_of_a_contract_is_read_as_fastavro_reads_it(name: str) -> None:
    schema = parsed(avro_schema(CONTRACTS[name]))
    reader = day_reader(avro_schema(CONTRACTS[name]))

    for example in (one for one in NEWEST if one.contract == name):
        buffer = io.BytesIO()
        fastavro.schemaless_writer(buffer, schema, avro_value(schema, example.value))
        value = buffer.getvalue()
        assert reader.read(io.BytesIO(value)) == fastavro.schemaless_reader(io.BytesIO(value), schema, None)


@given(place=st.integers(min_value=0, max_value=200), byte=st.binary(max_size=6), cut=st.integers(0, 4))
def test_of_damaged_bytes_a_sender_is_told_what_fastavro_finds_first(place: int, byte: bytes, cut: int) -> None:
    codec = local_codec()
    whole = codec.encode(TOPIC, paid(1, 100, "damaged"))
    place = min(PREFIX_BYTES + place, len(whole))
    damaged = whole[:place] + byte + whole[place + len(byte) : len(whole) - cut]

    assert _told(codec, damaged) == _found(damaged)


def _told(codec: Any, value: bytes) -> str:
    try:
        codec.decode(TOPIC, value)
    except RefusedAtDoor as refused:
        told = refused.reason()
        return told.values.get("detail", "") if told.code == "undecodable" else ""
    return ""


def _found(value: bytes) -> str:
    buffer = io.BytesIO(value)
    buffer.seek(PREFIX_BYTES)
    try:
        fastavro.schemaless_reader(buffer, parsed(avro_schema(ContributionPaid)), None)
    except Exception as error:
        return type(error).__name__
    return "" if buffer.tell() == len(value) else "bytes left over after the record"
