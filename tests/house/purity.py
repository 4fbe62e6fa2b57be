"""What a decision must not touch: clock, chance, the outside world, the order of sets."""

import ast
from collections.abc import Iterator, Sequence

from tests.house.sources import imports_of

ALLOWED = (
    "bisect",
    "calendar",  # how many days a month has
    "collections",
    "dataclasses",
    "datetime",
    "decimal",
    "enum",
    "fractions",
    "functools",
    "hashlib",
    "heapq",
    "itertools",
    "json",
    "math",
    "operator",
    "re",
    "string",
    "types",
    "typing",
    "unicodedata",
    "uuid.UUID",
    "uuid.uuid5",
    "zoneinfo.ZoneInfo",
    "msgspec",
    "pydantic",
    "pydantic_core",
    "stdnum",
)
"""All that a pure module may import besides modules of ours that are pure themselves. A list of what is allowed,
because a list of what is forbidden is always one library short."""

OF_THE_CLOCK = {"now", "utcnow", "today", "localtime", "monotonic", "perf_counter", "time_ns"}
OF_THE_MACHINE = {"open", "print", "input", "eval", "exec", "hash", "id", "globals", "breakpoint", "__import__"}
"""Builtins: the outside world, and `hash` and `id`, which differ from process to process."""
SETS = {"set", "frozenset", "Set", "AbstractSet", "MutableSet"}
ORDERLESS = {"sorted", "set", "frozenset", "len", "any", "all", "min", "max", "sum"}
"""Callables for which it does not matter in which order they are given a set."""
ORDERED = {"tuple", "list", "iter", "next", "enumerate", "map", "filter", "zip", "reversed", "dict"}


def impurities(tree: ast.Module, allowed: Sequence[str] = ALLOWED) -> list[str]:
    """Say, with its line, everything in a module that a decision must not touch."""
    found = [
        f"{line}: imports {name}"
        for line, name in imports_of(tree)
        if not any(name == one or name.startswith(f"{one}.") for one in allowed)
    ]
    found += [f"{line}: {what}" for node in ast.walk(tree) for line, what in _touched(node)]
    return found + [f"{line}: {what}" for line, what in _set_orders(tree)]


def _touched(node: ast.AST) -> Iterator[tuple[int, str]]:
    if isinstance(node, ast.AsyncFunctionDef | ast.Await | ast.AsyncFor | ast.AsyncWith):
        yield node.lineno, "waits for something"
    if isinstance(node, ast.Call):
        yield from ((node.lineno, what) for what in _asked(node))


def _asked(call: ast.Call) -> Iterator[str]:
    called = call.func
    if isinstance(called, ast.Name) and called.id in OF_THE_MACHINE:
        yield f"calls {called.id}()"
    if isinstance(called, ast.Attribute):
        arguments = len(call.args) + len(call.keywords)
        if called.attr in OF_THE_CLOCK:
            yield f"asks the clock: .{called.attr}()"
        if called.attr == "astimezone" and not arguments:
            yield "asks the machine for its time zone: .astimezone()"
        if called.attr == "fromtimestamp" and arguments == 1:
            yield "asks the machine for its time zone: .fromtimestamp(seconds)"
        if called.attr in ("uuid1", "uuid4", "urandom", "getenv", "read_text", "read_bytes", "write_text"):
            yield f"calls .{called.attr}()"


def _set_orders(tree: ast.Module) -> Iterator[tuple[int, str]]:
    known = _names_of_sets(tree)
    forgiven = {id(argument) for call in ast.walk(tree) if _is_orderless(call) for argument in _arguments(call)}
    for node in ast.walk(tree):
        for place in _ordered_uses(node, forgiven):
            if _is_set(place, known):
                yield place.lineno, f"takes a set in its own order: {ast.unparse(place)}"


def _arguments(node: ast.AST) -> list[ast.expr]:
    return node.args if isinstance(node, ast.Call) else []


def _is_orderless(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ORDERLESS


def _ordered_uses(node: ast.AST, forgiven: set[int]) -> Iterator[ast.expr]:
    """Whatever this node walks through in its order."""
    if isinstance(node, ast.For):
        yield node.iter
    elif isinstance(node, ast.ListComp | ast.DictComp | ast.GeneratorExp):
        if id(node) not in forgiven:
            yield from (part.iter for part in node.generators)
    elif isinstance(node, ast.Starred) and id(node) not in forgiven:
        yield node.value
    elif isinstance(node, ast.Call):
        called = node.func
        name = called.id if isinstance(called, ast.Name) else called.attr if isinstance(called, ast.Attribute) else ""
        if isinstance(called, ast.Attribute) and name == "pop" and not node.args:
            yield called.value
        if name in ORDERED or name in ("join", "extend", "fromkeys", "chain", "from_iterable"):
            yield from node.args


def _names_of_sets(tree: ast.Module) -> set[str]:
    """Names, arguments and fields that hold sets: so annotated, or assigned a set."""
    known: set[str] = set()
    for _ in range(2):  # a second look finds names assigned from names found by the first
        for node in ast.walk(tree):
            if isinstance(node, ast.AnnAssign) and _is_set_type(node.annotation):
                known.add(ast.unparse(node.target))
            elif isinstance(node, ast.arg) and node.annotation is not None and _is_set_type(node.annotation):
                known.add(node.arg)
            elif isinstance(node, ast.Assign) and _is_set(node.value, known):
                known |= {ast.unparse(target) for target in node.targets}
    return known


def _is_set_type(annotation: ast.expr) -> bool:
    base = annotation.value if isinstance(annotation, ast.Subscript) else annotation
    return isinstance(base, ast.Name) and base.id in SETS


def _is_set(node: ast.expr, known: set[str]) -> bool:
    if isinstance(node, ast.Set | ast.SetComp):
        return True
    if isinstance(node, ast.Call):
        name = node.func
        if isinstance(name, ast.Attribute):
            return name.attr in ("union", "difference", "intersection", "symmetric_difference")
        return isinstance(name, ast.Name) and name.id in ("set", "frozenset")
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr | ast.BitAnd | ast.Sub | ast.BitXor):
        return _is_set(node.left, known) or _is_set(node.right, known)
    if isinstance(node, ast.Attribute):
        return node.attr in known or ast.unparse(node) in known
    return isinstance(node, ast.Name) and node.id in known
