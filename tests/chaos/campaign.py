"""One campaign: real workers and three real brokers under real faults; then an independent checker.

Mixed: faults of five lanes side by side, while records wait. Single: one after the other, each when all is well again, to see how soon
every task goes on.
"""

import asyncio
import contextlib
import json
import os
import random
import shutil
import signal
import sys
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiokafka.errors import KafkaError
from rich.console import Console

from services.arrears.worker import SERVICE
from services.clock.clock import Clock
from services.runtime.errors import MeshError
from services.sandbox.logins import PEOPLE, client_environment
from services.sandbox.mesh import CLOCK
from services.sandbox.tasks import side_by_side
from tests.chaos.cluster import Cluster
from tests.chaos.crew import SILENCE_S, Crew, resumed_after_s
from tests.chaos.faults import KINDS, LANES, Site
from tests.chaos.feeder import Feeder
from tests.harness.feed import contributions
from tests.harness.waiting import until

UNITS = 24_000
"""2,000 cases a task, more or less."""
WAITING_MAX = 20_000
TICK_EVERY_S, TICK = 5.0, timedelta(hours=3)
REST_TIMEOUT_S = 240.0
SAID_BEFORE_TIMEOUT_S = 600.0
BEGUN_WAITING_MAX = 500
"""Where the feed is to be slow, faults begin when no more than so many records wait."""
TELL_EVERY_S = 15.0
AFTER_FAULT_S, RECOVERY_S_MAX, RECOVERY_MIXED_S_MAX = 10.0, 90.0, 20.0
"""How long is looked after a fault, at least; and at most, where nothing else is broken, and in a mixed campaign."""
_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Order:
    """What a campaign is asked to do."""

    seed: int
    minutes: float
    records: int
    single: tuple[str, ...] = ()
    """Kinds of faults, one at a time; empty: all, mixed."""
    without: tuple[str, ...] = ()
    """Kinds of faults that a mixed campaign leaves out."""
    units: int = UNITS
    pause_s: tuple[float, float] = (8.0, 36.0)
    """Between two faults of one lane: at half of it five lanes left the tasks so little time to work that 1,000,000 records took hours."""
    frozen_s: tuple[float, float] = (5.0, 60.0)
    client: str = "aiokafka"
    """Which client moves the records of the workers' tasks."""
    secure: bool = False
    """With TLS, a login for everybody, and the table of rights."""
    waiting_max: int = WAITING_MAX
    """How many records are let wait for the workers; what waits at the end is decided after the faults."""
    after_fault_s: float = AFTER_FAULT_S
    """For so long after a fault's end its tasks are looked at, and longer while one of them has not gone on."""
    said_before: int = 0
    """Records said before the first fault: only then are there as many cases as there are units."""
    records_per_s: float | None = None
    """How fast the feed goes once that is said; None: as fast as the workers take it in, so that they never rest."""
    keeps_logs: bool = False
    """Also where nothing was found."""


@dataclass(frozen=True, slots=True)
class Strike:
    """A fault that struck: what, when (monotonic), and how long (s) until each task it concerned went on."""

    kind: str
    struck_at: float
    resumed_after_s: float | None
    """None: it concerns no task."""


@dataclass
class Outcome:
    """What a campaign did and found."""

    order: Order
    strikes: list[Strike] = field(default_factory=list)
    confirmed: int = 0
    said_again: int = 0
    ended_by_themselves: int = 0
    refusals: list[str] = field(default_factory=list)
    judgement: dict[str, object] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def is_clean(self) -> bool:
        """Tell whether nothing was found."""
        return not self.refusals and not self.judgement["examples"]

    @property
    def lanes(self) -> set[str]:
        """The lanes of which a fault struck."""
        struck = {strike.kind for strike in self.strikes}
        return {name for name, lane in LANES.items() if struck & set(lane)}

    def recoveries_s(self, kind: str) -> list[float]:
        """Times to progress after the faults of a kind, shortest first."""
        return sorted(
            strike.resumed_after_s
            for strike in self.strikes
            if strike.kind == kind and strike.resumed_after_s is not None
        )


class Campaign:
    """One cluster, one crew, one feed, and faults."""

    def __init__(self, order: Order, console: Console) -> None:
        self.order, self.console = order, console
        self.chance = random.Random(order.seed)
        self.outcome = Outcome(order)
        self.ends_at = time.monotonic() + order.minutes * 60

    async def run(self) -> Outcome:
        """Start, break, let it come to rest, judge, remove."""
        began_at = time.monotonic()
        task = asyncio.current_task()
        assert task is not None
        # Asked to end: what was started is stopped on the way out.
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        self.cluster = await Cluster.made(SERVICE, secure=self.order.secure)
        self.crew = Crew("tests.harness.arrears_worker", self.cluster, self.order.client)
        folder = self.cluster.settings.data_dir
        self.feeder = Feeder(
            self.cluster.clients,
            self.cluster.direct,
            SERVICE,
            contributions(self.cluster.codec, random.Random(self.order.seed), self.order.units),
            folder / "safe.digests",
            self.order.waiting_max,
        )
        try:
            self.crew.start()
            await until(lambda: self.cluster.all_running(self.crew.wanted, [SERVICE]), 120, "all tasks run")
            self._tell(f"{time.monotonic() - began_at:.0f} s: three brokers and {len(self.crew.wanted)} workers run")
            await self._break()
            await self._judge()
        finally:
            await self.crew.stop()
            if self.order.keeps_logs or not self.outcome.judgement or not self.outcome.is_clean:
                self._keep_logs()
            await self.cluster.stop()
        self.outcome.seconds = time.monotonic() - began_at
        return self.outcome

    async def _break(self) -> None:
        async with side_by_side() as group:
            feeding = group.create_task(self.feeder.run(self.order.records))
            ticking = group.create_task(self._tick())
            beside = [group.create_task(work) for work in (self._tell_progress(), self.crew.guard(), self.crew.watch())]
            await until(self._all_work, 90, "every task has work")
            await until(
                self._is_said_before, SAID_BEFORE_TIMEOUT_S, "what is to be said before the first fault is said"
            )
            if self.order.records_per_s is not None:
                self.feeder.records_per_s = self.order.records_per_s
                await until(
                    self._hardly_any_wait, SAID_BEFORE_TIMEOUT_S, "what was said before the first fault is decided"
                )
            self.ends_at = time.monotonic() + self.order.minutes * 60
            site = Site(self.cluster, self.crew, self.chance, frozen_s=self.order.frozen_s)
            if self.order.single:
                await self._one_by_one(site)
            else:
                await asyncio.gather(*(self._lane(name, site) for name in LANES))
            self.feeder.is_wanted = False
            ticking.cancel()
            await feeding
            await self._rest()
            for task in beside:
                task.cancel()

    async def _all_work(self) -> bool:
        return all(self.crew.advances[task] for task in self._tasks()) and self.feeder.waiting > 0

    async def _is_said_before(self) -> bool:
        return self.feeder.confirmed >= self.order.said_before

    async def _hardly_any_wait(self) -> bool:
        return self.feeder.waiting <= BEGUN_WAITING_MAX

    @property
    def _goes_on(self) -> bool:
        return time.monotonic() < self.ends_at and self.feeder.confirmed < self.order.records

    # --- faults -------------------------------------------------------------------------------------

    async def _lane(self, name: str, site: Site) -> None:
        faults = {kind: fault for kind, fault in LANES[name].items() if kind not in self.order.without}
        kinds, weights = list(faults), [weight for _, weight in faults.values()]
        looking: set[asyncio.Task[None]] = set()
        while True:
            await site.lasts(self.order.pause_s)
            if not self._goes_on:
                break
            await self._strike(self.chance.choices(kinds, weights)[0], site, looking)
        await asyncio.gather(*looking)

    async def _one_by_one(self, site: Site) -> None:
        number = 0
        while self._goes_on:
            looking: set[asyncio.Task[None]] = set()
            await self._strike(self.order.single[number % len(self.order.single)], site, looking)
            await asyncio.gather(*looking)
            await until(self._all_went_on, 120, "every task goes on")
            await until(self.cluster.is_settled, 120, "every broker leads again what it is to lead")
            number += 1

    async def _all_went_on(self) -> bool:
        lately = time.monotonic() - 2.0
        return all(self.crew.advances[task] and self.crew.advances[task][-1] > lately for task in self._tasks())

    def _tasks(self) -> range:
        return range(SERVICE.partitions)

    async def _strike(self, kind: str, site: Site, looking: set[asyncio.Task[None]]) -> None:
        strikes: list[tuple[float, list[int]]] = []

        def struck(tasks: list[int] | None) -> None:
            strikes.append((time.monotonic(), list(self._tasks()) if tasks is None else tasks))

        await KINDS[kind](site, struck)
        looking.add(asyncio.create_task(self._look(kind, strikes)))

    async def _look(self, kind: str, strikes: list[tuple[float, list[int]]]) -> None:
        """Wait a while longer, then say how soon each task concerned went on."""
        await asyncio.sleep(self.order.after_fault_s)
        concerned = {task: struck_at for struck_at, tasks in strikes for task in tasks}

        async def have_gone_on() -> bool:
            lately = time.monotonic() - SILENCE_S if self.order.single else 0.0
            return all(
                self.crew.advances[task] and self.crew.advances[task][-1] > max(lately, struck_at + SILENCE_S)
                for task, struck_at in concerned.items()
            )

        with contextlib.suppress(AssertionError):  # the figures tell it
            longest_s = RECOVERY_S_MAX if self.order.single else RECOVERY_MIXED_S_MAX
            await until(have_gone_on, longest_s, "the tasks go on")
        until_s = time.monotonic()
        for number, (struck_at, tasks) in enumerate(strikes):
            end = strikes[number + 1][0] if number + 1 < len(strikes) else until_s
            went_on = [resumed_after_s(self.crew.advances[task], struck_at, end) for task in tasks]
            strike = Strike(kind, struck_at, max(went_on, default=None))
            self.outcome.strikes.append(strike)
            if self.order.single:
                self._tell(
                    f"{kind}: every task it concerned ({len(tasks)}) went on after {strike.resumed_after_s:.1f} s"
                )

    # --- beside -------------------------------------------------------------------------------------

    async def _tick(self) -> None:
        """Let the mesh's time go on, in steps of hours: reminders fall due while faults strike."""
        now = datetime.now(UTC)
        through_proxies = self.cluster.mesh_settings(CLOCK).model_copy(
            update={"bootstrap_servers": self.cluster.network.servers}
        )
        while True:
            clock = Clock(self.cluster.codec, through_proxies)
            try:
                await clock.open()
                while True:
                    now += TICK
                    await clock.tick(now, simulated=True)
                    await asyncio.sleep(TICK_EVERY_S)
            except (MeshError, KafkaError, OSError, TimeoutError):
                await asyncio.sleep(TICK_EVERY_S)  # as whoever keeps a clock process alive
            finally:
                await clock.close()

    async def _tell_progress(self) -> None:
        while True:
            await asyncio.sleep(TELL_EVERY_S)
            left_s = max(0.0, self.ends_at - time.monotonic())
            self._tell(
                f"{left_s:4.0f} s left: {self.feeder.confirmed:,} records said, {self.feeder.waiting:,} wait, "
                f"{len(self.outcome.strikes)} faults, {self.crew.ended_by_themselves} workers ended by themselves"
            )

    def _tell(self, text: str) -> None:
        self.console.print(text, highlight=False, markup=False, soft_wrap=True)

    # --- the end ------------------------------------------------------------------------------------

    async def _rest(self) -> None:
        """Nothing is broken any more; wait until everything that was said is decided."""
        await self.cluster.quiet(self.crew.wanted, [SERVICE], REST_TIMEOUT_S, "every record is decided")
        outcome = self.outcome
        outcome.confirmed, outcome.said_again = self.feeder.confirmed, self.feeder.said_again
        outcome.ended_by_themselves, outcome.refusals = self.crew.ended_by_themselves, self.crew.refusals

    async def _judge(self) -> None:
        await self.crew.stop()
        self._tell("the checker reads the topics")
        settings = self.cluster.settings
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *(
                "-m",
                "tests.chaos.checker",
                "--registry",
                settings.registry_url,
                "--safe",
                str(settings.data_dir / "safe.digests"),
            ),
            *("--work-dir", str(settings.data_dir / "checker")),
            cwd=_ROOT,
            env={**os.environ, **client_environment(settings, PEOPLE)},
            stdout=asyncio.subprocess.PIPE,
        )
        output, _ = await process.communicate()
        self.outcome.judgement = json.loads(output)

    def _keep_logs(self) -> None:
        kept = _ROOT / "build" / f"chaos-{self.order.seed}"
        shutil.rmtree(kept, ignore_errors=True)
        if self.cluster.settings.log_dir.exists():
            shutil.copytree(self.cluster.settings.log_dir, kept)
        self._tell(f"logs are kept in {kept.relative_to(_ROOT)}")
