"""The vault's port: data keys by subject, compartment and date. What a service holds of it, and what an adapter owes.

A data key (数据密钥) seals for one subject (the case key a fact travels under) in one compartment. It has generations, each
from a date on: a fact is sealed with the generation in force on its own `occurred_on`, so the same row gives the same
bytes before and after a rotation, whoever publishes it, without anybody remembering what was sealed when.
"""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from schemas.sealed_fields import Compartment
from services.runtime.errors import CannotOpen

DATA_KEY_BITS = 512
"""AES-256-SIV (RFC 5297): one 256-bit key for the synthetic nonce, one for the cipher."""


class DataKey:
    """One data key, ready for use. It shows its reference and never itself."""

    __slots__ = ("_cipher", "reference")

    def __init__(self, reference: str, key: bytes) -> None:
        """`reference` names it in every value sealed with it; `key` has 64 bytes."""
        self.reference = reference
        self._cipher = AESSIV(key)

    def __repr__(self) -> str:
        return f"DataKey({self.reference!r})"

    def seal(self, text: str, bound_to: Sequence[bytes]) -> bytes:
        """Give the ciphertext: the same text, bound to the same, gives the same bytes."""
        return self._cipher.encrypt(text.encode(), list(bound_to))

    def open(self, ciphertext: bytes, bound_to: Sequence[bytes]) -> str:
        """Give the text; `CannotOpen` when it was sealed for something else, or altered."""
        try:
            return self._cipher.decrypt(ciphertext, list(bound_to)).decode()
        except (InvalidTag, ValueError):
            raise CannotOpen(
                "密封内容属于其他对象、字段或版本，或者已被改动。",
                "It was sealed for another subject, field or version, or was altered.",
            ) from None


class KeyVault(Protocol):
    """Gives data keys. Any adapter must be durable, give one key to all who ask at once, and forget nothing but by an erasure."""

    def key_for_sealing(self, subject: str, compartment: Compartment, occurred_on: date) -> DataKey:
        """Give the key of the generation in force on that date; the first is made when it is first asked for.

        `Erased` where the subject's key of that date was erased; `VaultUnavailable` when the vault does not answer.
        """

    def key_for_opening(self, reference: str, subject: str, compartment: Compartment) -> DataKey:
        """Give the key of that reference, if it is this subject's; `CannotOpen` if not, `Erased` once it was erased."""

    def keep(self) -> None:
        """Return when every key given for sealing is safe on the disk. Nothing sealed leaves the process before."""

    def let_go(self) -> None:
        """Give up what was not kept: what was sealed with it went nowhere."""

    def close(self) -> None:
        """Let go of the connection."""
