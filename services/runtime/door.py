"""The door: a record is decoded and validated here, once, or refused with a code. Pure."""

import hashlib
import re
from datetime import datetime, timedelta

import msgspec

from schemas.fact import Fact
from schemas.mesh import ClockTicked
from schemas.topics import BY_NAME, RECORD_BYTES_MAX
from services.runtime.cases import DIGEST_BYTES
from services.runtime.codec import PREFIX_BYTES, Codec
from services.runtime.envelope import Envelope, envelope_of, event_type
from services.runtime.records import InputRecord, partition_of
from services.runtime.refusals import RefusedAtDoor
from services.runtime.signatures import Producers, check_signature

FUTURE_MAX = timedelta(hours=24)
"""A fact may lie this far ahead of now (clocks differ), not further."""

HEADERS_BYTES_MAX = 64 * 1024
"""Most that headers may hold: a case may keep records whole, and contracts bound only what stands in the value."""
HEADER_BYTES = 16
"""What each header counts beside what it holds: an empty one takes two bytes in its topic, ten where a record is kept whole."""

KEY_FORMAT = re.compile(rb"[A-Za-z0-9][A-Za-z0-9._:-]{0,99}")
KEY_BYTES_MAX = 100


class Event(msgspec.Struct, frozen=True, gc=False):
    """A record that passed the door. `digest` covers the content without the registry prefix."""

    fact: Fact
    envelope: Envelope
    case_key: str
    digest: bytes


def admit(
    record: InputRecord, codec: Codec, now: datetime | None, partitions: int, producers: Producers | None = None
) -> Event:
    """Decode and check one record; `RefusedAtDoor` says why it may not pass.

    `now` None: the record says what time it is, so it cannot be early. `partitions` 0: it need not lie on its key's
    partition. `producers`: whose signatures count; None: signatures are not looked at.
    Checks run from the outside in, so that the code names the first thing a sender has to mend.
    """
    if record.names_altered:
        raise RefusedAtDoor("header-name-undecodable")
    _check_size(record)
    if record.value is None:
        raise RefusedAtDoor("value-null")
    if record.key is None:
        raise RefusedAtDoor("key-null")
    if not is_key(record.key):
        raise RefusedAtDoor("key-foreign")
    if producers is not None:  # before anything is decoded: what a stranger made is not even read
        check_signature(record, codec, producers)
    fact = codec.decode(record.topic, record.value)
    envelope = envelope_of(record.headers)
    if envelope.type != event_type(record.topic):
        raise RefusedAtDoor("type-of-another-topic", envelope.type)
    case_key = record.key.decode("ascii")
    if fact.case_key != case_key:
        raise RefusedAtDoor("key-not-subject")
    if partitions and not fact.broadcast:
        _check_partition(record, record.key, partitions)
    if now is not None and envelope.time > now + FUTURE_MAX and not _is_said_inside(record.topic, fact):
        raise RefusedAtDoor("fact-in-the-future")
    return Event(fact, envelope, case_key, content_digest(record.value))


def _is_said_inside(topic: str, fact: Fact) -> bool:
    """A fact of our own services: where the clock is simulated, its tick may not have reached this task yet."""
    return not fact.broadcast and topic in BY_NAME and not BY_NAME[topic].is_upstream


def admit_tick(record: InputRecord, codec: Codec, appended: datetime) -> tuple[Event, ClockTicked]:
    """Let a tick in. A simulated clock may say any time; a real one not a time far ahead of the broker's own."""
    event = admit(record, codec, None, 0)
    tick = event.fact
    assert isinstance(tick, ClockTicked)
    if not tick.simulated and tick.now > appended + FUTURE_MAX:
        raise RefusedAtDoor("fact-in-the-future", "a real clock ahead of the broker's")
    return event, tick


def is_key(key: bytes) -> bool:
    """Tell whether a key is one of this mesh; nearly every one has letters and digits alone, which is told without the pattern."""
    return (len(key) <= KEY_BYTES_MAX and key.isalnum()) or KEY_FORMAT.fullmatch(key) is not None


def content_digest(value: bytes) -> bytes:
    """Digest of a value without its registry prefix: the same content under another schema id is the same."""
    return hashlib.blake2b(memoryview(value)[PREFIX_BYTES:], digest_size=DIGEST_BYTES).digest()


def _check_size(record: InputRecord) -> None:
    headers = 0
    for name, value in record.headers:
        headers += len(name) + (len(value) if value else 0)
    size = len(record.key or b"") + len(record.value or b"") + headers
    if size > RECORD_BYTES_MAX or headers + HEADER_BYTES * len(record.headers) > HEADERS_BYTES_MAX:
        raise RefusedAtDoor("record-too-large", f"{size} bytes, {headers} of them headers")


def _check_partition(record: InputRecord, key: bytes, partitions: int) -> None:
    right = partition_of(key, partitions)
    if right != record.partition:
        raise RefusedAtDoor("partition-wrong", f"key belongs to partition {right}")
