"""The shell and its broker adapter, each broken in one way on purpose: the simulation must find every one of them."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from services.runtime import opening as opening_module
from services.runtime.batch import Batch
from services.runtime.broker import Place, TaskReader, TaskWriter
from services.runtime.errors import Fenced, TaskMustRestart
from services.runtime.key_barrier import KeyBarrier
from services.runtime.merge import Inputs
from services.runtime.opening import Opening
from services.runtime.records import InputRecord, OutputRecord
from services.runtime.standing import Standing
from services.runtime.task import Task
from tests.simulation.cluster import RequestRefused
from tests.simulation.line import Line
from tests.simulation.partition_log import Slot
from tests.simulation.plan import drawn
from tests.simulation.port import Restored, SimReader, SimWriter
from tests.simulation.world import Run, simulate


@dataclass(frozen=True)
class Mutant:
    """What is broken: functions put in the place of others. `only`: the faults it takes to see it, if they are rare."""

    changes: tuple[tuple[Any, str, Any], ...]
    only: tuple[str, ...] = ()

    @contextmanager
    def applied(self) -> Iterator[None]:
        """Break it for a while."""
        with ExitStack() as stack:
            for owner, name, replacement in self.changes:
                stack.enter_context(patch.object(owner, name, replacement))
            yield

    def caught(self, seeds_max: int) -> Run | None:
        """The run of the first seed that finds it."""
        with self.applied():
            for seed in range(1, seeds_max + 1):
                run = simulate(drawn(seed, self.only))
                if run.findings:
                    return run
        return None


_transaction, _open_writer, _send = SimWriter.transaction, SimWriter.open, SimWriter.send
_open_task, _commit = Task._open, Task._commit
_tick, _line_made = Batch._tick, Line.__init__

Commit = Callable[[Task, TaskWriter, Batch], Awaitable[None]]


# --- the adapter ------------------------------------------------------------------------------------


async def _offsets_after(
    self: SimWriter, outputs: Sequence[OutputRecord], positions: Mapping[str, int]
) -> Mapping[Place, int]:
    offsets = await _transaction(self, outputs, {})
    await _offsets_alone(self, positions)
    return offsets


async def _offsets_before(
    self: SimWriter, outputs: Sequence[OutputRecord], positions: Mapping[str, int]
) -> Mapping[Place, int]:
    await _offsets_alone(self, positions)
    return await _transaction(self, outputs, {})


async def _offsets_alone(writer: SimWriter, positions: Mapping[str, int]) -> None:
    offsets = {(topic, writer.partition): offset for topic, offset in positions.items()}
    await writer.until_answered(lambda: writer.cluster.group.update(offsets))


async def _open_unfenced(self: SimWriter) -> None:
    known = self.cluster.coordinators.get(self.name)
    if known is None:
        await _open_writer(self)
        return
    self.epoch = known.epoch
    self.sequences.update({place: last + 1 for place, last in known.sequences.items()})


async def _send_unheard(self: SimWriter, records: Sequence[OutputRecord]) -> int:
    with suppress(RequestRefused):
        return await _send(self, records)
    return 0


def _changelog_uncommitted(self: SimReader, start: int, end: int) -> list[Slot]:
    log = self.cluster.log(f"{self.service.name}-changelog", self.partition)
    return list(log.uncommitted(start, end))


def _changelog_whole(self: SimReader) -> int:
    return self.cluster.log(f"{self.service.name}-changelog", self.partition).end


def _visible_uncommitted(self: SimReader, topic: str) -> list[Slot]:
    return list(self.cluster.log(topic, self.partition).uncommitted(self._next[topic]))


def _line_impatient(self: Line, *arguments: Any) -> None:
    _line_made(self, *arguments)
    self.given_up_s = 1.2


# --- the task ---------------------------------------------------------------------------------------


async def _gives(value: Any) -> Any:
    return value


async def _one_by_one(found: Sequence[Any]) -> AsyncIterator[Any]:
    for item in found:
        yield item


async def _open_positions_first(self: Task, writer: TaskWriter, reader: TaskReader) -> None:
    committed = await reader.committed()
    reader.committed = lambda: _gives(committed)  # type: ignore[method-assign]
    await _open_task(self, writer, reader)


async def _open_state_first(self: Task, writer: TaskWriter, reader: TaskReader) -> None:
    restored = [item async for item in reader.restored()]
    reader.restored = lambda: _one_by_one(restored)  # type: ignore[method-assign]
    await _open_task(self, writer, reader)


async def _restored_without_tombstones(self: Restored) -> tuple[str, bytes | None]:
    while True:
        key, value = await _next_restored(self)
        if value is not None:
            return key, value


_next_restored = Restored.__anext__


class _Forgetful:
    """A writer that takes positions and drops what was to be written."""

    def __init__(self, writer: TaskWriter) -> None:
        self._writer = writer

    async def commit(self, _: Sequence[OutputRecord], positions: Mapping[str, int]) -> Mapping[Place, int]:
        return await self._writer.commit((), positions)


async def _commit_last_dropped(self: Task, writer: TaskWriter, batch: Batch) -> None:
    await _commit(self, _Forgetful(writer) if self._stopping else writer, batch)  # type: ignore[arg-type]


async def _commit_again(self: Task, writer: TaskWriter, batch: Batch) -> None:
    try:
        await _commit(self, writer, batch)
    except Fenced:
        raise
    except TaskMustRestart:
        await _commit(self, writer, batch)


class _Lasting:
    """A writer that opens itself anew after an error, while the task goes on from what it has in memory."""

    def __init__(self, task: Task, writer: SimWriter, of: type[TaskMustRestart]) -> None:
        self._task, self._writer, self._of = task, writer, of

    async def commit(self, outputs: Sequence[OutputRecord], positions: Mapping[str, int]) -> Mapping[Place, int]:
        try:
            return await self._writer.commit(outputs, positions)
        except self._of:
            await self._anew()
            if self._of is Fenced:
                return await self._writer.commit(outputs, positions)
        return {}

    async def _anew(self) -> None:
        fresh = self._task._broker.writer(self._task.partition)
        await fresh.open()
        vars(self._writer).update(vars(fresh))


async def _commit_applied_first(self: Task, writer: TaskWriter, batch: Batch) -> None:
    await _commit(self, _Lasting(self, writer, TaskMustRestart), batch)  # type: ignore[arg-type]


async def _commit_though_fenced(self: Task, writer: TaskWriter, batch: Batch) -> None:
    await _commit(self, _Lasting(self, writer, Fenced), batch)  # type: ignore[arg-type]


async def _never_moves(*_: object) -> bool:
    """Whoever disagrees is believed, though the task may be another's by now."""
    return False


async def _hangs(self: Opening, *_: object, **__: object) -> None:
    """What a broker left open stays open, until the next commit takes it in."""
    await self._writer.open()


async def _stands_anyway(*_: object) -> None:
    """What was committed before is taken to stand."""


async def _nobody_knows(*_: object) -> None:
    """Nobody is asked how the last transaction ended; it counts as aborted."""


async def _no_barrier(*_: object) -> None:
    return None


async def _no_keys(*_: object) -> list[InputRecord]:
    return []


def _positions_of_the_group(service: Any, group: dict[str, int], _: dict[str, int]) -> dict[str, int]:
    return {topic: group.get(topic, 0) for topic in service.inputs}


def _not_put_back(*_: object) -> None:
    """The record is gone."""


def _tick_done_early(self: Batch, record: InputRecord, timers_max: int | None) -> bool:
    if not _tick(self, record, timers_max):
        self._advance(record)
    return True


MUTANTS = {
    "offsets are committed after the transaction": Mutant(((SimWriter, "transaction", _offsets_after),)),
    "offsets are committed before the transaction": Mutant(((SimWriter, "transaction", _offsets_before),)),
    "opening does not fence": Mutant(((SimWriter, "open", _open_unfenced),)),
    "a rejected record is not noticed": Mutant(((SimWriter, "send", _send_unheard),)),
    "state is restored from uncommitted records": Mutant(
        (
            (SimReader, "changelog", _changelog_uncommitted),
            (SimReader, "changelog_end", _changelog_whole),
        )
    ),
    "inputs are read uncommitted": Mutant(((SimReader, "visible", _visible_uncommitted),)),
    "a request is repeated inside a commit that then succeeds": Mutant(
        ((Line, "__init__", _line_impatient),), only=("late",)
    ),
    "tombstones are not restored": Mutant(((Restored, "__anext__", _restored_without_tombstones),)),
    "positions are read before fencing": Mutant(((Task, "_open", _open_positions_first),)),
    "state is restored before fencing": Mutant(((Task, "_open", _open_state_first),)),
    "the last batch is dropped at stop": Mutant(((Task, "_commit", _commit_last_dropped),)),
    "the writer is used again after an error": Mutant(((Task, "_commit", _commit_again),)),
    "memory is changed whether or not the commit went through": Mutant(((Task, "_commit", _commit_applied_first),)),
    "a fenced task takes its id back and goes on": Mutant(((Task, "_commit", _commit_though_fenced),)),
    "a tick does not wait for facts": Mutant(((Task, "_behind_barrier", _no_barrier),)),
    "a record does not wait for keys": Mutant(((KeyBarrier, "keys_before", _no_keys),)),
    "positions of group and changelog are not compared": Mutant(
        ((opening_module, "agreed_positions", _positions_of_the_group),)
    ),
    "positions read while another takes over are believed": Mutant(
        ((Opening, "_has_moved", _never_moves),), only=("misheard", "stopped", "stopped-sent")
    ),
    "what a broker left open is not ended": Mutant(((Opening, "_end_left", _hangs),), only=("unmarked", "killed")),
    "what was committed before need not stand": Mutant(
        ((Standing, "until_it_stands", _stands_anyway),), only=("fenced", "killed")
    ),
    "nobody is asked how a transaction ended": Mutant(
        ((SimReader, "last_end", _nobody_knows),), only=("fenced", "killed")
    ),
    "a record that could not join a batch is not put back": Mutant(((Inputs, "put_back", _not_put_back),)),
    "a tick is done after its first batch of timers": Mutant(((Batch, "_tick", _tick_done_early),)),
}
