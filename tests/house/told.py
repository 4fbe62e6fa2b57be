"""What people are told when something goes wrong: each error that a person reads says it in Chinese and in English."""

import ast
import re
from collections.abc import Iterable, Iterator

ROOT = "ToldToPeople"
"""The error of `services/runtime/errors.py` that all the others are made from."""
_CHINESE_SENTENCE = re.compile(r"[\u4e00-\u9fff].*[。？]$", re.DOTALL)


def told_errors(trees: Iterable[ast.Module]) -> dict[str, ast.ClassDef | None]:
    """Give every class that is made from `ToldToPeople`, however far down, by its name."""
    classes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    found: dict[str, ast.ClassDef | None] = {ROOT: None}
    grown = True
    while grown:
        new = {
            one.name: one
            for one in classes
            if one.name not in found and any(_name(base) in found for base in one.bases)
        }
        found |= new
        grown = bool(new)
    return found


def told_faults(tree: ast.Module, errors: dict[str, ast.ClassDef | None]) -> Iterator[str]:
    """Name each place where such an error, or `Sentences`, is made without a Chinese sentence followed by an English one.

    What was told below and is handed on (`UserMistake(*error.sentences)`) is looked at where it is said.
    """
    for call in _made(tree, errors):
        if any(isinstance(part, ast.Starred) for part in call.args):
            continue
        said = [_literal(part) for part in call.args]
        if len(said) != 2 or not _CHINESE_SENTENCE.search(said[0]):
            yield f"{call.lineno} says no Chinese sentence first"
        elif "。" in said[1] or not said[1].strip():
            yield f"{call.lineno} says no English sentence after it"


def _made(tree: ast.Module, errors: dict[str, ast.ClassDef | None]) -> Iterator[ast.Call]:
    """Calls that take both sentences: of the classes, and of what those that take something else say for themselves."""
    own = {name for name, kind in errors.items() if kind is not None and _initialiser(kind) is not None}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name(node.func) in {*errors, "Sentences"} - own:
            yield node
        initialiser = _initialiser(node) if isinstance(node, ast.ClassDef) and node.name in own else None
        for part in ast.walk(initialiser) if initialiser is not None else ():
            if isinstance(part, ast.Call) and ast.unparse(part.func) == "super().__init__":
                yield part


def _initialiser(kind: ast.ClassDef) -> ast.FunctionDef | None:
    return next((part for part in kind.body if isinstance(part, ast.FunctionDef) and part.name == "__init__"), None)


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _literal(node: ast.expr) -> str:
    """What stands literally in a text; nothing where it is no text."""
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    return "".join(str(part.value) for part in parts if isinstance(part, ast.Constant))
