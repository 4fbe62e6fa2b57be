"""Signatures of upstream records: verified once, at the door, with the keys that the task has read. Pure.

What a signature must be is said by `schemas.signing`; whose it may be, by the `producer-key-published` facts. Its instant is
compared with the broker's append time, never with a clock, so that a replay years later, a redrive and a release decide
the same.
"""

import binascii
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Protocol

from schemas.decision import legal_date
from schemas.fact import Fact
from schemas.mesh import ParameterPublished
from schemas.producers import ProducerKeyPublished
from schemas.signing import (
    COVERED_HEADERS,
    KEY_ID_HEADER,
    SIGNATURE_HEADER,
    SIGNATURE_HEADERS,
    SIGNED_AT_HEADER,
    is_signed_by,
    statement,
)
from schemas.topics import BY_NAME
from services.runtime.codec import Codec
from services.runtime.envelope import instant_of
from services.runtime.records import Header, InputRecord, append_time
from services.runtime.refusals import RefusedAtDoor

STALE_AFTER = timedelta(minutes=15)
"""A record may reach the broker this long after it was signed, not later: who keeps one and says it again is told by it."""
AHEAD_MAX = timedelta(minutes=5)
"""A signer's clock may be this far ahead of the broker's."""
SIGNATURES_PARAMETER = "upstream-signatures"
REQUIRED, ACCEPTED = "required", "accepted"
"""Values of the parameter: every upstream record has to be signed, or those alone whose system has published a key."""

_KEYS, _PARAMETERS = ProducerKeyPublished.topic, ParameterPublished.topic
_TEXT_BYTES_MAX = 128
_SYSTEMS: Mapping[str, str] = {topic.name: topic.owner for topic in BY_NAME.values() if topic.is_upstream}
_NEEDED = (*SIGNATURE_HEADERS, *(name for name in COVERED_HEADERS if name not in SIGNATURE_HEADERS))
_READ = frozenset(_NEEDED)
_OF_SIGNATURES = frozenset(SIGNATURE_HEADERS)
_NAME = itemgetter(0)


class References(Protocol):
    """The reference facts a task knows."""

    def reference(self, topic: str, key: str) -> Fact | None:
        """Give what is known under a topic and key."""

    def references(self, topic: str) -> Iterable[Fact]:
        """Give every reference fact of a topic."""


class Producers:
    """Whose signatures count, as far as the task has read."""

    def __init__(self, known: References) -> None:
        self._known = known

    def key(self, key_id: str) -> ProducerKeyPublished | None:
        """Give a published key."""
        found = self._known.reference(ProducerKeyPublished.topic, key_id)
        return found if isinstance(found, ProducerKeyPublished) else None

    def must_sign(self, system: str, at: datetime) -> bool:
        """Tell whether records of a system that arrive at an instant have to be signed.

        They have to since its first key begins, or since that key says: nobody has to remember a switch, and no end of a key takes it
        back. The parameter asks it of systems that have no key yet.
        """
        for key in self._known.references(_KEYS):
            if isinstance(key, ProducerKeyPublished) and key.system == system and key.obliges_since <= at:
                return True
        asked = self._known.reference(_PARAMETERS, SIGNATURES_PARAMETER)
        if asked is None:
            return False
        said = asked.value_on(legal_date(at)) if isinstance(asked, ParameterPublished) else None
        return said not in (None, ACCEPTED)  # a slip of the pen opens nothing


def check_signature(record: InputRecord, codec: Codec, producers: Producers) -> None:
    """Refuse an upstream record whose signature does not count, or that should have one; others pass unseen.

    What costs nothing is looked at first, the signature last. `RefusedAtDoor` names what is wrong.
    """
    system = _SYSTEMS.get(record.topic)
    if system is None:
        return
    appended = append_time(record)
    if _OF_SIGNATURES.isdisjoint(map(_NAME, record.headers)):
        if producers.must_sign(system, appended):
            raise RefusedAtDoor("signature-missing", system)
        return
    found = _read(record.headers)
    signature, signed_at = _signature(found), _signed_at(found)
    key = producers.key(found[KEY_ID_HEADER].decode("utf-8", "replace"))
    if key is None:
        raise RefusedAtDoor("signing-key-unknown")
    if (key.system, key.source.encode()) != (system, found["ce_source"]):
        raise RefusedAtDoor("signing-key-of-another-producer", f"{key.system} {key.source}")
    if not key.is_in_force(signed_at):
        raise RefusedAtDoor("signing-key-not-in-force", key.key_id)
    if signed_at < appended - STALE_AFTER:
        raise RefusedAtDoor("signature-stale", f"signed at {signed_at.isoformat()}")
    if signed_at > appended + AHEAD_MAX:
        raise RefusedAtDoor("signature-ahead", f"signed at {signed_at.isoformat()}")
    assert record.key is not None
    assert record.value is not None
    signed = statement(found, record.key, record.value, codec.writer_of(record.value).fingerprint)
    if not is_signed_by(key.public_key, signature, signed):
        raise RefusedAtDoor("signature-wrong", key.key_id)


def _read(headers: tuple[Header, ...]) -> dict[str, bytes]:
    """Give the headers that matter here; what is double among the signature's own is malformed."""
    found: dict[str, bytes] = {}
    for name, value in headers:
        if name not in _READ:
            continue
        if name in SIGNATURE_HEADERS and (name in found or not value or len(value) > _TEXT_BYTES_MAX):
            raise RefusedAtDoor("signature-malformed", f"{name} is double, empty or too long")
        found[name] = value or b""
    return found


def _signature(found: Mapping[str, bytes]) -> bytes:
    for name in _NEEDED:
        if name not in found:
            code = "signature-malformed" if name in SIGNATURE_HEADERS else "envelope-invalid"
            raise RefusedAtDoor(code, f"{name} is missing")
    text = found[SIGNATURE_HEADER]
    try:
        signature = binascii.a2b_base64(text, strict_mode=True)
    except binascii.Error:
        raise RefusedAtDoor("signature-malformed", "the signature is not base64") from None
    if binascii.b2a_base64(signature, newline=False) != text:  # one signature has one spelling
        raise RefusedAtDoor("signature-malformed", "the signature has bits that mean nothing")
    return signature


def _signed_at(found: Mapping[str, bytes]) -> datetime:
    try:
        return instant_of(found[SIGNED_AT_HEADER].decode("ascii"))
    except (ValueError, OverflowError):
        raise RefusedAtDoor("signature-malformed", f"{SIGNED_AT_HEADER} is no instant with a zone") from None
