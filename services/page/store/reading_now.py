"""How the mesh stands: services, topics, rates, lag, what was said of late."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import and_, case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from schemas import topics
from schemas.decision import Outcome, legal_date
from schemas.titles import TITLES_ZH
from services.audit import words
from services.audit.code_words import SERVICE_NAMES
from services.page.store import tables
from services.page.store.answers import Access, FeedNow, Happened, Overview, Pulse, ServiceNow, TopicNow
from services.page.store.changes import instant_of
from services.page.store.reading_access import at_ms, ms_of, of_case_seen, rows_within, seen
from services.page.store.reading_ops import open_alerts
from services.page.store.reading_story import fact_of
from services.page.store.reading_trouble import Services, is_open, late_timers
from services.runtime.service import Service

MINUTES = 60
HAPPENED_MAX = 30
WAITS_S_MAX = 60
"""A record that waits longer makes its service red."""
PLACES_LOOKED_AT_MAX = 60
_SHOWN = [topic for topic in topics.TOPICS if topic.kind is topics.Kind.FACT]
_QUIET = ("-queued", "-attempted")
_TOLD = sorted(topic.name for topic in _SHOWN if not topic.name.endswith(_QUIET))


async def overview(connection: AsyncConnection, access: Access, services: Services, now: datetime) -> Overview:
    """The mesh as it stands."""
    counts = await _counts(connection, now)
    by_topic = {name: sum(minutes) for (name, outcome), minutes in counts.items() if not outcome}
    spoken = sorted(
        ((name, records) for name, records in by_topic.items() if records), key=lambda one: (-one[1], one[0])
    )
    return Overview(
        now=now,
        day=await _day(connection),
        feed=await _feed(connection),
        services=await _services(connection, services.values(), counts, now),
        topics=await _topics(connection, counts),
        last_hour=tuple(spoken),
        happened=await _happened(connection, access, now),
        open_alerts=await open_alerts(connection, access),
        dead_letters=await _open_letters(connection, access),
        parked_cases=await _parked(connection, access),
        unclear_effects=await _number(connection, select(func.count()).where(seen(access, tables.effect.c.district))),
    )


async def pulse(connection: AsyncConnection, access: Access) -> Pulse:
    """What differs once something was taken in: offsets, as the newest append time stands still while older records come."""
    offsets = await _number(connection, select(func.sum(tables.position.c.next_offset)))
    return Pulse(offsets, await _waiting(connection), await open_alerts(connection, access))


async def happened_since(
    connection: AsyncConnection, access: Access, since: datetime, rows: int
) -> tuple[Happened, ...]:
    """Facts appended after an instant, the oldest first."""
    table = tables.fact
    asked = (
        select(table)
        .where(table.c.append_time > ms_of(since), table.c.topic.in_(_TOLD), seen(access, table.c.district))
        .order_by(table.c.append_time, table.c.topic, table.c.partition, table.c.offset)
        .limit(rows_within(rows))
    )
    return tuple(happening(row) for row in await connection.execute(asked))


def happening(row: Any) -> Happened:
    """A fact as it is told of late."""
    fact = fact_of(row.topic, row.body)
    return Happened(
        at=at_ms(row.append_time),
        topic=row.topic,
        title_zh=TITLES_ZH.get(row.topic, row.topic),
        district=row.district,
        case_key=row.case_key,
        sentence="无法读取的记录" if fact is None else words.sentence(fact),
    )


async def _happened(connection: AsyncConnection, access: Access, now: datetime) -> tuple[Happened, ...]:
    table = tables.fact
    asked = (
        select(table)
        .where(
            table.c.append_time > ms_of(now - timedelta(minutes=MINUTES)),
            table.c.topic.in_(_TOLD),
            seen(access, table.c.district),
        )
        .order_by(table.c.append_time.desc(), table.c.topic, table.c.partition, table.c.offset.desc())
        .limit(HAPPENED_MAX)
    )
    return tuple(happening(row) for row in await connection.execute(asked))


async def _counts(connection: AsyncConnection, now: datetime) -> dict[tuple[str, str], list[int]]:
    """Records of each of the last minutes by name and outcome, the oldest minute first."""
    table, last = tables.minute, ms_of(now) // 60_000
    asked = select(table).where(table.c.minute > last - MINUTES, table.c.minute <= last)
    found: dict[tuple[str, str], list[int]] = {}
    for row in await connection.execute(asked):
        minutes = found.setdefault((row.name, row.outcome), [0] * MINUTES)
        minutes[row.minute - last + MINUTES - 1] += row.records
    return found


async def _day(connection: AsyncConnection) -> date | None:
    tick = await connection.scalar(select(func.max(tables.task.c.last_tick)))
    return None if tick is None else legal_date(instant_of(tick))


async def _feed(connection: AsyncConnection) -> FeedNow:
    waiting = await _waiting(connection)
    last = await connection.scalar(select(func.max(tables.position.c.append_time)))
    fed_at = await connection.scalar(select(tables.store.c.fed_at))
    return FeedNow(waiting, None if last is None else at_ms(last), None if fed_at is None else instant_of(fed_at))


async def _topics(connection: AsyncConnection, counts: dict[tuple[str, str], list[int]]) -> tuple[TopicNow, ...]:
    table = tables.position
    asked = select(table.c.topic, func.sum(table.c.next_offset), func.max(table.c.append_time)).group_by(table.c.topic)
    stands = {topic: (int(records), last) for topic, records, last in await connection.execute(asked)}
    return tuple(
        TopicNow(
            topic.name,
            TITLES_ZH.get(topic.name, topic.name),
            topic.producers,
            topic.consumers,
            stands.get(topic.name, (0, None))[0],
            tuple(counts.get((topic.name, ""), (0,) * MINUTES)),
            at_ms(stands[topic.name][1]) if topic.name in stands else None,
        )
        for topic in _SHOWN
    )


async def _services(
    connection: AsyncConnection, services: Iterable[Service], counts: dict[tuple[str, str], list[int]], now: datetime
) -> tuple[ServiceNow, ...]:
    parked = tables.parked
    cases = select(parked.c.service, func.count(parked.c.case_key.distinct())).group_by(parked.c.service)
    task = tables.task
    halts = select(task.c.service, func.sum(case((task.c.halted_topic != "", 1), else_=0))).group_by(task.c.service)
    late = late_timers().subquery()
    timers = select(late.c.service, func.count()).group_by(late.c.service)
    minute = tables.minute
    lasts = select(minute.c.name, func.max(minute.c.minute)).where(minute.c.outcome != "").group_by(minute.c.name)
    by_name = [
        {name: int(count) for name, count in await connection.execute(one)} for one in (cases, halts, timers, lasts)
    ]
    found = []
    for service in services:
        parked_here, halted_here, late_here, last = (one.get(service.name, 0) for one in by_name)
        lag, oldest = await _lag(connection, service)
        waits = oldest is not None and (now - oldest).total_seconds() > WAITS_S_MAX
        decided = [counts.get((service.name, outcome.value), [0] * MINUTES) for outcome in Outcome]
        found.append(
            ServiceNow(
                name=service.name,
                name_zh=SERVICE_NAMES.get(service.name, service.name),
                lag_records=lag,
                oldest_waiting_at=oldest,
                last_decided_at=at_ms(last * 60_000) if last else None,
                decided_minutes=tuple(sum(minutes) for minutes in zip(*decided, strict=True)),
                refused_minutes=tuple(counts.get((service.name, Outcome.REFUSED.value), (0,) * MINUTES)),
                parked_cases=parked_here,
                halted_tasks=halted_here,
                stuck_timers=late_here,
                is_stuck=bool(parked_here or halted_here or late_here or waits),
            )
        )
    return tuple(found)


async def _lag(connection: AsyncConnection, service: Service) -> tuple[int, datetime | None]:
    """Records that a service has not decided, and when the first of them was appended."""
    heard = [name for name in service.inputs if name in topics.BY_NAME and _is_of_cases(topics.BY_NAME[name])]
    position, task = tables.position, tables.task
    ends = select(position.c.topic, position.c.partition, position.c.next_offset).where(position.c.topic.in_(heard))
    asked = select(task.c.partition, task.c.positions).where(task.c.service == service.name)
    read = {partition: msgspec.json.decode(positions) for partition, positions in await connection.execute(asked)}
    behind = [
        (topic, partition, read.get(partition, {}).get(topic, 0), end)
        for topic, partition, end in await connection.execute(ends)
        if end > read.get(partition, {}).get(topic, 0)
    ]
    first = [await _first(connection, *place[:3]) for place in behind[:PLACES_LOOKED_AT_MAX]]
    oldest = min((at for at in first if at is not None), default=None)
    return sum(end - begin for *_, begin, end in behind), None if oldest is None else at_ms(oldest)


def _is_of_cases(topic: topics.Topic) -> bool:
    return topic.kind in (topics.Kind.FACT, topics.Kind.COMMANDS)


async def _first(connection: AsyncConnection, topic: str, partition: int, offset: int) -> int | None:
    table = tables.fact
    here = and_(table.c.topic == topic, table.c.partition == partition, table.c.offset >= offset)
    found: int | None = await connection.scalar(
        select(table.c.append_time).where(here).order_by(table.c.offset).limit(1)
    )
    return found


async def _open_letters(connection: AsyncConnection, access: Access) -> int:
    where = (seen(access, tables.dead.c.district), is_open())
    return await _number(connection, select(func.count()).select_from(tables.dead).where(*where))


async def _parked(connection: AsyncConnection, access: Access) -> int:
    table = tables.parked
    asked = (
        select(table.c.service, table.c.case_key).where(of_case_seen(access, table.c.case_key)).distinct().subquery()
    )
    return await _number(connection, select(func.count()).select_from(asked))


async def _waiting(connection: AsyncConnection) -> int:
    return await _number(connection, select(func.sum(tables.waiting.c.records)))


async def _number(connection: AsyncConnection, asked: Any) -> int:
    return int(await connection.scalar(asked) or 0)
