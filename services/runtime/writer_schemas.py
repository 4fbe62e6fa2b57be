"""Which writer's schemas are read at all: those whose values are bounded by the bytes they are read from.

Whoever writes a topic may register a schema of its own under a contract's name. Read as it says, a schema that holds
itself lets a few bytes nest so deep that fastavro overruns the stack and the process dies; an array of what takes no
bytes (nothing, an empty record) turns six bytes into a million million items. Both were seen (decision 0087).
"""

from collections.abc import Mapping
from typing import Any

_LEAST_BYTES = {"null": 0, "boolean": 1, "int": 1, "long": 1, "float": 4, "double": 8, "bytes": 1, "string": 1}
"""Avro's primitive types with the fewest bytes of a value; what is in no list of this module is not read."""
PARTS_MAX = 5_000
"""Parts of a schema with every named type written out where it is used; our largest contract has under 200."""


class _UnboundedError(Exception):
    """The schema may be read for ever from a few bytes."""


def is_bounded(schema: Any) -> bool:
    """Tell whether what is read under a schema, parsed by fastavro, takes no more time and room than its bytes account for."""
    try:
        _Measure().least_bytes(schema, ())
    except _UnboundedError:
        return False
    return True


class _Measure:
    """Walks a schema, each named type anew at every use, and counts what it passes."""

    def __init__(self) -> None:
        self._named: dict[str, Any] = {}
        self._left = PARTS_MAX

    def least_bytes(self, schema: Any, inside: tuple[str, ...]) -> int:
        """The fewest bytes a value takes, as 0 or more; `inside` are the records around it."""
        self._left -= 1
        if self._left < 0:
            raise _UnboundedError
        if isinstance(schema, list):  # a union, whose index takes a byte
            return 1 + min([self.least_bytes(part, inside) for part in schema], default=0)
        if isinstance(schema, Mapping):
            return self._of_complex(schema, inside)
        if schema in self._named:
            return self._of_complex(self._named[schema], inside)
        if schema not in _LEAST_BYTES:
            raise _UnboundedError
        return _LEAST_BYTES[schema]

    def _of_complex(self, schema: Mapping[str, Any], inside: tuple[str, ...]) -> int:
        kind = schema["type"]
        if kind in ("record", "error"):  # fastavro reads both alike
            return self._of_record(schema, inside)
        if kind == "array":
            if self.least_bytes(schema["items"], inside) == 0:
                raise _UnboundedError
            return 1
        if kind == "map":  # each of its values has a key, which takes a byte
            self.least_bytes(schema["values"], inside)
            return 1
        if kind == "fixed":
            self._named[str(schema["name"])] = schema
            return int(schema["size"])
        if kind == "enum":
            self._named[str(schema["name"])] = schema
            return 1
        return self.least_bytes(kind, inside)

    def _of_record(self, schema: Mapping[str, Any], inside: tuple[str, ...]) -> int:
        name = str(schema["name"])
        if name in inside:
            raise _UnboundedError
        self._named[name] = schema
        return sum(self.least_bytes(field["type"], (*inside, name)) for field in schema["fields"])
