"""What tests share: one real registry, and brokers, started when the first test asks for them."""

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from services.runtime.codec import Codec
from services.sandbox.ports import keep_to_share
from tests.harness.counting import COUNTING
from tests.harness.service_topics import topics_of
from tests.harness.stack import REGISTRY, Stack

BROKER = "broker"

# No example is held to a time: on a busy machine that would say nothing of the code.
settings.register_profile("untimed", parent=settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


def pytest_configure() -> None:
    """Tests that run in lanes side by side start their servers on ports of their own."""
    lane = os.environ.get("PYTEST_XDIST_WORKER")
    if lane is not None:
        keep_to_share(int(lane.removeprefix("gw")), int(os.environ["PYTEST_XDIST_WORKER_COUNT"]))


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Asked for the tests on the broker alone, read no others: importing them all takes a while."""
    if config.option.markexpr != BROKER or not collection_path.name.startswith("test_"):
        return None
    beside = (collection_path, collection_path.with_name("conftest.py"))
    return None if any(f"mark.{BROKER}" in file.read_text("utf-8") for file in beside if file.exists()) else True


@pytest.fixture(scope="session")
def registry() -> Iterator[None]:
    """Whoever starts a stack asks for this: the registry of all stacks is ended after them."""
    yield
    asyncio.run(REGISTRY.stop())


@pytest.fixture(scope="session")
def stack(registry: None) -> Iterator[Stack]:
    """Real Kafka and registry, topics applied, schemas pushed; stopped and removed at the end."""
    running = asyncio.run(Stack.start())
    yield running
    asyncio.run(running.stop())


@pytest.fixture(scope="session")
def secure_stack(registry: None) -> Iterator[Stack]:
    """The same, with TLS, a login for everybody, and the table of rights."""
    running = asyncio.run(Stack.start(secure=True))
    yield running
    asyncio.run(running.stop())


@pytest.fixture(scope="module")
def own_stack(registry: None, request: pytest.FixtureRequest) -> Iterator[Stack]:
    """A broker of this module's own, for tests that break it, or put another service in the place of a real one.

    It has the topics that the module names as `OWN_TOPICS`, those of the counting service where it names none, and no other
    server but those that the module names as `OWN_SERVERS`.
    """
    inventory = getattr(request.module, "OWN_TOPICS", topics_of(COUNTING))
    running = asyncio.run(Stack.start(inventory, getattr(request.module, "OWN_SERVERS", ())))
    yield running
    asyncio.run(running.stop())


@pytest.fixture(scope="session")
def codec(stack: Stack) -> Codec:
    """A codec that has agreed with the real registry."""
    return stack.codec
