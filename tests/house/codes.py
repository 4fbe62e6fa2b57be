"""Reason codes: those that rules give, and those that have a text."""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from string import Formatter

GIVERS = {"decided": 1, "already_known": 1, "refused": 1, "Reason": 0}
"""What takes a reason code, and at which place."""
CHINESE = re.compile(r"[\u4e00-\u9fff]")
WORDS = re.compile(r"[A-Za-z]{2,}")
ABBREVIATIONS = frozenset({"CloudEvents", "KiB", "MiB", "murmur", "GB"})
"""Latin words that stand in Chinese texts rightly: names."""


def given_patterns(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and pattern of each reason code that is written where it is given, or in a variable called `code`.

    `f"{a}-known"` is the pattern `.+-known`; a code that comes from elsewhere is not seen here.
    """
    for node in ast.walk(tree):
        for expression in _codes_in(node):
            yield from ((expression.lineno, pattern) for pattern in _patterns(expression))


def _codes_in(node: ast.AST) -> Iterator[ast.expr]:
    if isinstance(node, ast.Call):
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        place = GIVERS.get(name)
        if place is not None and len(node.args) > place:
            yield node.args[place]
        yield from (keyword.value for keyword in node.keywords if keyword.arg == "code")
    elif isinstance(node, ast.Assign) and [ast.unparse(target) for target in node.targets] == ["code"]:
        yield node.value


def _patterns(expression: ast.expr) -> Iterator[str]:
    if isinstance(expression, ast.IfExp):
        yield from _patterns(expression.body)
        yield from _patterns(expression.orelse)
    elif isinstance(expression, ast.Constant) and isinstance(expression.value, str) and expression.value:
        yield re.escape(expression.value)
    elif isinstance(expression, ast.JoinedStr):
        parts = [part.value if isinstance(part, ast.Constant) else None for part in expression.values]
        yield "".join(".*" if part is None else re.escape(str(part)) for part in parts)


def without_text(tree: ast.AST, texts: Iterable[str]) -> list[str]:
    """Say which codes a module gives that have no text."""
    known = list(texts)
    return [
        f"{line}: {pattern} has no text"
        for line, pattern in given_patterns(tree)
        if not any(re.fullmatch(pattern, code) for code in known)
    ]


def never_filled(tree: ast.AST, texts: Mapping[str, str]) -> list[str]:
    """Say which texts have places that the decision giving them brings no value for, where both can be read."""
    faults = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id == "Reason":
            continue
        place = GIVERS.get(node.func.id, len(node.args))
        values = {keyword.arg for keyword in node.keywords}
        if place >= len(node.args) or None in values:
            continue
        for pattern in _patterns(node.args[place]):
            code = pattern.replace("\\", "")
            wanted = {name for _, name, *_ in Formatter().parse(texts.get(code, "")) if name}
            faults += [f"{node.lineno}: {code} has no value for {name}" for name in sorted(wanted - values)]
    return faults


def strings_in(trees: Iterable[ast.AST]) -> set[str]:
    """Every text written in some modules, f-strings in their parts; docstrings do not count."""
    found: set[str] = set()
    for tree in trees:
        docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        found |= {
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs
        }
    return found


def never_given(texts: Iterable[str], strings: set[str]) -> list[str]:
    """Say which texts no rule can give: their code is not made of texts that stand in the rules."""
    return [f"{code} is given by no rule" for code in texts if not _is_made_of(code, strings)]


def _is_made_of(code: str, strings: set[str]) -> bool:
    reached = {0}
    for end in range(1, len(code) + 1):
        if any(code[begin:end] in strings for begin in reached):
            reached.add(end)
    return len(code) in reached


def text_faults(texts: dict[str, str]) -> list[str]:
    """Say which texts are not Chinese, or name their values in a way that cannot be filled."""
    faults = []
    for code, text in texts.items():
        plain = "".join(part for part, *_ in Formatter().parse(text))
        strangers = set(WORDS.findall(plain)) - ABBREVIATIONS
        if not CHINESE.search(plain):
            faults.append(f"{code} is not Chinese")
        if strangers:
            faults.append(f"{code} has foreign words: {', '.join(sorted(strangers))}")
        if any(name is not None and not name.isidentifier() for _, name, *_ in Formatter().parse(text)):
            faults.append(f"{code} has a place without a name")
        if re.search(r"[\u4e00-\u9fff][,;:?!]", plain):
            faults.append(f"{code} has half-width punctuation")
    return faults
