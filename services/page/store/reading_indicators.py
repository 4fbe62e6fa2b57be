"""Indicators as the page asks for them: windows put together in steps and by scope, by the database itself.

A window's row holds its latest revision, so what is put together is what holds now. Values lie in it as JSON, which each
of the two databases takes apart with a function of its own.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, BigInteger, ColumnElement, Label, Select, Subquery, cast, func, literal, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.ops import LARGEST, STANDINGS, Indicator
from schemas.titles import TITLES_ZH
from services.audit.code_words import SERVICE_NAMES, of_code
from services.page.store import tables
from services.page.store.answers import Access
from services.page.store.answers_indicators import (
    SCOPES_MAX,
    STEPS_MAX,
    IndicatorFilter,
    Measured,
    MeasuredScope,
    MeasuredStep,
    Split,
)
from services.page.store.changes import instant_of, micros_of
from services.page.store.masking import storable
from services.page.store.port import NotTheirs
from services.page.store.reading_ops import in_sight
from services.page.store.reading_trouble import Services, code_text

_OF_CODES = frozenset({Indicator.REASONS, Indicator.REFUSALS, Indicator.DEAD_LETTERS})
_OF_TOPICS = frozenset({Indicator.FACTS, Indicator.UNREADABLE})
_FILLED_IN = re.compile(r"(\{\w+\})+")
_window = tables.indicator
Values = Mapping[str, int]


async def measured(
    connection: AsyncConnection, access: Access, services: Services, wanted: IndicatorFilter
) -> Measured:
    """An indicator in steps and by scope; `NotTheirs` where another district is asked for."""
    if wanted.district and wanted.district not in access.districts:
        raise NotTheirs(wanted.district)
    asked = [
        _window.c.indicator == storable(wanted.indicator),
        _window.c.window_starts_at >= micros_of(wanted.begins_at),
        _window.c.window_starts_at < micros_of(wanted.begins_at + wanted.step * min(wanted.steps, STEPS_MAX)),
        in_sight(access, _window.c.district),
    ]
    scopes = await _scopes(connection, services, wanted, asked)
    narrowed = [*asked, *(_window.c[name] == storable(value) for name, value in _scope(wanted).items() if value)]
    until = await _measured_until(connection, wanted.indicator)
    steps, latest = await _steps(connection, wanted, narrowed), dict[str, int]()
    if wanted.indicator not in STANDINGS:
        whole = _added_up(values for step in steps for values in step.values.values())
    else:
        whole = await _highest(connection, narrowed)
        if until is not None:
            latest = await _highest(connection, [*narrowed, _window.c.window_ends_at == micros_of(until)])
    return Measured(
        steps=steps,
        scopes=tuple(one for one in scopes if _fits(one, wanted)),
        whole=whole,
        latest=latest,
        services={one.service: one.service_zh for one in scopes if one.service},
        kinds={one.kind: one.kind_zh for one in scopes if one.kind},
        measured_until=until,
    )


def _scope(wanted: IndicatorFilter) -> dict[str, str]:
    return {"service": wanted.service, "district": wanted.district, "kind": wanted.kind}


def _fits(scope: MeasuredScope, wanted: IndicatorFilter) -> bool:
    return all(value in ("", getattr(scope, name)) for name, value in _scope(wanted).items())


async def _steps(
    connection: AsyncConnection, wanted: IndicatorFilter, where: Iterable[ColumnElement[bool]]
) -> tuple[MeasuredStep, ...]:
    """Every step, also those of which nothing is known."""
    where, found = list(where), defaultdict[int, dict[str, dict[str, int]]](dict)
    rows = await connection.execute(_by_step(connection, wanted, where))
    for step, part, name, added, largest in rows:
        found[step].setdefault(part, {})[name] = int(largest if name.endswith(LARGEST) else added)
    number = _step_number(_window.c.window_starts_at, wanted)
    asked = select(number, func.count()).where(*where, _window.c.revision > 1).group_by(number)
    corrected: dict[int, int] = {row[0]: row[1] for row in await connection.execute(asked)}
    return tuple(
        MeasuredStep(wanted.begins_at + wanted.step * step, found[step], corrected.get(step, 0))
        for step in range(min(wanted.steps, STEPS_MAX))
    )


def _by_step(connection: AsyncConnection, wanted: IndicatorFilter, where: list[ColumnElement[bool]]) -> Select[Any]:
    """Step, part, name, sum and largest; of what stands the highest of the windows in a step, not their sum."""
    part = (literal("") if wanted.split is Split.NOTHING else _window.c[wanted.split]).label("part")
    if wanted.indicator in STANDINGS:
        each = _by_window(connection, where, part)
        number = _step_number(each.c.window_starts_at, wanted)
        asked = select(number, each.c.part, each.c.name, func.max(each.c.added), func.max(each.c.largest))
        return asked.group_by(number, each.c.part, each.c.name)
    name, amount, windows = _values(connection)
    number = _step_number(_window.c.window_starts_at, wanted)
    asked = select(number, part, name, func.sum(amount), func.max(amount)).select_from(windows)
    return asked.where(*where).group_by(number, part, name)


def _by_window(connection: AsyncConnection, where: list[ColumnElement[bool]], part: Label[str]) -> Subquery:
    """Values of each window, of all its scopes together."""
    name, amount, windows = _values(connection)
    start = _window.c.window_starts_at
    columns = [start, part, name, func.sum(amount).label("added"), func.max(amount).label("largest")]
    return select(*columns).select_from(windows).where(*where).group_by(start, part, name).subquery()


async def _highest(connection: AsyncConnection, where: list[ColumnElement[bool]]) -> dict[str, int]:
    """What stood at its highest, by name."""
    each = _by_window(connection, where, literal("").label("part"))
    asked = select(each.c.name, func.max(each.c.added), func.max(each.c.largest)).group_by(each.c.name)
    rows = await connection.execute(asked)
    return {name: int(largest if name.endswith(LARGEST) else added) for name, added, largest in rows}


def _added_up(parts: Iterable[Values]) -> dict[str, int]:
    whole: dict[str, int] = {}
    for values in parts:
        for name, value in values.items():
            whole[name] = max(whole.get(name, 0), value) if name.endswith(LARGEST) else whole.get(name, 0) + value
    return whole


def _step_number(start: ColumnElement[int], wanted: IndicatorFilter) -> Label[int]:
    """The step in which a window begins; grouped by its label, as a database takes two equal expressions of parameters for two."""
    return ((start - micros_of(wanted.begins_at)) // (wanted.step // timedelta(microseconds=1))).label("step")


def _values(connection: AsyncConnection) -> tuple[Label[str], ColumnElement[int], Any]:
    """Name and amount of each value of each window, and what they are selected from."""
    held = _window.c["values"]
    if connection.dialect.name == "postgresql":
        each = func.json_each_text(cast(held, JSON)).table_valued("key", "value")
    else:
        each = func.json_each(held).table_valued("key", "value")
    return each.c.key.label("name"), cast(each.c.value, BigInteger), _window.join(each, true())


async def _scopes(
    connection: AsyncConnection, services: Services, wanted: IndicatorFilter, where: Iterable[ColumnElement[bool]]
) -> list[MeasuredScope]:
    """All scopes that were met, whatever narrows the steps: they are what may be chosen."""
    name, amount, windows = _values(connection)
    scope = (_window.c.service, _window.c.district, _window.c.kind)
    added = func.max(amount) if wanted.indicator in STANDINGS else func.sum(amount)
    asked = select(*scope, name, added, func.max(amount)).select_from(windows).where(*where)
    asked = asked.group_by(*scope, name).order_by(*scope, name).limit(SCOPES_MAX)
    found = defaultdict[tuple[str, str, str], dict[str, int]](dict)
    for service, district, kind, value, total, largest in await connection.execute(asked):
        found[service, district, kind][value] = int(largest if value.endswith(LARGEST) else total)
    return [_named(services, wanted.indicator, *place, values) for place, values in found.items()]


def _named(services: Services, indicator: str, service: str, district: str, kind: str, values: Values) -> MeasuredScope:
    named = SERVICE_NAMES.get(service, service)
    return MeasuredScope(service, named, district, kind, _kind_zh(services, indicator, service, kind), values)


def _kind_zh(services: Services, indicator: str, service: str, kind: str) -> str:
    """What a kind is called: a reason in the words of its service, a topic by its title, a channel, stage or outlet by its name."""
    if indicator in _OF_CODES:
        return _without_values(code_text(services, service, kind))
    if indicator in _OF_TOPICS:
        return TITLES_ZH.get(kind, kind)
    return of_code(kind, "stage" if indicator == Indicator.ENFORCEMENT else "")


def _without_values(text: str) -> str:
    """A reason's text as it is for every case: without what each fills in."""
    return _FILLED_IN.sub("…", text).strip("…：；，。 ")


async def _measured_until(connection: AsyncConnection, indicator: str) -> datetime | None:
    """End of the last window of this indicator, or of decisions, of which there are some wherever the clock ticks."""
    start, found = _window.c.window_starts_at, []
    for name in sorted({storable(indicator), str(Indicator.DECISIONS)}):
        last = select(_window.c.window_ends_at).where(_window.c.indicator == name).order_by(start.desc()).limit(1)
        found.append(await connection.scalar(last))
    ends = [end for end in found if end is not None]
    return instant_of(max(ends)) if ends else None
