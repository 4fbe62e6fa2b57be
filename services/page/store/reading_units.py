"""Which units are asked for: what a filter asks of rows, and of the sums that are kept of them.

A question is told apart into its shape, of which statements are made once, and its values. To make a statement of SQLAlchemy costs
more than to ask it.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, bindparam, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from services.page.store import text_index
from services.page.store.answers import Access
from services.page.store.answers_arrears import InventoryFilter
from services.page.store.masking import storable
from services.page.store.reading_access import districts_within
from services.page.store.tables_units import AMONG, BREAKDOWNS, unit, unit_share

NOBODY = "-"
"""Asks for units that nobody answers for."""
TEXT_CHARACTERS_MAX = 100
FEW_MAX = 2_000
"""So many units are named one by one in a question."""
STATEMENTS_MAX = 500
"""So many shapes of a question are remembered with their statement."""
KEYS, TEXT, OVERDUE, DISTRICTS = "keys", "text", "overdue_on", "district"
_COLUMNS = {KEYS: "case_key", OVERDUE: "deadline_on"}
"""Where a name is not that of its column."""
_ESCAPE = "/"


class Asked(NamedTuple):
    """What is asked of units: the names of all that narrows it, sorted, and the value of each."""

    shape: tuple[str, ...]
    values: Mapping[str, Any]


def asked_of(access: Access, wanted: InventoryFilter) -> Asked:
    """Give what a filter asks, held to what may be seen; `NotTheirs` where it asks for another district."""
    values: dict[str, Any] = {
        "cohort": wanted.cohort,
        "amount_band": wanted.amount,
        "age_band": wanted.age,
        "stage": wanted.stage,
        "measure": wanted.measure,
    }
    values = {name: storable(value) for name, value in values.items() if value}
    if wanted.officer:
        values["officer"] = "" if wanted.officer == NOBODY else storable(wanted.officer)
    districts = districts_within(access, wanted.districts)
    if districts is not None:
        values[DISTRICTS] = districts
    if wanted.overdue_on is not None:
        values[OVERDUE] = wanted.overdue_on.isoformat()
    if not wanted.text:
        return Asked(tuple(sorted(values)), values)
    part = storable("".join(sign.lower() if sign.isascii() else sign for sign in wanted.text[:TEXT_CHARACTERS_MAX]))
    values[_text_name(part)] = _pattern(part)
    shape = tuple(sorted(values))
    return Asked(shape, {**values, text_index.PHRASE: text_index.phrase_of(part)} if text_index.knows(part) else values)


def is_of_sums(shape: Iterable[str]) -> bool:
    """Whether the kept sums can tell: they know no single unit."""
    return all(name in BREAKDOWNS for name in shape)


def is_of_shares(shape: Iterable[str]) -> bool:
    """Whether the kept shares can tell, the fewest there are: beside districts, one thing is asked for at most that they are kept among."""
    others = [name for name in shape if name != DISTRICTS]
    return not others or (len(others) == 1 and others[0] in AMONG)


async def narrowed(connection: AsyncConnection, asked: Asked) -> Asked:
    """Where a text fits few units they are named: else all of an order would be looked through for them."""
    if not any(name.startswith(TEXT) for name in asked.shape):
        return asked
    if text_index.PHRASE in asked.values and await text_index.is_there(connection):
        named = list(await connection.scalars(text_index.names(FEW_MAX + 1), asked.values))
        if len(named) <= FEW_MAX:  # what fits is among them
            return Asked((*asked.shape, KEYS), {**asked.values, KEYS: named})
    keys = list(await connection.scalars(_fitting(asked.shape), asked.values))
    return asked if len(keys) > FEW_MAX else Asked((KEYS,), {KEYS: keys})


@lru_cache(STATEMENTS_MAX)
def _fitting(shape: tuple[str, ...]) -> Select[Any]:
    return select(unit.c.case_key).where(*conditions(shape)).limit(FEW_MAX + 1)


def conditions(shape: Iterable[str], table: Any = unit) -> list[ColumnElement[bool]]:
    """What narrows a table's rows, as conditions whose values are given when it is asked."""
    return [_condition(name, table) for name in shape]


def share_conditions(shape: Iterable[str]) -> list[ColumnElement[bool]]:
    """The same of shares: those of all units, or of the units that are alike in the one thing asked for."""
    among = next((name for name in shape if name != DISTRICTS), "")
    found = [unit_share.c.among == among, unit_share.c.code == (bindparam(among) if among else "")]
    return found + ([_condition(DISTRICTS, unit_share)] if DISTRICTS in shape else [])


def _condition(name: str, table: Any) -> ColumnElement[bool]:
    if name.startswith(TEXT):
        return _fits(name, table)
    found: ColumnElement[bool] = table.c[_COLUMNS.get(name, name)] == bindparam(name)
    if name in (KEYS, DISTRICTS):
        found = table.c[_COLUMNS.get(name, name)].in_(bindparam(name, expanding=True))
    elif name == OVERDUE:
        found = table.c[_COLUMNS[name]] < bindparam(name)
    return found


def _text_name(part: str) -> str:
    """Where a text is looked for, and whether in either case."""
    has_letters = any(sign.isascii() and sign.isalpha() for sign in part)
    return TEXT + ("-in-letters" if has_letters else "") + ("-or-code" if part.isascii() else "")


def _pattern(part: str) -> str:
    for sign in (_ESCAPE, "%", "_"):
        part = part.replace(sign, _ESCAPE + sign)
    return f"%{part}%"


def _fits(name: str, table: Any) -> ColumnElement[bool]:
    """Whether a text is part of a unit's name or code; Latin letters in either case, which is looked at only where it has some."""
    columns = [table.c.unit_name] + ([table.c.case_key] if name.endswith("-or-code") else [])
    shown = [_InEitherCase(column) if "-in-letters" in name else column for column in columns]
    return or_(*(column.like(bindparam(name), escape=_ESCAPE) for column in shown))


class _InEitherCase(FunctionElement[str]):
    """A text to be compared with a lower one."""

    inherit_cache = True
    name = "in_either_case"


@compiles(_InEitherCase)
def _lowered(element: _InEitherCase, compiler: SQLCompiler, **how: Any) -> str:
    return f"lower({compiler.process(element.clauses, **how)})"


@compiles(_InEitherCase, "sqlite")
def _as_it_is(element: _InEitherCase, compiler: SQLCompiler, **how: Any) -> str:
    """SQLite's LIKE takes Latin letters in either case by itself; lowering every name first takes it four times as long."""
    return compiler.process(element.clauses, **how)
