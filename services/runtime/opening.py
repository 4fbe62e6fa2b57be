"""How a task begins: fence the old owner, read positions and state, let three witnesses agree, end what hangs.

One transaction writes positions to the group, state and positions to the changelog, and the decisions. Where the three do
not say the same, the task does not begin.
"""

import asyncio
from collections.abc import Callable

import structlog

from schemas.topics import changelog_topic, decisions_topic
from services.runtime.broker import TaskReader, TaskWriter
from services.runtime.cases import META_KEY, encode_struct
from services.runtime.errors import PositionsDisagree, TaskMustRestart
from services.runtime.positions import agreed_head, agreed_positions
from services.runtime.records import OutputRecord
from services.runtime.restoring import restore
from services.runtime.settings import MeshSettings
from services.runtime.shard import Shard
from services.runtime.turns import Turns

log = structlog.get_logger(__name__)

ABANDONED_KEY = b"@abandoned"
"""Key of the records that are written only to be aborted; nobody ever reads them."""
ENDED_LOOK_S = 0.05
"""How often it is looked whether the markers of an abandoned transaction have come."""


class Opening:
    """Opens one task once. `now_s` gives monotonic seconds; `progressed` hears that the restoring goes on."""

    def __init__(
        self,
        shard: Shard,
        writer: TaskWriter,
        reader: TaskReader,
        settings: MeshSettings,
        turns: Turns,
        now_s: Callable[[], float],
        progressed: Callable[[], None],
    ) -> None:
        self._shard, self._writer, self._reader = shard, writer, reader
        self._settings, self._turns = settings, turns
        self._now_s, self._progressed = now_s, progressed

    async def run(self) -> int:
        """Open; gives how many changelog records were read. `PositionsDisagree` where the witnesses differ."""
        shard, reader = self._shard, self._reader
        await self._writer.open()
        committed = await reader.committed()
        last_decision = await reader.last_decision()  # before: who waits for a place to restore has asked it by then
        async with self._turns.restoring:
            restored = await restore(shard, reader.restored(), self._progressed)
        try:
            positions = agreed_positions(shard.service, committed, shard.meta.positions)
            agreed_head(shard.service, shard.partition, last_decision, shard.meta.head)
        except PositionsDisagree as error:
            await self._prove_ours(committed, error)
            raise
        await self._end_what_hangs(committed)
        await reader.open(positions)
        return restored

    async def _end_what_hangs(self, committed: dict[str, int]) -> None:
        """End what a broker left open; all that stands agrees that it never happened, and it is done again (decision 0095)."""
        places = await self._reader.unfinished()
        if not places:
            return
        name, partition = self._shard.service.name, self._shard.partition
        log.warning(
            "a transaction was left open: it is ended, and done again",
            service=name,
            partition=partition,
            places=places,
        )
        alone = {(changelog_topic(name), partition), (decisions_topic(name), partition)}
        # Where the task writes alone too: there it shows whether this very transaction got its markers.
        marks = [OutputRecord(*place, ABANDONED_KEY, None) for place in sorted({*places, *alone})]
        await self._writer.abandon(marks, committed)
        until_s = self._now_s() + self._settings.transaction_timeout_ms / 1000
        while await self._reader.is_left_open():  # its markers come a little after the answer
            if self._now_s() > until_s:
                raise TaskMustRestart(f"what was left open in {places[0]} is open still")
            await asyncio.sleep(ENDED_LOOK_S)

    async def _prove_ours(self, committed: dict[str, int], error: PositionsDisagree) -> None:
        """Write again what stands already. `Fenced`: another took over while we read, so what we read is no evidence.

        Not where something stands open: that is another's at work, or what a broker left, which a commit would take in.
        """
        if await self._reader.is_left_open():
            raise TaskMustRestart(f"a transaction stands open, and what stands beside it disagrees: {error}") from error
        meta = self._shard.meta
        if not meta.positions:
            await self._writer.commit((), committed)
            return
        place = changelog_topic(self._shard.service.name), self._shard.partition
        await self._writer.commit([OutputRecord(*place, META_KEY.encode(), encode_struct(meta))], {})
