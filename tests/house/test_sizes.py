"""Short modules, short functions; every exception has its reason."""

import ast

from tests.house.sizes import (
    EXCEPTIONS,
    FUNCTION_LINES_MAX,
    FUNCTION_LINES_MEDIAN_MAX,
    MODULE_LINES_MAX,
    MODULE_LINES_MEDIAN_MAX,
    TEST_MODULE_LINES_MAX,
    function_faults,
    functions,
    middle,
    module_faults,
)
from tests.house.sources import python_files, shown, tree_of

CODE = ("services", "schemas", "benchmarks")


def _lines(*folders: str) -> dict[str, int]:
    return {shown(path): len(path.read_text(encoding="utf-8").splitlines()) for path in python_files(*folders)}


def test_no_module_is_too_long() -> None:
    assert [] == module_faults(_lines(*CODE), MODULE_LINES_MAX, EXCEPTIONS)


def test_no_test_module_is_too_long() -> None:
    assert [] == module_faults(_lines("tests"), TEST_MODULE_LINES_MAX, {})


def test_half_of_the_modules_are_short() -> None:
    assert middle(list(_lines(*CODE).values())) <= MODULE_LINES_MEDIAN_MAX


def test_no_function_is_too_long() -> None:
    faults = [
        f"{shown(path)}: {fault}"
        for path in python_files(*CODE, "tests")
        for fault in function_faults(tree_of(path), FUNCTION_LINES_MAX)
    ]

    assert [] == faults


def test_half_of_the_functions_are_short() -> None:
    counts = [count for path in python_files(*CODE) for _, count in functions(tree_of(path))]

    assert middle(counts) <= FUNCTION_LINES_MEDIAN_MAX


def test_what_is_too_long_is_seen() -> None:
    assert ["a has 351 lines"] == module_faults({"a": 351, "b": 350}, 350, {})
    assert ["f has 3 lines"] == function_faults(ast.parse("def f():\n    a = 1\n    return a\ndef g():\n    pass"), 2)


def test_an_exception_that_is_not_needed_any_more_is_seen() -> None:
    assert ["a needs no exception"] == module_faults({"a": 350}, 350, {"a": "was once longer"})
    assert [] == module_faults({"a": 351}, 350, {"a": "still is"})
