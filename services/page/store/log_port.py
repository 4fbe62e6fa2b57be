"""The port through which the feeder reads the mesh's log. Adapters: Kafka (`kafka_log.py`), and what tests hold in memory."""

from collections.abc import Mapping
from typing import Protocol

from services.page.store.changes import Place
from services.runtime.records import InputRecord


class LogLost(Exception):
    """The log is not the one that the store was fed from: a topic was emptied, or made anew. Its text names the place."""


class Log(Protocol):
    """Committed records, place by place in the order of offsets."""

    async def open(self, positions: Mapping[Place, int]) -> None:
        """Begin to read every place there is: at its position, or at its beginning where it has none. `LogLost` where it has ended before."""

    async def fetch(self, wait_ms: int) -> list[InputRecord]:
        """Give what has arrived, a bounded number, waiting at most so long for the first. Records are given once."""

    async def waiting(self) -> Mapping[Place, int]:
        """How many offsets of each place have not been given yet."""

    async def close(self) -> None:
        """Let go of the connections."""
