"""The faults: each strikes, lasts, and ends with what it broke whole again."""

import asyncio
import random
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from tests.chaos.cluster import Cluster
from tests.chaos.crew import WORKERS_MAX, Crew
from tests.chaos.proxy import FAIR, Weather
from tests.harness.waiting import until
from tests.harness.workers import WorkerProcess

DISK_TIMEOUT_S = 20.0
"""For so long a broker whose disk is full may live on: it ends with the first append that fails."""
RUNNING_TIMEOUT_S = 60.0


@dataclass
class Site:
    """What faults have in their hands, and how long (s) they may last."""

    cluster: Cluster
    crew: Crew
    chance: random.Random
    frozen_s: tuple[float, float] = (5.0, 60.0)
    network_s: tuple[float, float] = (2.0, 20.0)
    away_s: tuple[float, float] = (0.0, 8.0)

    def a_worker(self) -> WorkerProcess:
        """One that runs, is not frozen, and is in nobody's hands."""
        free = [worker for worker in self.crew.wanted if worker.name not in self.crew.frozen | self.crew.struck]
        busy = [worker for worker in free if self.crew.tasks_of(worker)]
        return self.chance.choice(busy or free or self.crew.wanted)

    def a_broker(self) -> int:
        """Any broker."""
        return self.chance.choice(list(self.cluster.brokers.brokers))

    async def lasts(self, span: tuple[float, float]) -> None:
        """Wait for some of the seconds."""
        await asyncio.sleep(self.chance.uniform(*span))


Struck = Callable[[list[int] | None], None]
"""Called at the instant a fault strikes, with the tasks it concerns; None: all of them."""
Fault = Callable[[Site, Struck], Awaitable[None]]


# --- workers ------------------------------------------------------------------------------------------


async def kill_worker(site: Site, struck: Struck) -> None:
    """`kill -9`, and start again."""
    worker = site.a_worker()
    site.crew.struck.add(worker.name)
    struck(site.crew.tasks_of(worker))
    await worker.kill()
    worker.start()
    site.crew.struck.discard(worker.name)


async def freeze_worker(site: Site, struck: Struck) -> None:
    """SIGSTOP for longer than its session or shorter; afterwards it goes on as a zombie."""
    worker = site.a_worker()
    site.crew.frozen.add(worker.name)
    struck(site.crew.tasks_of(worker))
    worker.freeze()
    await site.lasts(site.frozen_s)
    worker.thaw()
    site.crew.frozen.discard(worker.name)


async def restart_workers(site: Site, struck: Struck) -> None:
    """A rolling restart, as for a release: each is asked to end and started again when the one before runs."""
    struck(None)
    for worker in list(site.crew.wanted):
        site.crew.struck.add(worker.name)
        worker.thaw()
        await worker.stop()
        worker.start()
        site.crew.struck.discard(worker.name)
        await until(lambda one=worker: _answers(one), RUNNING_TIMEOUT_S, f"{worker.name} runs again")  # type: ignore[misc]


async def _answers(worker: WorkerProcess) -> bool:
    return await worker.health() is not None or not worker.is_running()


async def scale(site: Site, struck: Struck) -> None:
    """Another number of workers, from 1 to 4."""
    crew = site.crew
    count = site.chance.choice([number for number in range(1, WORKERS_MAX + 1) if number != len(crew.wanted)])
    leaving = crew.all[count:]
    struck(None)
    crew.wanted = crew.all[:count]
    crew.start()
    for worker in leaving:
        worker.thaw()
    await asyncio.gather(*(worker.stop() for worker in leaving))


# --- brokers and registry -------------------------------------------------------------------------------


async def kill_broker(site: Site, struck: Struck) -> None:
    """`kill -9` of any broker, and its return."""
    await _away(site, struck, site.a_broker())


async def kill_controller(site: Site, struck: Struck) -> None:
    """`kill -9` of the broker that is the active controller, and its return."""
    await _away(site, struck, site.cluster.controller())


async def _away(site: Site, struck: Struck, broker: int) -> None:
    struck(None)
    await site.cluster.brokers.kill_hard(broker)
    await site.lasts(site.away_s)
    await site.cluster.back(broker)


async def freeze_broker(site: Site, struck: Struck) -> None:
    """SIGSTOP of a broker, as a long pause of its virtual machine or its disk."""
    broker = site.a_broker()
    struck(None)
    site.cluster.brokers.pause(broker)
    await site.lasts((site.frozen_s[0], site.frozen_s[1] / 2))
    site.cluster.brokers.resume(broker)
    await site.cluster.whole()


async def restart_brokers(site: Site, struck: Struck) -> None:
    """A rolling restart of the brokers: each hands over its partitions before it ends."""
    for broker in site.cluster.brokers.brokers:
        struck(None)
        await site.cluster.back(broker)


async def fill_disk(site: Site, struck: Struck) -> None:
    """No file of one broker can grow any more; it ends, and comes back when there is room again."""
    broker = site.a_broker()
    struck(None)
    site.cluster.fill_disk(broker)
    for _ in range(int(DISK_TIMEOUT_S / 0.2)):
        if site.cluster.process(broker) is None:
            break
        await asyncio.sleep(0.2)
    await site.cluster.back(broker)


async def kill_registry(site: Site, struck: Struck) -> None:
    """`kill -9` of the registry, and its return: workers that start meanwhile rest on the last agreement."""
    struck([])
    await site.cluster.registry.daemon.kill_hard()
    await site.lasts(site.away_s)
    await site.cluster.registry.start()


# --- the network ----------------------------------------------------------------------------------------


def network(kind: str) -> Fault:
    """Make the fault of a kind of weather before one broker."""

    async def strike(site: Site, struck: Struck) -> None:
        broker, chance = site.a_broker(), site.chance
        weather = Weather(kind, chance.uniform(0.02, 0.5) if kind == "slow" else 0.0, chance.choice((0.5, 1.0)))
        struck(None)
        await site.cluster.network.change(broker, weather)
        await site.lasts(site.network_s)
        # What was held arrives late, or never.
        if kind != "slow" and chance.random() < 0.5:
            await site.cluster.network.drop(broker)
        else:
            await site.cluster.network.change(broker, FAIR)

    return strike


LANES: Mapping[str, Mapping[str, tuple[Fault, int]]] = {
    "workers": {
        "worker-kill": (kill_worker, 8),
        "scale": (scale, 3),
        "rolling-restart-workers": (restart_workers, 1),
    },
    "freezes": {"worker-freeze": (freeze_worker, 1)},
    "brokers": {
        "broker-kill": (kill_broker, 3),
        "controller-kill": (kill_controller, 2),
        # Only Linux lets another process's limits be set while it runs.
        **({"disk-full": (fill_disk, 2)} if sys.platform == "linux" else {}),
        "broker-freeze": (freeze_broker, 1),
        "rolling-restart-brokers": (restart_brokers, 1),
    },
    "registry": {"registry-kill": (kill_registry, 1)},
    "network": {
        "network-slow": (network("slow"), 2),
        "network-cut": (network("cut"), 2),
        "network-half-open": (network("held"), 2),
        "network-answers-held": (network("answers-held"), 2),
    },
}
"""Faults of one lane follow on one another, lanes go side by side; with each fault its weight among those of its lane.

Brokers and their return are one lane: two of three replicas stay, as they do where machines are mended before the next is touched.
"""
KINDS = {name: fault for lane in LANES.values() for name, (fault, _) in lane.items()}
