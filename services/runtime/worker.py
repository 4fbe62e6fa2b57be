"""A worker process: joins each of its services' groups and runs the tasks that membership gives it."""

import asyncio
import gc
import os
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import structlog
import uvloop

from schemas import topics
from services.runtime import health, logs
from services.runtime.broker import Broker, Membership
from services.runtime.client import broker_of
from services.runtime.codec import Codec
from services.runtime.compression import refuse_missing_codecs
from services.runtime.effect_runner import EffectRunner
from services.runtime.effects import EffectPort
from services.runtime.ending import told_in_words
from services.runtime.metrics import inventory
from services.runtime.metrics.exposition import Exposition
from services.runtime.metrics.task_gauges import TaskGauges
from services.runtime.outcomes import Transition
from services.runtime.registry import RegistryClient, agree, resolve
from services.runtime.service import Service
from services.runtime.settings import MeshSettings, read_settings
from services.runtime.supervisor import Supervisor
from services.runtime.task import Task, TaskHealth
from services.runtime.tracing.traces import CountedSpans, traces_of
from services.runtime.turns import Turns
from services.runtime.watch import Watch
from services.runtime.watched import Unwatched, Watching

log = structlog.get_logger(__name__)

YOUNG_OBJECTS_MAX = 50_000
"""How many containers more than before make the cycle collector look; Python's own is 700."""
Ports = Callable[[], Mapping[str, EffectPort]]
"""Makes the effect ports a worker needs, by name; called once, after settings and logs are ready."""


class ServiceRunner:
    """One service inside a worker: its membership and its tasks."""

    def __init__(
        self,
        service: Service,
        broker: Broker,
        codec: Codec,
        registry: RegistryClient,
        port: EffectPort | None,
        settings: MeshSettings,
        on_fatal: Callable[[BaseException], None],
        turns: Turns,
        now_s: Callable[[], float] = time.monotonic,
        watch: Watching | None = None,
    ) -> None:
        self._turns, self._watch = turns, watch or Unwatched()
        self.service, self._broker, self._codec, self._registry = service, broker, codec, registry
        self._settings, self._on_fatal, self._now_s = settings, on_fatal, now_s
        self.effects: EffectRunner | None = None
        if port is not None:
            self.effects = EffectRunner(service, port, broker, codec, settings, now_s, self._watch)
        self._membership: Membership = broker.membership()
        self._tasks: dict[int, Supervisor] = {}
        self._ending: set[asyncio.Task[None]] = set()

    @property
    def tasks(self) -> dict[int, TaskHealth]:
        """The health of each task."""
        return {partition: task.health for partition, task in self._tasks.items()}

    async def look(self) -> None:
        """Bring the health of each task up to this moment."""
        await asyncio.gather(*(supervisor.look() for supervisor in self._tasks.values()))

    async def start(self) -> None:
        """Connect, and join the group."""
        await self._broker.start()
        await self._membership.start(self._assigned)

    def _assigned(self, owned: frozenset[int]) -> None:
        for partition in sorted(set(self._tasks) - owned):
            supervisor = self._tasks.pop(partition)
            supervisor.stop()
            ending = asyncio.create_task(supervisor.ended())
            self._ending.add(ending)
            ending.add_done_callback(self._ending.discard)
        for partition in sorted(owned - set(self._tasks)):
            self._tasks[partition] = Supervisor(
                lambda shown, number=partition: self._task(number, shown),  # type: ignore[misc]
                lambda: self._membership.generation,
                self._settings,
                self._on_fatal,
                self._now_s,
            )

    def _task(self, partition: int, shown: TaskHealth) -> Task:
        async def ask(codec: Codec, schema_ids: Sequence[int]) -> None:
            await resolve(self._registry, codec, schema_ids, self._now_s)

        committed = self.effects.committed if self.effects is not None else _no_effects
        return Task(
            self.service,
            partition,
            self._broker,
            self._codec,
            self._settings,
            ask,
            committed,
            shown,
            self._turns,
            self._now_s,
            self._watch,
        )

    async def stop(self) -> None:
        """Finish batches, commit, hand over, leave the group."""
        for supervisor in self._tasks.values():
            supervisor.stop()
        await asyncio.gather(*(supervisor.ended() for supervisor in self._tasks.values()), *self._ending)
        if self.effects is not None:
            await self.effects.stop()
        await self._membership.stop()
        await self._broker.stop()


def _no_effects(_: Sequence[Transition], __: float) -> None:
    """What a deciding service does outside the mesh."""


class Worker:
    """All services of one process."""

    def __init__(self, services: Sequence[Service], ports: Ports, settings: MeshSettings) -> None:
        self._services = [service.over(settings.partitions) for service in services]
        self._ports, self._settings = ports, settings
        self._failed: BaseException | None = None
        self._ended = asyncio.Event()
        self._runners: list[ServiceRunner] = []
        self._name = settings.worker_name or f"{services[0].name}-{os.getpid()}"
        self._exposition = Exposition(self._name, inventory.DECIDING_WORKER)
        self._gauges = TaskGauges(self._exposition)
        self._traces = traces_of(settings, self._name, CountedSpans(self._exposition))
        self._watch = Watch(self._exposition, [] if self._traces is None else [self._traces])

    def end(self) -> None:
        """Ask the worker to stop."""
        self._ended.set()

    def _fatal(self, error: BaseException) -> None:
        self._failed = self._failed or error
        self._ended.set()

    async def run(self) -> None:
        """Agree on schemas, run until asked to stop or something fatal happens; raises what was fatal."""
        refuse_missing_codecs()
        settings, codec = self._settings, Codec()
        async with RegistryClient(settings.registry_url) as registry:
            await agree(
                registry, self._contracts(), codec, settings.work_dir / f"{self._services[0].name}.agreement.json"
            )
            ports, turns = self._ports(), Turns()
            for service in self._services:
                port = ports[service.effect_port] if service.effect_port else None
                mine = settings.logged_in_as(service.name)
                broker = broker_of(service, mine)
                runner = ServiceRunner(
                    service, broker, codec, registry, port, mine, self._fatal, turns, watch=self._watch
                )
                self._runners.append(runner)
            page, number = await health.serve(settings.health_port, self.page, self.metrics, settings.health_host)
            try:
                await asyncio.gather(*(runner.start() for runner in self._runners))
                log.info("running", port=number, services=[service.name for service in self._services])
                await self._ended.wait()
            finally:
                await asyncio.gather(*(runner.stop() for runner in self._runners))
                await page.cleanup()
                if self._traces is not None:
                    await self._traces.close()
        if self._failed is not None:
            raise self._failed

    async def page(self) -> dict[str, Any]:
        """The health page."""
        await asyncio.gather(*(runner.look() for runner in self._runners))
        tasks = {runner.service.name: runner.tasks for runner in self._runners}
        in_flight = sum(runner.effects.in_flight for runner in self._runners if runner.effects is not None)
        return health.page(self._name, tasks, in_flight, self._settings.stuck_after_s)

    async def metrics(self) -> bytes:
        """The metrics, for whoever scrapes."""
        alive = bool((await self.page())["alive"])
        tasks = {runner.service.name: runner.tasks for runner in self._runners}
        self._gauges.show(tasks, datetime.now(UTC), time.monotonic())
        for runner in self._runners:
            name = runner.service.name
            self._exposition.gauge(inventory.PARTITIONS).labels(name).set(runner.service.partitions)
            if runner.effects is not None:
                self._exposition.gauge(inventory.IN_FLIGHT).labels(name).set(runner.effects.in_flight)
        return self._exposition.text(alive=alive)

    def _contracts(self) -> list[topics.Topic]:
        names: set[str] = set()
        for service in self._services:
            names.update(service.inputs)
            names.update(fact.topic for fact in service.says)
            names.add(topics.decisions_topic(service.name))
        return [topics.BY_NAME[name] for name in sorted(names)]


def no_ports() -> Mapping[str, EffectPort]:
    """A deciding service has no effects of its own."""
    return {}


def main(services: Sequence[Service], ports: Ports = no_ports) -> None:
    """Run a worker as a process; ends with 0, 1 (a fault: start again) or 3 (it will not start: says why)."""
    with told_in_words():
        settings = read_settings(MeshSettings)
        logs.configure(settings, settings.worker_name or services[0].name)
        collect_garbage_rarely()
        uvloop.run(_run(services, ports, settings))


def collect_garbage_rarely() -> None:
    """Let the cycle collector come by less often: deciding makes many short-lived objects and no cycles.

    With Python's own thresholds it took a tenth of the processor under load (seen with a sampling profiler). What is loaded
    by now stays for good, so it is not looked at again.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS_MAX, 20, 50)


async def _run(services: Sequence[Service], ports: Ports, settings: MeshSettings) -> None:
    worker = Worker(services, ports, settings)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, worker.end)
    await worker.run()
