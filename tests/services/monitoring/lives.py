"""A monitoring process on a log in memory: what it says, what is left when it is killed, and how the next one begins."""

import asyncio
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from schemas.mesh import ClockTicked
from schemas.ops import OpsAlert, OpsIndicator
from services.monitoring.alerts import AlertBook
from services.monitoring.alerts_catalogue import ALERTS, AlertRule
from services.monitoring.reading import HEARD, Reader
from services.monitoring.said import window_number
from services.monitoring.tail import said_in
from services.monitoring.telling import Teller
from services.monitoring.window import WINDOW_MS
from services.runtime.records import InputRecord, OutputRecord
from tests.harness.counting import NOON
from tests.services.monitoring.samples import CODEC

NOON_MS = int(NOON.timestamp() * 1000)
Log = Mapping[tuple[str, int], list[InputRecord]]


class Life:
    """One process, from its beginning until it is killed: whatever it remembers goes with it."""

    def __init__(self, before: Iterable[OutputRecord] = (), rules: Iterable[AlertRule] = ALERTS) -> None:
        self.reader = Reader(CODEC, "http://127.0.0.1:9/unused")
        said, self.unreadable = said_in(as_read(before), CODEC)
        self.teller = Teller(CODEC, said, AlertBook(tuple(rules)))

    def read(self, records: Iterable[InputRecord]) -> None:
        """Count records."""
        asyncio.run(self.reader.read(records))

    def look(self, log: Log, *, until_ms: int | None = None) -> list[OutputRecord]:
        """Look how far the log goes, and say what is over by then."""
        watermark = self.reader.watermark
        ends = {place: records[-1].offset + 1 for place, records in log.items() if records}
        time_ms = watermark.look(watermark.seen_ms(), self.reader.counters.positions, ends)
        until_ms, ticked_ms = (time_ms, watermark.seen_ms()) if until_ms is None else (until_ms, None)
        return [
            record for closed in self.reader.windows.close(until_ms, ticked_ms) for record in self.teller.tell(closed)
        ]


def as_read(said: Iterable[OutputRecord]) -> list[InputRecord]:
    """What was said, as it stands in its topics."""
    offsets: dict[tuple[str, int], int] = {}
    found = []
    for record in said:
        place = record.topic, record.partition
        offset = offsets[place] = offsets.get(place, -1) + 1
        found.append(InputRecord(*place, offset, NOON_MS, record.key, record.value, record.headers))
    return found


def log_of(records: Iterable[InputRecord]) -> dict[tuple[str, int], list[InputRecord]]:
    """Records by partition, in the order of their offsets."""
    ordered = sorted(records, key=lambda record: (record.topic, record.partition, record.offset))
    return {place: list(group) for place, group in groupby(ordered, lambda record: (record.topic, record.partition))}


def heard(log: Mapping[str, list[list[InputRecord]]]) -> list[InputRecord]:
    """What monitoring hears of a twin's log, in the order of append."""
    names = {topic.name for topic in HEARD}
    found = [record for name, places in log.items() if name in names for place in places for record in place]
    return sorted(found, key=lambda record: (record.append_time_ms, record.topic, record.partition, record.offset))


def tick(at_ms: int, offset: int, partition: int = 0, said_at_ms: int | None = None) -> InputRecord:
    """A tick that the broker took at this instant, whatever it says."""
    now = datetime.fromtimestamp((at_ms if said_at_ms is None else said_at_ms) / 1000, UTC)
    value = CODEC.encode(ClockTicked.topic, ClockTicked(now=now))
    return InputRecord(ClockTicked.topic, partition, offset, at_ms, b"clock", value, ())


def indicators(said: Iterable[OutputRecord]) -> list[OpsIndicator]:
    """The indicators among what was said."""
    return [CODEC.decode(one.topic, one.value or b"") for one in said if one.topic == OpsIndicator.topic]


def alerts(said: Iterable[OutputRecord]) -> list[OpsAlert]:
    """The alerts among what was said."""
    return [CODEC.decode(one.topic, one.value or b"") for one in said if one.topic == OpsAlert.topic]


def holding(said: Iterable[OutputRecord]) -> dict[tuple[str, int], dict[str, int]]:
    """What holds of each series and window: the highest revision, without what is zero."""
    found: dict[tuple[str, int], OpsIndicator] = {}
    for one in indicators(said):
        place = one.series, window_number(one)
        if place not in found or one.revision > found[place].revision:
            found[place] = one
    values = {place: {name: value for name, value in one.values.items() if value} for place, one in found.items()}
    return {place: kept for place, kept in sorted(values.items()) if kept}


def value(said: Iterable[OutputRecord], series: str, number: int = NOON_MS // WINDOW_MS) -> dict[str, Any]:
    """What holds of one series in one window."""
    return holding(said).get((series, number), {})
