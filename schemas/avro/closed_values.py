"""Which texts of a contract are closed sets: strings on the wire, enums in the model, so that no Avro schema shows them.

A value that is taken out of its enum makes every record that holds it unreadable at the door, and neither Avro nor a
registry says so. The values are therefore kept beside the schemas, in `<contract>/values.json`, by the path of the field.
"""

import json
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, get_args, get_origin

from schemas.avro.versions import FOLDER
from schemas.fact import Wire

FILE = "values.json"

ClosedValues = Mapping[str, tuple[str, ...]]
"""The values a field may have, sorted, by path (`[]` for items of a list, `{}` for values of a map)."""


def closed_values(model: type[Wire]) -> ClosedValues:
    """Give every closed set of a contract; empty when it has none."""
    return dict(sorted(_of_model(model, "", ())))


def kept_values(folder: Path = FOLDER) -> dict[str, ClosedValues]:
    """Read what is checked in, by contract."""
    return {
        file.parent.name: {place: tuple(values) for place, values in json.loads(file.read_text("utf-8")).items()}
        for file in sorted(folder.glob(f"*/{FILE}"))
    }


def values_files(contracts: Mapping[str, type[Wire]], folder: Path = FOLDER) -> dict[Path, str]:
    """Give the files as they should stand: one for each contract that has a closed set."""
    found = {name: closed_values(model) for name, model in contracts.items()}
    return {folder / name / FILE: _text(values) for name, values in found.items() if values}


def _text(values: ClosedValues) -> str:
    return json.dumps(values, ensure_ascii=False, indent=2) + "\n"


def _of_model(model: type[Wire], place: str, inside: tuple[type[Wire], ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    if model in inside:
        return  # a record that holds itself: its values are listed once
    for name, field in model.model_fields.items():
        where = f"{place}.{name}" if place else name
        yield from _of_type(field.annotation, where, (*inside, model))


def _of_type(annotation: Any, place: str, inside: tuple[type[Wire], ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        yield place, tuple(sorted(annotation))
    elif isinstance(annotation, type) and issubclass(annotation, Wire):
        yield from _of_model(annotation, place, inside)
    elif hasattr(annotation, "__metadata__"):
        yield from _of_type(get_args(annotation)[0], place, inside)
    else:
        mark = "[]" if get_origin(annotation) is tuple else "{}" if get_origin(annotation) is dict else ""
        for part in get_args(annotation):
            yield from _of_type(part, f"{place}{mark}", inside)
