"""Codes that a service puts into a fact's or a reason's field: outcomes' details, reasons of all kinds."""

import ast
from collections.abc import Iterable, Iterator, Mapping

FIELDS = frozenset({"reason_code", "detail_code", "reason", "detail", "late_detail"})
"""Keywords that take a code people will read; `late_detail` becomes a `detail`."""
GIVERS = {
    "Attempt": (1, "detail"),
    "ClosedEffect": (1, "detail"),
    "_not_carried_out": (0, "detail"),
    "_withheld": (2, "detail"),
    "fail": (4, "detail"),
    "pass_over": (2, "reason"),
    "released": (3, "reason"),
    "abandoned": (2, "reason"),
    "cancellation": (3, "reason"),
    "Standing": (3, "reason"),
}
"""What takes such a code without its name: at which place, and what the field is called in the end."""


def constants(trees: Iterable[ast.AST]) -> dict[str, set[str]]:
    """Every text that a module calls by a name, `A = "x"` and `A, B = "x", "y"`; a name may stand for several."""
    found: dict[str, set[str]] = {}
    for tree in trees:
        for node in ast.walk(tree):
            if not isinstance(node, ast.Assign):
                continue
            target, value = node.targets[0], node.value
            pairs = [(target, value)]
            if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
                pairs = list(zip(target.elts, value.elts, strict=True))
            for name, text in pairs:
                if isinstance(name, ast.Name) and isinstance(text, ast.Constant) and isinstance(text.value, str):
                    found.setdefault(name.id, set()).add(text.value)
    return found


def said_codes(tree: ast.AST, known: Mapping[str, set[str]]) -> Iterator[tuple[int, str, str]]:
    """Line, field and code of each code that is written, or named, where it is given; what is computed is not seen."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        for keyword in node.keywords:
            if keyword.arg in FIELDS:
                field = "detail" if keyword.arg == "late_detail" else keyword.arg
                yield from ((node.lineno, field, code) for code in _codes(keyword.value, known))
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        place, field = GIVERS.get(name, (len(node.args), ""))
        if place < len(node.args):
            yield from ((node.lineno, field, code) for code in _codes(node.args[place], known))


def _codes(expression: ast.expr, known: Mapping[str, set[str]]) -> Iterator[str]:
    if isinstance(expression, ast.IfExp | ast.BoolOp):
        parts = expression.values if isinstance(expression, ast.BoolOp) else [expression.body, expression.orelse]
        for part in parts:
            yield from _codes(part, known)
    elif isinstance(expression, ast.Constant) and isinstance(expression.value, str) and expression.value:
        yield expression.value
    elif isinstance(expression, ast.Name | ast.Attribute):
        name = expression.id if isinstance(expression, ast.Name) else expression.attr
        yield from sorted(known.get(name, ()))
