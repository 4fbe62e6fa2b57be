"""Signing what an edge publishes for upstream systems: which key signs what. Pure.

What is signed stands in `schemas.signing`; a signature is made as the record is sent, since its instant is compared with the
broker's append time.
"""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime

from schemas.producers import ProducerKeyPublished, key_published
from schemas.signing import SigningKey
from schemas.topics import BY_NAME, UPSTREAM
from services.runtime.codec import Codec
from services.runtime.envelope import source_of
from services.runtime.errors import UserMistake
from services.runtime.records import OutputRecord

KEYS_SINCE = datetime(2020, 1, 1, tzinfo=UTC)
"""Since when the development keys are in force."""


class Signer:
    """Signs upstream records, each with the key of its source and of the system that owns its topic."""

    def __init__(self, keys: Iterable[SigningKey]) -> None:
        """Take the keys; without any, nothing is signed."""
        self._keys = {(key.system, key.source): key for key in keys}

    def signed(self, codec: Codec, record: OutputRecord, at: datetime) -> OutputRecord:
        """Give a record with its signature as of `at`; one that no upstream system says stays as it is.

        `UserMistake` where we have keys, and none for this system or source.
        """
        system = BY_NAME[record.topic].owner
        if not self._keys or system not in UPSTREAM:
            return record
        source = source_of(record.headers)
        key = self._keys.get((system, source))
        if key is None:
            whose = ", ".join(f"{one.system} ({one.source})" for one in self._keys.values())
            raise UserMistake(
                f"来自 {source} 的 {record.topic} 归 {system} 所有，此处的签名密钥属于：{whose}。",
                f"{record.topic} from {source} belongs to {system}; the signing keys here are of {whose}.",
            )
        return signed(codec, record, key, at)


def signed(codec: Codec, record: OutputRecord, key: SigningKey, at: datetime) -> OutputRecord:
    """Give a record with the headers of its signature as of `at`."""
    assert record.key is not None
    assert record.value is not None
    schema = codec.writer_of(record.value).fingerprint
    added = key.signature_headers(record.headers, record.key, record.value, schema, at)
    return record._replace(headers=(*record.headers, *added))


# --- keys -------------------------------------------------------------------------------------------


def source_of_system(system: str) -> str:
    """Name an upstream system as the CloudEvents source of what it says."""
    return f"urn:weihai:{system}"


def development_key(system: str, source: str = "", number: int = 1) -> SigningKey:
    """Give a key of tests and of the sandbox. It is published: a signature made with it proves nothing to anybody.

    `number` tells keys of one source apart.
    """
    source = source or source_of_system(system)
    words = f"shebao-mesh development signing key: public, never for real records: {system} {source} {number}"
    return SigningKey(hashlib.sha256(words.encode()).digest(), system, source)


def development_keys() -> list[SigningKey]:
    """Give one key for each upstream system."""
    return [development_key(system) for system in UPSTREAM]


def development_signer() -> Signer:
    """Give what signs in tests and in the sandbox for every upstream system."""
    return Signer(development_keys())


def development_published(keys: Iterable[SigningKey]) -> list[ProducerKeyPublished]:
    """Give the facts that publish development keys."""
    return [key_published(key, KEYS_SINCE, "开发环境", "shebao") for key in keys]
