"""A person before a page that runs as a process: signs in at the sandbox's provider, looks, sends forms. No browser."""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from http.cookies import SimpleCookie
from urllib.parse import urlsplit

import httpx

_CSRF = re.compile(r'name="csrf" value="([^"]+)"')
TIMEOUT_S = 30.0


class PageVisitor:
    """One person's session. Cookies are carried by hand: they are `Secure`, and browsers take loopback for that, httpx does not."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client
        self._cookies: dict[str, str] = {}

    async def signs_in(self, person: str) -> None:
        """Go to the provider, be this person there, and come back."""
        started = await self.get("/sign-in")
        async with httpx.AsyncClient(timeout=TIMEOUT_S, trust_env=False) as outside:
            answer = await outside.post(started.headers["location"], data={"sub": person})
        back = urlsplit(answer.headers["location"])
        returned = await self.get(f"{back.path}?{back.query}")
        assert httpx.codes.SEE_OTHER == returned.status_code

    async def get(self, path: str, headers: Mapping[str, str] | None = None) -> httpx.Response:
        """Open a path."""
        return self._kept(await self._client.get(path, headers={**(headers or {}), **self._carried}))

    async def post(self, path: str, seen_at: str, fields: Mapping[str, str | Sequence[str]]) -> httpx.Response:
        """Send a form of the page at `seen_at`, with the token that stands in it."""
        found = _CSRF.search((await self.get(seen_at)).text)
        assert found is not None
        return self._kept(await self._client.post(path, data={**fields, "csrf": found[1]}, headers=self._carried))

    @asynccontextmanager
    async def events(self) -> AsyncIterator[AsyncIterator[str]]:
        """Open the event stream; gives the names of its events as they come."""
        async with self._client.stream("GET", "/now/events", headers=self._carried) as answer:
            answer.raise_for_status()
            yield (line.removeprefix("event: ") async for line in answer.aiter_lines() if line.startswith("event: "))

    @property
    def _carried(self) -> dict[str, str]:
        return {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}

    def _kept(self, answer: httpx.Response) -> httpx.Response:
        for header in answer.headers.get_list("set-cookie"):
            for name, one in SimpleCookie(header).items():
                self._cookies[name] = one.value
        return answer


@asynccontextmanager
async def visitor_at(address: str, person: str) -> AsyncIterator[PageVisitor]:
    """Give somebody who is signed in at a page."""
    async with httpx.AsyncClient(base_url=address, timeout=TIMEOUT_S, trust_env=False) as client:
        visitor = PageVisitor(client)
        await visitor.signs_in(person)
        yield visitor
