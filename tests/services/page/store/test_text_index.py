"""Names found by an index: what a store without one finds, also once a unit is called otherwise or is gone."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from benchmarks.page_rows import fill, unit_rows
from services.audit.all_services import ALL_SERVICES
from services.page.store import text_index
from services.page.store.answers import WHOLE
from services.page.store.answers_arrears import InventoryFilter
from services.page.store.applying_units import known_rows, write_rows
from services.page.store.changes import Row
from services.page.store.database import Database
from services.page.store.store import Store
from tests.harness.page_store import sqlite_url

UNITS = 2_200
"""So many that a text which fits all of them is no more looked for by its units."""
NOW = datetime(2026, 11, 27, 3, 0, tzinfo=UTC)
KEY = "9137" + "0" * 14
TEXTS = (
    "样",
    "样例",
    "0012",
    "样例0012",
    "例000001有",
    "有限公司",
    "公司样例",
    "9137",
    KEY,
    KEY[:17] + "7",
    "没有这一家",
    "a",
)


async def found(database: Database, text: str, **others: str) -> tuple[int, list[str]]:
    page = await Store(database, ALL_SERVICES).inventory(WHOLE, InventoryFilter(text=text, **others), rows=500)  # type: ignore[arg-type]  # codes only
    return page.total, [row.unit_code for row in page.rows]


async def filled(url: str) -> dict[str, tuple[int, list[str]]]:
    """What each text finds in a new store."""
    async with Database(url) as database:
        await database.take_over()
        await fill(database, UNITS)
        return {text: await found(database, text, stage="notice") for text in TEXTS}


def test_every_text_finds_what_it_finds_without_an_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    indexed = asyncio.run(filled(sqlite_url(tmp_path / "indexed")))
    monkeypatch.setattr(text_index, "can_index", lambda: False)

    assert text_index.knows("样例0")
    assert indexed == asyncio.run(filled(sqlite_url(tmp_path / "plain")))
    assert (33, 0) == (indexed["样例0012"][0], indexed["没有这一家"][0])


def test_a_unit_is_found_by_the_name_it_has_now(tmp_path: Path) -> None:
    async def changed() -> list[tuple[int, list[str]]]:
        async with Database(sqlite_url(tmp_path)) as database:
            epoch = await database.take_over()
            await fill(database, 5)
            rows: Mapping[str, Row] = {row["case_key"]: row for row in unit_rows(5)}
            now = {KEY: {**rows[KEY], "unit_name": "文登新名称有限公司"}, KEY[:17] + "1": None}
            async with database.writing(epoch, NOW) as connection:
                await write_rows(connection, await known_rows(connection, now), now)
            return [await found(database, text) for text in ("样例000000", "文登新名称", "样例000001", "样例000002")]

    assert [(0, []), (1, [KEY]), (0, []), (1, [KEY[:17] + "2"])] == asyncio.run(changed())


def test_a_store_that_was_made_without_the_index_is_made_anew_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def units(*, fills: bool) -> int:
        async with Database(sqlite_url(tmp_path)) as database:
            await database.take_over()
            if fills:
                await fill(database, 5)
            return (await found(database, ""))[0]

    with monkeypatch.context() as older:
        older.setattr(text_index, "can_index", lambda: False)
        before = asyncio.run(units(fills=True))

    assert (5, 0) == (before, asyncio.run(units(fills=False)))
