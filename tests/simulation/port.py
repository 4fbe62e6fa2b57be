"""The broker port on the simulated brokers: the same steps in the same order as `services/runtime/kafka.py`."""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Self, TypeVar

from schemas.topics import changelog_topic, dead_topic, decisions_topic
from services.runtime.errors import Fenced, TaskMustRestart
from services.runtime.records import InputRecord, OutputRecord
from services.runtime.service import Service
from services.runtime.settings import MeshSettings
from tests.simulation.cluster import Cluster, Place, RequestRefused, StaleEpoch, TryAgain
from tests.simulation.group import Group, SimMembership
from tests.simulation.line import Line, NoAnswer
from tests.simulation.partition_log import Slot

T = TypeVar("T")

TRY_AGAIN_S = 0.05
RECORDS_A_REQUEST = 6
RESTORED_A_REQUEST = 15
LOOK_EVERY_S = 0.25
SPINS_MAX = 5_000


class Spins(AssertionError):
    """The task goes round and round without letting anybody else have a turn."""


async def until_ended(line: Line, name: str) -> None:
    """Wait until the last transaction of an id counts as ended; `TryAgain` where another is under way."""
    while await line.ask(lambda: line.cluster.is_ending(name)):  # noqa: ASYNC110 — the brokers tell nobody
        await asyncio.sleep(TRY_AGAIN_S)


class SimWriter:
    """The transactional producer of one task."""

    def __init__(self, service: str, partition: int, line: Line, settings: MeshSettings) -> None:
        self.service, self.name = service, f"{service}-{partition}"
        self.partition, self.line = partition, line
        self.epoch = 0
        self.sequences: dict[Place, int] = defaultdict(int)
        self._timeout_s = settings.transaction_timeout_ms / 1000
        self._is_closed = False

    @property
    def cluster(self) -> Cluster:
        """The brokers."""
        return self.line.cluster

    async def open(self) -> None:
        """Take over the transactional id."""
        try:
            async with asyncio.timeout(self._timeout_s * 2):
                self.epoch = await self.until_answered(lambda: self.cluster.initialise(self.name))
        except (TimeoutError, RequestRefused, NoAnswer) as error:
            raise TaskMustRestart(f"the producer could not be opened: {error!r}") from error

    async def commit(self, outputs: Sequence[OutputRecord], positions: Mapping[str, int]) -> Mapping[Place, int]:
        """Write one transaction."""
        try:
            async with asyncio.timeout(self._timeout_s):
                return await self.transaction(outputs, positions)
        except StaleEpoch as error:
            raise Fenced(str(error)) from error
        except (TimeoutError, RequestRefused, NoAnswer) as error:
            raise TaskMustRestart(f"the transaction did not go through: {error!r}") from error

    async def transaction(self, outputs: Sequence[OutputRecord], positions: Mapping[str, int]) -> Mapping[Place, int]:
        """Begin, produce, positions, end."""
        places: dict[Place, list[OutputRecord]] = defaultdict(list)
        for record in outputs:
            places[record.topic, record.partition].append(record)
        await self.until_answered(lambda: self.cluster.add(self.name, self.epoch, places))
        offsets = await asyncio.gather(*(self.send(records) for records in places.values()))
        if positions:
            await self.send_positions(positions)
        await self.until_answered(lambda: self.cluster.end(self.name, self.epoch))
        return dict(zip(places, offsets, strict=True))

    async def end_left(self, places: Collection[Place], *, committed: bool) -> None:
        """A transaction without records, and the transactional id taken back."""
        try:
            async with asyncio.timeout(self._timeout_s):
                await self._end_left(places, committed=committed)
        except (TimeoutError, RequestRefused, NoAnswer, TryAgain, StaleEpoch) as error:
            raise TaskMustRestart(f"what was left open could not be ended: {error!r}") from error
        self.sequences.clear()
        await self.open()

    async def _end_left(self, places: Collection[Place], *, committed: bool) -> None:
        await until_ended(self.line, self.name)
        epoch = await self.line.ask(lambda: self.cluster.initialise(self.name, committed))
        await self.line.ask(lambda: self.cluster.add(self.name, epoch, places))
        await self.line.ask(lambda: self.cluster.add_offsets(self.name, epoch, {}))
        end = self.cluster.end if committed else self.cluster.abandon
        await self.line.ask(lambda: end(self.name, epoch))
        await until_ended(self.line, self.name)

    async def send(self, records: Sequence[OutputRecord]) -> int:
        """Produce to one partition; gives the offset of the first record."""
        place, first = (records[0].topic, records[0].partition), -1
        for start in range(0, len(records), RECORDS_A_REQUEST):
            chunk, sequence = records[start : start + RECORDS_A_REQUEST], self.sequences[place]
            self.sequences[place] += 1
            offset = await self.until_answered(partial(self.cluster.produce, self.name, self.epoch, sequence, chunk))
            first = offset if first < 0 else first
        return first

    async def send_positions(self, positions: Mapping[str, int]) -> None:
        """Send the group's positions into the transaction."""
        offsets = {(topic, self.partition): offset for topic, offset in positions.items()}
        await self.until_answered(lambda: self.cluster.add_offsets(self.name, self.epoch, offsets))

    async def until_answered(self, act: Callable[[], T]) -> T:
        """Ask, and ask again while no answer comes, as the client library does."""
        while not self._is_closed:
            try:
                return await self.line.ask(act)
            except NoAnswer:
                if self.cluster.is_closed:
                    raise
            except TryAgain:
                await asyncio.sleep(TRY_AGAIN_S)
        raise NoAnswer("the producer is closed")

    async def close(self) -> None:
        """Send nothing more."""
        self._is_closed = True


class SimReader:
    """The read-committed consumer of one task."""

    def __init__(self, service: Service, partition: int, line: Line, settings: MeshSettings) -> None:
        self.service, self.partition, self.line = service, partition, line
        self._topics = sorted(service.inputs)
        self._next: dict[str, int] = {}
        self._ends: dict[str, int] = {}
        self._spins = 0

    @property
    def cluster(self) -> Cluster:
        """The brokers."""
        return self.line.cluster

    async def last_end(self) -> bool | None:
        """How the last transaction of the task ended; what only writes markers is finished first."""
        name = f"{self.service.name}-{self.partition}"
        with contextlib.suppress(TryAgain):
            await until_ended(self.line, name)
        return await self.line.ask(lambda: self.cluster.last_end(name))

    async def written_ends(self, places: Collection[Place]) -> dict[Place, int]:
        """The ends of all that is written."""
        return await self.line.ask(lambda: {place: self.cluster.log(*place).end for place in places})

    async def ends_that_stand(self, places: Collection[Place]) -> dict[Place, int]:
        """The last stable offsets."""
        return await self.line.ask(lambda: {place: self.cluster.log(*place).stable for place in places})

    async def committed(self) -> dict[str, int]:
        """What the group says now; a transaction that is still being ended does not count."""
        return await self.line.ask(
            lambda: {
                topic: self.cluster.group[topic, self.partition]
                for topic in self._topics
                if (topic, self.partition) in self.cluster.group
            }
        )

    def restored(self) -> AsyncIterator[tuple[str, bytes | None]]:
        """The changelog up to its last stable offset."""
        return Restored(self)

    async def unfinished(self) -> tuple[Place, ...]:
        """Where something of the task stands open."""
        return await self.line.ask(self._open_places)

    async def is_left_open(self) -> bool:
        """Tell whether something stands open where the task alone writes."""
        return await self.line.ask(self._is_left_open)

    def _open_places(self) -> tuple[Place, ...]:
        name = self.service.name
        said = (topic.topic for topic in self.service.says)
        topics = (changelog_topic(name), decisions_topic(name), dead_topic(name), *said)
        return tuple((topic, self.partition) for topic in topics if self._is_open(topic, self.partition))

    def _is_left_open(self) -> bool:
        name = self.service.name
        return any(self._is_open(topic, self.partition) for topic in (changelog_topic(name), decisions_topic(name)))

    def _is_open(self, topic: str, partition: int) -> bool:
        log = self.cluster.log(topic, partition)
        return log.stable < log.end

    async def last_decision(self) -> bytes | None:
        """The last decision record that stands."""
        return await self.line.ask(self._last_decision)

    def _last_decision(self) -> bytes | None:
        records = self.cluster.log(decisions_topic(self.service.name), self.partition).records()
        return records[-1].value if records else None

    def changelog(self, start: int, end: int) -> list[Slot]:
        """What a restoring reader sees."""
        return list(self.cluster.log(changelog_topic(self.service.name), self.partition).committed(start, end))

    def changelog_end(self) -> int:
        """How far it restores."""
        return self.cluster.log(changelog_topic(self.service.name), self.partition).stable

    async def open(self, positions: Mapping[str, int]) -> None:
        """Begin at these positions."""
        self._next = dict(positions)

    async def fetch(self, records_max: int, wait_ms: int, only: str | None = None) -> list[InputRecord]:
        """Give what has arrived; each topic's part of an answer is of its own making."""
        self._spins = 0
        loop = self.cluster.loop
        until_s = loop.time() + wait_ms / 1000
        while True:
            try:
                found, places, ends = await self.line.ask(lambda: self._fetched(records_max, only), is_counted=False)
            except NoAnswer:
                return []
            self._next.update(places)
            self._ends.update(ends)
            left_s = until_s - loop.time()
            if found or left_s <= 0:
                return found
            await asyncio.sleep(min(LOOK_EVERY_S, left_s))

    def _fetched(self, records_max: int, only: str | None) -> tuple[list[InputRecord], dict[str, int], dict[str, int]]:
        chance = self.cluster.chance
        found: list[InputRecord] = []
        places: dict[str, int] = {}
        ends: dict[str, int] = {}
        for topic in self._topics:
            log = self.cluster.log(topic, self.partition)
            if only not in (None, topic) or len(found) >= records_max or chance.random() < 0.2:
                continue
            visible = self.visible(topic)
            room = min(records_max - len(found), chance.choice((1, 2, 1000)))
            taken = visible[:room]
            found += [log.read(slot) for slot in taken]
            places[topic] = taken[-1].offset + 1 if len(taken) < len(visible) else max(self._next[topic], log.stable)
            ends[topic] = log.stable
        return found, places, ends

    def visible(self, topic: str) -> list[Slot]:
        """What a topic has for this reader."""
        log, start = self.cluster.log(topic, self.partition), self._next[topic]
        return list(log.committed(start)) if start < log.stable else []  # mostly nothing: everybody asks all the time

    async def position(self, topic: str) -> int:
        """The next offset to be fetched."""
        self._spins += 1
        if self._spins > SPINS_MAX:
            raise Spins(f"{topic}: asked {SPINS_MAX} times without a fetch")
        return self._next[topic]

    def heard_ends(self) -> dict[str, int]:
        """The ends as the last fetches told them."""
        return dict(self._ends)

    async def stable_ends(self) -> dict[str, int]:
        """The ends now."""
        return await self.line.ask(
            lambda: {topic: self.cluster.log(topic, self.partition).stable for topic in self._topics}
        )

    async def close(self) -> None:
        """Nothing is held."""


class Restored:
    """Reads the changelog in several requests, so that a worker may stop, die or be overtaken between them."""

    def __init__(self, reader: SimReader) -> None:
        self._reader = reader
        self._end: int | None = None
        self._next = 0
        self._read: list[Slot] = []

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> tuple[str, bytes | None]:
        """The next record."""
        ask = self._reader.line.ask
        if self._end is None:
            self._end = await ask(self._reader.changelog_end)
        while not self._read:
            if self._next >= self._end:
                raise StopAsyncIteration
            start, self._next = self._next, min(self._next + RESTORED_A_REQUEST, self._end)
            self._read = (await ask(partial(self._reader.changelog, start, self._next)))[::-1]
        record = self._read.pop().record
        assert record is not None
        return (record.key or b"").decode(), record.value


class SimBroker:
    """Makes the parts for one process."""

    def __init__(self, service: Service, line: Line, group: Group, settings: MeshSettings) -> None:
        self._service, self._line, self._group, self._settings = service, line, group, settings

    async def start(self) -> None:
        """Nothing is shared."""

    async def stop(self) -> None:
        """Nothing is shared."""

    def writer(self, partition: int) -> SimWriter:
        """A writer."""
        return SimWriter(self._service.name, partition, self._line, self._settings)

    def reader(self, partition: int) -> SimReader:
        """A reader."""
        return SimReader(self._service, partition, self._line, self._settings)

    def membership(self) -> SimMembership:
        """A membership."""
        return SimMembership(self._line, self._group, self._line.process.name)

    async def say(self, record: OutputRecord) -> None:
        """Deciding services say nothing outside a transaction."""
        raise NotImplementedError
