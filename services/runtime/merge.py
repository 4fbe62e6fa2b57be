"""The order in which a task takes its inputs: by broker append time, ticks behind facts. Pure."""

from collections import deque
from collections.abc import Iterable

from schemas.mesh import ClockTicked
from schemas.producers import ProducerKeyPublished
from services.runtime.records import InputRecord


def _rank(topic: str) -> tuple[bool, str]:
    """Of equal times, a producer's key stands before what was signed with it."""
    return topic != ProducerKeyPublished.topic, topic


class Inputs:
    """Records fetched and not yet handled, by topic."""

    def __init__(self, topics: Iterable[str]) -> None:
        self._waiting: dict[str, deque[InputRecord]] = {topic: deque() for topic in sorted(topics, key=_rank)}
        self.count = 0

    def add(self, records: Iterable[InputRecord]) -> None:
        """Take in records of one topic in the order of their offsets."""
        for record in records:
            self._waiting[record.topic].append(record)
            self.count += 1

    def waiting(self, topic: str) -> int:
        """How many records of a topic wait here."""
        return len(self._waiting[topic])

    def next_fact(self) -> InputRecord | None:
        """Take the record with the earliest append time among all inputs but the clock; equal times by topic name, keys first."""
        best: deque[InputRecord] | None = None
        for topic, records in self._waiting.items():
            if not records or topic == ClockTicked.topic:
                continue
            if best is None or records[0].append_time_ms < best[0].append_time_ms:
                best = records
        return None if best is None else self._take(best)

    def next_of(self, topic: str) -> InputRecord | None:
        """Take the next record of one topic: the clock's, or an operator's commands while the task is halted."""
        records = self._waiting[topic]
        return self._take(records) if records else None

    def peek(self, topic: str) -> InputRecord | None:
        """Look at the next record of one topic."""
        records = self._waiting[topic]
        return records[0] if records else None

    def oldest_ms(self) -> int:
        """The append time (ms since 1970) of the oldest record that waits here, ticks aside; 0 without one."""
        waiting = (records for topic, records in self._waiting.items() if records and topic != ClockTicked.topic)
        return min((records[0].append_time_ms for records in waiting), default=0)

    def put_back(self, record: InputRecord) -> None:
        """Give back a record that could not be handled yet."""
        self._waiting[record.topic].appendleft(record)
        self.count += 1

    def _take(self, records: deque[InputRecord]) -> InputRecord:
        self.count -= 1
        return records.popleft()
