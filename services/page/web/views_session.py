"""Signing in and out, language, colours."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from schemas.page import PageAct
from services.page.web.desk import (
    LANGUAGE_COOKIE,
    LANGUAGES,
    STARTED_COOKIE,
    THEME_COOKIE,
    THEMES,
    Visit,
    address_of,
    desk_of,
    rendered,
    with_form,
)
from services.page.web.guard import SESSION_COOKIE
from services.page.web.refused import REFUSALS, RefusedHereError
from services.page.web.sign_in import STARTED_SECONDS_MAX, SignInRefused, own_path

CHOICE_SECONDS_MAX = 365 * 24 * 3_600

router = APIRouter()


@router.get("/sign-in")
async def sign_in(request: Request, to: Annotated[str, Query(max_length=500)] = "/") -> Response:
    """Lead to the provider."""
    _limit(request)
    started = await desk_of(request).sign_in.start(to)
    answer = RedirectResponse(started.url, 303)
    _set(answer, STARTED_COOKIE, started.cookie, STARTED_SECONDS_MAX)
    return answer


@router.get("/signed-in")
async def signed_in(
    request: Request,
    state: Annotated[str, Query(max_length=200)] = "",
    code: Annotated[str, Query(max_length=2_000)] = "",
    iss: Annotated[str, Query(max_length=300)] = "",
) -> Response:
    """Take in who comes back from the provider: a new session, whatever the browser brought along."""
    _limit(request)
    desk = desk_of(request)
    try:
        returned = await desk.sign_in.finish(request.cookies.get(STARTED_COOKIE, ""), state, code, iss)
    except SignInRefused as refused:
        raise RefusedHereError(403, refused.code) from None
    await desk.recorder.write(desk.recorder.act(PageAct.SIGNED_IN, returned.person, "sign-in"))
    desk.sessions.end(request.cookies.get(SESSION_COOKIE, ""))
    answer = RedirectResponse(returned.to, 303)
    _set(answer, SESSION_COOKIE, desk.sessions.begin(returned.person, returned.login))
    answer.delete_cookie(STARTED_COOKIE, secure=True, httponly=True, samesite="lax")
    return answer


@router.post("/sign-out")
async def sign_out(visit: Annotated[Visit, with_form()]) -> Response:
    """End the session."""
    desk = visit.desk
    desk.sessions.end(visit.request.cookies.get(SESSION_COOKIE, ""))
    await desk.recorder.write(desk.recorder.act(PageAct.SIGNED_OUT, visit.person, "sign-out"))
    answer = RedirectResponse("/signed-out", 303)
    answer.delete_cookie(SESSION_COOKIE, secure=True, httponly=True, samesite="lax")
    return answer


@router.get("/signed-out")
async def signed_out(request: Request, code: Annotated[str, Query(max_length=40)] = "") -> Response:
    """Say that nobody is signed in (any more)."""
    _limit(request)
    return rendered(request, "signed_out.html", code=code if code in REFUSALS else "")


@router.post("/choices")
async def choose(
    request: Request,
    language: Annotated[str, Form(max_length=2)] = "",
    theme: Annotated[str, Form(max_length=5)] = "",
    to: Annotated[str, Form(max_length=500)] = "/",
) -> Response:
    """Remember a language or colours in the browser; nothing else hangs on it."""
    _limit(request)
    answer = RedirectResponse(own_path(to), 303)
    if language in LANGUAGES:
        _set(answer, LANGUAGE_COOKIE, language, CHOICE_SECONDS_MAX)
    if theme in THEMES:
        _set(answer, THEME_COOKIE, theme, CHOICE_SECONDS_MAX)
    if theme == "auto":
        answer.delete_cookie(THEME_COOKIE, secure=True, httponly=True, samesite="lax")
    return answer


def set_session(answer: Response, token: str) -> None:
    """Give a browser the token of its session."""
    _set(answer, SESSION_COOKIE, token)


def _set(answer: Response, name: str, value: str, seconds: int | None = None) -> None:
    answer.set_cookie(name, value, max_age=seconds, path="/", secure=True, httponly=True, samesite="lax")


def _limit(request: Request) -> None:
    if not desk_of(request).requests.take(f"address {address_of(request)}"):
        raise RefusedHereError(429, "too-many-requests", request.url.path)
