"""What every query holds to: districts, pages by keyset, instants."""

import base64
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, and_, false, not_, or_, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from services.page.store import tables
from services.page.store.answers import PAGE_ROWS_MAX, Access
from services.page.store.port import NoSuchPage, NotTheirs
from services.page.store.tables_units import unit_state

CURSOR_CHARACTERS_MAX = 2_000
NUMBER_MAX = (1 << 63) - 1
KEYS_A_QUESTION_MAX = 500


def seen(access: Access, district: ColumnElement[str]) -> ColumnElement[bool]:
    """Only rows of districts that may be seen; rows of none for who sees every district."""
    return true() if access.is_whole else district.in_(sorted(access.districts)) if access.districts else false()


def districts_within(access: Access, wanted: frozenset[str]) -> list[str] | None:
    """The districts wanted (none named: all that may be seen), sorted; None: every one. `NotTheirs` where one may not be seen."""
    beyond = sorted(wanted - access.districts)
    if beyond:
        raise NotTheirs(beyond[0])
    return None if access.is_whole and not wanted else sorted(wanted or access.districts)


def whole(access: Access, about: str) -> None:
    """Raise `NotTheirs` for who does not see every district."""
    if not access.is_whole:
        raise NotTheirs(about)


def rows_within(rows: int) -> int:
    """As many rows as may be asked for."""
    return max(1, min(rows, PAGE_ROWS_MAX))


def cursor_of(name: str, *values: int | str) -> str:
    """Where a page ended, in a form that travels in an address."""
    return base64.urlsafe_b64encode(json.dumps([name, *values]).encode()).decode()


def cursor_values(cursor: str, name: str, kinds: Sequence[type]) -> list[Any]:
    """Read where a page ended; `NoSuchPage` for what this list did not give."""
    try:
        found = json.loads(base64.b64decode(cursor[:CURSOR_CHARACTERS_MAX], altchars=b"-_", validate=True))
    except (ValueError, RecursionError):  # binascii's error is a ValueError
        found = None
    if not isinstance(found, list) or found[:1] != [name] or [type(one) for one in found[1:]] != list(kinds):
        raise NoSuchPage("没有这一页，请从第一页重新开始。", "There is no such page: begin again with the first.")
    if any(isinstance(one, int) and abs(one) > NUMBER_MAX for one in found[1:]):
        raise NoSuchPage("没有这一页，请从第一页重新开始。", "There is no such page: begin again with the first.")
    return found[1:]


def at_ms(milliseconds: int) -> datetime:
    """An append time as an instant, UTC."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def ms_of(instant: datetime) -> int:
    """An instant as an append time."""
    return int(instant.timestamp() * 1000)


async def districts_of(connection: AsyncConnection, case_keys: Sequence[str]) -> dict[str, set[str]]:
    """The districts of these cases: that of a unit's registration, else those in which something of it was said."""
    found: dict[str, set[str]] = {}
    table = tables.case_district
    for start in range(0, len(case_keys), KEYS_A_QUESTION_MAX):
        part = case_keys[start : start + KEYS_A_QUESTION_MAX]
        for key, district in await connection.execute(select(table).where(table.c.case_key.in_(part))):
            found.setdefault(key, set()).add(district)
        registered = select(unit_state.c.case_key, unit_state.c.district)
        for key, district in await connection.execute(
            registered.where(unit_state.c.case_key.in_(part), unit_state.c.district != "")
        ):
            found[key] = {district}
    return found


def case_seen(access: Access, districts: set[str]) -> bool:
    """Tell whether a case may be seen: one of its districts is theirs."""
    return access.is_whole or bool(districts & access.districts)


def of_case_seen(access: Access, case_key: Column[str]) -> ColumnElement[bool]:
    """Only rows of cases that may be seen; a unit that moved is the new district's, whatever was said of it in the old one."""
    if access.is_whole:
        return true()
    table = tables.case_district
    registered = select(unit_state.c.case_key).where(unit_state.c.case_key == case_key, unit_state.c.district != "")
    registered = registered.correlate(case_key.table)
    said_here = case_key.in_(select(table.c.case_key).where(seen(access, table.c.district)))
    is_theirs = registered.where(seen(access, unit_state.c.district)).exists()
    return or_(is_theirs, and_(not_(registered.exists()), said_here))
