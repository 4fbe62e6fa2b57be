"""What happens in the demonstration, phase by phase, on whatever mesh it is given."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from schemas.fact import Fact
from schemas.mesh import ParameterPublished
from services.audit.reading import MeshReader
from services.audit.replaying import ReplayFindings
from services.clock.calendars import published_calendars
from services.console.first_facts import tell_outlets, tell_producer_keys
from services.console.first_officers import tell_officers
from services.gateway.publish import PublishReport, RowPublisher
from services.gateway.rows import RowGate
from services.gateway.signing import SigningSink
from services.gateway.simulation.feed import Plan, read_plan
from services.runtime.effects import EFFECTS_FROM
from services.runtime.errors import UserMistake
from services.runtime.sealing import Vault, development_vault
from services.runtime.signing import development_signer

STEP_MIN = timedelta(minutes=30)
"""The simulated clock jumps to the next due instant, but at least this far: a late clock is one tick."""
MOMENT_BEFORE = timedelta(seconds=1)
STEPS_MAX = 2_000


class DemoMesh(MeshReader, Protocol):
    """A mesh whose clock is ours."""

    @property
    def now(self) -> datetime:
        """The mesh's clock."""

    async def broadcast(self, facts: Sequence[Fact]) -> None:
        """Say facts on every partition, as the clock does."""

    async def tick(self, now: datetime) -> None:
        """Say that it is `now`, simulated."""

    async def settle(self) -> None:
        """Return when nothing is left to read and no effect is under way."""

    async def next_due(self) -> datetime | None:
        """The earliest instant at which any case is due."""

    async def replayed(self) -> list[ReplayFindings]:
        """Decide everything again from the log, service by service."""


@dataclass(frozen=True, slots=True)
class Happening:
    """Something a watcher may be told while the demonstration runs."""

    title: str
    at: datetime
    reports: tuple[PublishReport, ...] = ()


Watcher = Callable[[Happening], None]


def plan_of(folder: Path) -> Plan:
    """Read a feed's plan; `UserMistake` where the folder holds none."""
    try:
        return read_plan(folder)
    except FileNotFoundError:
        raise UserMistake(
            f"{folder} 中没有模拟数据（plan.json），请先用 `shebao simulate` 生成。",
            f"{folder} holds no feed (plan.json); make one with `shebao simulate`.",
        ) from None
    except (KeyError, ValueError):
        raise UserMistake(
            f"{folder}/plan.json 无法读取，请用 `shebao simulate` 重新生成。",
            f"{folder}/plan.json cannot be read; make the feed again with `shebao simulate`.",
        ) from None


class Demonstration:
    """Plays a feed on a mesh."""

    def __init__(
        self,
        mesh: DemoMesh,
        folder: Path,
        work_dir: Path,
        watcher: Watcher,
        vault: Callable[[], Vault] = development_vault,
    ) -> None:
        """`work_dir` takes the files of rejected rows, so that the feed's own folder stays as it is.

        `vault`: what is sealed with; the mesh's delivering worker must be able to open it.
        """
        self._vault = vault
        self._mesh, self._folder, self._work_dir, self._tell = mesh, folder, work_dir, watcher
        self.plan = plan_of(folder)
        self.reports: list[PublishReport] = []
        self.ticks = 0

    async def play(self) -> None:
        """Begin the clock, publish what is known to all, then phase after phase, with the time between them."""
        await self._tick(self.plan.begins_at)
        await self._begin()
        for phase in self.plan.phases:
            await self._pass_time(phase.at)
            reports = [await self._publish(self._folder / name) for name in phase.files]
            self._tell(Happening(phase.title, self._mesh.now, tuple(reports)))
            self.reports += reports
            await self._mesh.settle()
            await self._tick(self._mesh.now + timedelta(minutes=1))
        await self._pass_time(self.plan.ends_at)
        self._tell(Happening("end", self._mesh.now))

    async def _begin(self) -> None:
        effects_from = ParameterPublished(
            name=EFFECTS_FROM, value=self.plan.effects_from.isoformat(), effective_on=self.plan.begins_at.date()
        )
        await self._mesh.broadcast([*published_calendars(), effects_from])
        await tell_producer_keys(self._mesh, self._mesh.now)
        await tell_outlets(self._mesh, self._mesh.now, DEMO_BLANKS)
        await tell_officers(self._mesh, self._mesh.now)
        await self._mesh.settle()

    async def _publish(self, path: Path) -> PublishReport:
        gate = RowGate(self._vault, self._mesh.now)
        sink = SigningSink(self._mesh, development_signer)
        publisher = RowPublisher(
            sink, self._mesh.codec, gate, self._mesh.now, rejected_dir=self._work_dir, partitions=self._mesh.partitions
        )
        return await publisher.publish(path)

    async def _pass_time(self, until: datetime) -> None:
        """Jump from due instant to due instant, as a simulated clock does.

        It is said a moment before, too: else a service that hears of what another did then, and has not been told the time
        yet, would act on it as if it were still the time before the jump.
        """
        await self._mesh.settle()
        for _ in range(STEPS_MAX):
            now = self._mesh.now
            if now >= until:
                return
            due = await self._mesh.next_due()
            wanted = min(until if due is None else max(due, now + STEP_MIN), until)
            if wanted - now > STEP_MIN:
                await self._tick(wanted - MOMENT_BEFORE)
            await self._tick(wanted)

    async def _tick(self, now: datetime) -> None:
        await self._mesh.tick(now)
        await self._mesh.settle()
        self.ticks += 1


DEMO_PARTITIONS = 4
"""Of each topic, so that eight services have 32 tasks on the two cores of a demonstration, not 96: each tick of the clock is a
question and a transaction of every task (decision 0105)."""
DEMO_BLANKS = 4
"""Blank cards at each outlet to begin with: few, so that the demonstration shows an outlet running out."""
