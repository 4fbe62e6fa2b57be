"""The replay at the demonstration's end, shared out over processes: deciding again keeps one core busy, and two are there."""

import asyncio
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from services.audit.replaying import ReplayedTasks, ReplayFindings, joined, replay_tasks
from services.console.all_services import ALL_SERVICES
from services.console.broker_mesh import BrokerMesh
from services.runtime.settings import MeshSettings

PROCESSES = 2


async def replay_side_by_side(settings: MeshSettings) -> list[ReplayFindings]:
    """Decide everything again in processes of their own, each some partitions of every service; the same as `replay_service` finds."""
    loop = asyncio.get_running_loop()
    # Spawned and not forked: this process holds open connections.
    with ProcessPoolExecutor(PROCESSES, get_context("spawn")) as pool:
        shares = [loop.run_in_executor(pool, _replayed, settings, number) for number in range(PROCESSES)]
        found = await asyncio.gather(*shares)
    return [joined(parts) for parts in zip(*found, strict=True)]


def _replayed(settings: MeshSettings, number: int) -> list[ReplayedTasks]:
    """Replay one process's share."""
    return asyncio.run(_share(settings, number))


async def _share(settings: MeshSettings, number: int) -> list[ReplayedTasks]:
    async with BrokerMesh(settings) as mesh:
        partitions = range(number, mesh.partitions, PROCESSES)
        return [await replay_tasks(mesh, service, partitions) for service in ALL_SERVICES]
