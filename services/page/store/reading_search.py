"""Finding a case: by a unit's name or code, a fact's id, a business reference, a dead letter's name; and acts of the page."""

from typing import Any

import msgspec
from sqlalchemy import func, select, union
from sqlalchemy.ext.asyncio import AsyncConnection

from services.page.store import tables
from services.page.store.answers import Access, Found, Page
from services.page.store.answers_arrears import InventoryFilter, InventorySort
from services.page.store.answers_trouble import PageAct
from services.page.store.changes import instant_of
from services.page.store.masking import masked_text
from services.page.store.port import NotTheirs
from services.page.store.projection_facts import bounded
from services.page.store.reading_access import case_seen, cursor_of, cursor_values, rows_within, whole
from services.page.store.reading_inventory import inventory
from services.page.store.reading_story import case_districts
from services.page.store.reading_trouble import Services, dead_letter
from services.page.store.reading_units import TEXT_CHARACTERS_MAX

ACTS_TOPIC = "page-act-recorded"


async def search(
    connection: AsyncConnection, access: Access, services: Services, text: str, rows: int
) -> tuple[Found, ...]:
    """What may be seen of what is found; nothing for an empty text."""
    text, rows = masked_text(text.strip()[:TEXT_CHARACTERS_MAX]), rows_within(rows)
    if not text:
        return ()
    wanted = InventoryFilter(text=text)
    units = await inventory(connection, access, wanted, InventorySort.PRINCIPAL, descending=True, rows=rows, after="")
    found = [Found("unit", row.unit_code, row.unit_name, row.district) for row in units.rows]
    try:
        letter = await dead_letter(connection, access, services, text)
    except NotTheirs:  # nobody asked for it: it only has that name
        letter = None
    if letter is not None:
        found.append(Found("dead-letter", letter.name, letter.code_zh, letter.district))
    known = {one.key for one in found}
    found += [one for one in await _cases(connection, access, text, rows) if one.key not in known]
    return tuple(found[:rows])


async def _cases(connection: AsyncConnection, access: Access, text: str, rows: int) -> list[Found]:
    table = tables.fact
    # Each by its own index; that of references is only of those that have one.
    same = (table.c.event_id == text, (table.c.reference == text) & (table.c.reference != ""), table.c.case_key == text)
    asked = union(*(select(table.c.case_key).where(one) for one in same)).order_by("case_key").limit(rows)
    found = []
    for (case_key,) in await connection.execute(asked):
        districts = await case_districts(connection, case_key)
        if case_seen(access, districts):
            found.append(Found("case", case_key, case_key, next(iter(districts)) if len(districts) == 1 else ""))
    return found


async def acts(connection: AsyncConnection, access: Access, matter: str, rows: int, after: str) -> Page[PageAct]:
    """What the page recorded, the latest first."""
    whole(access, "acts")
    table, rows = tables.fact, rows_within(rows)
    where = [table.c.topic == ACTS_TOPIC] + ([table.c.case_key == bounded(matter)] if matter else [])
    total = await connection.scalar(select(func.count()).select_from(table).where(*where)) or 0
    if after:
        append_time, partition, offset = cursor_values(after, "acts", [int, int, int])
        earlier = (table.c.append_time == append_time) & (
            (table.c.partition < partition) | ((table.c.partition == partition) & (table.c.offset < offset))
        )
        where.append((table.c.append_time < append_time) | earlier)
    order = (table.c.append_time.desc(), table.c.partition.desc(), table.c.offset.desc())
    found = list(await connection.execute(select(table).where(*where).order_by(*order).limit(rows + 1)))
    last = found[rows - 1] if len(found) > rows else None
    edge = "" if last is None else cursor_of("acts", last.append_time, last.partition, last.offset)
    return Page(tuple(_act(row) for row in found[:rows]), edge, total)


def _act(row: Any) -> PageAct:
    plain = msgspec.json.decode(row.body or "{}")
    return PageAct(
        act_id=row.event_id,
        matter=row.case_key,
        at=instant_of(row.said_at),
        act=plain.get("act") or "",
        person=plain.get("person") or "",
        roles=plain.get("roles") or "",
        action=plain.get("action") or "",
        service=plain.get("service") or "",
        items=tuple(plain.get("items") or ()),
        district=plain.get("district") or "",
        explanation=plain.get("explanation") or "",
        code=plain.get("code") or "",
        commands=tuple(plain.get("commands") or ()),
    )
