"""Panels and outlets as the page asks for them."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any

from sqlalchemy import Row, and_, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.appraisal import AppraisalAccepted, AppraisalExtended
from services.appraisal.rules_state import OPEN, Status
from services.appraisal.texts import KIND_NAMES
from services.page.store import tables
from services.page.store.answers import Access
from services.page.store.answers_cards import OutletNow, PanelLimit, Panels, PanelSitting
from services.page.store.changes import instant_of, micros_of
from services.page.store.reading_access import seen

DAYS_MAX, ROWS_MAX, CARDS_MAX = 366, 5_000, 100_000
STATUS_NAMES_ZH = {
    Status.CORRECTING: "待补正材料",
    Status.WAITING: "待排期",
    Status.SCHEDULED: "已排期",
    Status.SAT: "已鉴定",
    Status.REFUSED: "不予受理",
    Status.ABANDONED: "视为放弃",
    Status.WITHDRAWN: "已撤回",
}
_KINDS = {kind.value: name for kind, name in KIND_NAMES.items()}
_STATUSES = {status.value: name for status, name in STATUS_NAMES_ZH.items()}
_MICROS_A_MINUTE = 60_000_000


async def panels(connection: AsyncConnection, access: Access, begins_on: date, days: int) -> Panels:
    """The calendar from a day on, and the limits of open applications, the nearest first."""
    table = tables.application
    ends_on = begins_on + timedelta(days=max(0, min(days, DAYS_MAX)))
    calendar = (
        select(table)
        .where(
            table.c.status == Status.SCHEDULED.value,
            table.c.sitting_on >= begins_on.isoformat(),
            table.c.sitting_on < ends_on.isoformat(),
            seen(access, table.c.district),
        )
        .order_by(table.c.sitting_on, table.c.slot, table.c.place, table.c.reference)
        .limit(ROWS_MAX)
    )
    sittings = tuple(_sitting(row) for row in await connection.execute(calendar))
    return Panels(sittings, await _limits(connection, access, begins_on))


async def _limits(connection: AsyncConnection, access: Access, today: date) -> tuple[PanelLimit, ...]:
    table, limit = tables.application, tables.application_limit
    accepted, extended = limit.alias("accepted"), limit.alias("extended")
    due_on, later = accepted.c.due_on.label("due_on"), extended.c.due_on.label("extended_on")
    asked = (
        select(table, due_on, later)
        .join(accepted, _same(table, accepted, AppraisalAccepted.topic))
        .outerjoin(extended, _same(table, extended, AppraisalExtended.topic))
        .where(table.c.status.in_([status.value for status in OPEN]), seen(access, table.c.district))
        .limit(ROWS_MAX)
    )
    found = [_limit(row, today) for row in await connection.execute(asked)]
    return tuple(sorted(found, key=lambda one: (one.conclusion_due_on, one.person_key, one.application_reference)))


def _same(table: Any, limit: Any, topic: str) -> Any:
    return and_(limit.c.case_key == table.c.case_key, limit.c.reference == table.c.reference, limit.c.topic == topic)


def _sitting(row: Row[Any]) -> PanelSitting:
    return PanelSitting(
        sitting_on=date.fromisoformat(row.sitting_on),
        slot=row.slot,
        place=row.place,
        district=row.district,
        application_reference=row.reference,
        person_key=row.case_key,
        kind_zh=_KINDS.get(row.kind, row.kind),
        expert_keys=tuple(row.expert_keys.split(",")) if row.expert_keys else (),
        standing=row.standing,
        is_provisional=row.is_provisional,
    )


def _limit(row: Row[Any], today: date) -> PanelLimit:
    due_on = date.fromisoformat(row.extended_on if row.is_extended and row.extended_on else row.due_on)
    return PanelLimit(
        application_reference=row.reference,
        person_key=row.case_key,
        district=row.district,
        kind_zh=_KINDS.get(row.kind, row.kind),
        status=row.status,
        status_zh=_STATUSES.get(row.status, row.status),
        received_on=date.fromisoformat(row.received_on),
        conclusion_due_on=due_on,
        is_extended=row.is_extended,
        left_days=(due_on - today).days,
        sitting_on=None if row.sitting_on is None else date.fromisoformat(row.sitting_on),
    )


async def outlets(connection: AsyncConnection, access: Access, since: datetime) -> tuple[OutletNow, ...]:
    """Every outlet, by name of district and key."""
    table, stock = tables.outlet, tables.outlet_stock
    asked = (
        select(table, stock.c.blanks_on_hand, stock.c.blanks_free, stock.c.held)
        .outerjoin(stock, and_(stock.c.service == "outlets", stock.c.case_key == table.c.outlet_key))
        .where(seen(access, table.c.district))
        .order_by(table.c.district, table.c.outlet_key)
    )
    made = await _cards(connection, since)
    return tuple(_outlet(row, made.get(row.outlet_key, ())) for row in await connection.execute(asked))


async def _cards(connection: AsyncConnection, since: datetime) -> dict[str, list[tuple[int, int | None]]]:
    """Cards by outlet: when each was made, and when its loss was reported, where that is known."""
    made, lost = tables.card.alias("made"), tables.card.alias("lost")
    before = (lost.c.case_key == made.c.case_key, lost.c.outlet_key == "", lost.c.at <= made.c.at)
    reported_at = select(func.max(lost.c.at)).where(*before).correlate(made).scalar_subquery()
    asked = (
        select(made.c.outlet_key, made.c.at, reported_at)
        .where(made.c.outlet_key != "", made.c.at >= micros_of(since))
        .limit(CARDS_MAX)
    )
    found: dict[str, list[tuple[int, int | None]]] = {}
    for outlet_key, at, reported in await connection.execute(asked):
        found.setdefault(outlet_key, []).append((at, reported))
    return found


def _outlet(row: Row[Any], cards: Sequence[tuple[int, int | None]]) -> OutletNow:
    minutes = [(at - reported) / _MICROS_A_MINUTE for at, reported in cards if reported is not None]
    return OutletNow(
        outlet_key=row.outlet_key,
        name=row.name,
        district=row.district,
        address=row.address,
        telephone=row.telephone,
        latitude_microdeg=row.latitude_microdeg,
        longitude_microdeg=row.longitude_microdeg,
        makes_cards=row.makes_cards,
        is_assumed=row.is_assumed,
        blanks_on_hand=row.blanks_on_hand or 0,
        blanks_free=row.blanks_free or 0,
        held=row.held or 0,
        cards_issued=len(cards),
        median_minutes=round(median(minutes), 1) if minutes else None,
        longest_minutes=round(max(minutes), 1) if minutes else None,
        last_issued_at=instant_of(max(at for at, _ in cards)) if cards else None,
    )
