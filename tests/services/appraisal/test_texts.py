"""Every code the rules can give has its Chinese text, and no text is left over."""

import ast
from pathlib import Path

import pytest

from schemas.appraisal import ConclusionKind, DateStanding, ExtensionGround, Material, Specialty
from services.appraisal import events, rules_panel, texts
from services.appraisal.worker import SERVICE

ROOM = Path(texts.__file__).parent
DECIDERS = ("decided", "already_known", "refused", "decision")


def _codes_in(source: Path) -> set[str]:
    """Text constants with a dash in calls that decide, or assigned to `code`: the reason codes of a module."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and _name(node.func) in DECIDERS:
            found |= {text for argument in node.args for text in _texts(argument)}
        if isinstance(node, ast.Assign) and _name(node.targets[0]) == "code":
            found |= _texts(node.value)
    return {code for code in found if "-" in code and not code.endswith("-")}


def _name(node: ast.AST) -> str:
    return getattr(node, "id", getattr(node, "attr", ""))


def _texts(node: ast.AST) -> set[str]:
    if isinstance(node, ast.Call):
        return set()
    nested = (_texts(child) for child in ast.iter_child_nodes(node))
    own = {node.value} if isinstance(node, ast.Constant) and isinstance(node.value, str) else set()
    return own.union(*nested)


def test_every_code_has_a_text_and_every_text_a_code() -> None:
    codes = {code for source in ROOM.glob("rules*.py") for code in _codes_in(source)}
    codes |= {f"panel-scheduled-{standing}" for standing in DateStanding}

    assert codes == set(texts.REASON_TEXTS)


@pytest.mark.parametrize(
    ("names", "vocabulary"),
    [
        (texts.KIND_NAMES, ConclusionKind),
        (texts.MATERIAL_NAMES, Material),
        (texts.SPECIALTY_NAMES, Specialty),
    ],
)
def test_every_word_has_a_chinese_name(names: dict[str, str], vocabulary: type) -> None:
    assert set(names) == set(vocabulary)  # type: ignore[call-overload]  # an enum class is iterable


def test_shortages_and_extensions_have_texts() -> None:
    shortages = {
        rules_panel.TOO_FEW_EXPERTS,
        rules_panel.SPECIALTY_UNFILLED,
        rules_panel.SPECIALTIES_SHARE_EXPERTS,
        rules_panel.NO_SITTING_FREE,
    }
    assert set(texts.SHORTAGE_TEXTS) == shortages
    assert set(texts.EXTENSION_TEXTS) == set(ExtensionGround)


def test_the_service_hears_and_says_what_its_room_declares() -> None:
    assert (SERVICE.hears, SERVICE.says) == (events.HEARS, events.SAYS)
