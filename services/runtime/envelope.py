"""The CloudEvents 1.0 envelope in Kafka's binary mode: attributes as `ce_*` headers, W3C trace context beside them."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache

import msgspec

from schemas.avro import NAMESPACE
from services.runtime.records import Header
from services.runtime.refusals import RefusedAtDoor

CONTENT_TYPE = b"application/avro"
TRACEPARENT_CHARS = 55
TEXT_BYTES_MAX = 256
"""Longest text an attribute may carry."""
REQUIRED = ("ce_specversion", "ce_id", "ce_source", "ce_type", "ce_time")


class Envelope(msgspec.Struct, frozen=True, gc=False):
    """Who said what, when, because of what. `sequence` counts what one case of one service has said."""

    id: str
    source: str
    type: str
    time: datetime
    correlation_id: str
    causation_id: str
    sequence: int
    traceparent: str


@lru_cache(maxsize=1_000)
def event_type(topic: str) -> str:
    """Give the CloudEvents type of a topic's facts."""
    return f"{NAMESPACE}.{topic}"


@lru_cache(maxsize=1_000)
def instant_text(instant: datetime) -> str:
    """Write an instant as RFC 3339 in UTC."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


@lru_cache(maxsize=10_000)
def instant_of(text: str) -> datetime:
    """Read an RFC 3339 instant, as UTC; ValueError or OverflowError where it is none, or has no zone."""
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError("an instant needs a zone")
    return instant.astimezone(UTC)


@lru_cache(maxsize=1_000)
def _constant_headers(source: str, topic: str) -> tuple[Header, ...]:
    return (
        ("ce_specversion", b"1.0"),
        ("ce_source", source.encode()),
        ("ce_type", event_type(topic).encode()),
        ("content-type", CONTENT_TYPE),
    )


def headers_of(topic: str, envelope: Envelope) -> tuple[Header, ...]:
    """Write an envelope as headers, always in the same order."""
    return (
        *_constant_headers(envelope.source, topic),
        ("ce_id", envelope.id.encode()),
        ("ce_time", instant_text(envelope.time).encode()),
        ("ce_correlationid", envelope.correlation_id.encode()),
        ("ce_causationid", envelope.causation_id.encode()),
        ("ce_sequence", str(envelope.sequence).encode()),
        ("traceparent", envelope.traceparent.encode()),
    )


def envelope_of(headers: tuple[Header, ...]) -> Envelope:
    """Read an envelope; `RefusedAtDoor("envelope-invalid")` where an attribute is missing, double or malformed.

    `ce_type` is only read, not judged: a dead letter shows it as it was.
    """
    found = _unique(headers)
    if not all(map(found.get, REQUIRED)):
        missing = next(name for name in REQUIRED if not found.get(name))
        raise RefusedAtDoor("envelope-invalid", f"{missing} is missing")
    if found["ce_specversion"] != "1.0":
        raise RefusedAtDoor("envelope-invalid", "ce_specversion is not 1.0")
    try:
        time = instant_of(found["ce_time"])
        sequence = int(found.get("ce_sequence", "0"))
    except (ValueError, OverflowError):
        raise RefusedAtDoor("envelope-invalid", "ce_time or ce_sequence is malformed") from None
    event_id = found["ce_id"]
    return Envelope(
        event_id,
        found["ce_source"],
        found["ce_type"],
        time,
        found.get("ce_correlationid") or event_id,
        found.get("ce_causationid", ""),
        sequence,
        found.get("traceparent", ""),
    )


def source_of(headers: tuple[Header, ...]) -> str:
    """Give the producer's name for counting refusals, or empty text where it cannot be read."""
    for name, value in headers:
        if name == "ce_source" and isinstance(value, bytes):
            return value[:TEXT_BYTES_MAX].decode("utf-8", "replace")
    return ""


def traceparent_of(headers: tuple[Header, ...]) -> str:
    """Give the trace context a record carries, or empty text where there is none that can be read."""
    for name, value in headers:
        if name == "traceparent" and value is not None and len(value) == TRACEPARENT_CHARS and value.isascii():
            return value.decode()
    return ""


def _unique(headers: tuple[Header, ...]) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for name, value in headers:
        if name not in _READ:
            continue
        if name in found or value is None or len(value) > TEXT_BYTES_MAX:
            raise RefusedAtDoor("envelope-invalid", f"{name} is double, empty or too long")
        try:
            found[name] = value.decode()
        except UnicodeDecodeError:
            raise RefusedAtDoor("envelope-invalid", f"{name} is not UTF-8") from None
    return found


_READ = frozenset((*REQUIRED, "ce_correlationid", "ce_causationid", "ce_sequence", "traceparent"))


def span_of(event_id: str) -> str:
    """Derive a span id (16 hex) from an event id, so that a replay gives the same."""
    return hashlib.blake2b(event_id.encode(), digest_size=8).hexdigest()


def traceparent_after(cause: Envelope | None, correlation_id: str, event_id: str) -> str:
    """Continue the cause's trace, or begin one named after the correlation."""
    return traceparent_in(_trace_after(cause, correlation_id), event_id)


def traceparent_in(trace: str, event_id: str) -> str:
    """Write the trace context of an event in a trace (32 hexadecimal digits)."""
    return f"00-{trace}-{span_of(event_id)}-01"


def trace_named(correlation_id: str) -> str:
    """Derive a trace id (32 hex) from what all events of a trace have in common."""
    return hashlib.blake2b(correlation_id.encode(), digest_size=16).hexdigest()


def decision_id(service: str, partition: int, number: int) -> str:
    """Name a decision entry: service, partition, and its number in the task."""
    return f"{service}/{partition}/{number}"


def context_of_decision(cause: Envelope | None, cause_id: str, decision: str) -> str:
    """Write the trace context of a decision: what its effects go on from."""
    return traceparent_in(_trace_after(cause, cause_id if cause is None else cause.correlation_id), decision)


def _trace_after(cause: Envelope | None, correlation_id: str) -> str:
    if cause is not None and len(cause.traceparent) == TRACEPARENT_CHARS:
        return cause.traceparent[3:35]
    return trace_named(correlation_id)
