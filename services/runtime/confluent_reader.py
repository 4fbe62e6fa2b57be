"""The consumer of one task on librdkafka: its own, assigned by hand, read-committed, never jumping."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from concurrent.futures import Executor
from typing import TypeVar

from aiokafka import TopicPartition as Place
from aiokafka.admin import AIOKafkaAdminClient
from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, Message, TopicPartition

from schemas.topics import changelog_topic
from services.runtime.closing import CLOSE_TIMEOUT_S
from services.runtime.confluent_clients import END_TOLD_WITHIN_MS, consumer_config, reading, why_not_read
from services.runtime.errors import TaskMustRestart
from services.runtime.fetching import read_forgivingly
from services.runtime.records import InputRecord
from services.runtime.service import Service
from services.runtime.settings import MeshSettings
from services.runtime.stable_ends import StableEnds

R = TypeVar("R")
NO_OFFSET = -1
RESTORE_WAIT_MS = 20
RESTORED_AT_ONCE = 5_000
BREATH_S = 0.002
"""A fetch that may not wait and finds nothing lets others on for so long."""
END = KafkaError._PARTITION_EOF  # noqa: SLF001 — the public name of one of librdkafka's own codes


class ConfluentReader:
    """Reads one partition number of every input."""

    def __init__(
        self,
        service: Service,
        partition: int,
        settings: MeshSettings,
        admin: AIOKafkaAdminClient,
        ends: StableEnds,
        threads: Executor,
    ) -> None:
        self._group, self._partition = service.name, partition
        self._name = f"{service.name}-{partition}"
        self._settings, self._admin, self._ends, self._threads = settings, admin, ends, threads
        self._timeout_s = settings.request_timeout_ms / 1000
        self._places = {topic: Place(topic, partition) for topic in sorted(service.inputs)}
        self._consumer: Consumer | None = None
        self._only: str | None = None
        self._next: dict[str, int] = {}
        """Offset behind what was handed on, or behind the markers that a later fetch has passed."""
        self._heard: dict[str, int] = {}

    async def committed(self) -> dict[str, int]:
        """Ask the group for the positions of this task's inputs."""
        async with asyncio.timeout(self._timeout_s):
            offsets = await self._admin.list_consumer_group_offsets(self._group, partitions=list(self._places.values()))
        return {place.topic: found.offset for place, found in offsets.items() if found.offset != NO_OFFSET}

    async def restored(self) -> AsyncIterator[tuple[str, bytes | None]]:
        """Read the changelog up to the last stable offset, with a consumer of its own, whose fetches are held shortly."""
        place = Place(changelog_topic(self._group), self._partition)
        end = (await self._ends.of([place]))[place]
        if end == 0:
            return
        consumer = self._assigned([TopicPartition(place.topic, place.partition, OFFSET_BEGINNING)], RESTORE_WAIT_MS)
        try:
            reached, silent = 0, 0
            while reached < end:
                messages = await self._some(consumer, RESTORED_AT_ONCE, RESTORE_WAIT_MS)
                silent = 0 if messages else silent + 1
                if silent * RESTORE_WAIT_MS > self._timeout_s * 1_000:
                    raise TaskMustRestart("the changelog cannot be read to its end")
                for message in messages:
                    if not self._is_end(message):
                        yield _key(message), message.value()
                    reached = _where(message)[1] + 1
        finally:
            await self._let_go(consumer)

    async def open(self, positions: Mapping[str, int]) -> None:
        """Turn to the inputs."""
        self._next = {topic: positions[topic] for topic in self._places}
        places = [TopicPartition(topic, self._partition, offset) for topic, offset in self._next.items()]
        self._consumer = self._assigned(places, END_TOLD_WITHIN_MS)

    def _assigned(self, places: list[TopicPartition], wait_ms: int) -> Consumer:
        with reading(self._name):
            consumer = Consumer(consumer_config(self._settings, self._group, wait_ms))
            consumer.assign(places)
        return consumer

    async def fetch(self, records_max: int, wait_ms: int, only: str | None = None) -> list[InputRecord]:
        """Give what has arrived."""
        assert self._consumer is not None
        self._turn_to(only)
        messages = await self._some(self._consumer, records_max, wait_ms)
        records = []
        for message in messages:
            is_end, topic, offset = self._is_end(message), *_where(message)
            if is_end:
                self._heard[topic] = self._next[topic] = offset
                continue
            if offset < self._next[topic]:
                raise TaskMustRestart(f"{self._name}: {topic} went back from {self._next[topic]} to {offset}")
            records.append(await self._input(message, topic, offset))
            self._next[topic] = offset + 1
        return records

    async def _some(self, consumer: Consumer, records_max: int, wait_ms: int) -> Sequence[Message]:
        """Take what librdkafka has fetched already; only where it has nothing a thread waits for the first of it."""
        with reading(self._name):
            if messages := consumer.consume(records_max, 0):
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

    async def _input(self, message: Message, topic: str, offset: int) -> InputRecord:
        try:
            headers = message.headers()
        except SystemError:
            # A name that is not UTF-8. The message must not be asked a second time: its headers are half made.
            place = self._places[topic]
            found, _ = await read_forgivingly(
                self._settings.connection, self._settings.request_timeout_ms, {place: offset}, 1
            )
            return found[place][0]
        return InputRecord(
            topic,
            self._partition,
            offset,
            message.timestamp()[1],
            message.key(),
            message.value(),
            tuple(headers) if headers else (),  # type: ignore[arg-type]  # always a list of names and bytes or None
        )

    def _turn_to(self, only: str | None) -> None:
        if only == self._only:
            return
        assert self._consumer is not None
        others = [TopicPartition(topic, self._partition) for topic in self._places if topic != (only or self._only)]
        with reading(self._name):
            (self._consumer.resume if only is None else self._consumer.pause)(others)
        self._only = only

    async def position(self, topic: str) -> int:
        """Where the next fetch of a topic begins; past a marker only once a later fetch has told."""
        return self._next[topic]

    def heard_ends(self) -> dict[str, int]:
        """The ends that were reached, or asked for."""
        return self._heard

    async def stable_ends(self) -> dict[str, int]:
        """Ask for the last stable offset of each input."""
        ends = await self._ends.of(list(self._places.values()))
        self._heard = {place.topic: end for place, end in ends.items()}
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
    messages = consumer.consume(1, wait_s)
    if messages and records_max > 1:
        messages += consumer.consume(records_max - 1, 0)
    return messages


def _where(message: Message) -> tuple[str, int]:
    topic, offset = message.topic(), message.offset()
    assert topic is not None
    assert offset is not None
    return topic, offset


def _key(message: Message) -> str:
    key = message.key()
    assert key is not None, "a compacted topic takes no record without a key"
    return key.decode()
