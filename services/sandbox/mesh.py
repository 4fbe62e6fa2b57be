"""The whole mesh on one machine: servers, topics, schemas, and every worker as its own process."""

import asyncio
import hashlib
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import httpx

from schemas import topics
from services.audit.seal_keys import PUBLIC_KEYS_VARIABLE, SEAL_KEY_VARIABLE
from services.runtime.registry import RegistryClient
from services.runtime.schema_push import push
from services.runtime.sealing import DEVELOPMENT
from services.runtime.topic_admin import apply
from services.sandbox import stack, vault_files
from services.sandbox.keeping import Keeping
from services.sandbox.logins import client_environment
from services.sandbox.loopback import LOOPBACK
from services.sandbox.processes import Daemon
from services.sandbox.progress import Phase, Progress, ProgressCallback, silent
from services.sandbox.provider import Provider
from services.sandbox.quiet import Rest
from services.sandbox.settings import SandboxSettings
from services.sandbox.simulators import python_path

CLOCK, MONITORING, AUDIT, PAGE = "clock", "monitoring", "audit", "page"
WORKERS = (CLOCK, "arrears", "notifications", "appraisal", "cards", "outlets", MONITORING, AUDIT, PAGE)
"""Worker processes by the name of their package; each may run several services."""

WITHOUT_TASKS = frozenset({CLOCK, MONITORING, AUDIT, PAGE})

REPLICATION = {1: 1, 3: 3}
HEALTH_TIMEOUT_S = 2.0


@dataclass(frozen=True, slots=True)
class WorkerStatus:
    """One worker process: whether it lives, and its health page where it answers."""

    name: str
    running: bool
    page: dict[str, Any] | None

    @property
    def tasks(self) -> list[dict[str, Any]]:
        """The tasks it shows."""
        return [] if self.page is None else list(self.page["tasks"])

    @property
    def is_ready(self) -> bool:
        """Tell whether it answers and none of its tasks is still to come or opening."""
        if self.page is None or not (self.tasks or self.name in WITHOUT_TASKS):
            return False
        return all(task["state"] == "running" for task in self.tasks)


def _page_client() -> httpx.AsyncClient:
    """Plain HTTP on loopback: no certificates need be loaded."""
    return httpx.AsyncClient(timeout=HEALTH_TIMEOUT_S, verify=False, trust_env=False)  # noqa: S501


class Mesh:
    """Starts, watches and stops the mesh of one sandbox."""

    def __init__(
        self, settings: SandboxSettings, workers: Sequence[str] = WORKERS, partitions: int = topics.PARTITIONS
    ) -> None:
        """`partitions` of each topic: no more than the inventory says, for which the table of rights is made."""
        self.settings, self._partitions = settings, partitions
        self._ports = {name: settings.worker_port + place for place, name in enumerate(WORKERS)}
        self._workers = {name: self._daemon(name) for name in workers}
        self._client: httpx.AsyncClient | None = None
        self._keeping = Keeping(self._workers.values())

    async def start(self, progress: ProgressCallback = silent) -> None:
        """Servers in parallel, then topics and schemas, then the workers; returns when every task runs."""
        await stack.start(self.settings, progress)
        await self.prepare(progress)
        if PAGE in self._workers:
            await Provider(self.settings).start(progress)
        stopped = [name for name, daemon in self._workers.items() if not daemon.is_running()]
        for name in stopped:
            progress(Progress(name, Phase.STARTING))
            self._workers[name].start()
        async with asyncio.TaskGroup() as group:
            for name in self._workers:
                told = Progress(name, Phase.READY if name in stopped else Phase.RUNNING, 1.0)
                group.create_task(self._ready(told, progress))

    def start_again_what_ended(self) -> None:
        """Start each worker again that ended by a fault; `StartError` where one does not stay (`Keeping`)."""
        self._keeping.start_again_what_ended()

    async def prepare(self, progress: ProgressCallback = silent) -> None:
        """Create vault and topics and register schemas, where they are not yet."""
        vault_files.prepare(self.settings)
        progress(Progress("topics and schemas", Phase.STARTING))
        async with RegistryClient(self.settings.registry_url) as registry, asyncio.TaskGroup() as group:
            inventory = [replace(topic, partitions=self._partitions) for topic in topics.TOPICS]
            group.create_task(apply(self.settings.connection, REPLICATION[self.settings.brokers], inventory))
            group.create_task(push(registry))
        progress(Progress("topics and schemas", Phase.READY, 1.0))

    async def stop(self, progress: ProgressCallback = silent) -> None:
        """Workers first: they finish their batches and commit; then everything the sandbox started."""
        async with asyncio.TaskGroup() as group:
            for daemon in self._workers.values():
                group.create_task(self._end(daemon, progress))
        await stack.stop(self.settings, progress)

    async def _end(self, daemon: Daemon, progress: ProgressCallback) -> None:
        """Stop a worker, and tell of it where there was one."""
        if daemon.identity() is None:
            return
        progress(Progress(daemon.name, Phase.STOPPING))
        await daemon.stop(self.settings.stop_timeout_s)
        progress(Progress(daemon.name, Phase.STOPPED, 1.0))

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[None]:
        """Keep the connections to the workers' pages, for whoever asks again and again."""
        async with _page_client() as client:
            self._client = client
            try:
                yield
            finally:
                self._client = None

    async def status(self) -> list[WorkerStatus]:
        """Ask every worker for its health page."""
        return list(await asyncio.gather(*(self._status(name) for name in self._workers)))

    async def summary(self) -> dict[str, Any]:
        """Ask monitoring for its counts and the alerts that stand; empty where it does not answer."""
        try:
            async with _page_client() as client:
                answer = await client.get(f"http://{LOOPBACK}:{self._ports[MONITORING]}/summary")
                found: dict[str, Any] = answer.json()
        except (httpx.HTTPError, ValueError):
            return {}
        return found

    async def is_quiet(self, rest: Rest, *, committed: bool = False) -> bool:
        """Tell whether every task has read all there is and no effect is under way; `committed`: and written it down.

        Pages are asked first and ends afterwards: what happened in between shows as an end not yet reached.
        """
        self.start_again_what_ended()
        workers = await self.status()
        if not all(worker.is_ready for worker in workers):
            return False
        pages = [worker.page for worker in workers if worker.page is not None]
        return await rest.is_reached(pages, committed=committed)

    async def _status(self, name: str) -> WorkerStatus:
        running = self._workers[name].is_running()
        try:
            if self._client is not None:
                page = await self._page(name, self._client)
            else:
                async with _page_client() as client:
                    page = await self._page(name, client)
        except httpx.HTTPError:
            return WorkerStatus(name, running, None)
        return WorkerStatus(name, running, page)

    async def _page(self, name: str, client: httpx.AsyncClient) -> dict[str, Any]:
        answer = await client.get(f"http://{LOOPBACK}:{self._ports[name]}/health")
        page: dict[str, Any] = answer.json()
        return page

    async def _ready(self, told: Progress, progress: ProgressCallback) -> None:
        """Wait until a worker's tasks run, and tell what is then to be told of it."""

        async def is_ready() -> bool:
            self.start_again_what_ended()
            return (await self._status(told.name)).is_ready

        await self._workers[told.name].wait_ready(is_ready, self.settings.start_timeout_s)
        progress(told)

    def _daemon(self, name: str) -> Daemon:
        environment = self.environment_of(name)
        described = repr(sorted(environment.items())).encode()
        return Daemon(
            name,
            [sys.executable, "-m", f"services.{name}"],
            self.settings.run_dir,
            self.settings.log_dir,
            fingerprint=hashlib.sha256(described).hexdigest(),
            environment=environment,
        )

    def environment_of(self, name: str) -> dict[str, str]:
        """The environment of one worker: where the vault is, only those are told that open what is sealed."""
        opens = vault_files.opening_environment(self.settings) if name in vault_files.OPENING_WORKERS else {}
        return {
            **self.environment(name),
            **opens,
            "SHEBAO_WORKER_NAME": name,
            "SHEBAO_HEALTH_PORT": str(self._ports[name]),
            "SHEBAO_LOG_FILE": str((self.settings.log_dir / f"{name}.log").resolve()),
        }

    def environment(self, worker: str) -> dict[str, str]:
        """The environment a worker of this sandbox gets; keys of seals are the published development keys."""
        settings = self.settings
        return {
            "PYTHONPATH": python_path(),
            **client_environment(settings, worker),
            "SHEBAO_REGISTRY_URL": settings.registry_url,
            "SHEBAO_PARTITIONS": str(self._partitions),
            "SHEBAO_WORK_DIR": str((settings.data_dir / "workers").resolve()),
            SEAL_KEY_VARIABLE: DEVELOPMENT,
            PUBLIC_KEYS_VARIABLE: DEVELOPMENT,
            # A sandbox lives for minutes: whoever plays with it wants to see seals.
            "SHEBAO_AUDIT_SEAL_AFTER_S": "30",
            "SHEBAO_CHANNELS_SMTP_PORT": str(settings.smtp_port),
            "SHEBAO_CHANNELS_CALLS_URL": settings.calls_url,
            "SHEBAO_CHANNELS_MAIL_FOLDER": str(settings.mail_dir.resolve()),
            "SHEBAO_PRINTER_URL": settings.printer_url,
            "SHEBAO_DOCUMENTS_FOLDER": str(settings.documents_dir.resolve()),
            "SHEBAO_PAGE_PORT": str(settings.page_port),
            # The feeder's health page stands behind those of all workers.
            "SHEBAO_PAGE_STORE_HEALTH_PORT": str(settings.worker_port + len(WORKERS)),
            "SHEBAO_PAGE_PROVIDER": settings.sign_in_url,
            "SHEBAO_PAGE_CLIENT_SECRET": DEVELOPMENT,
        }
