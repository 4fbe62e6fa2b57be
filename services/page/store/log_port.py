"""The port through which the feeder reads the mesh's log. Adapters: Kafka (`kafka_log.py`), and what tests hold in memory."""

from collections.abc import Mapping
from typing import Protocol

from services.page.store.changes import Place
from services.runtime.records import InputRecord
from services.runtime.topic_ids import made_anew


class LogLost(Exception):
    """The log is not the one that the store was fed from: a topic was emptied, or made anew. Its text names the place."""


class Log(Protocol):
    """Committed records, place by place in the order of offsets."""

    @property
    def identities(self) -> Mapping[str, str]:
        """Ids of the topics that were there when it was opened: one that is made anew under its name has another."""

    async def open(self, positions: Mapping[Place, int]) -> None:
        """Begin to read every place there is: at its position, or at its beginning where it has none. `LogLost` where it has ended before."""

    async def fetch(self, wait_ms: int) -> list[InputRecord]:
        """Give what has arrived, a bounded number, waiting at most so long for the first. Records are given once."""

    async def waiting(self) -> Mapping[Place, int]:
        """How many offsets of each place have not been given yet; `LogLost` where a topic has become another."""

    async def close(self) -> None:
        """Let go of the connections."""


def refuse_others(before: Mapping[str, str], now: Mapping[str, str]) -> None:
    """`LogLost` where a topic is another than before, however far it has grown."""
    others = made_anew(before, now)
    if others:
        raise LogLost(f"{', '.join(others)} was deleted and made anew")
