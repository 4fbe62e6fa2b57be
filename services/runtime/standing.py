"""Whether what a task committed last stands: the markers of its transaction have been written (decision 0114).

A commit is answered before that. Nothing is written behind a transaction whose markers may never come: the next one of the same
producer would end it too, in its own way. So they are looked for while the next batch is decided.

What a topic of facts has open may be another task's, which may be dead: nobody waits for that. The last stable offset tells them
apart. It stands at the first record of the earliest transaction that is open: behind our first, ours has ended; at it, ours has
not; before it, another's is open, and nothing is known of ours until that one has ended, at its timeout at the latest.
"""

import asyncio
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from aiokafka.errors import KafkaError

from schemas.topics import changelog_topic, decisions_topic
from services.runtime.broker import Place, TaskReader
from services.runtime.errors import TaskMustRestart

STANDS_S_MAX = 5.0
"""Markers come within milliseconds."""
OTHERS_OPEN_S_MAX = 12.0
"""No transaction of anybody's is open longer: its timeout is 10 s. What is open still behind that may be ours."""
LOOK_S, LOOK_AGAIN_S = 0.01, 1.0


@dataclass(frozen=True, slots=True)
class _Awaited:
    """One place of a transaction: its first record there, where that is known, and an end behind its last."""

    first: int | None
    end: int
    since_s: float

    def has_ended(self, stable: int) -> bool:
        return stable >= self.end or (self.first is not None and stable > self.first)


class Standing:
    """Looks after what one task of a service committed last. `now_s` gives monotonic seconds."""

    def __init__(
        self, reader: TaskReader, service: str, partition: int, now_s: Callable[[], float] = time.monotonic
    ) -> None:
        self._reader, self._now_s = reader, now_s
        self._own = {(changelog_topic(service), partition), (decisions_topic(service), partition)}
        """Where nobody else writes."""
        self._look: asyncio.Task[str] | None = None
        self._others: dict[Place, _Awaited] = {}
        """Topics of facts where the marker of ours has not been seen yet, since the earliest commit."""

    def committed(self, places: Collection[Place], first: Mapping[Place, int], positions: Mapping[str, int]) -> None:
        """Begin to look: these places were just written, from these offsets on as far as known, and these positions of the group."""
        self._look = asyncio.create_task(self._missing_still(places, first, dict(positions)))

    async def until_it_stands(self) -> None:
        """Wait before something is written; `TaskMustRestart` where what was committed before does not stand."""
        if self._look is None:
            return
        try:
            async with asyncio.timeout(2 * STANDS_S_MAX):
                await asyncio.shield(self._look)
        except TimeoutError as error:
            raise TaskMustRestart("nobody says whether what was committed before stands") from error
        self.check()

    def check(self) -> None:
        """Raise `TaskMustRestart` where it is known by now that what was committed does not stand."""
        where = ""
        if self._look is not None and self._look.done() and not self._look.cancelled():
            where = self._look.result()
        if where:
            raise TaskMustRestart(f"what was committed before stands open in {where}")

    async def look_at_others(self) -> None:
        """Look again where another's transaction hid ours; `TaskMustRestart` where none can be open any more, and something is."""
        if not self._others or (self._look is not None and not self._look.done()):
            return
        stable = await self._reader.ends_that_stand(self._others)
        self._others = {place: one for place, one in self._others.items() if not one.has_ended(stable[place])}
        for (topic, number), one in self._others.items():
            if self._now_s() - one.since_s > OTHERS_OPEN_S_MAX:
                raise TaskMustRestart(f"what was committed before may stand open in {topic}-{number}")

    async def _missing_still(
        self, places: Collection[Place], first: Mapping[Place, int], positions: Mapping[str, int]
    ) -> str:
        """Look until all markers have come that are ours for certain, or where they do not; gives where."""
        begun_s = self._now_s()
        awaited: dict[Place, _Awaited] = {}
        while True:
            try:
                if not awaited:
                    written = await self._reader.written_ends(places)
                    awaited = {place: _Awaited(first.get(place), end, begun_s) for place, end in written.items()}
                where = await self._missing(awaited, positions)
            except (KafkaError, OSError, TimeoutError, TaskMustRestart):
                # Nobody answers now. That says nothing of markers, and whoever wants to write meanwhile hears it itself.
                await asyncio.sleep(LOOK_AGAIN_S)
                continue
            if not where or self._now_s() > begun_s + STANDS_S_MAX:
                return where
            await asyncio.sleep(LOOK_S)

    async def _missing(self, awaited: Mapping[Place, _Awaited], positions: Mapping[str, int]) -> str:
        """Where a marker of ours is missing; what another's transaction hides is remembered."""
        stable = await self._reader.ends_that_stand(awaited)
        for place, one in awaited.items():
            if one.has_ended(stable[place]):
                continue
            if place in self._own or stable[place] == one.first:
                return f"{place[0]}-{place[1]}"
            self._others.setdefault(place, one)
        group = await self._reader.committed()
        for topic, position in positions.items():
            if group.get(topic) != position:
                return f"the group's position of {topic}"
        return ""

    async def close(self) -> None:
        """Look no longer."""
        if self._look is not None:
            self._look.cancel()
            await asyncio.gather(self._look, return_exceptions=True)
