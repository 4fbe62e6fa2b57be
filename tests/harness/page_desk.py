"""The page over a mesh in memory and a store fed from it: asked over ASGI, or served to a browser."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

import httpx
from fastapi import FastAPI

from schemas.page import PageActRecorded
from schemas.topics import dead_topic
from services.audit.all_services import ALL_SERVICES
from services.page.store.answers import EVERY_DISTRICT
from services.page.store.database import Database
from services.page.store.store import Store
from services.page.web.app import make_page
from services.page.web.desk import Desk
from services.page.web.guard import SESSION_COOKIE
from services.page.web.mesh import act_of
from services.page.web.people import Person, Role
from services.page.web.replays import Replays
from services.page.web.settings import WebSettings
from services.runtime.codec import Codec
from services.runtime.errors import BrokerUnavailable
from services.runtime.memory import MemoryMesh
from services.runtime.records import InputRecord, OutputRecord
from tests.harness.page_store import fed, records_of, sqlite_url

ADDRESS = "https://page.example"
LI = Person("YW-001", "李爱华", frozenset({Role.OPERATOR}), EVERY_DISTRICT)
ZHAO = Person("YW-002", "赵敏", frozenset({Role.OPERATOR}), EVERY_DISTRICT)
WANG = Person("WD-0001", "王芳", frozenset({Role.OFFICER}), frozenset({"371003"}))
SUN = Person("SJ-001", "孙立", frozenset({Role.AUDITOR}), EVERY_DISTRICT)


class TwinMesh:
    """A `MeshPort` over the memory twin. `is_away`: nothing is acknowledged any more."""

    def __init__(self, twin: MemoryMesh) -> None:
        self.twin = twin
        self.is_away = False

    @property
    def codec(self) -> Codec:
        """The twin's."""
        return self.twin.codec

    @property
    def partitions(self) -> int:
        """The twin's."""
        return self.twin.partitions

    async def append(self, records: Sequence[OutputRecord]) -> None:
        """Append, a moment after what was appended before."""
        if self.is_away:
            raise BrokerUnavailable("没有应答。", "nobody answers")
        self.twin.clock += timedelta(milliseconds=1)
        for record in records:
            self.twin.append(record)

    async def dead_record(self, service: str, partition: int, offset: int) -> InputRecord | None:
        """Give a record of the dead letters."""
        found = [one for one in self.twin.records(dead_topic(service)) if one.partition == partition]
        return next((one for one in found if one.offset == offset), None)

    async def acts(self) -> AsyncIterator[tuple[datetime, PageActRecorded]]:
        """Give every act."""
        for record in self.twin.records(PageActRecorded.topic):
            act = act_of(self.codec, record)
            if act is not None:
                yield act


class PageDesk:
    """A page, its mesh, its store; people are signed in without a provider."""

    def __init__(
        self,
        twin: MemoryMesh,
        database: Database,
        address: str = ADDRESS,
        replays: Replays | None = None,
        provider: str = "https://provider.example",
    ) -> None:
        self.twin, self.database, self.mesh = twin, database, TwinMesh(twin)
        self.ahead = timedelta()
        """How far the page's clock is ahead of the mesh's."""
        self.provider = httpx.AsyncClient(trust_env=False)
        settings = WebSettings(
            page_address=address, page_port=0, page_provider=provider, page_client_secret="development"
        )
        self.app: FastAPI = make_page(
            settings, Store(database, ALL_SERVICES), self.mesh, self.provider, self.now, replays
        )
        self.address = address

    def now(self) -> datetime:
        """The page's clock."""
        return self.twin.clock + self.ahead

    @property
    def desk(self) -> Desk:
        """The parts of the page."""
        desk: Desk = self.app.state.desk
        return desk

    async def feed(self) -> None:
        """Let the mesh settle, and the store take in what is new."""
        self.twin.run()
        await fed(self.database, self.twin.codec, records_of(self.twin.log))

    def acts(self) -> list[PageActRecorded]:
        """What the page recorded, in the order in which it was appended."""
        codec, topic = self.twin.codec, PageActRecorded.topic
        records = sorted(self.twin.records(topic), key=lambda record: record.append_time_ms)
        return [codec.decode(topic, record.value or b"") for record in records]

    def client(self, person: Person | None = None) -> httpx.AsyncClient:
        """Give a browser, signed in as a person or not at all."""
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False, client=("192.0.2.1", 1))
        client = httpx.AsyncClient(transport=transport, base_url=self.address)
        if person is not None:
            client.cookies.set(SESSION_COOKIE, self.desk.sessions.begin(person), domain=httpx.URL(self.address).host)
        return client

    def csrf(self, client: httpx.AsyncClient) -> str:
        """Give what the forms of a browser's session carry."""
        session = self.desk.sessions.of(client.cookies[SESSION_COOKIE])
        assert session is not None
        return session.csrf


@asynccontextmanager
async def page_desk(
    twin: MemoryMesh, folder: Path, replays: Callable[[], Replays] | None = None, **more: str
) -> AsyncIterator[PageDesk]:
    """Give a page over a twin, fed with what stands in it."""
    async with Database(sqlite_url(folder)) as database:
        desk = PageDesk(twin, database, replays=None if replays is None else replays(), **more)
        async with desk.provider:
            await desk.feed()
            yield desk
            await desk.desk.replays.close()
