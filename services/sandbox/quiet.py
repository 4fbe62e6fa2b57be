"""Tells when a mesh has come to rest, from the workers' pages and the ends of what the broker holds."""

from collections.abc import Mapping, Sequence
from typing import Any, Self

from aiokafka import TopicPartition

from services.runtime.broker_connection import BrokerConnection
from services.runtime.stable_ends import StableEnds

Page = dict[str, Any]


TaskName = tuple[str, str, int, int]
"""Worker, service, partition, and how often the task began anew."""


class Rest:
    """Watches a mesh come to rest; remembers where each task was last seen idle.

    The tasks need not be idle at one moment, which many of them on a busy machine hardly ever are: a task that was seen
    idle, and whose inputs have not grown since, still is.

    The ends it asks for lie behind what stands in transactions that are still open. A commit is answered before its markers are
    written to every partition: by the last stable offset, what was just said would not be there yet, and the mesh seem at rest.
    """

    def __init__(self, broker: BrokerConnection) -> None:
        self._ends = StableEnds(broker, counts_open=True)
        self._idle_at: dict[TaskName, dict[str, int]] = {}
        self._seen_ends: dict[TopicPartition, int] = {}

    async def __aenter__(self) -> Self:
        await self._ends.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._ends.close()

    def forget(self) -> None:
        """Let go of where tasks were seen idle: somebody has begun anew under the same name."""
        self._idle_at.clear()

    async def is_reached(self, pages: Sequence[Page], *, committed: bool = False) -> bool:
        """Tell whether every task of the pages stood at the end of all its inputs with no effect under way.

        `committed`: even the ticks that found nothing due are written down; what reads the log afterwards sees them.

        Ask for the pages before calling: a record that came in between then shows as an end not yet reached.
        """
        tasks = {_name(page, task): task for page in pages for task in page["tasks"]}
        for name, task in tasks.items():
            if task["positions"]:
                self._idle_at[name] = task["positions"]
        if any(page["effects_in_flight"] for page in pages) or not all(name in self._idle_at for name in tasks):
            return False
        if committed and any(task["holds_ticks"] for task in tasks.values()):
            return False
        reached: dict[TopicPartition, int] = {}
        for name, task in tasks.items():
            for topic, position in self._idle_at[name].items():
                place = TopicPartition(topic, task["partition"])
                reached[place] = min(position, reached.get(place, position))
        if not self._is_behind(reached):
            self._seen_ends = await self._ends.of(list(reached))
        return not self._is_behind(reached)

    def _is_behind(self, reached: Mapping[TopicPartition, int]) -> bool:
        """Tell whether some task still has to read what was seen before: ends never go back, so nobody need be asked."""
        return any(self._seen_ends.get(place, 0) > position for place, position in reached.items())


def _name(page: Page, task: dict[str, Any]) -> TaskName:
    return page["worker"], task["service"], task["partition"], task["restarts"]
