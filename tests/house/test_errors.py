"""The tree of errors stands at the top of its file, as it is."""

from types import ModuleType

from services.runtime import errors
from tests.house.errors_drawn import built, drawn, without_meaning

DOC = """What can go wrong.

    MeshError
    ├── UserMistake       a sentence
    │   └── CannotOpen        a key
    └── WillNotStart      says why

An ending sentence.
"""


def test_the_tree_at_the_top_is_the_tree_of_the_classes() -> None:
    assert built(errors) == drawn(errors.__doc__ or "")


def test_every_error_says_what_it_means() -> None:
    assert [] == without_meaning(errors)


def test_the_drawing_is_read_with_its_branches() -> None:
    assert {
        "MeshError": "",
        "UserMistake": "MeshError",
        "CannotOpen": "UserMistake",
        "WillNotStart": "MeshError",
    } == drawn(DOC)


def test_a_tree_that_fell_behind_is_seen() -> None:
    changed = ModuleType("changed", DOC)
    exec("class MeshError(Exception): ...\nclass UserMistake(MeshError): ...", changed.__dict__)

    assert drawn(DOC) != built(changed)
    assert {"MeshError": "", "UserMistake": "MeshError"} == built(changed)
    assert ["MeshError", "UserMistake"] == without_meaning(changed)
