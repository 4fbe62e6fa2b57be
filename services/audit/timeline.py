"""Explaining a case: what came, what was decided and by which paragraph, what followed; across services."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from schemas import topics
from schemas.decision import Outcome, legal_date
from schemas.decision_records import DecisionBatch, DecisionEntry
from schemas.fact import Fact
from schemas.mesh import CommandIssued, ParameterPublished
from schemas.signing import KEY_ID_HEADER, SIGNED_AT_HEADER
from schemas.titles import TITLES_ZH
from services.audit import words
from services.audit.case_facts import CaseFacts, Event, Place, complete_chains, event_of, fact_topics, facts_of_case
from services.audit.legal_numbers import disputes, published_parameters
from services.audit.provisional import Calendars, calendars_met, provisional_days, provisional_text
from services.audit.reading import MeshReader
from services.audit.sealed_values import SealedValue, sealed_values
from services.audit.telling_order import Told, in_order
from services.runtime.entries import REFERENCE, TIMER
from services.runtime.records import append_time
from services.runtime.service import Service


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
    provisional: str
    """Which of its deadlines were provisional when it was taken, in words (`provisional.py`); empty where none was."""
    source: str
    signed: str
    """Key and instant of the record's signature; empty where it has none."""
    at: datetime
    """When it was decided: never before what led to it was said, though a task's own clock may have been behind."""


@dataclass(slots=True)
class Timeline:
    """A case's moments in order, and what was said under its key that nobody decided yet."""

    case_key: str
    moments: list[Moment] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    """What was said under its key and let in by nobody, with the reason: perhaps not by whom it names."""
    sealed: list[SealedValue] = field(default_factory=list)
    """What upstream systems gave sealed for this case, in the order in which it was said."""
    disputes: list[str] = field(default_factory=list)
    """What is disputed about the law that its decisions cite (Chinese), with the value that held when the last was taken."""


@dataclass(frozen=True, slots=True)
class Decided:
    """One decision entry, with the task that wrote it and the release that decided."""

    service: Service
    partition: int
    number: int
    release: str
    entry: DecisionEntry


async def timeline(reader: MeshReader, services: Iterable[Service], case_key: str) -> Timeline:
    """Explain the case of this key. A timeline without moments: nobody ever heard of it."""
    services = list(services)
    facts = await facts_of_case(reader, services, case_key)
    entries, at_door, calendars = await _entries(reader, services, case_key, facts)
    shut_out = [(event, at_door[event.place]) for event in facts.without(at_door)]
    entries = [one for one in entries if one.entry.case_key == case_key or _is_about(one.entry, facts)]
    read = {one.entry.event_id: one.entry.topic for one in entries if one.entry.kind != TIMER}
    timers = {one.entry.event_id for one in entries if one.entry.kind == TIMER}
    await complete_chains(reader, facts, read, {name for name in read.values() if name in topics.BY_NAME}, timers)
    return told(services, case_key, facts, entries, shut_out, await published_parameters(reader), calendars)


def told(
    services: Iterable[Service],
    case_key: str,
    facts: CaseFacts,
    entries: Sequence[Decided],
    shut_out: Iterable[tuple[Event, str]],
    parameters: Mapping[str, ParameterPublished],
    calendars: Calendars,
) -> Timeline:
    """Tell a case from what was gathered about it, wherever that was kept.

    `facts`: its own, those that caused them and those they caused. `entries`: every decision about them. `shut_out`: what was
    said under its key and refused at the door, with the code. `parameters`: as published. `calendars`: since when each year's is known.
    """
    services = list(services)
    ordered = _ordered(entries, facts)
    found = Timeline(case_key, [_moment(entries[place], at, facts, calendars) for place, at in ordered])
    if found.moments:
        today = legal_date(max(moment.at for moment in found.moments))
        cited = [paragraph for moment in found.moments for paragraph in moment.entry.paragraphs]
        found.disputes = disputes(cited, today, parameters)
    found.sealed = sealed_values(_given_by_upstream(facts, case_key))
    decided = {one.entry.event_id for one in entries}
    for event_id, events in facts.by_id.items():
        topic = topics.BY_NAME[events[0].record.topic]
        is_own = events[0].record.key == case_key.encode() and topic.kind is topics.Kind.FACT
        if is_own and event_id not in decided and any(service.name in topic.consumers for service in services):
            found.waiting.append(events[0].text)
    for event, code in shut_out:
        if event.record.key == case_key.encode():
            found.refused.append(f"{event.text}（{words.RUNTIME_TEXTS.get(code, code)}）")
    return found


def _given_by_upstream(facts: CaseFacts, case_key: str) -> list[Fact]:
    events = (events[0] for events in facts.by_id.values())
    own = [event for event in events if event.record.key == case_key.encode() and event.fact is not None]
    own.sort(key=lambda event: (event.record.append_time_ms, event.record.topic, event.record.offset))
    return [event.fact for event in own if event.fact is not None and topics.BY_NAME[event.record.topic].is_upstream]


def _ordered(entries: Sequence[Decided], facts: CaseFacts) -> list[tuple[int, datetime]]:
    told = []
    for one in entries:
        chain = facts.chain(one.entry.event_id)
        told.append(
            Told(
                task=(one.service.name, one.partition),
                number=one.number,
                at=max([one.entry.now, *(event.envelope.time for event in chain)]),
                appended_at=append_time(chain[0].record) if chain else one.entry.now,
                causes=[one.entry.event_id, *(event.envelope.id for event in chain)],
                said=one.entry.said,
            )
        )
    return in_order(told)


async def find_case(reader: MeshReader, wanted: str) -> str | None:
    """Give the case key of an event id or a business reference; None where none is found."""
    async for record in reader.records(fact_topics()):
        event = event_of(reader, record)
        if event is None or event.fact is None:
            continue
        if wanted in (event.envelope.id, getattr(event.fact, "business_reference", None)):
            return event.fact.case_key
    return None


async def _entries(
    reader: MeshReader, services: Iterable[Service], case_key: str, facts: CaseFacts
) -> tuple[list[Decided], dict[Place, str], Calendars]:
    """Every decision about the case; what was told to all tasks alike counts once a service.

    Also where the records stand that were refused at the door and never let in, with the code; and since when each calendar is known.
    """
    found, told_to_all, references = [], set[tuple[str, bytes]](), list[DecisionEntry]()
    refused, let_in = dict[Place, str](), set[Place]()
    for service in services:
        topic = topics.decisions_topic(service.name)
        async for record in reader.records([topic]):
            batch: DecisionBatch = reader.codec.decode(topic, record.value or b"")
            references += [entry for entry in batch.entries if entry.kind == REFERENCE]
            for place, entry in enumerate(batch.entries):
                if not entry.case_key and entry.outcome == Outcome.REFUSED:
                    refused[entry.topic, batch.partition, entry.offset] = entry.code
                elif (entry.topic, batch.partition, entry.offset) in refused:
                    let_in.add((entry.topic, batch.partition, entry.offset))
                if entry.case_key != case_key and not (entry.case_key and _is_about(entry, facts)):
                    continue
                if entry.kind == REFERENCE:
                    if (service.name, entry.input_digest) in told_to_all:
                        continue
                    told_to_all.add((service.name, entry.input_digest))
                number = batch.first_number + place
                found.append(Decided(service, batch.partition, number, batch.release, entry))
    shut_out = {where: code for where, code in refused.items() if where not in let_in}
    return found, shut_out, calendars_met(references)


def _is_about(entry: DecisionEntry, facts: CaseFacts) -> bool:
    """Whether another key's decision read one of these facts, or said one."""
    return entry.event_id in facts.by_id or any(said in facts.by_id for said in entry.said)


def _moment(one: Decided, at: datetime, facts: CaseFacts, calendars: Calendars) -> Moment:
    entry, events = one.entry, facts.by_id.get(one.entry.event_id, [])
    template = one.service.text_of(entry.code) or words.RUNTIME_TEXTS.get(entry.code) or entry.code
    followed = [event for said in entry.said for event in facts.by_id.get(said, [])[:1]]
    days = provisional_days(entry, [event.fact for event in followed if event.fact is not None], calendars)
    return Moment(
        service=one.service.name,
        number=one.number,
        partition=one.partition,
        entry=entry,
        release=one.release,
        cause=_cause(entry, events),
        reason=words.reason(template, entry.values),
        followed=tuple(event.text for event in followed),
        provisional=provisional_text(days, calendars),
        source=events[0].envelope.source if events else "",
        signed=_signed(events[0]) if events else "",
        at=at,
    )


def _cause(entry: DecisionEntry, events: Sequence[Event]) -> str:
    if entry.kind == "timer":
        due = f"（应于 {words.local_time(entry.timer_due_at)}）" if entry.timer_due_at is not None else ""
        return f"到期事项{due}"
    if not events:
        title = TITLES_ZH.get(entry.topic, "")
        return f"一条已不在主题中的记录{f'（{title}）' if title else ''}"
    fact = events[0].fact
    if isinstance(fact, CommandIssued):
        return f"操作指令 {fact.action}（{fact.issued_by}：{fact.explanation}）"
    return events[0].text


def _signed(event: Event) -> str:
    headers = dict(event.record.headers)
    parts = [(headers.get(name) or b"").decode("utf-8", "replace") for name in (KEY_ID_HEADER, SIGNED_AT_HEADER)]
    return " ".join(parts) if all(parts) else ""


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
                "signed": moment.signed,
                "topic": moment.entry.topic,
                "event_id": moment.entry.event_id,
                "outcome": moment.entry.outcome,
                "code": moment.entry.code,
                "reason": moment.reason,
                "values": dict(moment.entry.values),
                "paragraphs": list(moment.entry.paragraphs),
                "followed": list(moment.followed),
                "provisional": moment.provisional,
                "said": list(moment.entry.said),
                "release": moment.release,
            }
            for moment in found.moments
        ],
        "waiting": list(found.waiting),
        "refused": list(found.refused),
        "disputes": list(found.disputes),
    }
