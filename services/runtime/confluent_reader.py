"""The consumer of one task on librdkafka: its own, assigned by hand, read-committed, never jumping."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from concurrent.futures import Executor
from typing import Any, TypeVar

from aiokafka import TopicPartition as Place
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError
from confluent_kafka import Consumer, KafkaException, Message, TopicPartition
from confluent_kafka import KafkaError as ConfluentError

from services.runtime.closing import CLOSE_TIMEOUT_S
from services.runtime.confluent_clients import consumer_config, reading, why_not_read
from services.runtime.errors import TaskMustRestart
from services.runtime.fetching import read_forgivingly
from services.runtime.own_topics import OwnTopics
from services.runtime.records import InputRecord
from services.runtime.restoring import restored
from services.runtime.service import Service
from services.runtime.settings import MeshSettings
from services.runtime.stable_ends import StableEnds
from services.runtime.task_questions import TaskQuestions
from services.runtime.transaction_ends import TransactionEnds

R = TypeVar("R")
BREATH_S = 0.002
"""A fetch that may not wait and finds nothing lets others on for so long."""
END = ConfluentError._PARTITION_EOF  # noqa: SLF001 — the public name of one of librdkafka's own codes


class ConfluentReader(TaskQuestions):
    """Reads one partition number of every input."""

    def __init__(
        self,
        service: Service,
        partition: int,
        settings: MeshSettings,
        admin: AIOKafkaAdminClient,
        ends: StableEnds,
        own: OwnTopics,
        transactions: TransactionEnds,
        threads: Executor,
    ) -> None:
        super().__init__(service, partition, settings, admin, ends, own, transactions)
        self._name, self._threads = f"{service.name}-{partition}", threads
        self._consumer: Consumer | None = None
        self._only: str | None = None
        self._next: dict[str, int] = {}
        """Offset behind what was handed on, or behind the markers that a later fetch has passed."""
        self._heard: dict[str, int] = {}

    async def restored(self) -> AsyncIterator[tuple[str, bytes | None]]:
        """Read the changelog up to the last stable offset."""
        async for entry in restored(self._settings, self._changelog):
            yield entry

    async def open(self, positions: Mapping[str, int]) -> None:
        """Turn to the inputs."""
        self._next = {topic: positions[topic] for topic in self._places}
        with reading(self._name):
            self._consumer = Consumer(consumer_config(self._settings, self._group))
            self._consumer.assign([TopicPartition(topic, self._partition, at) for topic, at in self._next.items()])

    async def fetch(self, records_max: int, wait_ms: int, only: str | None = None) -> list[InputRecord]:
        """Give what has arrived."""
        assert self._consumer is not None
        self._turn_to(only)
        messages = await self._some(self._consumer, records_max, wait_ms)
        records, again = [], dict[tuple[str, int], InputRecord]()
        for message in messages:
            is_end, topic, offset = self._is_end(message), *_where(message)
            if is_end:
                self._heard[topic] = self._next[topic] = offset
                continue
            if offset < self._next[topic]:
                raise TaskMustRestart(f"{self._name}: {topic} went back from {self._next[topic]} to {offset}")
            try:
                record = self._input(message, topic, offset)
            except SystemError:
                # A header's name is not UTF-8. The message must not be asked again: its headers are half made.
                if (topic, offset) not in again:
                    again |= await self._read_again(self._places[topic], offset, len(messages))
                record = again[topic, offset]
            records.append(record)
            self._next[topic] = offset + 1
        return records

    async def _some(self, consumer: Consumer, records_max: int, wait_ms: int) -> Sequence[Message]:
        """Take what librdkafka has fetched already; only where it has nothing a thread waits for the first of it."""
        with reading(self._name):
            messages: Sequence[Message] = consumer.consume(records_max, 0)
            if messages:
                return messages
            if wait_ms > 0:
                return await self._off_the_loop(_awaited, consumer, records_max, wait_ms / 1000)
        await asyncio.sleep(BREATH_S)
        return []

    def _is_end(self, message: Message) -> bool:
        error = message.error()
        if error is None:
            return False
        if error.code() == END:
            return True
        raise why_not_read(error, f"{message.topic()}-{self._partition}")

    def _input(self, message: Message, topic: str, offset: int) -> InputRecord:
        headers: Any = message.headers()  # a list of names and bytes or None
        return InputRecord(
            topic,
            self._partition,
            offset,
            message.timestamp()[1],
            message.key(),
            message.value(),
            tuple(headers) if headers else (),
        )

    async def _read_again(self, place: Place, offset: int, records_max: int) -> dict[tuple[str, int], InputRecord]:
        """Read from one offset on with the decoder that forgives names: where one is bad, more may be."""
        connection, timeout_ms = self._settings.connection, self._settings.request_timeout_ms
        try:
            found, _ = await read_forgivingly(connection, timeout_ms, {place: offset}, records_max)
        except KafkaError as error:
            raise TaskMustRestart(f"{place.topic} cannot be read again: {error!r}") from error
        return {(record.topic, record.offset): record for record in found[place]}

    def _turn_to(self, only: str | None) -> None:
        if only == self._only:
            return
        assert self._consumer is not None
        paused, to_be_paused = self._others_than(self._only), self._others_than(only)
        with reading(self._name):
            self._consumer.resume([TopicPartition(topic, self._partition) for topic in paused - to_be_paused])
            self._consumer.pause([TopicPartition(topic, self._partition) for topic in to_be_paused - paused])
        self._only = only

    def _others_than(self, only: str | None) -> set[str]:
        return set() if only is None else set(self._places) - {only}

    async def position(self, topic: str) -> int:
        """Where the next fetch of a topic begins; past a marker only once a later fetch has told."""
        return self._next[topic]

    def heard_ends(self) -> dict[str, int]:
        """The ends that were reached, or asked for."""
        return self._heard

    async def stable_ends(self) -> dict[str, int]:
        """Ask for the last stable offset of each input."""
        self._heard = await super().stable_ends()
        return dict(self._heard)

    async def close(self) -> None:
        """Let go of the connections."""
        consumer, self._consumer = self._consumer, None
        if consumer is not None:
            await self._let_go(consumer)

    async def _let_go(self, consumer: Consumer) -> None:
        """Close a consumer that may be broken: beyond a few seconds its thread goes on without us."""
        with contextlib.suppress(TimeoutError, KafkaException):
            async with asyncio.timeout(CLOSE_TIMEOUT_S):
                await self._off_the_loop(consumer.close)

    async def _off_the_loop(self, call: Callable[..., R], *arguments: object) -> R:
        return await asyncio.get_running_loop().run_in_executor(self._threads, call, *arguments)


def _awaited(consumer: Consumer, records_max: int, wait_s: float) -> Sequence[Message]:
    """Wait for the first record, then take what came with it: `consume` of many would wait for all of them."""
    messages: list[Message] = consumer.consume(1, wait_s)
    if messages and records_max > 1:
        messages += consumer.consume(records_max - 1, 0)
    return messages


def _where(message: Message) -> tuple[str, int]:
    topic, offset = message.topic(), message.offset()
    assert topic is not None
    assert offset is not None
    return topic, offset
