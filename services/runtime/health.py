"""What a worker lets be seen: alive when its committed offsets advance or its lag is zero, not when it exists."""

import dataclasses
import time
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from services.runtime.errors import PortTaken
from services.runtime.metrics.exposition import CONTENT_TYPE
from services.runtime.task import TaskHealth

OPENING_S_MAX = 120.0
LOOPBACK = "127.0.0.1"
SHOWN = tuple(field.name for field in dataclasses.fields(TaskHealth) if field.name != "progressed_at")
"""What is shown of a task, as it stands: `dataclasses.asdict` copies every position, and people ask several times a second."""


def is_alive(health: TaskHealth, stuck_after_s: float) -> bool:
    """Judge one task: moving, without lag, waiting for an outside party, halted and waiting for people, or still opening."""
    silent_s = time.monotonic() - health.progressed_at
    if health.state == "running":
        return health.lag == 0 or bool(health.waiting_for or health.halted) or silent_s <= 2 * stuck_after_s
    return silent_s <= OPENING_S_MAX


def page(worker: str, tasks: dict[str, dict[int, TaskHealth]], in_flight: int, stuck_after_s: float) -> dict[str, Any]:
    """Give the health page as plain values."""
    shown = [
        {"service": service, "partition": partition, "alive": is_alive(health, stuck_after_s)}
        | {name: getattr(health, name) for name in SHOWN}
        for service, partitions in tasks.items()
        for partition, health in sorted(partitions.items())
    ]
    alive = all(bool(task["alive"]) for task in shown)
    return {"worker": worker, "alive": alive, "effects_in_flight": in_flight, "tasks": shown}


Current = Callable[[], Awaitable[dict[str, Any]]]
"""Gives the health page as it is now."""
Scrape = Callable[[], Awaitable[bytes]]
"""Gives the metrics as they are now."""


async def serve(port: int, current: Current, scrape: Scrape, host: str = LOOPBACK) -> tuple[web.AppRunner, int]:
    """Serve `GET /health` (200 when alive, 503 when not) and `GET /metrics`. Gives the runner and the port.

    `PortTaken` where another program listens there, or the machine has no such address.
    """

    async def health(_: web.Request) -> web.Response:
        shown = await current()
        return web.json_response(shown, status=200 if shown["alive"] else 503)

    async def metrics(_: web.Request) -> web.Response:
        return web.Response(body=await scrape(), headers={"Content-Type": CONTENT_TYPE})

    application = web.Application()
    application.router.add_get("/health", health)
    application.router.add_get("/metrics", metrics)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, host, port)
    try:
        await site.start()
    except OSError as error:
        await runner.cleanup()
        raise PortTaken(
            f"健康页无法在 {host}:{port} 监听，请结束占用该端口的程序，或改设 SHEBAO_HEALTH_PORT。",
            f"The health page cannot listen at {host}:{port} ({error.strerror}): end the program that does, or choose "
            f"another SHEBAO_HEALTH_PORT.",
        ) from error
    return runner, int(runner.addresses[0][1])
