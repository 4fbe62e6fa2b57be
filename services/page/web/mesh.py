"""The port through which the page reaches the mesh: it writes facts and orders, and reads two things the store does not keep."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Protocol

from schemas.page import PageActRecorded
from services.runtime.codec import Codec
from services.runtime.records import InputRecord, OutputRecord


class MeshPort(Protocol):
    """The mesh as the page needs it. `Unavailable` or `UserMistake` where it does not answer."""

    @property
    def codec(self) -> Codec:
        """Has agreed on every contract the page writes, and reads the others."""

    async def append(self, records: Sequence[OutputRecord]) -> None:
        """Write records and return when all replicas have them; a repeat after a lost answer is written once."""

    async def dead_record(self, service: str, partition: int, offset: int, /) -> InputRecord | None:
        """Give a record of a service's dead letters as it stands there; None where none does."""

    def acts(self) -> AsyncIterator[tuple[datetime, PageActRecorded]]:
        """Give everything people did at the page so far, in order within a matter, each with the instant it was said."""
