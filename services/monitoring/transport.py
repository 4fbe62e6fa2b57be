"""Faust's Kafka transport, changed in two things so that it serves counting.

It reads only what was committed, and it reads each partition from where this process has counted to, or from the
start of the recount window.

Faust itself reads uncommitted records unless it runs its own transactions, and resumes at the group's offsets, before
which the counts of a new process would be missing. Offsets are still committed, so that tools see the lag.
"""

from collections.abc import Iterable, Mapping
from typing import Protocol

from aiokafka import AIOKafkaConsumer, TopicPartition
from faust.transport.drivers import aiokafka as driver
from faust.types import AppT
from faust.types.transports import ConsumerCallback
from yarl import URL

Positions = Mapping[tuple[str, int], int]
"""Next offset to count by (topic, partition)."""


class Standing(Protocol):
    """Where counting stands."""

    @property
    def positions(self) -> Positions:
        """Next offset to count by (topic, partition); absent where nothing was counted yet."""

    def begins_at_ms(self) -> int:
        """The instant (ms since 1970) from which a partition is counted that was not counted yet."""


class _CountingThread(driver.AIOKafkaConsumerThread):
    def _create_worker_consumer(self, transport: driver.Transport) -> AIOKafkaConsumer:
        consumer = super()._create_worker_consumer(transport)
        # No setting of Faust leads here; that it takes effect is tested on a broker with an aborted transaction.
        consumer._isolation_level = "read_committed"  # noqa: SLF001
        return consumer

    async def seek_to_starts(self, standing: Standing) -> None:
        """Go to where counting of each assigned partition begins or goes on."""
        places = self._ensure_consumer().assignment()
        starts = await self.call_thread(
            self._starts, [place for place in places if place not in standing.positions], standing
        )
        starts |= {place: standing.positions[place] for place in places if place in standing.positions}
        await self.seek_wait(starts)

    async def _starts(self, places: Iterable[TopicPartition], standing: Standing) -> dict[TopicPartition, int]:
        """Offsets of the first records of the window. The ends are asked for first: what comes after is not left out."""
        consumer, begins_at_ms = self._ensure_consumer(), standing.begins_at_ms()
        ends = await consumer.end_offsets(places)
        found = await consumer.offsets_for_times(dict.fromkeys(places, begins_at_ms)) if ends else {}
        return {place: ends[place] if found[place] is None else found[place].offset for place in ends}

    async def progress(self) -> tuple[int, int]:
        """Sum over assigned partitions of how far was read, and of how many stable offsets are still to be read."""
        read, ahead = await self.call_thread(self._progress)
        return int(read), int(ahead)

    async def _progress(self) -> tuple[int, int]:
        consumer = self._ensure_consumer()
        ends = await consumer.end_offsets(consumer.assignment())
        positions = {place: await consumer.position(place) for place in ends}
        return sum(positions.values()), sum(max(0, end - positions[place]) for place, end in ends.items())


class CountingConsumer(driver.Consumer):
    """The consumer of this transport."""

    _thread: _CountingThread
    standing: Standing

    def _new_consumer_thread(self) -> _CountingThread:
        return _CountingThread(self, loop=self.loop, beacon=self.beacon)

    async def perform_seek(self) -> None:
        """Called by Faust after each assignment."""
        await self._thread.seek_to_starts(self.standing)

    async def progress(self) -> tuple[int, int]:
        """Offsets read in all, and lag to the last stable offsets."""
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
