"""Operators' orders: each a recorded `CommandIssued` on the service's own command topic, in the order of its decisions.

Shared by whoever gives orders for people: the console and the page.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from schemas.mesh import CommandIssued, OriginalHeader, OriginalRecord
from schemas.topics import commands_topic
from services.runtime.codec import Codec
from services.runtime.commands import original_record
from services.runtime.door import KEY_FORMAT, admit
from services.runtime.envelope import Envelope, event_type, headers_of, traceparent_after
from services.runtime.errors import UserMistake
from services.runtime.private_numbers import hidden
from services.runtime.records import InputRecord, OutputRecord, derived_id, partition_of
from services.runtime.refusals import RefusedAtDoor
from services.runtime.signatures import Producers

CONSOLE_SOURCE = "/console"
PAGE_SOURCE = "/page"
RESUME_SUBJECT = "task"
TEXT_CHARACTERS_MAX = 200
MASK = "[已隐去]"
"""Stands for a number of a person in the reason of an order."""


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who gives an order, and why; both are kept with it."""

    name: str
    explanation: str

    def __post_init__(self) -> None:
        if not self.explanation.strip():
            raise UserMistake(
                "下达指令须写明原因，请填 --because。", "An order is recorded with its reason: give one with --because."
            )
        if max(len(self.name), len(self.explanation)) > TEXT_CHARACTERS_MAX:
            raise UserMistake(
                f"姓名和原因各不超过 {TEXT_CHARACTERS_MAX} 个字。",
                f"Name and reason may have {TEXT_CHARACTERS_MAX} characters each.",
            )


class Addressee(Protocol):
    """Who is given an order: a service as it runs, or as the inventory of topics names it."""

    @property
    def name(self) -> str:
        """Its name in the inventory."""

    @property
    def partitions(self) -> int:
        """How many tasks it has."""


@dataclass(frozen=True, slots=True)
class Named:
    """A service by its name and the number of its tasks: enough to give it an order."""

    name: str
    partitions: int


class Written(Protocol):
    """Where orders are written."""

    @property
    def codec(self) -> Codec:
        """Has agreed on the contract of orders."""

    async def append(self, records: Sequence[OutputRecord]) -> None:
        """Write records, and return when they are safe."""


NOBODY = Issuer("-", "-")
"""Issuer of an order that is only tried."""


@dataclass(frozen=True, slots=True)
class Order:
    """One order, ready to be written."""

    service: Addressee
    partition: int
    action: str
    subject: str
    original: OriginalRecord | None = None


def release_order(service: Addressee, case_key: str) -> Order:
    """Decide a parked case's records again, in order."""
    return Order(service, partition_of(_subject(case_key), service.partitions), "release", case_key)


def reconcile_order(service: Addressee, case_key: str) -> Order:
    """Ask the provider what became of a case's unclear effects."""
    return Order(service, partition_of(_subject(case_key), service.partitions), "reconcile", case_key)


def resume_order(service: Addressee, partition: int) -> Order:
    """End a halt of one task."""
    return Order(service, partition, "resume", RESUME_SUBJECT)


def redrive_order(service: Addressee, original: InputRecord) -> Order:
    """Decide a dead record again: its bytes, headers and id as they were."""
    subject = (original.key or b"").decode("ascii", "replace")
    partition = partition_of(_subject(subject), service.partitions)
    enclosed = OriginalRecord(
        topic=original.topic,
        partition=original.partition,
        offset=original.offset,
        append_time_ms=original.append_time_ms,
        key=original.key,
        value=original.value,
        headers=tuple(OriginalHeader(name=name, value=value) for name, value in original.headers),
    )
    return Order(service, partition, "redrive", subject, enclosed)


async def issue(mesh: Written, order: Order, issuer: Issuer, now: datetime) -> str:
    """Write an order; gives its id. The same order at another instant is another order."""
    event_id, record = command_record(mesh.codec, order, issuer, now)
    await mesh.append([record])
    return event_id


def command_record(
    codec: Codec, order: Order, issuer: Issuer, now: datetime, source: str = CONSOLE_SOURCE
) -> tuple[str, OutputRecord]:
    """Give the id of an order and the record it is written as. The same order of the same source and instant has the same id."""
    fact = CommandIssued(
        subject=order.subject,
        action=order.action,
        issued_by=issuer.name,
        explanation=hidden(issuer.explanation, MASK),  # it stands in the decision records for good
        original=order.original,
    )
    topic = commands_topic(order.service.name)
    place = (
        "" if order.original is None else f"{order.original.topic}/{order.original.partition}/{order.original.offset}"
    )
    parts = (source, order.service.name, str(order.partition), order.action, order.subject, place, now.isoformat())
    event_id = derived_id(parts)
    trace = traceparent_after(None, event_id, event_id)
    envelope = Envelope(event_id, source, event_type(topic), now, event_id, "", 0, trace)
    return event_id, OutputRecord(
        topic, order.partition, order.subject.encode(), codec.encode(topic, fact), headers_of(topic, envelope)
    )


def refused_again_with(
    codec: Codec,
    service: Addressee,
    hears: Collection[str],
    original: InputRecord,
    now: datetime,
    producers: Producers | None = None,
) -> str:
    """Give the code with which a service would refuse a dead record once more; empty where its rules would decide.

    It goes through the service's own door, as it is and inside the order that would give it back. `hears`: topics of facts of
    cases that the service hears. `producers`: whose signatures count by now; None: signatures are not looked at.
    """
    if original.topic not in hears:
        return "topic-not-of-cases"
    if not KEY_FORMAT.fullmatch(original.key or b""):
        return "key-foreign"
    order = redrive_order(service, original)
    assert order.original is not None
    _, command = command_record(codec, order, NOBODY, now)
    try:
        admit(original_record(order.original, order.partition), codec, now, service.partitions, producers)
        admit(as_read(command), codec, now, 0)
    except RefusedAtDoor as refused:
        return refused.refusal.code
    return ""


def as_read(record: OutputRecord) -> InputRecord:
    """Give a record as its reader would read it."""
    return InputRecord(record.topic, record.partition, 0, 0, record.key, record.value, record.headers)


def _subject(case_key: str) -> bytes:
    key = case_key.encode()
    if not KEY_FORMAT.fullmatch(key):
        raise UserMistake(
            f"{case_key!r} 不可能是案件键，案件键见 `shebao explain`。",
            f"{case_key!r} is no key that a case could have; `shebao explain` shows keys of cases.",
        )
    return key
