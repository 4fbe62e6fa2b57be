"""The replay at the demonstration's end, shared with a second process: deciding again keeps one core busy, and two are there."""

import asyncio
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from services.audit.reading import MeshReader
from services.audit.replaying import ReplayedTasks, ReplayFindings, joined, replay_tasks
from services.console.all_services import ALL_SERVICES
from services.console.broker_mesh import BrokerMesh
from services.runtime.settings import MeshSettings

SHARES = 2


async def replay_side_by_side(reader: MeshReader, settings: MeshSettings) -> list[ReplayFindings]:
    """Decide everything again, half of every service's partitions here and half in a process of its own.

    It finds the same as `replay_service`. `settings`: with which the other process reads what `reader` reads.
    """
    loop = asyncio.get_running_loop()
    # Spawned and not forked: this process holds open connections.
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        theirs = loop.run_in_executor(pool, _replayed_there, settings)
        shares = [await _share(reader, 0), await theirs]
    return [joined(parts) for parts in zip(*shares, strict=True)]


def _replayed_there(settings: MeshSettings) -> list[ReplayedTasks]:
    async def replay() -> list[ReplayedTasks]:
        async with BrokerMesh(settings) as mesh:
            return await _share(mesh, 1)

    return asyncio.run(replay())


async def _share(reader: MeshReader, number: int) -> list[ReplayedTasks]:
    partitions = range(number, reader.partitions, SHARES)
    return [await replay_tasks(reader, service, partitions) for service in ALL_SERVICES]
