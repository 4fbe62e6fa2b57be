"""The terminal, and running a command's work on the mesh."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import typer
from rich.console import Console

from services.audit.reading import MeshReader
from services.console.connection import Connect, to_broker

T = TypeVar("T")

PLAIN_WIDTH = 100
"""Width where the output is no terminal: a file, a pipe."""


def console(*, to_stderr: bool = False) -> Console:
    """The terminal as it is now."""
    screen = Console(stderr=to_stderr)
    return screen if screen.is_terminal else Console(stderr=to_stderr, width=PLAIN_WIDTH)


def connection(context: typer.Context) -> Connect:
    """How this run reaches the mesh: as the caller of the application said, else over the broker."""
    given: Connect | None = context.obj
    return given or to_broker


def run(connect: Connect, work: Callable[[MeshReader], Awaitable[T]]) -> T:
    """Open the mesh, do the work, close it."""
    # Not the task's own result: `asyncio.run` writes its task down as text at its end, with a hundred thousand rows of an inventory in it.
    found: list[T] = []

    async def act() -> None:
        async with connect() as reader:
            found.append(await work(reader))

    asyncio.run(act())
    return found[0]
