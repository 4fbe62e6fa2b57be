"""What a task's own topics hold as it opens: what was left open there, and the last decision that stands.

A broker that comes back may count a transaction as ended without having written its markers (Kafka 4.3, decision 0095):
to those who read committed records it then stays open, and the *next* transaction of the same producer ends it too.
"""

import asyncio
from collections.abc import Collection, Sequence

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from schemas.topics import changelog_topic, dead_topic, decisions_topic
from services.runtime.broker import Place
from services.runtime.closing import closed
from services.runtime.errors import TaskMustRestart
from services.runtime.restoring import RESTORE_WAIT_MS, new_consumer
from services.runtime.service import Service
from services.runtime.settings import MeshSettings
from services.runtime.stable_ends import StableEnds

LOOK_AGAIN_S = 0.5
"""Longer than a transaction usually is open."""
READ_WAIT_MS = 10
"""How long a broker may hold a fetch: the next question over this connection stands behind it (decision 0072)."""
STEPS_BACK = (4, 64, 1024)
"""How many offsets before the end the last record is looked for, one after the other, before all is read: behind it stand
markers, and what was abandoned."""


class OwnTopics:
    """Asks, for all tasks of one service in a process, over connections of their own that are kept."""

    def __init__(self, service: Service, settings: MeshSettings, stable: StableEnds) -> None:
        self._service, self._settings, self._stable = service, settings, stable
        self._written = StableEnds(settings.connection, settings.request_timeout_ms, counts_open=True)
        self._consumer: AIOKafkaConsumer | None = None
        self._reading = asyncio.Lock()
        self._said = sorted(fact.topic for fact in service.says)

    async def get_ready(self) -> None:
        """Connect, and learn where the topics are, before a task that opens waits for it."""
        name = self._service.name
        own = {changelog_topic(name), decisions_topic(name), dead_topic(name), *self._said}
        await asyncio.gather(self._written.know(own), self._stable.know(own), self._connected())

    async def unfinished(self, partition: int) -> tuple[Place, ...]:
        """Where something of a task stands open though its producer has just begun anew.

        Its changelog and its decisions are written by the task alone. Facts are looked at on every partition, as their keys
        may be others'; a transaction open there may be another task's, and at work: then it moves on while we look.
        """
        found, said = await self._left_alone(partition), await self._open_at(self._of_others())
        if said and not found:
            await asyncio.sleep(LOOK_AGAIN_S)
            again = await self._open_at(list(said))
            said = {place: stable for place, stable in again.items() if said[place] == stable}
        return tuple((place.topic, place.partition) for place in (*found, *said))

    async def is_left_open(self, partition: int) -> bool:
        """Tell whether something stands open where the task alone writes, while it writes nothing.

        The markers of what was just committed come a little later: only what does not move within a while counts.
        """
        found = await self._left_alone(partition)
        if not found:
            return False
        await asyncio.sleep(LOOK_AGAIN_S)
        again = await self._left_alone(partition)
        return any(found.get(place) == stable for place, stable in again.items())

    async def _left_alone(self, partition: int) -> dict[TopicPartition, int]:
        name = self._service.name
        return await self._open_at(
            [TopicPartition(topic, partition) for topic in (changelog_topic(name), decisions_topic(name))]
        )

    def _of_others(self) -> list[TopicPartition]:
        topics = (*self._said, dead_topic(self._service.name))
        return [TopicPartition(topic, number) for topic in topics for number in range(self._service.partitions)]

    async def _open_at(self, places: Sequence[TopicPartition]) -> dict[TopicPartition, int]:
        """Where something is open, and from which offset on.

        What is written is asked before what is stable: what comes in between makes nothing look open.
        """
        written = await self._written.of(places)
        stable = await self._stable.of(places)
        return {place: stable[place] for place in places if stable[place] < written[place]}

    async def written_ends(self, places: Collection[Place]) -> dict[Place, int]:
        """The ends behind what stands in open transactions too."""
        return await self._written.of([TopicPartition(*place) for place in places])

    async def ends_that_stand(self, places: Collection[Place]) -> dict[Place, int]:
        """The last stable offsets."""
        return await self._stable.of([TopicPartition(*place) for place in places])

    async def last_decision(self, partition: int) -> bytes | None:
        """The value of the last decision record of a task that stands."""
        place = TopicPartition(decisions_topic(self._service.name), partition)
        end = (await self._stable.of([place]))[place]
        if end == 0:
            return None
        async with self._reading:
            consumer = await self._connected()
            try:
                async with asyncio.timeout(self._settings.request_timeout_ms / 1000):
                    return await _last_value(consumer, place, end)
            except (KafkaError, TimeoutError) as error:
                self._consumer = None
                await closed(consumer)
                raise TaskMustRestart(f"the last decision of {place} cannot be read: {error!r}") from error

    async def _connected(self) -> AIOKafkaConsumer:
        if self._consumer is None:
            consumer = new_consumer(self._settings, READ_WAIT_MS)
            try:
                await consumer.start()
            except BaseException:
                await closed(consumer)
                raise
            self._consumer = consumer
        return self._consumer

    async def close(self) -> None:
        """Disconnect."""
        await self._written.close()
        if self._consumer is not None:
            await closed(self._consumer)


async def _last_value(consumer: AIOKafkaConsumer, place: TopicPartition, end: int) -> bytes | None:
    """The last value before an offset; decisions are kept for ever, so the first stands at 0."""
    consumer.assign([place])
    for back in (*STEPS_BACK, end):
        start = max(0, end - back)
        value = await _last_between(consumer, place, start, end)
        if value is not None or start == 0:
            return value
    return None


async def _last_between(consumer: AIOKafkaConsumer, place: TopicPartition, start: int, end: int) -> bytes | None:
    value: bytes | None = None
    consumer.seek(place, start)
    while await consumer.position(place) < end:
        for record in (await consumer.getmany(place, timeout_ms=RESTORE_WAIT_MS)).get(place, []):
            value = record.value
    return value
