"""The port through which people look at a mesh: whole topics, in and out, without group or transaction.

One implementation reads the memory twin, one the broker; what is made of it (timelines, inventories, replays) are
functions over this port.
"""

from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from datetime import datetime
from typing import Protocol

from schemas.topics import changelog_topic
from services.runtime.codec import Codec
from services.runtime.records import InputRecord, OutputRecord
from services.runtime.service import Service
from services.runtime.shard import Shard


class MeshReader(Protocol):
    """A mesh as an outside reader sees it."""

    @property
    def codec(self) -> Codec:
        """Knows every schema id of the records already given."""

    @property
    def partitions(self) -> int:
        """How many partitions each of its topics has: keys hash to it, and every service has so many tasks."""

    @property
    def broker_now(self) -> datetime:
        """The instant with which the broker stamps what is appended now, as well as we know it."""

    def records(self, topics: Collection[str]) -> AsyncIterator[InputRecord]:
        """Give every committed record that stands in the topics now; in the order of offsets within a partition."""

    def by_task(
        self, topics: Collection[str], partitions: Iterable[int]
    ) -> AsyncIterator[tuple[int, list[InputRecord]]]:
        """Give the same partition number by partition number, so that one task's records are in memory at a time."""

    async def append(self, records: Sequence[OutputRecord]) -> None:
        """Write records, and return when they are safe."""


async def shards(reader: MeshReader, service: Service) -> dict[int, Shard]:
    """Restore what every task of a service remembers, from its changelog."""
    service = service.over(reader.partitions)
    found = {partition: Shard(service, partition) for partition in range(service.partitions)}
    async for record in reader.records([changelog_topic(service.name)]):
        if record.key is not None:
            found[record.partition].restore(record.key.decode(), record.value)
    return found


async def all_states(reader: MeshReader, service: Service) -> dict[str, object]:
    """Give the state of every case of a service by key."""
    found = await shards(reader, service)
    return {key: case.state for shard in found.values() for key, case in shard.cases.items() if case.state is not None}


async def gathered(records: AsyncIterator[InputRecord], wanted: Iterable[bytes] | None = None) -> list[InputRecord]:
    """Collect records, perhaps only those of some keys."""
    keys = None if wanted is None else set(wanted)
    return [record async for record in records if keys is None or record.key in keys]
