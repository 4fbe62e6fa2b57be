"""Both kinds of store answer alike: as the console answers from the whole log."""

import asyncio
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.arrears.inventory import Inventory
from services.audit.all_services import ALL_SERVICES
from services.audit.arrears import arrears_inventory
from services.audit.timeline import Timeline, timeline
from services.console.dead_letters import Wanted, content, dead_letters
from services.console.waiting_cases import parked_cases
from services.page.store.answers import WHOLE
from services.page.store.answers_arrears import EVERYTHING, InventoryFilter, InventorySort
from services.page.store.answers_trouble import DeadFilter
from services.page.store.reading_access import cursor_of
from tests.harness.page_world import DEBTOR, HELD, MOBILE, PARKED, RAGGED, World


@pytest.fixture(scope="module")
def drawn(mesh: World) -> Inventory:
    return asyncio.run(arrears_inventory(mesh.town.mesh))


@pytest.fixture(scope="session")
def explained(mesh: World) -> dict[str, Timeline]:
    """Cases as `shebao explain` tells them: of units, of a person with a card, of one with an application, of an outlet."""
    shared = {"card-issued": "", "panel-scheduled": "", "card-reservation-requested": ""}
    shared |= {record.topic: record.key.decode() for record in mesh.records if record.topic in shared and record.key}
    keys = [DEBTOR, RAGGED, PARKED, HELD, *shared.values()]
    return {key: asyncio.run(timeline(mesh.town.mesh, ALL_SERVICES, key)) for key in keys}


def masked(text: str) -> str:
    """As the store shows a telephone that somebody took for a reference."""
    return text.replace(MOBILE, "138xxxx5678")


def test_the_totals_are_those_of_the_inventory(ask: Any, drawn: Inventory) -> None:
    found = ask(lambda store: store.totals(WHOLE, EVERYTHING))

    assert (drawn.as_of, False) == (found.counted_to, found.is_turning)
    assert _plain(drawn.total) == asdict(found.total)
    assert (drawn.held_units, drawn.held_records) == (found.held_units, found.held_records)


def test_the_structure_is_that_of_the_inventory(ask: Any, drawn: Inventory) -> None:
    found = ask(lambda store: store.structure(WHOLE, EVERYTHING))

    for name in ("by_cohort", "by_district", "by_amount", "by_age", "by_stage", "by_measure", "by_officer"):
        expected = [(one.name, one.name_zh, _plain(one.sums)) for one in getattr(drawn, name)]

        assert expected == [(one.code, one.name_zh, asdict(one.amounts)) for one in getattr(found, name)]


def test_the_structure_of_single_units_adds_up_to_the_same(ask: Any) -> None:
    """By a text that every name holds, so that nothing comes from the kept sums."""
    kept = ask(lambda store: store.structure(WHOLE, EVERYTHING))

    assert kept == ask(lambda store: store.structure(WHOLE, InventoryFilter(text="样例")))


def test_whatever_a_filter_asks_list_and_sums_are_of_the_same_units(ask: Any) -> None:
    one = ask(lambda store: store.inventory(WHOLE, EVERYTHING)).rows[0]
    districts = frozenset({one.district})
    for wanted in (
        InventoryFilter(districts=districts),
        InventoryFilter(officer=one.officer or "-"),
        InventoryFilter(stage=one.stage),
        InventoryFilter(measure=one.measure, districts=districts),
        InventoryFilter(cohort=one.cohort, stage=one.stage),
        InventoryFilter(overdue_on=date(2099, 1, 1)),
        InventoryFilter(text=one.unit_name, districts=districts),
        InventoryFilter(text=one.unit_code[3:]),
    ):
        page = ask(lambda store, wanted=wanted: store.inventory(WHOLE, wanted, InventorySort.CODE))
        behind = cursor_of("code/-", page.rows[-1].unit_code)
        rest = ask(
            lambda store, wanted=wanted, after=behind: store.inventory(WHOLE, wanted, InventorySort.CODE, after=after)
        )
        totals = ask(lambda store, wanted=wanted: store.totals(WHOLE, wanted)).total

        assert one.unit_code in [row.unit_code for row in page.rows]
        assert len(page.rows) == page.total == totals.units
        assert sum(row.principal_fen for row in page.rows) == totals.principal_fen
        assert (0, page.total) == (len(rest.rows), rest.total)


def test_the_list_is_that_of_the_inventory(ask: Any, drawn: Inventory) -> None:
    page = ask(lambda store: store.inventory(WHOLE, EVERYTHING))
    expected = [
        (row.unit_code, row.unit_name, row.total.principal_fen, row.total.late_fee_fen, row.stage, row.officer)
        for row in drawn.rows
    ]

    assert expected == [
        (row.unit_code, row.unit_name, row.principal_fen, row.late_fee_fen, row.stage, row.officer) for row in page.rows
    ]
    assert (len(drawn.rows), "") == (page.total, page.next_after)


@pytest.mark.parametrize("sort", list(InventorySort))
@pytest.mark.parametrize("descending", [True, False])
def test_pages_give_every_row_once_in_order(ask: Any, sort: InventorySort, descending: bool) -> None:
    async def by_ones(store: Any) -> list[Any]:
        rows, after = [], ""
        while True:
            page = await store.inventory(WHOLE, EVERYTHING, sort, descending=descending, rows=1, after=after)
            rows += page.rows
            if not page.next_after:
                return rows
            after = page.next_after

    at_once = ask(lambda store: store.inventory(WHOLE, EVERYTHING, sort, descending=descending))

    assert list(at_once.rows) == ask(by_ones)
    assert 3 <= len(at_once.rows)


def test_every_story_is_that_of_explain(ask: Any, explained: dict[str, Timeline]) -> None:
    for case_key, expected in explained.items():
        found = ask(lambda store, key=case_key: store.story(WHOLE, key))
        told = [
            (one.at, one.number, masked(one.cause), one.reason, one.followed, one.provisional, one.signed)
            for one in expected.moments
        ]

        assert told == [
            (one.at, one.number, one.came, one.reason, one.followed, one.provisional, one.signed)
            for one in found.moments
        ]
        assert (expected.waiting, expected.refused) == (list(found.waiting), list(found.refused))
        assert (len(expected.sealed), expected.disputes) == (len(found.sealed), list(found.disputes))


def test_dead_letters_are_those_of_the_console(ask: Any, mesh: World) -> None:
    expected = asyncio.run(dead_letters(mesh.town.mesh, ALL_SERVICES, Wanted()))
    found = ask(lambda store: store.dead_letters(WHOLE, DeadFilter(only_open=False)))

    assert {(one.name, one.code, one.redriven, one.is_open, one.reason) for one in expected} == {
        (one.name, one.code, one.redriven, one.is_open, one.code_zh) for one in found.rows
    }
    readable = next(one for one in expected if one.code == "revision-conflict")
    shown = content(mesh.town.mesh, readable).replace(MOBILE, "138****5678")

    assert shown in [one.content for one in found.rows]


def test_a_record_that_is_refused_again_after_it_was_given_back_is_open_again(ask: Any) -> None:
    again, first = ask(
        lambda store: store.dead_letters(WHOLE, DeadFilter(code="revision-conflict", only_open=False))
    ).rows
    shown = ask(lambda store: store.dead_letters(WHOLE, DeadFilter(code="revision-conflict"))).rows

    assert (first.topic, first.partition, first.offset) == (again.topic, again.partition, again.offset)
    assert [("arrears/4/1", True), ("arrears/4/0", False)] == [(one.name, one.is_open) for one in (again, first)]
    assert [again] == list(shown)


def test_dead_letters_are_counted_by_code(ask: Any) -> None:
    found = {one.code: (one.letters, one.open) for one in ask(lambda store: store.dead_codes(WHOLE))}

    assert {"undecodable": (1, 1), "signature-missing": (1, 1), "revision-conflict": (2, 1)}.items() <= found.items()


def test_parked_cases_are_those_of_the_console(ask: Any, mesh: World) -> None:
    expected = asyncio.run(parked_cases(mesh.town.mesh, ALL_SERVICES))
    found = ask(lambda store: store.parked(WHOLE))

    assert [PARKED] == [one.case_key for one in found]
    assert [(one.case_key, one.records, one.topics) for one in expected] == [
        (one.case_key, one.records, one.topics) for one in found
    ]


def test_a_call_of_which_nobody_knows_what_became_is_shown(ask: Any) -> None:
    (found,) = ask(lambda store: store.unclear(WHOLE))

    assert (DEBTOR, "deliveries", "371003") == (found.case_key, found.service, found.district)
    assert "电话" in found.about


def test_the_calendar_and_the_limits_are_those_of_the_facts(ask: Any, mesh: World) -> None:
    found = ask(lambda store: store.panels(WHOLE, date(2026, 11, 1), 90))
    scheduled = mesh.town.twin.records("panel-scheduled")

    assert len(scheduled) == len(found.sittings)
    assert sorted(one.conclusion_due_on for one in found.limits) == [one.conclusion_due_on for one in found.limits]
    assert {one.application_reference for one in found.sittings} <= {one.application_reference for one in found.limits}


def test_outlets_show_their_stock_and_the_minutes_to_a_card(ask: Any, mesh: World) -> None:
    found = ask(lambda store: store.outlets(WHOLE, datetime(2026, 1, 1, tzinfo=UTC)))
    issued = len(mesh.town.twin.records("card-issued"))

    assert (13, issued) == (len(found), sum(one.cards_issued for one in found))
    assert all(one.median_minutes is not None and one.median_minutes >= 0 for one in found if one.cards_issued)
    assert {4} == {one.blanks_on_hand + one.cards_issued for one in found if one.makes_cards}


def test_what_is_due_is_given_by_officer_the_earliest_first(ask: Any) -> None:
    everything = ask(lambda store: store.due(WHOLE, "", date(2027, 12, 31)))
    officer = everything[0].officer
    theirs = ask(lambda store: store.due(WHOLE, officer, date(2027, 12, 31)))

    assert sorted(one.due_on for one in everything) == [one.due_on for one in everything]
    assert [one for one in everything if one.officer == officer] == list(theirs)
    assert {"assignment", "notice-due"} <= {one.kind for one in everything}


def test_the_overview_tells_rates_lag_and_what_happened(ask: Any, mesh: World) -> None:
    found = ask(lambda store: store.overview(WHOLE, mesh.now))
    by_name = {one.name: one for one in found.services}

    assert {service.name for service in ALL_SERVICES} == by_name.keys()
    assert {0} == {one.lag_records for one in found.services}
    assert (1, True) == (by_name["arrears"].parked_cases, by_name["arrears"].is_stuck)
    assert (4, 1, 1) == (found.dead_letters, found.parked_cases, found.unclear_effects)
    assert found.feed.waiting_records == 0
    assert found.happened == tuple(sorted(found.happened, key=lambda one: one.at, reverse=True))
    assert "contribution-assessed" in [name for name, _ in found.last_hour]


def test_a_case_is_found_by_name_code_reference_and_id(ask: Any, mesh: World) -> None:
    record = next(one for one in mesh.records if one.topic == "arrears-opened" and one.key == DEBTOR.encode())
    event_id = (dict(record.headers)["ce_id"] or b"").decode()

    for text in ("文登样例", DEBTOR[5:], DEBTOR, f"DJ-{DEBTOR[-4:]}", event_id):
        assert DEBTOR in [one.key for one in ask(lambda store, text=text: store.search(WHOLE, text))]
    assert [("dead-letter", "arrears/0/0")] == [
        (one.kind, one.key) for one in ask(lambda store: store.search(WHOLE, "arrears/0/0"))
    ]


def _plain(sums: Any) -> dict[str, int]:
    return {name: getattr(sums, name) for name in ("units", "lines", "principal_fen", "late_fee_fen")}
