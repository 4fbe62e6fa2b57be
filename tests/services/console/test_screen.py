"""Running a command's work on the mesh."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from services.audit.reading import MeshReader
from services.console.memory_mesh import InMemoryMesh
from services.console.screen import run


class _Found:
    """Counts how often it was written as text; an inventory has a hundred thousand rows."""

    def __init__(self) -> None:
        self.times_written = 0

    def __repr__(self) -> str:
        self.times_written += 1
        return "found"


@asynccontextmanager
async def _memory() -> AsyncIterator[MeshReader]:
    yield InMemoryMesh(datetime(2026, 11, 2, tzinfo=UTC))


def test_what_a_command_finds_is_given_as_it_is_and_not_written_as_text_on_its_way() -> None:
    async def find(_: MeshReader) -> _Found:
        return _Found()

    assert run(_memory, find).times_written == 0
