"""Whether what a task committed last stands everywhere: the markers of its transaction have been written.

A commit is answered before that. Nothing is written behind a transaction whose markers may never come (decision 0095): the next
one of the same producer would end it too, in its own way. So they are looked for while the next batch is decided.
"""

import asyncio
import time
from collections.abc import Callable, Collection, Mapping

from aiokafka.errors import KafkaError

from services.runtime.broker import Place, TaskReader
from services.runtime.errors import TaskMustRestart

STANDS_S_MAX = 5.0
"""Markers come within milliseconds; where facts of others are written too, what was open there when we committed must have ended."""
LOOK_S, LOOK_AGAIN_S = 0.01, 1.0


class Standing:
    """Looks after what one task committed last. `now_s` gives monotonic seconds."""

    def __init__(self, reader: TaskReader, now_s: Callable[[], float] = time.monotonic) -> None:
        self._reader, self._now_s = reader, now_s
        self._look: asyncio.Task[str] | None = None

    def committed(self, places: Collection[Place], positions: Mapping[str, int]) -> None:
        """Begin to look: these places were just written, and these positions of the group."""
        self._look = asyncio.create_task(self._missing_still(places, dict(positions)))

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
        if (
            self._look is not None
            and self._look.done()
            and not self._look.cancelled()
            and (where := self._look.result())
        ):
            raise TaskMustRestart(f"what was committed before stands open in {where}")

    async def _missing_still(self, places: Collection[Place], positions: Mapping[str, int]) -> str:
        """Look until all markers have come, or where they do not; gives where."""
        until_s = self._now_s() + STANDS_S_MAX
        written: Mapping[Place, int] | None = None
        while True:
            try:
                written = written or await self._reader.written_ends(places)
                where = await self._missing(written, positions)
            except (KafkaError, OSError, TimeoutError, TaskMustRestart):
                # Nobody answers now. That says nothing of markers, and whoever wants to write meanwhile hears it itself.
                await asyncio.sleep(LOOK_AGAIN_S)
                continue
            if not where or self._now_s() > until_s:
                return where
            await asyncio.sleep(LOOK_S)

    async def _missing(self, written: Mapping[Place, int], positions: Mapping[str, int]) -> str:
        stable = await self._reader.ends_that_stand(written)
        for (topic, number), end in written.items():
            if stable[topic, number] < end:
                return f"{topic}-{number}"
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
