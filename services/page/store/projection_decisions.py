"""From a decision record to its rows: what became of each input of a case, and what was said. Pure."""

from collections import Counter

import msgspec

from schemas import topics
from schemas.decision import Outcome
from schemas.decision_records import DecisionBatch, DecisionEntry
from services.page.store import tables
from services.page.store.changes import Changes, micros_of
from services.page.store.masking import masked_json
from services.page.store.projection_facts import bounded
from services.runtime.codec import Codec
from services.runtime.entries import REFERENCE, TICK
from services.runtime.records import InputRecord
from services.runtime.refusals import RefusedAtDoor

_encode = msgspec.json.Encoder().encode
_SERVICE_OF = {topics.decisions_topic(name): name for name in topics.SERVICES}


def take_decisions(record: InputRecord, codec: Codec, changes: Changes) -> None:
    """Take in one decision record; one that cannot be read is no decision of ours, and `shebao audit verify` says so.

    Ticks are left out; what was told to all tasks alike is kept once, as the first task decided it.
    """
    try:
        batch: DecisionBatch = codec.decode(record.topic, record.value or b"")
    except RefusedAtDoor:
        return
    service = _SERVICE_OF[record.topic]
    outcomes = Counter[str]()
    for place, entry in enumerate(batch.entries):
        if entry.kind == TICK:
            continue
        if entry.kind != REFERENCE:
            outcomes[entry.outcome] += 1
        elif record.partition != 0:
            continue
        number = batch.first_number + place
        if entry.case_key:
            _take_entry(service, record.partition, number, batch.release, entry, changes)
        elif entry.outcome == Outcome.REFUSED:
            _take_shut_out(service, record.partition, number, entry, changes)
    for outcome, count in outcomes.items():
        changes.count(service, outcome, record.append_time_ms, count)


def _take_entry(
    service: str, partition: int, number: int, release: str, entry: DecisionEntry, changes: Changes
) -> None:
    row = {
        "service": service,
        "partition": partition,
        "number": number,
        "release": release,
        "kind": entry.kind,
        "topic": entry.topic,
        "offset": entry.offset,
        "event_id": bounded(entry.event_id),
        "case_key": bounded(entry.case_key),
        "outcome": entry.outcome,
        "code": bounded(entry.code),
        "paragraphs": _encode(entry.paragraphs).decode(),
        "values": masked_json(_encode(entry.values)).decode(),
        "now": micros_of(entry.now),
        "said": _encode(entry.said).decode(),
        "timer_name": entry.timer_name,
        "timer_due_at": None if entry.timer_due_at is None else micros_of(entry.timer_due_at),
    }
    changes.insert(tables.decision, row)
    for event_id in entry.said:
        said = {"event_id": event_id, "service": service, "partition": partition, "number": number}
        changes.insert(tables.said, said)


def _take_shut_out(service: str, partition: int, number: int, entry: DecisionEntry, changes: Changes) -> None:
    row = {
        "service": service,
        "partition": partition,
        "number": number,
        "topic": bounded(entry.topic),
        "offset": entry.offset,
        "code": bounded(entry.code),
    }
    changes.insert(tables.shut_out, row)
