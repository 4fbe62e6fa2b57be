"""Whatever goes wrong is told to people in Chinese first, then in English; the types want both, this looks at what they say."""

import ast

import pytest

from tests.house.sources import python_files, shown, tree_of
from tests.house.told import told_errors, told_faults

PLACES = ("services", "schemas")


def test_every_error_that_a_person_reads_is_said_in_chinese_and_then_in_english() -> None:
    trees = {shown(path): tree_of(path) for path in python_files(*PLACES)}
    errors = told_errors(trees.values())
    faults = [f"{place}:{fault}" for place, tree in trees.items() for fault in told_faults(tree, errors)]

    assert {"UserMistake", "WillNotStart", "StoreDamaged", "ProviderUnavailable", "SandboxError"} <= set(errors)
    assert [] == faults


RAISED = "class ToldToPeople(Exception): ...\nclass Mistake(ToldToPeople): ...\nclass Lost(Mistake): ...\n"


@pytest.mark.parametrize(
    "made",
    [
        "Lost('没有密钥。', 'There is no key.')",
        "Lost(f'没有密钥 {key}。{hint}', f'There is no key {key}.')",
        "Mistake(*error.sentences)",
        "KeyError('no key')",
        "Sentences('没有密钥。', 'There is no key.')",
    ],
)
def test_a_sentence_in_both_languages_passes(made: str) -> None:
    tree = ast.parse(f"{RAISED}raise {made}")

    assert [] == list(told_faults(tree, told_errors([tree])))


@pytest.mark.parametrize(
    "made",
    [
        "Lost('There is no key.')",
        "errors.Lost('There is no key.')",
        "Lost('There is no key.', '没有密钥。')",
        "Mistake('没有密钥。', '没有密钥。')",
        "Mistake('没有密钥。 There is no key.', '')",
        "Mistake(why, 'There is no key.')",
        "Mistake('没有密钥', 'There is no key.')",
        "Sentences('', 'There is no key.')",
    ],
)
def test_a_sentence_in_one_language_or_the_wrong_order_is_seen(made: str) -> None:
    tree = ast.parse(f"{RAISED}raise {made}")

    assert 1 == len(list(told_faults(tree, told_errors([tree]))))


def test_an_error_that_says_the_same_each_time_is_looked_at_where_it_says_it() -> None:
    tree = ast.parse(
        f"{RAISED}class Theirs(Lost):\n    def __init__(self, about):\n        super().__init__('Not yours.')\nTheirs('x')"
    )

    assert ["6 says no Chinese sentence first"] == list(told_faults(tree, told_errors([tree])))
