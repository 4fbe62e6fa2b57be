"""Reads the decisions topics of all tasks as they grow: read-committed, by hand, from where each task was sealed."""

from typing import Self

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import OffsetOutOfRangeError

from services.audit.chain import SERVICE_OF
from services.audit.sealer import Sealer
from services.audit.settings import AuditSettings
from services.runtime.closing import closed
from services.runtime.records import InputRecord

FETCH_BYTES_MIN = 1 << 20
"""The broker gathers so much before it answers, or answers when a look is due: quiet topics cost one answer a look."""


class DecisionLog:
    """The records of one session. Opened with `async with`; a task that the sealer refuses is not read."""

    def __init__(self, settings: AuditSettings, sealer: Sealer) -> None:
        self._settings, self._sealer = settings, sealer
        self._consumer = AIOKafkaConsumer(
            **settings.connection.client(),
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="none",  # a lost offset is a finding, not a reason to jump
            isolation_level="read_committed",
            fetch_min_bytes=FETCH_BYTES_MIN,
            fetch_max_wait_ms=max(1, int(settings.audit_look_s * 1_000)),
            request_timeout_ms=settings.request_timeout_ms,
        )

    async def __aenter__(self) -> Self:
        try:
            await self._consumer.start()
            await self._turn_to_tasks()
        except BaseException:
            await closed(self._consumer)
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await closed(self._consumer)

    async def _turn_to_tasks(self) -> None:
        places = [TopicPartition(topic, number) for topic in SERVICE_OF for number in range(self._settings.partitions)]
        begins = await self._consumer.beginning_offsets(places)
        ends = await self._consumer.end_offsets(places)
        wanted = {
            place: self._sealer.begin(SERVICE_OF[place.topic], place.partition, begins[place], ends[place])
            for place in places
        }
        offsets = {place: offset for place, offset in wanted.items() if offset is not None}
        self._consumer.assign(list(offsets))
        for place, offset in offsets.items():
            self._consumer.seek(place, offset)

    async def arrived(self) -> list[InputRecord]:
        """Give what has arrived, without waiting; a task whose next record is gone is refused and left out."""
        try:
            fetched = await self._consumer.getmany(timeout_ms=0)
        except OffsetOutOfRangeError as error:
            self._lost(error.args[0])
            return []
        return [
            InputRecord(
                place.topic,
                place.partition,
                record.offset,
                record.timestamp,
                record.key,
                record.value,
                tuple(record.headers),
            )
            for place, records in fetched.items()
            for record in records
        ]

    def _lost(self, offsets: dict[TopicPartition, int]) -> None:
        for place, offset in offsets.items():
            reason = "the topic no longer holds the next record: it was cut, or removed from the beginning"
            self._sealer.refuse(SERVICE_OF[place.topic], place.partition, offset, reason)
            self._consumer.pause(place)
