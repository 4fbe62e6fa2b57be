"""The tree of errors as it is drawn at the top of its file, and as its classes are."""

import inspect
import re
from types import ModuleType

_BRANCH = re.compile(r"^(?P<indent>[ │]*)(?:[├└]── )?(?P<name>[A-Z]\w+)(?:  +(?P<meaning>\S.*))?$")
STEP = 4
"""Columns a level of the tree is indented by."""


def drawn(doc: str) -> dict[str, str]:
    """Parent of each error that the docstring draws; the root's is empty."""
    parents: dict[str, str] = {}
    above: list[tuple[int, str]] = []
    for line in doc.splitlines():
        found = _BRANCH.match(line)
        if found is None or not ("──" in line or not parents):
            continue
        column = found.start("name")
        above = [(place, name) for place, name in above if place < column]
        parents[found["name"]] = above[-1][1] if above else ""
        above.append((column, found["name"]))
    return parents


def built(module: ModuleType) -> dict[str, str]:
    """Parent of each error class of a module; empty for one that stands for itself."""
    own = {
        name: kind
        for name, kind in inspect.getmembers(module, inspect.isclass)
        if kind.__module__ == module.__name__ and issubclass(kind, Exception)
    }
    return {name: kind.__bases__[0].__name__ if kind.__bases__[0].__name__ in own else "" for name, kind in own.items()}


def without_meaning(module: ModuleType) -> list[str]:
    """Error classes that do not say what they mean."""
    return [name for name in built(module) if not getattr(module, name).__doc__]
