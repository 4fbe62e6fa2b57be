"""A real Chromium before a page that is served on loopback."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field

import uvicorn
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from services.page.web.guard import SESSION_COOKIE
from services.page.web.people import Person
from tests.harness.page_desk import PageDesk

CHROMIUM = os.environ.get("SHEBAO_CHROMIUM") or shutil.which("chromium") or ""
NO_CHROMIUM = "needs Chromium: `apt-get install chromium`, or name one in SHEBAO_CHROMIUM"
START_S_MAX, END_S_MAX = 20.0, 10.0


@dataclass
class Visitor:
    """One person's browser. `complaints`: what the console and the policy had against the page."""

    context: BrowserContext
    page: Page
    address: str
    complaints: list[str] = field(default_factory=list)

    async def goes_to(self, path: str) -> int:
        """Open a path; gives the status."""
        answer = await self.page.goto(f"{self.address}{path}")
        assert answer is not None
        return answer.status


@dataclass
class Visits:
    """Chromium, and the page before it."""

    browser: Browser
    desk: PageDesk

    async def of(self, person: Person | None, **options: object) -> Visitor:
        """Open a browser of one person, signed in or not."""
        context = await self.browser.new_context(viewport={"width": 1400, "height": 900}, **options)  # type: ignore[arg-type]
        context.set_default_timeout(END_S_MAX * 1_000)
        if person is not None:
            secure = self.desk.address.replace("http://", "https://")
            token = self.desk.desk.sessions.begin(person)
            cookie = {"name": SESSION_COOKIE, "value": token, "url": secure, "secure": True, "httpOnly": True}
            await context.add_cookies([cookie])  # type: ignore[list-item]
        visitor = Visitor(context, await context.new_page(), self.desk.address)
        visitor.page.on("pageerror", lambda error: visitor.complaints.append(str(error)))
        visitor.page.on(
            "console",
            lambda said: visitor.complaints.append(said.text) if "Content Security Policy" in said.text else None,
        )
        return visitor


@asynccontextmanager
async def served(desk: PageDesk, port: int) -> AsyncIterator[None]:
    """Serve the page of a desk on loopback."""
    server = uvicorn.Server(
        uvicorn.Config(
            desk.app, host="127.0.0.1", port=port, log_config=None, lifespan="off", timeout_graceful_shutdown=1
        )
    )
    server.capture_signals = _nothing  # type: ignore[method-assign]  # the signals are the test run's own
    serving = asyncio.create_task(server.serve())
    async with asyncio.timeout(START_S_MAX):
        while not server.started:  # noqa: ASYNC110 — uvicorn tells in no other way
            await asyncio.sleep(0.02)
    try:
        yield
    finally:
        server.should_exit = True
        async with asyncio.timeout(END_S_MAX):
            await serving


@asynccontextmanager
async def chromium(desk: PageDesk) -> AsyncIterator[Visits]:
    """Start Chromium before a served page."""
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
        )
        try:
            yield Visits(browser, desk)
        finally:
            await browser.close()


@contextmanager
def _nothing() -> Iterator[None]:
    yield
