"""The public keys of upstream systems, as they stand on their topic: reading, publishing, ending."""

import base64
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from schemas.fact import Fact
from schemas.mesh import ParameterPublished
from schemas.producers import ProducerKeyPublished
from schemas.signing import SigningKey, key_id_of
from schemas.topics import UPSTREAM
from services.audit.reading import MeshReader
from services.runtime.errors import UserMistake
from services.runtime.orders import CONSOLE_SOURCE
from services.runtime.publishing import published_everywhere, upstream_id
from services.runtime.refusals import RefusedAtDoor

FIRST_KEY_AHEAD = timedelta(minutes=15)
"""So long before its beginning a system's first key is published."""
Base64Text = Annotated[str, Field(pattern=r"^[A-Za-z0-9+/]{43}=$")]
"""32 bytes as base64."""


class PublicKeyFile(BaseModel):
    """What a producer hands over to have its key published; nothing in it is secret."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key_id: str
    system: str
    source: Annotated[str, Field(min_length=1, max_length=200)]
    public_key: Base64Text

    @property
    def raw(self) -> bytes:
        """The bytes of the key."""
        return base64.b64decode(self.public_key)


def public_half(key: SigningKey) -> str:
    """Give the text of the file a producer hands over."""
    text = base64.b64encode(key.public_key).decode()
    held = PublicKeyFile(key_id=key.key_id, system=key.system, source=key.source, public_key=text)
    return held.model_dump_json(indent=2) + "\n"


def read_public_half(path: Path) -> PublicKeyFile:
    """Read what a producer handed over; `UserMistake` says what is wrong with it."""
    try:
        held = PublicKeyFile.model_validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise UserMistake(
            f"{path} 不是上报单位的公钥。", f"{path} is no public key of a producer: {place} {first['msg']}."
        ) from None
    if held.system not in UPSTREAM:
        raise UserMistake(
            f"没有上游系统 {held.system}，可选：{'、'.join(UPSTREAM)}。",
            f"There is no upstream system {held.system}; there are {', '.join(UPSTREAM)}.",
        )
    if held.key_id != key_id_of(held.raw, held.system, held.source):
        raise UserMistake(
            f"{path} 中的密钥编号 {held.key_id} 与其内容不符。",
            f"{path} names the key {held.key_id}, which is not made of what stands in it.",
        )
    return held


class KnownReferences:
    """What a task that has read everything knows of producers: keys and parameters, each as its highest revision has it."""

    def __init__(self, facts: Iterable[Fact]) -> None:
        self._found: dict[str, dict[str, Fact]] = {}
        for fact in facts:
            kept = self._found.setdefault(fact.topic, {})
            known = kept.get(fact.case_key)
            if known is None or getattr(known, "revision", 1) < getattr(fact, "revision", 1):
                kept[fact.case_key] = fact

    def reference(self, topic: str, key: str) -> Fact | None:
        """Give what is known under a topic and key."""
        return self._found.get(topic, {}).get(key)

    def references(self, topic: str) -> list[Fact]:
        """Give every reference fact of a topic."""
        return list(self._found.get(topic, {}).values())


async def known_references(reader: MeshReader) -> KnownReferences:
    """Read what tasks know of producers."""
    found: list[Fact] = []
    async for record in reader.records((ProducerKeyPublished.topic, ParameterPublished.topic)):
        try:
            found.append(reader.codec.decode(record.topic, record.value or b""))
        except RefusedAtDoor:
            continue  # tasks refuse it as well, and say so
    return KnownReferences(found)


async def known_keys(reader: MeshReader) -> dict[str, ProducerKeyPublished]:
    """Give every key as its highest revision has it, by id, in the order of systems and beginnings."""
    found = (await known_references(reader)).references(ProducerKeyPublished.topic)
    keys = [key for key in found if isinstance(key, ProducerKeyPublished)]
    ordered = sorted(keys, key=lambda key: (key.system, key.source, key.begins_at, key.key_id))
    return {key.key_id: key for key in ordered}


def earliest_beginning(known: Iterable[ProducerKeyPublished], system: str, now: datetime) -> datetime | None:
    """Give when a key of a system may begin; None: at any time.

    A system's first key begins somewhat later than it is published: from then on nobody may go unsigned, and every task is to have read it by
    then. Another key may begin at any time, also before now: nothing hangs on who reads it first.
    """
    has_one = any(key.system == system for key in known)
    return None if has_one else now + FIRST_KEY_AHEAD


def first_word(
    held: PublicKeyFile, begins_at: datetime, demanded_since: datetime | None, authority: str, by: str
) -> ProducerKeyPublished:
    """Give the fact that publishes a key."""
    return ProducerKeyPublished(
        key_id=held.key_id,
        public_key=held.raw,
        system=held.system,
        source=held.source,
        begins_at=begins_at,
        demanded_since=demanded_since,
        authority=authority,
        published_by=by,
    )


def last_word(
    key: ProducerKeyPublished, ends_at: datetime, because: str, authority: str, by: str
) -> ProducerKeyPublished:
    """Give the fact that ends a key; `UserMistake` where it would end before it begins."""
    if ends_at < key.begins_at:
        raise UserMistake(
            f"密钥 {key.key_id} 自 {key.begins_at.isoformat()} 起生效，不能早于此时终止。",
            f"The key {key.key_id} begins at {key.begins_at.isoformat()} and cannot end before that.",
        )
    changes = {
        "ends_at": ends_at,
        "ended_because": because,
        "authority": authority,
        "published_by": by,
        "revision": key.revision + 1,
    }
    return ProducerKeyPublished.model_validate(key.model_dump() | changes)


async def publish_key(reader: MeshReader, key: ProducerKeyPublished, now: datetime) -> None:
    """Say it on every partition; the same word again changes nothing."""
    event_id = upstream_id(CONSOLE_SOURCE, key.key_id, key.revision)
    await reader.append(published_everywhere(reader.codec, key, event_id, CONSOLE_SOURCE, now, reader.partitions))
