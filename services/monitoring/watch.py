"""What one process has counted, how far, what it has said of it, and whether it goes on."""

import time
from collections.abc import Mapping

import structlog

from services.monitoring.alerts import AlertBook
from services.monitoring.reading import HEARD, Reader
from services.monitoring.settings import MonitoringSettings
from services.monitoring.telling import Teller
from services.monitoring.transport import Positions, Progress
from services.runtime.broker_connection import BrokerConnection
from services.runtime.kafka_access import KafkaPublisher
from services.runtime.records import OutputRecord
from services.runtime.topic_ids import TopicIds, made_anew

log = structlog.get_logger(__name__)

LOOK_TIMEOUT_S = 15.0
SHORTER_LOOKS_MAX = 4
"""Looks in a row at which a topic ends before where it was read to, until it is taken for another."""
TOLD_AT_ONCE_MAX = 5_000
"""Records after which telling pauses to write them."""


class Watch:
    """One process of monitoring."""

    def __init__(self, reader: Reader, teller: Teller, settings: MonitoringSettings, begins_at_ms: int) -> None:
        self.reader, self.teller, self.settings = reader, teller, settings
        self.begins_at_ms = begins_at_ms
        self.lag = 0
        self.has_begun = False
        """Whether partitions were assigned; until then nothing is known of what waits."""
        self.is_whole = False
        """Whether it counts every partition."""
        self.looked_at = self.progressed_at = time.monotonic()
        self._places = len(HEARD) * settings.partitions
        """Partitions there are: who does not count all of them says nothing, since it would be too little."""
        self._read, self._until_ms, self._shorter_looks = -1, 0, 0
        self._topic_ids: TopicIds | None = None
        self._identities: dict[str, str] = {}
        self._publisher = KafkaPublisher(settings.connection)

    @property
    def positions(self) -> Positions:
        """Next offset to count by (topic, partition)."""
        return self.reader.counters.positions

    @property
    def connection(self) -> BrokerConnection:
        """How the brokers are reached."""
        return self.settings.connection

    @property
    def book(self) -> AlertBook:
        """The alerts that stand."""
        return self.teller.book

    def begin(self, starts: Positions) -> None:
        """Counting of partitions begins at these offsets, or goes on there."""
        self.reader.counters.positions |= starts

    async def open(self) -> None:
        """Connect the producer."""
        await self._publisher.__aenter__()

    async def close(self) -> None:
        """Let the producer go."""
        await self._publisher.__aexit__(None, None, None)

    def look(self, seen_ms: int, progress: Progress) -> None:
        """Note progress and lag, and up to which instant windows may be closed."""
        self.looked_at = time.monotonic()
        counted = self._counted(progress)
        read, self.lag = (
            sum(counted.values()),
            sum(max(0, end - counted[place]) for place, end in progress.ends.items()),
        )
        if read != self._read or self.lag == 0:
            self.progressed_at = self.looked_at
        self._read, self.has_begun = read, self.has_begun or bool(progress.ends)
        is_shorter = any(self.positions.get(place, 0) > end for place, end in progress.ends.items())
        self._shorter_looks = self._shorter_looks + 1 if is_shorter else 0
        if self.is_whole != (len(progress.ends) == self._places):
            self.is_whole = not self.is_whole
            log.warning("counts every partition" if self.is_whole else "does not count every partition: says nothing")
        if self.is_whole:
            self._until_ms = self.reader.watermark.look(seen_ms, counted, progress.ends)

    def is_log_another(self) -> bool:
        """Tell whether a topic has ended before where it was read to for so long that it was deleted and made anew.

        For a moment a broker that has just become the leader may say so of any topic.
        """
        return self._shorter_looks >= SHORTER_LOOKS_MAX

    async def know_topics(self) -> None:
        """Learn which topics these are, before anything of them is read."""
        self._topic_ids = TopicIds(self.connection, [topic.name for topic in HEARD])
        self._identities = await self._topic_ids.now()

    async def made_anew(self) -> list[str]:
        """Name the topics that were deleted and made anew since counting began, however far they have grown."""
        if self._topic_ids is None:
            return []
        now = await self._topic_ids.now()
        self._identities = now | self._identities
        return made_anew(self._identities, now)

    async def tell(self) -> None:
        """Close windows and say what they add up to; each record is acknowledged before the next window is said."""
        records: list[OutputRecord] = []
        for closed in self.reader.windows.close(self._until_ms, self.reader.watermark.seen_ms()):
            records += self.teller.tell(closed)
            if len(records) >= TOLD_AT_ONCE_MAX:
                await self._publisher.append(records)
                records = []
                self.looked_at = time.monotonic()
        if records:
            await self._publisher.append(records)
        self.teller.said.forget(self.reader.windows.settled)

    def is_stuck(self) -> bool:
        """Tell whether records wait and none was read for too long."""
        return time.monotonic() - self.progressed_at > self.settings.monitoring_stuck_after_s

    def is_alive(self) -> bool:
        """Tell whether the looks still happen, and show progress."""
        return self.has_begun and not self.is_stuck() and time.monotonic() - self.looked_at < 2 * LOOK_TIMEOUT_S

    def _counted(self, progress: Progress) -> Mapping[tuple[str, int], int]:
        """How far each partition is counted: up to where it was fetched, where all that was handed on is counted.

        Before it was sought, a partition stands where the group has committed; nothing of it is counted.
        """
        return {place: self._counted_of(place, fetched, progress) for place, fetched in progress.fetched.items()}

    def _counted_of(self, place: tuple[str, int], fetched: int, progress: Progress) -> int:
        position = self.positions.get(place)
        if position is None or place not in progress.handed:
            return 0
        return fetched if position >= progress.handed[place] else position
