"""Schemas that other systems may have registered under the names of our contracts, and what is written under them."""

from collections.abc import Mapping
from typing import Any

from schemas.avro import NAMESPACE, AvroSchema, avro_schema
from schemas.contributions import ContributionPaid
from schemas.fact import Wire

MODEL = ContributionPaid
NAME = f"{NAMESPACE}.{MODEL.__name__}"
DEEP = 200_000


def _record(*fields: Mapping[str, Any]) -> AvroSchema:
    return {"type": "record", "name": MODEL.__name__, "namespace": NAMESPACE, "fields": list(fields)}


def newer(model: type[Wire] = MODEL) -> AvroSchema:
    """The contract of a later release, with one more optional field: what it writes is good."""
    schema = avro_schema(model)
    more = {"name": "said_later", "type": ["null", "string"], "default": None}
    return {**schema, "fields": [*schema["fields"], more]}


def turned_round(model: type[Wire] = MODEL) -> AvroSchema:
    """Our fields in another order: good as well."""
    schema = avro_schema(model)
    return {**schema, "fields": schema["fields"][::-1]}


RECURSIVE = _record({"name": "more", "type": ["null", NAME]})
ERRORS = _record(
    {
        "name": "error",
        "type": {
            "type": "error",
            "name": "Error",
            "namespace": NAMESPACE,
            "fields": [{"name": "more", "type": ["null", f"{NAMESPACE}.Error"]}],
        },
    }
)
NOTHINGS = _record({"name": "nothings", "type": {"type": "array", "items": "null"}})
EMPTY_RECORDS = _record(
    {"name": "empty", "type": {"type": "map", "values": {"type": "record", "name": "Empty", "fields": []}}}
)
MANY_FIXED = _record({"name": "x", "type": {"type": "array", "items": {"type": "fixed", "name": "Fixed", "size": 0}}})
HUGE_FIXED = _record({"name": "x", "type": {"type": "fixed", "name": "Fixed", "size": 2**31 - 1}})
AMOUNT_AS_TEXT = _record({"name": "paid_fen", "type": "string"})
NUMBERS = _record(*({"name": name, "type": "double"} for name in MODEL.model_fields))
NO_FIELDS = _record()

BAD: Mapping[str, tuple[AvroSchema, bytes]] = {
    "recursive": (RECURSIVE, b"\x02" * DEEP + b"\x00"),
    "recursive errors": (ERRORS, b"\x02" * DEEP + b"\x00"),
    "an array of nothings": (NOTHINGS, b"\xfe\xff\xff\xff\xff\x1f\x00"),
    "a map of empty records": (EMPTY_RECORDS, b"\xfe\xff\xff\xff\xff\x1f" + b"\x00" * 40),
    "an array of fixed values without bytes": (MANY_FIXED, b"\xfe\xff\xff\xff\xff\x1f\x00"),
    "a fixed value of 2 GiB": (HUGE_FIXED, b"\x00" * 40),
    "an amount as text": (AMOUNT_AS_TEXT, b"\x08much"),
    "numbers everywhere": (NUMBERS, b"\x00" * 8 * len(MODEL.model_fields)),
    "no fields": (NO_FIELDS, b""),
}
"""Schemas whose records must be refused, each with what somebody wrote under it."""
GOOD: Mapping[str, AvroSchema] = {"newer": newer(), "turned round": turned_round()}
