"""How an outside producer's fact becomes a record: envelope, key, partition. Shared by the edges and by tests."""

from datetime import datetime

from schemas.fact import Fact
from services.runtime.codec import Codec
from services.runtime.envelope import Envelope, event_type, headers_of, traceparent_after
from services.runtime.records import OutputRecord, derived_id, partition_of


def upstream_id(source: str, business_reference: str, revision: int) -> str:
    """Derive an upstream fact's id: the same row published again, or with rows inserted before it, keeps its id."""
    return derived_id((source, business_reference, str(revision)))


def published(
    codec: Codec, fact: Fact, event_id: str, source: str, time: datetime, partitions: int, partition: int | None = None
) -> OutputRecord:
    """Write a fact as its topic carries it; `partition` only for broadcast facts, which go to each."""
    key = fact.case_key.encode()
    trace = traceparent_after(None, event_id, event_id)
    envelope = Envelope(event_id, source, event_type(fact.topic), time, event_id, "", 0, trace)
    place = partition_of(key, partitions) if partition is None else partition
    return OutputRecord(fact.topic, place, key, codec.encode(fact.topic, fact), headers_of(fact.topic, envelope))
