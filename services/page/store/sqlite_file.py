"""The connection to an SQLite file: every statement is one errand to the thread of its connection.

Making a cursor, executing, fetching and closing it are four errands in `aiosqlite`; each has the event loop and the thread wait for one another,
which costs more than most of our questions, and on a busy machine far more.
"""

import sqlite3
from collections.abc import Sequence
from typing import Any, NamedTuple, Self

import aiosqlite

_CHUNK_ROWS = 64
_BEGIN = "BEGIN"


class _Found(NamedTuple):
    """What a statement gave."""

    description: Any
    rowcount: int
    lastrowid: int | None
    rows: list[Any]


class SqliteFile(aiosqlite.Connection):
    """A connection as SQLAlchemy's dialect for `aiosqlite` takes it."""

    def __init__(self, path: str) -> None:
        super().__init__(lambda: sqlite3.connect(path, check_same_thread=False), _CHUNK_ROWS)
        self._thread.daemon = True  # as SQLAlchemy has it: a connection nobody closed keeps no process alive
        self._is_to_begin = False

    def begin(self) -> None:
        """Let the next statement begin a transaction."""
        self._is_to_begin = True

    def cursor(self) -> "_Errand":  # type: ignore[override]  # all that is asked of a cursor here
        """Give what runs one statement."""
        return _Errand(self)

    async def commit(self) -> None:
        """Commit what was begun; nothing is left to begin."""
        self._is_to_begin = False
        await super().commit()

    async def rollback(self) -> None:
        """Roll back what was begun; nothing is left to begin."""
        self._is_to_begin = False
        await super().rollback()

    async def run(self, statement: str, parameters: Any, *, is_many: bool) -> "_Found":
        """Run a statement and fetch all that it gives."""
        begins, self._is_to_begin = self._is_to_begin, False
        found: _Found = await self._execute(  # type: ignore[no-untyped-call]  # the way into its thread
            self._run, statement, parameters, begins=begins, is_many=is_many
        )
        return found

    def _run(self, statement: str, parameters: Any, *, begins: bool, is_many: bool) -> "_Found":
        if begins:
            self._conn.execute(_BEGIN)
        cursor = self._conn.executemany(statement, parameters) if is_many else self._conn.execute(statement, parameters)
        rows = cursor.fetchall() if cursor.description else []
        found = _Found(cursor.description, cursor.rowcount, cursor.lastrowid, rows)
        cursor.close()
        return found


class _Errand:
    """A cursor that has fetched all there is."""

    def __init__(self, file: SqliteFile) -> None:
        self._file = file
        self._found = _Found(None, -1, None, [])
        self.arraysize = 1

    @property
    def description(self) -> Any:
        """Columns of what was found; None where a statement gives none."""
        return self._found.description

    @property
    def rowcount(self) -> int:
        """Rows that were changed."""
        return self._found.rowcount

    @property
    def lastrowid(self) -> int | None:
        """The row that was inserted last."""
        return self._found.lastrowid

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, statement: str, parameters: Sequence[Any] = ()) -> Self:
        """Run a statement."""
        return await self._run(statement, parameters, is_many=False)

    async def executemany(self, statement: str, parameters: Sequence[Any]) -> Self:
        """Run a statement for each of these."""
        return await self._run(statement, parameters, is_many=True)

    async def fetchall(self) -> list[Any]:
        """Give what was found."""
        return self._found.rows

    async def close(self) -> None:
        """Nothing is left open."""

    async def _run(self, statement: str, parameters: Any, *, is_many: bool) -> Self:
        self._found = await self._file.run(statement, parameters, is_many=is_many)
        return self
