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
from services.runtime.closing import closed, let_go

REQUEST_TIMEOUT_MS = 10_000


class StableEnds:
    """Asks for last stable offsets. One connection, kept; after an error the next question makes a new one."""

    def __init__(
        self, broker: BrokerConnection, request_timeout_ms: int = REQUEST_TIMEOUT_MS, *, counts_open: bool = False
    ) -> None:
        """`counts_open`: ask for the ends behind what stands in transactions that are still open, instead."""
        self._broker, self._timeout_ms = broker, request_timeout_ms
        self._isolation = "read_uncommitted" if counts_open else "read_committed"
        self._consumer: AIOKafkaConsumer | None = None
        self._connecting, self._asking = asyncio.Lock(), asyncio.Lock()
        self._wanted: set[TopicPartition] = set()
        self._known: set[str] = set()
        """Topics that the present connection can place."""
        self._next: asyncio.Task[dict[TopicPartition, int]] | None = None

    async def __aenter__(self) -> Self:
        await self._connected()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def know(self, topics: Iterable[str]) -> None:
        """Let the connection learn where topics are, before somebody waits for an answer."""
        consumer = await self._connected()
        async with asyncio.timeout(self._timeout_ms / 1000):
            await self._learn(consumer, set(topics))

    async def _learn(self, consumer: AIOKafkaConsumer, topics: set[str]) -> None:
        """Learn where topics are, all at once: in one question aiokafka meets them one by one, and waits 0.1 s after each."""
        new = topics - self._known
        await asyncio.gather(*(consumer.end_offsets([TopicPartition(topic, 0)]) for topic in sorted(new)))
        self._known |= new

    async def of(self, places: Sequence[TopicPartition]) -> dict[TopicPartition, int]:
        """The last stable offset of each place, now. Who asks while a question is under way shares the next one."""
        self._wanted.update(places)
        if self._next is None:
            self._next = asyncio.create_task(self._ask())
            self._next.add_done_callback(let_go)
        found = await asyncio.shield(self._next)  # one who gives up does not take the answer from the others
        return {place: found[place] for place in places}

    async def _ask(self) -> dict[TopicPartition, int]:
        async with self._asking:
            places, self._wanted, self._next = list(self._wanted), set(), None
            consumer = await self._connected()
            try:
                async with asyncio.timeout(self._timeout_ms / 1000):
                    await self._learn(consumer, {place.topic for place in places})
                    found: dict[TopicPartition, int] = await consumer.end_offsets(places)
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
                    isolation_level=self._isolation,
                    request_timeout_ms=self._timeout_ms,
                )
                try:
                    await consumer.start()
                except BaseException:
                    await closed(consumer)
                    raise
                self._consumer, self._known = consumer, set()
            return self._consumer

    async def _given_up(self, consumer: AIOKafkaConsumer) -> None:
        """Close a connection; others may have given it up already, and made a new one."""
        if self._consumer is consumer:
            self._consumer = None
        await closed(consumer)
