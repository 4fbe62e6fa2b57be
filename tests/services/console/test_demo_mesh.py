"""The demonstration's mesh: fewer tasks than in earnest, and a replay that is shared out."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from schemas.arrears import ArrearsOpened
from schemas.topics import PARTITIONS
from services.arrears.worker import SERVICE
from services.audit.replaying import ReplayedTasks, ReplayFindings, joined, replay_service, replay_tasks
from services.console.demo.script import DEMO_PARTITIONS
from services.console.memory_mesh import InMemoryMesh
from services.runtime.records import OutputRecord
from services.sandbox.mesh import Mesh
from services.sandbox.settings import SandboxSettings
from tests.services.console.towns import Town


@pytest.fixture
def mesh() -> InMemoryMesh:
    """One unit in arrears."""
    town = Town()
    town.register()
    town.owe()
    town.twin.run()
    return town.mesh


def _in_shares(mesh: InMemoryMesh) -> ReplayFindings:
    async def shares() -> Sequence[ReplayedTasks]:
        return [await replay_tasks(mesh, SERVICE, range(share, PARTITIONS, 2)) for share in range(2)]

    return joined(asyncio.run(shares()))


def test_a_replay_in_shares_finds_what_the_whole_one_finds(mesh: InMemoryMesh) -> None:
    whole = asyncio.run(replay_service(mesh, SERVICE))

    assert whole.facts > 0
    assert whole.agrees
    assert whole == _in_shares(mesh)


def test_what_nobody_said_is_told_once_by_a_replay_in_shares(mesh: InMemoryMesh) -> None:
    mesh.twin.append(OutputRecord(ArrearsOpened.topic, 3, b"key", b"", (("ce_id", b"nobody"),)))

    assert [f"{ArrearsOpened.topic} nobody"] == _in_shares(mesh).unexplained


def test_a_mesh_of_fewer_partitions_decides_and_replays_as_well() -> None:
    begin = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
    mesh = InMemoryMesh(begin, DEMO_PARTITIONS)
    mesh.twin.tick(begin)

    found = asyncio.run(replay_service(mesh, SERVICE))

    assert (DEMO_PARTITIONS, DEMO_PARTITIONS) == (found.tasks, found.entries)
    assert found.agrees


def test_a_service_takes_its_earlier_releases_along_to_fewer_partitions() -> None:
    fewer = SERVICE.over(DEMO_PARTITIONS)

    assert {DEMO_PARTITIONS} == {service.partitions for service in (fewer, *fewer.earlier)}
    assert SERVICE is SERVICE.over(PARTITIONS)


def test_the_workers_of_a_sandbox_are_told_how_many_partitions_there_are() -> None:
    few = Mesh(SandboxSettings(), ("arrears",), DEMO_PARTITIONS)

    assert str(DEMO_PARTITIONS) == few.environment("arrears")["SHEBAO_PARTITIONS"]
    assert str(PARTITIONS) == Mesh(SandboxSettings()).environment("arrears")["SHEBAO_PARTITIONS"]
