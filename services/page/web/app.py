"""The application: views, refusals, assets. `make_page` gives it whole, over any store and any mesh."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import jinja2
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from fastapi.staticfiles import StaticFiles
from httpx import codes
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Scope

from services.page.store.port import NoSuchPage, NotTheirs, Queries
from services.page.web import (
    views_arrears,
    views_cards,
    views_indicators,
    views_mend,
    views_now,
    views_replay,
    views_runbooks,
    views_session,
    views_trouble,
)
from services.page.web.desk import Desk, refused
from services.page.web.guard import Guard
from services.page.web.limits import Limits
from services.page.web.mending import Mending
from services.page.web.mesh import MeshPort
from services.page.web.recording import Recorder
from services.page.web.refused import RefusedHereError
from services.page.web.remembered import Remembered
from services.page.web.replays import Replays
from services.page.web.rights import Rights
from services.page.web.sessions import Sessions
from services.page.web.settings import WebSettings
from services.page.web.shown import FILTERS
from services.page.web.sign_in import SignIn
from services.page.web.streams import Streams
from services.runtime.errors import MeshError

log = structlog.get_logger(__name__)

HERE = Path(__file__).parent
PULSES_KEPT = timedelta(milliseconds=200)
VIEWS = (
    views_session,
    views_now,
    views_indicators,
    views_arrears,
    views_cards,
    views_trouble,
    views_mend,
    views_replay,
    views_runbooks,
)
Now = Callable[[], datetime]


def make_page(
    settings: WebSettings,
    queries: Queries,
    mesh: MeshPort,
    client: httpx.AsyncClient,
    now: Now,
    replays: Replays | None = None,
) -> FastAPI:
    """Put the page together. `client` reaches the sign-in provider; `now` is the clock of sessions, limits and acts."""
    # Behind a proxy with TLS this process believes itself to be asked in clear, and would lead people there.
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    app.state.desk = _desk(settings, queries, mesh, client, now, replays)
    for views in VIEWS:
        app.include_router(views.router)
    app.mount("/static", StaticFiles(directory=HERE / "static"))
    _tell_refusals(app)
    host = httpx.URL(settings.address).host
    app.add_middleware(Guard, refuse=_refuser(app), host=host, is_https=settings.address.startswith("https://"))
    return app


def make_templates() -> jinja2.Environment:
    """Give the templates: everything is escaped, and a name that is not there is an error."""
    templates = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        auto_reload=False,  # they are part of a release: to look at every file's date for every page is in vain
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters.update(FILTERS)
    return templates


def _desk(
    settings: WebSettings,
    queries: Queries,
    mesh: MeshPort,
    client: httpx.AsyncClient,
    now: Now,
    replays: Replays | None,
) -> Desk:
    recorder = Recorder(mesh, now)
    orders = Limits(now, settings.page_orders_a_minute_max)
    idle, whole = (
        timedelta(minutes=settings.page_session_idle_minutes),
        timedelta(hours=settings.page_session_hours_max),
    )
    every = timedelta(minutes=settings.page_rights_minutes)
    sign_in = SignIn(settings, client)
    return Desk(
        settings=settings,
        queries=queries,
        recorder=recorder,
        mending=Mending(queries, mesh, recorder, orders, now, timedelta(hours=settings.page_proposal_hours_max)),
        replays=replays or Replays(now, settings.page_replay_minutes_max),
        sessions=Sessions(now, idle, whole, every),
        sign_in=sign_in,
        rights=Rights(sign_in, now, every, timedelta(minutes=settings.page_rights_silent_minutes)),
        requests=Limits(now, settings.page_requests_a_minute_max),
        streams=Streams(settings.page_event_streams_max),
        sums=Remembered(now),
        pulses=Remembered(_clock_of_this_machine, PULSES_KEPT),
        templates=make_templates(),
        now=now,
    )


def _clock_of_this_machine() -> datetime:
    """The time by which a stream waits, whatever time it is in the mesh."""
    return datetime.now(UTC)


def _tell_refusals(app: FastAPI) -> None:
    """Turn what is raised into what is told; each kind has its code."""

    @app.exception_handler(RefusedHereError)
    async def of_the_page(request: Request, error: RefusedHereError) -> Response:
        return await refused(request, error.status, error.code, *error.items)

    @app.exception_handler(NotTheirs)
    async def of_the_store(request: Request, error: NotTheirs) -> Response:
        return await refused(request, 403, "district-not-yours", error.about)

    @app.exception_handler(NoSuchPage)
    async def no_such_page(request: Request, _: NoSuchPage) -> Response:
        return await refused(request, 400, "page-unknown")

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        names = [".".join(str(part) for part in one["loc"]) for one in error.errors()]
        return await refused(request, 422, "request-invalid", *names)

    @app.exception_handler(HTTPException)
    async def other(request: Request, error: HTTPException) -> Response:
        return await refused(
            request, error.status_code, "not-found" if error.status_code == codes.NOT_FOUND else "request-invalid"
        )

    @app.exception_handler(MeshError)
    async def mesh_away(request: Request, error: MeshError) -> Response:
        log.warning("the mesh did not answer the page", error=str(error))
        return await refused(request, 503, "mesh-unavailable")


def _refuser(app: FastAPI) -> Callable[[Scope, int, str], Awaitable[ASGIApp]]:
    async def refuse(scope: Scope, status: int, code: str) -> ASGIApp:
        scope["app"] = app
        return await refused(Request(scope), status, code)

    return refuse
