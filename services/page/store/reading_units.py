"""Which units are asked for: the conditions of a filter, over rows and over the sums that are kept of them."""

from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from services.page.store.answers import Access
from services.page.store.answers_arrears import InventoryFilter
from services.page.store.masking import storable
from services.page.store.reading_access import held_to
from services.page.store.tables_units import unit

NOBODY = "-"
"""Asks for units that nobody answers for."""
TEXT_CHARACTERS_MAX = 100
FEW_MAX = 2_000
"""So many units are named one by one in a question."""


def is_of_sums(wanted: InventoryFilter) -> bool:
    """Whether the kept sums can tell: they know no single unit."""
    return not wanted.text and wanted.overdue_on is None


async def narrowed(connection: AsyncConnection, access: Access, wanted: InventoryFilter) -> list[ColumnElement[bool]]:
    """The conditions of rows. Where a text fits few units they are named: else all of an order would be looked through for them."""
    all_of_it = conditions(access, wanted)
    if not wanted.text:
        return all_of_it
    keys = list(await connection.scalars(select(unit.c.case_key).where(*all_of_it).limit(FEW_MAX + 1)))
    return all_of_it if len(keys) > FEW_MAX else [unit.c.case_key.in_(keys)]


def conditions(access: Access, wanted: InventoryFilter, table: Any = unit) -> list[ColumnElement[bool]]:
    """All that a filter asks of a table's rows, held to what may be seen."""
    found = [held_to(access, wanted.districts, table.c.district)]
    alike = {
        "cohort": wanted.cohort,
        "amount_band": wanted.amount,
        "age_band": wanted.age,
        "stage": wanted.stage,
        "measure": wanted.measure,
    }
    found += [table.c[column] == storable(value) for column, value in alike.items() if value]
    if wanted.officer:
        found.append(table.c.officer == ("" if wanted.officer == NOBODY else storable(wanted.officer)))
    if wanted.overdue_on is not None:
        found.append(table.c.deadline_on < wanted.overdue_on.isoformat())
    if wanted.text:
        found.append(_fits(wanted.text, table))
    return found


def _fits(text: str, table: Any) -> ColumnElement[bool]:
    """Whether a text is part of a unit's name or code; Latin letters in either case, which is looked at only where it has some."""
    part = storable("".join(sign.lower() if sign.isascii() else sign for sign in text[:TEXT_CHARACTERS_MAX]))
    has_letters = any(sign.isascii() and sign.isalpha() for sign in part)
    columns = [table.c.unit_name] + ([table.c.case_key] if part.isascii() else [])
    shown = [_InEitherCase(column) if has_letters else column for column in columns]
    return or_(*(column.contains(part, autoescape=True) for column in shown))


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
