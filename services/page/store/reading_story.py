"""A case's story from the rows: gathered here, told by the same words as `shebao explain`."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Row, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from schemas import topics
from schemas.decision_records import DecisionEntry
from schemas.effects import EffectRequest
from schemas.fact import Fact
from schemas.mesh import CalendarPublished, ParameterPublished
from schemas.signing import KEY_ID_HEADER, SIGNED_AT_HEADER
from services.audit import words
from services.audit.case_facts import PASSES_MAX, CaseFacts, Event
from services.audit.code_words import SERVICE_NAMES
from services.audit.legal_numbers import latest_parameters
from services.audit.provisional import KEPT, Calendars
from services.audit.timeline import Decided, Moment, Timeline, told
from services.page.store import tables
from services.page.store.answers import Access
from services.page.store.answers_arrears import CaseMoment, CaseStory, SealedNote
from services.page.store.changes import instant_of
from services.page.store.port import NotTheirs
from services.page.store.projection_facts import bounded
from services.page.store.reading_access import KEYS_A_QUESTION_MAX, case_seen, districts_of
from services.page.store.reading_inventory import one_row
from services.page.store.tables_units import unit_state
from services.runtime.entries import REFERENCE, TIMER
from services.runtime.envelope import Envelope, event_type
from services.runtime.records import InputRecord
from services.runtime.service import Service

MOMENTS_MAX = 1_000
"""Decisions and facts of its own that are told of one case, the latest."""
_FACT_TOPICS = sorted(topic.name for topic in topics.TOPICS if topic.kind is topics.Kind.FACT)
_REQUESTS = sorted(
    topic.name for topic in topics.TOPICS if topic.fact is not None and issubclass(topic.fact, EffectRequest)
)
_fact, _decision = tables.fact, tables.decision


class Gathered:
    """What is found about one case."""

    def __init__(self, connection: AsyncConnection, services: Iterable[Service], case_key: str) -> None:
        self._connection, self._key = connection, case_key
        self.services = {service.name: service for service in services}
        self.facts = CaseFacts()
        self.entries: list[Decided] = []
        self.shut_out: list[tuple[Event, str]] = []
        self.is_cut = False

    async def gather(self) -> None:
        """Read its facts, those next to them, every decision about them, and what led to all that."""
        own = await self._own_facts()
        causes = {event.envelope.causation_id for event in own}
        ids = [event.envelope.id for event in own]
        near = await self._facts(_fact.c.event_id, causes) + await self._facts(_fact.c.causation_id, ids)
        others = [event for event in near if event.record.key != self._key.encode()]
        for event in {event.place: event for event in own + others}.values():
            self.facts.add(event)
        await self._take_shut_out()
        await self._decisions()
        await self._complete()

    async def _own_facts(self) -> list[Event]:
        asked = (
            select(_fact)
            .where(_fact.c.case_key == self._key)
            .order_by(_fact.c.append_time.desc(), _fact.c.topic, _fact.c.partition, _fact.c.offset.desc())
            .limit(MOMENTS_MAX + 1)
        )
        found = [event_of_row(row) for row in await self._connection.execute(asked)]
        self.is_cut = len(found) > MOMENTS_MAX
        return sorted(found[:MOMENTS_MAX], key=lambda event: event.place)

    async def _facts(
        self, column: ColumnElement[str], values: Collection[str], *more: ColumnElement[bool]
    ) -> list[Event]:
        """Facts that have one of these values in a column, in the order of their places."""
        where = more or (_fact.c.topic.in_(_FACT_TOPICS),)
        wanted, found = sorted(value for value in values if value), list[Event]()
        for start in range(0, len(wanted), KEYS_A_QUESTION_MAX):
            part = column.in_(wanted[start : start + KEYS_A_QUESTION_MAX])
            asked = select(_fact).where(part, *where).order_by(_fact.c.topic, _fact.c.partition, _fact.c.offset)
            found += [event_of_row(row) for row in await self._connection.execute(asked)]
        return found

    async def _take_shut_out(self) -> None:
        """Take out what was refused at the door and never let in: it bears whatever id it likes."""
        table, places = tables.shut_out, [event.place for events in self.facts.by_id.values() for event in events]
        codes: dict[tuple[str, int, int], str] = {}
        for start in range(0, len(places), KEYS_A_QUESTION_MAX):
            at = [
                and_(table.c.topic == topic, table.c.partition == partition, table.c.offset == offset)
                for topic, partition, offset in places[start : start + KEYS_A_QUESTION_MAX]
            ]
            for row in await self._connection.execute(select(table).where(or_(*at)).order_by(table.c.number)):
                codes[row.topic, row.partition, row.offset] = row.code
        if not codes:
            return
        ids = [key for key, events in self.facts.by_id.items() if any(event.place in codes for event in events)]
        let_in = {(row.topic, row.partition, row.offset) for row in await self._rows(_decision.c.event_id, ids)}
        codes = {place: code for place, code in codes.items() if place not in let_in}
        self.shut_out = [(event, codes[event.place]) for event in self.facts.without(codes)]

    async def _decisions(self) -> None:
        ids = sorted(self.facts.by_id)
        latest = (
            select(_decision)
            .where(_decision.c.case_key == self._key)
            .order_by(_decision.c.now.desc(), _decision.c.service, _decision.c.partition, _decision.c.number.desc())
            .limit(MOMENTS_MAX + 1)
        )
        found = list(await self._connection.execute(latest))
        self.is_cut = self.is_cut or len(found) > MOMENTS_MAX
        found = found[:MOMENTS_MAX] + await self._rows(_decision.c.event_id, ids) + await self._sayers(ids)
        by_place = {(row.service, row.partition, row.number): row for row in found}
        order = {name: place for place, name in enumerate(self.services)}
        known = [place for place in by_place if place[0] in order]
        for place in sorted(known, key=lambda one: (order[one[0]], one[1], one[2])):
            self.entries.append(_decided(self.services[place[0]], by_place[place]))

    async def _rows(self, column: ColumnElement[str], values: Sequence[str]) -> list[Row[Any]]:
        found: list[Row[Any]] = []
        for start in range(0, len(values), KEYS_A_QUESTION_MAX):
            part = values[start : start + KEYS_A_QUESTION_MAX]
            found += await self._connection.execute(select(_decision).where(column.in_(part)))
        return found

    async def _sayers(self, ids: Sequence[str]) -> list[Row[Any]]:
        """The decisions that said these facts."""
        said, found = tables.said, list[Row[Any]]()
        for start in range(0, len(ids), KEYS_A_QUESTION_MAX):
            same = (said.c[name] == _decision.c[name] for name in ("service", "partition", "number"))
            part = said.c.event_id.in_(ids[start : start + KEYS_A_QUESTION_MAX])
            found += await self._connection.execute(select(_decision).join(said, and_(*same)).where(part))
        return found

    async def _complete(self) -> None:
        """Read what led to these facts, back to the first cause."""
        read = {one.entry.event_id: one.entry.topic for one in self.entries if one.entry.kind != TIMER}
        timers = {one.entry.event_id for one in self.entries if one.entry.kind == TIMER}
        names = {name for name in read.values() if name in topics.BY_NAME}
        among = _fact.c.topic.in_(sorted({*_FACT_TOPICS, *names}))
        for _ in range(PASSES_MAX):
            wanted, effects = self.facts.missing_causes(read) - timers, self.facts.unmet_effects()
            found = await self._facts(_fact.c.event_id, wanted, among)
            found += await self._facts(_fact.c.effect_id, effects, _fact.c.topic.in_(_REQUESTS))
            if not found:
                return
            for event in found:
                self.facts.add(event)


async def story(
    connection: AsyncConnection, access: Access, services: Iterable[Service], case_key: str
) -> CaseStory | None:
    """Tell a case; None where nobody ever heard of it, `NotTheirs` where nothing of it was said in a district of theirs."""
    key = bounded(case_key)
    gathered = Gathered(connection, services, key)
    await gathered.gather()
    if not gathered.entries and not gathered.facts.by_id and not gathered.shut_out:
        return None
    districts = await case_districts(connection, key)
    if not case_seen(access, districts):
        raise NotTheirs(key)
    parameters = await _parameters(connection)
    services = gathered.services.values()
    calendars = await _calendars(connection)
    found = told(services, key, gathered.facts, gathered.entries, gathered.shut_out, parameters, calendars)
    row = await one_row(connection, key)
    return _story(found, row.unit_name if row is not None else key, sorted(districts), row, gathered.is_cut)


async def _parameters(connection: AsyncConnection) -> dict[str, ParameterPublished]:
    asked = select(_fact.c.topic, _fact.c.body).where(_fact.c.topic == ParameterPublished.topic)
    facts = [fact_of(topic, body) for topic, body in await connection.execute(asked)]
    return latest_parameters(fact for fact in facts if isinstance(fact, ParameterPublished))


async def _calendars(connection: AsyncConnection) -> Calendars:
    """Since when each year's calendar is known: as the first task of a service took it in."""
    said = select(_fact.c.event_id).where(_fact.c.topic == CalendarPublished.topic)
    asked = (
        select(_decision.c.case_key, func.min(_decision.c.now))
        .where(_decision.c.event_id.in_(said), _decision.c.kind == REFERENCE, _decision.c.code == KEPT)
        .group_by(_decision.c.case_key)
    )
    return {int(year): instant_of(now) for year, now in await connection.execute(asked)}


async def case_districts(connection: AsyncConnection, case_key: str) -> set[str]:
    """The districts of a case: that of a unit's registration, else where something of it was said."""
    registered = select(unit_state.c.district).where(unit_state.c.case_key == case_key)
    district = await connection.scalar(registered) or await connection.scalar(
        select(tables.outlet.c.district).where(tables.outlet.c.outlet_key == case_key)
    )
    return {district} if district else (await districts_of(connection, [case_key])).get(case_key, set())


def fact_of(topic: str, body: str) -> Fact | None:
    """The fact of a row; None where it could not be read."""
    contract = topics.BY_NAME[topic].fact if topic in topics.BY_NAME else None
    if not body or contract is None or not issubclass(contract, Fact):
        return None
    return contract.model_validate_json(body)


def event_of_row(row: Row[Any]) -> Event:
    """A fact as it stood in its topic, without its bytes."""
    signed = row.signed.split(" ", 1)
    headers = ((KEY_ID_HEADER, signed[0].encode()), (SIGNED_AT_HEADER, signed[1].encode())) if row.signed else ()
    record = InputRecord(row.topic, row.partition, row.offset, row.append_time, row.case_key.encode(), b"", headers)
    envelope = Envelope(
        row.event_id,
        row.source,
        event_type(row.topic),
        instant_of(row.said_at),
        row.correlation_id,
        row.causation_id,
        0,
        "",
    )
    return Event(record, envelope, fact_of(row.topic, row.body))


def _decided(service: Service, row: Row[Any]) -> Decided:
    values: Mapping[str, str] = msgspec.json.decode(row.values)
    due_at = None if row.timer_due_at is None else instant_of(row.timer_due_at)
    entry = DecisionEntry(
        kind=row.kind,
        topic=row.topic,
        offset=row.offset,
        event_id=row.event_id,
        case_key=row.case_key,
        outcome=row.outcome,
        code=row.code,
        paragraphs=tuple(msgspec.json.decode(row.paragraphs)),
        values=values,
        now=instant_of(row.now),
        input_digest=b"",
        state_before=b"",
        state_after=b"",
        said=tuple(msgspec.json.decode(row.said)),
        timer_name=row.timer_name,
        timer_due_at=due_at,
    )
    return Decided(service, row.partition, row.number, row.release, entry)


def _story(found: Timeline, title: str, districts: Sequence[str], row: Any, is_cut: bool) -> CaseStory:
    return CaseStory(
        case_key=found.case_key,
        title=title,
        district=districts[0] if len(districts) == 1 else "",
        row=row,
        moments=tuple(_moment(one) for one in found.moments),
        waiting=tuple(found.waiting),
        refused=tuple(found.refused),
        sealed=tuple(SealedNote(one.subject, one.field, one.title, one.reference, one.version) for one in found.sealed),
        disputes=tuple(found.disputes),
        is_cut=is_cut,
    )


def _moment(one: Moment) -> CaseMoment:
    entry = one.entry
    return CaseMoment(
        at=one.at,
        service=one.service,
        service_zh=SERVICE_NAMES.get(one.service, one.service),
        partition=one.partition,
        number=one.number,
        kind=entry.kind,
        topic=entry.topic,
        event_id=entry.event_id,
        case_key=entry.case_key,
        came=one.cause,
        outcome=entry.outcome,
        outcome_zh=words.OUTCOMES.get(entry.outcome, entry.outcome),
        code=entry.code,
        reason=words.visible(one.reason),
        paragraphs=entry.paragraphs,
        followed=one.followed,
        provisional=one.provisional,
        source=one.source,
        signed=one.signed,
        release=one.release,
    )
