"""The workers of a campaign, and who starts again what ended: as a supervisor of processes would."""

import asyncio
import time
from collections import defaultdict
from itertools import pairwise

from services.sandbox.logins import client_environment
from services.sandbox.ports import free_port
from tests.chaos.cluster import Cluster
from tests.harness.workers import WorkerProcess

WORKERS_MAX = 4
WORKERS = 3
GUARD_EVERY_S = 0.5
WATCH_EVERY_S = 0.4
SILENCE_S = 2.5
"""A task with a backlog that commits nothing for longer stands still."""
WILL_NOT_START = '"event": "will not start"'


class Crew:
    """Up to four workers of one service."""

    def __init__(self, module: str, cluster: Cluster, client: str) -> None:
        extra = {
            **client_environment(cluster.settings, cluster.service.name),
            "SHEBAO_BOOTSTRAP_SERVERS": cluster.network.servers,
            "SHEBAO_CLIENT": client,
        }
        self.all = [WorkerProcess(module, cluster.settings, free_port(), extra) for _ in range(WORKERS_MAX)]
        self.wanted = self.all[:WORKERS]
        self.frozen: set[str] = set()
        self.struck: set[str] = set()
        """Whom a fault has in its hands: nobody else starts it."""
        self.ended_by_themselves = 0
        self.refusals: list[str] = []
        """Sentences of workers that said starting again will not help: none of these faults is such."""
        self.advances = defaultdict[int, list[float]](list)
        """For each task: when (monotonic seconds) it was seen to have committed more."""
        self._seen: dict[tuple[str, int], int] = {}
        self.owners: dict[int, str] = {}

    def start(self) -> None:
        """Start those that are wanted."""
        for worker in self.wanted:
            worker.start()

    async def stop(self) -> None:
        """End all, frozen or not."""
        for worker in self.all:
            worker.thaw()
        await asyncio.gather(*(worker.stop() for worker in self.all))

    async def guard(self) -> None:
        """Start again what ended by itself."""
        while True:
            for worker in self.wanted:
                if worker.name not in self.struck and not worker.is_running():
                    self.ended_by_themselves += 1
                    self.refusals += [line for line in worker.log.splitlines()[-3:] if WILL_NOT_START in line]
                    worker.start()
            await asyncio.sleep(GUARD_EVERY_S)

    async def watch(self) -> None:
        """Note whenever a task has committed more."""
        while True:
            await asyncio.gather(*(self._look(worker) for worker in self.all if worker.name not in self.frozen))
            await asyncio.sleep(WATCH_EVERY_S)

    async def _look(self, worker: WorkerProcess) -> None:
        page = await worker.health() if worker.is_running() else None
        now_s = time.monotonic()
        for task in page["tasks"] if page is not None else ():
            partition, records = int(task["partition"]), int(task["records"])
            before = self._seen.get((worker.name, partition))
            self._seen[worker.name, partition] = records
            if records and records != before:
                self.advances[partition].append(now_s)
                self.owners[partition] = worker.name

    def tasks_of(self, worker: WorkerProcess) -> list[int]:
        """The tasks that a worker was last seen to run."""
        return [partition for partition, owner in self.owners.items() if owner == worker.name]


def resumed_after_s(advances: list[float], struck_at: float, until: float) -> float:
    """How long after a fault a task went on: to the end of its longest silence, or to its first advance where all are short.

    A task that was under way may still commit what it had; the silence comes after that. `until` (when looking ended) stands
    for the next advance of a task that has not gone on yet.
    """
    times = [struck_at, *(at for at in advances if struck_at < at < until), until]
    silence, end = max((later - earlier, later) for earlier, later in pairwise(times))
    return (end if silence > SILENCE_S else times[1]) - struck_at
