"""Lists of many units: filters and orders together, and the way that SQLite takes to them."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from benchmarks.page_rows import fill, unit_rows
from services.audit.all_services import ALL_SERVICES
from services.page.store.answers import WHOLE
from services.page.store.answers_arrears import EVERYTHING, InventoryFilter, InventorySort, Structure, Totals
from services.page.store.applying_units import known_rows, write_rows
from services.page.store.database import Database
from services.page.store.store import Store
from tests.harness.page_store import AT, sqlite_url

UNITS = 1_000
FILTERS = (
    EVERYTHING,
    InventoryFilter(districts=frozenset({"371003"})),
    InventoryFilter(stage="notice", officer="WD-003"),
    InventoryFilter(cohort="stock", amount="a", age="w"),
    InventoryFilter(measure="none"),
    InventoryFilter(officer="WD-007"),
    InventoryFilter(age="x", districts=frozenset({"371002", "371082"})),
)


@pytest.fixture(scope="module")
def long_store(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A file with many units, of which the database knows how they lie."""
    url = sqlite_url(tmp_path_factory.mktemp("long"))

    async def filled() -> None:
        async with Database(url) as database:
            await database.take_over()
            await fill(database, UNITS)
            await database.analyze()

    asyncio.run(filled())
    return url


@pytest.fixture
def asked() -> Iterator[list[tuple[str, Any]]]:
    """The questions that any database is asked meanwhile, with what is put into them."""
    questions: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, given: Any, *_: object) -> None:
        questions.append((statement, given))

    event.listen(Engine, "before_cursor_execute", note)
    yield questions
    event.remove(Engine, "before_cursor_execute", note)


@pytest.mark.parametrize("sort", list(InventorySort))
def test_a_filter_leaves_the_order_of_the_whole_list_as_it_is(long_store: str, sort: InventorySort) -> None:
    async def lists() -> list[list[Any]]:
        async with Database(long_store) as database:
            store = Store(database, ALL_SERVICES)
            return [await _all_rows(store, wanted, sort) for wanted in FILTERS]

    whole, *filtered = asyncio.run(lists())

    assert len(whole) == UNITS
    for wanted, rows in zip(FILTERS[1:], filtered, strict=True):
        assert rows == [row for row in whole if _fits(row, wanted)]


def test_a_list_reads_only_the_rows_it_shows(long_store: str, asked: list[tuple[str, Any]]) -> None:
    """The index of the order holds what the filter looks at, so that nothing is sorted and no other row is read."""

    async def plans() -> dict[tuple[InventorySort, InventoryFilter], list[str]]:
        found = {}
        async with Database(long_store) as database:
            for sort, wanted in product(InventorySort, FILTERS):
                asked.clear()
                await Store(database, ALL_SERVICES).inventory(WHOLE, wanted, sort)
                ((question, given),) = [one for one in asked if "chosen" in one[0]]
                async with database.reading() as moment:
                    steps = await moment.exec_driver_sql(f"EXPLAIN QUERY PLAN {question}", given)
                    found[sort, wanted] = [step.detail for step in steps]
        return found

    for steps in asyncio.run(plans()).values():
        assert "USING COVERING INDEX" in steps[1]
        assert "SCAN chosen" == steps[2]


def test_figures_are_totals_and_structure(long_store: str) -> None:
    async def both(wanted: InventoryFilter) -> tuple[Any, Any]:
        async with Database(long_store) as database:
            store = Store(database, ALL_SERVICES)
            apart = await store.totals(WHOLE, wanted), await store.structure(WHOLE, wanted)
            return apart, await store.figures(WHOLE, wanted)

    for wanted in (*FILTERS, InventoryFilter(text="样例0012")):
        apart, together = asyncio.run(both(wanted))

        assert apart == together


def test_sums_are_those_of_the_rows(long_store: str) -> None:
    async def asked() -> list[tuple[Totals, Structure, list[Any]]]:
        async with Database(long_store) as database:
            store = Store(database, ALL_SERVICES)
            return [
                (*await store.figures(WHOLE, wanted), await _all_rows(store, wanted, InventorySort.CODE))
                for wanted in FILTERS
            ]

    for totals, structure, rows in asyncio.run(asked()):
        by_officer = Counter(row.officer for row in rows)

        assert (len(rows), sum(row.principal_fen for row in rows)) == (totals.total.units, totals.total.principal_fen)
        assert by_officer == {share.code: share.amounts.units for share in structure.by_officer}
        assert len(rows) == sum(share.amounts.units for share in structure.by_age)


def test_sums_follow_units_that_move_and_go(tmp_path: Path) -> None:
    """Of a unit that went nothing is left, and what no unit is left of is no part of a breakdown any more."""

    async def left() -> tuple[int, list[Any]]:
        async with Database(sqlite_url(tmp_path)) as database:
            epoch = await database.take_over()
            await fill(database, 3)
            first, second, third = unit_rows(3)
            now = {first["case_key"]: None, second["case_key"]: {**second, "stage": "court", "officer": "WD-999"}}
            async with database.writing(epoch, AT) as connection:
                await write_rows(connection, await known_rows(connection, now), now)
            found = await Store(database, ALL_SERVICES).structure(WHOLE, EVERYTHING)
            return third["principal_fen"], [
                (share.code, share.amounts.units, share.amounts.principal_fen)
                for share in (*found.by_stage, *found.by_officer)
            ]

    principal_fen, shares = asyncio.run(left())

    assert [("court", 1), ("enforcement", 1), ("WD-002", 1), ("WD-999", 1)] == [share[:2] for share in shares]
    assert ("WD-002", 1, principal_fen) in shares


async def _all_rows(store: Store, wanted: InventoryFilter, sort: InventorySort) -> list[Any]:
    rows, after = list[Any](), ""
    while True:
        page = await store.inventory(WHOLE, wanted, sort, rows=300, after=after)
        rows += page.rows
        if not page.next_after:
            assert page.total == len(rows)
            return rows
        after = page.next_after


def _fits(row: Any, wanted: InventoryFilter) -> bool:
    bands = int(row.unit_code[4:]) % 4
    return all(
        (
            not wanted.districts or row.district in wanted.districts,
            wanted.stage in ("", row.stage),
            wanted.officer in ("", row.officer),
            wanted.cohort in ("", row.cohort),
            wanted.measure in ("", row.measure),
            wanted.amount in ("", "abcd"[bands]),
            wanted.age in ("", "wxyz"[bands]),
        )
    )
