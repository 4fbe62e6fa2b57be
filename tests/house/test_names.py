"""Names say what a thing is: what happened, which limit, which unit."""

import ast
from datetime import UTC, date, datetime

import pytest
from pydantic import BaseModel

from schemas.contracts import CONTRACTS, contract_name
from schemas.topics import FACTS
from schemas.vocabulary import AmountFen
from tests.house.names import NOT_PARTICIPLES, field_faults, participle_faults, wording_faults
from tests.house.sources import python_files, shown, tree_of


def test_facts_say_what_happened() -> None:
    assert [] == participle_faults([model.__name__ for model in CONTRACTS.values()], NOT_PARTICIPLES)


def test_topics_are_called_as_their_facts() -> None:
    assert [] == [topic.name for topic in FACTS if topic.fact is None or topic.name != contract_name(topic.fact)]


def test_fields_of_contracts_tell_their_unit() -> None:
    assert [] == [fault for model in CONTRACTS.values() for fault in field_faults(model)]


def test_limits_and_units_stand_last() -> None:
    faults = [
        f"{shown(path)}:{fault}"
        for path in python_files("schemas", "services", "benchmarks")
        for fault in wording_faults(tree_of(path))
    ]

    assert [] == faults


def test_a_fact_that_does_not_say_what_happened_is_seen() -> None:
    assert ["PayArrears does not say what happened"] == participle_faults(["PayArrears", "CardLost", "CardIssued"], {})


def test_an_exception_that_is_not_needed_any_more_is_seen() -> None:
    assert ["CardIssued needs no exception"] == participle_faults(["CardIssued"], {"CardIssued": "once"})


def test_a_field_that_hides_its_unit_is_seen() -> None:
    class Paid(BaseModel):
        amount: AmountFen = 0
        paid: date = date(2024, 1, 1)
        received: datetime = datetime(2024, 1, 1, tzinfo=UTC)

    assert 3 == len(field_faults(Paid))


@pytest.mark.parametrize(
    "broken",
    ["MAX_LINES = 3", "LINE_LIMIT = 3", "BACKOFF_MAX_TRIES = 1", "DAYS_GRACE = 1", "class A:\n    fen_paid: int"],
)
def test_a_limit_or_unit_in_the_wrong_place_is_seen(broken: str) -> None:
    assert 1 == len(wording_faults(ast.parse(broken)))


@pytest.mark.parametrize(
    "sound", ["LINES_MAX = 3", "WAIT_S_MAX = 1", "WAIT_MAX_S = 1", "GRACE_DAYS = 1", "class A:\n    days_off: tuple"]
)
def test_what_is_called_rightly_passes(sound: str) -> None:
    assert [] == wording_faults(ast.parse(sound))
