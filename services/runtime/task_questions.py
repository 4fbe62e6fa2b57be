"""What a task asks of the brokers beside moving its records: seldom, and the same whoever moves them."""

import asyncio
from collections.abc import Collection

from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from schemas.topics import changelog_topic
from services.runtime.broker import Place
from services.runtime.group_offsets import committed_offsets
from services.runtime.own_topics import OwnTopics
from services.runtime.service import Service
from services.runtime.settings import MeshSettings
from services.runtime.stable_ends import StableEnds
from services.runtime.transaction_ends import TransactionEnds


class TaskQuestions:
    """The part of a `TaskReader` that both clients share; over connections of the service, not the task's own."""

    def __init__(
        self,
        service: Service,
        partition: int,
        settings: MeshSettings,
        admin: AIOKafkaAdminClient,
        ends: StableEnds,
        own: OwnTopics,
        transactions: TransactionEnds,
    ) -> None:
        self._group, self._partition = service.name, partition
        self._settings, self._admin, self._ends, self._own = settings, admin, ends, own
        self._transactions = transactions
        self._timeout_s = settings.request_timeout_ms / 1000
        self._places = {topic: TopicPartition(topic, partition) for topic in sorted(service.inputs)}
        self._changelog = TopicPartition(changelog_topic(service.name), partition)

    async def last_end(self) -> bool | None:
        """How the last transaction of this task ended."""
        return await self._transactions.last(self._partition)

    async def committed(self) -> dict[str, int]:
        """Ask the group for the positions of this task's inputs."""
        async with asyncio.timeout(self._timeout_s):
            offsets = await committed_offsets(self._admin, self._group, self._places.values())
        return {place.topic: offset for place, offset in offsets.items()}

    async def unfinished(self) -> tuple[Place, ...]:
        """Where something of this task stands open."""
        return await self._own.unfinished(self._partition)

    async def is_left_open(self) -> bool:
        """Tell whether something of this task stands open while it writes nothing."""
        return await self._own.is_left_open(self._partition)

    async def written_ends(self, places: Collection[Place]) -> dict[Place, int]:
        """Ends behind what stands in open transactions too."""
        return await self._own.written_ends(places)

    async def ends_that_stand(self, places: Collection[Place]) -> dict[Place, int]:
        """Last stable offsets."""
        return await self._own.ends_that_stand(places)

    async def last_decision(self) -> bytes | None:
        """The last decision record that stands."""
        return await self._own.last_decision(self._partition)

    async def stable_ends(self) -> dict[str, int]:
        """Ask for the last stable offset of each input."""
        ends = await self._ends.of(list(self._places.values()))
        return {place.topic: end for place, end in ends.items()}
