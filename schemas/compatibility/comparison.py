"""Two versions of a contract walked side by side."""

from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from typing import Any

from schemas.avro import AvroSchema
from schemas.avro.closed_values import ClosedValues
from schemas.avro.shapes import (
    NAMED,
    Names,
    branch_name,
    described,
    kind_of,
    logical_type,
    names_in,
    normalised,
    promotes,
    resolved,
)
from schemas.compatibility import findings
from schemas.compatibility.findings import BOTH, NEW, OLD, Finding, Side

NAME_LIKENESS_MIN = 0.6
"""Two field names that are at least so alike, with one type, are taken for one renamed field."""


def compare(old: AvroSchema, new: AvroSchema) -> tuple[Finding, ...]:
    """Explain every difference between two versions of a contract; nothing when they differ in docs only."""
    before, after = normalised(old), normalised(new)
    return tuple(_Walk(names_in(before), names_in(after)).types("", before, after))


def compare_values(kept: ClosedValues, current: ClosedValues) -> tuple[Finding, ...]:
    """Explain which values a closed set lost or got. A set that is open or gone now is the schemas' matter."""
    found = []
    for place, before in kept.items():
        after = current.get(place, before)
        found += [findings.value_removed(place, value) for value in before if value not in after]
        found += [findings.value_added(place, value) for value in after if value not in before]
    return tuple(found)


class _Walk:
    """A pair of records is walked once, however often it is named: records may hold themselves."""

    def __init__(self, old_names: Names, new_names: Names) -> None:
        self._old_names, self._new_names = old_names, new_names
        self._walked: set[tuple[str, str]] = set()

    def types(self, place: str, old: Any, new: Any) -> Iterator[Finding]:
        old, new = resolved(old, self._old_names), resolved(new, self._new_names)
        if isinstance(old, list) or isinstance(new, list):
            yield from self._unions(place, _branches(old, self._old_names), _branches(new, self._new_names))
        else:
            yield from self._pair(place, old, new)

    def _pair(self, place: str, old: Any, new: Any) -> Iterator[Finding]:
        kind = kind_of(old)
        if kind != kind_of(new):
            yield _type_changed(place, old, new)
            return
        if kind in NAMED and branch_name(old) != branch_name(new):
            yield findings.name_changed(place, branch_name(old), branch_name(new))
        if kind == "record":
            yield from self._records(place, old, new)
        elif kind == "array":
            yield from self.types(f"{place}[]", old["items"], new["items"])
        elif kind == "map":
            yield from self.types(f"{place}{{}}", old["values"], new["values"])
        elif kind == "enum":
            yield from _enums(place, old, new)
        elif kind == "fixed" and old["size"] != new["size"]:
            yield findings.size_changed(place, old["size"], new["size"])
        elif logical_type(old) != logical_type(new):
            yield findings.logical_type_changed(place, described(old), described(new))

    def _unions(self, place: str, olds: Mapping[str, Any], news: Mapping[str, Any]) -> Iterator[Finding]:
        if "null" in news and "null" not in olds:
            yield findings.made_optional(place)
        if "null" in olds and "null" not in news:
            yield findings.made_required(place)
        for name in olds:
            if name in news and name != "null":
                yield from self._pair(place, olds[name], news[name])
        lost = [branch for name, branch in olds.items() if name not in news and name != "null"]
        gained = [branch for name, branch in news.items() if name not in olds and name != "null"]
        if len(lost) == len(gained) == 1:
            yield from self._pair(place, lost[0], gained[0])
            return
        for branch in lost:
            breaks = () if any(promotes(branch, other) for other in news.values()) else NEW
            yield findings.branch_removed(place, described(branch), breaks)
        for branch in gained:
            breaks = () if any(promotes(branch, other) for other in olds.values()) else OLD
            yield findings.branch_added(place, described(branch), breaks)
        if not lost and not gained and list(olds) != list(news) and len(olds) == len(news):
            yield findings.branches_reordered(place)

    def _records(self, place: str, old: AvroSchema, new: AvroSchema) -> Iterator[Finding]:
        pair = (branch_name(old), branch_name(new))
        if pair in self._walked:
            return
        self._walked.add(pair)
        old_fields = {field["name"]: field for field in old["fields"]}
        new_fields = {field["name"]: field for field in new["fields"]}
        renames = _renames(old_fields, new_fields)
        for name, field in old_fields.items():
            where = f"{place}.{name}" if place else name
            if name in renames:
                yield findings.renamed(where, renames[name], field, new_fields[renames[name]])
            elif name not in new_fields:
                yield findings.removed(where, field)
            else:
                yield from self.types(where, field["type"], new_fields[name]["type"])
                yield from _defaults(where, field, new_fields[name])
        for name, field in new_fields.items():
            where = f"{place}.{name}" if place else name
            if name not in old_fields and name not in renames.values():
                yield findings.added(where, field)
            if _default_is_unfit(field) and not _default_is_unfit(old_fields.get(name, {})):
                yield findings.default_unfit(where)


def _branches(schema: Any, names: Names) -> dict[str, Any]:
    branches = schema if isinstance(schema, list) else [schema]
    return {branch_name(resolved(branch, names)): resolved(branch, names) for branch in branches}


def _type_changed(place: str, old: Any, new: Any) -> Finding:
    breaks: tuple[Side, ...] = BOTH
    if logical_type(old) == logical_type(new):
        breaks = (() if promotes(old, new) else NEW) + (() if promotes(new, old) else OLD)
    return findings.type_changed(place, breaks, described(old), described(new))


def _enums(place: str, old: AvroSchema, new: AvroSchema) -> Iterator[Finding]:
    for symbol in old["symbols"]:
        if symbol not in new["symbols"]:
            yield findings.symbol_removed(place, symbol, () if "default" in new else NEW)
    for symbol in new["symbols"]:
        if symbol not in old["symbols"]:
            yield findings.symbol_added(place, symbol, () if "default" in old else OLD)


def _defaults(place: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Finding]:
    if "default" in new and "default" not in old:
        yield findings.default_added(place)
    elif "default" in old and "default" not in new:
        yield findings.default_removed(place)
    elif old.get("default") != new.get("default"):
        yield findings.default_changed(place, old["default"], new["default"])


def _default_is_unfit(field: Mapping[str, Any]) -> bool:
    """Tell whether a union's default is not of its first type: Avro knows defaults of the first type only."""
    if "default" not in field or not isinstance(field["type"], list):
        return False
    return bool((field["default"] is None) != (field["type"][0] == "null"))


def _renames(old: Mapping[str, Mapping[str, Any]], new: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Pair fields that went with fields that came, where type and name are alike or an alias says so."""
    came = [name for name in new if name not in old]
    pairs: dict[str, str] = {}
    for name in old:
        if name in new:
            continue
        for candidate in came:
            alike = SequenceMatcher(None, name, candidate).ratio() >= NAME_LIKENESS_MIN
            is_alias = name in new[candidate].get("aliases", ())
            if is_alias or (alike and old[name]["type"] == new[candidate]["type"]):
                pairs[name] = candidate
                came.remove(candidate)
                break
    return pairs
