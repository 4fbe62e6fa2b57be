"""The decision entries of one batch: numbered, packed into records, each record chained to the one before. Pure."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby

from schemas import topics
from services.runtime import entries
from services.runtime.codec import PREFIX_BYTES, Codec
from services.runtime.entries import Entry
from services.runtime.records import OutputRecord
from services.runtime.shard import Shard

ENTRIES_A_RECORD = 400
"""Decision entries packed in one record: well below the broker's limit."""


class Ledger:
    """Takes the entries of one batch. `next_number` and `head` continue those of the task."""

    def __init__(self, shard: Shard, codec: Codec) -> None:
        self._shard, self._codec = shard, codec
        self.next_number = shard.meta.next_number
        self.head = shard.meta.head
        self._entries: list[Entry] = []

    @property
    def entries(self) -> Sequence[Entry]:
        """The entries so far."""
        return self._entries

    def enter(self, make: Callable[..., Entry], *about: object) -> None:
        """Make the next entry: its number, then what it is about."""
        self._entries.append(make(self.next_number, *about))
        self.next_number += 1

    def records(self) -> list[OutputRecord]:
        """Pack the entries; afterwards `head` is the hash of the last record."""
        service, partition = self._shard.service, self._shard.partition
        topic, key = topics.decisions_topic(service.name), str(partition).encode()
        records = []
        self.head = self._shard.meta.head
        for release, chunk in self._chunks():
            value = entries.pack(self._codec, topic, service, partition, release, self.head, chunk)
            self.head = hashlib.sha256(memoryview(value)[PREFIX_BYTES:]).digest()
            records.append(OutputRecord(topic, partition, key, value))
        return records

    def _chunks(self) -> Iterator[tuple[str, Sequence[Entry]]]:
        """Part the entries where a record is full, or where another release's rules were in force."""
        service = self._shard.service
        parts: Iterable[tuple[str, Sequence[Entry]]] = [(service.release, self._entries)]
        if service.in_force_from is not None:
            grouped = groupby(self._entries, lambda entry: service.rules_at(entry["now"]).release)
            parts = [(release, list(part)) for release, part in grouped]
        for release, part in parts:
            for start in range(0, len(part), ENTRIES_A_RECORD):
                yield release, part[start : start + ENTRIES_A_RECORD]
