"""The database of the store: SQLite in a file of its own, or PostgreSQL; its layout, and who may write to it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Self

from sqlalchemy import Connection, Table, event, func, inspect, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from services.arrears.worker import SERVICE as ARREARS
from services.page.store import tables, text_index
from services.page.store.changes import Place, micros_of
from services.page.store.sqlite_file import SqliteFile
from services.page.store.tables_units import ALL_TABLES
from services.runtime.errors import Fenced, Unavailable, WillNotStart

STORE_ID = 1
LAYOUT = tables.LAYOUT * 1_000 + ARREARS.state_version
"""Kept states are those of a format of the arrears service: another format is another layout."""
WAIT_S_MAX = 30
CONNECTIONS_MAX = 8
CACHE_KIB = 64 * 1024
ANALYZED_ROWS_MAX = 2_000
"""Rows of an index that are looked at."""
CONNECTION_AGE_S_MAX = 300
"""A connection to SQLite learns what was counted only as it is made."""
_PRAGMAS = (
    "journal_mode = WAL",
    "synchronous = NORMAL",  # a power failure may cost the last batches, never a part of one: they are read again
    f"busy_timeout = {WAIT_S_MAX * 1_000}",
    f"cache_size = -{CACHE_KIB}",
    "temp_store = MEMORY",
    "foreign_keys = OFF",
)


class StoreUnavailable(Unavailable):
    """The database of the page does not answer now."""


class Database:
    """Connections to one store. Opened with `async with`."""

    def __init__(self, url: str) -> None:
        """Take an address: `sqlite+aiosqlite:///FILE` or `postgresql+psycopg://USER@HOST/NAME`; `WillNotStart` for another."""
        try:
            self._url = make_url(url)
        except ArgumentError:
            raise WillNotStart(
                "SHEBAO_PAGE_STORE_URL 不是数据库地址。", "SHEBAO_PAGE_STORE_URL is no address of a database."
            ) from None
        if self._url.get_driver_name() not in ("aiosqlite", "psycopg"):
            raise WillNotStart(
                "SHEBAO_PAGE_STORE_URL 须以 sqlite+aiosqlite:/// 或者 postgresql+psycopg:// 开头，不支持其他数据库。",
                "SHEBAO_PAGE_STORE_URL must begin with sqlite+aiosqlite:/// or postgresql+psycopg://: no other database is known.",
            )
        self._engine = self._made()

    @property
    def is_sqlite(self) -> bool:
        """Tell whether it is a file of this machine."""
        return self._url.get_backend_name() == "sqlite"

    def _made(self) -> AsyncEngine:
        own: dict[str, Any] = {}
        if self.is_sqlite and self._url.database:
            Path(self._url.database).parent.mkdir(parents=True, exist_ok=True)
            own["async_creator"] = partial(_opened, self._url.database)
        engine = create_async_engine(
            self._url,
            **own,
            pool_size=CONNECTIONS_MAX,
            max_overflow=0,
            pool_timeout=WAIT_S_MAX,
            pool_pre_ping=not self.is_sqlite,
            pool_recycle=CONNECTION_AGE_S_MAX,
        )
        if self.is_sqlite:
            event.listen(engine.sync_engine, "connect", _prepare_sqlite)
            event.listen(engine.sync_engine, "begin", _begin_sqlite)
        return engine

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._engine.dispose()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A connection on which everything asked is of one moment."""
        async with self._told(), self._engine.connect() as connection:
            if not self.is_sqlite:
                await connection.execution_options(isolation_level="REPEATABLE READ")
            yield connection

    @asynccontextmanager
    async def writing(self, epoch: int, now: datetime) -> AsyncIterator[AsyncConnection]:
        """One transaction of the feeder of this epoch; `Fenced` where another took over."""
        async with self._told(), self._engine.begin() as connection:
            mine = update(tables.store).where(tables.store.c.epoch == epoch).values(fed_at=micros_of(now))
            if (await connection.execute(mine)).rowcount != 1:
                raise Fenced("another feeder writes to this store now")
            yield connection

    @asynccontextmanager
    async def _told(self) -> AsyncIterator[None]:
        try:
            yield
        except PoolTimeoutError as error:
            raise StoreUnavailable(
                "页面的数据库繁忙，连接均在使用中。", "The page's database is busy: every connection to it is in use."
            ) from error
        except DBAPIError as error:
            if error.connection_invalidated or "locked" in str(error.orig) or not _answers(error):
                raise StoreUnavailable(
                    "页面的数据库没有应答。", f"The page's database does not answer ({type(error.orig).__name__})."
                ) from error
            raise

    async def take_over(self) -> int:
        """Make the tables where there are none, or others; let older feeders write nothing more. Gives the epoch of this one."""
        async with self._told(), self._engine.begin() as connection:
            epoch = await self._epoch(connection)
            if epoch is None:
                await _make_anew(connection, 1)
                return 1
            layout = await connection.scalar(select(tables.store.c.layout))
            if layout != LAYOUT or not await text_index.is_as_made(connection):
                await _make_anew(connection, epoch + 1)
            else:
                await connection.execute(update(tables.store).values(epoch=epoch + 1))
            return epoch + 1

    async def wipe(self) -> int:
        """Begin from nothing, as a feeder that took over. Gives its epoch."""
        async with self._told(), self._engine.begin() as connection:
            epoch = (await self._epoch(connection) or 0) + 1
            await _make_anew(connection, epoch)
            return epoch

    async def _epoch(self, connection: AsyncConnection) -> int | None:
        names = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
        if tables.store.name not in names:
            return None
        found: int | None = await connection.scalar(select(func.max(tables.store.c.epoch)))
        return found

    async def analyze(self) -> None:
        """Let the database count its values, so that it chooses the right index for each question. Far apart: it costs a look at all indexes."""
        async with self._told(), self._engine.begin() as connection:
            if self.is_sqlite:
                await connection.exec_driver_sql(f"PRAGMA analysis_limit = {ANALYZED_ROWS_MAX}")
            await connection.exec_driver_sql("ANALYZE")

    async def positions(self) -> dict[Place, int]:
        """Where the feeder goes on, by place."""
        async with self.reading() as connection:
            asked = select(tables.position.c.topic, tables.position.c.partition, tables.position.c.next_offset)
            return {(topic, partition): offset for topic, partition, offset in await connection.execute(asked)}

    async def identities(self) -> dict[str, str]:
        """Ids of the topics that the store was fed from."""
        async with self.reading() as connection:
            asked = select(tables.topic_identity.c.topic, tables.topic_identity.c.identity)
            return {row.topic: row.identity for row in await connection.execute(asked)}


def own_insert(connection: AsyncConnection, table: Table) -> Any:
    """An insert of the database's own dialect, which knows what to do where the row is there already."""
    own = postgresql if connection.dialect.name == "postgresql" else sqlite
    return own.insert(table)


def _answers(error: DBAPIError) -> bool:
    return type(error).__name__ != "OperationalError"


async def _make_anew(connection: AsyncConnection, epoch: int) -> None:
    """Drop whatever a store of ours has, of whichever layout, and make it."""
    old = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
    for name in old:
        if name in ALL_TABLES.tables:
            await connection.run_sync(ALL_TABLES.tables[name].drop)
    await connection.run_sync(ALL_TABLES.create_all)
    await text_index.make(connection)
    await connection.execute(tables.store.insert(), [{"id": STORE_ID, "layout": LAYOUT, "epoch": epoch}])


def _prepare_sqlite(connection: Any, _: object) -> None:
    connection.isolation_level = (
        None  # else Python begins a transaction at the first change, and reads are of many moments
    )
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


async def _opened(path: str) -> Any:
    return await SqliteFile(path)


def _begin_sqlite(connection: Connection) -> None:
    file: Any = connection.connection.driver_connection
    file.begin()
