"""Examples, which stand as JSON, made into what an Avro writer takes; and schemas for writers who know ours badly."""

import base64
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from schemas.avro import AvroSchema
from schemas.avro.shapes import Names, kind_of, logical_type, names_in, normalised, resolved


class DoesNotFitError(ValueError):
    """A JSON value is not of a schema's shape; names the place."""


def avro_value(schema: AvroSchema, value: Mapping[str, Any]) -> dict[str, Any]:
    """Give a JSON value as fastavro writes it with `schema`; missing fields take the schema's default."""
    plain = normalised(schema)
    found: dict[str, Any] = _fitted("", plain, value, names_in(plain))
    return found


def schema_as_written(schema: AvroSchema, value: Mapping[str, Any]) -> AvroSchema:
    """Give the schema of a producer who writes `value` under our contract's name: fields left out or of other types."""
    plain = normalised(schema)
    names = names_in(plain)
    fields = [
        _field_as_written(field, value[field["name"]], names) for field in plain["fields"] if field["name"] in value
    ]
    return {**plain, "fields": fields}


def _field_as_written(field: Mapping[str, Any], value: Any, names: Names) -> dict[str, Any]:
    try:
        _fitted(field["name"], field["type"], value, names)
    except DoesNotFitError:
        return {"name": field["name"], "type": "string" if isinstance(value, str) else "long"}
    return {"name": field["name"], "type": field["type"]}


def _fitted(place: str, schema: Any, value: Any, names: Names) -> Any:
    schema = resolved(schema, names)
    kind = kind_of(schema)
    if kind == "union":
        return _in_union(place, schema, value, names)
    if kind == "record":
        return _in_record(place, schema, value, names)
    if kind == "array" and isinstance(value, list):
        return [_fitted(f"{place}[]", schema["items"], item, names) for item in value]
    if kind == "map" and isinstance(value, Mapping):
        return {key: _fitted(f"{place}{{}}", schema["values"], item, names) for key, item in value.items()}
    return _plain(place, logical_type(schema) or kind, value)


def _in_union(place: str, branches: list[Any], value: Any, names: Names) -> Any:
    if value is None and "null" in branches:
        return None
    return _fitted(place, next(branch for branch in branches if branch != "null"), value, names)


def _in_record(place: str, schema: AvroSchema, value: Any, names: Names) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise DoesNotFitError(f"{place} is no record")
    found = {}
    for field in schema["fields"]:
        name = field["name"]
        if name in value:
            found[name] = _fitted(f"{place}.{name}".lstrip("."), field["type"], value[name], names)
        elif "default" in field:
            found[name] = field["default"]
        else:
            raise DoesNotFitError(f"{place}.{name}".lstrip(".") + " is missing")
    return found


def _plain(place: str, kind: str, value: Any) -> Any:
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    if kind == "long" and is_whole:
        return value
    if kind == "boolean" and isinstance(value, bool):
        return value
    if isinstance(value, str) and kind in _FROM_TEXT:
        try:
            return _FROM_TEXT[kind](value)
        except ValueError as error:
            raise DoesNotFitError(f"{place} is no {kind}") from error
    raise DoesNotFitError(f"{place} is no {kind}")


_FROM_TEXT: Mapping[str, Callable[[str], Any]] = {
    "string": str,
    "date": date.fromisoformat,
    "timestamp-micros": lambda text: datetime.fromisoformat(text).astimezone(UTC),
    "bytes": base64.urlsafe_b64decode,
}
