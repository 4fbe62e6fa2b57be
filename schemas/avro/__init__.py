"""Avro schemas generated from the pydantic models, and values in and out of them.

Only the shapes a contract may use are known: text, whole numbers, booleans, dates, UTC instants, bytes,
records, lists, string maps, and `None` as the default of an optional field. Anything else is an error when
the schema is made, not when a record is written.
"""

import hashlib
import json
import types
from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, Union, cast, get_args, get_origin

import fastavro
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from schemas.fact import Wire

NAMESPACE = "cn.weihai.shebao"
"""Namespace of all Avro records, and prefix of CloudEvents types."""

AvroSchema = dict[str, Any]

_PRIMITIVES: dict[type, Any] = {
    str: "string",
    int: "long",
    bool: "boolean",
    bytes: "bytes",
    date: {"type": "int", "logicalType": "date"},
    datetime: {"type": "long", "logicalType": "timestamp-micros"},
}


class UnsupportedShapeError(TypeError):
    """A contract uses a type that has no Avro form here."""


@lru_cache(maxsize=1000)
def avro_schema(model: type[Wire]) -> AvroSchema:
    """Give the Avro record schema of a contract, with its docstring's first line as `doc`."""
    return _record(model, set())


def schema_text(model: type[Wire]) -> str:
    """Give the schema as the text that is checked in and registered: stable order, two-space indent."""
    return json.dumps(avro_schema(model), ensure_ascii=False, indent=2) + "\n"


def fingerprint(schema: Mapping[str, Any]) -> str:
    """Name a schema by the SHA-256 of its canonical JSON without docs (hex): the same wherever it is registered.

    Docs explain and bind nobody; Apicurio ignores them too when it decides whether it knows a schema.
    """
    text = json.dumps(without_docs(schema), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def without_docs(schema: Any) -> Any:
    """Give a schema, or a part of one, without what only explains."""
    if isinstance(schema, Mapping):
        return {key: without_docs(value) for key, value in schema.items() if key != "doc"}
    if isinstance(schema, list):
        return [without_docs(item) for item in schema]
    return schema


def parsed(schema: AvroSchema) -> AvroSchema:
    """Prepare a schema for reading and writing; names are resolved for this schema alone."""
    return cast("AvroSchema", fastavro.parse_schema(json.loads(json.dumps(schema)), named_schemas={}))


def wire_value(fact: Wire) -> Mapping[str, Any]:
    """Give a contract's fields as fastavro writes them; flat models are not copied."""
    if _is_flat(type(fact)):
        return fact.__dict__
    return fact.model_dump()


@lru_cache(maxsize=1000)
def _is_flat(model: type[Wire]) -> bool:
    return not any(_holds_record(field.annotation) for field in model.model_fields.values())


def _holds_record(annotation: Any) -> bool:
    if isinstance(annotation, type) and issubclass(annotation, Wire):
        return True
    return any(_holds_record(part) for part in get_args(annotation))


def _record(model: type[Wire], known: set[str]) -> AvroSchema:
    known.add(model.__name__)
    return {
        "type": "record",
        "name": model.__name__,
        "namespace": NAMESPACE,
        "doc": (model.__doc__ or "").strip().splitlines()[0] if model.__doc__ else "",
        "fields": [_field(name, field, known) for name, field in model.model_fields.items()],
    }


def _field(name: str, field: FieldInfo, known: set[str]) -> dict[str, Any]:
    described: dict[str, Any] = {"name": name, "type": _avro_type(field.annotation, known)}
    if field.default is not PydanticUndefined:
        described["default"] = _default(field.default)
    return described


def _default(value: Any) -> Any:
    if value is None or isinstance(value, str | int | bool):
        return value.value if isinstance(value, StrEnum) else value
    if isinstance(value, tuple):
        return [_default(item) for item in value]
    raise UnsupportedShapeError(f"no Avro default for {value!r}")


def _avro_type(annotation: Any, known: set[str]) -> Any:
    origin = get_origin(annotation)
    if origin in (Union, types.UnionType):
        return _optional(annotation, known)
    if origin is tuple:
        item, ellipsis = get_args(annotation)
        if ellipsis is not Ellipsis:
            raise UnsupportedShapeError(f"only tuple[X, ...] has an Avro form, not {annotation}")
        return {"type": "array", "items": _avro_type(item, known)}
    if origin is dict:
        return {"type": "map", "values": _avro_type(get_args(annotation)[1], known)}
    if hasattr(annotation, "__metadata__"):
        return _avro_type(get_args(annotation)[0], known)
    if isinstance(annotation, type):
        return _plain_type(annotation, known)
    raise UnsupportedShapeError(f"{annotation} has no Avro form")


def _optional(annotation: Any, known: set[str]) -> list[Any]:
    alternatives = get_args(annotation)
    parts = [part for part in alternatives if part is not type(None)]
    if len(parts) != 1 or len(parts) == len(alternatives):
        raise UnsupportedShapeError(f"only X | None has an Avro form, not {annotation}")
    return ["null", _avro_type(parts[0], known)]


def _plain_type(kind: type, known: set[str]) -> Any:
    if issubclass(kind, StrEnum):
        return "string"
    if issubclass(kind, Wire):
        return f"{NAMESPACE}.{kind.__name__}" if kind.__name__ in known else _record(kind, known)
    if kind in _PRIMITIVES:
        return _PRIMITIVES[kind]
    raise UnsupportedShapeError(f"{kind.__name__} has no Avro form")
