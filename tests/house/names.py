"""How things are called: facts are past participles, limits end in `_MAX`, units come last."""

import ast
import re
from collections.abc import Iterator

from pydantic import BaseModel

from schemas.vocabulary import AmountFen

IRREGULAR = frozenset(
    "begun broken chosen done drawn found given gone held kept known laid left lost made met paid put read said sent "
    "set shown sold spoken taken told withdrawn won written".split()
)
"""Past participles that do not end in -ed."""
NOT_PARTICIPLES = {
    "DecisionBatch": "a record of decisions, not a fact that is heard",
    "OpsAlert": "what monitoring says for operators, not a fact that a service hears",
    "OpsIndicator": "the same",
    "NotificationUnclear": "an outcome nobody knows: the law's trade has no participle for it",
}
"""Contracts that are called otherwise, each with its reason."""

UNITS = frozenset("fen days hours minutes seconds ms s bytes kib mib km m percent microdeg yuan chars".split())
LEGAL_TERMS = frozenset({"days_off", "days_counted", "time_limit"})
"""Names that are terms of the law: 放假, 期间的计算, 期限."""
DATES = ("_on", "_from", "_until", "_by", "as_of", "days_off", "make_up_days")
INSTANTS = ("_at", "at", "now", "since")


def participle_faults(names: list[str], exceptions: dict[str, str]) -> list[str]:
    """Say which contracts are not called by what happened, and which exceptions are not needed."""
    wrong = {name for name in names if not _is_participle(re.findall("[A-Z][a-z]*", name)[-1].lower())}
    faults = [f"{name} does not say what happened" for name in sorted(wrong - set(exceptions))]
    return faults + [f"{name} needs no exception" for name in sorted(set(exceptions) - wrong)]


def _is_participle(word: str) -> bool:
    return word.endswith("ed") or word in IRREGULAR


def field_faults(model: type[BaseModel]) -> list[str]:
    """Say which fields of a contract hide their unit: amounts end in _fen, legal dates and instants tell themselves apart."""
    faults = []
    for name, field in model.model_fields.items():
        kind = str(field.annotation)
        if field.metadata == AMOUNT_MARKS and not name.endswith("_fen"):
            faults.append(f"{model.__name__}.{name} is an amount and does not end in _fen")
        if "datetime.datetime" in kind:
            if not name.endswith(INSTANTS):
                faults.append(f"{model.__name__}.{name} is an instant and does not end in _at")
        elif "datetime.date" in kind and not name.endswith(DATES):
            faults.append(f"{model.__name__}.{name} is a legal date and does not end in _on")
    return faults


AMOUNT_MARKS = list(AmountFen.__metadata__)  # type: ignore[attr-defined]


def wording_faults(tree: ast.AST) -> list[str]:
    """Say which constants and fields put a limit or a unit in the wrong place."""
    return [f"{line}: {name} {fault}" for line, name in _named(tree) if (fault := _wording(name))]


def _wording(name: str) -> str:
    words = name.strip("_").lower().split("_")
    if len(words) == 1 or "a" in words or name.strip("_").lower() in LEGAL_TERMS:  # MINUTES_A_DAY is a rate
        return ""
    if name.isupper() and {"limit", "maximum"} & {words[0], words[-1]} and "max" not in words:
        return "is a limit and does not end in _MAX"
    if "max" in words and not set(words[words.index("max") + 1 :]) <= UNITS:
        return "is a limit and does not end in _MAX"
    if words[0] == "max":
        return "is a limit and does not end in _MAX"
    return "does not put its unit last" if words[0] in UNITS and words[-1] not in UNITS | {"max", "min"} else ""


def _named(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Constants of the module and fields of its classes."""
    for place in ast.walk(tree):
        if not isinstance(place, ast.Module | ast.ClassDef):
            continue
        for node in place.body:
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                yield node.lineno, node.target.id
            elif isinstance(node, ast.Assign):
                yield from ((node.lineno, target.id) for target in node.targets if isinstance(target, ast.Name))
