"""The chain of a task's decision records, link by link, without decoding what is decided.

A decision record carries the SHA-256 of the one before. Of each record only its opening is decoded: whose it is, the number of
its first entry, the hash it carries, and how long its first column is; the rest is hashed as it stands.
"""

import hashlib
import io
from collections.abc import Mapping
from typing import Any, NamedTuple

import fastavro

from schemas import topics
from schemas.avro import NAMESPACE, AvroSchema, parsed
from schemas.decision_records import DecisionBatch
from services.audit.kept_schemas import is_kept
from services.runtime.codec import MAGIC, PREFIX_BYTES, Codec
from services.runtime.records import InputRecord
from services.runtime.refusals import RefusedAtDoor

OPENING = ("service", "partition", "release", "first_number", "previous_hash", "kind")
"""Fields a decision record begins with. An Avro array begins with the count of its first block: all, as we write it."""
CONTRACT = f"{NAMESPACE}.{DecisionBatch.__name__}"
SERVICE_OF: Mapping[str, str] = {topics.decisions_topic(name): name for name in topics.SERVICES}
"""Services by their decisions topic."""


class NotALinkError(ValueError):
    """A record in a decisions topic that is no decision record of this task; its text is one of the codes below."""


NO_PREFIX, OF_ANOTHER_TASK, FOREIGN_KEY = "no-registry-prefix", "of-another-task", "key-is-not-its-partition"
UNDECODABLE, WITHOUT_ENTRIES = "undecodable", "without-entries"
FOREIGN_SCHEMA = "schema-not-kept"
"""Its registry prefix, which no hash covers, names a schema that is no kept version of the contract: read by it, the same bytes may say
something else."""


class Link(NamedTuple):
    """One decision record as a link of its task's chain."""

    offset: int
    first_number: int
    last_number: int
    previous_hash: bytes
    own_hash: bytes


class ChainEnd(NamedTuple):
    """Where a chain stands: the number the next entry must have, and the hash the next record must carry."""

    next_number: int = 0
    head: bytes = b""

    def continues_with(self, link: Link) -> bool:
        """Tell whether a record is the next one."""
        return link.first_number == self.next_number and link.previous_hash == self.head

    def after(self, link: Link) -> "ChainEnd":
        """Give the end once a record has been followed."""
        return ChainEnd(link.last_number + 1, link.own_hash)


BEGINNING = ChainEnd()
"""Where a task's chain stands before its first record."""


class LinkReader:
    """Makes links of records. The codec must know their schema ids."""

    def __init__(self, codec: Codec, *, only_kept: bool = False) -> None:
        """`only_kept`: a record must name a kept schema of its contract; else whatever begins as one, as a newer release's may."""
        self._codec, self._only_kept = codec, only_kept
        self._openings: dict[int, AvroSchema | None] = {}

    def link(self, record: InputRecord) -> Link:
        """Read a record's opening and hash the whole; `NotALinkError` for what is no decision record of this task."""
        value = record.value
        if value is None or len(value) < PREFIX_BYTES or value[0] != MAGIC:
            raise NotALinkError(NO_PREFIX)
        if self._only_kept and not is_kept(self._codec, record):
            raise NotALinkError(FOREIGN_SCHEMA)
        opening = self._opening(record.topic, value)
        if (opening["service"], opening["partition"]) != (SERVICE_OF[record.topic], record.partition):
            raise NotALinkError(OF_ANOTHER_TASK)
        if record.key != str(record.partition).encode():
            raise NotALinkError(FOREIGN_KEY)
        first = int(opening["first_number"])
        own_hash = hashlib.sha256(memoryview(value)[PREFIX_BYTES:]).digest()
        return Link(record.offset, first, first + int(opening["count"]) - 1, opening["previous_hash"], own_hash)

    def _opening(self, topic: str, value: bytes) -> Mapping[str, Any]:
        schema_id = int.from_bytes(value[1:PREFIX_BYTES], "big")
        if schema_id not in self._openings:
            self._openings[schema_id] = self._opening_schema(schema_id)
        schema = self._openings[schema_id]
        if schema is None:
            return self._whole(topic, value)
        buffer = io.BytesIO(value)
        buffer.seek(PREFIX_BYTES)
        try:
            found: Any = fastavro.schemaless_reader(buffer, schema, None)
        except Exception as error:  # fastavro raises whatever the bytes lead it to; all of it means the same
            raise NotALinkError(UNDECODABLE) from error
        # A negative count announces a block with its size: no writer of ours, so it is read the long way.
        opening: Mapping[str, Any] = found if found["count"] > 0 else self._whole(topic, value)
        return opening

    def _opening_schema(self, schema_id: int) -> AvroSchema | None:
        """Give the schema of the opening; None where the writer's schema begins otherwise and all must be decoded."""
        writer = self._codec.writers.get(schema_id)
        if writer is None or writer.schema is None or writer.name != CONTRACT:
            return None
        fields = writer.schema["fields"][: len(OPENING)]
        if tuple(field["name"] for field in fields) != OPENING:
            return None
        plain = [*fields[:-1], {"name": "count", "type": "long"}]
        return parsed({"type": "record", "name": "DecisionBatchOpening", "fields": plain})

    def _whole(self, topic: str, value: bytes) -> Mapping[str, Any]:
        try:
            batch: DecisionBatch = self._codec.decode(topic, value)
        except RefusedAtDoor as refused:
            raise NotALinkError(UNDECODABLE) from refused
        if not batch.kind:
            raise NotALinkError(WITHOUT_ENTRIES)
        return {**batch.__dict__, "count": len(batch.kind)}
