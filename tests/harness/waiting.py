"""Waiting for a condition, bounded; never for a time."""

import asyncio
import time
from collections.abc import Awaitable, Callable

POLL_S = 0.1


async def until(condition: Callable[[], Awaitable[bool]], timeout_s: float, what: str) -> None:
    """Wait until `condition` holds; AssertionError naming `what` when it does not in time."""
    deadline = time.monotonic() + timeout_s
    while not await condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"after {timeout_s:.0f} s still not so: {what}")
        await asyncio.sleep(POLL_S)
