"""An index of units' names and codes, where the store is SQLite: which of them hold a text is found without reading each.

It only narrows. What it names is looked at once more by the filter itself, so that every database gives the same: also PostgreSQL, which has
no such index here, and an SQLite without FTS5. A text of fewer than three signs, or one that fits very many, is looked for in every name.
"""

import hashlib
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, column, literal_column, select, table
from sqlalchemy.ext.asyncio import AsyncConnection

from services.page.store.changes import Row

_SIGNS_MIN = 3
"""It knows names by each three signs that follow one another."""
PHRASE = "phrase"
_NAME = "unit_text"
_MAKE = f"CREATE VIRTUAL TABLE {_NAME} USING fts5(unit_name, case_key, tokenize = 'trigram')"
_LEARN = f"INSERT OR REPLACE INTO {_NAME} (rowid, unit_name, case_key) VALUES (?, ?, ?)"  # noqa: S608 — names of ours
_FORGET = f"DELETE FROM {_NAME} WHERE rowid = ?"  # noqa: S608 — as above
_IS_THERE = "SELECT count(*) FROM sqlite_master WHERE name = ?"
_KNOWN = "the index of names is there"
_NUMBER_BYTES = 8


@cache
def can_index() -> bool:
    """Tell whether the SQLite of this Python knows such an index."""
    with closing(sqlite3.connect(":memory:")) as tried:
        try:
            tried.execute(_MAKE)
        except sqlite3.OperationalError:
            return False
        return True


async def make(connection: AsyncConnection) -> None:
    """Make it anew, where it can be."""
    if connection.dialect.name == "sqlite" and can_index():
        await connection.exec_driver_sql(f"DROP TABLE IF EXISTS {_NAME}")
        await connection.exec_driver_sql(_MAKE)


async def is_as_made(connection: AsyncConnection) -> bool:
    """Tell whether a store has it just where `make` would make it."""
    return connection.dialect.name != "sqlite" or await _is_in_store(connection) == can_index()


async def is_there(connection: AsyncConnection) -> bool:
    """Tell whether it may be asked and written; a connection is looked at once."""
    if connection.dialect.name != "sqlite":
        return False
    known: dict[str, Any] = (await connection.get_raw_connection()).info
    if _KNOWN not in known:
        known[_KNOWN] = can_index() and await _is_in_store(connection)
    return bool(known[_KNOWN])


async def learn(connection: AsyncConnection, before: Mapping[str, Row], now: Mapping[str, Row | None]) -> None:
    """Take in the names of units that are new or called otherwise, and forget those that are gone."""
    named = [row for key, row in now.items() if row is not None and _name(before.get(key)) != row["unit_name"]]
    gone = [key for key, row in now.items() if row is None and key in before]
    if not (named or gone) or not await is_there(connection):
        return
    if named:
        rows = [(_number(row["case_key"]), row["unit_name"], row["case_key"]) for row in named]
        await connection.exec_driver_sql(_LEARN, rows)
    if gone:
        await connection.exec_driver_sql(_FORGET, [(_number(key),) for key in gone])


def knows(text: str) -> bool:
    """Tell whether it can be asked for a text."""
    return len(text) >= _SIGNS_MIN


def phrase_of(text: str) -> str:
    """A text as the index is asked for it: one phrase, whatever signs it has."""
    return '"' + text.replace('"', '""') + '"'


@cache
def names(units_max: int) -> Select[Any]:
    """The question for units that hold the text of `PHRASE`, and perhaps others; where there are more, nobody knows which are left out."""
    index = table(_NAME, column("case_key"))
    return select(index.c.case_key).where(literal_column(_NAME).op("MATCH")(bindparam(PHRASE))).limit(units_max)


async def _is_in_store(connection: AsyncConnection) -> bool:
    return bool((await connection.exec_driver_sql(_IS_THERE, (_NAME,))).scalar())


def _name(row: Row | None) -> str | None:
    return None if row is None else row["unit_name"]


def _number(case_key: str) -> int:
    """The row of a unit in the index: the same wherever and whenever it is written."""
    return int.from_bytes(hashlib.blake2b(case_key.encode(), digest_size=_NUMBER_BYTES).digest(), signed=True)
