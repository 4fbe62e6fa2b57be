"""The feeder: reads the log and writes rows and positions in one transaction a batch.

Killed anywhere it goes on from the positions in the database, so that no record is lost or taken twice. What it reads again after a
kill was never committed. A second feeder takes over by a higher epoch: the first can write nothing more.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime

import structlog
from sqlalchemy import delete, func, select

from schemas.mesh import ParameterPublished
from services.arrears import law
from services.page.store import tables
from services.page.store.applying import apply, upsert
from services.page.store.applying_hours import close_hours
from services.page.store.changes import Place, instant_of
from services.page.store.database import Database
from services.page.store.log_port import Log, LogLost, refuse_others
from services.page.store.projection import Projection, Standing
from services.page.store.turning import turn
from services.runtime.records import InputRecord

log = structlog.get_logger(__name__)

RECORDS_A_BATCH_MAX = 2_000
HOURS_AT_ONCE_MAX = 50
"""Hours of indicators that are put together in one transaction."""
MINUTES_KEPT_DAYS = 35
"""Rates by minute are kept so long; beyond that nobody asks for them."""


def utc_now() -> datetime:
    """The clock of this machine; only when something was fed hangs on it."""
    return datetime.now(UTC)


class Feeder:
    """Feeds one store from one log."""

    def __init__(
        self, database: Database, source: Log, projection: Projection, now: Callable[[], datetime] = utc_now
    ) -> None:
        self._database, self._log, self._projection, self._now = database, source, projection, now
        self._epoch = 0
        self._standing = Standing()
        self._turned_to: tuple[date, bool] | None = None
        """The day that all units were found to be counted to, and by which rule; None once more was taken in."""
        self._has_open_hours = True

    async def open(self) -> None:
        """Take over the store, and turn to where it stands; a store that was fed from another log is emptied."""
        self._epoch = await self._database.take_over()
        try:
            await self._log.open(await self._database.positions())
            refuse_others(await self._database.identities(), self._log.identities)
        except LogLost as lost:
            log.warning("the store is fed anew", reason=str(lost))
            self._epoch = await self._database.wipe()
            await self._log.open({})
        rows = [{"topic": topic, "identity": identity} for topic, identity in self._log.identities.items()]
        if rows:
            async with self._database.writing(self._epoch, self._now()) as connection:
                await upsert(connection, tables.topic_identity, rows)
        self._standing = await self._known_standing()

    async def step(self, wait_ms: int) -> int:
        """Take in what has arrived; gives how many records that were."""
        records = await self._log.fetch(wait_ms)
        for start in range(0, len(records), RECORDS_A_BATCH_MAX):
            await self._take(records[start : start + RECORDS_A_BATCH_MAX])
        return len(records)

    async def catch_up(self, rows_max: int) -> int:
        """Do some of what follows from what was taken in: count late fees to the day that has come, put hours of indicators together.

        Gives how many units or hours were looked at, 0: nothing is left to do. Once nothing else waits, and now and again meanwhile.
        """
        return await self._turn(rows_max) or await self._close_hours()

    async def _turn(self, rows_max: int) -> int:
        day, is_capped = self._standing.day, self._standing.is_capped
        if day is None or self._turned_to == (day, is_capped):
            return 0
        async with self._database.writing(self._epoch, self._now()) as connection:
            looked_at = await turn(connection, day, is_capped=is_capped, rows_max=rows_max)
        if not looked_at:
            self._turned_to = day, is_capped
        return looked_at

    async def _close_hours(self) -> int:
        if not self._has_open_hours:
            return 0
        async with self._database.writing(self._epoch, self._now()) as connection:
            closed = await close_hours(connection, HOURS_AT_ONCE_MAX)
        self._has_open_hours = bool(closed)
        return closed

    async def look(self) -> int:
        """Ask how far the store is behind, and write it down; gives the offsets that it has not read."""
        return await self.note(await self._log.waiting())

    async def note(self, behind: Mapping[Place, int]) -> int:
        """Write down how far the store is behind; gives the offsets that it has not read."""
        rows = [{"topic": topic, "partition": part, "records": count} for (topic, part), count in behind.items()]
        oldest = int(self._now().timestamp()) // 60 - MINUTES_KEPT_DAYS * 24 * 60
        async with self._database.writing(self._epoch, self._now()) as connection:
            if rows:
                await upsert(connection, tables.waiting, rows)
            await connection.execute(delete(tables.minute).where(tables.minute.c.minute < oldest))
        return sum(behind.values())

    async def tidy(self) -> None:
        """Let the database learn how its values lie: once all is taken in, and then now and again."""
        await self._database.analyze()

    async def _take(self, records: Iterable[InputRecord]) -> None:
        self._turned_to = None
        changes, standing = self._projection.changes(records, self._standing)
        async with self._database.writing(self._epoch, self._now()) as connection:
            await apply(connection, changes)
        self._standing = standing
        self._has_open_hours = self._has_open_hours or tables.indicator in changes.put
        if tables.parameter in changes.put:
            self._standing = await self._known_standing()

    async def _known_standing(self) -> Standing:
        async with self._database.reading() as connection:
            ticks = select(func.max(tables.task.c.last_tick)).where(tables.task.c.service == "arrears")
            tick = await connection.scalar(ticks)
            asked = (
                select(tables.parameter.c.body)
                .where(tables.parameter.c.name == law.LATE_FEE_CAP_PARAMETER)
                .order_by(tables.parameter.c.partition)
            )
            body = (await connection.scalars(asked)).first()
        cap = None if body is None else ParameterPublished.model_validate_json(body)
        return Standing(None if tick is None else instant_of(tick), cap)
