"""Sessions: kept in memory, named by a random token of which only the hash is kept; idle and absolute end; rotated."""

import asyncio
import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from services.page.web.people import Person

TOKEN_BYTES = 32
SESSIONS_MAX = 2_000
SESSIONS_OF_A_PERSON_MAX = 5
ROTATE_AFTER = timedelta(minutes=15)
GRACE = timedelta(minutes=1)
"""So long a token that was replaced still counts: requests that were under way carry it."""


@dataclass(slots=True)
class Login:
    """What the provider gave for a person, to be asked about them again. It stays in this process."""

    subject: str
    """The provider's own name for the person."""
    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False, default="")


@dataclass(slots=True)
class Session:
    """One signed-in browser. `csrf`: what every form of it carries. `ends_at`: however busy it is. `name`: hash of its token now.

    `confirmed_at`: when the provider last said that the person has these rights; `ask_at`: when it is asked next. Without a `login`
    nobody can be asked: only tests begin such sessions.
    """

    name: str
    person: Person
    csrf: str
    began_at: datetime
    seen_at: datetime
    ends_at: datetime
    rotated_at: datetime
    confirmed_at: datetime
    ask_at: datetime
    login: Login | None = None
    turn: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)


class Sessions:
    """All sessions of the page. A new start of the page ends them."""

    def __init__(
        self, now: Callable[[], datetime], idle: timedelta, whole: timedelta, confirm: timedelta = timedelta()
    ) -> None:
        self._now, self._idle, self._whole, self._confirm = now, idle, whole, confirm
        self._by_hash: dict[str, Session] = {}
        self._retired: dict[str, tuple[str, datetime]] = {}
        """Hash of a replaced token: the hash that replaced it, and until when it counts."""

    def begin(self, person: Person, login: Login | None = None) -> str:
        """Begin a session and give its token: the only time it is seen. The oldest of a person's go when they are too many."""
        now = self._now()
        self._forget_ended(now)
        mine = [name for name, session in self._by_hash.items() if session.person.number == person.number]
        for name in mine[: max(0, len(mine) - SESSIONS_OF_A_PERSON_MAX + 1)]:
            del self._by_hash[name]
        while len(self._by_hash) >= SESSIONS_MAX:
            del self._by_hash[min(self._by_hash, key=lambda name: self._by_hash[name].seen_at)]
        token = secrets.token_urlsafe(TOKEN_BYTES)
        csrf = secrets.token_urlsafe(TOKEN_BYTES)
        name = _hash(token)
        self._by_hash[name] = Session(
            name, person, csrf, now, now, now + self._whole, now, now, now + self._confirm, login
        )
        return token

    def of(self, token: str, *, is_asked_by_hand: bool = True) -> Session | None:
        """Give the session of a token; None where it ended, or never was. What a page asks by itself keeps no session awake."""
        now = self._now()
        session = self._by_hash.get(self._name_of(token, now)) if token else None
        if session is None or not self._is_alive(session, now):
            self.end(token)
            return None
        if is_asked_by_hand:
            session.seen_at = now
        return session

    def lives(self, session: Session) -> bool:
        """Tell whether a session goes on, whatever its token is by now."""
        return self._by_hash.get(session.name) is session and self._is_alive(session, self._now())

    def end(self, token: str) -> None:
        """End a session, where there is one."""
        self._by_hash.pop(self._name_of(token, self._now()), None)

    def rotated(self, token: str) -> str:
        """Give a living session a new token when its own is old; empty when it is not, or was replaced a moment ago."""
        now, name = self._now(), _hash(token)
        session = self._by_hash.get(name)
        if session is None or now - session.rotated_at < ROTATE_AFTER:
            return ""
        fresh = secrets.token_urlsafe(TOKEN_BYTES)
        session.rotated_at, session.name = now, _hash(fresh)
        self._by_hash[session.name] = self._by_hash.pop(name)
        self._retired[name] = (session.name, now + GRACE)
        return fresh

    def _name_of(self, token: str, now: datetime) -> str:
        name = _hash(token)
        successor, until = self._retired.get(name, ("", now))
        return successor if now < until else name

    def _is_alive(self, session: Session, now: datetime) -> bool:
        return now < session.ends_at and now - session.seen_at < self._idle

    def _forget_ended(self, now: datetime) -> None:
        for name in [name for name, session in self._by_hash.items() if not self._is_alive(session, now)]:
            del self._by_hash[name]
        for name in [name for name, (_, until) in self._retired.items() if now >= until]:
            del self._retired[name]


def same(given: str, expected: str) -> bool:
    """Compare secrets in a time that tells nothing."""
    return secrets.compare_digest(given.encode(errors="surrogatepass"), expected.encode())


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
