"""Explaining a case: what came, what was decided and by which paragraph, what followed; across services.

Everything under the case's own key belongs to it. What it asked of a shared resource (the pool of experts, an outlet)
stands under that resource's key, and is followed by causation: what the case's facts caused there, and what caused
the facts that came back.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from schemas import topics
from schemas.effects import EffectAttempted, EffectRequest
from schemas.fact import Fact
from schemas.mesh import CommandIssued, DecisionBatch, DecisionEntry
from services.audit import words
from services.audit.reading import MeshReader
from services.runtime.door import append_time
from services.runtime.envelope import Envelope, envelope_of
from services.runtime.records import InputRecord
from services.runtime.refusals import RefusedAtDoor
from services.runtime.service import Service


@dataclass(frozen=True, slots=True)
class Event:
    """A fact as it stands in its topic; `fact` None where it cannot be read."""

    record: InputRecord
    envelope: Envelope
    fact: Fact | None

    @property
    def text(self) -> str:
        """One Chinese sentence."""
        return "无法读取的记录" if self.fact is None else words.sentence(self.fact)


@dataclass(frozen=True, slots=True)
class Moment:
    """One decision: its cause, the reason in words, what followed."""

    service: str
    number: int
    partition: int
    entry: DecisionEntry
    release: str
    cause: str
    """What came, in words."""
    reason: str
    followed: tuple[str, ...]
    source: str
    depth: int
    appended_at: datetime | None
    at: datetime
    """When it was decided: never before what led to it was said, though a task's own clock may have been behind."""


@dataclass(slots=True)
class Timeline:
    """A case's moments in order, and what was said under its key that nobody decided yet."""

    case_key: str
    moments: list[Moment] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Entry:
    service: Service
    partition: int
    number: int
    release: str
    entry: DecisionEntry


class _Facts:
    """Facts of the mesh by id, and how they caused each other."""

    def __init__(self) -> None:
        self.by_id: dict[str, list[Event]] = defaultdict(list)
        self._requests: dict[str, str] = {}

    def add(self, event: Event) -> None:
        """Take in a fact; the same id may stand in a topic more than once."""
        self.by_id[event.envelope.id].append(event)
        if isinstance(event.fact, EffectRequest):
            self._requests[event.fact.effect_id] = event.envelope.id

    def cause_of(self, event: Event) -> str:
        """The id of what led to a fact. A provider's answer comes from outside and names its request by the effect."""
        if isinstance(event.fact, EffectAttempted):
            return self._requests.get(event.fact.effect_id, "")
        return event.envelope.causation_id

    def chain(self, event_id: str) -> list[Event]:
        """A fact and, as far as they are here, the facts that led to it, the latest first."""
        found: list[Event] = []
        seen: set[str] = set()
        while event_id not in seen and (events := self.by_id.get(event_id)):
            seen.add(event_id)
            found.append(events[0])
            event_id = self.cause_of(events[0])
        return found


async def timeline(reader: MeshReader, services: Iterable[Service], case_key: str) -> Timeline:
    """Explain the case of this key. A timeline without moments: nobody ever heard of it."""
    services = list(services)
    facts = await _facts(reader, services, case_key)
    entries = await _entries(reader, services, case_key, facts)
    found = Timeline(case_key)
    found.moments = sorted(
        (_moment(one, facts) for one in entries),
        key=lambda moment: (moment.at, moment.depth, moment.appended_at or moment.at, moment.service, moment.number),
    )
    decided = {one.entry.event_id for one in entries}
    for event_id, events in facts.by_id.items():
        heard = topics.BY_NAME[events[0].record.topic].consumers
        is_own = events[0].record.key == case_key.encode()
        if is_own and event_id not in decided and any(service.name in heard for service in services):
            found.waiting.append(events[0].text)
    return found


async def find_case(reader: MeshReader, wanted: str) -> str | None:
    """Give the case key of an event id or a business reference; None where none is found."""
    async for record in reader.records(_fact_topics()):
        event = _event(reader, record)
        if event is None or event.fact is None:
            continue
        if wanted in (event.envelope.id, getattr(event.fact, "business_reference", None)):
            return event.fact.case_key
    return None


def _fact_topics() -> list[str]:
    return [topic.name for topic in topics.FACTS if topic.kind is topics.Kind.FACT]


async def _facts(reader: MeshReader, services: Sequence[Service], case_key: str) -> _Facts:
    """Two passes: the case's own facts, then their causes and what they caused under other keys."""
    key = case_key.encode()
    own, near = _Facts(), _Facts()
    wanted: set[str] = set()
    commands = [topics.commands_topic(service.name) for service in services]
    async for record in reader.records([*_fact_topics(), *commands]):
        if record.key == key and (event := _event(reader, record)) is not None:
            own.add(event)
            wanted.add(event.envelope.causation_id)
    async for record in reader.records(_fact_topics()):
        if record.key == key:
            continue
        headers = dict(record.headers)
        event_id, cause = _text(headers.get("ce_id")), _text(headers.get("ce_causationid"))
        if (event_id in wanted or cause in own.by_id) and (event := _event(reader, record)) is not None:
            near.add(event)
    for event_id, events in near.by_id.items():
        own.by_id[event_id] += events
    return own


def _text(value: bytes | None) -> str:
    return (value or b"").decode("utf-8", "replace")


def _event(reader: MeshReader, record: InputRecord) -> Event | None:
    try:
        envelope = envelope_of(record.headers)
    except RefusedAtDoor:
        return None
    try:
        fact = reader.codec.decode(record.topic, record.value or b"")
    except RefusedAtDoor:
        fact = None
    return Event(record, envelope, fact)


async def _entries(reader: MeshReader, services: Iterable[Service], case_key: str, facts: _Facts) -> list[_Entry]:
    found = []
    for service in services:
        topic = topics.decisions_topic(service.name)
        async for record in reader.records([topic]):
            batch: DecisionBatch = reader.codec.decode(topic, record.value or b"")
            for place, entry in enumerate(batch.entries):
                if entry.case_key == case_key or (entry.case_key and _is_about(entry, facts)):
                    number = batch.first_number + place
                    found.append(_Entry(service, batch.partition, number, batch.release, entry))
    return found


def _is_about(entry: DecisionEntry, facts: _Facts) -> bool:
    """Whether another key's decision read one of these facts, or said one."""
    return entry.event_id in facts.by_id or any(said in facts.by_id for said in entry.said)


def _moment(one: _Entry, facts: _Facts) -> Moment:
    entry, events = one.entry, facts.by_id.get(one.entry.event_id, [])
    template = one.service.reason_texts.get(entry.code) or words.RUNTIME_TEXTS.get(entry.code) or entry.code
    chain = facts.chain(entry.event_id)
    followed = [event.text for said in entry.said for event in facts.by_id.get(said, [])[:1]]
    return Moment(
        service=one.service.name,
        number=one.number,
        partition=one.partition,
        entry=entry,
        release=one.release,
        cause=_cause(entry, events),
        reason=words.reason(template, entry.values),
        followed=tuple(followed),
        source=events[0].envelope.source if events else "",
        depth=len(chain),
        appended_at=append_time(events[0].record) if events else None,
        at=max([entry.now, *(event.envelope.time for event in chain)]),
    )


def _cause(entry: DecisionEntry, events: Sequence[Event]) -> str:
    if entry.kind == "timer":
        due = f"（应于 {words.local_time(entry.timer_due_at)}）" if entry.timer_due_at is not None else ""
        return f"到期事项{due}"
    if not events:
        return f"{entry.topic} 的记录（位移 {entry.offset}）"
    fact = events[0].fact
    if isinstance(fact, CommandIssued):
        return f"操作指令 {fact.action}（{fact.issued_by}：{fact.explanation}）"
    return events[0].text


def as_plain(found: Timeline) -> Mapping[str, object]:
    """Give a timeline as plain values, for JSON."""
    return {
        "case": found.case_key,
        "moments": [
            {
                "at": moment.at.isoformat(),
                "now": moment.entry.now.isoformat(),
                "service": moment.service,
                "partition": moment.partition,
                "number": moment.number,
                "case": moment.entry.case_key,
                "kind": moment.entry.kind,
                "came": moment.cause,
                "source": moment.source,
                "topic": moment.entry.topic,
                "event_id": moment.entry.event_id,
                "outcome": moment.entry.outcome,
                "code": moment.entry.code,
                "reason": moment.reason,
                "values": dict(moment.entry.values),
                "paragraphs": list(moment.entry.paragraphs),
                "followed": list(moment.followed),
                "said": list(moment.entry.said),
                "release": moment.release,
            }
            for moment in found.moments
        ],
        "waiting": list(found.waiting),
    }
