"""Sealed fields: names, ID numbers, telephones and findings as only their reader may open them.

A value is sealed with AES-SIV (RFC 5297) under a 512-bit key. It is bound to its subject (the case key it travels
under), its field (the field's name in the contract) and the contract's version, so a sealed value copied to
another case or field does not open; and the same input gives the same bytes, so a repeat stays a repeat.
Persons are named by a key made of their citizen number with HMAC-SHA256; its secret is never rotated, else a
person would become two The duty: 社会保险法 81
(应当依法为用人单位和个人的信息保密，不得以任何形式泄露).
"""

import base64
import binascii
import hashlib
import hmac
import os
from collections.abc import Mapping
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from schemas.fact import Sealed
from schemas.vocabulary import citizen_number_is_valid
from services.runtime.errors import CannotOpen, UserMistake, WillNotStart

SEALING_KEY_BYTES = 64
"""AES-256-SIV: one 256-bit key for the synthetic nonce, one for the cipher."""
PERSON_SECRET_BYTES_MIN = 32
PERSON_KEY_VERSION = 1
PERSON_KEY_HEX = 32

CONTACT_PHONE = "contact_phone"
"""Field under which a telephone number is sealed, in every contract that carries one."""
CONTACT_EMAIL = "contact_email"
"""Field under which a mail address is sealed, in every contract that carries one."""

SEALING_KEY_VARIABLE = "SHEBAO_SEALING_KEY"
PERSON_SECRET_VARIABLE = "SHEBAO_PERSON_SECRET"
DEVELOPMENT = "development"
"""Value of both variables that asks for the published development keys: a sandbox, never real persons."""

SHOWN_AT_START, SHOWN_AT_END = 3, 4


class Vault:
    """Seals and opens sensitive values, and makes person keys. Holds both secrets; shows neither."""

    def __init__(self, sealing_key: bytes, person_secret: bytes) -> None:
        """Take the 64 bytes of the sealing key and at least 32 bytes of the person secret.

        `WillNotStart` when either has another length, for nothing may be sealed with a weaker key.
        """
        if len(sealing_key) != SEALING_KEY_BYTES:
            raise WillNotStart(f"The sealing key must have {SEALING_KEY_BYTES} bytes, not {len(sealing_key)}.")
        if len(person_secret) < PERSON_SECRET_BYTES_MIN:
            raise WillNotStart(f"The person secret must have at least {PERSON_SECRET_BYTES_MIN} bytes.")
        try:
            self._cipher = AESSIV(sealing_key)
        except ValueError:  # two equal halves; the message would quote nothing, but it is not our sentence
            raise WillNotStart("The sealing key is not usable for AES-SIV; make 64 random bytes.") from None
        self._person_secret = person_secret
        self.key_reference = "s1-" + hashlib.sha256(b"key reference\x00" + sealing_key).hexdigest()[:12]
        """Names the sealing key in every value sealed with it."""

    def __repr__(self) -> str:
        """Name the key; the secrets do not show in logs."""
        return f"Vault(key_reference={self.key_reference!r})"

    def seal(self, text: str, subject: str, field: str, version: int = 1) -> Sealed:
        """Seal `text` for one subject (case key), field (name in the contract) and contract version.

        The same input gives the same bytes. `UserMistake` when there is nothing to seal.
        """
        if not text:
            raise UserMistake(f"There is nothing to seal in {field}; leave the field out.")
        sealed = self._cipher.encrypt(text.encode(), _associated(subject, field, version))
        return Sealed(key_reference=self.key_reference, ciphertext=sealed)

    def open(self, sealed: Sealed, subject: str, field: str, version: int = 1) -> str:
        """Give the text that was sealed for just this subject, field and version.

        `CannotOpen` when it was sealed with another key or for something else; the message holds no secret.
        """
        if sealed.key_reference != self.key_reference:
            raise CannotOpen(
                f"{field} was sealed with key {sealed.key_reference}, this vault holds {self.key_reference}."
            )
        try:
            return self._cipher.decrypt(sealed.ciphertext, _associated(subject, field, version)).decode()
        except (InvalidTag, ValueError):
            raise CannotOpen(f"{field} was sealed for another subject, field or version, or was altered.") from None

    def person_key(self, citizen_number: str) -> str:
        """Give the key of a person: `p1-` and 32 hex digits of HMAC-SHA256 over the citizen number.

        `UserMistake` when the number fails GB 11643; the number itself is not repeated in the message.
        """
        if not citizen_number_is_valid(citizen_number):
            raise UserMistake("The citizen number fails its check (GB 11643); correct it and try again.")
        digest = hmac.new(self._person_secret, citizen_number.encode(), hashlib.sha256).hexdigest()
        return f"p{PERSON_KEY_VERSION}-{digest[:PERSON_KEY_HEX]}"

    def card_key(self, card_number: str) -> str:
        """Give the key of a social-security card: `c1-` and 32 hex digits of HMAC-SHA256 over the card number."""
        message = b"card number\x00" + card_number.encode()
        digest = hmac.new(self._person_secret, message, hashlib.sha256).hexdigest()
        return f"c{PERSON_KEY_VERSION}-{digest[:PERSON_KEY_HEX]}"


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
    return Vault(_development_bytes("sealing key"), _development_bytes("person secret"))


def vault_from_environment(environment: Mapping[str, str] | None = None) -> Vault:
    """Give the vault whose keys the environment names.

    `SHEBAO_SEALING_KEY` and `SHEBAO_PERSON_SECRET` hold base64, or `…_FILE` the path of a file that holds it, or
    both variables the word `development`. `WillNotStart`, naming the variable, when one is missing or unusable.
    """
    given = os.environ if environment is None else environment
    return Vault(
        _secret(given, SEALING_KEY_VARIABLE, "sealing key"),
        _secret(given, PERSON_SECRET_VARIABLE, "person secret"),
    )


def _associated(subject: str, field: str, version: int) -> list[bytes]:
    return [subject.encode(), field.encode(), str(version).encode()]


def _development_bytes(name: str) -> bytes:
    return hashlib.sha512(f"shebao-mesh development {name}: public, never for real persons".encode()).digest()


def _secret(given: Mapping[str, str], variable: str, name: str) -> bytes:
    text = given_text(given, variable)
    if text == DEVELOPMENT:
        return _development_bytes(name)
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise WillNotStart(f"{variable} is not base64; write the {name} as base64 text.") from None


def given_text(given: Mapping[str, str], variable: str) -> str:
    """Give a secret's text from `variable`, or from the file that `…_FILE` names; `WillNotStart` says what is missing."""
    direct, path = given.get(variable, ""), given.get(f"{variable}_FILE", "")
    if direct and path:
        raise WillNotStart(f"Both {variable} and {variable}_FILE are set; keep one of them.")
    if direct:
        return direct.strip()
    if not path:
        raise WillNotStart(f"{variable} is not set; give it, or {variable}_FILE, or the word {DEVELOPMENT}.")
    try:
        return Path(path).read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        raise WillNotStart(f"{variable}_FILE names a file that cannot be read as base64 text.") from None
