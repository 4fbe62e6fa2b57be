"""*Panels and cards*: the calendar of sittings, limits that run out; outlets on the map with stock and minutes to card."""

from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from schemas.decision import legal_date
from schemas.vocabulary import DATE_FIRST, DATE_LAST
from services.page.store.answers_cards import PanelSitting
from services.page.web.desk import Visit, with_right
from services.page.web.outlet_map import outlet_map
from services.page.web.people import Right

DAYS_SHOWN, DAYS_A_WEEK = 28, 7
SINCE_DAYS = 30
SHORT_DAYS = 10
"""A limit that is nearer than this is shown as running out."""

router = APIRouter()


@router.get("/panels")
async def panels(
    visit: Annotated[Visit, with_right(Right.SEE_CARDS)],
    begins: Annotated[date | None, Query(ge=DATE_FIRST, le=DATE_LAST)] = None,
) -> Response:
    """Show four weeks of sittings from a Monday on, and the limits."""
    today = (await visit.queries.overview(visit.access, visit.desk.now())).day or legal_date(visit.desk.now())
    first = begins or today
    monday = first - timedelta(days=first.weekday())
    found = await visit.queries.panels(visit.access, monday, DAYS_SHOWN)
    by_day: dict[date, list[PanelSitting]] = {}
    for sitting in found.sittings:
        by_day.setdefault(sitting.sitting_on, []).append(sitting)
    weeks = [
        [monday + timedelta(days=week * DAYS_A_WEEK + place) for place in range(DAYS_A_WEEK)]
        for week in range(DAYS_SHOWN // DAYS_A_WEEK)
    ]
    return visit.page(
        "panels.html",
        weeks=weeks,
        by_day=by_day,
        limits=found.limits,
        today=today,
        days_short=SHORT_DAYS,
        before=monday - timedelta(days=DAYS_SHOWN),
        behind=monday + timedelta(days=DAYS_SHOWN),
    )


@router.get("/outlets")
async def outlets(visit: Annotated[Visit, with_right(Right.SEE_CARDS)]) -> Response:
    """Show the outlets on the map."""
    found = await visit.queries.outlets(visit.access, visit.desk.now() - timedelta(days=SINCE_DAYS))
    waited = [one for one in found if one.median_minutes is not None]
    chart = {
        "kind": "bars",
        "labels": [one.name for one in waited],
        "series": [{"name": "分钟", "values": [round(one.median_minutes or 0, 1) for one in waited]}],
    }
    return visit.page("outlets.html", outlets=found, map=outlet_map(found), chart=chart, days=SINCE_DAYS)
