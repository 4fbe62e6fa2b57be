"""What every request and answer passes: host and sizes from the outside in, and the headers that keep a browser from harm."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = structlog.get_logger(__name__)

BODY_BYTES_MAX = 64 * 1024
QUERY_BYTES_MAX = 4 * 1024
PATH_BYTES_MAX = 1024

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""No script or style but our own files; nothing inline."""
HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
)
TRANSPORT = (b"strict-transport-security", b"max-age=31536000")
STATUSES: Mapping[str, int] = {"host-foreign": 400, "body-too-long": 413, "address-too-long": 414, "failed": 500}
"""What is answered here, by its code."""
STATIC = "/static/"
_PORT = re.compile(r":[0-9]*$")
KEPT_STATUSES = frozenset({200, 206, 304})
"""Answers to static files that a browser may keep; what is said of one that is not there it may not."""
SESSION_COOKIE = "__Host-shebao-session"
Refuse = Callable[[Scope, int, str], Awaitable[ASGIApp]]
"""Gives the answer to a request that is refused here: its status and code."""


class TooMuchError(Exception):
    """A body is longer than it may be."""


class Guard:
    """Stands before the application."""

    def __init__(self, app: ASGIApp, refuse: Refuse, *, host: str, is_https: bool) -> None:
        self._app, self._refuse, self._host = app, refuse, host
        self._headers = (*HEADERS, TRANSPORT) if is_https else HEADERS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = _Exchange(scope, receive, send, self._headers)
        code = _foreign(scope, self._host) or _too_long(scope) or await exchange.passed_to(self._app)
        if code:
            await (await self._refuse(scope, STATUSES[code], code))(scope, receive, exchange.send)


class _Exchange:
    """One request and its answer, as they pass the guard."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, headers: Sequence[tuple[bytes, bytes]]) -> None:
        self._scope, self._receive, self._send, self._headers = scope, receive, send, headers
        self._taken, self._is_too_much, self._is_answered = 0, False, False

    async def passed_to(self, app: ASGIApp) -> str:
        """Let the application answer; gives the code of what made the guard answer instead."""
        try:
            await app(self._scope, self._counted, self._unless_too_much)
        except TooMuchError:
            self._is_too_much = True
        except Exception:
            if self._is_answered:
                raise  # half an answer is out: the connection ends
            log.exception("a request failed")
            return "failed"
        return "body-too-long" if self._is_too_much else ""

    async def send(self, message: Message) -> None:
        """Send on, with the headers every answer bears."""
        if message["type"] == "http.response.start":
            self._is_answered = True
            is_static = self._scope["path"].startswith(STATIC) and message["status"] in KEPT_STATUSES
            cache = b"public, max-age=86400" if is_static else b"no-store"
            fresh = fresh_cookie(self._scope)
            message["headers"] = [*message["headers"], *self._headers, (b"cache-control", cache), *fresh]
        await self._send(message)

    async def _unless_too_much(self, message: Message) -> None:
        """Keep back what the application says of a body it did not get whole."""
        if not self._is_too_much:
            await self.send(message)

    async def _counted(self) -> Message:
        message = await self._receive()
        self._taken += len(message.get("body", b""))
        if self._taken > BODY_BYTES_MAX:
            self._is_too_much = True
            raise TooMuchError
        return message


def fresh_cookie(scope: Scope) -> Sequence[tuple[bytes, bytes]]:
    """Give the header with the new token of a session whose token was rotated by this request."""
    token = scope.get("state", {}).get("fresh_token")
    if not token:
        return ()
    return ((b"set-cookie", f"{SESSION_COOKIE}={token}; Path=/; Secure; HttpOnly; SameSite=Lax".encode()),)


def _foreign(scope: Scope, host: str) -> str:
    """Refuse what was asked of another name: a name that somebody else has pointed here."""
    asked = dict(scope["headers"]).get(b"host", b"").decode("latin-1").lower()
    name = _PORT.sub("", asked).strip("[]")
    return "" if name == host else "host-foreign"


def _too_long(scope: Scope) -> str:
    if len(scope.get("query_string", b"")) > QUERY_BYTES_MAX or len(scope.get("raw_path", b"")) > PATH_BYTES_MAX:
        return "address-too-long"
    declared = dict(scope["headers"]).get(b"content-length", b"0")
    return "body-too-long" if not declared.isdigit() or int(declared) > BODY_BYTES_MAX else ""
