"""Sealed fields: names, ID numbers, telephones and findings as only their reader may open them.

A value is sealed with AES-SIV (RFC 5297) under a data key of its own subject (`vault/port.py`). It is bound to that subject
(the case key it travels under), its field (the field's name in the contract) and the contract's version, so a sealed value
copied to another case or field does not open; and the same input gives the same bytes, so a repeat stays a repeat. The edge
that publishes holds a `Vault` and cannot open; a service that must show a field holds an `Opener`, which knows the grant
table; all others hold neither and forward ciphertext. The duty: 社会保险法 81
(应当依法为用人单位和个人的信息保密，不得以任何形式泄露).
"""

import base64
import binascii
import hashlib
import os
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from schemas.fact import Sealed
from schemas.sealed_fields import BY_NAME, GATEWAY, SealedField, compartments_of
from services.runtime.errors import CannotOpen, NotGranted, UserMistake, WillNotStart
from services.runtime.person_keys import PersonKeys
from services.runtime.vault.database import READER_WAIT_S_MAX, WAIT_S_MAX, VaultDatabase
from services.runtime.vault.development import DevelopmentVault
from services.runtime.vault.masters import MasterRing, development_masters, ring_keys
from services.runtime.vault.port import KeyVault
from services.runtime.vault.store import StoredVault

CONTACT_PHONE = "contact_phone"
"""Field under which a telephone number is sealed, in every contract that carries one."""
CONTACT_EMAIL = "contact_email"
"""Field under which a mail address is sealed, in every contract that carries one."""

VAULT_VARIABLE = "SHEBAO_VAULT"
"""Names the vault's file."""
MASTER_KEYS_VARIABLE = "SHEBAO_MASTER_KEYS"
PERSON_SECRET_VARIABLE = "SHEBAO_PERSON_SECRET"
DEVELOPMENT = "development"
"""Value of these variables that asks for the published development keys: a sandbox, never real persons."""

SHOWN_AT_START, SHOWN_AT_END = 3, 4


class Vault:
    """What an edge that publishes holds: it seals, and makes keys of persons and cards. It cannot open."""

    def __init__(self, keys: KeyVault, persons: PersonKeys) -> None:
        self._keys, self._persons = keys, persons

    def __repr__(self) -> str:
        return f"Vault({self._keys!r}, {self._persons!r})"

    def seal(self, text: str, subject: str, field: str, occurred_on: date, version: int = 1) -> Sealed:
        """Seal `text` for one subject (case key), field (name in the contract) and contract version.

        `occurred_on` is the fact's own date, which chooses the generation of the subject's key. The same input gives the
        same bytes. `UserMistake` when there is nothing to seal, `Erased` where the subject's keys were erased.
        """
        if not text:
            raise UserMistake(
                f"{field} 没有内容可以密封，请不要填写该字段。",
                f"There is nothing to seal in {field}; leave the field out.",
            )
        key = self._keys.key_for_sealing(subject, _row(field).compartment, occurred_on)
        return Sealed(key_reference=key.reference, ciphertext=key.seal(text, _associated(subject, field, version)))

    def keep(self) -> None:
        """Return when every key used since is safe on the disk. Nothing sealed may leave the process before."""
        self._keys.keep()

    def let_go(self) -> None:
        """Give up keys that were made for what is not published after all."""
        self._keys.let_go()

    def close(self) -> None:
        """Let go of the vault; what was not kept is undone."""
        self._keys.close()

    def person_key(self, citizen_number: str) -> str:
        """Give the key of a person; `UserMistake` when the number fails GB 11643."""
        return self._persons.person_key(citizen_number)

    def card_key(self, card_number: str) -> str:
        """Give the key of a social-security card."""
        return self._persons.card_key(card_number)


class Opener:
    """What a service that must show a field holds: it opens just the fields the grant table gives its principal."""

    def __init__(self, keys: KeyVault, principal: str) -> None:
        """`principal`: the service's name as in `schemas/topics.py`, or `console`."""
        self._keys, self._principal = keys, principal

    def __repr__(self) -> str:
        return f"Opener({self._principal!r})"

    def open(self, sealed: Sealed, subject: str, field: str, version: int = 1) -> str:
        """Give the text that was sealed for just this subject, field and version.

        `NotGranted` where the principal may not open the field, `Erased` once the key was erased, `CannotOpen` when it was
        sealed with another key or for something else, `VaultUnavailable` when the vault does not answer. No message holds a
        secret.
        """
        if self._principal not in _row(field).opened_by:
            raise NotGranted(f"{self._principal} 无权开启 {field}。", f"{self._principal} may not open {field}.")
        return self._open(sealed, subject, field, version)

    def masked(self, sealed: Sealed, subject: str, field: str, version: int = 1) -> str:
        """Give the text masked, for people; what cannot or may not be opened raises as in `open`."""
        row = _row(field)
        if self._principal not in (*row.opened_by, *row.masked_by):
            raise NotGranted(f"{self._principal} 无权查看 {field}。", f"{self._principal} may not see {field}.")
        return masked(self._open(sealed, subject, field, version))

    def close(self) -> None:
        """Let go of the vault."""
        self._keys.close()

    def _open(self, sealed: Sealed, subject: str, field: str, version: int) -> str:
        key = self._keys.key_for_opening(sealed.key_reference, subject, _row(field).compartment)
        return key.open(sealed.ciphertext, _associated(subject, field, version))


def masked(text: str) -> str:
    """Show a citizen number or telephone as `370***********1234`: its length, three characters, the last four.

    A text so short that fewer than three characters would be hidden is hidden whole.
    """
    hidden = len(text) - SHOWN_AT_START - SHOWN_AT_END
    if hidden < SHOWN_AT_START:
        return "*" * len(text)
    return text[:SHOWN_AT_START] + "*" * hidden + text[-SHOWN_AT_END:]


def development_vault() -> Vault:
    """Give the vault of tests and of the demo. Its keys are public: nothing sealed with it is secret."""
    return Vault(DevelopmentVault(), development_persons())


def development_opener(principal: str) -> Opener:
    """Give what opens, under the grants of a principal, what `development_vault` sealed."""
    return Opener(DevelopmentVault(), principal)


def development_persons() -> PersonKeys:
    """Give the published person keys of tests and of the sandbox."""
    return PersonKeys(_development_bytes("person secret"))


def vault_from_environment(environment: Mapping[str, str] | None = None) -> Vault:
    """Give what an edge seals with, from `SHEBAO_VAULT`, `SHEBAO_MASTER_KEYS` and `SHEBAO_PERSON_SECRET`.

    Secrets stand in the variable, or in the file that `…_FILE` names; the word `development` asks for published keys.
    `WillNotStart`, naming the variable, when one is missing or unusable.
    """
    given = os.environ if environment is None else environment
    return Vault(keys_from_environment(GATEWAY, given), persons_from_environment(given))


def opener_from_environment(principal: str, environment: Mapping[str, str] | None = None) -> Opener:
    """Give what a service opens with: only the master keys of its own compartments are taken in."""
    return Opener(keys_from_environment(principal, os.environ if environment is None else environment), principal)


def persons_from_environment(environment: Mapping[str, str] | None = None) -> PersonKeys:
    """Give the person keys of `SHEBAO_PERSON_SECRET`: base64, or the word `development`."""
    text = given_text(os.environ if environment is None else environment, PERSON_SECRET_VARIABLE)
    if text == DEVELOPMENT:
        return development_persons()
    try:
        return PersonKeys(base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError):
        raise WillNotStart(
            f"{PERSON_SECRET_VARIABLE} 不是 base64，请将个人标识密钥写成 base64 文本。",
            f"{PERSON_SECRET_VARIABLE} is not base64; write the person secret as base64 text.",
        ) from None


def keys_from_environment(principal: str, given: Mapping[str, str]) -> KeyVault:
    """Give the vault that `SHEBAO_VAULT` names, with the master keys of the principal's compartments."""
    place = given.get(VAULT_VARIABLE, "")
    if not place:
        raise WillNotStart(
            f"未设置 {VAULT_VARIABLE}，请填写密钥库文件，或填 {DEVELOPMENT}（仅供开发）。",
            f"{VAULT_VARIABLE} is not set; name the vault's file, or say {DEVELOPMENT}.",
        )
    if place == DEVELOPMENT:
        return DevelopmentVault()
    wait_s = WAIT_S_MAX if principal == GATEWAY else READER_WAIT_S_MAX
    return StoredVault(VaultDatabase(Path(place), wait_s), masters_from_environment(principal, given))


def masters_from_environment(principal: str, given: Mapping[str, str]) -> MasterRing:
    """Give the ring of `SHEBAO_MASTER_KEYS`, as far as the principal has to do with it; read again when it has grown."""
    only = compartments_of(principal)
    if given_text(given, MASTER_KEYS_VARIABLE) == DEVELOPMENT:
        return MasterRing([key for key in development_masters() if key.compartment in only])

    return MasterRing(
        ring_keys(given_text(given, MASTER_KEYS_VARIABLE), only),
        lambda: ring_keys(given_text(given, MASTER_KEYS_VARIABLE), only),
    )


def given_text(given: Mapping[str, str], variable: str) -> str:
    """Give a secret's text from `variable`, or from the file that `…_FILE` names; `WillNotStart` says what is missing."""
    direct, path = given.get(variable, ""), given.get(f"{variable}_FILE", "")
    if direct and path:
        raise WillNotStart(
            f"{variable} 与 {variable}_FILE 只能设置其中一个。",
            f"Both {variable} and {variable}_FILE are set; keep one of them.",
        )
    if direct:
        return direct.strip()
    if not path:
        raise WillNotStart(
            f"未设置 {variable}，请设置该项或 {variable}_FILE，或填 {DEVELOPMENT}（仅供开发）。",
            f"{variable} is not set; give it, or {variable}_FILE, or the word {DEVELOPMENT}.",
        )
    try:
        return Path(path).read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        raise WillNotStart(
            f"{variable}_FILE 所指文件无法作为 base64 文本读取。",
            f"{variable}_FILE names a file that cannot be read as base64 text.",
        ) from None


def _row(field: str) -> SealedField:
    if field not in BY_NAME:
        raise CannotOpen(f"数据契约中没有密封字段 {field}。", f"{field} is no sealed field of the contracts.")
    return BY_NAME[field]


def _associated(subject: str, field: str, version: int) -> list[bytes]:
    return [subject.encode(), field.encode(), str(version).encode()]


def _development_bytes(name: str) -> bytes:
    return hashlib.sha512(f"shebao-mesh development {name}: public, never for real persons".encode()).digest()
