"""The demonstration's mesh on a broker: a sandbox of its own, beside whatever else runs on this machine."""

import asyncio
import time
from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import Self

from schemas.fact import Fact
from services.audit.replaying import ReplayFindings
from services.clock.clock import Clock
from services.console.broker_mesh import BrokerMesh
from services.console.connection import mesh_settings
from services.console.demo.replaying import replay_side_by_side
from services.console.demo.script import DEMO_PARTITIONS
from services.runtime.codec import Codec
from services.runtime.errors import UserMistake
from services.runtime.records import InputRecord, OutputRecord
from services.runtime.sealing import Vault, vault_from_environment
from services.sandbox import stack
from services.sandbox.mesh import AUDIT, CLOCK, MONITORING, PAGE, WORKERS, Mesh
from services.sandbox.progress import ProgressCallback
from services.sandbox.quiet import Rest
from services.sandbox.settings import SandboxSettings
from services.sandbox.vault_files import sealing_environment

PORT_OFFSET = 200
"""The demonstration listens this far above the sandbox's own ports, so that both can run."""
_PORTS = (
    "kafka_port",
    "registry_port",
    "registry_management_port",
    "smtp_port",
    "printer_port",
    "calls_port",
    "worker_port",
)

_NOT_NEEDED = frozenset({CLOCK, MONITORING, AUDIT, PAGE})
"""The demonstration has its own clock, and nobody watches, seals or signs in to what is gone in minutes."""

SETTLE_TIMEOUT_S = 120.0
SETTLE_POLL_S = 0.04


def demo_settings(settings: SandboxSettings) -> SandboxSettings:
    """Give the settings of the demonstration's own sandbox: one broker, its own folder, its own ports."""
    ports = {name: getattr(settings, name) + PORT_OFFSET for name in _PORTS}
    folder = settings.data_dir.parent / f"{settings.data_dir.name}-demo"
    return settings.model_copy(update={"data_dir": folder, "brokers": 1, "login_port": 0, "secure": False, **ports})


class BrokerDemoMesh:
    """A `DemoMesh` over a sandbox that is started empty and stopped again."""

    def __init__(self, settings: SandboxSettings, begins_at: datetime, progress: ProgressCallback) -> None:
        self._settings, self._progress = settings, progress
        workers = tuple(name for name in WORKERS if name not in _NOT_NEEDED)
        self._mesh = Mesh(settings, workers, DEMO_PARTITIONS)
        self._of_mesh = mesh_settings(settings).model_copy(update={"partitions": DEMO_PARTITIONS})
        self._reader = BrokerMesh(self._of_mesh)
        self._resting = Rest(settings.connection)
        self._open = AsyncExitStack()
        self._clock: Clock | None = None
        self._now = begins_at
        self._vault: Vault | None = None
        self._is_written_down = False
        """All that is to follow from what was said has been seen to be committed."""

    async def __aenter__(self) -> Self:
        await stack.reset(self._settings, self._progress)
        self._open.push_async_callback(self._mesh.stop, self._progress)
        try:
            await self._open.enter_async_context(self._mesh.watched())
            await self._mesh.start(self._progress)
            await self._open.enter_async_context(self._reader)
            await self._open.enter_async_context(self._resting)
            self._clock = Clock(self._reader.codec, self._of_mesh)
            self._open.push_async_callback(self._clock.close)
            await self._clock.open()
        except BaseException:
            await self._open.aclose()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._open.aclose()

    @property
    def codec(self) -> Codec:
        """Agreed with the registry."""
        return self._reader.codec

    def vault(self) -> Vault:
        """What is sealed with: the vault of this sandbox, which its delivering worker opens."""
        if self._vault is None:
            self._vault = vault_from_environment(sealing_environment(self._settings))
            self._open.callback(self._vault.close)
        return self._vault

    @property
    def partitions(self) -> int:
        """How many the demonstration's topics have."""
        return self._reader.partitions

    @property
    def now(self) -> datetime:
        """The mesh's clock."""
        return self._now

    @property
    def broker_now(self) -> datetime:
        """The broker's clock is a real one, whatever the mesh's says."""
        return self._reader.broker_now

    async def records(self, topics: Collection[str]) -> AsyncIterator[InputRecord]:
        """Give every record that stands in the topics once all tasks have written down what they decided."""
        await self._rest(committed=True)
        async for record in self._reader.records(topics):
            yield record

    async def by_task(
        self, topics: Collection[str], partitions: Iterable[int]
    ) -> AsyncIterator[tuple[int, list[InputRecord]]]:
        """Give the same, one partition number after the other."""
        await self._rest(committed=True)
        async for partition, found in self._reader.by_task(topics, partitions):
            yield partition, found

    async def append(self, records: Sequence[OutputRecord]) -> None:
        """Write records."""
        self._is_written_down = False
        await self._reader.append(records)

    async def broadcast(self, facts: Sequence[Fact]) -> None:
        """Say facts on every partition, as the clock does."""
        assert self._clock is not None
        self._is_written_down = False
        await self._clock.broadcast(facts, self._now)

    async def tick(self, now: datetime) -> None:
        """Say that it is `now`, simulated."""
        assert self._clock is not None
        self._now, self._is_written_down = now, False
        await self._clock.tick(now, simulated=True)

    async def settle(self) -> None:
        """Wait until every task has read all there is and no effect is under way."""
        await self._rest(committed=False)

    async def _rest(self, *, committed: bool) -> None:
        if self._is_written_down:
            return
        deadline = time.monotonic() + SETTLE_TIMEOUT_S
        while not await self._mesh.is_quiet(self._resting, committed=committed):
            if time.monotonic() > deadline:
                raise UserMistake(
                    f"{SETTLE_TIMEOUT_S:.0f} 秒内仍有记录未办完，日志见 {self._settings.log_dir}。",
                    f"The mesh did not come to rest within {SETTLE_TIMEOUT_S:.0f} s; see the logs in {self._settings.log_dir}.",
                )
            await asyncio.sleep(SETTLE_POLL_S)
        self._is_written_down = committed

    async def next_due(self) -> datetime | None:
        """The earliest instant at which any task says that a case is due."""
        workers = await self._mesh.status()
        due = [task["next_due"] for worker in workers for task in worker.tasks if task["next_due"]]
        return min((datetime.fromisoformat(text).astimezone(UTC) for text in due), default=None)

    async def replayed(self) -> list[ReplayFindings]:
        """Decide everything again from the log, service by service."""
        await self._rest(committed=True)
        return await replay_side_by_side(self._reader, self._of_mesh)
