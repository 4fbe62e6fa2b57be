"""What a verification finds: kinds of tampering, each with its place."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from services.audit.seals import Sealed


class Kind(StrEnum):
    """What was done to the records, or to the seals."""

    CHANGED = "changed"
    """A record's bytes are not those that the record after it, or a seal, names."""
    REMOVED = "removed"
    INSERTED = "inserted"
    """A record that is no part of the chain."""
    REORDERED = "reordered"
    TAIL_CUT = "tail-cut"
    """A seal covers entries that no longer stand at the end."""
    REWRITTEN = "rewritten"
    """The chain agrees with itself and not with a seal: what is named was made anew, with all hashes after it."""
    MOVED = "moved"
    """The sealed record stands unchanged at another offset, as after a copy of the topic."""
    SEAL_FORGED = "seal-forged"
    SEAL_KEY_UNKNOWN = "key-unknown"
    SEAL_KEY_NOT_IN_FORCE = "key-not-in-force"
    SEAL_MISPLACED = "seal-of-another-task"
    SEAL_UNREADABLE = "seal-unreadable"
    SEAL_MISSING = "seal-missing"
    """A seal that was exported no longer stands in its topic."""
    ROOT_DIFFERS = "root-differs"
    """The exported seals do not have the Merkle root that is named for them."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found: what, and where. `offset` -1 where nothing stands any more; numbers of entries, both inclusive.

    `detail`: a code, or what a seal says instead (an offset, a hash), or the root that was found and the one expected.
    """

    kind: Kind
    topic: str
    partition: int
    offset: int
    first_number: int = -1
    last_number: int = -1
    detail: str = ""


@dataclass(slots=True)
class TaskStanding:
    """How one task stands: what its log holds, and how much of it a seal covers."""

    service: str
    partition: int
    entries: int = 0
    records: int = 0
    sealed: Sealed | None = None
    """The last seal that agrees with the log."""
    unsealed_records: int = 0
    head: bytes = b""

    @property
    def unsealed_from(self) -> int:
        """Number of the first entry that no seal covers."""
        return 0 if self.sealed is None else self.sealed.last_number + 1

    @property
    def unsealed_entries(self) -> int:
        """How many entries at the end no seal covers: a cut there would not be seen."""
        return max(0, self.entries - self.unsealed_from)

    @property
    def sealed_at(self) -> datetime | None:
        """When it was last sealed."""
        return None if self.sealed is None else self.sealed.sealed_at


@dataclass(slots=True)
class Verification:
    """What was verified and what was found; without findings, all of it is as it was when it was decided and sealed."""

    tasks: list[TaskStanding] = field(default_factory=list)
    seals: int = 0
    keys: set[str] = field(default_factory=set)
    """Ids of the keys that those seals were made with."""
    findings: list[Finding] = field(default_factory=list)

    @property
    def is_sound(self) -> bool:
        """Tell whether nothing was found."""
        return not self.findings
