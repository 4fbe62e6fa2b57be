"""Dead letters: what was refused, why, whether it was redriven since, and giving it to its service again."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from schemas.fact import Fact
from schemas.mesh import CommandIssued
from schemas.topics import commands_topic, dead_topic
from services.audit import words
from services.audit.reading import MeshReader
from services.audit.sealed_values import SealedValue, sealed_values
from services.runtime.codec import Codec
from services.runtime.dead import original_of
from services.runtime.envelope import envelope_of, source_of
from services.runtime.errors import UserMistake
from services.runtime.orders import refused_again_with
from services.runtime.records import Header, InputRecord
from services.runtime.refusals import RefusedAtDoor
from services.runtime.service import Service
from services.runtime.signatures import Producers

Coordinates = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One refused record. `name` is what people call it by: service/partition/offset in the dead-letter topic."""

    name: str
    service: Service
    original: InputRecord
    code: str
    detail: str
    reason: str
    source: str
    decided_at: datetime
    redriven: int
    """How often its record was given back."""
    is_open: bool
    """Whether it was not given back since: one that is refused once more after that is a letter of its own, open in its turn."""

    def refused_again_with(self, codec: Codec, now: datetime, producers: Producers | None = None) -> str:
        """Give the code with which the service would refuse it once more; empty where its rules would decide.

        It goes through the service's own door, as it is and inside the order that would give it back. `producers`: whose
        signatures count by now; None: signatures are not looked at.
        """
        hears = {kind.topic for kind in self.service.hears}
        return refused_again_with(codec, self.service, hears, self.original, max(now, self.decided_at), producers)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which dead letters; empty = all."""

    names: tuple[str, ...] = ()
    service: str = ""
    code: str = ""
    topic: str = ""
    only_open: bool = False

    def takes(self, letter: DeadLetter) -> bool:
        """Tell whether a letter is wanted."""
        return (
            (not self.names or letter.name in self.names)
            and self.service in ("", letter.service.name)
            and self.code in ("", letter.code)
            and self.topic in ("", letter.original.topic)
            and not (self.only_open and not letter.is_open)
        )


async def dead_letters(reader: MeshReader, services: Iterable[Service], wanted: Wanted) -> list[DeadLetter]:
    """Read dead letters, oldest first."""
    found = []
    for service in services:
        if wanted.service not in ("", service.name):
            continue
        redriven, before = await _redriven(reader, service), Counter[Coordinates]()
        async for record in reader.records([dead_topic(service.name)]):
            letter = _letter(service, record, redriven, before)
            if wanted.takes(letter):
                found.append(letter)
    missing = set(wanted.names) - {letter.name for letter in found}
    if missing:
        raise UserMistake(
            f"没有名为 {min(missing)} 的拒收记录，名称见 `shebao dead list`。",
            f"There is no dead letter {min(missing)}; `shebao dead list` shows their names.",
        )
    return sorted(found, key=lambda letter: (letter.decided_at, letter.name))


def content(reader: MeshReader, letter: DeadLetter) -> str:
    """Say what a dead record holds, as far as it can be read; sealed values stay sealed."""
    try:
        return words.sentence(_fact(reader, letter))
    except RefusedAtDoor as refused:
        return f"无法读取（{refused.refusal.code}）"
    except KeyError:
        return "无法读取（不是本网格的主题）"


PLACE = re.compile(r"\{[a-z_]+\}")
"""A value in a reason's text: a dead letter does not keep it; `shebao explain` tells the whole."""


def sealed_content(reader: MeshReader, letter: DeadLetter) -> list[SealedValue]:
    """Give what a dead record holds sealed, as far as it can be read."""
    try:
        return sealed_values([_fact(reader, letter)])
    except (RefusedAtDoor, KeyError):  # `content` says so
        return []


def _fact(reader: MeshReader, letter: DeadLetter) -> Fact:
    fact: Fact = reader.codec.decode(letter.original.topic, letter.original.value or b"")
    return fact


def _letter(
    service: Service, record: InputRecord, redriven: dict[Coordinates, int], before: Counter[Coordinates]
) -> DeadLetter:
    """Read one, and count it among the letters of its record: each order ends the oldest of them that is open."""
    original, why = original_of(record)
    place = (original.topic, original.partition, original.offset)
    times, letters_before = redriven.get(place, 0), before[place]
    before[place] += 1
    code = why["code"]
    template = service.text_of(code) or words.RUNTIME_TEXTS.get(code) or code
    return DeadLetter(
        name=f"{service.name}/{record.partition}/{record.offset}",
        service=service,
        original=original,
        code=code,
        detail=why["detail"],
        reason=PLACE.sub("…", template),
        source=source_of(original.headers),
        decided_at=datetime.fromisoformat(why["decided_at"]),
        redriven=times,
        is_open=times <= letters_before,
    )


async def _redriven(reader: MeshReader, service: Service) -> dict[Coordinates, int]:
    """How often each original was given back, by its coordinates: orders, however often each was written."""
    topic, orders = commands_topic(service.name), dict[Coordinates, set[str]]()
    async for record in reader.records([topic]):
        try:
            command: CommandIssued = reader.codec.decode(topic, record.value or b"")
        except RefusedAtDoor:
            continue  # a command that cannot be read was refused, and redrove nothing
        if command.original is not None:
            place = (command.original.topic, command.original.partition, command.original.offset)
            orders.setdefault(place, set()).add(_event_id(record.headers))
    return {place: len(ids) for place, ids in orders.items()}


def _event_id(headers: tuple[Header, ...]) -> str:
    """The id of an order; one that has none was refused, and all such of a record count as one."""
    try:
        return envelope_of(headers).id
    except RefusedAtDoor:
        return ""
