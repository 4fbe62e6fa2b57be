"""References met so far in one file, on disk beyond a few megabytes: a file of any length needs little memory."""

import hashlib
import sqlite3
from enum import StrEnum

from schemas.fact import Fact

_CACHE_KIB = 8_192


class Standing(StrEnum):
    """How a row stands to the rows before it."""

    NEW = "new"
    REPEATED = "repeated"
    CONFLICTING = "conflicting"


class ReferencesMet:
    """Remembers (source, reference, revision) with a digest of the content."""

    def __init__(self) -> None:
        # An empty name is SQLite's private temporary database: in memory while small, then in a file without a name.
        self._met = sqlite3.connect("")
        self._met.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        self._met.execute("PRAGMA journal_mode = OFF")
        self._met.execute("CREATE TABLE met (name BLOB PRIMARY KEY, content BLOB) WITHOUT ROWID")

    def meet(self, event_id: str, fact: Fact) -> Standing:
        """Tell whether an id is new, was met with the same content, or with other content."""
        name = hashlib.blake2b(event_id.encode(), digest_size=16).digest()
        text = f"{fact.topic}\x00{fact.model_dump_json()}"
        content = hashlib.blake2b(text.encode(), digest_size=16).digest()
        added = self._met.execute("INSERT OR IGNORE INTO met VALUES (?, ?)", (name, content))
        if added.rowcount:
            return Standing.NEW
        known = self._met.execute("SELECT content FROM met WHERE name = ?", (name,)).fetchone()
        return Standing.REPEATED if known[0] == content else Standing.CONFLICTING

    def close(self) -> None:
        """Let go of the temporary database."""
        self._met.close()
