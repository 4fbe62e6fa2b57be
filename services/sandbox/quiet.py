"""Tells when a mesh has come to rest, from the workers' pages and the broker's last stable offsets."""

from collections.abc import Sequence
from typing import Any, Self

from aiokafka import AIOKafkaConsumer, TopicPartition

Page = dict[str, Any]


class StableEnds:
    """Asks the broker for last stable offsets; one connection, kept."""

    def __init__(self, bootstrap_servers: str) -> None:
        self._servers = bootstrap_servers
        self._consumer: AIOKafkaConsumer | None = None

    async def __aenter__(self) -> Self:
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=self._servers, enable_auto_commit=False, isolation_level="read_committed"
        )
        await self._consumer.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._consumer is not None:
            await self._consumer.stop()

    async def of(self, places: Sequence[TopicPartition]) -> dict[TopicPartition, int]:
        """The last stable offset of each place, now."""
        if self._consumer is None:
            raise RuntimeError("enter StableEnds before asking it")
        found: dict[TopicPartition, int] = await self._consumer.end_offsets(list(places))
        return found


async def everything_read(pages: Sequence[Page], ends: StableEnds, *, committed: bool = False) -> bool:
    """Tell whether every task of the pages stood at the end of all its inputs with no effect under way.

    `committed`: even the ticks that found nothing due are written down; what reads the log afterwards sees them.

    Ask for the pages before calling: a record that came in between then shows as an end not yet reached.
    """
    reached: dict[TopicPartition, int] = {}
    for page in pages:
        if page["effects_in_flight"]:
            return False
        for task in page["tasks"]:
            if not task["positions"] or (committed and task["holds_ticks"]):
                return False
            for topic, position in task["positions"].items():
                place = TopicPartition(topic, task["partition"])
                reached[place] = min(position, reached.get(place, position))
    found = await ends.of(list(reached))
    return all(reached[place] >= end for place, end in found.items())
