"""The vault in a file: wrapped data keys in SQLite, master keys from outside. A `KeyVault`.

It caches no data key beyond one transaction: an erasure holds for every process from its commit on.
"""

from datetime import date

from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from schemas.sealed_fields import Compartment
from services.runtime.errors import CannotOpen, Erased
from services.runtime.vault.database import VaultDatabase
from services.runtime.vault.erasures import FROM_THE_BEGINNING, new_reference, reapply
from services.runtime.vault.masters import MasterKeys, Wrapped
from services.runtime.vault.port import DATA_KEY_BITS, DataKey


class StoredVault:
    """Data keys in a `VaultDatabase`, wrapped by `MasterKeys`."""

    def __init__(self, database: VaultDatabase, masters: MasterKeys) -> None:
        """Take the file and what unwraps; whatever the journal says was erased is erased before anything is given."""
        self.database, self.masters = database, masters
        reapply(database)
        self._unwrapped: dict[str, DataKey] = {}

    def key_for_sealing(self, subject: str, compartment: Compartment, occurred_on: date) -> DataKey:
        """Give the key of the generation in force then; of two publishers that make the first one, one wins."""
        found = self._in_force(subject, compartment, occurred_on)
        if found is None:
            self.database.begin()  # nobody else writes from here on: look again
            found = self._in_force(subject, compartment, occurred_on)
        if found is None:
            key = insert_key(self.database, self.masters, subject, compartment, 1, FROM_THE_BEGINNING)
            self._unwrapped[key.reference] = key
            return key
        generation, reference, master, wrapped = found
        if wrapped is None:
            raise Erased(
                "此对象的密封内容已删除，请不要填写密封字段。",
                "What this subject had sealed was erased; leave the sealed columns out.",
            )
        known = self._unwrapped.get(reference)
        if known is None:
            bound_to = bound(subject, compartment, generation, reference)
            known = DataKey(reference, self.masters.unwrap(Wrapped(master, wrapped), compartment, bound_to))
            if self.database.is_writing:
                self._unwrapped[reference] = known
        return known

    def _in_force(self, subject: str, compartment: Compartment, on: date) -> tuple[int, str, str, bytes | None] | None:
        rows = self.database.rows(
            "SELECT generation, reference, master, wrapped FROM keys WHERE subject = ? AND compartment = ? "
            "AND from_on <= ? ORDER BY from_on DESC LIMIT 1",
            subject,
            compartment.value,
            on.isoformat(),
        )
        return rows[0] if rows else None

    def key_for_opening(self, reference: str, subject: str, compartment: Compartment) -> DataKey:
        """Give the key of that reference, if it is this subject's in this compartment."""
        rows = self.database.rows(
            "SELECT generation, master, wrapped FROM keys WHERE reference = ? AND subject = ? AND compartment = ?",
            reference,
            subject,
            compartment.value,
        )
        if not rows:
            raise CannotOpen(
                f"密钥库中没有此对象的密钥 {reference}。", f"The vault knows no key {reference} of this subject."
            )
        generation, master, wrapped = rows[0]
        if wrapped is None:
            raise Erased(f"密钥 {reference} 已删除。", f"The key {reference} was erased.")
        key = self.masters.unwrap(
            Wrapped(master, wrapped), compartment, bound(subject, compartment, generation, reference)
        )
        return DataKey(reference, key)

    def keep(self) -> None:
        """Return when every key given for sealing is on the disk."""
        self._unwrapped.clear()
        self.database.commit()

    def let_go(self) -> None:
        """Undo what was not kept."""
        self._unwrapped.clear()
        self.database.roll_back()

    def close(self) -> None:
        """Close the file."""
        self.database.close()


def insert_key(
    database: VaultDatabase, masters: MasterKeys, subject: str, compartment: Compartment, generation: int, from_on: date
) -> DataKey:
    """Make a generation of a subject's key, of chance, and write it down wrapped; the caller commits."""
    reference = new_reference(database, subject, compartment, generation)
    key = AESSIV.generate_key(DATA_KEY_BITS)
    wrapped = masters.wrap(key, compartment, bound(subject, compartment, generation, reference))
    database.changed(
        "INSERT INTO keys VALUES (?, ?, ?, ?, ?, ?, ?, NULL)",
        subject,
        compartment.value,
        generation,
        from_on.isoformat(),
        reference,
        wrapped.master,
        wrapped.blob,
    )
    return DataKey(reference, key)


def bound(subject: str, compartment: Compartment, generation: int, reference: str) -> list[bytes]:
    """What a wrapped key is bound to: its own row."""
    return [b"data key", subject.encode(), compartment.value.encode(), str(generation).encode(), reference.encode()]
