"""Every reason has a text, every text its reason, and every refusal a place in the documents."""

import ast
import re
from importlib import import_module

import pytest
from pydantic_core import PydanticCustomError

from services.audit.words import RUNTIME_TEXTS
from services.runtime.effect_texts import REASON_TEXTS as EFFECT_TEXTS
from services.runtime.refusals import CODES
from tests.house.codes import given_patterns, never_filled, never_given, strings_in, text_faults, without_text
from tests.house.services_here import deciding_folders, plugged_services
from tests.house.sources import ROOT, path_of, python_files, reached_from, tree_of

REFUSALS = ROOT / "docs" / "refusals.md"


def _decision_modules(folder: str) -> list[str]:
    reached = reached_from([f"services.{folder}.rules"], (f"services.{folder}",))
    return [module for module in reached if not module.startswith(f"services.{folder}.texts")]


def _tree(module: str) -> ast.Module:
    path = path_of(module)
    assert path is not None
    return tree_of(path)


def _texts(folder: str) -> dict[str, str]:
    found: dict[str, str] = import_module(f"services.{folder}.texts").REASON_TEXTS
    return found


@pytest.mark.parametrize("folder", deciding_folders())
def test_every_reason_of_a_service_has_a_text(folder: str) -> None:
    faults = [
        f"{module}:{fault}"
        for module in _decision_modules(folder)
        for fault in without_text(_tree(module), _texts(folder))
    ]

    assert [] == faults


@pytest.mark.parametrize("folder", deciding_folders())
def test_every_place_in_a_text_gets_its_value(folder: str) -> None:
    faults = [
        f"{module}:{fault}"
        for module in _decision_modules(folder)
        for fault in never_filled(_tree(module), _texts(folder))
    ]

    assert [] == faults


@pytest.mark.parametrize("folder", deciding_folders())
def test_every_text_of_a_service_is_given_by_some_rule(folder: str) -> None:
    contracts = reached_from([f"services.{folder}.rules"], ("services", "schemas"))
    words = strings_in(_tree(module) for module in {*_decision_modules(folder), *contracts} if ".texts" not in module)

    assert [] == never_given(_texts(folder), words)


@pytest.mark.parametrize("name", sorted(plugged_services()))
def test_every_service_brings_its_texts(name: str) -> None:
    assert plugged_services()[name].reason_texts


def test_every_reason_of_the_runtime_has_a_text() -> None:
    modules = ("batch", "deciding", "outcomes", "step", "commands", "door", "refusals")
    faults = [
        f"{module}:{fault}"
        for module in modules
        for fault in without_text(_tree(f"services.runtime.{module}"), RUNTIME_TEXTS)
    ]

    assert [] == faults
    assert [] == without_text(_tree("services.runtime.effects"), EFFECT_TEXTS)


@pytest.mark.parametrize(
    "texts",
    [CODES, EFFECT_TEXTS, RUNTIME_TEXTS, *(_texts(folder) for folder in deciding_folders())],
    ids=["refusals", "effects", "runtime", *deciding_folders()],
)
def test_texts_are_chinese(texts: dict[str, str]) -> None:
    assert [] == text_faults(texts)


def test_every_refusal_code_is_documented_and_no_other() -> None:
    documented = set(re.findall(r"^\| `([a-z0-9-]+)` \|", REFUSALS.read_text(encoding="utf-8"), re.MULTILINE))
    checks = {
        node.args[0].value
        for path in python_files("schemas")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == PydanticCustomError.__name__
        if isinstance(node.args[0], ast.Constant)
    }
    refused = {
        re.sub(r"\\(.)", r"\1", pattern)
        for folder in deciding_folders()
        for module in _decision_modules(folder)
        for pattern in _refused_in(_tree(module))
    }

    assert documented == {*CODES, *checks, *refused, "nothing-unclear"}


def _refused_in(tree: ast.Module) -> list[str]:
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == "refused"]
    return [pattern for call in calls for _, pattern in given_patterns(call)]


def test_a_reason_without_text_is_seen() -> None:
    rules = ast.parse(
        "def decide():\n    code = 'late' if a else 'early'\n    return refused(state, 'lost'), decided(s, f'{a}-again')"
    )

    assert 4 == len(without_text(rules, ["other"]))
    assert [] == without_text(rules, ["late", "early", "lost", "seen-again"])


def test_a_place_without_value_is_seen() -> None:
    rules = ast.parse("a = decided(s, 'paid-late', fact, days=3)\nb = refused(s, 'a' if c else 'paid-late', **more)")

    assert ["1: paid-late has no value for month"] == never_filled(
        rules, {"paid-late": "{month}迟{days}天", "a": "{b}"}
    )


def test_a_text_without_reason_is_seen() -> None:
    words = strings_in([ast.parse('"""orphan"""\nreturn_this = f"{kind}-known"\nkind = "stocking"')])

    assert ["orphan is given by no rule"] == never_given(["stocking-known", "orphan"], words)


def test_a_text_that_is_not_chinese_is_seen() -> None:
    assert [
        "a is not Chinese",
        "a has foreign words: already, known",
        "b has a place without a name",
        "c has half-width punctuation",
    ] == text_faults({"a": "already known", "b": "已收到{}", "c": "已收到,不再办理", "d": "已收到（{month}）"})
