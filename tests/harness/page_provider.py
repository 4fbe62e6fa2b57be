"""The page beside the sandbox's own sign-in provider, and going there as a person does."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from services.runtime.memory import MemoryMesh
from services.sandbox.ports import free_port
from services.sandbox.provider import Provider
from services.sandbox.settings import SandboxSettings
from tests.harness.page_desk import PageDesk, page_desk


@asynccontextmanager
async def provided_desk(twin: MemoryMesh, folder: Path) -> AsyncIterator[tuple[PageDesk, Provider, SandboxSettings]]:
    """Start a provider, and the page that sends people to it."""
    settings = SandboxSettings(data_dir=folder / "data", sign_in_port=free_port())
    provider = Provider(settings)
    await provider.start()
    try:
        async with page_desk(twin, folder, provider=settings.sign_in_url) as desk:
            yield desk, provider, settings
    finally:
        await provider.daemon.stop(settings.stop_timeout_s)


async def returned(browser: httpx.AsyncClient, person: str, to: str = "/arrears") -> str:
    """Go to the provider as a person does; gives the address it sends the browser back to."""
    started = await browser.get("/sign-in", params={"to": to})
    async with httpx.AsyncClient(trust_env=False) as outside:
        answer = await outside.post(started.headers["location"], data={"sub": person})
    back = urlsplit(answer.headers["location"])
    return f"{back.path}?{back.query}"
