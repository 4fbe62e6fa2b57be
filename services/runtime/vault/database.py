"""The vault's file: SQLite, one transaction at a time, on the disk before anybody is told.

A rollback journal and `synchronous=EXTRA`, not a write-ahead log: what was committed survives the power, and an erased
key stands in no second file. `secure_delete` overwrites what is removed. A file on one machine; not for network drives.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from services.runtime.errors import UserMistake, VaultUnavailable, WillNotStart

APPLICATION_ID = 0x53424B56
FORMAT = 1
WAIT_S_MAX = 30.0
"""A writer waits this long for another one."""
READER_WAIT_S_MAX = 5.0
"""Whoever only opens waits this long, for a commit: an attempt that has begun must come to an end."""
OWNER_ONLY = 0o600

_TABLES = """
CREATE TABLE keys (
    subject TEXT NOT NULL,
    compartment TEXT NOT NULL,
    generation INTEGER NOT NULL,
    from_on TEXT NOT NULL,
    reference TEXT NOT NULL UNIQUE,
    master TEXT,
    wrapped BLOB,
    erased_by INTEGER REFERENCES acts,
    PRIMARY KEY (subject, compartment, generation),
    UNIQUE (subject, compartment, from_on),
    CHECK ((wrapped IS NULL) = (erased_by IS NOT NULL) AND (master IS NULL) = (wrapped IS NULL))
) WITHOUT ROWID;
CREATE INDEX keys_by_master ON keys (master);
CREATE TABLE acts (
    number INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    compartments TEXT NOT NULL,
    issued_by TEXT NOT NULL,
    login TEXT NOT NULL,
    because TEXT NOT NULL,
    authority TEXT NOT NULL,
    confirms INTEGER UNIQUE REFERENCES acts,
    keys INTEGER NOT NULL,
    erasure TEXT UNIQUE,
    hash BLOB NOT NULL
);
CREATE TRIGGER acts_stay BEFORE UPDATE ON acts BEGIN SELECT RAISE(ABORT, 'acts are not altered'); END;
CREATE TRIGGER acts_remain BEFORE DELETE ON acts BEGIN SELECT RAISE(ABORT, 'acts are not removed'); END;
"""


def create(path: Path) -> None:
    """Make an empty vault, readable by its owner alone; `UserMistake` where a file stands already.

    Never done in passing: a publisher that found no file and made one would seal with keys that nobody else has.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        path.touch(OWNER_ONLY, exist_ok=False)
    except FileExistsError:
        raise UserMistake(
            f"{path} 已存在，密钥库只建立一次。", f"{path} is there already; a vault is made once."
        ) from None
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute("PRAGMA synchronous = EXTRA")
        connection.executescript(
            f"BEGIN; {_TABLES} PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {FORMAT}; COMMIT;"
        )
    finally:
        connection.close()


class VaultDatabase:
    """One connection to the vault's file. Safe to use from several threads, one at a time."""

    def __init__(self, path: Path, wait_s: float = WAIT_S_MAX) -> None:
        """Open what `create` made. `WillNotStart` when there is nothing, or something else."""
        if not path.is_file():
            raise WillNotStart(
                f"{path} 处没有密钥库：请用 `shebao keys init` 建立（只建立一次），或从备份恢复。",
                f"There is no vault at {path}: `shebao keys init` makes one, once; or bring its backup back.",
            )
        self.path, self.lock = path, threading.RLock()
        try:
            self._connection = sqlite3.connect(path, wait_s, isolation_level=None, check_same_thread=False)
            for pragma in ("foreign_keys = ON", "secure_delete = ON", "synchronous = EXTRA", "journal_mode = DELETE"):
                self._connection.execute(f"PRAGMA {pragma}")
            marks = [
                self._connection.execute(f"PRAGMA {one}").fetchone()[0] for one in ("application_id", "user_version")
            ]
        except sqlite3.OperationalError as error:
            raise VaultUnavailable(
                f"{path} 处的密钥库没有应答，请稍后再试。", f"The vault at {path} does not answer ({error})."
            ) from None
        except sqlite3.DatabaseError:
            raise WillNotStart(
                f"{path} 不是密钥库，或者已经损坏，请从备份恢复。",
                f"{path} is no vault, or is damaged: bring its backup back.",
            ) from None
        if marks != [APPLICATION_ID, FORMAT]:
            self._connection.close()
            raise WillNotStart(f"{path} 不是格式为 {FORMAT} 的密钥库。", f"{path} is no vault of format {FORMAT}.")

    def rows(self, statement: str, *values: Any) -> list[Any]:
        """Run one statement and give its rows."""
        with self.lock, _told(self.path):
            return self._connection.execute(statement, values).fetchall()

    def changed(self, statement: str, *values: Any) -> int:
        """Run one statement inside a transaction and give how many rows it changed."""
        with self.lock, _told(self.path):
            return self._connection.execute(statement, values).rowcount

    @property
    def is_writing(self) -> bool:
        """Tell whether a transaction is open on this connection."""
        return self._connection.in_transaction

    def begin(self) -> None:
        """Begin to write, unless that has begun; waits for another writer."""
        if not self._connection.in_transaction:
            self.rows("BEGIN IMMEDIATE")

    def commit(self) -> None:
        """Return when what was written is on the disk."""
        if self._connection.in_transaction:
            self.rows("COMMIT")

    def roll_back(self) -> None:
        """Undo what was not committed."""
        if self._connection.in_transaction:
            self.rows("ROLLBACK")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Write all of it, or nothing."""
        with self.lock:
            self.begin()
            try:
                yield
                self.commit()
            finally:
                self.roll_back()

    def close(self) -> None:
        """Close the file; what was not committed is undone."""
        with self.lock:
            self._connection.close()


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        raise VaultUnavailable(
            f"{path} 处的密钥库没有应答，请稍后再试。", f"The vault at {path} does not answer ({error})."
        ) from None
