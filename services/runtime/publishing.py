"""How an outside producer's fact becomes a record: envelope, key, partition. Shared by the edges and by tests."""

from datetime import datetime

from schemas.fact import Fact
from services.runtime.codec import Codec
from services.runtime.envelope import Envelope, event_type, headers_of, trace_named, traceparent_in
from services.runtime.records import OutputRecord, derived_id, partition_of


def upstream_id(source: str, business_reference: str, revision: int) -> str:
    """Derive an upstream fact's id: the same row published again, or with rows inserted before it, keeps its id."""
    return derived_id((source, business_reference, str(revision)))


def published(
    codec: Codec,
    fact: Fact,
    event_id: str,
    source: str,
    time: datetime,
    partitions: int,
    partition: int | None = None,
    topic: str = "",
    trace: str = "",
) -> OutputRecord:
    """Write a fact as its topic carries it, in a trace of its own, or in the one named (32 hexadecimal digits).

    `partition` only for broadcast facts, which go to each, and for commands to one task; `topic` only for commands,
    whose contract travels on every service's own topic.
    """
    topic = topic or fact.topic
    key = fact.case_key.encode()
    context = traceparent_in(trace or trace_named(event_id), event_id)
    envelope = Envelope(event_id, source, event_type(topic), time, event_id, "", 0, context)
    place = partition_of(key, partitions) if partition is None else partition
    return OutputRecord(topic, place, key, codec.encode(topic, fact), headers_of(topic, envelope))


def published_everywhere(
    codec: Codec, fact: Fact, event_id: str, source: str, time: datetime, partitions: int
) -> list[OutputRecord]:
    """Write a broadcast fact: once a partition, each under an id of its own."""
    ids = [derived_id((event_id, str(place))) for place in range(partitions)]
    return [published(codec, fact, one, source, time, partitions, place) for place, one in enumerate(ids)]
