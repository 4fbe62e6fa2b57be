"""The broker port: what the shell needs of a broker. Adapters: aiokafka (`kafka.py`), memory (the twin).

A task owns one `TaskWriter` and one `TaskReader`, shared with nobody. Opening the writer fences whoever had the
task before; only then may positions be read and state be restored.
"""

from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from typing import Protocol

from services.runtime.records import InputRecord, OutputRecord

Place = tuple[str, int]
"""Topic and partition."""


class TaskWriter(Protocol):
    """The transactional producer of one task."""

    async def open(self) -> None:
        """Take over the task's transactional id: fences the old owner and ends what it left open."""

    async def commit(self, outputs: Sequence[OutputRecord], positions: Mapping[str, int]) -> Mapping[Place, int]:
        """Write outputs and positions in one transaction; gives its first offset in each place, as far as the client tells it.

        Returns only when it is certain. `Fenced` or `TaskMustRestart` otherwise: the writer is then useless.
        """

    async def end_left(self, places: Collection[Place], *, committed: bool) -> None:
        """End, as committed or as aborted, what an earlier transaction of this task left open in these places and of its positions.

        Writes markers and no records, and opens anew. `TaskMustRestart` where somebody else is at work.
        """

    async def close(self) -> None:
        """Let go of the connections."""


class TaskReader(Protocol):
    """The read-committed consumer of one task, with its partitions assigned by hand."""

    async def last_end(self) -> bool | None:
        """Tell whether the task's last transaction was committed; None once a writer was opened since.

        One that is still under way counts as aborted: opening a writer aborts it.
        """

    async def committed(self) -> dict[str, int]:
        """Positions kept by the group, for the input topics that have one."""

    def restored(self) -> AsyncIterator[tuple[str, bytes | None]]:
        """Every changelog record up to the last stable offset, in order."""

    async def unfinished(self) -> tuple[Place, ...]:
        """Where the task writes and something stands open, though nothing of it can be under way."""

    async def is_left_open(self) -> bool:
        """Tell whether something stands open where the task alone writes, while nothing of it can be under way."""

    async def written_ends(self, places: Collection[Place]) -> dict[Place, int]:
        """The ends of these places, behind what stands in open transactions too."""

    async def ends_that_stand(self, places: Collection[Place]) -> dict[Place, int]:
        """The last stable offsets of these places: no transaction is open before them."""

    async def last_decision(self) -> bytes | None:
        """The value of the last decision record of the task that stands."""

    async def open(self, positions: Mapping[str, int]) -> None:
        """Begin to read the inputs at the given positions."""

    async def fetch(self, records_max: int, wait_ms: int, only: str | None = None) -> list[InputRecord]:
        """Give what has arrived, waiting at most `wait_ms`; `only` one topic while the task is halted."""

    async def position(self, topic: str) -> int:
        """The next offset to be fetched, past commit markers."""

    def heard_ends(self) -> dict[str, int]:
        """The last stable offset of each input as the last fetch told it; free, and as old as that fetch."""

    async def stable_ends(self) -> dict[str, int]:
        """The last stable offset of each input, asked of the broker now."""

    async def close(self) -> None:
        """Let go of the connections."""


class Membership(Protocol):
    """Who else works on this service, and which tasks are this process's to run. Fetches nothing."""

    generation: int
    """Grows with every assignment heard."""

    async def start(self, on_change: Callable[[frozenset[int]], None]) -> None:
        """Join; `on_change` gets the partition numbers of this process at every assignment."""

    async def stop(self) -> None:
        """Leave."""


class Broker(Protocol):
    """Makes the parts above for one service."""

    async def start(self) -> None:
        """Connect what tasks share."""

    async def stop(self) -> None:
        """Disconnect it."""

    def writer(self, partition: int) -> TaskWriter:
        """A new writer for a task; never used again after an error."""

    def reader(self, partition: int) -> TaskReader:
        """A new reader for a task."""

    def membership(self) -> Membership:
        """The membership of this process in the service's group."""

    async def say(self, record: OutputRecord) -> None:
        """Write one record outside any transaction: an effect shell's note of an attempt."""
