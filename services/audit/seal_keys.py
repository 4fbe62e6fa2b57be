"""Keys of seals: the private one of the sealer, and the public ones of everybody who verifies, each with its period.

Ed25519 (RFC 8032). The private key comes from a file or the environment, never from an argument, and shows in no log.
Public keys stand in a file with the period of each: a key that was rotated out goes on verifying what it sealed then.
"""

import base64
import binascii
import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from schemas.audit import DecisionsSealed
from services.runtime.errors import WillNotStart
from services.runtime.sealing import DEVELOPMENT, given_text

SEAL_KEY_VARIABLE = "SHEBAO_SEAL_KEY"
PUBLIC_KEYS_VARIABLE = "SHEBAO_SEAL_PUBLIC_KEYS"
KEY_BYTES = 32
FORM = "decisions-sealed/1"
"""Stands in what is signed, so that no other statement of ours can ever be taken for a seal."""


class SealFault(StrEnum):
    """Why a seal does not count."""

    KEY_UNKNOWN = "key-unknown"
    KEY_NOT_IN_FORCE = "key-not-in-force"
    FORGED = "seal-forged"


def statement(seal: DecisionsSealed) -> bytes:
    """Give what is signed: the seal's fields but the signature, as canonical JSON (RFC 8785)."""
    fields = {
        "form": FORM,
        "head_hash": seal.head_hash.hex(),
        "key_id": seal.key_id,
        "last_number": seal.last_number,
        "offset": seal.offset,
        "partition": seal.partition,
        "sealed_at": seal.sealed_at.astimezone(UTC).isoformat(timespec="microseconds"),
        "service": seal.service,
    }
    return json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def key_id_of(public_key: bytes) -> str:
    """Name a public key: `e1-` and 12 hex digits of the SHA-256 of its 32 bytes."""
    return "e1-" + hashlib.sha256(b"seal key\x00" + public_key).hexdigest()[:12]


class SealKey:
    """Signs seals. Holds the private key; does not show it."""

    def __init__(self, private_key: bytes) -> None:
        """Take the 32 bytes of an Ed25519 private key; `WillNotStart` when there are more or fewer."""
        if len(private_key) != KEY_BYTES:
            raise WillNotStart(
                f"签封密钥应为 {KEY_BYTES} 字节，现为 {len(private_key)} 字节。",
                f"The seal key must have {KEY_BYTES} bytes, not {len(private_key)}.",
            )
        self._key = Ed25519PrivateKey.from_private_bytes(private_key)
        self.public_key = self._key.public_key().public_bytes_raw()
        self.key_id = key_id_of(self.public_key)

    def __repr__(self) -> str:
        """Name the key; the secret does not show in logs."""
        return f"SealKey(key_id={self.key_id!r})"

    def signature_of(self, words: bytes) -> bytes:
        """Sign another statement of the auditor's; it names its own form, so that it can never be taken for a seal."""
        return self._key.sign(words)

    def signed(
        self, service: str, partition: int, last_number: int, offset: int, head: bytes, now: datetime
    ) -> DecisionsSealed:
        """Give the seal of a task's head as of `now`."""
        unsigned = DecisionsSealed(
            service=service,
            partition=partition,
            last_number=last_number,
            offset=offset,
            head_hash=head,
            sealed_at=now.astimezone(UTC),
            key_id=self.key_id,
            signature=b"",
        )
        return unsigned.model_copy(update={"signature": self._key.sign(statement(unsigned))})


class PublicKey(BaseModel):
    """One public key in the file of public keys, with the period in which seals may have been made with it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key_id: str
    public_key: Annotated[str, Field(description="base64 of 32 bytes")]
    valid_from: AwareDatetime
    valid_until: AwareDatetime | None = None
    """The first instant at which it is no longer in force; None: it is in force."""


class _PublicKeyFile(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    keys: tuple[PublicKey, ...]


class PublicKeys:
    """Verifies seals with the keys of their time."""

    def __init__(self, keys: Iterable[PublicKey]) -> None:
        """Take the keys; `WillNotStart` names one that is none, whose id is another's, or that stands twice."""
        self._keys: dict[str, tuple[PublicKey, Ed25519PublicKey]] = {}
        for key in keys:
            try:
                raw = base64.b64decode(key.public_key, validate=True)
                ready = Ed25519PublicKey.from_public_bytes(raw)
            except (binascii.Error, ValueError):
                raise WillNotStart(
                    f"签封公钥 {key.key_id} 不是 {KEY_BYTES} 字节的 base64 文本。",
                    f"The public key of seals {key.key_id} is not base64 of {KEY_BYTES} bytes.",
                ) from None
            if key_id_of(raw) != key.key_id or key.key_id in self._keys:
                raise WillNotStart(
                    f"签封公钥 {key.key_id} 的编号与内容不符，或在文件中重复。",
                    f"The public key of seals {key.key_id} has another id, or stands twice in the file.",
                )
            self._keys[key.key_id] = key, ready

    def __contains__(self, key_id: str) -> bool:
        return key_id in self._keys

    def fault(self, seal: DecisionsSealed) -> SealFault | None:
        """Say why a seal does not count; None when it does."""
        return self.fault_of(seal.key_id, seal.signature, statement(seal), seal.sealed_at)

    def fault_of(self, key_id: str, signature: bytes, words: bytes, signed_at: datetime) -> SealFault | None:
        """Say why a statement signed at an instant does not count; None when it does."""
        if key_id not in self._keys:
            return SealFault.KEY_UNKNOWN
        key, ready = self._keys[key_id]
        try:
            ready.verify(signature, words)
        except InvalidSignature:
            return SealFault.FORGED
        ended = key.valid_until is not None and signed_at >= key.valid_until
        return SealFault.KEY_NOT_IN_FORCE if ended or signed_at < key.valid_from else None


def public_entry(key: SealKey, valid_from: datetime) -> PublicKey:
    """Give the entry of the public-keys file that verifies what `key` seals."""
    return PublicKey(key_id=key.key_id, public_key=base64.b64encode(key.public_key).decode(), valid_from=valid_from)


def development_seal_key() -> SealKey:
    """Give the key of tests and of the sandbox. It is published: a seal made with it proves nothing to anybody."""
    return SealKey(hashlib.sha256(b"shebao-mesh development seal key: public, never for real decisions").digest())


def development_public_keys() -> PublicKeys:
    """Give what verifies the seals of tests and of the sandbox."""
    return PublicKeys([public_entry(development_seal_key(), datetime(2020, 1, 1, tzinfo=UTC))])


def seal_key_from_environment(environment: Mapping[str, str] | None = None) -> SealKey:
    """Give the key that `SHEBAO_SEAL_KEY` holds as base64 of 32 bytes, or the file that `SHEBAO_SEAL_KEY_FILE` names.

    The word `development` asks for the published key. `WillNotStart`, naming the variable, when it is missing.
    """
    text = given_text(os.environ if environment is None else environment, SEAL_KEY_VARIABLE)
    if text == DEVELOPMENT:
        return development_seal_key()
    try:
        return SealKey(base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError):
        raise WillNotStart(
            f"{SEAL_KEY_VARIABLE} 不是 base64，请将 32 字节的密钥写成 base64 文本。",
            f"{SEAL_KEY_VARIABLE} is not base64; write the 32 bytes of the key as base64 text.",
        ) from None


def public_keys_from_environment(environment: Mapping[str, str] | None = None) -> PublicKeys:
    """Give the keys of the JSON file that `SHEBAO_SEAL_PUBLIC_KEYS` names; the word `development`: the published one."""
    given = os.environ if environment is None else environment
    path = given.get(PUBLIC_KEYS_VARIABLE, "")
    if not path:
        raise WillNotStart(
            f"未设置 {PUBLIC_KEYS_VARIABLE}，请填写签封公钥文件，或填 {DEVELOPMENT}（仅供开发）。",
            f"{PUBLIC_KEYS_VARIABLE} is not set; name the file of public keys, or say {DEVELOPMENT}.",
        )
    return development_public_keys() if path == DEVELOPMENT else read_public_keys(Path(path))


def read_public_keys(path: Path) -> PublicKeys:
    """Read a file of public keys; `WillNotStart` says what is wrong with it."""
    try:
        return PublicKeys(_PublicKeyFile.model_validate_json(path.read_bytes()).keys)
    except OSError as error:
        raise WillNotStart(
            f"签封公钥文件 {path} 无法读取。",
            f"The public keys of seals cannot be read from {path} ({error.strerror}).",
        ) from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise WillNotStart(
            f"{path} 不是签封公钥文件。", f"{path} is no file of public keys of seals: {place} {first['msg']}."
        ) from None
