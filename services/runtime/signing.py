"""Signing what an edge publishes for upstream systems: which key signs what, and where private keys come from.

A private key comes from a file or the environment, never from an argument, and shows in no log or message. What is signed
stands in `schemas.signing`; a signature is made as the record is sent, since its instant is compared with the broker's.
"""

import base64
import binascii
import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from schemas.producers import ProducerKeyPublished, key_published
from schemas.signing import SigningKey
from schemas.topics import BY_NAME, UPSTREAM
from services.runtime.codec import Codec
from services.runtime.envelope import source_of
from services.runtime.errors import UserMistake, WillNotStart
from services.runtime.records import OutputRecord
from services.runtime.sealing import DEVELOPMENT, given_text

SIGNING_KEY_VARIABLE = "SHEBAO_SIGNING_KEY"
UNSIGNED = "unsigned"
"""Value of the variable that publishes without signatures: for a mesh whose systems have no keys yet."""
KEYS_SINCE = datetime(2020, 1, 1, tzinfo=UTC)
"""Since when the development keys are in force."""


class _KeyFile(BaseModel):
    """A private key as it stands in its file, with whose it is."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    system: Annotated[str, Field(min_length=1)]
    source: Annotated[str, Field(min_length=1, max_length=200)]
    private_key: SecretStr


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
                f"{record.topic} from {source} belongs to {system}; the signing keys here are of {whose}."
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


def new_key(system: str, source: str) -> tuple[SigningKey, str]:
    """Make a key; gives it, and the text of the file that holds its private half."""
    private = Ed25519PrivateKey.generate().private_bytes_raw()
    held = {"system": system, "source": source, "private_key": base64.b64encode(private).decode()}
    return SigningKey(private, system, source), json.dumps(held, indent=2) + "\n"


def write_new_file(path: Path, text: str, mode: int) -> None:
    """Write a new file that those may read whom `mode` names; `UserMistake` where there is one, or no folder."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except OSError as error:
        raise UserMistake(f"The key cannot be written to {path} ({error.strerror}); name a new file.") from None
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)


def signer_from_environment(environment: Mapping[str, str] | None = None) -> Signer:
    """Give the signer of the key in `SHEBAO_SIGNING_KEY`, or in the file that `SHEBAO_SIGNING_KEY_FILE` names.

    The word `development` asks for the published keys, `unsigned` for none. `WillNotStart`, naming the variable, when it is
    missing or holds no key.
    """
    text = given_text(os.environ if environment is None else environment, SIGNING_KEY_VARIABLE)
    if text == DEVELOPMENT:
        return development_signer()
    return Signer([]) if text == UNSIGNED else Signer([_key_in(text)])


def _key_in(text: str) -> SigningKey:
    wrong = WillNotStart(
        f"{SIGNING_KEY_VARIABLE} holds no signing key: make one with `shebao keys new`, or say {UNSIGNED}."
    )
    try:
        held = _KeyFile.model_validate_json(text)
        private = base64.b64decode(held.private_key.get_secret_value(), validate=True)
        return SigningKey(private, held.system, held.source)
    except (ValidationError, binascii.Error, ValueError):
        raise wrong from None
