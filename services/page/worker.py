"""The page's process: serves the page on loopback, and keeps the feeder of its store alive beside it.

The feeder is a process of its own (`python -m services.page.store`): a backlog it works off does not slow anybody's page.
"""

import asyncio
import os
import signal
import sys
from contextlib import AsyncExitStack, suppress
from datetime import UTC, datetime
from typing import Any

import httpx
import structlog
import uvicorn
import uvloop

from schemas.topics import PAGE
from services.audit.all_services import ALL_SERVICES
from services.page.store.database import Database
from services.page.store.settings import StoreSettings
from services.page.store.store import Store
from services.page.web.app import make_page
from services.page.web.kafka_mesh import KafkaMesh
from services.page.web.serving import serve, server_of
from services.page.web.settings import WebSettings
from services.runtime import health, logs
from services.runtime.compression import refuse_missing_codecs
from services.runtime.ending import told_in_words
from services.runtime.metrics.exposition import Exposition
from services.runtime.metrics.inventory import ANY_WORKER
from services.runtime.settings import read_settings

log = structlog.get_logger(__name__)

FEEDER = (sys.executable, "-m", "services.page.store")
PROVIDER_TIMEOUT_S = 10.0


def main() -> None:
    """Run the page as a process; exit codes as every worker's."""
    with told_in_words():
        settings = read_settings(WebSettings).logged_in_as(PAGE)
        logs.configure(settings, settings.worker_name or PAGE)
        uvloop.run(_run(settings, read_settings(StoreSettings)))


async def _run(settings: WebSettings, store: StoreSettings) -> None:
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    refuse_missing_codecs()
    async with AsyncExitStack() as open_parts:
        mesh = await open_parts.enter_async_context(KafkaMesh(settings))
        database = await open_parts.enter_async_context(Database(store.store_url))
        client = await open_parts.enter_async_context(
            httpx.AsyncClient(timeout=PROVIDER_TIMEOUT_S, follow_redirects=False, trust_env=False)
        )
        app = make_page(settings, Store(database, ALL_SERVICES), mesh, client, _now)
        await app.state.desk.mending.open()
        open_parts.push_async_callback(app.state.desk.replays.close)
        feeder = asyncio.create_task(_keep_feeding(settings.page_store_health_port, store.restart_backoff_s_max))
        open_parts.push_async_callback(_ended, feeder)
        server = server_of(app, settings)
        exposition = Exposition(settings.worker_name or PAGE, ANY_WORKER)

        async def scraped() -> bytes:
            return exposition.text(alive=server.started)

        page, port = await health.serve(
            settings.health_port, lambda: _page(settings, server), scraped, settings.health_host
        )
        open_parts.push_async_callback(page.cleanup)
        log.info("running", port=port, url=settings.address)
        if not ended.is_set():
            await serve(server, settings)


async def _keep_feeding(health_port: int, backoff_s: float) -> None:
    """Start the feeder, and again whenever it ends; it ends with this task."""
    while True:
        process = await asyncio.create_subprocess_exec(
            *FEEDER, stdin=asyncio.subprocess.DEVNULL, env=_feeder_environment(health_port)
        )
        try:
            status = await process.wait()
            log.warning("the feeder ended and is started again", code=status)
        finally:
            if process.returncode is None:
                process.terminate()
                await process.wait()
        await asyncio.sleep(backoff_s)


def _feeder_environment(health_port: int) -> dict[str, str]:
    """Give the feeder this process's environment, with a health port and a log of its own."""
    own = {
        "SHEBAO_HEALTH_PORT": str(health_port),
        "SHEBAO_WORKER_NAME": f"{os.environ.get('SHEBAO_WORKER_NAME', PAGE)}-store",
    }
    file = os.environ.get("SHEBAO_LOG_FILE", "")
    if file:
        own["SHEBAO_LOG_FILE"] = f"{file.removesuffix('.log')}-store.log"
    return os.environ | own


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def _page(settings: WebSettings, server: uvicorn.Server) -> dict[str, Any]:
    """The health page: alive while it serves. It has no tasks: it decides nothing."""
    return {"worker": settings.worker_name or PAGE, "alive": server.started, "effects_in_flight": 0, "tasks": []}


def _now() -> datetime:
    return datetime.now(UTC)
