"""What all views share: the parts of the page, and one visit with its person, language and session."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import jinja2
from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, Response
from httpx import codes
from markupsafe import Markup

from services.page.store.answers import Access, Pulse
from services.page.store.answers_arrears import Totals
from services.page.store.port import Queries
from services.page.web.guard import SESSION_COOKIE
from services.page.web.limits import Limits
from services.page.web.mending import Mending
from services.page.web.people import Person, Right
from services.page.web.recording import ANONYMOUS, Recorder
from services.page.web.refused import RefusedHereError, told
from services.page.web.remembered import Remembered
from services.page.web.replays import Replays
from services.page.web.rights import WITHDRAWN, Rights
from services.page.web.sessions import Session, Sessions, same
from services.page.web.settings import WebSettings
from services.page.web.sign_in import SignIn
from services.page.web.streams import Streams
from services.page.web.texts import text_in

STARTED_COOKIE = "__Host-shebao-sign-in"
LANGUAGE_COOKIE, THEME_COOKIE = "shebao-language", "shebao-theme"
LANGUAGES, THEMES = ("zh", "en"), ("light", "dark")
FIELDS_MAX = 200
BY_ITSELF = "x-shebao-by-itself"
"""Header of what a page asks without a person's hand: it keeps no session awake."""


class Sums(NamedTuple):
    """底数, and beside it, as they are shown, 结构 and the form that chooses units."""

    totals: Totals
    structure: Markup
    filters: Markup


@dataclass(slots=True)
class Desk:
    """The parts of one page. `now`: the clock of sessions, limits and acts."""

    settings: WebSettings
    queries: Queries
    recorder: Recorder
    mending: Mending
    replays: Replays
    sessions: Sessions
    sign_in: SignIn
    rights: Rights
    requests: Limits
    streams: Streams
    sums: Remembered[Sums]
    """Those of the last moment, by all that they hang on."""
    pulses: Remembered[Pulse]
    """Of whoever watches, by access: a hundred streams ask the store as often as one does."""
    templates: jinja2.Environment
    now: Callable[[], datetime]


def desk_of(request: Request) -> Desk:
    """Give the parts of the page that serves this request."""
    desk: Desk = request.app.state.desk
    return desk


def address_of(request: Request) -> str:
    """Give the address a request comes from: of a proxy, where one stands before the page."""
    return request.client.host if request.client else "?"


def language_of(request: Request) -> str:
    """Give the language a browser chose; Chinese first."""
    chosen = request.cookies.get(LANGUAGE_COOKIE, "")
    return chosen if chosen in LANGUAGES else "zh"


def theme_of(request: Request) -> str:
    """Give the colours a browser chose; empty: as the system has them."""
    chosen = request.cookies.get(THEME_COOKIE, "")
    return chosen if chosen in THEMES else ""


def rendered(request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """Fill a template in for whoever asks, signed in or not."""
    return HTMLResponse(text_of(request, template, **values), status_code=status)


def text_of(request: Request, template: str, **values: Any) -> str:
    """Fill a template in."""
    language = language_of(request)
    visit: Visit | None = getattr(request.state, "visit", None)
    return (
        desk_of(request)
        .templates.get_template(template)
        .render(
            t=text_in(language),
            language=language,
            theme=theme_of(request),
            visit=visit,
            person=None if visit is None else visit.person,
            path=request.url.path,
            told=lambda code: told(code, language),
            **values,
        )
    )


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of a signed-in person."""

    request: Request
    desk: Desk
    session: Session

    @property
    def person(self) -> Person:
        """Who asks."""
        return self.session.person

    @property
    def access(self) -> Access:
        """What the store may answer about."""
        return self.person.access

    @property
    def queries(self) -> Queries:
        """The store."""
        return self.desk.queries

    @property
    def is_partial(self) -> bool:
        """Tell whether a part of a page is asked for, not a whole one."""
        return self.request.headers.get("hx-request") == "true"

    def may(self, right: str) -> bool:
        """Tell whether this person may do something; for templates."""
        return self.person.may(Right(right))

    def page(self, template: str, **values: Any) -> Response:
        """Fill a template in."""
        return rendered(self.request, template, **values)


async def _visit(request: Request) -> Visit:
    """Find who asks: a living session, and not too many requests of it."""
    return await _visit_of(request, is_by_hand=BY_ITSELF not in request.headers)


async def _visit_of(request: Request, *, is_by_hand: bool) -> Visit:
    desk = desk_of(request)
    token = request.cookies.get(SESSION_COOKIE, "")
    session = desk.sessions.of(token, is_asked_by_hand=is_by_hand)
    if session is None:
        if not desk.requests.take(f"stranger {address_of(request)}"):
            raise RefusedHereError(429, "too-many-requests", request.url.path)
        raise RefusedHereError(401, "session-ended" if token else "sign-in-needed", request.url.path)
    visit = Visit(request, desk, session)
    request.state.visit = visit
    if not desk.requests.take(session.person.number):
        raise RefusedHereError(429, "too-many-requests", request.url.path)
    await confirm(visit)
    if request.method == "GET" and not visit.is_partial:
        request.state.fresh_token = desk.sessions.rotated(token)
    return visit


async def confirm(visit: Visit, *, at_once: bool = False) -> None:
    """Let nobody go on whose rights the provider has taken back, or has not confirmed for too long. An order waits; a session ends."""
    code = await visit.desk.rights.why_not(visit.session, at_once=at_once)
    if not code:
        return
    if at_once and code != WITHDRAWN:
        raise RefusedHereError(503, code, visit.request.url.path)
    visit.desk.sessions.end(visit.request.cookies.get(SESSION_COOKIE, ""))
    raise RefusedHereError(401, code, visit.request.url.path)


def with_right(right: Right, *, is_by_itself: bool = False) -> Any:
    """Let in who has a right; a dependency of a view. `is_by_itself`: a browser asks for it, and cannot say so in a header."""

    async def checked(request: Request) -> Visit:
        visit = await (_visit_of(request, is_by_hand=False) if is_by_itself else _visit(request))
        if not visit.person.may(right):
            raise RefusedHereError(403, "role-missing", right, request.url.path)
        return visit

    return Depends(checked)


def with_form(right: Right | None = None, *, is_confirmed: bool = False) -> Any:
    """Let in a form that this page gave to this session, from somebody who has the right. `is_confirmed`: has it at this moment."""

    async def checked(request: Request) -> Visit:
        visit = await _visit(request)
        origin = request.headers.get("origin")
        site = request.headers.get("sec-fetch-site", "same-origin")
        if (origin is not None and origin != visit.desk.settings.address) or site not in ("same-origin", "none"):
            raise RefusedHereError(403, "origin-foreign", request.url.path)
        form = await request.form(max_fields=FIELDS_MAX, max_files=0)
        if not same(str(form.get("csrf", "")), visit.session.csrf):
            raise RefusedHereError(403, "csrf-token-wrong", request.url.path)
        if is_confirmed:
            await confirm(visit, at_once=True)
        if right is not None and not visit.person.may(right):
            raise RefusedHereError(403, "role-missing", right, request.url.path)
        return visit

    return Depends(checked)


SignedIn = Depends(_visit)
Handler = Callable[[Request, Exception], Awaitable[Response]]


async def refused(request: Request, status: int, code: str, *items: str) -> Response:
    """Record a refusal and tell it: as a page, as a part of one, or by leading to the sign-in."""
    visit: Visit | None = getattr(request.state, "visit", None)
    person = ANONYMOUS if visit is None else visit.person
    who = "" if visit is not None else f"address {address_of(request)}"
    is_part = request.headers.get("hx-request") == "true"
    is_refusal = status < codes.INTERNAL_SERVER_ERROR and not (code == "sign-in-needed" and request.method == "GET")
    if is_refusal:
        await desk_of(request).recorder.refused(person, f"{request.method} {request.url.path}", code, items, who)
    if status == codes.UNAUTHORIZED and is_part:
        return Response(status_code=401, headers={"HX-Redirect": "/signed-out?code=" + code})
    template = "refusal.html" if is_part else "refused.html"
    return rendered(request, template, status, code=code, answer_status=status)
