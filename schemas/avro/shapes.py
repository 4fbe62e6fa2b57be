"""Avro schemas taken apart: full names, kinds, branches, promotions. Plain data in, plain data out."""

from collections.abc import Mapping
from typing import Any

from schemas.avro import AvroSchema

PRIMITIVES = ("null", "boolean", "int", "long", "float", "double", "bytes", "string")
NAMED = ("record", "enum", "fixed")

_INSIDE = {"array": "items", "map": "values"}
_PROMOTIONS = {
    "int": ("long", "float", "double"),
    "long": ("float", "double"),
    "float": ("double",),
    "string": ("bytes",),
    "bytes": ("string",),
}

Names = Mapping[str, AvroSchema]
"""Records, enums and fixed types by full name."""


def normalised(schema: Any, namespace: str = "") -> Any:
    """Give a schema without docs in one spelling: names in full, plain types as text, no wrapped types."""
    if isinstance(schema, str):
        return schema if schema in PRIMITIVES else _full_name(schema, namespace)
    if isinstance(schema, list):
        return [normalised(branch, namespace) for branch in schema]
    kind = schema["type"]
    if not isinstance(kind, str):
        return normalised(kind, namespace)
    if kind in _INSIDE:
        return {"type": kind, _INSIDE[kind]: normalised(schema[_INSIDE[kind]], namespace)}
    if kind in PRIMITIVES:
        return kind if set(schema) <= {"type", "doc"} else {key: schema[key] for key in schema if key != "doc"}
    return _named(schema, namespace) if kind in NAMED else normalised(kind, namespace)


def _named(schema: AvroSchema, namespace: str) -> AvroSchema:
    name = _full_name(schema["name"], schema.get("namespace", namespace))
    rest = {key: value for key, value in schema.items() if key not in ("doc", "namespace", "fields")}
    inside = name.rpartition(".")[0]
    if schema["type"] == "record":
        rest["fields"] = [_field(field, inside) for field in schema["fields"]]
    return {**rest, "name": name}


def _field(field: Mapping[str, Any], namespace: str) -> dict[str, Any]:
    rest = {key: value for key, value in field.items() if key != "doc"}
    return {**rest, "type": normalised(field["type"], namespace)}


def _full_name(name: str, namespace: str) -> str:
    return name if "." in name or not namespace else f"{namespace}.{name}"


def names_in(schema: Any) -> dict[str, AvroSchema]:
    """Collect what a normalised schema defines, by full name."""
    if isinstance(schema, str):
        return {}
    if isinstance(schema, list):
        return {name: found for branch in schema for name, found in names_in(branch).items()}
    found = {schema["name"]: schema} if schema["type"] in NAMED else {}
    for inner in (
        *(field["type"] for field in schema.get("fields", ())),
        schema.get("items", "null"),
        schema.get("values", "null"),
    ):
        found.update(names_in(inner))
    return found


def resolved(schema: Any, names: Names) -> Any:
    """Give the definition that a name stands for, or the schema itself."""
    return names[schema] if isinstance(schema, str) and schema not in PRIMITIVES else schema


def kind_of(schema: Any) -> str:
    """Name the kind of a resolved schema: `string`, `record`, `array`, `union` and so on."""
    if isinstance(schema, list):
        return "union"
    return schema if isinstance(schema, str) else str(schema["type"])


def branch_name(schema: Any) -> str:
    """Name by which a branch of a union is known: the full name of what has one, else its kind."""
    return str(schema["name"]) if isinstance(schema, dict) and "name" in schema else kind_of(schema)


def logical_type(schema: Any) -> str:
    """Give the logical type, or nothing."""
    return str(schema.get("logicalType", "")) if isinstance(schema, dict) else ""


def promotes(written: Any, read: Any) -> bool:
    """Tell whether Avro reads what was written as one plain type as another."""
    return kind_of(read) in _PROMOTIONS.get(kind_of(written), ())


def described(schema: Any) -> str:
    """Give a resolved schema in a few words."""
    if isinstance(schema, list):
        return " or ".join(described(branch) for branch in schema)
    if kind_of(schema) == "array":
        return f"list of {described(schema['items'])}"
    if kind_of(schema) == "map":
        return f"map of {described(schema['values'])}"
    return logical_type(schema) or branch_name(schema).rpartition(".")[2]
