"""Alerts as the page asks for them."""

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.page.store import tables
from services.page.store.answers import Access, Alert
from services.page.store.changes import instant_of
from services.page.store.reading_access import rows_within, seen


def in_sight(access: Access, district: ColumnElement[str]) -> ColumnElement[bool]:
    """What monitoring says of no district is of services and topics, names no case, and is seen by all."""
    return or_(district == "", seen(access, district))


def may_see(access: Access, district: str) -> bool:
    """The same of one that is read already."""
    return not district or access.sees(district)


async def alerts(connection: AsyncConnection, access: Access, *, only_open: bool, rows: int) -> tuple[Alert, ...]:
    """Alerts, those that stand first, then the latest."""
    table = tables.alert
    asked = select(table).where(in_sight(access, table.c.district))
    if only_open:
        asked = asked.where(table.c.is_open)
    asked = asked.order_by(table.c.is_open.desc(), table.c.judged_at.desc(), table.c.opening_id)
    return tuple(
        Alert(
            row.opening_id,
            row.alert,
            row.service,
            row.district,
            row.kind,
            row.is_open,
            instant_of(row.opened_at),
            instant_of(row.judged_at),
            row.indicator,
            row.value_name,
            row.value,
            row.threshold,
            row.runbook,
        )
        for row in await connection.execute(asked.limit(rows_within(rows)))
    )


async def open_alerts(connection: AsyncConnection, access: Access) -> int:
    """How many stand."""
    table = tables.alert
    asked = select(func.count()).where(table.c.is_open, in_sight(access, table.c.district))
    return await connection.scalar(asked) or 0
