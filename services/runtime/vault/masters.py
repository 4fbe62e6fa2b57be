"""Master keys (主密钥): they wrap data keys and nothing else. The port, and the adapter that reads a ring from a file.

Wrapping is AES-SIV again (RFC 5297 was made for it), bound to subject, compartment and reference: a wrapped key that was
copied to another row does not unwrap. A key management service instead has to give the same three answers: for Vault
Transit `encrypt`, `decrypt` with `associated_data`, one transit key a compartment, and a policy a principal.
"""

import base64
import binascii
import hashlib
import secrets
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Annotated, NamedTuple, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from schemas.sealed_fields import Compartment
from services.runtime.errors import CannotOpen, WillNotStart

MASTER_KEY_BYTES = 64


class Wrapped(NamedTuple):
    """A data key as it is stored, and the master key that opens it."""

    master: str
    blob: bytes


class MasterKeys(Protocol):
    """Wraps data keys and unwraps them."""

    def newest(self, compartment: Compartment) -> str:
        """Name the master key that wraps now; `CannotOpen` where none of the compartment is given to this process."""

    def wrap(self, key: bytes, compartment: Compartment, bound_to: Sequence[bytes]) -> Wrapped:
        """Wrap a data key with the newest master key of its compartment."""

    def unwrap(self, wrapped: Wrapped, compartment: Compartment, bound_to: Sequence[bytes]) -> bytes:
        """Give the data key; `CannotOpen` where its master key is not given to this process, or it was altered."""


class MasterKey:
    """One master key. Its reference names compartment, version and the key itself by digest."""

    __slots__ = ("cipher", "compartment", "reference", "version")

    def __init__(self, compartment: Compartment, version: int, key: bytes) -> None:
        """Take 64 bytes; `WillNotStart` when there are more or fewer, or both halves are the same."""
        if len(key) != MASTER_KEY_BYTES:
            raise WillNotStart(
                f"主密钥应为 {MASTER_KEY_BYTES} 字节，现为 {len(key)} 字节。",
                f"A master key must have {MASTER_KEY_BYTES} bytes, not {len(key)}.",
            )
        try:
            self.cipher = AESSIV(key)
        except ValueError:
            raise WillNotStart(
                "主密钥不能用于 AES-SIV，请生成 64 个随机字节。",
                "A master key is not usable for AES-SIV; make 64 random bytes.",
            ) from None
        self.compartment, self.version = compartment, version
        name = hashlib.sha256(b"master key\x00" + key).hexdigest()[:12]
        self.reference = f"m-{compartment}-{version}-{name}"

    def __repr__(self) -> str:
        return f"MasterKey({self.reference!r})"


class MasterRing:
    """Master keys by compartment; the highest version of each wraps, all unwrap."""

    def __init__(self, keys: Iterable[MasterKey], reload: Callable[[], Iterable[MasterKey]] | None = None) -> None:
        """`reload` is asked again when a data key was wrapped by a master that was not here: the ring may have grown."""
        self._reload = reload
        self._take(keys)

    def _take(self, keys: Iterable[MasterKey]) -> None:
        self._by_reference = {key.reference: key for key in keys}
        self._newest: dict[Compartment, MasterKey] = {}
        for key in sorted(self._by_reference.values(), key=lambda one: one.version):
            same = self._newest.get(key.compartment)
            if same is not None and same.version == key.version:
                raise WillNotStart(
                    f"主密钥文件中，密钥分区 {key.compartment} 有两个版本 {key.version} 的主密钥。",
                    f"The ring has two master keys of {key.compartment} with version {key.version}.",
                )
            self._newest[key.compartment] = key

    def __repr__(self) -> str:
        return f"MasterRing({sorted(self._by_reference)})"

    def newest(self, compartment: Compartment) -> str:
        """Name the master key that wraps now."""
        return self._wrapping(compartment).reference

    def wrap(self, key: bytes, compartment: Compartment, bound_to: Sequence[bytes]) -> Wrapped:
        """Wrap a data key."""
        master = self._wrapping(compartment)
        return Wrapped(master.reference, master.cipher.encrypt(key, list(bound_to)))

    def unwrap(self, wrapped: Wrapped, compartment: Compartment, bound_to: Sequence[bytes]) -> bytes:
        """Unwrap a data key."""
        if wrapped.master not in self._by_reference and self._reload is not None:
            self._take(self._reload())
        master = self._by_reference.get(wrapped.master)
        if master is None or master.compartment is not compartment:
            raise CannotOpen(
                f"主密钥 {wrapped.master} 未交给本进程。",
                f"The master key {wrapped.master} is not given to this process.",
            )
        try:
            return master.cipher.decrypt(wrapped.blob, list(bound_to))
        except (InvalidTag, ValueError):
            raise CannotOpen(
                "密钥库中的一个数据密钥已被改动，或属于另一行。",
                "A data key in the vault was altered, or belongs to another row.",
            ) from None

    def _wrapping(self, compartment: Compartment) -> MasterKey:
        if compartment not in self._newest:
            raise CannotOpen(
                f"密钥分区 {compartment} 的主密钥未交给本进程。",
                f"No master key of the compartment {compartment} is given to this process.",
            )
        return self._newest[compartment]


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    compartment: Compartment
    version: Annotated[int, Field(ge=1)]
    key: SecretStr


class _Ring(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    keys: tuple[_Entry, ...]


def ring_keys(text: str, only: Collection[Compartment] = tuple(Compartment)) -> list[MasterKey]:
    """Read a ring: `{"keys": [{"compartment", "version", "key": base64 of 64 bytes}, …]}`; `WillNotStart` shows no key.

    `only`: the compartments this process has to do with; it does not take in the others.
    """
    try:
        entries = _Ring.model_validate_json(text).keys
        return [
            MasterKey(one.compartment, one.version, base64.b64decode(one.key.get_secret_value(), validate=True))
            for one in entries
            if one.compartment in only
        ]
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise WillNotStart(
            "主密钥文件无法读取。", f"The ring of master keys cannot be read: {place} {first['msg']}."
        ) from None
    except (binascii.Error, ValueError):
        raise WillNotStart(
            "主密钥文件中有密钥不是 base64 文本。", "The ring of master keys holds a key that is not base64."
        ) from None


def grown(text: str, compartments: Iterable[Compartment]) -> str:
    """Give a ring (empty text: none yet) with one more version, made of chance, of each of the compartments."""
    entries = list(_Ring.model_validate_json(text).keys) if text else []
    for compartment in compartments:
        version = max((one.version for one in entries if one.compartment is compartment), default=0) + 1
        key = base64.b64encode(secrets.token_bytes(MASTER_KEY_BYTES)).decode()
        entries.append(_Entry(compartment=compartment, version=version, key=SecretStr(key)))
    return written(entries)


def narrowed(text: str, only: Collection[Compartment]) -> str:
    """Give the part of a ring that a service needs: what it is not given it cannot open."""
    return written([one for one in _Ring.model_validate_json(text).keys if one.compartment in only])


def written(entries: Iterable[_Entry]) -> str:
    """Write a ring."""
    lines = [
        f'  {{"compartment": "{one.compartment}", "version": {one.version}, "key": "{one.key.get_secret_value()}"}}'
        for one in entries
    ]
    return '{"keys": [\n' + ",\n".join(lines) + "\n]}\n"


def development_masters() -> list[MasterKey]:
    """Give the published master keys of tests: what they wrap is no secret."""
    return [
        MasterKey(one, 1, hashlib.sha512(f"shebao-mesh development master key {one}: public".encode()).digest())
        for one in Compartment
    ]
