"""Decision entries as they are packed into decision records: plain maps in the shape of `DecisionEntry`."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from schemas.decision import Reason, Timer
from schemas.decision_records import columns
from services.runtime.codec import Codec
from services.runtime.door import Event, content_digest
from services.runtime.envelope import traceparent_of
from services.runtime.records import InputRecord
from services.runtime.service import Service
from services.runtime.step import SaidFact, Step

Entry = dict[str, Any]
"""`number` is known here and left out on the wire, where the place in the batch tells it; so is `traceparent`, the trace context of
the record (empty for a timer), which is for whoever watches."""

EPOCH, MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)

RECORD, TIMER, TICK, REFERENCE, COMMAND = "record", "timer", "tick", "reference", "command"
RELEASED, REDRIVEN, KEPT = "released", "redriven", "kept"


def of_record(
    number: int, kind: str, record: InputRecord, event: Event, step: Step, now: datetime, before: bytes, after: bytes
) -> Entry:
    """The entry of a decided or already known record."""
    return _entry(
        number,
        kind,
        record.topic,
        record.offset,
        event.envelope.id,
        event.case_key,
        step.reason,
        now,
        event.digest,
        before,
        after,
        step.said,
        event.envelope.traceparent,
    )


def of_outcome(
    number: int,
    kind: str,
    record: InputRecord,
    case_key: str,
    event_id: str,
    reason: Reason,
    now: datetime,
    before: bytes,
    after: bytes,
    said: Sequence[SaidFact],
) -> Entry:
    """The entry of a record that was refused, parked, or about the task and not a case."""
    digest = b"" if record.value is None else content_digest(record.value)
    trace = traceparent_of(record.headers)
    return _entry(
        number, kind, record.topic, record.offset, event_id, case_key, reason, now, digest, before, after, said, trace
    )


def of_timer(
    number: int, case_key: str, timer: Timer, cause: str, step: Step, now: datetime, before: bytes, after: bytes
) -> Entry:
    """The entry of a case's timer that came due."""
    entry = _entry(number, TIMER, "", -1, cause, case_key, step.reason, now, b"", before, after, step.said)
    entry["timer_name"] = timer.name
    entry["timer_due_at"] = timer.due_at
    return entry


def _entry(
    number: int,
    kind: str,
    topic: str,
    offset: int,
    event_id: str,
    case_key: str,
    reason: Reason,
    now: datetime,
    digest: bytes,
    before: bytes,
    after: bytes,
    said: Sequence[SaidFact],
    traceparent: str = "",
) -> Entry:
    return {
        "number": number,
        "kind": kind,
        "topic": topic,
        "offset": offset,
        "event_id": event_id,
        "case_key": case_key,
        "outcome": reason.outcome,
        "code": reason.code,
        "paragraphs": reason.paragraphs,
        "values": dict(reason.values),
        "now": now,
        "input_digest": digest,
        "state_before": before,
        "state_after": after,
        "said": [envelope.id for _, envelope in said] if said else [],
        "traceparent": traceparent,
        "timer_name": "",
        "timer_due_at": None,
    }


@lru_cache(maxsize=1_000)
def _micros(instant: datetime) -> int:
    """An instant as Avro writes it; many entries of a batch have the same."""
    return (instant - EPOCH) // MICROSECOND


def pack(
    codec: Codec, topic: str, service: Service, partition: int, release: str, head: bytes, chunk: Sequence[Entry]
) -> bytes:
    """Pack entries decided by one release into one decision record that carries the hash of the one before."""
    by_column = columns(chunk)
    by_column["now"] = [_micros(now) for now in by_column["now"]]
    return codec.encode_plain(
        topic,
        {
            "service": service.name,
            "partition": partition,
            "release": release,
            "first_number": chunk[0]["number"],
            "previous_hash": head,
            **by_column,
        },
    )
