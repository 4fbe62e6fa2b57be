"""One set of stories for the memory twin and for the real broker, in the open and secure.

A story gets `mesh`, publishes facts, moves the clock and looks at what was said. On the broker all stories share
one mesh, so a story uses keys of its own, filters by them, and counts time from `mesh.clock`.
"""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import cast

import pytest

from services.clock.calendars import published_calendars
from services.console.all_services import ALL_SERVICES
from services.documents.shell import PORT
from services.runtime.memory import MemoryMesh
from services.runtime.signing import Signer, development_key, development_keys, development_published
from tests.harness.broker_mesh import BrokerMesh
from tests.harness.kept_documents import kept
from tests.harness.mesh_again import again
from tests.harness.stack import Stack

SECURE = "secure"
STORIES_BEGIN = datetime(2024, 1, 8, 1, 0, tzinfo=UTC)
"""A Monday, nine in the morning in Weihai."""

KEYS = (*development_keys(), development_key("appraisal-window", "urn:weihai:another-window"))
"""Upstream systems have one source each, and one of them two."""


def begun(mesh: MemoryMesh) -> MemoryMesh:
    """Let calendars and the keys of upstream systems be known, and the clock be ticked once; all they say is signed."""
    mesh.tick(STORIES_BEGIN)
    mesh.signer = Signer(KEYS)
    for key in development_published(KEYS):
        mesh.publish(key, source="/console")
    for calendar in published_calendars():
        mesh.publish(calendar, source="/services/clock")
    mesh.run()
    mesh.tick(STORIES_BEGIN + timedelta(minutes=1))
    return mesh


@pytest.fixture(scope="session")
def broker_mesh(stack: Stack) -> Iterator[MemoryMesh]:
    """All workers on the real broker, shared by all stories."""
    mesh = BrokerMesh(stack, ALL_SERVICES, STORIES_BEGIN)
    yield begun(cast("MemoryMesh", mesh))  # the twin's interface, on the broker
    mesh.close()


@pytest.fixture(scope="session")
def secure_mesh(secure_stack: Stack) -> Iterator[MemoryMesh]:
    """All workers on the broker that lets nobody do more than the table of rights says; none of them is denied anything."""
    before = secure_stack.broker_log()
    mesh = BrokerMesh(secure_stack, ALL_SERVICES, STORIES_BEGIN)
    yield begun(cast("MemoryMesh", mesh))  # the twin's interface, on the broker
    mesh.close()
    assert [] == secure_stack.denied_since(before)


@cache
def twin() -> MemoryMesh:
    """The memory twin as stories find it."""
    return begun(MemoryMesh(ALL_SERVICES, STORIES_BEGIN, {PORT: kept}))


@pytest.fixture(params=["memory", *(pytest.param(name, marks=pytest.mark.broker) for name in ("broker", SECURE))])
def mesh(request: pytest.FixtureRequest) -> MemoryMesh:
    """The whole mesh, in memory, on the broker, and on the broker that checks who may do what."""
    if request.param == "memory":
        return again(twin())
    shared: MemoryMesh = request.getfixturevalue("secure_mesh" if request.param == SECURE else "broker_mesh")
    return shared


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On the secure broker some stories of each road run every time (marked `both_brokers`); `make secure` runs all."""
    if os.environ.get("SHEBAO_TEST_SECURE") == "all":
        return
    unwanted = [item for item in items if _mesh_of(item) == SECURE and item.get_closest_marker("both_brokers") is None]
    config.hook.pytest_deselected(items=unwanted)
    items[:] = [item for item in items if item not in unwanted]


def _mesh_of(item: pytest.Item) -> str | None:
    called = getattr(item, "callspec", None)
    return None if called is None else called.params.get("mesh")
