"""A broker for tests of the runtime's own worker, with the counting service in place of arrears."""

import asyncio
from collections.abc import Iterator

import pytest

from tests.harness.stack import Stack


@pytest.fixture(scope="module")
def own_stack() -> Iterator[Stack]:
    """A broker of this module's own: the counting service uses the topics of arrears."""
    running = asyncio.run(Stack.start())
    yield running
    asyncio.run(running.stop())
