"""What tests share: one real broker and registry a session, started when the first test asks for it."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.runtime.codec import Codec
from tests.harness.stack import Stack

STORIES = Path(__file__).parent / "stories"


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """Real Kafka and registry, topics applied, schemas pushed; stopped and removed at the end."""
    running = asyncio.run(Stack.start())
    yield running
    asyncio.run(running.stop())


@pytest.fixture(scope="session")
def secure_stack() -> Iterator[Stack]:
    """The same, with TLS, a login for everybody, and the table of rights."""
    running = asyncio.run(Stack.start(secure=True))
    yield running
    asyncio.run(running.stop())


@pytest.fixture(scope="module")
def own_stack() -> Iterator[Stack]:
    """A broker of this module's own, for tests that break it, or put another service in the place of a real one."""
    running = asyncio.run(Stack.start())
    yield running
    asyncio.run(running.stop())


@pytest.fixture(scope="session")
def codec(stack: Stack) -> Codec:
    """A codec that has agreed with the real registry."""
    return stack.codec


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that share a broker stay in one process where two run side by side (`--dist loadgroup`)."""
    for item in items:
        if item.get_closest_marker("broker") is not None:
            item.add_marker(pytest.mark.xdist_group(_shared_by(item)))


def _shared_by(item: pytest.Item) -> str:
    """What a test shares with others: the mesh of the stories and the secure broker, the open broker, or its file's own."""
    fixtures = set(getattr(item, "fixturenames", ()))
    if STORIES in item.path.parents or "secure_stack" in fixtures:
        return "stories"
    return "stack" if fixtures & {"stack", "codec"} else str(item.path)
