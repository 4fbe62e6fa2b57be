"""Whatever is searched for, sorted by or pointed to: harmless, and told apart from what was asked."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from services.page.store.answers import PAGE_ROWS_MAX, WHOLE
from services.page.store.answers_arrears import EVERYTHING, InventoryFilter, InventorySort
from services.page.store.answers_trouble import DeadFilter
from services.page.store.port import NoSuchPage
from services.page.store.reading_access import cursor_of
from services.page.store.store import Store
from tests.harness.page_world import RAGGED

HOSTILE = (
    "'; DROP TABLE unit; --",
    "' OR '1'='1",
    '" OR ""="',
    "\\",
    "\x00",
    "%' UNION SELECT body FROM fact --",
    "{{7*7}}",
    "a" * 100_000,
    "样" * 10_000,
    "\ud800",
    "\u202e",
)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_text_finds_nothing_and_breaks_nothing(ask: Any, text: str) -> None:
    before = ask(lambda store: store.totals(WHOLE, EVERYTHING))

    assert [] == [one for one in ask(lambda store: store.search(WHOLE, text)) if one.kind == "unit"]
    assert () == ask(lambda store: store.inventory(WHOLE, InventoryFilter(text=text, officer=text, stage=text))).rows
    assert () == ask(lambda store: store.dead_letters(WHOLE, DeadFilter(text, text, text))).rows
    assert ask(lambda store: store.story(WHOLE, text)) is None
    assert ask(lambda store: store.dead_letter(WHOLE, text)) is None
    assert before == ask(lambda store: store.totals(WHOLE, EVERYTHING))


@pytest.mark.parametrize("sign", ["%", "_", "50%_off", "' OR 1=1 --", '"'])
def test_signs_of_patterns_and_statements_are_searched_for_as_they_are(ask: Any, sign: str) -> None:
    found = ask(lambda store: store.inventory(WHOLE, InventoryFilter(text=sign)))

    assert ([RAGGED], 1) == ([row.unit_code for row in found.rows], found.total)


def test_case_does_not_matter_in_latin_letters(ask: Any) -> None:
    assert 1 == ask(lambda store: store.inventory(WHOLE, InventoryFilter(text="50%_OFF"))).total


CURSORS = (
    "x",
    "=" * 5_000,
    cursor_of("principal/-", "1", "2"),
    cursor_of("principal/-", 1 << 80, "2"),
    cursor_of("principal/-", 1),
    cursor_of("principal/+", 1, "2"),
    cursor_of("dead", 1, "arrears", 0, 0),
    "W" * 400,
)


@pytest.mark.parametrize("cursor", CURSORS, ids=range(len(CURSORS)))
def test_a_made_up_page_is_refused(ask: Any, cursor: str) -> None:
    lists: tuple[Callable[[Store], Awaitable[Any]], ...] = (
        lambda store: store.inventory(WHOLE, EVERYTHING, InventorySort.PRINCIPAL, after=cursor),
        lambda store: store.acts(WHOLE, after=cursor),
    )
    for question in lists:
        with pytest.raises(NoSuchPage):
            ask(question)


@pytest.mark.parametrize("rows", [-5, 0, 10**9])
def test_rows_asked_for_are_bounded(ask: Any, rows: int) -> None:
    assert 1 <= len(ask(lambda store: store.inventory(WHOLE, EVERYTHING, rows=rows)).rows) <= PAGE_ROWS_MAX
