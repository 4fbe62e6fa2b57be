"""What one batch changes of a task's memory, laid over the shard until the transaction is committed. Pure until applied."""

from collections.abc import Collection, Iterator

import msgspec

from schemas.decision import Timer
from schemas.fact import Fact
from services.runtime.cases import REFERENCE_PREFIX, Case, ParkedRecord, encode_struct, parked_key, state_digest
from services.runtime.kept import KeptOriginals, kept_key
from services.runtime.shard import Shard


class StoredCase(msgspec.Struct, frozen=True, gc=False):
    """A case with all that is made of it: the bytes that are written, their digest, and when it wants to be looked at.

    It is made before anything changes: where the rules cannot say when they want to look again, or their state cannot be
    written, the record at hand is parked, and nothing has happened.
    """

    case: Case | None
    value: bytes | None
    digest: bytes
    timer: Timer | None


GONE = StoredCase(None, None, b"", None)


class Overlay:
    """Cases, parked records, kept originals and reference facts as the batch leaves them."""

    def __init__(self, shard: Shard) -> None:
        self._shard = shard
        self._cases: dict[str, StoredCase] = {}
        self._references: list[Fact] = []
        self._parked: dict[tuple[str, int], ParkedRecord | None] = {}
        self.kept = KeptOriginals(shard.kept)

    @property
    def touched(self) -> dict[str, StoredCase]:
        """The cases that are no longer as the shard has them, by key."""
        return self._cases

    # --- cases ------------------------------------------------------------------------------------

    def case(self, key: str) -> Case | None:
        """Give a case as it is now."""
        changed = self._cases.get(key)
        return self._shard.cases.get(key) if changed is None else changed.case

    def digest(self, key: str) -> bytes:
        """Give the digest of a case's stored form; empty where there is no case."""
        changed = self._cases.get(key)
        return self._shard.digests.get(key, b"") if changed is None else changed.digest

    def stored(self, case: Case | None) -> StoredCase:
        """Make all that is written and kept of a case; raises what the rules raise over their own state."""
        if case is None or (case.state is None and not case.parked and not case.seen):
            return GONE
        value = self._shard.format.encode(case)
        return StoredCase(case, value, state_digest(value), self._shard.timer_of(case))

    def put(self, key: str, stored: StoredCase) -> None:
        """Let a case be so."""
        self._cases[key] = stored

    # --- parked records ---------------------------------------------------------------------------

    def park(self, key: str, record: ParkedRecord, place: int | None = None) -> int:
        """Let a record wait in its case; gives how many wait there now.

        `place`: where it waited before; what was released and parks again stays before those that came later.
        """
        case = self.case(key) or Case(state=None)
        number = case.parked_next if place is None else place
        self._parked[key, number] = record
        following = max(case.parked_next, number + 1)
        parked = Case(case.state, case.sequence, case.seen, case.parked + 1, following)
        self.put(key, self.stored(parked))
        return parked.parked

    def waiting(self, key: str) -> dict[int, ParkedRecord]:
        """Give the records that wait in a case, by their numbers, in order."""
        found: dict[int, ParkedRecord | None] = {**self._shard.parked.get(key, {})}
        found |= {number: record for (name, number), record in self._parked.items() if name == key}
        return {number: record for number, record in sorted(found.items()) if record is not None}

    def unpark(self, key: str, number: int, left: int, following: int) -> None:
        """Let one record of a case wait no longer; `left` still do, and the next to be parked is at least `following`.

        The rules may have forgotten the case on the way: what still waits must not be forgotten with it.
        """
        case = self.case(key) or Case(state=None)
        self._parked[key, number] = None
        after = max(case.parked_next, following)
        self.put(key, self.stored(Case(case.state, case.sequence, case.seen, left, after)))

    # --- reference facts --------------------------------------------------------------------------

    def refer(self, fact: Fact) -> None:
        """Keep a reference fact."""
        self._references.append(fact)

    def reference(self, topic: str, key: str) -> Fact | None:
        """Give what is known under a topic and key."""
        for kept in reversed(self._references):
            if kept.topic == topic and kept.case_key == key:
                return kept
        return self._shard.references.get(topic, {}).get(key)

    def references(self, topic: str) -> Collection[Fact]:
        """Give every reference fact of a topic."""
        known = self._shard.references.get(topic, {})
        if not self._references:  # as in nearly every batch, and asked for every upstream record
            return known.values()
        return {**known, **{fact.case_key: fact for fact in self._references if fact.topic == topic}}.values()

    # --- the end ----------------------------------------------------------------------------------

    def changes(self) -> Iterator[tuple[str, bytes | None]]:
        """Give every key of the changelog that changes, with its value; None removes it."""
        for key, stored in self._cases.items():
            yield key, stored.value
        for fact in self._references:
            yield f"{REFERENCE_PREFIX}{fact.topic}/{fact.case_key}", fact.model_dump_json().encode()
        for (key, number), parked in self._parked.items():
            yield parked_key(key, number), None if parked is None else encode_struct(parked)
        for (key, name), kept in self.kept.changes.items():
            yield kept_key(key, name), None if kept is None else encode_struct(kept)

    def apply(self) -> None:
        """Change the shard."""
        for key, stored in self._cases.items():
            self._shard.put(key, stored.case, stored.digest, stored.timer)
        for fact in self._references:
            self._shard.put_reference(fact)
        for (key, number), parked in self._parked.items():
            self._shard.put_parked(key, number, parked)
        for (key, name), kept in self.kept.changes.items():
            self._shard.put_kept(key, name, kept)
