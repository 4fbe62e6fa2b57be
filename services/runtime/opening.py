"""How a task begins: fence the old owner, read positions and state, let three witnesses agree, end what hangs.

One transaction writes positions to the group, state and positions to the changelog, and the decisions. Where the three do
not say the same, the task does not begin.
"""

import asyncio
from collections.abc import Callable, Mapping

import structlog

from schemas.topics import changelog_topic, decisions_topic
from services.runtime.broker import Place, TaskReader, TaskWriter
from services.runtime.errors import DecisionsDisagree, PositionsDisagree, TaskMustRestart
from services.runtime.positions import agreed_head, agreed_positions
from services.runtime.restoring import restore
from services.runtime.shard import Shard
from services.runtime.turns import Turns

log = structlog.get_logger(__name__)

ENDED_TRIES_MAX, ENDED_S_MAX, ENDED_LOOK_S = 2, 0.4, 0.05
"""Markers that were missing come within milliseconds. What is open longer is mostly another's, and a task must not wait for that: tasks
that are taken over from a worker that died find one another's transactions open."""


class Opening:
    """Opens one task once. `now_s` gives monotonic seconds; `progressed` hears that the restoring goes on.

    `is_wanted`: whether the task is this process's still.
    """

    def __init__(
        self,
        shard: Shard,
        writer: TaskWriter,
        reader: TaskReader,
        turns: Turns,
        now_s: Callable[[], float],
        progressed: Callable[[], None],
        is_wanted: Callable[[], bool],
    ) -> None:
        self._is_wanted = is_wanted
        self._shard, self._writer, self._reader, self._turns = shard, writer, reader, turns
        self._now_s, self._progressed = now_s, progressed

    async def run(self) -> int:
        """Open; gives how many changelog records were read. `PositionsDisagree` where the witnesses differ."""
        shard, reader = self._shard, self._reader
        was_committed = await self._take_over()
        committed = await reader.committed()
        last_decision = await reader.last_decision()  # before: who waits for a place to restore has asked it by then
        async with self._turns.restoring:
            restored = await restore(shard, reader.restored(), self._progressed)
        left = await reader.unfinished()
        try:
            positions = agreed_positions(shard.service, committed, shard.meta.positions)
            agreed_head(shard.service, shard.partition, last_decision, shard.meta.head)
        except PositionsDisagree as error:
            await self._end_half(left, was_committed=was_committed is not False, error=error)
            if left or await self._has_moved(committed, last_decision):
                raise TaskMustRestart("what was left open has ended, or another took over while we read") from error
            raise
        if left or was_committed is False:
            # As if it had never been: nothing of it stands where the witnesses are, so it is done again. Of what was aborted the
            # positions may be open though nothing else is.
            await self._end_left(left, committed=False, why="something stands open: what is ours of it never was")
            if await self._has_moved(committed, last_decision):
                raise TaskMustRestart("another has gone on from what was left open")
        await reader.open(positions)
        return restored

    async def _take_over(self) -> bool | None:
        """Open the writer, which fences the old owner; tells how its last transaction ended, None where nobody knows any more.

        What was committed and is open somewhere is ended first: the coordinator forgets how it ended as a writer opens.
        """
        was_committed = await self._reader.last_end()
        left = await self._reader.unfinished() if was_committed else ()
        if left:
            await self._end_left(left, committed=True, why="something stands open: what is ours of it was committed")
        else:
            await self._writer.open()
        return was_committed

    async def _end_left(self, left: tuple[Place, ...], *, committed: bool, why: str) -> None:
        """Write the markers that are missing, and look whether they have come: they too may be lost.

        What is open still in a topic that others write may be theirs. `why` is logged where something is open.
        """
        if left:
            places = " ".join(f"{topic}-{number}" for topic, number in left)
            name, partition = self._shard.service.name, self._shard.partition
            log.warning(why, service=name, partition=partition, places=places, committed=committed)
        written = await self._reader.written_ends(left) if left else {}
        for _ in range(ENDED_TRIES_MAX):
            if not self._is_wanted():  # it would fence whoever has the task by now
                raise TaskMustRestart("the task was given away while it opened")
            await self._writer.end_left(left, committed=committed)
            if await self._stand(written):
                return
        if await self._reader.is_left_open():
            raise TaskMustRestart(f"what was left open in {left} is open still")

    async def _stand(self, written: Mapping[Place, int]) -> bool:
        """Tell whether no transaction is open before these ends, at the latest a moment from now."""
        until_s = self._now_s() + ENDED_S_MAX
        while written:
            stable = await self._reader.ends_that_stand(written)
            if all(stable[place] >= end for place, end in written.items()):
                break
            if self._now_s() > until_s:
                return False
            await asyncio.sleep(ENDED_LOOK_S)
        return True

    async def _end_half(self, left: tuple[Place, ...], *, was_committed: bool, error: PositionsDisagree) -> None:
        """Where a part of a transaction stands it was committed, and what is missing of it is made to stand too.

        Of the two topics that the task writes alone one may stand as before and agree: then it was aborted, and somebody has moved
        positions by hand.
        """
        name = self._shard.service.name
        own = {topic for topic, _ in left} & {changelog_topic(name), decisions_topic(name)}
        is_part = not left or (was_committed and (len(own) != 1 or isinstance(error, DecisionsDisagree)))
        await self._end_left(left, committed=is_part, why="the witnesses disagree, and something stands open")

    async def _has_moved(self, committed: dict[str, int], last_decision: bytes | None) -> bool:
        """Tell whether the witnesses say something else by now.

        What was left open may have ended as committed. And the writer has opened anew since they were read: another may have been
        at work between, and what was read counts only if it still stands.
        """
        return (committed, last_decision) != (await self._reader.committed(), await self._reader.last_decision())
