"""Indicators as the page asks for them: windows put together in steps and by scope, by the database itself.

A window's row holds its latest revision, so what is put together is what holds now; what whole hours come to is kept. Values lie in a row as
JSON, which each of the two databases takes apart with a function of its own.
"""

import asyncio
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
from services.page.store.reading_standings import highest, hours_of
from services.page.store.reading_trouble import Services, code_text
from services.page.store.reading_windows import Scope, Together, open_hours, single_windows, windows_of

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
    until, latest = await _measured_until(connection, wanted.indicator), dict[str, int]()
    if wanted.indicator in STANDINGS and until is not None:
        last = single_windows(access, wanted, _window.c.window_ends_at == micros_of(until))
        latest = await _highest(connection, _narrowed(last, wanted))
    found = await _together(connection, access, wanted)
    scopes = [_named(services, wanted.indicator, *place, values) for place, values in sorted(found.scopes.items())]
    return Measured(
        steps=tuple(
            MeasuredStep(wanted.begins_at + wanted.step * step, found.steps.get(step, {}), found.corrected.get(step, 0))
            for step in range(min(wanted.steps, STEPS_MAX))
        ),
        scopes=tuple(one for one in scopes if _fits(one, wanted)),
        whole=found.whole,
        latest=latest,
        services={one.service: one.service_zh for one in scopes if one.service},
        kinds={one.kind: one.kind_zh for one in scopes if one.kind},
        measured_until=until,
    )


async def _together(connection: AsyncConnection, access: Access, wanted: IndicatorFilter) -> Together:
    """Put windows together, or the hours that are kept of them."""
    is_standing = wanted.indicator in STANDINGS
    hours = await open_hours(connection, wanted) if is_standing else None
    if hours is not None:
        found = await hours_of(connection, access, wanted, hours)
        return await asyncio.to_thread(highest, found, wanted)  # nobody else's page waits for it
    windows = single_windows(access, wanted) if is_standing else await windows_of(connection, access, wanted)
    narrowed, together = _narrowed(windows, wanted), Together()
    together.scopes = await _scopes(connection, wanted, windows)
    await _take_steps(connection, wanted, narrowed, together)
    if is_standing:
        together.whole = await _highest(connection, narrowed)
    else:
        together.whole = _added_up(values for step in together.steps.values() for values in step.values())
    return together


def _scope(wanted: IndicatorFilter) -> dict[str, str]:
    return {"service": wanted.service, "district": wanted.district, "kind": wanted.kind}


def _narrowed(windows: Subquery, wanted: IndicatorFilter) -> Subquery:
    """Only those of the scope asked for."""
    only = [windows.c[name] == storable(value) for name, value in _scope(wanted).items() if value]
    return select(windows).where(*only).subquery("narrowed") if only else windows


def _fits(scope: MeasuredScope, wanted: IndicatorFilter) -> bool:
    return all(value in ("", getattr(scope, name)) for name, value in _scope(wanted).items())


async def _take_steps(
    connection: AsyncConnection, wanted: IndicatorFilter, windows: Subquery, together: Together
) -> None:
    """Take in steps of which something is known."""
    rows = await connection.execute(_by_step(connection, wanted, windows))
    for step, part, name, added, largest in rows:
        together.steps[step].setdefault(part, {})[name] = int(largest if name.endswith(LARGEST) else added)
    number = _step_number(windows.c.starts_at, wanted)
    asked = select(number, func.sum(windows.c.corrected)).where(windows.c.corrected > 0).group_by(number)
    together.corrected = {row[0]: int(row[1]) for row in await connection.execute(asked)}


def _by_step(connection: AsyncConnection, wanted: IndicatorFilter, windows: Subquery) -> Select[Any]:
    """Step, part, name, sum and largest; of what stands the highest of the windows in a step, not their sum."""
    part = (literal("") if wanted.split is Split.NOTHING else windows.c[wanted.split]).label("part")
    if wanted.indicator in STANDINGS:
        each = _by_window(connection, windows, part)
        number = _step_number(each.c.starts_at, wanted)
        asked = select(number, each.c.part, each.c.name, func.max(each.c.added), func.max(each.c.largest))
        return asked.group_by(number, each.c.part, each.c.name)
    name, amount, valued = _values(connection, windows)
    number = _step_number(windows.c.starts_at, wanted)
    asked = select(number, part, name, func.sum(amount), func.max(amount)).select_from(valued)
    return asked.group_by(number, part, name)


def _by_window(connection: AsyncConnection, windows: Subquery, part: Label[str]) -> Subquery:
    """Values of each window, of all its scopes together."""
    name, amount, valued = _values(connection, windows)
    start = windows.c.starts_at
    columns = [start, part, name, func.sum(amount).label("added"), func.max(amount).label("largest")]
    return select(*columns).select_from(valued).group_by(start, part, name).subquery()


async def _highest(connection: AsyncConnection, windows: Subquery) -> dict[str, int]:
    """What stood at its highest, by name."""
    each = _by_window(connection, windows, literal("").label("part"))
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


def _values(connection: AsyncConnection, windows: Subquery) -> tuple[Label[str], ColumnElement[int], Any]:
    """Name and amount of each value of each window, and what they are selected from."""
    held = windows.c["values"]
    if connection.dialect.name == "postgresql":
        each = func.json_each_text(cast(held, JSON)).table_valued("key", "value")
    else:
        each = func.json_each(held).table_valued("key", "value")
    return each.c.key.label("name"), cast(each.c.value, BigInteger), windows.join(each, true())


async def _scopes(
    connection: AsyncConnection, wanted: IndicatorFilter, windows: Subquery
) -> dict[Scope, dict[str, int]]:
    """All scopes that were met, whatever narrows the steps: they are what may be chosen."""
    name, amount, valued = _values(connection, windows)
    scope = (windows.c.service, windows.c.district, windows.c.kind)
    added = func.max(amount) if wanted.indicator in STANDINGS else func.sum(amount)
    asked = select(*scope, name, added, func.max(amount)).select_from(valued)
    asked = asked.group_by(*scope, name).order_by(*scope, name).limit(SCOPES_MAX)
    found = defaultdict[Scope, dict[str, int]](dict)
    for service, district, kind, value, total, largest in await connection.execute(asked):
        found[service, district, kind][value] = int(largest if value.endswith(LARGEST) else total)
    return found


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
