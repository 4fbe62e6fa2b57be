"""Original records that a case keeps until it knows whether they can stand, laid over what the task has kept.

Rules say `Originals.KEEP` of a record they hold for now, later `DROP` (they stand) or `REFUSE` (each goes to the dead
letters with its original bytes). They never see the records themselves, and bound how many a case may keep.
"""

from collections.abc import Mapping

from services.runtime.cases import KEPT_PREFIX, ParkedRecord
from services.runtime.commands import parked_record
from services.runtime.records import InputRecord

KeptByCase = Mapping[str, Mapping[str, ParkedRecord]]
"""For each case key: the originals kept, by `<topic>/<offset>`."""


class KeptOriginals:
    """What one batch keeps and lets go of; the shard learns of it after the commit."""

    def __init__(self, known: KeptByCase) -> None:
        self._known = known
        self.changes: dict[tuple[str, str], ParkedRecord | None] = {}

    def keep(self, case_key: str, record: InputRecord) -> None:
        """Keep a record whole."""
        self.changes[case_key, f"{record.topic}/{record.offset}"] = ParkedRecord.of(record)

    def let_go(self, case_key: str) -> list[InputRecord]:
        """Let go of all that a case keeps; gives the records in the order in which they were appended."""
        found = {**self._known.get(case_key, {})}
        for (key, name), change in self.changes.items():
            if key == case_key and change is not None:
                found[name] = change
            elif key == case_key:
                found.pop(name, None)
        for name in found:
            self.changes[case_key, name] = None
        records = [parked_record(kept) for kept in found.values()]
        return sorted(records, key=lambda record: (record.append_time_ms, record.topic, record.offset))


def kept_key(case_key: str, name: str) -> str:
    """Changelog key of an original that a case keeps."""
    return f"{KEPT_PREFIX}{case_key}/{name}"
