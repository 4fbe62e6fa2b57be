"""How a producer signs what it says: what is signed, in which headers that stands, and the key that does it.

Ed25519 (RFC 8032) over the record's id, source, type, time, key and value. The registry prefix is not signed, so that a
rebuilt registry may give a schema another number; the schema's fingerprint is, so that nobody can have the same bytes
read by another schema. Trace headers (`traceparent`, `ce_correlationid`, `ce_causationid`, `ce_sequence`) are not signed.
"""

import base64
import hashlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

FORM = b"shebao-upstream-record/1"
"""Stands in what is signed, so that no other statement of ours can ever be taken for a record."""
KEY_ID_HEADER = "ce_signkeyid"
SIGNED_AT_HEADER = "ce_signedat"
SIGNATURE_HEADER = "ce_signature"
SIGNATURE_HEADERS = (KEY_ID_HEADER, SIGNED_AT_HEADER, SIGNATURE_HEADER)
COVERED_HEADERS = ("ce_id", "ce_source", "ce_type", "ce_time", KEY_ID_HEADER, SIGNED_AT_HEADER)
"""Headers that are signed, in the order in which they stand in the statement, as the bytes that were sent."""
KEY_BYTES = 32
_PREFIX_BYTES = 5
_LENGTH_BYTES = 4

SentHeader = tuple[str, bytes | None]


def statement(headers: Mapping[str, bytes], key: bytes, value: bytes, schema: str) -> bytes:
    """Give what is signed: form, covered headers, schema, key and content, each behind its length (4 bytes, big-endian).

    `value` stands as on the wire; what is signed of it begins behind the registry prefix. `schema`: `avro.fingerprint` (hex).
    KeyError where a covered header is missing.
    """
    covered = [headers[name] for name in COVERED_HEADERS]
    parts = (FORM, *covered, bytes.fromhex(schema), key, value[_PREFIX_BYTES:])
    return b"".join([len(part).to_bytes(_LENGTH_BYTES, "big") + part for part in parts])


def key_id_of(public_key: bytes, system: str, source: str) -> str:
    """Name a public key: `s1-` and 24 hex digits of the SHA-256 of whose it is and its 32 bytes.

    So no later word about a key can give it to somebody else.
    """
    named = b"\x00".join((b"signing key", system.encode(), source.encode(), public_key))
    return "s1-" + hashlib.sha256(named).hexdigest()[:24]


def is_signed_by(public_key: bytes, signature: bytes, signed: bytes) -> bool:
    """Tell whether the holder of a key signed a statement."""
    try:
        _ready(public_key).verify(signature, signed)
    except InvalidSignature:
        return False
    return True


@lru_cache(maxsize=1_000)
def _ready(public_key: bytes) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(public_key)


class SigningKey:
    """Signs the records of one source of one upstream system. Holds the private key; does not show it."""

    def __init__(self, private_key: bytes, system: str, source: str) -> None:
        """Take the 32 bytes of an Ed25519 private key; ValueError when there are more or fewer.

        `system`: the owner of the topics in the inventory. `source`: the `ce_source` of everything it signs.
        """
        self._key = Ed25519PrivateKey.from_private_bytes(private_key)
        self.system, self.source = system, source
        self.public_key = self._key.public_key().public_bytes_raw()
        self.key_id = key_id_of(self.public_key, system, source)

    def __repr__(self) -> str:
        """Name the key; the secret does not show in logs."""
        return f"SigningKey(key_id={self.key_id!r}, system={self.system!r}, source={self.source!r})"

    def signature_headers(
        self, headers: Iterable[SentHeader], key: bytes, value: bytes, schema: str, signed_at: datetime
    ) -> tuple[tuple[str, bytes], ...]:
        """Give the three headers to be sent beside the others.

        `headers`: the record's `ce_*` headers. `value`: as on the wire, with its prefix. `schema`: the fingerprint of the schema
        it is written with. `signed_at`: the instant of sending, for the mesh compares it with the broker's. ValueError where a
        header to be signed is missing, or another source's.
        """
        found = {name: content for name, content in headers if content is not None}
        if found.get("ce_source") != self.source.encode():
            raise ValueError(f"this key signs for {self.source} alone")
        found[KEY_ID_HEADER] = self.key_id.encode()
        found[SIGNED_AT_HEADER] = signed_at.astimezone(UTC).isoformat().replace("+00:00", "Z").encode()
        missing = [name for name in COVERED_HEADERS if name not in found]
        if missing:
            raise ValueError(f"{missing[0]} is to be signed and is not there")
        signature = base64.b64encode(self._key.sign(statement(found, key, value, schema)))
        return (
            (KEY_ID_HEADER, found[KEY_ID_HEADER]),
            (SIGNED_AT_HEADER, found[SIGNED_AT_HEADER]),
            (SIGNATURE_HEADER, signature),
        )
