"""Killed anywhere, in whatever order the partitions were read: the same rows, nothing lost and nothing twice."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.page.store import tables
from services.page.store.database import Database
from services.runtime.errors import Fenced
from services.runtime.records import InputRecord
from tests.harness.page_store import RecordsLog, all_rows, fed, feeder_of, sqlite_url, to_rest
from tests.harness.page_world import World, world


class CutError(Exception):
    """The process was killed here."""


class CutDatabase(Database):
    """Is killed inside its nth transaction: when all is written and nothing committed."""

    def __init__(self, url: str, transactions: int) -> None:
        super().__init__(url)
        self.left = transactions

    @asynccontextmanager
    async def writing(self, epoch: int, now: datetime) -> AsyncIterator[AsyncConnection]:
        async with super().writing(epoch, now) as connection:
            yield connection
            self.left -= 1
            if self.left == 0:
                raise CutError


def some_records(found: World) -> list[InputRecord]:
    """Of three tasks of twelve, so that many lives are short."""
    return [record for record in found.records if record.partition in (0, 4, 7)]


async def rows_of(url: str, records: list[InputRecord]) -> dict[str, list[tuple[Any, ...]]]:
    async with Database(url) as database:
        await fed(database, world().codec, records)
        return await all_rows(database)


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[tuple[Any, ...]]]:
    return asyncio.run(rows_of(sqlite_url(tmp_path_factory.mktemp("whole")), some_records(world())))


async def lived(url: str, seed: int, lives: list[tuple[int, bool]], portion: int) -> dict[str, list[tuple[Any, ...]]]:
    """Feed through several lives; each ends after some transactions, before the commit of the last or right after it."""
    log, chance = RecordsLog(some_records(world()), portion), random.Random(seed)
    for transactions, is_before_commit in lives:
        database: Database = CutDatabase(url, transactions if is_before_commit else 0)
        async with database:
            feeder = feeder_of(database, world().codec, log)
            await feeder.open()
            log.shuffled(chance)
            try:
                for _ in range(transactions):
                    await feeder.step(0)
                    await feeder.catch_up(3)
            except CutError:
                pass
    async with Database(url) as database:
        feeder = feeder_of(database, world().codec, log)
        await feeder.open()
        log.shuffled(chance)
        await to_rest(feeder)
        return await all_rows(database)


@given(
    seed=st.integers(0, 1 << 30),
    lives=st.lists(st.tuples(st.integers(1, 4), st.booleans()), max_size=3),
    portion=st.sampled_from([90, 400, 1_500]),
)
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_store_killed_anywhere_comes_to_the_same_rows(
    expected: dict[str, list[tuple[Any, ...]]], seed: int, lives: list[tuple[int, bool]], portion: int
) -> None:
    with TemporaryDirectory() as folder:
        found = asyncio.run(lived(sqlite_url(Path(folder)), seed, lives, portion))

    assert expected == found


def test_a_store_killed_between_commit_and_poll_comes_to_the_same_rows_on_both(
    address: str, expected: dict[str, list[tuple[Any, ...]]]
) -> None:
    found = asyncio.run(lived(address, 7, [(2, True), (3, False), (1, True)], 400))

    assert expected == found


def test_a_store_of_another_layout_is_fed_anew(address: str, expected: dict[str, list[tuple[Any, ...]]]) -> None:
    async def outdated() -> None:
        async with Database(address) as database:
            epoch = await database.take_over()
            async with database.writing(epoch, world().now) as connection:
                row = {"topic": "unit-registered", "partition": 0, "next_offset": 1_000_000, "append_time": 0}
                await connection.execute(tables.position.insert(), [row])
                await connection.execute(update(tables.store).values(layout=1))

    asyncio.run(outdated())

    assert expected == asyncio.run(rows_of(address, some_records(world())))


def test_a_store_fed_from_another_log_is_fed_anew(tmp_path: Path) -> None:
    """A topic that was made anew ends before the position that is known of it."""
    url, shorter = sqlite_url(tmp_path), some_records(world())[:500]

    async def both() -> tuple[Any, Any]:
        await rows_of(url, some_records(world()))
        return await rows_of(url, shorter), await rows_of(sqlite_url(tmp_path, "fresh"), shorter)

    found, expected = asyncio.run(both())

    assert expected == found


def test_of_two_feeders_the_earlier_one_writes_nothing_more(address: str) -> None:
    async def two() -> None:
        async with Database(address) as database:
            log = RecordsLog(some_records(world()), 50)
            earlier = feeder_of(database, world().codec, log)
            await earlier.open()
            await earlier.step(0)
            await feeder_of(database, world().codec, RecordsLog(some_records(world()), 50)).open()
            await earlier.step(0)

    with pytest.raises(Fenced):
        asyncio.run(two())


def test_the_same_record_twice_is_an_error_and_not_a_second_row(tmp_path: Path) -> None:
    """The positions keep this from happening; if they ever did not, it would be seen."""

    async def twice() -> None:
        async with Database(sqlite_url(tmp_path)) as database:
            await fed(database, world().codec, [*some_records(world())[:1_000], *some_records(world())[:1_000]])

    with pytest.raises(Exception, match="UNIQUE"):
        asyncio.run(twice())


def test_a_store_that_stands_at_its_day_writes_nothing_to_look_whether_it_does(tmp_path: Path) -> None:
    async def at_rest() -> int:
        async with Database(sqlite_url(tmp_path)) as database:
            feeder = feeder_of(database, world().codec, RecordsLog(some_records(world())))
            await feeder.open()
            await to_rest(feeder)
            await database.take_over()  # from now on whatever this feeder writes is refused
            turned = await feeder.catch_up(500)
            with pytest.raises(Fenced):
                await feeder.note({})
            return turned

    assert 0 == asyncio.run(at_rest())
