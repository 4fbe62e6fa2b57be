"""What the source of the contracts says beside its code: types as written, the texts under fields and types.

Read from the source when documents are generated, never by a running service.
"""

import ast
import inspect
import itertools
import sys
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from types import ModuleType

from schemas.fact import Wire


@dataclass(frozen=True, slots=True)
class FieldNote:
    """A field as its class writes it."""

    name: str
    written_type: str
    note: str


@lru_cache(maxsize=1_000)
def field_notes(model: type[Wire]) -> tuple[FieldNote, ...]:
    """Give the notes of a contract's fields, in the order of the contract; the nearest class speaks for a field."""
    found: dict[str, FieldNote] = {}
    for owner in model.__mro__:
        if issubclass(owner, Wire) and owner is not Wire:
            for note in _notes_of(owner):
                found.setdefault(note.name, note)
    return tuple(found[name] for name in model.model_fields)


def type_notes(module: ModuleType) -> dict[str, str]:
    """Give what a module says of the types and words it defines: `X = Annotated[...]` with a text under it, and enums."""
    body = ast.parse(inspect.getsource(module)).body
    found = {name: text for name, text in _documented_names(body) if name[0].isupper() and not name.isupper()}
    for node in body:
        if isinstance(node, ast.ClassDef) and any(ast.unparse(base) == "StrEnum" for base in node.bases):
            found[node.name] = f"{ast.get_docstring(node) or ''} Words: {', '.join(_symbols(node))}."
    return found


def modules_behind(models: Iterable[type[Wire]]) -> list[ModuleType]:
    """Give the modules that define the models and their bases, and those of `schemas` they import from."""
    names = {owner.__module__ for model in models for owner in model.__mro__ if issubclass(owner, Wire)}
    for name in tuple(names):
        for node in ast.walk(ast.parse(inspect.getsource(sys.modules[name]))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("schemas."):
                names.add(str(node.module))
    return [sys.modules[name] for name in sorted(names)]


def _notes_of(owner: type[Wire]) -> Iterator[FieldNote]:
    source = ast.parse(textwrap.dedent(inspect.getsource(owner))).body[0]
    assert isinstance(source, ast.ClassDef)
    texts = dict(_documented_names(source.body))
    for node in source.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield FieldNote(node.target.id, ast.unparse(node.annotation), texts.get(node.target.id, ""))


def _documented_names(body: list[ast.stmt]) -> Iterator[tuple[str, str]]:
    for node, after in itertools.pairwise(body):
        text = after.value.value if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant) else None
        if not isinstance(text, str):
            continue
        target = (
            node.targets[0]
            if isinstance(node, ast.Assign)
            else node.target
            if isinstance(node, ast.AnnAssign)
            else None
        )
        if isinstance(target, ast.Name):
            yield target.id, " ".join(text.split())


def _symbols(node: ast.ClassDef) -> Iterator[str]:
    for assignment in node.body:
        if isinstance(assignment, ast.Assign) and isinstance(assignment.value, ast.Constant):
            yield f"`{assignment.value.value!s}`"
