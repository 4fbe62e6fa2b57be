"""Last stable offsets, asked of the broker over a connection that waits for nothing else.

A broker answers the requests of one connection in their order. Asked over the connection of a consumer, the question
stands behind that consumer's fetch, which the broker holds while nothing comes (seen: up to 5 s for each tick).
"""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Self

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from services.runtime.broker_connection import BrokerConnection
from services.runtime.closing import closed

REQUEST_TIMEOUT_MS = 10_000


class StableEnds:
    """Asks for last stable offsets. One connection, kept; after an error the next question makes a new one."""

    def __init__(self, broker: BrokerConnection, request_timeout_ms: int = REQUEST_TIMEOUT_MS) -> None:
        self._broker, self._timeout_ms = broker, request_timeout_ms
        self._consumer: AIOKafkaConsumer | None = None
        self._connecting = asyncio.Lock()

    async def __aenter__(self) -> Self:
        await self._connected()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def know(self, topics: Iterable[str]) -> None:
        """Let the connection learn where topics are, all at once: the first question would learn them one by one."""
        await asyncio.gather(*(self.of([TopicPartition(topic, 0)]) for topic in topics))

    async def of(self, places: Sequence[TopicPartition]) -> dict[TopicPartition, int]:
        """The last stable offset of each place, now."""
        consumer = await self._connected()
        try:
            async with asyncio.timeout(self._timeout_ms / 1000):
                found: dict[TopicPartition, int] = await consumer.end_offsets(list(places))
        except (KafkaError, TimeoutError):
            await self._given_up(consumer)
            raise
        return found

    async def close(self) -> None:
        """Disconnect."""
        if self._consumer is not None:
            await self._given_up(self._consumer)

    async def _connected(self) -> AIOKafkaConsumer:
        async with self._connecting:
            if self._consumer is None:
                consumer = AIOKafkaConsumer(
                    **self._broker.client(),
                    group_id=None,
                    enable_auto_commit=False,
                    isolation_level="read_committed",
                    request_timeout_ms=self._timeout_ms,
                )
                try:
                    await consumer.start()
                except BaseException:
                    await closed(consumer)
                    raise
                self._consumer = consumer
            return self._consumer

    async def _given_up(self, consumer: AIOKafkaConsumer) -> None:
        """Close a connection; others may have given it up already, and made a new one."""
        if self._consumer is consumer:
            self._consumer = None
        await closed(consumer)
