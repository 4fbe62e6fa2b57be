"""The vault of tests and of the demonstration in memory: keys made from public words, so every process has the same.

It keeps nothing, so it has one generation and erases nothing. Nothing sealed with it is secret.
"""

import hashlib
from datetime import date

from schemas.sealed_fields import Compartment
from services.runtime.errors import CannotOpen
from services.runtime.vault.port import DataKey


class DevelopmentVault:
    """A `KeyVault` without a store."""

    def key_for_sealing(self, subject: str, compartment: Compartment, occurred_on: date) -> DataKey:  # noqa: ARG002 — the port's shape
        """Give the one key there is; the date does not matter."""
        name = f"{compartment}\x00{subject}"
        key = hashlib.sha512(f"shebao-mesh development data key, public\x00{name}".encode()).digest()
        return DataKey(f"s2-{hashlib.sha256(name.encode()).hexdigest()[:16]}-1", key)

    def key_for_opening(self, reference: str, subject: str, compartment: Compartment) -> DataKey:
        """Give the one key there is, if that is its name."""
        key = self.key_for_sealing(subject, compartment, date.min)
        if key.reference != reference:
            raise CannotOpen(
                f"开发用密钥库中没有此对象的密钥 {reference}。",
                f"The development vault has no key {reference} of this subject.",
            )
        return key

    def keep(self) -> None:
        """Nothing has to be kept."""

    def let_go(self) -> None:
        """Nothing was taken."""

    def close(self) -> None:
        """Nothing is open."""
