"""Keeps partitions together in time while some are behind: a recount reads days in seconds, and each of them at its own pace.

A partition that has read further than an hour ahead of the one furthest behind waits. Partitions that were read to where
they ended when reading began are not behind, and hold nobody up.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from aiokafka import TopicPartition

REACH_MS = 3_600_000


@dataclass(slots=True)
class Reach:
    """How far partitions may be read now."""

    _wanted: dict[TopicPartition, int] = field(default_factory=dict)
    """Ends of those that are behind."""
    _read_ms: dict[TopicPartition, int] = field(default_factory=dict)

    def begin(self, starts: Mapping[TopicPartition, int], ends: Mapping[TopicPartition, int]) -> None:
        """Reading begins at these offsets, where partitions end so."""
        self._wanted = {place: end for place, end in ends.items() if starts[place] < end}
        self._read_ms = {place: time_ms for place, time_ms in self._read_ms.items() if place in starts}

    def read(self, place: TopicPartition, next_offset: int, append_time_ms: int) -> None:
        """A partition was read up to a record of this time."""
        self._read_ms[place] = append_time_ms
        self.pass_over(place, next_offset)

    def pass_over(self, place: TopicPartition, next_offset: int) -> None:
        """A partition was read up to here."""
        if next_offset >= self._wanted.get(place, next_offset + 1):
            del self._wanted[place]

    def behind(self) -> list[TopicPartition]:
        """Give the partitions that are behind."""
        return list(self._wanted)

    def of(self, places: Iterable[TopicPartition]) -> set[TopicPartition]:
        """Give those of some partitions that may be read now."""
        if not self._wanted:
            return set(places)
        until_ms = min(self._read_ms.get(place, 0) for place in self._wanted) + REACH_MS
        return {place for place in places if self._read_ms.get(place, 0) <= until_ms}
