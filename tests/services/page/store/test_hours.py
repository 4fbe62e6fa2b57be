"""What hours of indicators come to, kept: the same as every window read by itself, from either database, whoever asks."""

import asyncio
import random
from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import Any

import pytest

from schemas.ops import Indicator
from schemas.vocabulary import District
from services.audit.all_services import ALL_SERVICES
from services.page.store import reading_windows, tables_hours
from services.page.store.answers import WHOLE, Access
from services.page.store.answers_indicators import IndicatorFilter, Split
from services.page.store.database import Database
from services.page.store.projection_hours import Window, hour_rows
from services.page.store.store import Store
from tests.harness.page_store import RecordsLog, all_rows, feeder_of, to_rest
from tests.services.page.store.test_indicators import HUANCUI, NOON, deciding, window
from tests.services.page.store.test_ops import CODEC, log_of

HOUR = timedelta(hours=1)
ABOUT = (Indicator.DECISIONS, Indicator.BACKLOG, Indicator.NOTICES_STANDING, Indicator.CARDS)
SCOPES: dict[Indicator, list[dict[str, Any]]] = {
    Indicator.DECISIONS: [{"service": name} for name in ("arrears", "cards", "outlets")],
    Indicator.BACKLOG: [{"service": name} for name in ("arrears", "cards", "outlets")],
    Indicator.NOTICES_STANDING: [{"district": one} for one in (District.HUANCUI, District.WENDENG, District.RUSHAN)],
    Indicator.CARDS: [{"district": District.HUANCUI, "kind": "rs-1"}, {"district": District.WENDENG, "kind": "hc-2"}],
}
NAMES = {
    Indicator.DECISIONS: ("decided", "refused"),
    Indicator.BACKLOG: ("records", "oldest_age_s"),
    Indicator.NOTICES_STANDING: ("issued", "served", "due"),
    Indicator.CARDS: ("issued", "minutes_max"),
}


def said() -> list[Any]:
    """Windows of four hours, some of them said again; not every scope says something of each."""
    chance = random.Random(20_261_127)
    return [
        window(
            name,
            minute,
            {value: chance.randrange(4) for value in chance.sample(NAMES[name], chance.randint(1, len(NAMES[name])))},
            revision=revision,
            **scope,
        )
        for minute, name in product(range(0, 240, 7), ABOUT)
        for scope in SCOPES[name]
        for revision in range(1, chance.randint(0, 2) + 1)
    ]


def questions() -> list[tuple[Access, IndicatorFilter]]:
    """Each indicator in steps of one and of two hours, by each split, of all and of some."""
    splits = (Split.NOTHING, Split.SERVICE, Split.DISTRICT)
    asked = [
        (access, IndicatorFilter(name, NOON, hours * HOUR, 4 // hours, split=split))
        for access, name, hours, split in product((WHOLE, HUANCUI), ABOUT, (1, 2), splits)
    ]
    backlog = IndicatorFilter(Indicator.BACKLOG, NOON, HOUR, 4)
    standing = IndicatorFilter(Indicator.NOTICES_STANDING, NOON, HOUR, 4)
    return [
        *asked,
        (WHOLE, replace(backlog, service="cards")),
        (WHOLE, replace(standing, district=District.WENDENG.value)),
    ]


def test_hours_give_what_their_windows_give(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once all are put together, and while a window that came late has its hour open again."""

    async def answers(database: Database) -> tuple[list[Any], list[Any], int, int]:
        store, rows = Store(database, ALL_SERVICES), await all_rows(database)
        of_hours = [await store.measured(access, wanted) for access, wanted in questions()]
        with monkeypatch.context() as single:
            single.setattr(reading_windows, "is_of_hours", lambda _: False)
            of_windows = [await store.measured(access, wanted) for access, wanted in questions()]
        return (
            of_hours,
            of_windows,
            len(rows[tables_hours.indicator_hour.name]),
            len(rows[tables_hours.indicator_open.name]),
        )

    async def closed_and_open() -> list[tuple[list[Any], list[Any], int, int]]:
        records = log_of([*said(), deciding(7, 99, revision=7)])
        async with Database(address) as database:
            feeder = feeder_of(database, CODEC, RecordsLog(records[:-1]))
            await feeder.open()
            await to_rest(feeder)
            closed = await answers(database)
            late = feeder_of(database, CODEC, RecordsLog(records))
            await late.open()
            await late.step(0)  # and it is killed before it puts the hour together again
            return [closed, await answers(database)]

    closed, opened = asyncio.run(closed_and_open())

    assert (closed[0], opened[0]) == (closed[1], opened[1])
    assert (0, 1) == (closed[3], opened[3])
    assert closed[0] != opened[0]
    assert 0 < closed[2] < len(said())


def test_of_what_stands_an_hour_holds_windows_beside_each_other_and_alike_ones_once() -> None:
    def row(series: str, minute: int, records: int, revision: int = 1) -> Window:
        return Window(series, minute * 60_000_000, revision, "backlog", series, "", "", f'{{"records":{records}}}')

    rows = hour_rows([row("a", 0, 1), row("a", 1, 5, 2), row("b", 1, 2), row("a", 2, 1), row("b", 3, 9, 2)])

    assert [("a", '{"records":[1,5,0]}', 1), ("b", '{"records":[0,2,9]}', 1)] == [
        (one["series"], one["values"], one["corrected"]) for one in rows
    ]
