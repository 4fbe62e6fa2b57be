"""How long modules and functions may be."""

import ast
from collections.abc import Iterator
from statistics import median

MODULE_LINES_MAX = 350
MODULE_LINES_MEDIAN_MAX = 250
FUNCTION_LINES_MAX = 60
FUNCTION_LINES_MEDIAN_MAX = 12
TEST_MODULE_LINES_MAX = 500

EXCEPTIONS: dict[str, str] = {}
"""Modules that may be longer, each with its reason."""


def module_faults(lines: dict[str, int], lines_max: int, exceptions: dict[str, str]) -> list[str]:
    """Say which modules are too long, and which exceptions are not needed any more."""
    faults = [
        f"{name} has {count} lines"
        for name, count in sorted(lines.items())
        if count > lines_max and name not in exceptions
    ]
    return faults + [f"{name} needs no exception" for name in exceptions if lines.get(name, 0) <= lines_max]


def functions(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Every function of a module with its length in lines, docstring included."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


def function_faults(tree: ast.AST, lines_max: int) -> list[str]:
    """Say which functions are too long."""
    return [f"{name} has {count} lines" for name, count in functions(tree) if count > lines_max]


def middle(counts: list[int]) -> float:
    """The median: half of them are no longer than this."""
    return float(median(counts))
