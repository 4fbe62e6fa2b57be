"""Every reason the rules give has a text, and every text is given."""

import ast
from pathlib import Path

import services.notifications.rules
from services.notifications.texts import REASON_TEXTS

ROOM = Path(services.notifications.rules.__file__).parent
CODE_CALLS = {"decided": 1, "already_known": 1, "refused": 1}


def given_codes() -> set[str]:
    """Codes written in the rules: the second argument of the deciding functions, and every `code=`."""
    found: set[str] = set()
    for path in sorted(ROOM.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                found |= _codes_of(node)
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == "code":
                found |= _texts(node.value)
            if isinstance(node, ast.FunctionDef):
                found |= _defaults(node)
    return found


def _codes_of(call: ast.Call) -> set[str]:
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    found: set[str] = set()
    if name in CODE_CALLS and len(call.args) > CODE_CALLS[name]:
        found |= _texts(call.args[CODE_CALLS[name]])
    for keyword in call.keywords:
        if keyword.arg == "code":
            found |= _texts(keyword.value)
    return found


def _defaults(function: ast.FunctionDef) -> set[str]:
    pairs = zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True)
    return {text for arg, default in pairs if arg.arg == "code" and default is not None for text in _texts(default)}


def _texts(node: ast.expr) -> set[str]:
    return {
        part.value
        for part in ast.walk(node)
        if isinstance(part, ast.Constant) and isinstance(part.value, str) and part.value
    }


def test_reasons_and_texts_are_the_same_set() -> None:
    assert given_codes() == set(REASON_TEXTS)
