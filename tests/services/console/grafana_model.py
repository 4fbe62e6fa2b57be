"""A dashboard as Grafana's own SDK understands it: what it drops, what it does not know, which values are not of its types."""

import json
import typing
from collections.abc import Iterator
from typing import Any

from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.cog.runtime import UnknownDataquery
from grafana_foundation_sdk.models import units
from grafana_foundation_sdk.models.dashboard import Dashboard, Panel, RowPanel
from pydantic import ConfigDict, TypeAdapter, ValidationError

UNITS = frozenset(value for name, value in vars(units).items() if name[0].isupper() and isinstance(value, str))
"""Every unit Grafana knows by name."""
OPEN = ("titleFormat", "textFormat")
"""What Prometheus' annotations have beside the kind of all annotations, which Grafana leaves open."""
_ANY_CLASS = ConfigDict(arbitrary_types_allowed=True)


def read(document: str) -> Dashboard:
    """Decode a dashboard with the SDK's models, panels and queries by those of their plugins."""
    register_default_plugins()
    return Dashboard.from_json(json.loads(document))


def dropped(document: str) -> list[str]:
    """Name what is not there any more, or is otherwise, once the models have written it again."""
    again = json.loads(JSONEncoder().encode(read(document)))
    return [path for path in _missing(json.loads(document), again, "") if not path.endswith(OPEN)]


def faults(document: str) -> list[str]:
    """Name values that are not of the model's types, and panels and queries no plugin of Grafana's is known for."""
    return list(_faults(read(document), "dashboard"))


def _missing(ours: object, theirs: object, path: str) -> Iterator[str]:
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for name, value in ours.items():
            if name in theirs:
                yield from _missing(value, theirs[name], f"{path}/{name}")
            else:
                yield f"{path}/{name}"
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        for place, (mine, other) in enumerate(zip(ours, theirs, strict=True)):
            yield from _missing(mine, other, f"{path}/{place}")
    elif ours != theirs:
        yield path


def _faults(value: object, path: str) -> Iterator[str]:
    if isinstance(value, UnknownDataquery):
        yield f"{path} is no query of a known data source"
        return
    if isinstance(value, Panel) and not hasattr(value.options, "to_json"):
        yield f"{path} is no panel of a known plugin: {value.type_val}"
    for name, hint in typing.get_type_hints(type(value).__init__).items():
        if name != "return":
            yield from _faults_of(getattr(value, name), hint, f"{path}.{name}")


def _faults_of(value: object, hint: Any, path: str) -> Iterator[str]:
    if hasattr(value, "to_json"):
        yield from _faults(value, path)
    elif isinstance(value, list) and any(hasattr(one, "to_json") for one in value):
        for place, one in enumerate(value):
            yield from _faults(one, f"{path}.{place}")
    elif value is not None:
        try:
            TypeAdapter(hint, config=_ANY_CLASS).validate_json(json.dumps(value), strict=True)
        except ValidationError as error:
            yield f"{path}: {error.errors()[0]['msg']}"


def panels_of(document: str) -> list[Panel]:
    """Give the panels that show something."""
    return [panel for panel in read(document).panels or [] if not isinstance(panel, RowPanel)]
