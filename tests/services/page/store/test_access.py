"""Nobody sees another district's cases, and asking for one is refused, so that the page can record it."""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.page.store.answers import WHOLE, Access
from services.page.store.answers_arrears import EVERYTHING, InventoryFilter
from services.page.store.answers_trouble import DeadFilter
from services.page.store.port import NotTheirs
from services.page.store.store import Store
from tests.harness.page_world import DEBTOR, HELD, HUANCUI, PARKED, PAYER, RUSHAN, WENDENG, World

THEIRS = Access(frozenset({HUANCUI.value}))
NOTHING = Access(frozenset())
SINCE = datetime(2026, 1, 1, tzinfo=UTC)

LISTS: dict[str, Callable[[Store, Access], Awaitable[Any]]] = {
    "inventory": lambda store, access: store.inventory(access, EVERYTHING),
    "due": lambda store, access: store.due(access, "", date(2027, 12, 31)),
    "panels": lambda store, access: store.panels(access, date(2026, 11, 1), 300),
    "outlets": lambda store, access: store.outlets(access, SINCE),
    "dead codes": lambda store, access: store.dead_codes(access),
    "dead letters": lambda store, access: store.dead_letters(access, DeadFilter(only_open=False)),
    "parked": lambda store, access: store.parked(access),
    "unclear": lambda store, access: store.unclear(access),
    "happened": lambda store, access: store.happened_since(access, SINCE, 500),
    "search": lambda store, access: store.search(access, "有限公司"),
}


def rows_of(answer: Any) -> list[Any]:
    """The rows of whichever list."""
    if hasattr(answer, "sittings"):
        return [*answer.sittings, *answer.limits]
    return list(getattr(answer, "rows", answer))


@pytest.mark.parametrize("name", [name for name in LISTS if name not in ("dead codes", "dead letters")])
def test_a_list_holds_only_what_lies_in_the_own_districts(ask: Any, name: str) -> None:
    everything = rows_of(ask(lambda store: LISTS[name](store, WHOLE)))
    theirs = rows_of(ask(lambda store: LISTS[name](store, THEIRS)))

    assert [row for row in everything if row.district == HUANCUI] == theirs
    assert name == "parked" or len(theirs) < len(everything)


@pytest.mark.parametrize("name", LISTS)
def test_who_may_see_no_district_sees_nothing(ask: Any, name: str) -> None:
    assert [] == rows_of(ask(lambda store: LISTS[name](store, NOTHING)))


def test_the_totals_are_those_of_the_own_districts(ask: Any) -> None:
    found = ask(lambda store: store.totals(THEIRS, EVERYTHING))
    same = ask(lambda store: store.totals(WHOLE, InventoryFilter(frozenset({HUANCUI.value}))))

    assert same.total == found.total
    assert (0, 0) == (found.held_units, found.held_records)


def test_records_that_lie_in_no_district_are_seen_by_who_sees_every_one(ask: Any) -> None:
    unreadable = ask(lambda store: store.dead_letters(WHOLE, DeadFilter(code="undecodable"))).rows

    assert [""] == [one.district for one in unreadable]
    assert () == ask(lambda store: store.dead_letters(THEIRS, DeadFilter(code="undecodable"))).rows


REFUSED: dict[str, Callable[[Store], Awaitable[Any]]] = {
    "a district in a filter": lambda store: store.inventory(THEIRS, InventoryFilter(frozenset({WENDENG.value}))),
    "totals of a district": lambda store: store.totals(THEIRS, InventoryFilter(frozenset({RUSHAN.value}))),
    "structure of one too many": lambda store: store.structure(
        THEIRS, InventoryFilter(frozenset({HUANCUI.value, RUSHAN.value}))
    ),
    "a made-up district": lambda store: store.totals(WHOLE, InventoryFilter(frozenset({"371002' OR '1'='1"}))),
    "a unit's story": lambda store: store.story(THEIRS, DEBTOR),
    "the story of a unit nobody registered": lambda store: store.story(THEIRS, HELD),
    "a dead letter": lambda store: store.dead_letter(THEIRS, "arrears/0/0"),
    "halted tasks": lambda store: store.halted(THEIRS),
    "acts": lambda store: store.acts(THEIRS),
}


@pytest.mark.parametrize("name", REFUSED)
def test_asking_for_what_lies_elsewhere_is_refused(ask: Any, name: str) -> None:
    with pytest.raises(NotTheirs):
        ask(REFUSED[name])


def test_the_own_cases_are_told(ask: Any) -> None:
    for case_key in (PAYER, PARKED):
        assert ask(lambda store, key=case_key: store.story(THEIRS, key)).district == HUANCUI


def test_a_persons_case_is_told_where_something_of_it_was_said(ask: Any, mesh: World) -> None:
    (one, *_) = ask(lambda store: store.panels(WHOLE, date(2026, 11, 1), 300)).sittings
    there = Access(frozenset({one.district}))

    assert ask(lambda store: store.story(there, one.person_key)).moments


def test_what_an_outsider_says_under_a_case_opens_it_to_nobody(ask: Any) -> None:
    """A refused record named the case and a district: it was said by nobody who may."""
    forged = ask(lambda store: store.dead_letters(WHOLE, DeadFilter(only_open=False))).rows

    assert DEBTOR in [one.case_key for one in forged]
    with pytest.raises(NotTheirs):
        ask(lambda store: store.story(Access(frozenset({RUSHAN.value})), DEBTOR))


def test_no_case_no_story(ask: Any) -> None:
    assert ask(lambda store: store.story(THEIRS, "91370000000000000X")) is None
    assert ask(lambda store: store.dead_letter(THEIRS, "arrears/0/999")) is None
