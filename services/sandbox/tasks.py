"""Do things side by side and fail with one plain sentence."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.sandbox.errors import SandboxError


@asynccontextmanager
async def side_by_side() -> AsyncIterator[asyncio.TaskGroup]:
    """Run the tasks of a group; when they only fail with `SandboxError`, raise the first as itself, not as a group."""
    try:
        async with asyncio.TaskGroup() as group:
            yield group
    except BaseExceptionGroup as errors:
        _, unexpected = errors.split(SandboxError)
        if unexpected is not None:
            raise
        raise _first(errors) from None


def _first(errors: BaseException) -> BaseException:
    while isinstance(errors, BaseExceptionGroup):
        errors = errors.exceptions[0]
    return errors
