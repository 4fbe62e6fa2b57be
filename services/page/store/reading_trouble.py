"""Trouble as the page asks for it: dead letters, parked cases, halted tasks, unclear effects, stuck timers."""

import re
from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Row, Select, and_, case, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.titles import TITLES_ZH
from services.audit import words
from services.audit.code_words import SERVICE_NAMES
from services.page.store import tables
from services.page.store.answers import Access, Page
from services.page.store.answers_trouble import (
    DeadCode,
    DeadFilter,
    DeadLetter,
    HaltedTask,
    ParkedCase,
    StuckTimer,
    UnclearEffect,
)
from services.page.store.changes import instant_of
from services.page.store.masking import storable
from services.page.store.port import NotTheirs
from services.page.store.reading_access import (
    at_ms,
    case_seen,
    cursor_of,
    cursor_values,
    districts_of,
    of_case_seen,
    rows_within,
    seen,
    whole,
)
from services.runtime.service import Service

ROWS_MAX = 1_000
_NAME = re.compile(r"([a-z-]{1,40})/([0-9]{1,9})/([0-9]{1,18})")
_dead, _redriven = tables.dead, tables.redriven

Services = Mapping[str, Service]


def redriven_times() -> ColumnElement[int]:
    """How often a dead letter's record was given back: orders, however often each was written."""
    same = and_(
        _redriven.c.service == _dead.c.service,
        _redriven.c.topic == _dead.c.topic,
        _redriven.c.from_partition == _dead.c.from_partition,
        _redriven.c.from_offset == _dead.c.from_offset,
    )
    return select(func.count(_redriven.c.event_id.distinct())).where(same).correlate(_dead).scalar_subquery()


def is_open() -> ColumnElement[bool]:
    """Whether a dead letter's record was not given back since: of letters of one record each order ends the oldest that is open.

    Counts alone, and the order of one partition: letters and orders stand in two topics, which are read in any order.
    """
    earlier = _dead.alias("earlier")
    same = and_(
        earlier.c.service == _dead.c.service,
        earlier.c.topic == _dead.c.topic,
        earlier.c.from_partition == _dead.c.from_partition,
        earlier.c.from_offset == _dead.c.from_offset,
        earlier.c.offset < _dead.c.offset,
    )
    letters_before = select(func.count()).select_from(earlier).where(same).correlate(_dead).scalar_subquery()
    # Most were never given back: only of the others the letters before are counted.
    return case((redriven_times() == 0, 0), else_=redriven_times() - letters_before) <= 0


def code_text(services: Services, service: str, code: str) -> str:
    """What a code means, in the words of its service."""
    known = services.get(service)
    return (known.text_of(code) if known is not None else None) or words.RUNTIME_TEXTS.get(code) or code


async def dead_codes(connection: AsyncConnection, access: Access, services: Services) -> tuple[DeadCode, ...]:
    """Dead letters by service and code."""
    each = select(_dead.c.service, _dead.c.code, _dead.c.decided_at, case((is_open(), 1), else_=0).label("open"))
    letters = each.where(seen(access, _dead.c.district)).subquery()
    still_open, last = func.sum(letters.c.open), func.max(letters.c.decided_at)
    asked = select(letters.c.service, letters.c.code, func.count(), still_open, last).group_by(
        letters.c.service, letters.c.code
    )
    found = [
        DeadCode(
            service,
            SERVICE_NAMES.get(service, service),
            code,
            code_text(services, service, code),
            letters_here,
            int(still_open),
            instant_of(last),
        )
        for service, code, letters_here, still_open, last in await connection.execute(asked)
    ]
    return tuple(sorted(found, key=lambda one: (-one.open, -one.letters, one.service, one.code)))


async def dead_letters(
    connection: AsyncConnection, access: Access, services: Services, wanted: DeadFilter, rows: int, after: str
) -> Page[DeadLetter]:
    """Dead letters, the latest first."""
    where = [seen(access, _dead.c.district)]
    of = {"service": wanted.service, "code": wanted.code, "topic": wanted.topic}
    where += [_dead.c[column] == storable(value) for column, value in of.items() if value]
    if wanted.only_open:
        where.append(is_open())
    total = await connection.scalar(select(func.count()).select_from(_dead).where(*where)) or 0
    place = (_dead.c.decided_at, _dead.c.service, _dead.c.partition, _dead.c.offset)
    asked = _letters().where(*where)
    if after:
        asked = asked.where(tuple_(*place) < tuple_(*cursor_values(after, "dead", [int, str, int, int])))
    rows = rows_within(rows)
    found = list(await connection.execute(asked.order_by(*(one.desc() for one in place)).limit(rows + 1)))
    last = found[rows - 1] if len(found) > rows else None
    edge = "" if last is None else cursor_of("dead", last.decided_at, last.service, last.partition, last.offset)
    return Page(tuple(_letter(row, services) for row in found[:rows]), edge, total)


async def dead_letter(connection: AsyncConnection, access: Access, services: Services, name: str) -> DeadLetter | None:
    """One by its name; `NotTheirs` where it lies in another district."""
    parts = _NAME.fullmatch(name)
    if parts is None:
        return None
    service, partition, offset = parts[1], int(parts[2]), int(parts[3])
    here = and_(_dead.c.service == service, _dead.c.partition == partition, _dead.c.offset == offset)
    row = (await connection.execute(_letters().where(here))).first()
    if row is not None and not access.sees(row.district):
        raise NotTheirs(name)
    return None if row is None else _letter(row, services)


def _letters() -> Select[Any]:
    return select(_dead, redriven_times().label("redriven"), is_open().label("is_open"))


def _letter(row: Row[Any], services: Services) -> DeadLetter:
    return DeadLetter(
        name=f"{row.service}/{row.partition}/{row.offset}",
        service=row.service,
        service_zh=SERVICE_NAMES.get(row.service, row.service),
        code=row.code,
        code_zh=code_text(services, row.service, row.code),
        detail=words.visible(row.detail),
        topic=row.topic,
        topic_zh=TITLES_ZH.get(row.topic, ""),
        partition=row.from_partition,
        offset=row.from_offset,
        source=row.source,
        district=row.district,
        case_key=row.case_key,
        decided_at=instant_of(row.decided_at),
        redriven=row.redriven,
        is_open=bool(row.is_open),
        content=row.content,
        fields=tuple((name, text) for name, text in msgspec.json.decode(row.fields)),
        headers=tuple((name, text) for name, text in msgspec.json.decode(row.headers)),
    )


async def parked(connection: AsyncConnection, access: Access) -> tuple[ParkedCase, ...]:
    """Every parked case, the longest waiting first."""
    table = tables.parked
    asked = select(table).where(of_case_seen(access, table.c.case_key))
    asked = asked.order_by(table.c.service, table.c.case_key, table.c.number)
    by_case: dict[tuple[str, str], list[Row[Any]]] = {}
    for row in await connection.execute(asked):
        by_case.setdefault((row.service, row.case_key), []).append(row)
    districts = await districts_of(connection, [case_key for _, case_key in by_case])
    found = [
        ParkedCase(
            service,
            SERVICE_NAMES.get(service, service),
            waiting[0].partition,
            case_key,
            _only(districts.get(case_key, set())),
            len(waiting),
            tuple(dict.fromkeys(row.topic for row in waiting)),
            at_ms(min(row.append_time for row in waiting)),
        )
        for (service, case_key), waiting in by_case.items()
        if case_seen(access, districts.get(case_key, set()))
    ]
    return tuple(sorted(found, key=lambda one: (one.since, one.service, one.case_key)))


async def halted(connection: AsyncConnection, access: Access) -> tuple[HaltedTask, ...]:
    """Every halted task."""
    whole(access, "halted tasks")
    table = tables.task
    asked = select(table).where(table.c.halted_topic != "").order_by(table.c.service, table.c.partition)
    return tuple(
        HaltedTask(
            row.service,
            SERVICE_NAMES.get(row.service, row.service),
            row.partition,
            row.halted_topic,
            row.halted_source,
            instant_of(row.halted_since),
        )
        for row in await connection.execute(asked)
    )


async def unclear(connection: AsyncConnection, access: Access) -> tuple[UnclearEffect, ...]:
    """Effects of which nobody knows what became, the oldest first."""
    table = tables.effect
    asked = (
        select(table).where(seen(access, table.c.district)).order_by(table.c.since, table.c.effect_id).limit(ROWS_MAX)
    )
    return tuple(
        UnclearEffect(
            service=row.service,
            service_zh=SERVICE_NAMES.get(row.service, row.service),
            partition=row.partition,
            case_key=row.case_key,
            effect_id=row.effect_id,
            district=row.district,
            status=row.status,
            since=instant_of(row.since),
            claimed_at=instant_of(row.claimed_at),
            lookups=row.lookups,
            waits_for_order=row.waits_for_order,
            about=row.about,
        )
        for row in await connection.execute(asked)
    )


def late_timers() -> Select[Any]:
    """Timers that lie behind their task's own tick: the task has gone on without them."""
    table, task = tables.timer, tables.task
    same = and_(task.c.service == table.c.service, task.c.partition == table.c.partition)
    return select(table).join(task, same).where(table.c.due_at < task.c.last_tick)


async def stuck_timers(connection: AsyncConnection, access: Access, rows: int) -> tuple[StuckTimer, ...]:
    """Cases whose timer was passed over, the longest first."""
    table = tables.timer
    asked = late_timers().where(of_case_seen(access, table.c.case_key)).order_by(table.c.due_at, table.c.case_key)
    found = list(await connection.execute(asked.limit(rows_within(rows))))
    districts = await districts_of(connection, [row.case_key for row in found])
    return tuple(
        StuckTimer(
            row.service,
            SERVICE_NAMES.get(row.service, row.service),
            row.partition,
            row.case_key,
            _only(districts.get(row.case_key, set())),
            row.name,
            instant_of(row.due_at),
        )
        for row in found
    )


def _only(districts: set[str]) -> str:
    """The one district; empty where there are several or none."""
    return next(iter(districts)) if len(districts) == 1 else ""
