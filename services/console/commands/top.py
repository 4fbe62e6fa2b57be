"""`shebao top`: the mesh, live, in a terminal."""

import asyncio
import contextlib
from typing import Annotated

import typer
from rich.live import Live

from services.console.screen import console
from services.console.top_output import Look, Top, now
from services.sandbox.mesh import Mesh
from services.sandbox.settings import load_settings

EXIT_NOT_RUNNING = 1
EVERY_S_MIN, EVERY_S_MAX = 0.5, 60.0


def top(
    is_once: Annotated[
        bool, typer.Option("--once", help="Look once, print, end; exit 1 when a worker is away.")
    ] = False,
    every_s: Annotated[
        float, typer.Option("--every", min=EVERY_S_MIN, max=EVERY_S_MAX, help="Seconds from look to look.")
    ] = 1.0,
) -> None:
    """Watch the mesh: services, tasks, rates, lag, the oldest undecided record, refused, parked, alerts. Ctrl-C ends it."""
    mesh = Mesh(load_settings())
    if is_once:
        if not asyncio.run(_once(mesh, every_s)):
            raise typer.Exit(EXIT_NOT_RUNNING)
        return
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_live(mesh, every_s))


async def _look(mesh: Mesh) -> Look:
    workers, summary = await asyncio.gather(mesh.status(), mesh.summary())
    return Look(workers, summary, now())


async def _once(mesh: Mesh, every_s: float) -> bool:
    """Look twice, for the rates, and print the second; tell whether every worker answers."""
    drawn = Top()
    async with mesh.watched():
        look = await _look(mesh)
        drawn.draw(look)
        if any(worker.page is not None for worker in look.workers):
            await asyncio.sleep(every_s)
            look = await _look(mesh)
    console().print(drawn.draw(look))
    return all(worker.running and worker.page is not None for worker in look.workers)


async def _live(mesh: Mesh, every_s: float) -> None:
    drawn = Top()
    async with mesh.watched():
        with Live(console=console(), auto_refresh=False, screen=True) as live:
            while True:
                live.update(drawn.draw(await _look(mesh)), refresh=True)
                await asyncio.sleep(every_s)
