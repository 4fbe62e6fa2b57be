"""Every number of the arrears desk's law is data: with paragraph, dates of force and confidence; what is disputed is told."""

import ast
from collections import defaultdict
from datetime import date
from itertools import pairwise
from typing import Any

import pytest

from schemas.mesh import EarlierValue, ParameterPublished
from schemas.parameters import is_usable
from services.arrears import law, law_payments
from services.arrears.law_numbers import LegalNumber, Unit
from services.audit.legal_numbers import READINGS_ZH, disputes, legal_numbers
from tests.house.sources import ROOT, tree_of

ALL: list[LegalNumber[Any]] = [number for numbers in legal_numbers().values() for number in numbers]
LAW_FILES = sorted((ROOT / "services" / "arrears").glob("law*.py"))
OF_NO_LAW = {
    "law.py": {10_000: "units a fen, and the size of a cache", 2: "half a unit, for rounding"},
    "law_enforcement.py": {12: "months of a year", 31: "days of a month, at most"},
    "law_status_numbers.py": {10_000: "parts that a share is counted in"},
    "law_status_days.py": {12: "months of a year"},
}
"""Numbers in a law module that are no rule: why not."""
TODAY = date(2026, 5, 1)


def bare_numbers(tree: ast.Module) -> list[int]:
    """Whole numbers above one that stand neither in a `LegalNumber` nor in a date."""
    makers = {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.returns and "LegalNumber" in ast.unparse(node.returns)
    }
    inside = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"LegalNumber", "date", "time"} | makers
        for part in ast.walk(node)
    }
    constants = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in inside]
    return [node.value for node in constants if isinstance(node.value, int) and node.value > 1]


@pytest.mark.parametrize("file", LAW_FILES, ids=lambda file: file.name)
def test_no_number_of_the_law_stands_bare(file: Any) -> None:
    allowed = OF_NO_LAW.get(file.name, {})

    assert [] == [number for number in bare_numbers(tree_of(file)) if number not in allowed]


def test_a_bare_number_is_seen() -> None:
    tree = ast.parse('DAYS = 5\nRATE = LegalNumber("rate", 20)\nSTART = date(2011, 7, 1)\n')

    assert [5] == bare_numbers(tree)


@pytest.mark.parametrize("number", ALL, ids=lambda number: f"{number.name}-{number.in_force_from}")
def test_a_number_rests_on_a_paragraph_and_says_what_it_means(number: LegalNumber[Any]) -> None:
    assert all((number.name, number.meaning, number.paragraph))
    assert number.in_force_until is None or number.in_force_from < number.in_force_until


@pytest.mark.parametrize("number", ALL, ids=lambda number: f"{number.name}-{number.in_force_from}")
def test_a_parameter_takes_its_default_and_no_nonsense(number: LegalNumber[Any]) -> None:
    if number.parameter:
        assert is_usable(number.parameter, str(number.value))
        assert not is_usable(number.parameter, "nonsense")


def test_a_number_has_one_value_on_every_day() -> None:
    versions: dict[tuple[str, str], list[LegalNumber[Any]]] = defaultdict(list)
    for module, numbers in legal_numbers().items():
        for number in numbers:
            versions[module, number.name].append(number)

    for named in versions.values():
        ordered = sorted(named, key=lambda one: one.in_force_from)
        assert all(
            before.in_force_from < after.in_force_from
            and (before.in_force_until is None or before.in_force_until < after.in_force_from)
            for before, after in pairwise(ordered)
        )


def test_two_parts_that_know_one_number_know_the_same() -> None:
    latest: dict[str, set[object]] = defaultdict(set)
    for numbers in legal_numbers().values():
        for name, number in {number.name: number for number in numbers}.items():
            latest[name].add(number.value)

    assert [] == [name for name, values in latest.items() if len(values) > 1]


def test_a_choice_is_made_by_a_parameter() -> None:
    assert [] == [number.name for number in ALL if number.unit is Unit.CHOICE and not number.parameter]


def test_what_is_disputed_is_told_once_with_its_paragraph_and_its_setting() -> None:
    cap, pursuit = disputes([law.PAY_IN_TIME, law.LATE_FEE_CAP, law_payments.PURSUIT, law.LATE_FEE_CAP], TODAY)

    assert cap.endswith("（依据：行政强制法 45(2)；参数 late-fee-cap 未另行设定，现按默认 off（不以本金为限））")
    assert pursuit.startswith("劳动保障监察条例 20 的二年查处时限是否约束社会保险费追缴，看法不一")


@pytest.mark.parametrize(
    ("effective_on", "told"),
    [
        (date(2026, 5, 1), "参数 late-fee-cap 自 2026-05-01 起为 on（以本金为限），默认 off（不以本金为限）"),
        (date(2026, 5, 2), "参数 late-fee-cap 现按默认 off（不以本金为限），自 2026-05-02 起为 on（以本金为限）"),
    ],
)
def test_what_this_deployment_has_set_is_told_and_from_when(effective_on: date, told: str) -> None:
    """Told on 1 May 2026: from that day it holds, from the next it does not yet."""
    published = ParameterPublished(name="late-fee-cap", value="on", effective_on=effective_on)

    assert told in disputes([law.LATE_FEE_CAP], TODAY, {published.name: published})[0]


def test_what_holds_until_a_change_to_come_is_told() -> None:
    """On 1 May 2026 it is capped, and will not be from the 2nd."""
    earlier = (EarlierValue(value="on", effective_on=date(2026, 1, 1)),)
    published = ParameterPublished(name="late-fee-cap", value="off", effective_on=date(2026, 5, 2), earlier=earlier)

    told = disputes([law.LATE_FEE_CAP], TODAY, {published.name: published})[0]
    assert "参数 late-fee-cap 现按 on（以本金为限），自 2026-05-02 起为 off（不以本金为限）" in told


def test_every_reading_that_a_parameter_chooses_is_named_in_words() -> None:
    chosen = {number.parameter: str(number.value) for number in ALL if number.unit is Unit.CHOICE}

    assert [] == [parameter for parameter, value in chosen.items() if value not in READINGS_ZH.get(parameter, {})]


def test_what_nobody_disputes_is_not_told() -> None:
    assert [] == disputes([law.PAY_IN_TIME, law.LATE_FEE], TODAY)


@pytest.mark.parametrize(
    ("due_on", "last_day"),
    [
        (date(2022, 1, 8), date(2024, 1, 8)),
        (date(2024, 2, 29), date(2026, 2, 28)),
        (date(2023, 2, 28), date(2025, 2, 28)),
    ],
)
def test_two_years_end_on_the_corresponding_day_or_the_last_of_the_month(due_on: date, last_day: date) -> None:
    assert last_day == law_payments.pursuit_ends_on(due_on)
