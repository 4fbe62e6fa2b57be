"""The registry wire format: magic byte, schema id (four bytes, big-endian), Avro.

A codec knows which schema ids mean what; it never asks. The shell asks the registry for ids it meets and
tells the codec before a record goes through `step`.
"""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import fastavro
from pydantic import ValidationError

from schemas import topics
from schemas.avro import AvroSchema, avro_schema, fingerprint, parsed, wire_value
from schemas.avro.days import DayReader, day_reader
from schemas.fact import Wire
from services.runtime.refusals import CODES, RefusedAtDoor
from services.runtime.writer_schemas import is_bounded

MAGIC = 0
PREFIX_BYTES = 5
UNKNOWN_IDS_MAX = 10_000
"""Ids that the registry does not know which are remembered; whoever makes up more makes us ask for the oldest again."""
UNKNOWN_REMEMBERED_S = 300.0
"""How long: a sender may register its schema after its first record was refused."""


@dataclass(frozen=True, slots=True)
class WriterSchema:
    """A schema as the registry knows it by id; `schema` None where the registry answered that there is none."""

    name: str
    fingerprint: str
    schema: AvroSchema | None
    is_bounded: bool = True
    """Whether it may be read by: see `writer_schemas`."""


@dataclass
class _Contract:
    model: type[Wire]
    reader: AvroSchema
    name: str
    fingerprint: str
    prefix: bytes

    @cached_property
    def days(self) -> DayReader:
        """Reads what was written by this very contract. Not before it is needed: a process meets a fifth of all contracts."""
        return day_reader(avro_schema(self.model))

    @cached_property
    def validate(self) -> Callable[[Any], Any]:
        """What `model_validate` comes to, looked up once; not before it is needed either."""
        self.model.model_rebuild()
        validate: Callable[[Any], Any] = self.model.__pydantic_validator__.validate_python
        return validate


@dataclass(slots=True)
class Codec:
    """Contracts by topic with the ids they are written under, and every writer schema met so far.

    Schemas are as many as the registry holds; ids without one are as many as anybody makes up, so those are forgotten.
    """

    contracts: dict[str, _Contract] = field(default_factory=dict)
    writers: dict[int, WriterSchema] = field(default_factory=dict)
    _unknown_since_s: dict[int, float] = field(default_factory=dict)
    """Ids without a schema, oldest first, with the monotonic time of the registry's answer as the shell told it."""

    def agree(self, topic: str, model: type[Wire], schema_id: int) -> None:
        """Remember that `topic` carries `model` and that we write it under `schema_id`."""
        raw = avro_schema(model)
        name = f"{raw['namespace']}.{raw['name']}"
        prefix = bytes([MAGIC]) + schema_id.to_bytes(4, "big")
        contract = _Contract(model, parsed(raw), name, fingerprint(raw), prefix)
        self.contracts[topic] = contract
        self.learn(schema_id, raw)

    def learn(self, schema_id: int, schema: AvroSchema | None, at_s: float = 0.0) -> None:
        """Remember what the registry said of an id, at this monotonic time; None: there is no such schema."""
        self._forget_unknown(schema_id)
        if schema is None:
            self.writers[schema_id] = WriterSchema("", "", None)
            self._unknown_since_s[schema_id] = at_s
            if len(self._unknown_since_s) > UNKNOWN_IDS_MAX:
                self._forget_unknown(next(iter(self._unknown_since_s)))
            return
        ready = parsed(schema)  # which gives the name in full, however the schema spells it
        self.writers[schema_id] = WriterSchema(str(ready["name"]), fingerprint(schema), ready, is_bounded(ready))

    def unknown_id(self, value: bytes | None, now_s: float = 0.0) -> int | None:
        """Give the schema id of a value if the codec has not heard of it, or not for long that there is no such."""
        if value is None or len(value) < PREFIX_BYTES or value[0] != MAGIC:
            return None
        schema_id = int.from_bytes(value[1:PREFIX_BYTES], "big")
        if self._unknown_since_s and now_s - self._unknown_since_s.get(schema_id, now_s) > UNKNOWN_REMEMBERED_S:
            self._forget_unknown(schema_id)
        return None if schema_id in self.writers else schema_id

    def _forget_unknown(self, schema_id: int) -> None:
        """Forget that there is no such schema; a record under this id that was taken in before is refused all the same."""
        if self._unknown_since_s.pop(schema_id, None) is not None:
            del self.writers[schema_id]

    def encode(self, topic: str, fact: Wire) -> bytes:
        """Write a fact as the topic carries it."""
        return self.encode_plain(topic, wire_value(fact))

    def encode_plain(self, topic: str, value: Mapping[str, Any]) -> bytes:
        """Write a value that was built in the contract's shape, without building the model."""
        contract = self.contracts[topic]
        buffer = io.BytesIO()
        buffer.write(contract.prefix)
        fastavro.schemaless_writer(buffer, contract.reader, value)
        return buffer.getvalue()

    def decode(self, topic: str, value: bytes) -> Any:
        """Read and validate a value once; `RefusedAtDoor` with its own code for whatever is wrong with it."""
        contract = self.contracts[topic]
        plain = self._read(contract, value)
        try:
            return contract.validate(plain)
        except ValidationError as error:
            first = error.errors(include_url=False, include_context=False, include_input=False)[0]
            code = first["type"] if first["type"] in CODES else "value-invalid"
            place = ".".join(str(part) for part in first["loc"])
            raise RefusedAtDoor(code, f"{place}: {first['type']}") from None

    def writer_of(self, value: bytes) -> WriterSchema:
        """Give the schema a value says it was written with; `RefusedAtDoor` where there is none."""
        if len(value) < PREFIX_BYTES or value[0] != MAGIC:
            raise RefusedAtDoor("undecodable", "no registry prefix")
        writer = self.writers.get(int.from_bytes(value[1:PREFIX_BYTES], "big"))
        if writer is None or writer.schema is None:
            raise RefusedAtDoor("schema-id-unknown")
        return writer

    def _read(self, contract: _Contract, value: bytes) -> Any:
        writer = self.writer_of(value)
        if writer.name != contract.name:
            raise RefusedAtDoor("schema-of-another-subject", writer.name)
        if not writer.is_bounded:
            raise RefusedAtDoor("schema-unbounded")
        buffer = io.BytesIO(value)
        buffer.seek(PREFIX_BYTES)
        try:
            plain = self._plain(contract, writer, buffer)
        except fastavro.read.SchemaResolutionError as error:
            raise RefusedAtDoor("type-wrong", str(error)) from None
        except Exception as error:  # fastavro raises whatever the bytes lead it to; all of it means the same
            raise RefusedAtDoor("undecodable", type(error).__name__) from None
        if buffer.tell() != len(value):
            raise RefusedAtDoor("undecodable", "bytes left over after the record")
        return plain

    def _plain(self, contract: _Contract, writer: WriterSchema, buffer: io.BytesIO) -> Any:
        assert writer.schema is not None
        if writer.fingerprint != contract.fingerprint:
            return fastavro.schemaless_reader(buffer, writer.schema, contract.reader)
        try:
            return contract.days.read(buffer)
        except Exception:  # read again as it stands: what is wrong first is what its sender is told
            buffer.seek(PREFIX_BYTES)
            return fastavro.schemaless_reader(buffer, writer.schema, None)


def local_codec() -> Codec:
    """A codec that needs no registry: ids are places in the inventory. For the memory twin and for tests."""
    codec = Codec()
    for number, topic in enumerate(topics.TOPICS, start=1):
        if topic.fact is not None:
            codec.agree(topic.name, topic.fact, number)
    return codec
