"""A task: one partition number of one service, sharing nothing with any other.

Opening (`opening.py`). Then: fetch → merge by append time →
batch → one transaction → apply. Whatever goes wrong ends the task's clients; the supervisor opens it anew from the log.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import structlog

from schemas.mesh import ClockTicked
from schemas.topics import commands_topic
from services.runtime.batch import Batch
from services.runtime.broker import Broker, TaskReader, TaskWriter
from services.runtime.codec import Codec
from services.runtime.errors import RegistryUnavailable, Stuck, TaskMustRestart
from services.runtime.key_barrier import KeyBarrier
from services.runtime.merge import Inputs
from services.runtime.opening import Opening
from services.runtime.outcomes import Transition
from services.runtime.records import InputRecord
from services.runtime.service import Service
from services.runtime.settings import MeshSettings
from services.runtime.shard import Shard
from services.runtime.standing import Standing
from services.runtime.turns import Turns
from services.runtime.watched import Committed, Timing, Unwatched, Watching

log = structlog.get_logger(__name__)

ENDS_EVERY_S = 8.0
"""How often the broker itself is asked how far the inputs go; in between, what fetches tell is enough."""
TICKS_HELD_S, TICKS_HELD_S_MAX = 1.0, 10.0
"""A tick that finds nothing due waits so long for company, and while company keeps coming the longer of the two: a
transaction costs the same whatever is in it."""
HALTED_WAIT_MS = 500
COMMIT_S_MAX = 8.0
"""A commit that took longer was perhaps asked for, or its markers were written, more than once; what arrives late would
commit the half of the next transaction of the same epoch (decision 0090). A new producer has a new epoch."""
FLOOR_S = 0.02
"""A task that works lets the clients of the others speak this often: a commit is five answers waited for in turn."""
Resolve = Callable[[Codec, Sequence[int]], Awaitable[None]]
"""Asks the registry about schema ids the codec has never heard of."""


@dataclass(slots=True)
class TaskHealth:
    """What a task lets be seen. `progressed_at` is of the task's monotonic clock; `waiting_for` names an outside party, if any."""

    state: str = "opening"
    records: int = 0
    refused: int = 0
    parked: int = 0
    lag: int = 0
    cases: int = 0
    waiting_for: str = ""
    halted: str = ""
    next_due: str = ""
    progressed_at: float = 0.0
    restarts: int = 0
    holds_ticks: bool = False
    """Ticks are decided and not yet committed; nobody waits for them."""
    last_tick: str = ""
    simulated: bool = False
    oldest_undecided_ms: int = 0
    """Append time (ms since 1970) of the oldest record that was read and waits to be decided, as of the last look; 0 without one."""
    restored: int = 0
    restore_s: float = 0.0
    positions: dict[str, int] = field(default_factory=dict)
    """Next offset of each input, filled when somebody looks and nothing is left to do; empty while there is work."""


class Task:
    """Runs one partition of one service until it is asked to stop or something breaks."""

    def __init__(
        self,
        service: Service,
        partition: int,
        broker: Broker,
        codec: Codec,
        settings: MeshSettings,
        resolve: Resolve,
        on_committed: Callable[[Sequence[Transition], float], None],
        health: TaskHealth,
        turns: Turns,
        now_s: Callable[[], float] = time.monotonic,
        watch: Watching | None = None,
    ) -> None:
        """`turns` and `watch` are shared by all tasks of a process.

        `now_s` gives monotonic seconds; it never says what time it is in the mesh.
        """
        self._turns, self._watch = turns, watch or Unwatched()
        self.service, self.partition = service, partition
        self.health, self._now_s = health, now_s
        self._broker, self._codec, self._settings = broker, codec, settings
        self._resolve, self._on_committed = resolve, on_committed
        self._inputs, self._shard = Inputs(service.inputs), Shard(service, partition)
        self._keys = KeyBarrier(service, settings)
        self._barrier: dict[str, int] | None = None
        self._stopping = False
        self._idle_reader: TaskReader | None = None
        self._held: Batch | None = None
        self._held_since = self._joined_at = 0.0
        self._ends_asked_at = 0.0
        self._begun_s = 0.0
        """When the work of the present batch began."""
        self._standing: Standing
        self._log = log.bind(service=service.name, partition=partition)

    def stop(self) -> None:
        """Ask the task to finish its batch, commit, and end."""
        self._stopping = True

    async def run(self) -> None:
        """Open, work until stopped, close."""
        writer, reader = self._broker.writer(self.partition), self._broker.reader(self.partition)
        standing = self._standing = Standing(reader, self.service.name, self.partition, self._now_s)
        try:
            await self._open(writer, reader)
            while not self._stopping:
                await self._turn(writer, reader)
            if self._held is not None:
                await self._commit(writer, self._held)
        finally:
            self.health.state = "closed"
            await standing.close()
            await asyncio.gather(writer.close(), reader.close())

    # --- opening ------------------------------------------------------------------------------------

    async def _open(self, writer: TaskWriter, reader: TaskReader) -> None:
        self.health.state = "opening"
        begun_s = self._now_s()
        opening = Opening(
            self._shard, writer, reader, self._turns, self._now_s, self._progressed, lambda: not self._stopping
        )
        restored = await opening.run()
        self._show()
        self.health.restored, self.health.restore_s = restored, self._now_s() - begun_s
        self.health.state = "running"
        self.health.progressed_at = self._now_s()
        self._log.info("opened", cases=len(self._shard.cases), restored=restored)

    def _progressed(self) -> None:
        self.health.progressed_at = self._now_s()

    # --- working ------------------------------------------------------------------------------------

    async def _turn(self, writer: TaskWriter, reader: TaskReader) -> None:
        halted = self._shard.meta.halted is not None
        self._idle_reader = reader if self._inputs.count == 0 else None
        await self._fetch(reader, halted)
        self._idle_reader = None
        worked = await self._work_facts(writer)
        if not halted and self._has_tick():
            worked = await self._work_tick(writer, reader) or worked
        await self._commit_held(writer)
        if worked:
            self.health.progressed_at = self._now_s()
        await self._look_at_lag(reader, worked)

    async def _fetch(self, reader: TaskReader, halted: bool) -> None:
        room = self._settings.buffered_records_max - self._inputs.count
        commands = commands_topic(self.service.name)
        if halted:
            wait_ms = 0 if self._inputs.waiting(commands) else HALTED_WAIT_MS
            records = await reader.fetch(self._settings.batch_records_max, wait_ms, commands)
        elif room > 0:
            records = await reader.fetch(room, 0 if self._inputs.count else self._settings.turn_ms)
        elif (behind := await self._behind_barrier(reader)) and not self._inputs.peek(behind):
            # Nothing but ticks fills the buffer, and they wait for facts that are still to be fetched.
            records = await reader.fetch(self._settings.batch_records_max, self._settings.turn_ms, behind)
        else:
            return
        records += await self._keys.keys_before(records, self._shard.references, reader)
        await self._learn_schemas(records)
        self._inputs.add(records)

    async def _learn_schemas(self, records: Sequence[InputRecord]) -> None:
        codec, now_s = self._codec, self._now_s()
        unknown = sorted({found for record in records if (found := codec.unknown_id(record.value, now_s)) is not None})
        while unknown and not self._stopping:
            try:
                await self._resolve(self._codec, unknown)
                break
            except RegistryUnavailable:
                self.health.waiting_for = "registry"
                self._log.warning("waiting for the registry", schema_ids=unknown)
                await asyncio.sleep(self._settings.registry_retry_s)
        if self._stopping and unknown:
            raise TaskMustRestart("stopped while waiting for the registry")
        self.health.waiting_for = ""

    async def _work_facts(self, writer: TaskWriter) -> bool:
        batch = self._batch()
        taken = batch.records
        if self._inputs.count:
            async with self._turns.deciding:
                await self._fill(batch)
        if batch.records == taken:
            return False
        await self._commit(writer, batch)
        return True

    async def _fill(self, batch: Batch) -> None:
        """Take records into a batch until it is full, its time is over, or none is left that may join."""
        commands = commands_topic(self.service.name)
        self._begun_s = self._now_s()
        pause = self._begun_s + FLOOR_S
        end = self._now_s() + self._settings.batch_work_ms_max / 1000
        while batch.records < self._settings.batch_records_max:
            record = self._inputs.next_of(commands) if batch.halted else self._inputs.next_fact()
            if record is None:
                return
            if not batch.accepts(record):
                self._inputs.put_back(record)
                return
            batch.handle(record, self._settings.timers_a_batch_max)
            now = self._now_s()
            if now > end:
                return
            if now > pause:
                await asyncio.sleep(0)
                pause = self._now_s() + FLOOR_S

    def _batch(self) -> Batch:
        """The batch whose ticks wait for company, or a new one."""
        return self._held or Batch(self._shard, self._codec, self._settings.refusals_max)

    async def _commit_held(self, writer: TaskWriter) -> None:
        if self._held is None:
            return
        now = self._now_s()
        if now - self._joined_at >= TICKS_HELD_S or now - self._held_since >= TICKS_HELD_S_MAX:
            await self._commit(writer, self._held)

    def _has_tick(self) -> bool:
        return self._inputs.waiting(ClockTicked.topic) > 0

    async def _work_tick(self, writer: TaskWriter, reader: TaskReader) -> bool:
        if self._barrier is None:
            self._barrier = await reader.stable_ends()
        if await self._behind_barrier(reader):
            return False
        tick = self._inputs.next_of(ClockTicked.topic)
        assert tick is not None
        batch, self._begun_s = self._batch(), self._now_s()
        while not batch.handle(tick, self._settings.timers_a_batch_max):
            await self._commit(writer, batch)
            batch = self._batch()
        self._barrier = None
        is_full = batch.records >= self._settings.batch_records_max  # it could take in no fact that comes
        if is_full or not batch.touches_no_case:
            await self._commit(writer, batch)
        else:
            self._hold(batch)
        return True

    def _hold(self, batch: Batch) -> None:
        self._joined_at = self._now_s()
        if self._held is None:
            self._held, self._held_since = batch, self._joined_at
            self.health.holds_ticks = True

    async def _behind_barrier(self, reader: TaskReader) -> str | None:
        """A topic whose facts a waiting tick stands behind, or None: all that was readable when it was seen is read."""
        for topic, end in (self._barrier or {}).items():
            if topic == ClockTicked.topic:
                continue
            waiting = self._inputs.peek(topic)
            reached = await reader.position(topic) if waiting is None else waiting.offset
            if reached < end:
                return topic
        return None

    async def _commit(self, writer: TaskWriter, batch: Batch) -> None:
        changed = {
            topic: position
            for topic, position in batch.positions.items()
            if self._shard.meta.positions.get(topic) != position
        }
        outputs = batch.outputs()
        await self._standing.until_it_stands()
        decided_at_s = self._now_s()  # before the commit: a process paused inside it must not begin effects late
        first = await writer.commit(outputs, changed)
        self._standing.committed({(one.topic, one.partition) for one in outputs}, first, changed)
        batch.apply()
        self._held, self.health.holds_ticks = None, False
        self.health.records += batch.records
        self.health.refused += batch.refused
        self.health.progressed_at = self._now_s()
        self._show()
        timing = Timing(self._begun_s, decided_at_s, self.health.progressed_at)
        if batch.transitions:
            self._on_committed(batch.transitions, decided_at_s)
        self._watch.committed(
            Committed(self.service.name, self.partition, batch.records, batch.decided_entries, batch.spoken(), timing)
        )
        commit_s = self._now_s() - decided_at_s
        if commit_s > COMMIT_S_MAX and not self._stopping:
            raise TaskMustRestart(f"a commit went through after {commit_s:.1f} s: its producer is not used again")

    async def look(self) -> None:
        """Fill what the health page alone shows: the oldest that waits; positions of a reader that waits for records, none of a busy one."""
        self.health.oldest_undecided_ms = self._inputs.oldest_ms()
        positions: dict[str, int] = {}
        for name in self.service.inputs:
            reader = self._idle_reader
            if reader is None:
                positions = {}
                break
            positions[name] = await reader.position(name)
        self.health.positions = positions

    # --- seeing -------------------------------------------------------------------------------------

    def _show(self) -> None:
        meta = self._shard.meta
        self.health.cases = len(self._shard.cases)
        self.health.parked = len(self._shard.parked)
        self.health.halted = "" if meta.halted is None else f"{meta.halted.topic} from {meta.halted.source or '?'}"
        due = self._shard.timers.earliest()
        self.health.next_due = "" if due is None else due.isoformat()
        self.health.last_tick = "" if meta.last_tick is None else meta.last_tick.isoformat()
        self.health.simulated = meta.simulated

    async def _look_at_lag(self, reader: TaskReader, worked: bool) -> None:
        self._standing.check()
        now = self._now_s()
        ends = reader.heard_ends()
        if now - self._ends_asked_at > ENDS_EVERY_S:
            self._ends_asked_at = now
            ends = await reader.stable_ends()
            await self._standing.look_at_others()
        lag = self._inputs.count
        for topic, end in ends.items():
            lag += max(0, end - await reader.position(topic))
        self.health.lag = lag
        silent_s = now - self.health.progressed_at
        if lag == 0 or worked or self._shard.meta.halted is not None:
            self.health.progressed_at = now
        elif silent_s > self._settings.stuck_after_s:
            raise Stuck(f"no progress for {silent_s:.0f} s while {lag} records wait")
