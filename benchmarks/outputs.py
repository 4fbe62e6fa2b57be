"""What a contender has written, seen from outside: how far it is, and when each record was appended."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer, TopicPartition

from schemas.topics import PARTITIONS

READ_S_MAX = 60.0
READ_WAIT_MS = 500


@dataclass(frozen=True, slots=True)
class Written:
    """One record of a contender: broker append time (ms since 1970), key, value."""

    at_ms: int
    key: bytes
    value: bytes


class OutputTopic:
    """One topic that a contender writes to, from where it ended before the run."""

    def __init__(self, bootstrap: str, topic: str) -> None:
        self._bootstrap = bootstrap
        self._places = [TopicPartition(topic, number) for number in range(PARTITIONS)]
        self._watcher = AIOKafkaConsumer(bootstrap_servers=bootstrap, group_id=None)
        self._begin: Mapping[TopicPartition, int] = {}

    async def open(self) -> None:
        """Remember where the topic ends now."""
        await self._watcher.start()
        self._begin = await self._watcher.end_offsets(self._places)

    async def close(self) -> None:
        """Let go of the connection."""
        await self._watcher.stop()

    async def advance(self) -> int:
        """How many offsets were taken since `open`; commit markers take some too."""
        ends = await self._watcher.end_offsets(self._places)
        return sum(ends[place] - self._begin[place] for place in self._places)

    async def committed(self) -> list[Written]:
        """Read every committed record since `open`."""
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self._bootstrap, group_id=None, isolation_level="read_committed", auto_offset_reset="none"
        )
        await consumer.start()
        try:
            async with asyncio.timeout(READ_S_MAX):
                return await self._read(consumer)
        finally:
            await consumer.stop()

    async def _read(self, consumer: AIOKafkaConsumer) -> list[Written]:
        ends = await consumer.end_offsets(self._places)
        consumer.assign(self._places)
        for place in self._places:
            consumer.seek(place, self._begin[place])
        written: list[Written] = []
        while any([await consumer.position(place) < ends[place] for place in self._places]):
            fetched = await consumer.getmany(timeout_ms=READ_WAIT_MS)
            for records in fetched.values():
                written += [Written(record.timestamp, record.key, record.value) for record in records]
        return written
