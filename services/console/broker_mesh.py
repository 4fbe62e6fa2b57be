"""The mesh on a broker behind the console's ports."""

import time
from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import Self

from schemas import topics
from schemas.access import CONSOLE
from services.runtime.codec import Codec
from services.runtime.errors import NoAgreement, RegistryUnavailable, UserMistake
from services.runtime.kafka_access import KafkaPublisher, read_tasks, read_topics
from services.runtime.records import InputRecord, OutputRecord
from services.runtime.registry import RegistryClient, agree, resolve
from services.runtime.settings import MeshSettings
from services.runtime.tracing.traces import Traces, UncountedSpans, traces_of


def registry_unanswered(address: str) -> UserMistake:
    """Say that no registry answers."""
    return UserMistake(
        f"{address} 上的模式注册中心没有应答，请用 `shebao up` 启动。",
        f"No registry answers at {address}: start the mesh with `shebao up`.",
    )


class BrokerMesh:
    """A `MeshReader` over the broker and the registry of the settings. Opened with `async with`."""

    def __init__(self, settings: MeshSettings) -> None:
        self._settings = settings
        self._codec = Codec()
        self._open = AsyncExitStack()
        self._of_console = settings.logged_in_as(CONSOLE)
        self._publishers: dict[str, KafkaPublisher] = {}
        self._traces: Traces | None = None

    @property
    def codec(self) -> Codec:
        """Agreed with the registry."""
        return self._codec

    @property
    def partitions(self) -> int:
        """As the settings say."""
        return self._settings.partitions

    @property
    def broker_now(self) -> datetime:
        """This machine's clock, which the broker's is near to."""
        return datetime.now(UTC)

    async def __aenter__(self) -> Self:
        settings = self._settings
        self._registry = await self._open.enter_async_context(RegistryClient(settings.registry_url))
        contracts = [topic for topic in topics.TOPICS if topic.fact is not None]
        try:
            await agree(self._registry, contracts, self._codec, settings.work_dir / "console.agreement.json")
        except BaseException as error:
            await self._open.aclose()
            if isinstance(error, NoAgreement | RegistryUnavailable):
                raise registry_unanswered(settings.registry_url) from error
            raise
        self._traces = traces_of(settings, CONSOLE, UncountedSpans())
        if self._traces is not None:
            self._open.push_async_callback(self._traces.close)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._open.aclose()

    async def records(self, topics: Collection[str]) -> AsyncIterator[InputRecord]:
        """Give every committed record that stands in the topics now; asks the registry about schemas it meets first."""
        async for record in read_topics(self._of_console.connection, topics):
            await self._know_schema_of(record)
            yield record

    async def by_task(
        self, topics: Collection[str], partitions: Iterable[int]
    ) -> AsyncIterator[tuple[int, list[InputRecord]]]:
        """Give the same, one partition number after the other."""
        async for partition, found in read_tasks(self._of_console.connection, topics, partitions):
            for record in found:
                await self._know_schema_of(record)
            yield partition, found

    async def _know_schema_of(self, record: InputRecord) -> None:
        unknown = self._codec.unknown_id(record.value)
        if unknown is not None:
            await resolve(self._registry, self._codec, [unknown])

    async def append(self, records: Sequence[OutputRecord]) -> None:
        """Write records, acknowledged by all replicas; each as the one who says what its topic holds."""
        of_writers = defaultdict(list)
        for record in records:
            of_writers[topics.BY_NAME[record.topic].owner].append(record)
        for writer, theirs in of_writers.items():
            begun_ns = time.time_ns()
            await (await self._publisher_of(writer)).append(theirs)
            if self._traces is not None:
                self._traces.published(writer, theirs, begun_ns)

    async def _publisher_of(self, writer: str) -> KafkaPublisher:
        mine = self._settings.logged_in_as(writer)
        if mine.broker_user not in self._publishers:
            self._publishers[mine.broker_user] = await self._open.enter_async_context(KafkaPublisher(mine.connection))
        return self._publishers[mine.broker_user]
