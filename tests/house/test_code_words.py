"""No code of ours stands in a sentence that people read: each has its Chinese word in its field."""

import ast
import re

import pytest

from schemas.page import ACTION_NAMES_ZH, PageAct
from schemas.topics import SERVICES
from services.appraisal.rules_state import Status
from services.audit.code_words import OF_FIELD, WORDS, of_code
from services.notifications.call_list import OUTCOMES
from services.notifications.rules.state import End
from services.outlets import rules as outlet_rules
from services.page.web.refused import REFUSALS
from tests.house.codes import CHINESE
from tests.house.said_codes import constants, said_codes
from tests.house.services_here import deciding_folders
from tests.house.sources import path_of, python_files, tree_of

SHELL = ("effects", "effect_cases", "effect_runner")
FOREIGN = re.compile(r"[A-Za-z]")


def _trees(folder: str) -> list[ast.Module]:
    files = python_files(f"services/{folder}")
    return [tree_of(path) for path in files]


def _wordless(field: str, code: str) -> bool:
    return not CHINESE.search(of_code(code, field))


@pytest.mark.parametrize("folder", deciding_folders())
def test_every_code_that_a_service_says_has_a_chinese_word(folder: str) -> None:
    trees = _trees(folder)
    known = constants(trees)
    said = [found for tree in trees for found in said_codes(tree, known)]

    assert [] == [f"{field} {code}" for _, field, code in said if _wordless(field, code)]


def test_every_code_that_the_effect_shell_says_has_a_chinese_word() -> None:
    paths = [path_of(f"services.runtime.{module}") for module in SHELL]
    trees = [tree_of(path) for path in paths if path is not None]
    known = constants(trees)
    said = [(field, code) for tree in trees for _, field, code in said_codes(tree, known)]

    assert {"not-begun", "outside-window", "withdrawn", "attempt-broken"} <= {code for _, code in said}
    assert [] == [f"{field} {code}" for field, code in said if _wordless(field, code)]


@pytest.mark.parametrize(
    ("field", "codes"),
    [
        ("detail", [attempt.detail_code for attempt in OUTCOMES.values()]),
        ("end", [end.value for end in End]),
        ("status", [status.value for status in Status]),
        ("reason", [outlet_rules.NO_BLANK, outlet_rules.NOT_EQUIPPED, outlet_rules.ALREADY_CLOSED]),
        ("outcome", ["done", "failed", "unknown"]),
        ("act", list(PageAct)),
        ("action", list(ACTION_NAMES_ZH)),
        ("code", ["differences-found", *REFUSALS]),
        ("service", list(SERVICES)),
    ],
)
def test_every_code_of_a_closed_list_has_a_chinese_word(field: str, codes: list[str]) -> None:
    assert [] == [code for code in codes if _wordless(field, code)]


def test_no_word_for_a_code_is_foreign() -> None:
    words = [*WORDS.values(), *(text for field in OF_FIELD.values() for text in field.values())]

    assert [] == [text for text in words if FOREIGN.search(text)]


@pytest.mark.parametrize(
    ("field", "code", "word"),
    [
        ("detail_code", "no-answer", "无人接听"),
        ("reason_code", "no-answer", "逾时未答复"),
        ("detail", "expired", "已过通知时效"),
        ("reason_code", "expired", "预留期满"),
        ("reason_code", "arrears-paid", "欠费已缴清"),
    ],
)
def test_a_code_means_what_its_field_means(field: str, code: str, word: str) -> None:
    """A call that nobody took, and an outlet that did not answer."""
    assert of_code(code, field) == word


def test_a_code_without_a_word_is_seen() -> None:
    rules = ast.parse(
        "LATE, LOST = 'too-late', 'lost'\n"
        "fact = Made(reason_code=LATE if a else 'stolen')\n"
        "answer = Attempt(FAILED, 'gone')\n"
        "self._withheld(case, fact, LOST, context)\n"
        "send(case, late_detail=notice.detail or 'over')"
    )
    said = [(field, code) for _, field, code in said_codes(rules, constants([rules]))]

    assert said == [
        ("reason_code", "too-late"),
        ("reason_code", "stolen"),
        ("detail", "gone"),
        ("detail", "lost"),
        ("detail", "over"),
    ]
    assert all(_wordless(field, code) for field, code in said)
