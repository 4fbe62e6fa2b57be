"""Tells when a mesh has come to rest, from the workers' pages and the broker's last stable offsets."""

from collections.abc import Sequence
from typing import Any, Self

from aiokafka import AIOKafkaConsumer, TopicPartition

from services.runtime.kafka import closed

Page = dict[str, Any]


TaskName = tuple[str, str, int, int]
"""Worker, service, partition, and how often the task began anew."""


class StableEnds:
    """Asks the broker for last stable offsets; one connection, kept. Remembers where each task was last seen idle."""

    def __init__(self, bootstrap_servers: str) -> None:
        self._servers = bootstrap_servers
        self._consumer: AIOKafkaConsumer | None = None
        self.idle_at: dict[TaskName, dict[str, int]] = {}

    async def __aenter__(self) -> Self:
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=self._servers, enable_auto_commit=False, isolation_level="read_committed"
        )
        await self._consumer.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._consumer is not None:
            await closed(self._consumer)

    async def of(self, places: Sequence[TopicPartition]) -> dict[TopicPartition, int]:
        """The last stable offset of each place, now."""
        if self._consumer is None:
            raise RuntimeError("enter StableEnds before asking it")
        found: dict[TopicPartition, int] = await self._consumer.end_offsets(list(places))
        return found


async def everything_read(pages: Sequence[Page], ends: StableEnds, *, committed: bool = False) -> bool:
    """Tell whether every task of the pages stood at the end of all its inputs with no effect under way.

    The tasks need not be idle at one moment, which many of them on a busy machine hardly ever are: a task that was seen
    idle, and whose inputs have not grown since, still is.
    `committed`: even the ticks that found nothing due are written down; what reads the log afterwards sees them.

    Ask for the pages before calling: a record that came in between then shows as an end not yet reached.
    """
    tasks = {_name(page, task): task for page in pages for task in page["tasks"]}
    for name, task in tasks.items():
        if task["positions"]:
            ends.idle_at[name] = task["positions"]
    if any(page["effects_in_flight"] for page in pages) or not all(name in ends.idle_at for name in tasks):
        return False
    if committed and any(task["holds_ticks"] for task in tasks.values()):
        return False
    reached: dict[TopicPartition, int] = {}
    for name, task in tasks.items():
        for topic, position in ends.idle_at[name].items():
            place = TopicPartition(topic, task["partition"])
            reached[place] = min(position, reached.get(place, position))
    found = await ends.of(list(reached))
    return all(reached[place] >= end for place, end in found.items())


def _name(page: Page, task: dict[str, Any]) -> TaskName:
    return page["worker"], task["service"], task["partition"], task["restarts"]
