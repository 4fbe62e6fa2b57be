"""The memory twin behind the console's ports: the whole mesh in this process, its providers simulated."""

import hashlib
from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from datetime import datetime, timedelta

from schemas.documents import DocumentRequested, receipt_text
from schemas.effects import EffectRequest
from schemas.fact import Fact
from schemas.notifications import DeliveryRequested
from schemas.topics import PARTITIONS
from schemas.vocabulary import Channel
from services.audit.replaying import ReplayFindings, replay_service
from services.console.all_services import ALL_SERVICES
from services.notifications.call_list import OUTCOMES, promised
from services.runtime.codec import Codec
from services.runtime.effects import DONE, FAILED, Attempt
from services.runtime.memory import MemoryMesh
from services.runtime.records import InputRecord, OutputRecord
from services.sandbox.calls import call_outcome, promised_on
from services.sandbox.printer import card_serial


def deliver(request: EffectRequest, is_lookup: bool) -> Attempt:
    """Answer as the sandbox's call list and mail server do: the outcome of a call follows from its id alone."""
    assert isinstance(request, DeliveryRequested)
    if request.contact is None:
        return Attempt(FAILED, "no-contact")
    if request.channel is Channel.EMAIL:
        return Attempt(DONE, "mail-accepted", request.effect_id)
    known = OUTCOMES[call_outcome(request.effect_id)]
    return promised(known, request.effect_id, promised_on(request.effect_id, request.occurred_on))


def print_card(request: EffectRequest, is_lookup: bool) -> Attempt:
    """Answer as the sandbox's card printer does: the serial follows from the job alone."""
    return Attempt(DONE, "printed", card_serial(request.effect_id))


def make_out(request: EffectRequest, is_lookup: bool) -> Attempt:
    """Answer as the document store does, without setting a page: the hash follows from the request alone."""
    assert isinstance(request, DocumentRequested)
    content = request.model_dump_json().encode()
    receipt = receipt_text(hashlib.sha256(content).hexdigest(), len(content), 1, "not-set-in-memory")
    return Attempt(DONE, "rendered", receipt)


CLOCK_SOURCE = "/services/clock"
MOMENT = timedelta(milliseconds=1)
PORTS = {"deliveries": deliver, "card-printer": print_card, "documents": make_out}
"""The simulated providers by the name of their port."""


class InMemoryMesh:
    """A `MeshReader` and a demo mesh over the memory twin."""

    def __init__(self, begins_at: datetime, partitions: int = PARTITIONS) -> None:
        self.twin = MemoryMesh(ALL_SERVICES, begins_at, dict(PORTS), partitions)

    @property
    def codec(self) -> Codec:
        """The twin's codec."""
        return self.twin.codec

    @property
    def partitions(self) -> int:
        """The twin's."""
        return self.twin.partitions

    @property
    def now(self) -> datetime:
        """The mesh's clock."""
        return self.twin.clock

    @property
    def broker_now(self) -> datetime:
        """The twin stamps with its own clock."""
        return self.twin.clock

    async def records(self, topics: Collection[str]) -> AsyncIterator[InputRecord]:
        """Give every record of the topics."""
        for topic in topics:
            for record in self.twin.records(topic):
                yield record

    async def by_task(
        self, topics: Collection[str], partitions: Iterable[int]
    ) -> AsyncIterator[tuple[int, list[InputRecord]]]:
        """Give the same, one partition number after the other."""
        for partition in partitions:
            records = [record async for record in self.records(topics) if record.partition == partition]
            yield partition, records

    async def append(self, records: Sequence[OutputRecord]) -> None:
        """Append records at the twin's clock, a moment after what was appended before."""
        self.twin.clock += MOMENT
        for record in records:
            self.twin.append(record)

    async def broadcast(self, facts: Sequence[Fact]) -> None:
        """Say facts on every partition, as the clock does."""
        for fact in facts:
            self.twin.publish(fact, source=CLOCK_SOURCE)

    async def tick(self, now: datetime) -> None:
        """Say that it is `now`, simulated, and let every case that is due be looked at."""
        self.twin.tick(now)

    async def settle(self) -> None:
        """Return when nothing is left to read and no effect is under way."""
        self.twin.run()

    async def next_due(self) -> datetime | None:
        """The earliest instant at which any case is due."""
        return self.twin.next_due()

    async def replayed(self) -> list[ReplayFindings]:
        """Decide everything again from the log, service by service."""
        return [await replay_service(self, service) for service in ALL_SERVICES]
