"""One set of stories for the memory twin and for the real broker.

A story gets `mesh`, publishes facts, moves the clock and looks at what was said. On the broker all stories share
one mesh, so a story uses keys of its own, filters by them, and counts time from `mesh.clock`.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from services.clock.calendars import published_calendars
from services.console.all_services import ALL_SERVICES
from services.runtime.memory import MemoryMesh
from services.runtime.signing import Signer, development_key, development_keys, development_published
from tests.harness.broker_mesh import BrokerMesh
from tests.harness.stack import Stack

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


@pytest.fixture(params=["memory", pytest.param("broker", marks=pytest.mark.broker)])
def mesh(request: pytest.FixtureRequest) -> MemoryMesh:
    """The whole mesh, in memory and then on the broker."""
    if request.param == "memory":
        return begun(MemoryMesh(ALL_SERVICES, STORIES_BEGIN))
    shared: MemoryMesh = request.getfixturevalue("broker_mesh")
    return shared
