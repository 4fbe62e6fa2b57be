"""Every reason the rules can give has a text, and every text can be given."""

import ast
from itertools import product
from pathlib import Path

import pytest

import services.cards.rules
import services.outlets.rules
from services.cards.texts import REASON_TEXTS as CARD_TEXTS
from services.outlets.texts import REASON_TEXTS as OUTLET_TEXTS

CARD_ROOM = sorted(Path(services.cards.rules.__file__).parent.glob("*.py"))
OUTLET_ROOM = sorted(Path(services.outlets.rules.__file__).parent.glob("rules*.py"))

STEPS = ("blank-requested", "no-blank-anywhere", "issuance-abandoned")
SUSPENSIONS = ("suspended-temporary", "suspended-temporary-provisional", "suspended-written", "loss-noted")
PASSED_OVER = ("refused", "overdue", "expired", "unavailable", "printing-failed")
STOCKINGS = ("blanks-delivered", "blanks-counted", "stocking-reversed", "stocking-reversed-before")

CARD_COMPOSED = {
    *STEPS,
    # A report begins a first round, which no bound ends; only a card lost in writing begins one.
    *(f"{suspension}-{step}" for suspension, step in product(SUSPENSIONS, STEPS[:2])),
    *(f"{prefix}-{step}" for prefix, step in product(PASSED_OVER, STEPS)),
}
OUTLET_COMPOSED = {
    *STOCKINGS,
    *(f"{code}-short" for code in STOCKINGS),
    *(f"reservation-refused-{reason}" for reason in ("no-blank", "not-equipped", "already-closed")),
}


def literals(files: list[Path]) -> set[str]:
    """Every text that stands whole in the rules."""
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in files)
    return {
        node.value
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


@pytest.mark.parametrize(
    ("files", "texts", "composed"),
    [(CARD_ROOM, CARD_TEXTS, CARD_COMPOSED), (OUTLET_ROOM, OUTLET_TEXTS, OUTLET_COMPOSED)],
    ids=["cards", "outlets"],
)
def test_every_text_is_of_a_code_that_the_rules_give(
    files: list[Path], texts: dict[str, str], composed: set[str]
) -> None:
    assert set(texts) <= literals(files) | composed


@pytest.mark.parametrize(
    ("texts", "composed"), [(CARD_TEXTS, CARD_COMPOSED), (OUTLET_TEXTS, OUTLET_COMPOSED)], ids=["cards", "outlets"]
)
def test_every_composed_code_has_a_text(texts: dict[str, str], composed: set[str]) -> None:
    assert composed <= set(texts)


@pytest.mark.parametrize(("files", "texts"), [(CARD_ROOM, CARD_TEXTS), (OUTLET_ROOM, OUTLET_TEXTS)])
def test_every_code_written_whole_has_a_text(files: list[Path], texts: dict[str, str]) -> None:
    calls = [
        node
        for path in files
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    ]
    decisions = [node for node in calls if node.func.id in {"decided", "already_known", "refused"}]  # type: ignore[attr-defined]
    codes = {node.args[1].value for node in decisions if len(node.args) > 1 and isinstance(node.args[1], ast.Constant)}

    assert codes
    assert codes <= set(texts)
