"""From a dead letter to its row: why it was refused, and what it holds, readable and masked. Its bytes stay in the topic. Pure."""

import json
from typing import Any

import msgspec

from schemas import topics
from schemas.fact import Fact
from schemas.signing import SIGNATURE_HEADER
from services.audit import words
from services.page.store import tables
from services.page.store.changes import Changes, micros_of
from services.page.store.masking import masked_text
from services.page.store.projection_facts import bounded, district_of
from services.runtime.codec import Codec
from services.runtime.dead import split_dead
from services.runtime.door import KEY_FORMAT
from services.runtime.envelope import instant_of, source_of
from services.runtime.records import Header, InputRecord
from services.runtime.refusals import RefusedAtDoor

FIELDS_MAX, HEADERS_MAX = 100, 40
CONTENT_CHARACTERS_MAX = 2_000
_KINDS_ZH = {str: "文字", bool: "是否", int: "数字", float: "数字", list: "列表", dict: "对象"}
_encode = msgspec.json.Encoder().encode
_SERVICE_OF = {topics.dead_topic(name): name for name in topics.SERVICES}


def take_dead(record: InputRecord, codec: Codec, changes: Changes) -> None:
    """Take in one dead letter."""
    headers, why = split_dead(record.headers)
    try:
        coordinates = {"from_partition": int(why["partition"]), "from_offset": int(why["offset"])}
        decided_at = micros_of(instant_of(why["decided_at"]))
    except (KeyError, ValueError, OverflowError):
        return  # no service of ours wrote it, so there is nothing to give back
    fact, fault = _read(why["topic"], record.value, codec)
    content = f"无法读取（{fault}）{_shape(record.value)}" if fact is None else words.sentence(fact)
    row = {
        "service": _SERVICE_OF[record.topic],
        "partition": record.partition,
        "offset": record.offset,
        "code": bounded(why["code"]),
        "detail": bounded(why["detail"]),
        "topic": bounded(why["topic"]),
        **coordinates,
        "source": bounded(words.visible(source_of(headers))),
        "district": district_of(fact),
        "case_key": _key(record.key),
        "decided_at": decided_at,
        "content": masked_text(content[:CONTENT_CHARACTERS_MAX]),
        "fields": _encode(_fields(record.value) if fact is None else _readable(fact)).decode(),
        "headers": _encode(_shown(headers)).decode(),
    }
    changes.insert(tables.dead, row)


def _read(topic: str, value: bytes | None, codec: Codec) -> tuple[Fact | None, str]:
    """The fact, or the code of what keeps it from being read."""
    try:
        return codec.decode(topic, value or b""), ""
    except RefusedAtDoor as refused:
        return None, refused.refusal.code
    except KeyError:
        return None, "topic-unknown"


def _key(key: bytes | None) -> str:
    """Only a key of ours is shown: another may be anything."""
    return masked_text(key.decode()) if key is not None and KEY_FORMAT.fullmatch(key) else ""


def _readable(fact: Fact) -> list[tuple[str, str]]:
    shown = [(name, words.visible(words.value_text(name, value))) for name, value in fact]
    return [(name, masked_text(text[:CONTENT_CHARACTERS_MAX])) for name, text in shown[:FIELDS_MAX]]


def _shape(value: bytes | None) -> str:
    return "，没有内容" if value is None else f"，{len(value)} 字节"


def _fields(value: bytes | None) -> list[tuple[str, str]]:
    """Of what is no record of ours only the shape: it may hold anybody's name in clear."""
    found = _json_object(value)
    if found is None:
        return [("开头", (value or b"")[:8].hex(" "))] if value else []
    named = list(found.items())[:FIELDS_MAX]
    return [(bounded(words.visible(name)), _kind(part)) for name, part in named]


def _json_object(value: bytes | None) -> dict[str, Any] | None:
    try:
        found = json.loads(value or b"")
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _kind(part: Any) -> str:
    kind = _KINDS_ZH.get(type(part), "空")
    return f"{kind}，{len(part)}" if isinstance(part, str | list | dict) else kind


def _shown(headers: tuple[Header, ...]) -> list[tuple[str, str]]:
    return [
        (bounded(words.visible(name)), bounded(words.visible((value or b"").decode("utf-8", "replace"))))
        for name, value in headers[:HEADERS_MAX]
        if name != SIGNATURE_HEADER
    ]
