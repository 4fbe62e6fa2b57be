"""One window of the brokers' append time: what its records add up to, whatever order they are read in."""

from dataclasses import dataclass, field
from typing import NamedTuple

from services.monitoring.movements import ENDING, Movement
from services.monitoring.series import Series, Values, put
from services.runtime.records import InputRecord

WINDOW_MS = 60_000
"""Length of a window, unless the settings say otherwise."""
SAMPLE_MS = 5_000
"""How exactly it is known when a record was appended that nobody has decided yet."""

SERIES_MAX = 5_000
"""Series of flows in one window; of further ones the kind is not told apart."""
BEYOND = "beyond"


class Place(NamedTuple):
    """A partition of a topic."""

    topic: str
    partition: int


class Sample(NamedTuple):
    """Records that were appended to one partition within `SAMPLE_MS` of each other: `records` of them."""

    first: int
    last: int
    at_ms: int
    records: int


@dataclass(slots=True)
class Window:
    """What the records of one window left in it. `number` counts windows since 1970, all as long as each other."""

    number: int
    flows: dict[Series, Values] = field(default_factory=dict)
    movements: list[tuple[int, int, str, int, int, int, Movement]] = field(default_factory=list)
    """Each behind its place in the log: append time (ms), whether it ends something, topic, partition, offset, and its
    place within the record. Of one millisecond, what ends something comes after what began it."""
    appended: dict[Place, list[Sample]] = field(default_factory=dict)
    decided: dict[tuple[str, Place], int] = field(default_factory=dict)
    """Next offset to be decided by (service, place), as the decision records of this window tell."""

    def count(self, series: Series, name: str, amount: int = 1) -> None:
        """Add to one value."""
        if len(self.flows) >= SERIES_MAX and series not in self.flows:
            series = series._replace(kind=BEYOND)
        put(self.flows, series, name, amount)

    def move(self, record: InputRecord, movement: Movement) -> None:
        """Keep a movement until the window is closed."""
        ends = isinstance(movement, ENDING)
        place = (record.append_time_ms, ends, record.topic, record.partition, record.offset, len(self.movements))
        self.movements.append((*place, movement))

    def append(self, record: InputRecord) -> None:
        """Note that a record stands here which some service has to decide."""
        samples = self.appended.setdefault(Place(record.topic, record.partition), [])
        if samples:
            last = samples[-1]
            if last.last < record.offset and record.append_time_ms < last.at_ms + SAMPLE_MS:
                samples[-1] = Sample(last.first, record.offset, last.at_ms, last.records + 1)
                return
        samples.append(Sample(record.offset, record.offset, record.append_time_ms, 1))

    def decide(self, service: str, place: Place, next_offset: int) -> None:
        """Note how far a service has decided."""
        key = service, place
        if next_offset > self.decided.get(key, 0):
            self.decided[key] = next_offset
