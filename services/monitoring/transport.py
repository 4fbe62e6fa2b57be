"""Faust's Kafka transport, changed in five things so that it serves counting.

It reads only what was committed; it reads each partition from where this process has counted to, or from the
start of the recount; it passes a header whose name is not UTF-8, at which aiokafka would stop for ever; and while
some partitions are behind, it reads no other far ahead of them (`reach.py`), so that few windows are open at once.

What was fetched of a partition is handed to Faust as one message, whose value is the list of records: each message costs
Faust a hundred microseconds and more, several times what a record costs us.

Faust itself reads uncommitted records unless it runs its own transactions, and resumes at the group's offsets, before
which the counts of a new process would be missing. Offsets are still committed, so that tools see the lag.
"""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, Protocol, cast

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import CorruptRecordException
from aiokafka.structs import ConsumerRecord
from faust.transport.drivers import aiokafka as driver
from faust.types import AppT
from faust.types.transports import ConsumerCallback
from faust.types.tuples import Message
from yarl import URL

from services.monitoring.reach import Reach
from services.runtime.broker_connection import BrokerConnection
from services.runtime.fetching import is_about_a_name, read_again
from services.runtime.records import InputRecord

READ_AGAIN_TIMEOUT_MS = 10_000
READ_AGAIN_MAX = 500
NOTHING_TO_FETCH_S = 0.05
LOG_APPEND_TIME = 1
Positions = Mapping[tuple[str, int], int]
"""Next offset to count by (topic, partition)."""


class Standing(Protocol):
    """Where counting stands."""

    @property
    def positions(self) -> Positions:
        """Next offset to count by (topic, partition); absent where nothing was counted yet."""

    @property
    def connection(self) -> BrokerConnection:
        """How the brokers are reached."""

    @property
    def begins_at_ms(self) -> int:
        """The instant (ms since 1970) from which a partition is counted that was not counted yet."""

    def begin(self, starts: Positions) -> None:
        """Counting of partitions begins at these offsets, or goes on there."""


class Progress(NamedTuple):
    """How far each assigned partition was fetched, handed on, and where it ends (last stable offsets)."""

    fetched: Mapping[TopicPartition, int]
    handed: Mapping[TopicPartition, int]
    ends: Mapping[TopicPartition, int]


Fetched = Mapping[TopicPartition, list[ConsumerRecord]]


class _CountingThread(driver.AIOKafkaConsumerThread):
    consumer: "CountingConsumer"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._next: dict[TopicPartition, int] = {}
        """Offset behind the last record that was handed on, as in the runtime's `Fetching`."""
        self._reach = Reach()

    def _create_worker_consumer(self, transport: driver.Transport) -> AIOKafkaConsumer:
        consumer = super()._create_worker_consumer(transport)
        # No setting of Faust leads here; that it takes effect is tested on a broker with an aborted transaction.
        consumer._isolation_level = "read_committed"  # noqa: SLF001
        return consumer

    async def seek_to_starts(self, standing: Standing) -> Mapping[TopicPartition, int]:
        """Go to where counting of each assigned partition begins or goes on, and tell where that is."""
        places = self._ensure_consumer().assignment()
        found, ends = await self.call_thread(self._starts, places, standing.begins_at_ms)
        starts = {place: standing.positions.get(place, found[place]) for place in places}
        standing.begin(starts)
        self._next = dict(starts)
        self._reach.begin(starts, ends)
        await self.seek_wait(starts)
        return starts

    async def _fetch_records(
        self,
        consumer: AIOKafkaConsumer,
        active_partitions: set[TopicPartition],
        timeout: float | None = None,  # noqa: ASYNC109 — the driver's own name
        max_records: int | None = None,
    ) -> Fetched:
        """Give what has arrived; where a header's name stops the client, read all places again without it."""
        active_partitions = self._reach.of(active_partitions or consumer.assignment())
        if not active_partitions:  # nothing named would mean all of them
            await asyncio.sleep(NOTHING_TO_FETCH_S)
            return {}
        try:
            fetched: Fetched = await super()._fetch_records(consumer, active_partitions, timeout, max_records)
        except (UnicodeDecodeError, CorruptRecordException) as error:
            if not is_about_a_name(error):
                raise
            fetched = await self._read_again(consumer, active_partitions, max_records)
        else:
            self._next |= {place: records[-1].offset + 1 for place, records in fetched.items()}
        for place, records in fetched.items():
            self._reach.read(place, self._next[place], records[-1].timestamp)
        if not fetched:
            for place in self._reach.behind():  # past the last record lie markers of transactions
                self._reach.pass_over(place, await consumer.position(place))
        return {place: [_bundle(records)] for place, records in fetched.items()}

    async def _read_again(
        self, consumer: AIOKafkaConsumer, places: Iterable[TopicPartition], records_max: int | None
    ) -> Fetched:
        stood, broker = {place: self._next[place] for place in places}, self.consumer.standing.connection
        fetched, _ = await read_again(
            consumer, broker, READ_AGAIN_TIMEOUT_MS, stood, stood, records_max or READ_AGAIN_MAX
        )
        # Not behind all that was read: past the last record lie markers of transactions, which nobody ever counts.
        self._next |= {place: records[-1].offset + 1 for place, records in fetched.items() if records}
        return {place: [_as_faust_reads(record) for record in records] for place, records in fetched.items()}

    async def _starts(
        self, places: Iterable[TopicPartition], begins_at_ms: int
    ) -> tuple[dict[TopicPartition, int], dict[TopicPartition, int]]:
        """Offsets of the first records, and the ends, asked for before: what comes after is not left out."""
        consumer = self._ensure_consumer()
        ends = await consumer.end_offsets(places)
        found = await consumer.offsets_for_times(dict.fromkeys(places, begins_at_ms)) if ends else {}
        return {place: ends[place] if found[place] is None else found[place].offset for place in ends}, ends

    async def progress(self) -> Progress:
        """Tell how far assigned partitions are read."""
        progress: Progress = await self.call_thread(self._progress)
        return progress

    async def _progress(self) -> Progress:
        consumer = self._ensure_consumer()
        ends = await consumer.end_offsets(consumer.assignment())
        fetched = {place: await consumer.position(place) for place in ends}
        return Progress(fetched, dict(self._next), ends)


class CountingConsumer(driver.Consumer):
    """The consumer of this transport."""

    _thread: _CountingThread
    standing: Standing

    def _new_consumer_thread(self) -> _CountingThread:
        return _CountingThread(self, loop=self.loop, beacon=self.beacon)

    async def perform_seek(self) -> None:
        """Called by Faust after each assignment."""
        starts = await self._thread.seek_to_starts(self.standing)
        self._read_offset.update(dict.fromkeys(starts, None))  # what Faust has seen before is seen again

    async def progress(self) -> Progress:
        """Tell how far assigned partitions are read."""
        return await self._thread.progress()


class CountingTransport(driver.Transport):
    """Makes consumers that know where counting stands."""

    Consumer = CountingConsumer

    def __init__(self, url: list[URL], app: AppT, standing: Standing) -> None:
        super().__init__(url, app)
        self._standing = standing

    def create_consumer(self, callback: ConsumerCallback, **options: object) -> CountingConsumer:
        """Make the one consumer of the app."""
        consumer = super().create_consumer(callback, **options)
        assert isinstance(consumer, CountingConsumer)
        consumer.standing = self._standing
        return consumer


def _bundle(records: list[ConsumerRecord]) -> ConsumerRecord:
    """Put the records of one partition in one, at the place of the last."""
    last = records[-1]
    return ConsumerRecord(
        last.topic, last.partition, last.offset, last.timestamp, last.timestamp_type, None, records, None, 0, 0, ()
    )


def records_of(message: Message) -> list[InputRecord]:
    """Give the records that a message of Faust's holds, in the order of their offsets."""
    bundle = cast("list[ConsumerRecord]", message.value)
    return [
        InputRecord(
            record.topic,
            record.partition,
            record.offset,
            record.timestamp,
            record.key,
            record.value,
            tuple(record.headers),
        )
        for record in bundle
    ]


def _as_faust_reads(record: InputRecord) -> ConsumerRecord:
    """Give a record of ours in the shape in which aiokafka hands it to Faust."""
    return ConsumerRecord(
        record.topic,
        record.partition,
        record.offset,
        record.append_time_ms,
        LOG_APPEND_TIME,
        record.key,
        record.value,
        None,
        len(record.key or b""),
        len(record.value or b""),
        record.headers,
    )
