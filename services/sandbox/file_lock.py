"""Let one program at a time work on a folder."""

import asyncio
import fcntl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from services.sandbox.errors import SandboxError

LOCK_WAIT_S = 600.0
POLL_S = 0.1


@asynccontextmanager
async def exclusive(path: Path, wait_s: float = LOCK_WAIT_S) -> AsyncIterator[None]:
    """Hold the lock file `path`, waiting up to `wait_s` seconds; the system frees it when the holder dies."""
    path.parent.mkdir(parents=True, exist_ok=True)
    deadline = asyncio.get_running_loop().time() + wait_s
    with path.open("a") as stream:
        while not _try_lock(stream.fileno()):
            if asyncio.get_running_loop().time() > deadline:
                raise SandboxError(
                    f"另一程序占用 {path.parent} 已有 {wait_s:.0f} 秒，请等它结束，或将其结束。",
                    f"Another program has worked on {path.parent} for {wait_s:.0f} s: wait for it or end it.",
                )
            await asyncio.sleep(POLL_S)
        yield


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
