"""The numbers of the law that services decide by, found in their `law*.py`, and what is disputed about them."""

from collections.abc import Iterable, Mapping
from datetime import date
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Any

from schemas.mesh import ParameterPublished
from services.arrears.law_numbers import LegalNumber
from services.audit.reading import MeshReader
from services.runtime.refusals import RefusedAtDoor

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


async def published_parameters(reader: MeshReader) -> dict[str, ParameterPublished]:
    """Give what was published of each parameter, as its highest revision has it; what no task could read is left out."""
    said: list[ParameterPublished] = []
    async for record in reader.records((ParameterPublished.topic,)):
        try:
            said.append(reader.codec.decode(record.topic, record.value or b""))
        except RefusedAtDoor:
            continue  # tasks refuse it as well, and say so
    return latest_parameters(said)


def latest_parameters(said: Iterable[ParameterPublished]) -> dict[str, ParameterPublished]:
    """Give the highest revision of each parameter, by name."""
    found: dict[str, ParameterPublished] = {}
    for fact in said:
        known = found.get(fact.name)
        if known is None or known.revision < fact.revision:
            found[fact.name] = fact
    return found


def disputes(
    paragraphs: Iterable[str], today: date, parameters: Mapping[str, ParameterPublished] = MappingProxyType({})
) -> list[str]:
    """Tell in Chinese what is disputed about numbers that rest on these paragraphs, each once, in their order.

    With the value in force on `today` by what was published: that is the reading by which this deployment decides.
    """
    found: dict[str, None] = {}
    by_paragraph: dict[str, list[LegalNumber[Any]]] = {}
    for number in (number for numbers in legal_numbers().values() for number in numbers if number.is_disputed):
        by_paragraph.setdefault(number.paragraph, []).append(number)
    for paragraph in paragraphs:
        found |= {_told(number, today, parameters): None for number in by_paragraph.get(paragraph, ())}
    return list(found)


def _told(number: LegalNumber[Any], today: date, parameters: Mapping[str, ParameterPublished]) -> str:
    return f"{number.dispute}（依据：{number.paragraph}{_setting(number, today, parameters.get(number.parameter))}）"


def _setting(number: LegalNumber[Any], today: date, published: ParameterPublished | None) -> str:
    """Say which value holds now, since when, and what the default is."""
    if not number.parameter:
        return ""
    if published is None:
        return f"；参数 {number.parameter} 未另行设定，现按默认 {number.value}"
    if published.effective_on > today:
        return f"；参数 {number.parameter} 现按默认 {number.value}，自 {published.effective_on} 起为 {published.value}"
    return f"；参数 {number.parameter} 现为 {published.value}（自 {published.effective_on} 起），默认 {number.value}"
