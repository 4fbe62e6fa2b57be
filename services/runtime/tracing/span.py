"""Spans as plain values, made from committed transactions, attempts and what was published. Pure.

    publish T1 ─▶ process ─▶ publish T2 ─▶ process ─▶ deliver ─▶ publish (note) ─▶ process ─▶ …

A record carries the trace and the id of its own `publish` span in `traceparent`; that id derives from the event's, the id of
a `process` span from the decision's, that of a `deliver` span from its note's. So workers that know nothing of one another
give spans that fit together, and the same log gives the same spans.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from schemas.decision import Outcome
from services.runtime import entries
from services.runtime.entries import Entry
from services.runtime.envelope import decision_id, source_of, span_of, trace_named, traceparent_of
from services.runtime.logs import masked_case
from services.runtime.records import OutputRecord
from services.runtime.watch import SYSTEM
from services.runtime.watched import Attempted, Committed

PRODUCER, CONSUMER, CLIENT, INTERNAL = "producer", "consumer", "client", "internal"
NS_A_SECOND = 1_000_000_000
CASES_REMEMBERED_MAX = 50_000
_TRACEPARENT = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}")
_UNTRACED = frozenset((entries.TICK, entries.REFERENCE, entries.KEPT))
"""Ticks and reference facts reach every task and are about no case; what was kept stands beside the entry that let it go."""

Value = str | int | bool


class Place(NamedTuple):
    """A span's place: its trace (32 hexadecimal digits) and its own id (16)."""

    trace: str
    span: str


class Span(NamedTuple):
    """One span. `service` is whose it is; `parent` the id of the span before it in the same trace, or empty text.

    Times in nanoseconds since 1970. `fault` is why it did not end well, or empty text.
    """

    service: str
    name: str
    kind: str
    place: Place
    parent: str
    links: tuple[Place, ...]
    begun_ns: int
    ended_ns: int
    attributes: Mapping[str, Value]
    fault: str = ""


class Times(NamedTuple):
    """The instants of one transaction in nanoseconds since 1970."""

    begun_ns: int
    decided_ns: int
    committed_ns: int


def times_of(done: Committed, now_ns: int) -> Times:
    """Give a transaction's instants; `now_ns` is when its commit had just returned."""
    begun_s, decided_s, committed_s = done.timing
    return Times(
        now_ns - int((committed_s - begun_s) * NS_A_SECOND),
        now_ns - int((committed_s - decided_s) * NS_A_SECOND),
        now_ns,
    )


@lru_cache(maxsize=10_000)
def place_of(traceparent: str) -> Place | None:
    """Read a W3C trace context; None where it is none. What upstream systems write there is theirs, and may be anything."""
    found = _TRACEPARENT.fullmatch(traceparent)
    if found is None or not found[1].strip("0") or not found[2].strip("0"):
        return None
    return Place(found[1], found[2])


class LastDecisions:
    """Where the last decision of each case stands: a timer begins a trace of its own, and is linked to it.

    A bounded memory of one process; after a start, and of cases nobody has heard of for long, a link is missing.
    """

    def __init__(self) -> None:
        self._places: dict[tuple[str, str], Place] = {}

    def before(self, service: str, case_key: str) -> Place | None:
        """Give the decision before, where it is remembered."""
        return self._places.get((service, case_key))

    def remember(self, service: str, case_key: str, place: Place) -> None:
        """Take in the decision that is the last now."""
        self._places.pop((service, case_key), None)
        self._places[service, case_key] = place
        if len(self._places) > CASES_REMEMBERED_MAX:
            del self._places[next(iter(self._places))]


def of_transaction(done: Committed, times: Times, last: LastDecisions) -> Iterator[Span]:
    """Give a `process` span for each entry about a case or a command, and a `publish` span for each fact that was said."""
    said = {_header(record, "ce_id"): record for record in done.said if _is_own(record, done.service)}
    for entry in done.entries:
        if entry["kind"] in _UNTRACED:
            continue
        spoken = [said[event_id] for event_id in entry["said"] if event_id in said]
        before = last.before(done.service, entry["case_key"]) if entry["kind"] == entries.TIMER else None
        process = _process(done, entry, spoken, times, () if before is None else (before,))
        if entry["case_key"]:
            last.remember(done.service, entry["case_key"], process.place)
        yield process
        for record in spoken:
            yield _publish(done.service, record, process.place, times.decided_ns, times.committed_ns)


def _is_own(record: OutputRecord, service: str) -> bool:
    """Tell a fact of the service, with a trace context, from a dead letter, which carries the headers of the original."""
    is_placed = place_of(traceparent_of(record.headers)) is not None
    return is_placed and source_of(record.headers) == f"/services/{service}"


def process_place(service: str, partition: int, entry: Entry, spoken: Iterable[OutputRecord] = ()) -> Place:
    """Where the `process` span of an entry stands: in the trace of its record, of what it said, or one named after its cause."""
    texts = (entry["traceparent"], *(traceparent_of(record.headers) for record in spoken))
    found = next((place for text in texts if (place := place_of(text)) is not None), None)
    trace = (
        trace_named(entry["event_id"] or decision_id(service, partition, entry["number"]))
        if found is None
        else found.trace
    )
    return Place(trace, span_of(decision_id(service, partition, entry["number"])))


def _process(
    done: Committed, entry: Entry, spoken: Iterable[OutputRecord], times: Times, links: tuple[Place, ...]
) -> Span:
    cause = place_of(entry["traceparent"])
    outcome = str(entry["outcome"])
    is_fault = outcome in (Outcome.REFUSED, Outcome.PARKED)
    return Span(
        done.service,
        f"process {entry['topic'] or entry['timer_name'] or entry['kind']}",
        CONSUMER if entry["topic"] else INTERNAL,
        process_place(done.service, done.partition, entry, spoken),
        "" if cause is None else cause.span,
        links,
        times.begun_ns,
        times.committed_ns,
        process_attributes(done.service, done.partition, entry) | {"messaging.batch.message_count": done.records},
        entry["code"] if is_fault else "",
    )


def process_attributes(service: str, partition: int, entry: Entry) -> dict[str, Value]:
    """What a `process` span says of its decision; the case by the end of its key."""
    found: dict[str, Value] = {
        "messaging.system": SYSTEM,
        "messaging.operation.name": "process",
        "messaging.operation.type": "process",
        "messaging.consumer.group.name": service,
        "shebao.decision": decision_id(service, partition, entry["number"]),
        "shebao.kind": entry["kind"],
        "shebao.outcome": str(entry["outcome"]),
        "shebao.code": entry["code"],
        "shebao.case": masked_case(entry["case_key"]),
    }
    if entry["topic"]:
        found |= {
            "messaging.destination.name": entry["topic"],
            "messaging.destination.partition.id": str(partition),
            "messaging.kafka.offset": entry["offset"],
            "messaging.message.id": entry["event_id"],
        }
    return found


def of_replay(trace: str, service: str, partition: int, again: Iterable[Entry], now_ns: int) -> Iterator[Span]:
    """Give a span for each entry that was decided again: in the replay's own trace, linked to the decision it repeats.

    It is no part of the case's trace: nothing follows from it, and nobody may take it for what happened.
    """
    for entry in again:
        if entry["kind"] in _UNTRACED:
            continue
        then = process_place(service, partition, entry)
        place = Place(trace, span_of(f"replay/{trace}/{decision_id(service, partition, entry['number'])}"))
        attributes = process_attributes(service, partition, entry) | {"shebao.replay": True}
        name = f"replay {entry['topic'] or entry['timer_name'] or entry['kind']}"
        yield Span(service, name, INTERNAL, place, "", (then,), now_ns, now_ns, attributes)


def of_published(service: str, records: Iterable[OutputRecord], begun_ns: int, ended_ns: int) -> Iterator[Span]:
    """Give a `publish` span for each record that was said from outside the mesh: the beginning of its trace."""
    for record in records:
        if place_of(traceparent_of(record.headers)) is not None:
            yield _publish(service, record, None, begun_ns, ended_ns)


def of_attempt(done: Attempted, ended_ns: int) -> Iterator[Span]:
    """Give the `deliver` span of an attempt or look-up, below the decision that asked for it, and that of its note."""
    cause, note = place_of(done.traceparent), place_of(traceparent_of(done.note.headers))
    if note is None:
        return
    begun_ns = ended_ns - int(done.seconds * NS_A_SECOND)
    place = Place(note.trace, deliver_span(_header(done.note, "ce_id")))
    attributes: dict[str, Value] = {
        "messaging.operation.name": "deliver" if done.operation == "attempt" else "look up",
        "shebao.effect": done.effect_id,
        "shebao.outcome": done.outcome,
        "shebao.detail": done.detail,
    }
    fault = "" if done.outcome == "done" else done.detail
    name = f"{attributes['messaging.operation.name']} {done.topic}"
    parent = "" if cause is None else cause.span
    yield Span(done.service, name, CLIENT, place, parent, (), begun_ns, ended_ns, attributes, fault)
    yield _publish(done.service, done.note, place, ended_ns, ended_ns)


def deliver_span(note_id: str) -> str:
    """Derive the id of a `deliver` span from that of the note about it."""
    return span_of(f"deliver/{note_id}")


def _publish(service: str, record: OutputRecord, cause: Place | None, begun_ns: int, ended_ns: int) -> Span:
    place = place_of(traceparent_of(record.headers)) or Place("", "")
    attributes: dict[str, Value] = {
        "messaging.system": SYSTEM,
        "messaging.operation.name": "publish",
        "messaging.operation.type": "send",
        "messaging.destination.name": record.topic,
        "messaging.destination.partition.id": str(record.partition),
        "messaging.message.id": _header(record, "ce_id"),
    }
    # A cause may stand in another trace where an upstream system's context could not be read: then it is linked to.
    is_before = cause is not None and cause.trace == place.trace
    parent = cause.span if cause is not None and is_before else ""
    links = () if cause is None or is_before else (cause,)
    return Span(service, f"publish {record.topic}", PRODUCER, place, parent, links, begun_ns, ended_ns, attributes)


def _header(record: OutputRecord, wanted: str) -> str:
    return next((value.decode("utf-8", "replace") for name, value in record.headers if name == wanted and value), "")
