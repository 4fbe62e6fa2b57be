"""Every word of the roads beside the ordinary one has its Chinese: a code without one would stop the case that meets it."""

import ast
from enum import StrEnum
from pathlib import Path

import pytest

from schemas.insolvency_acts import InsolvencyAct, WriteOffGround
from schemas.unit_status import DeadlineKind, DeregistrationWay, LegalForm, Liable, Measure, MeasureStage, UnitStanding
from services.arrears import (
    law_status_disputes,
    law_status_liable,
    law_status_numbers,
    rules_insolvency_objections,
    rules_measure_choice,
    texts_status,
)
from services.arrears.rules_measure_stage import PARAGRAPHS
from services.arrears.rules_status_standing import position
from tests.house.codes import text_faults

HERE = Path(rules_measure_choice.__file__).parent
CODE_FUNCTIONS = {
    "rules_status_standing": texts_status.REFUSAL_TEXTS,
    "rules_insolvency_objections": texts_status.REFUSAL_TEXTS,
    "rules_insolvency_claims": texts_status.REFUSAL_TEXTS,
    "rules_insolvency": texts_status.REFUSAL_TEXTS,
    "rules_measure_choice": texts_status.CHOICE_TEXTS,
}
"""Modules that give reasons, and where the words of these stand."""

OF_ALL_ACTS = ("content-known", "act-conflict", "act-not-reversible")
"""Reasons that other parts give too; their words stand there."""


def reasons_in(module: str) -> set[str]:
    """Codes with a dash that a module's lists, tuples and returns hold; names of timers and measures are not among them."""
    tree = ast.parse((HERE / f"{module}.py").read_text(encoding="utf-8"))
    docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    words = {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs
    }
    return {word for word in words if "-" in word and word.replace("-", "").isalnum() and word.islower()}


@pytest.mark.parametrize("module", CODE_FUNCTIONS)
def test_every_reason_has_its_words(module: str) -> None:
    of_decisions = set(texts_status.REASON_TEXTS) | {"case-full", "unit-unknown", *OF_ALL_ACTS}

    assert set() == reasons_in(module) - set(CODE_FUNCTIONS[module]) - of_decisions


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (UnitStanding, texts_status.STANDING_NAMES),
        (Measure, texts_status.MEASURE_NAMES),
        (MeasureStage, texts_status.STAGE_NAMES),
        (DeadlineKind, texts_status.DEADLINE_NAMES),
        (Liable, texts_status.LIABLE_NAMES),
        (LegalForm, texts_status.LEGAL_FORM_NAMES),
        (InsolvencyAct, texts_status.ACT_NAMES),
        (WriteOffGround, texts_status.GROUND_NAMES),
        (Measure, PARAGRAPHS),
        (DeregistrationWay, law_status_liable.LIABLE),
        (WriteOffGround, law_status_liable.WRITE_OFF_RULES),
    ],
)
def test_every_word_of_a_closed_list_has_its_own(words: type[StrEnum], names: dict[StrEnum, object]) -> None:
    assert set(words) == {words(name) for name in names}


def test_every_act_but_a_ruling_has_its_objections_and_paragraphs() -> None:
    judged = set(rules_insolvency_objections.OBJECTIONS)

    assert set(InsolvencyAct) - {InsolvencyAct.RULING_RECEIVED} == judged


def test_all_words_are_chinese() -> None:
    assert [] == text_faults({**texts_status.REFUSAL_TEXTS, **texts_status.CHOICE_TEXTS})


def test_what_is_disputed_fits_into_its_field() -> None:
    disputes = [text for name, text in vars(law_status_disputes).items() if name.endswith("_DISPUTE")]

    assert 7 <= len(disputes)
    assert all(len(text) <= 200 for text in (*disputes, law_status_numbers.ACCEPTANCE_DAY.dispute))


def test_nobody_said_anything_holds_nothing() -> None:
    assert () == position(()).standings


def test_no_words_are_left_over() -> None:
    given = {name: reasons_in(name) for name in CODE_FUNCTIONS}
    choices = given.pop("rules_measure_choice")

    assert set() == set(texts_status.REFUSAL_TEXTS) - set().union(*given.values())
    assert set() == {code for code in texts_status.CHOICE_TEXTS if "-" in code} - choices
