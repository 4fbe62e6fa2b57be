"""Chinese texts bear Chinese punctuation (全角标点)."""

import ast
import re
from collections.abc import Iterator

_HAN = "\u3400-\u9fff"
_PLACE = re.compile(r"\{[^{}]*\}")
_ITEM = re.compile(r"\([0-9一二三四五六七八九十]{1,3}\)")
"""An item of an article, as citations have it: `社会保险法 63(2)`, `16(四)`."""
_ENGLISH = re.compile(r"[A-Za-z]{2,}['’]?,? [A-Za-z(]|[a-z]{3,}[:;,]? \(|\)[,;:]? [a-z]{2,}")
"""English prose, which names Chinese terms in its own brackets."""
_HALF_WIDTH = re.compile(rf"[{_HAN}」』》〉）〕】][ ]?[,;:!?()]|[,;:!?()][ ]?[{_HAN}「『《〈（〔【]")


def half_width(text: str) -> str:
    """Give the first place in a Chinese text where half-width punctuation stands beside a Chinese sign; "" where there is none."""
    for part in re.split(r"[|\n]", _ITEM.sub("", _PLACE.sub("〇", text))):
        found = None if _ENGLISH.search(part) else _HALF_WIDTH.search(part)
        if found is not None:
            return part[max(found.start() - 4, 0) : found.end() + 4]
    return ""


def punctuation_faults(tree: ast.AST) -> list[str]:
    """Say which texts of a module bear half-width punctuation, docstrings and patterns aside."""
    return [f"{line}: {place}" for line, text in _texts(tree) if (place := half_width(text))]


def _texts(tree: ast.AST) -> Iterator[tuple[int, str]]:
    aside = set[ast.AST]()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):
            aside.add(node.value)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "compile":
            aside.update(node.args)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in aside:
            yield node.lineno, node.value
