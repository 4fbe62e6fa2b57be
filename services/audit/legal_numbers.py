"""The numbers of the law that services decide by, found in their `law*.py`, and what is disputed about them."""

from collections.abc import Iterable, Mapping
from datetime import date
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Any

from schemas.mesh import ParameterPublished
from services.arrears.law_numbers import LegalNumber, OpenQuestion
from services.audit.reading import MeshReader
from services.runtime.refusals import RefusedAtDoor

READINGS_ZH: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "late-fee-cap": {"off": "不以本金为限", "on": "以本金为限"},
        "payment-allocation": {"principal-first": "先本金、后滞纳金", "late-fee-first": "先滞纳金、后本金"},
        "late-fee-keeps-case-open": {"no": "本金缴清即为缴清", "yes": "滞纳金缴清方为缴清"},
        "pursuit-limit": {"off": "不约束追缴", "on": "约束追缴"},
        "notice-policy": {"newsletter": "按小报做法", "law": "按令20号第十六条"},
        "notice-authority": {"by-period": "由费款所属时期的征收机构", "centre": "一律由社保中心"},
        "transfer-late-fee": {"off": "划拨不含滞纳金", "on": "划拨包括滞纳金"},
        "deferred-late-fee": {"free": "协议期间免收", "charged": "协议期间照收"},
        "bankruptcy-late-fee-day": {"counted": "受理当日计收", "not-counted": "受理当日不计收"},
    }
)
"""What each value of a parameter that chooses between readings means, in the words of the office (Chinese)."""

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


def open_questions() -> tuple[OpenQuestion, ...]:
    """Give the `QUESTIONS` of every law module: what the legal desk is asked."""
    modules = [f"services.{file.parent.name}.{file.stem}" for file in sorted(_SERVICES.glob("*/law*.py"))]
    return tuple(question for name in modules for question in getattr(import_module(name), "QUESTIONS", ()))


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
    """Tell in Chinese what is disputed about numbers that rest on these paragraphs, each once, in their order; then what is open about them.

    With the value in force on `today` by what was published: that is the reading by which this deployment decides.
    """
    cited = tuple(paragraphs)
    found: dict[str, None] = {}
    by_paragraph: dict[str, list[LegalNumber[Any]]] = {}
    for number in (number for numbers in legal_numbers().values() for number in numbers if number.is_disputed):
        by_paragraph.setdefault(number.paragraph, []).append(number)
    for paragraph in cited:
        found |= {_told(number, today, parameters): None for number in by_paragraph.get(paragraph, ())}
    return [*found, *(_asked(one) for one in open_questions() if set(one.rests_on) <= set(cited))]


def _asked(question: OpenQuestion) -> str:
    return f"待法制机构答复：{question.question}。答复前：{question.reading}（依据：{'、'.join(question.rests_on)}）"


def _told(number: LegalNumber[Any], today: date, parameters: Mapping[str, ParameterPublished]) -> str:
    return f"{number.dispute}（依据：{number.paragraph}{_setting(number, today, parameters.get(number.parameter))}）"


def _setting(number: LegalNumber[Any], today: date, published: ParameterPublished | None) -> str:
    """Say which value holds now, since when, and what the default is: as the parameter writes it, and what it means."""
    if not number.parameter:
        return ""
    default = _reading(number.parameter, str(number.value))
    if published is None:
        return f"；参数 {number.parameter} 未另行设定，现按默认 {default}"
    set_to = _reading(number.parameter, published.value)
    if published.effective_on > today:
        before = published.value_on(today)
        now = f"默认 {default}" if before is None else f" {_reading(number.parameter, before)}"
        return f"；参数 {number.parameter} 现按{now}，自 {published.effective_on} 起为 {set_to}"
    return f"；参数 {number.parameter} 自 {published.effective_on} 起为 {set_to}，默认 {default}"


def _reading(parameter: str, value: str) -> str:
    words = READINGS_ZH.get(parameter, {}).get(value)
    return f"{value}（{words}）" if words else value
