"""The port through which the page reaches the mesh: it writes facts and orders, and reads two things the store does not keep."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Protocol

import structlog

from schemas.page import PageActRecorded
from services.runtime.codec import Codec
from services.runtime.envelope import envelope_of
from services.runtime.records import InputRecord, OutputRecord
from services.runtime.refusals import RefusedAtDoor

log = structlog.get_logger(__name__)


class MeshPort(Protocol):
    """The mesh as the page needs it. `Unavailable` or `UserMistake` where it does not answer."""

    @property
    def codec(self) -> Codec:
        """Has agreed on every contract the page writes, and reads the others."""

    @property
    def partitions(self) -> int:
        """How many partitions each topic of the mesh has: keys hash to it."""

    async def append(self, records: Sequence[OutputRecord]) -> None:
        """Write records and return when all replicas have them; a repeat after a lost answer is written once."""

    async def dead_record(self, service: str, partition: int, offset: int, /) -> InputRecord | None:
        """Give a record of a service's dead letters as it stands there; None where none does."""

    def acts(self) -> AsyncIterator[tuple[datetime, PageActRecorded]]:
        """Give everything people did at the page so far, in order within a matter, each with the instant it was said."""


def act_of(codec: Codec, record: InputRecord) -> tuple[datetime, PageActRecorded] | None:
    """Read an act, with its instant; None where nobody can read it, and the log says so: junk must not keep the page from starting.

    The page itself writes none such; what it stood for counts as not done, and can be proposed again.
    """
    try:
        at = envelope_of(record.headers).time
        fact: PageActRecorded = codec.decode(record.topic, record.value or b"")
    except RefusedAtDoor as error:
        place = f"{record.topic}/{record.partition}/{record.offset}"
        log.warning("an act cannot be read and is left out", place=place, code=error.refusal.code)
        return None
    return at, fact
