"""*Now*: the mesh as a living map, alerts, the last hour; and the event stream that says when to look again."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import RedirectResponse, Response, StreamingResponse

from services.page.web.desk import Visit, with_right
from services.page.web.mesh_map import mesh_map
from services.page.web.people import Right
from services.page.web.refused import RefusedHereError

LOOK_EVERY_S = 0.4
"""With the second that the page's script lets pass between two looks, a fact is shown within two (decision 0106)."""
SILENT_LOOKS_MAX = 40
"""A comment is sent after so many looks without news, so that a connection that is gone is noticed."""
STREAM_S_MAX = 600
"""A stream ends after this; the browser opens another, and is let in anew."""
SHOWN_MINUTES = 60
ALERTS_SHOWN = 50

router = APIRouter()


@router.get("/")
async def first(visit: Annotated[Visit, with_right(Right.SEE_NOW)]) -> Response:
    """Lead to the first view."""
    return RedirectResponse("/now", 303)


@router.get("/now")
async def now(visit: Annotated[Visit, with_right(Right.SEE_NOW)]) -> Response:
    """Show the mesh; asked for by htmx, only what moves."""
    moment = visit.desk.now()
    overview = await visit.queries.overview(visit.access, moment)
    alerts = await visit.queries.alerts(visit.access, only_open=True, rows=ALERTS_SHOWN)
    labels = [str(minute - SHOWN_MINUTES) for minute in range(SHOWN_MINUTES)]
    chart = {
        "kind": "lines",
        "labels": labels,
        "series": [
            {"name": service.name_zh, "values": list(service.decided_minutes)}
            for service in overview.services
            if any(service.decided_minutes)
        ],
    }
    refused = sum(sum(service.refused_minutes) for service in overview.services)
    return visit.page(
        "now_part.html" if visit.is_partial else "now.html",
        overview=overview,
        alerts=alerts,
        map=mesh_map(overview),
        chart=chart,
        refused=refused,
        stuck=[service for service in overview.services if service.is_stuck],
    )


@router.get("/now/events")
async def events(
    visit: Annotated[Visit, with_right(Right.SEE_NOW, is_by_itself=True)], stream: Annotated[int, Query(ge=1, le=1)] = 1
) -> Response:
    """Say `changed` whenever the store took something in: the page then asks for what moved."""
    if not visit.desk.streams.has_room(visit.person.number):
        raise RefusedHereError(429, "too-many-requests", "/now/events")
    headers = {"X-Accel-Buffering": "no"}
    return StreamingResponse(_events(visit), media_type="text/event-stream", headers=headers)


async def _events(visit: Visit) -> AsyncIterator[str]:
    """Watch the feed for as long as the session lives, the browser listens, and the stream may last."""
    desk = visit.desk
    if not desk.streams.has_room(visit.person.number):
        return  # others began in between; the browser asks again, and is told
    ends_at, seen, silent = desk.now() + timedelta(seconds=STREAM_S_MAX), None, 0
    with desk.streams.opened(visit.person.number):
        yield "retry: 3000\n\n"
        while desk.now() < ends_at and not await visit.request.is_disconnected():
            if not desk.sessions.lives(visit.session):
                yield "event: ended\ndata: session-ended\n\n"
                return
            stands = await desk.pulses.of(visit.access, lambda: visit.queries.pulse(visit.access))
            silent = 0 if stands != seen else silent + 1
            if stands != seen:
                yield f"event: changed\ndata: {stands.waiting_records}\n\n"
            elif silent % SILENT_LOOKS_MAX == 0:
                yield ": still here\n\n"
            seen = stands
            await asyncio.sleep(LOOK_EVERY_S)
