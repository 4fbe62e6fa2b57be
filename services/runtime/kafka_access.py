"""Reading whole topics and writing single records, for the edges: console, audit, tests. No group, no transactions."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Self

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import (
    ClusterAuthorizationFailedError,
    CorruptRecordException,
    KafkaConnectionError,
    KafkaError,
    TopicAuthorizationFailedError,
)

from services.runtime.broker_connection import BrokerConnection
from services.runtime.closing import closed
from services.runtime.errors import UserMistake
from services.runtime.fetching import Fetching
from services.runtime.learning import learn_of
from services.runtime.records import InputRecord, OutputRecord
from services.runtime.sending import sent

READ_WAIT_MS = 50
READ_STALLED_S_MAX = 30.0
READ_TIMEOUT_MS = 10_000
WRITES_AT_ONCE_MAX = 5_000


async def read_topics(
    broker: BrokerConnection, topics: Iterable[str], newest_max: int | None = None
) -> AsyncIterator[InputRecord]:
    """Read every committed record that stands in the topics now, in the order of offsets within a partition.

    `newest_max`: only what lies on the last so many offsets of each partition. `UserMistake` where the broker cannot be reached or stops answering.
    """
    async with _reading(broker) as consumer:
        fetching = Fetching(consumer, broker, READ_TIMEOUT_MS)
        async for record in _to_the_end(consumer, fetching, await _places(broker, topics), newest_max):
            yield record


async def read_tasks(
    broker: BrokerConnection, topics: Iterable[str], partitions: Iterable[int]
) -> AsyncIterator[tuple[int, list[InputRecord]]]:
    """Read the topics partition number by partition number, over one connection: one task's records at a time.

    Gives each number with its records, topic after topic in no order, each in the order of offsets.
    """
    async with _reading(broker) as consumer:
        fetching = Fetching(consumer, broker, READ_TIMEOUT_MS)
        places = await _places(broker, topics)
        for partition in partitions:
            mine = [place for place in places if place.partition == partition]
            yield partition, [record async for record in _to_the_end(consumer, fetching, mine)] if mine else []


async def read_one(broker: BrokerConnection, topic: str, partition: int, offset: int) -> InputRecord | None:
    """Read the committed record at one place; None where none stands there: not yet, not any more, or a marker."""
    place = TopicPartition(topic, partition)
    async with _reading(broker) as consumer:
        fetching = Fetching(consumer, broker, READ_TIMEOUT_MS)
        learn_of(consumer, [place])
        begins, ends = await consumer.beginning_offsets([place]), await consumer.end_offsets([place])
        if not begins[place] <= offset < ends[place]:
            return None
        fetching.begin({place: offset})
        async with asyncio.timeout(READ_STALLED_S_MAX):
            while await consumer.position(place) < ends[place]:
                for record in (await fetching.fetch([place], READ_WAIT_MS, 1)).get(place, []):
                    return record if record.offset == offset else None
    return None


@asynccontextmanager
async def _reading(broker: BrokerConnection) -> AsyncIterator[AIOKafkaConsumer]:
    consumer = AIOKafkaConsumer(
        **broker.client(),
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="none",
        isolation_level="read_committed",
        fetch_max_wait_ms=100,
        max_partition_fetch_bytes=4 * 1024 * 1024,
    )
    try:
        await consumer.start()
    except KafkaConnectionError as error:
        await closed(consumer)
        raise UserMistake(*await broker.why_refused()) from error
    try:
        yield consumer
    finally:
        await closed(consumer)


async def _places(broker: BrokerConnection, topics: Iterable[str]) -> list[TopicPartition]:
    admin = AIOKafkaAdminClient(**broker.client())
    await admin.start()
    try:
        described = await admin.describe_topics(sorted(set(topics)))
    finally:
        await admin.close()
    places = []
    for topic in described:
        if topic["error_code"] == TopicAuthorizationFailedError.errno:
            raise UserMistake(
                f"账号 {broker.user} 无权读取主题 {topic['topic']}，权限见 `shebao acls list`。",
                f"{broker.user} may not read {topic['topic']}: see `shebao acls list`.",
            )
        if topic["error_code"]:
            raise UserMistake(
                f"主题 {topic['topic']} 不存在，请用 `shebao topics apply` 建立。",
                f"Topic {topic['topic']} does not exist: create topics with `shebao topics apply`.",
            )
        places += [TopicPartition(topic["topic"], found["partition"]) for found in topic["partitions"]]
    return sorted(places)


async def _to_the_end(
    consumer: AIOKafkaConsumer, fetching: Fetching, places: Sequence[TopicPartition], newest_max: int | None = None
) -> AsyncIterator[InputRecord]:
    learn_of(consumer, places)
    begins = await consumer.beginning_offsets(places)
    ends = await consumer.end_offsets(places)
    if newest_max is not None:
        begins = {place: max(begin, ends[place] - newest_max) for place, begin in begins.items()}
    open_places = {place for place in places if begins[place] < ends[place]}
    fetching.begin(begins)
    consumer.pause(*(place for place in places if place not in open_places))
    silent = 0
    while open_places:
        try:
            fetched = await fetching.fetch(open_places, READ_WAIT_MS)
        except CorruptRecordException as error:
            raise UserMistake(
                "Kafka 上一批记录的副本已损坏，请从其他副本恢复。",
                f"The broker's copy of a batch is broken, bring it back from another: {error}.",
            ) from error
        silent = 0 if fetched else silent + 1
        if silent * READ_WAIT_MS > READ_STALLED_S_MAX * 1_000:
            raise UserMistake(
                "读取主题时 Kafka 不再应答，请待其恢复后再试。",
                "The broker stopped answering while topics were read; try again when it is well.",
            )
        for place, records in fetched.items():
            for record in records:
                if record.offset < ends[place]:
                    yield record
        # Past the last record lie markers of transactions: only the position tells, and asking all of them costs.
        for place in list(fetched or open_places):
            if await consumer.position(place) >= ends[place]:
                open_places.discard(place)
                consumer.pause(place)


class KafkaPublisher:
    """Writes records for an edge, each acknowledged by all replicas; an idempotent producer."""

    def __init__(self, broker: BrokerConnection) -> None:
        self._broker = broker
        self._producer: AIOKafkaProducer | None = None

    async def __aenter__(self) -> Self:
        self._producer = AIOKafkaProducer(
            **self._broker.client(),
            acks="all",
            enable_idempotence=True,
            linger_ms=5,
            max_batch_size=256 * 1024,
            max_request_size=8 * 1024 * 1024,
        )
        try:
            await self._producer.start()
        except KafkaConnectionError as error:
            await closed(self._producer)
            raise UserMistake(*await self._broker.why_refused()) from error
        except ClusterAuthorizationFailedError as error:  # the broker's answer to whoever may write nowhere
            await closed(self._producer)
            raise UserMistake(
                f"账号 {self._broker.user} 无权写入任何主题，权限见 `shebao acls list`。",
                f"{self._broker.user} may not write to any topic: see `shebao acls list`.",
            ) from error
        except BaseException:  # who waits no longer leaves no open client behind
            await closed(self._producer)
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._producer is not None:
            await closed(self._producer)

    async def append(self, records: Sequence[OutputRecord]) -> None:
        """Write records and wait until the broker has them all; `UserMistake` names the first it refuses."""
        assert self._producer is not None
        for start in range(0, len(records), WRITES_AT_ONCE_MAX):
            waiting = []
            for record in records[start : start + WRITES_AT_ONCE_MAX]:
                try:
                    waiting.append(await sent(self._producer, record))
                except TopicAuthorizationFailedError as error:
                    raise self._not_allowed(record.topic) from error
                except KafkaError as error:
                    raise UserMistake(
                        f"主题 {record.topic} 拒绝写入一条记录。", f"{record.topic} refuses a record: {error}."
                    ) from error
            try:
                await asyncio.gather(*waiting)
            except TopicAuthorizationFailedError as error:  # of a topic that we may read: told by the answer only
                raise self._not_allowed(str(error.args[0])) from error
            except KafkaError as error:
                raise UserMistake("Kafka 拒绝写入一条记录。", f"The broker refuses a record: {error}.") from error

    def _not_allowed(self, topic: str) -> UserMistake:
        return UserMistake(
            f"账号 {self._broker.user} 无权写入主题 {topic}，权限见 `shebao acls list`。",
            f"{self._broker.user} may not write to {topic}: see `shebao acls list`.",
        )
