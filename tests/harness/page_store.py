"""The page's store fed from a mesh in memory: a log that can be cut anywhere, databases of both kinds, and all their rows."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from services.console.all_services import ALL_SERVICES
from services.page.store import tables
from services.page.store.changes import Place
from services.page.store.database import Database
from services.page.store.feeder import Feeder
from services.page.store.log_port import LogLost
from services.page.store.projection import Projection, places
from services.page.store.tables_units import ALL_TABLES
from services.runtime.codec import Codec
from services.runtime.records import InputRecord

AT = datetime(2026, 11, 27, 3, 0, tzinfo=UTC)
"""When tests feed."""
OF_THE_FEEDER = (tables.store, tables.waiting, tables.topic_identity)
"""Tables that tell of the feeder and not of the log."""


class RecordsLog:
    """A log of records that lie ready, given in portions; `order` says which place comes first."""

    def __init__(
        self, records: Sequence[InputRecord], portion: int = 500, identities: Mapping[str, str] | None = None
    ) -> None:
        self.identities = identities or {}
        wanted = set(places())
        self._by_place: dict[Place, list[InputRecord]] = {}
        for record in records:
            place = (record.topic, record.partition)
            if place in wanted:
                self._by_place.setdefault(place, []).append(record)
        self.portion = portion
        self._left: list[InputRecord] = []

    async def open(self, positions: Mapping[Place, int]) -> None:
        """Turn to what lies behind the positions."""
        for place, offset in positions.items():
            held = self._by_place.get(place, [])
            if not held or offset > held[-1].offset + 1:
                raise LogLost(f"{place} ends before {offset}")
        self._left = [
            record
            for place, held in sorted(self._by_place.items())
            for record in held
            if record.offset >= positions.get(place, 0)
        ]

    def shuffled(self, chance: Any) -> None:
        """Interleave the places anew, each in its own order."""
        queues: dict[Place, list[InputRecord]] = {}
        for record in self._left:
            queues.setdefault((record.topic, record.partition), []).append(record)
        mixed: list[InputRecord] = []
        while queues:
            place, taken = chance.choice(sorted(queues)), chance.randint(1, 40)
            mixed += queues[place][:taken]
            queues[place] = queues[place][taken:]
            if not queues[place]:
                del queues[place]
        self._left = mixed

    async def fetch(self, wait_ms: int) -> list[InputRecord]:
        """Give the next portion."""
        taken, self._left = self._left[: self.portion], self._left[self.portion :]
        return taken

    async def waiting(self) -> Mapping[Place, int]:
        """Count what is left."""
        left: dict[Place, int] = dict.fromkeys(self._by_place, 0)
        for record in self._left:
            left[record.topic, record.partition] += 1
        return left

    async def close(self) -> None:
        """Nothing is open."""


def records_of(log: Mapping[str, Sequence[Sequence[InputRecord]]]) -> list[InputRecord]:
    """Every record of a twin's log."""
    return [record for partitions in log.values() for partition in partitions for record in partition]


def sqlite_url(folder: Path, name: str = "page") -> str:
    """The address of a file in a folder."""
    return f"sqlite+aiosqlite:///{folder / f'{name}.db'}"


def feeder_of(database: Database, codec: Codec, log: RecordsLog) -> Feeder:
    """A feeder over records that lie ready."""
    return Feeder(database, log, Projection(codec, ALL_SERVICES), lambda: AT)


async def fed(database: Database, codec: Codec, records: Sequence[InputRecord], portion: int = 2_000) -> None:
    """Feed a store until nothing is left, and count every unit to the day."""
    feeder = feeder_of(database, codec, RecordsLog(records, portion))
    await feeder.open()
    await to_rest(feeder)


async def to_rest(feeder: Feeder) -> None:
    """Take in what is left, and do all that follows from it."""
    while await feeder.step(0):
        pass
    while await feeder.catch_up(500):
        pass
    await feeder.look()


async def all_rows(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Every row that is made of the log, by table, in order."""
    found = {}
    async with database.reading() as connection:
        for table in ALL_TABLES.sorted_tables:
            if table not in OF_THE_FEEDER:
                rows = [tuple(row) for row in await connection.execute(select(table))]
                found[table.name] = sorted(rows, key=repr)
    return found


def run(work: Any) -> Any:
    """Run a coroutine of a fixture."""
    return asyncio.run(work)
