"""The mesh on a broker behind the page's port: one idempotent, acknowledged producer, and reading what the store does not keep."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from datetime import datetime
from typing import Self

from aiokafka.errors import KafkaError

from schemas import topics
from schemas.page import PageActRecorded
from services.page.web.mesh import act_of
from services.runtime.codec import Codec
from services.runtime.errors import BrokerUnavailable, UserMistake
from services.runtime.kafka_access import KafkaPublisher, read_one, read_topics
from services.runtime.records import InputRecord, OutputRecord
from services.runtime.registry import RegistryClient, agree, resolve
from services.runtime.settings import MeshSettings

APPEND_S_MAX = 15.0
RECORDS_KEPT = 300
"""Dead letters read a moment ago: a record never changes, and each is asked for at the dry run, the approval and the order."""


class KafkaMesh:
    """A `MeshPort` over the broker and the registry of the settings. Opened with `async with`."""

    def __init__(self, settings: MeshSettings) -> None:
        self._settings, self._codec = settings, Codec()
        self._open = AsyncExitStack()
        self._publisher: KafkaPublisher | None = None
        self._kept: OrderedDict[tuple[str, int, int], InputRecord] = OrderedDict()

    @property
    def codec(self) -> Codec:
        """Agreed with the registry."""
        return self._codec

    @property
    def partitions(self) -> int:
        """As the settings have it, like every worker's."""
        return self._settings.partitions

    async def __aenter__(self) -> Self:
        settings = self._settings
        self._registry = await self._open.enter_async_context(RegistryClient(settings.registry_url))
        try:
            contracts = [topic for topic in topics.TOPICS if topic.fact is not None]
            await agree(self._registry, contracts, self._codec, settings.work_dir / "page.agreement.json")
            self._publisher = await self._open.enter_async_context(KafkaPublisher(settings.connection))
        except UserMistake as error:  # nobody answers now, which for a worker is no mistake but a reason to begin again
            await self._open.aclose()
            raise BrokerUnavailable(*error.sentences) from error
        except BaseException:
            await self._open.aclose()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._open.aclose()

    async def append(self, records: Sequence[OutputRecord]) -> None:
        """Write records; `BrokerUnavailable` where they are not acknowledged in time."""
        assert self._publisher is not None
        try:
            async with asyncio.timeout(APPEND_S_MAX):
                await self._publisher.append(records)
        except (KafkaError, TimeoutError) as error:
            raise BrokerUnavailable(
                "Kafka 未能按时确认写入，请稍后再试。", f"The broker did not acknowledge in time: {error!r}."
            ) from error

    async def dead_record(self, service: str, partition: int, offset: int) -> InputRecord | None:
        """Give a dead letter's record; its schema is asked for where it is met for the first time."""
        place = (topics.dead_topic(service), partition, offset)
        if place not in self._kept:
            try:
                record = await read_one(self._settings.connection, *place)
            except (KafkaError, TimeoutError) as error:
                raise BrokerUnavailable(
                    "Kafka 未能给出记录，请稍后再试。", f"The broker did not give a record: {error!r}."
                ) from error
            if record is None:
                return None
            await self._know_schema_of(record)
            self._kept[place] = record
            while len(self._kept) > RECORDS_KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(place)
        return self._kept[place]

    async def acts(self) -> AsyncIterator[tuple[datetime, PageActRecorded]]:
        """Read the topic of acts from its beginning to its end."""
        async for record in read_topics(self._settings.connection, [PageActRecorded.topic]):
            await self._know_schema_of(record)
            act = act_of(self._codec, record)
            if act is not None:
                yield act

    async def _know_schema_of(self, record: InputRecord) -> None:
        unknown = self._codec.unknown_id(record.value)
        if unknown is not None:
            await resolve(self._registry, self._codec, [unknown])
