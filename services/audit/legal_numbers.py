"""The numbers of the law that services decide by, found in their `law*.py`, and what is disputed about them."""

from collections.abc import Iterable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from services.arrears.law_numbers import LegalNumber

_SERVICES = Path(__file__).resolve().parents[1]


def legal_numbers() -> Mapping[str, tuple[LegalNumber[Any], ...]]:
    """Give the `NUMBERS` of every law module, by the module's name."""
    found = {}
    for file in sorted(_SERVICES.glob("*/law*.py")):
        name = f"services.{file.parent.name}.{file.stem}"
        numbers = getattr(import_module(name), "NUMBERS", ())
        if numbers:
            found[name] = tuple(numbers)
    return found


def disputes(paragraphs: Iterable[str]) -> list[str]:
    """Tell in Chinese what is disputed about numbers that rest on these paragraphs, each once, in their order."""
    found: dict[str, None] = {}
    by_paragraph: dict[str, list[LegalNumber[Any]]] = {}
    for number in (number for numbers in legal_numbers().values() for number in numbers if number.is_disputed):
        by_paragraph.setdefault(number.paragraph, []).append(number)
    for paragraph in paragraphs:
        found |= {_told(number): None for number in by_paragraph.get(paragraph, ())}
    return list(found)


def _told(number: LegalNumber[Any]) -> str:
    default = f"；参数 {number.parameter} 可另行设定，默认 {number.value}" if number.parameter else ""
    return f"{number.dispute}（依据：{number.paragraph}{default}）"
