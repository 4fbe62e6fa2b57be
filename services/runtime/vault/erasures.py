"""Erasing keys so that they stay erased: a journal beside the vault, written first, and heeded whenever a vault is opened.

A vault that is brought back from a backup still has the keys of whoever was erased since. The journal
(`<vault>.erasures.ndjson`, one line an erasure, no key in it) is never brought back with it: what it names is erased again
before anything is opened. It also finishes an erasure that a crash cut off between journal and vault.
"""

import os
import secrets
import stat
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

import msgspec

from schemas.sealed_fields import Compartment
from services.runtime.vault.acts import Act, Action, Actor, record
from services.runtime.vault.database import OWNER_ONLY, VaultDatabase

FROM_THE_BEGINNING = date.min
"""The first generation seals whatever lies before the second."""


class Erasure(msgspec.Struct, frozen=True):
    """One erasure: whose keys, per compartment up to which generation, and by whom."""

    name: str
    at: datetime
    subject: str
    generations: dict[str, int]
    issued_by: str
    login: str
    because: str
    authority: str


def journal_of(vault: Path) -> Path:
    """Where the erasures of a vault are journalled."""
    return vault.with_name(f"{vault.name}.erasures.ndjson")


def erase(database: VaultDatabase, asked: Act, actor: Actor) -> None:
    """Carry out a request to erase: first journalled, then done, inside the caller's transaction."""
    erasure = Erasure(
        secrets.token_hex(8),
        actor.at,
        asked.subject,
        {one.value: _newest(database, asked.subject, one) for one in asked.compartments},
        actor.name,
        actor.login,
        actor.because,
        asked.authority,
    )
    _append(database.path, erasure)
    _carry_out(database, erasure, asked.number)


def reapply(database: VaultDatabase) -> int:
    """Erase what the journal names and this vault has not erased; gives how many erasures that were."""
    missing = _missing(database)
    if not missing:
        return 0
    with database.transaction():
        missing = _missing(database)  # another process may have done it
        for erasure in missing:
            _carry_out(database, erasure, None)
    return len(missing)


def not_in_journal(database: VaultDatabase) -> list[int]:
    """Give the numbers of erasures that the journal does not name: an older vault brought back would have their keys again."""
    known = {erasure.name for erasure in _read(journal_of(database.path))}
    rows = database.rows("SELECT number, erasure FROM acts WHERE erasure IS NOT NULL ORDER BY number")
    return [number for number, name in rows if name not in known]


def _missing(database: VaultDatabase) -> list[Erasure]:
    journal = _read(journal_of(database.path))
    if not journal:
        return []
    known = {row[0] for row in database.rows("SELECT erasure FROM acts WHERE erasure IS NOT NULL")}
    return [erasure for erasure in journal if erasure.name not in known]


def _carry_out(database: VaultDatabase, erasure: Erasure, confirms: int | None) -> None:
    compartments: Mapping[Compartment, int] = {Compartment(name): up_to for name, up_to in erasure.generations.items()}
    actor = Actor(erasure.issued_by, erasure.login, erasure.at, erasure.because, erasure.authority)
    act = record(database, Action.ERASED, actor, erasure.subject, compartments, confirms=confirms, erasure=erasure.name)
    for compartment, up_to in compartments.items():
        database.changed(
            "UPDATE keys SET master = NULL, wrapped = NULL, erased_by = ? "
            "WHERE subject = ? AND compartment = ? AND generation <= ? AND wrapped IS NOT NULL",
            act,
            erasure.subject,
            compartment.value,
            up_to,
        )
        # A subject that has no key here gets a tombstone, so that none is made later.
        database.changed(
            "INSERT INTO keys SELECT ?, ?, 1, ?, ?, NULL, NULL, ? WHERE NOT EXISTS "
            "(SELECT 1 FROM keys WHERE subject = ? AND compartment = ?)",
            erasure.subject,
            compartment.value,
            FROM_THE_BEGINNING.isoformat(),
            new_reference(database, erasure.subject, compartment, 1),
            act,
            erasure.subject,
            compartment.value,
        )


def new_reference(database: VaultDatabase, subject: str, compartment: Compartment, generation: int) -> str:
    """Name a generation: `s2-`, 16 hex digits of chance that stay with subject and compartment, the generation."""
    first = database.rows(
        "SELECT reference FROM keys WHERE subject = ? AND compartment = ? LIMIT 1", subject, compartment.value
    )
    name = first[0][0].split("-")[1] if first else secrets.token_hex(8)
    return f"s2-{name}-{generation}"


def _newest(database: VaultDatabase, subject: str, compartment: Compartment) -> int:
    rows = database.rows(
        "SELECT coalesce(max(generation), 1) FROM keys WHERE subject = ? AND compartment = ?",
        subject,
        compartment.value,
    )
    return int(rows[0][0])


def _append(vault: Path, erasure: Erasure) -> None:
    """Write one line to the disk; the first one makes the file, for whoever may use the vault."""
    path = journal_of(vault)
    is_new = not path.exists()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, OWNER_ONLY)
    with os.fdopen(descriptor, "ab", buffering=0) as file:
        if is_new:
            os.fchmod(descriptor, stat.S_IMODE(vault.stat().st_mode))
        if not _ends_whole(path):
            file.write(b"\n")  # a crash cut the last line off: what it was to say, nobody was told
        file.write(msgspec.json.encode(erasure) + b"\n")
        os.fsync(file.fileno())
    if is_new:
        sync_folder(path.parent)


def _ends_whole(path: Path) -> bool:
    content = path.read_bytes()
    return not content or content.endswith(b"\n")


def _read(path: Path) -> Sequence[Erasure]:
    if not path.exists():
        return []
    found = []
    for line in path.read_bytes().splitlines():
        try:
            found.append(msgspec.json.decode(line, type=Erasure))
        except msgspec.DecodeError:
            continue  # cut off by a crash, before anybody was told that it was done
    return found


def sync_folder(folder: Path) -> None:
    """Return when the names in a folder are on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
