"""One set of stories for the memory twin and for the real broker.

A story gets `mesh`, publishes facts, moves the clock and looks at what was said. On the broker all stories share
one mesh, so a story asks for its own keys (`numbers`), filters by them, and counts time from `mesh.clock`.
"""

from datetime import UTC, datetime, timedelta

import pytest

from schemas.mesh import CalendarPublished
from services.clock.calendars import published_calendars
from services.runtime.memory import MemoryMesh
from tests.stories.services import ALL_SERVICES

STORIES_BEGIN = datetime(2024, 1, 8, 1, 0, tzinfo=UTC)
"""A Monday, nine in the morning in Weihai."""


@pytest.fixture
def mesh() -> MemoryMesh:
    """The memory twin of the whole mesh, its clock ticked once, the published calendars known."""
    twin = MemoryMesh(ALL_SERVICES, STORIES_BEGIN)
    twin.tick(STORIES_BEGIN)
    for calendar in published_calendars():
        assert isinstance(calendar, CalendarPublished)
        twin.publish(calendar, source="/services/clock")
    twin.run()
    twin.tick(STORIES_BEGIN + timedelta(minutes=1))
    return twin
