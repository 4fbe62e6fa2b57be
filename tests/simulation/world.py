"""One simulated run: workers, brokers, upstream, operators and what goes wrong, until all is at rest."""

import asyncio
import dataclasses
import logging
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import cast

import structlog

from schemas.avro import AvroSchema
from schemas.topics import changelog_topic
from services.arrears.worker import SERVICE as ARREARS
from services.runtime.codec import Codec, local_codec
from services.runtime.errors import PositionsDisagree, RegistryUnavailable
from services.runtime.registry_client import RegistryClient
from services.runtime.service import Service
from services.runtime.settings import MeshSettings
from services.runtime.turns import Turns
from services.runtime.worker import ServiceRunner
from tests.simulation.cluster import Cluster, Place
from tests.simulation.feed import Feed
from tests.simulation.group import Group
from tests.simulation.line import Line
from tests.simulation.plan import REQUEST_FAULTS, Fault, Plan
from tests.simulation.port import SimBroker
from tests.simulation.tally import NOON, TALLY
from tests.simulation.verdict import Verdict
from tests.simulation.virtual_loop import NothingLeftToDo, Process, TooManySteps, VirtualLoop

TRANSACTION_TIMEOUT_MS = 5_000
REST_S_MAX = 400.0
"""Virtual seconds after the last planned event in which all must have come to rest."""
STARTED_AGAIN_S = 1.0
LOOK_S = 0.5
COMES_BACK_S = 1.5
"""No broker comes back sooner."""
FENCED_S_MAX = 0.8
UNMARKED_S = 2.0
"""So long after a broker came back transactions are ended without a marker; longer than markers come late."""
SILENT = logging.CRITICAL
"""Nothing is that bad: nobody reads the logs of ten thousand runs."""


@dataclass(slots=True)
class Run:
    """What became of one plan. Without findings all is well."""

    plan: Plan
    findings: list[str] = field(default_factory=list)
    decided: int = 0
    steps: int = 0
    virtual_s: float = 0.0
    lives: int = 0
    struck: int = 0


@contextmanager
def unlogged() -> Iterator[None]:
    """Keep the shell's logs away."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(SILENT))
    try:
        yield
    finally:
        structlog.configure(**before)


@lru_cache(maxsize=1)
def _settings() -> MeshSettings:
    """What all runs have in common; made once, as reading the environment takes a tenth of a run."""
    return MeshSettings(
        transaction_timeout_ms=TRANSACTION_TIMEOUT_MS,
        request_timeout_ms=TRANSACTION_TIMEOUT_MS,
        session_timeout_ms=6_000,
        turn_ms=1_000,
        stop_timeout_s=8.0,
    )


@lru_cache(maxsize=1)
def _codec() -> Codec:
    return local_codec()


def a_codec() -> Codec:
    """A codec of one's own: each process learns for itself what ids mean."""
    known = _codec()
    return Codec(known.contracts, dict(known.writers))


def simulate(plan: Plan) -> Run:
    """Run a plan to rest and judge it."""
    with unlogged():
        return World(plan).run()


class Worker:
    """One worker through all its lives."""

    def __init__(self, name: str, world: "World", faults: list[Fault]) -> None:
        self.name, self._world = name, world
        named = {fault.number: fault for fault in faults}
        self.line = Line(world.cluster, named, world.settings.request_timeout_ms / 1000)
        self.lives = 0
        self.process: Process | None = None
        self._ended = asyncio.Event()

    def start(self) -> None:
        """Begin a life."""
        self.lives += 1
        self.process = self.line.process = self._world.loop.process(f"{self.name}.{self.lives}")
        self._ended = asyncio.Event()
        self._world.loop.create_task(self._live(self._ended), context=self.process.context)

    def end(self) -> None:
        """SIGTERM."""
        process = self.process
        if process is not None and not process.is_dead:
            self._world.loop.call_soon(self._ended.set, context=process.context)

    @property
    def has_ended(self) -> bool:
        """It has died or left."""
        return self.process is None or self.process.is_dead

    async def _live(self, ended: asyncio.Event) -> None:
        world = self._world
        process = self.line.process

        def fatal(error: BaseException) -> None:
            world.fatal(error)
            ended.set()

        runner = ServiceRunner(
            world.service,
            SimBroker(world.service, self.line, world.group, world.settings),
            a_codec(),
            cast("RegistryClient", _Registry(world)),
            None,
            world.settings,
            fatal,
            Turns(),
            world.loop.time,
        )
        await runner.start()
        await ended.wait()
        await runner.stop()
        process.kill()


class _Registry:
    """Knows no schema but ours; sometimes does not answer."""

    def __init__(self, world: "World") -> None:
        self._world = world

    async def schema_by_id(self, _: int) -> AvroSchema | None:
        await asyncio.sleep(0.01)
        if self._world.loop.time() < self._world.registry_away_until_s:
            raise RegistryUnavailable("不在。", "away")
        return None


class World:
    """Everything in one run."""

    def __init__(self, plan: Plan) -> None:
        self.plan, shape = plan, plan.shape
        self.chance = random.Random(f"run-{plan.seed}")
        self.loop = VirtualLoop(self.chance)
        base = ARREARS if shape.service == "arrears" else TALLY
        self.service: Service = dataclasses.replace(base, partitions=shape.partitions)
        limits = ("batch_records_max", "timers_a_batch_max", "buffered_records_max", "refusals_max")
        named = {name: getattr(shape, name) for name in ("partitions", *limits)}
        self.settings = _settings().model_copy(update=named)
        self.cluster = Cluster(self.loop, self.chance, NOON, TRANSACTION_TIMEOUT_MS / 1000)
        self.group = Group(self.cluster, shape.partitions)
        self.feed = Feed(self.cluster, self.service, _codec(), shape)
        self.registry_away_until_s = 0.0
        self._is_moving = False
        """Somebody is moving an offset: workers are down, or refuse to start."""
        self._down_until_s: dict[str, float] = {}
        self.findings: list[str] = []
        request_faults = [fault for fault in plan.faults if fault.what in REQUEST_FAULTS]
        self.workers = [
            Worker(f"w{number}", self, [fault for fault in request_faults if fault.worker == number])
            for number in range(shape.workers)
        ]

    def run(self) -> Run:
        """Run to rest, then judge what stands in the topics."""
        run = Run(self.plan, self.findings)
        try:
            try:
                self.loop.run_until_complete(self._play())
            except (NothingLeftToDo, TooManySteps) as error:
                self.findings.append(f"the run does not come to its end: {error!r}")
            self.findings += [f"an error nobody asked about: {error!r}" for error in self.loop.unheard()]
            run.steps, run.virtual_s = self.loop.steps, self.loop.time()
            run.lives = sum(worker.lives for worker in self.workers)
            run.struck = sum(len(worker.line.struck) for worker in self.workers)
            self.cluster.is_closed = True
            verdict = Verdict(self.cluster, self.service, _codec(), self.plan.shape)
            self.findings += verdict.findings()
            run.decided = verdict.decided
        finally:
            self.cluster.is_closed = True
            self.loop.bury()
        return run

    def fatal(self, error: BaseException) -> None:
        """A worker ends because of this: a finding, unless somebody has moved an offset by hand."""
        if not (isinstance(error, PositionsDisagree) and self._is_moving):
            self.findings.append(f"a worker ended: {error!r}")

    # --- the run --------------------------------------------------------------------------------------

    async def _play(self) -> None:
        loop = self.loop
        self.group.look()
        for worker in self.workers:
            loop.call_later(self.chance.uniform(0.0, 1.0), worker.start)
        for part in self.plan.inputs:
            loop.call_later(part.at_s, self.feed.say, part)
        timed = [fault for fault in self.plan.faults if fault.what not in REQUEST_FAULTS]
        for fault in timed:
            loop.call_later(fault.at_s, self._strike, fault)
        last_s = max([part.at_s + part.hold_s for part in self.plan.inputs], default=0.0)
        last_s = max([last_s, *(fault.at_s + fault.lasts_s for fault in timed)])
        while not self._is_over(last_s):
            await asyncio.sleep(LOOK_S)
            self._guard()
            if loop.time() > last_s + REST_S_MAX:
                self.findings.append("does not come to rest: " + "; ".join(self._unread()))
                return
            if loop.time() > last_s and int(loop.time() / LOOK_S) % 20 == 0:
                self.feed.resume_halted()
        await self._all_end()

    def _is_over(self, last_s: float) -> bool:
        if self.loop.time() <= last_s + 2 * LOOK_S or self._is_moving or self.cluster.is_away:
            return False
        if any(worker.process is not None and worker.process.is_stopped for worker in self.workers):
            return False
        return self.cluster.is_still() and not self._unread()

    def _unread(self) -> list[str]:
        """Inputs that stand behind the group's positions, and what stands open."""
        left = []
        for topic in self.service.inputs:
            for partition in range(self.plan.shape.partitions):
                log = self.cluster.log(topic, partition)
                position = self.cluster.group.get((topic, partition), 0)
                if log.stable < log.end or next(log.committed(position), None) is not None:
                    left.append(f"{topic}-{partition} at {position} of {log.end}")
        inputs = set(self.service.inputs)
        left += [
            f"{topic}-{number} open"
            for (topic, number), log in self.cluster.logs.items()
            if topic not in inputs and log.stable < log.end
        ]
        return left

    def _guard(self) -> None:
        """Start again who has died, as a supervisor of processes does."""
        for worker in self.workers:
            if worker.lives and worker.has_ended and not self._is_moving:
                down_until_s = self._down_until_s.setdefault(worker.name, self.loop.time() + STARTED_AGAIN_S)
                if self.loop.time() >= down_until_s:
                    del self._down_until_s[worker.name]
                    worker.start()

    async def _all_end(self) -> None:
        """SIGTERM to all: whatever they do as they end must keep the promises too."""
        for worker in self.workers:
            worker.end()
        end_s = self.loop.time() + 60.0
        while not all(worker.has_ended for worker in self.workers) or not self.cluster.is_still():
            await asyncio.sleep(LOOK_S)
            if self.loop.time() > end_s:
                self.findings.append("a worker does not end")
                return

    # --- faults ---------------------------------------------------------------------------------------

    def _strike(self, fault: Fault) -> None:
        until_s = self.loop.time() + fault.lasts_s
        if fault.what == "broker-away":
            self.cluster.away_until_s = max(self.cluster.away_until_s, until_s)
        elif fault.what == "unmarked":
            self.cluster.away_until_s = max(
                self.cluster.away_until_s, self.loop.time() + max(fault.lasts_s, COMES_BACK_S)
            )
            self.cluster.unmarked_until_s = self.cluster.away_until_s + UNMARKED_S
        elif fault.what == "fenced":
            self.cluster.fenced_until_s = self.loop.time() + min(fault.lasts_s, FENCED_S_MAX)
            self.cluster.away_until_s = max(self.cluster.away_until_s, self.cluster.fenced_until_s)
        elif fault.what == "registry-away":
            self.registry_away_until_s = until_s
        elif fault.what == "misheard":
            self.group.mishear()
            self.loop.call_later(fault.lasts_s, self.group.rebalance)
        elif fault.what == "compacted":
            self._compact()
        elif fault.what == "offset-moved":
            self._move(fault)
        else:
            self._strike_worker(fault, until_s)

    def _strike_worker(self, fault: Fault, until_s: float) -> None:
        worker = self.workers[fault.worker]
        if worker.process is None:
            return
        if fault.what == "killed":
            worker.process.kill()
            self._down_until_s[worker.name] = until_s
        elif fault.what == "stopped":
            worker.process.stop()
            self.loop.call_later(fault.lasts_s, worker.process.go_on)
        else:
            assert fault.what == "ended", fault.what
            worker.end()

    def _compact(self) -> None:
        for (topic, _), log in self.cluster.logs.items():
            if topic == changelog_topic(self.service.name):
                log.compact(self.loop.time())

    def _move(self, fault: Fault) -> None:
        """Somebody moves an offset while all are down; workers must refuse to start until it is put back."""
        places = sorted(place for place, offset in self.cluster.group.items() if offset)
        if not places or self._is_moving:
            return
        self._is_moving = True
        for worker in self.workers:
            if worker.process is not None:
                worker.process.kill()
        self.loop.call_later(
            TRANSACTION_TIMEOUT_MS / 1000 + 2, self._move_now, places[fault.number % len(places)], fault
        )

    def _move_now(self, place: Place, fault: Fault) -> None:
        if not self.cluster.is_still():
            self.loop.call_later(LOOK_S, self._move_now, place, fault)
            return
        was = self.cluster.group[place]
        moved = max(0, was + (-1 if fault.number % 2 else 1))
        self.cluster.group[place] = moved
        for worker in self.workers:
            worker.start()
        self.loop.call_later(fault.lasts_s + 5, self._move_back, place, moved, was)

    def _move_back(self, place: Place, moved: int, was: int) -> None:
        if self.cluster.group[place] != moved:
            self.findings.append(f"a worker went on from an offset that was moved by hand: {place}")
        self.cluster.group[place] = was
        for worker in self.workers:
            if worker.process is not None:
                worker.process.kill()
        self._is_moving = False
