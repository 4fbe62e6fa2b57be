"""Changes of a contract as they happen, with what each breaks: shared by the tests of words, of Avro and of the registry."""

from dataclasses import dataclass
from typing import Any

from schemas.avro import AvroSchema
from schemas.compatibility import Change, Side

NEW, OLD = (Side.NEW_READERS,), (Side.OLD_READERS,)
BOTH = (Side.NEW_READERS, Side.OLD_READERS)
NOBODY: tuple[Side, ...] = ()

DATE = {"type": "int", "logicalType": "date"}
INNER = {"type": "record", "name": "Inner", "fields": [{"name": "a", "type": "string"}]}
WIDER_INNER = {
    "type": "record",
    "name": "Inner",
    "fields": [{"name": "a", "type": "string"}, {"name": "b", "type": "long"}],
}
COLOURS = {"type": "enum", "name": "Colour", "symbols": ["RED", "GREEN"]}
MORE_COLOURS = {"type": "enum", "name": "Colour", "symbols": ["RED", "GREEN", "BLUE"]}
INNER_VALUE, WIDER_VALUE = {"a": "x"}, {"a": "x", "b": 1}


@dataclass(frozen=True)
class Case:
    """A field `x` before and after (None: there is none), a value that shows it on each side, and what is to be found."""

    name: str
    old: dict[str, Any] | None
    new: dict[str, Any] | None
    old_value: Any
    new_value: Any
    change: Change
    breaks: tuple[Side, ...]
    is_stricter_than_avro: bool = False

    @property
    def old_schema(self) -> AvroSchema:
        """The schema before."""
        return contract(self.old)

    @property
    def new_schema(self) -> AvroSchema:
        """The schema after."""
        return contract(self.new)


def contract(*fields: dict[str, Any] | None) -> AvroSchema:
    """A contract with a key and the given fields."""
    given = [field for field in fields if field is not None]
    key = {"name": "unit_code", "type": "string"}
    return {"type": "record", "name": "Changed", "namespace": "cn.test", "fields": [key, *given]}


def field(kind: Any, **more: Any) -> dict[str, Any]:
    """A field of the name that all cases use."""
    return {"name": "x", "type": kind, **more}


CASES = [
    Case(
        "an optional field more", None, field(["null", "string"], default=None), None, "a", Change.FIELD_ADDED, NOBODY
    ),
    Case("a field more without default", None, field("string"), None, "a", Change.FIELD_ADDED, NEW),
    Case("an optional field less", field("long", default=0), None, 1, None, Change.FIELD_REMOVED, NOBODY),
    Case("a field less without default", field("long"), None, 1, None, Change.FIELD_REMOVED, OLD),
    Case("text to number", field("string"), field("long"), "a", 1, Change.TYPE_CHANGED, BOTH),
    Case("int widened to long", field("int"), field("long"), 1, 2**40, Change.TYPE_CHANGED, OLD),
    Case("long narrowed to int", field("long"), field("int"), 2**40, 1, Change.TYPE_CHANGED, NEW),
    Case(
        "a list in place of one",
        field("string"),
        field({"type": "array", "items": "string"}),
        "a",
        ["a"],
        Change.TYPE_CHANGED,
        BOTH,
    ),
    Case("made optional", field("string"), field(["null", "string"]), "a", None, Change.MADE_OPTIONAL, OLD),
    Case("made required", field(["null", "string"]), field("string"), None, "a", Change.MADE_REQUIRED, NEW),
    Case(
        "a date becomes a number",
        field(DATE),
        field("int"),
        1,
        1,
        Change.LOGICAL_TYPE_CHANGED,
        BOTH,
        is_stricter_than_avro=True,
    ),
    Case("a default more", field("long"), field("long", default=1), 1, 1, Change.DEFAULT_ADDED, NOBODY),
    Case("a default less", field("long", default=1), field("long"), 1, 1, Change.DEFAULT_REMOVED, NOBODY),
    Case("another default", field("long", default=1), field("long", default=2), 1, 1, Change.DEFAULT_CHANGED, NOBODY),
    Case("a record inside grows", field(INNER), field(WIDER_INNER), INNER_VALUE, WIDER_VALUE, Change.FIELD_ADDED, NEW),
    Case(
        "a record inside a list grows",
        field({"type": "array", "items": INNER}),
        field({"type": "array", "items": WIDER_INNER}),
        [INNER_VALUE],
        [WIDER_VALUE],
        Change.FIELD_ADDED,
        NEW,
    ),
    Case(
        "an optional record inside grows",
        field(["null", INNER], default=None),
        field(["null", WIDER_INNER], default=None),
        INNER_VALUE,
        WIDER_VALUE,
        Change.FIELD_ADDED,
        NEW,
    ),
    Case(
        "map values change",
        field({"type": "map", "values": "string"}),
        field({"type": "map", "values": "long"}),
        {"k": "a"},
        {"k": 1},
        Change.TYPE_CHANGED,
        BOTH,
    ),
    Case(
        "a type more in a union",
        field(["string", "long"]),
        field(["string", "long", "boolean"]),
        1,
        True,
        Change.BRANCH_ADDED,
        OLD,
    ),
    Case(
        "a type less in a union",
        field(["string", "long", "boolean"]),
        field(["string", "long"]),
        True,
        1,
        Change.BRANCH_REMOVED,
        NEW,
    ),
    Case(
        "types of a union in another order",
        field(["string", "long"]),
        field(["long", "string"]),
        1,
        "a",
        Change.BRANCHES_REORDERED,
        NOBODY,
    ),
    Case("a symbol more", field(COLOURS), field(MORE_COLOURS), "RED", "BLUE", Change.SYMBOL_ADDED, OLD),
    Case("a symbol less", field(MORE_COLOURS), field(COLOURS), "BLUE", "RED", Change.SYMBOL_REMOVED, NEW),
    Case(
        "bytes of another length",
        field({"type": "fixed", "name": "F", "size": 2}),
        field({"type": "fixed", "name": "F", "size": 3}),
        b"ab",
        b"abc",
        Change.SIZE_CHANGED,
        BOTH,
    ),
]
