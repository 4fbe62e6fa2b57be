"""Real Kafka and registry for the tests, on ports of their own, with topics and schemas applied."""

import asyncio
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from schemas import topics
from schemas.avro import avro_schema
from schemas.contracts import CONTRACTS
from services.runtime.codec import Codec
from services.runtime.registry import RegistryClient, agree
from services.runtime.schema_push import push
from services.runtime.service import Service
from services.runtime.topic_admin import apply
from services.sandbox import stack as sandbox
from services.sandbox.kafka import Kafka
from services.sandbox.ports import free_port
from services.sandbox.settings import SandboxSettings
from services.sandbox.software import fetch_software
from tests.harness.workers import WorkerProcess

__all__ = ["Stack", "free_port"]

SETTLED_S = 2.5


class Stack:
    """One running sandbox."""

    def __init__(self, folder: Path) -> None:
        first = free_port(neighbours=1)
        self.settings = SandboxSettings(
            data_dir=folder / "data",
            kafka_port=first,
            registry_port=free_port(),
            registry_management_port=free_port(),
            smtp_port=free_port(),
            printer_port=free_port(),
            calls_port=free_port(),
        )
        self.codec = Codec()
        self._seen: dict[str, tuple[float, int]] = {}

    @classmethod
    async def start(cls) -> "Stack":
        """Start servers, apply topics, push schemas, agree on them."""
        stack = cls(Path(tempfile.mkdtemp(prefix="shebao-tests-")))
        try:
            await sandbox.start(stack.settings)
            await stack._prepare()
        except BaseException:
            await stack.stop()
            raise
        return stack

    async def _prepare(self) -> None:
        await apply(self.settings.bootstrap_servers, 1)
        async with RegistryClient(self.settings.registry_url) as registry:
            await push(registry, {name: {1: avro_schema(model)} for name, model in CONTRACTS.items()})
            await agree(registry, topics.TOPICS, self.codec, self.settings.data_dir / "tests.agreement.json")

    async def stop(self) -> None:
        """Stop and remove everything."""
        await sandbox.reset(self.settings)

    async def kafka(self) -> Kafka:
        """The broker, to be killed and restarted."""
        software = await fetch_software(self.settings, lambda progress: None)
        return Kafka(self.settings, software.kafka_class_path, software.kafka_fast_start)

    async def all_running(self, workers: Sequence[WorkerProcess], services: Sequence[Service]) -> bool:
        """Tell whether every task of the services runs in one of the workers."""
        running = [task for task in await self._tasks(workers) if task["state"] == "running"]
        places = {(task["service"], task["partition"]) for task in running}
        wanted = {(service.name, number) for service in services for number in range(service.partitions)}
        return wanted <= places

    async def all_quiet(self, workers: Sequence[WorkerProcess], services: Sequence[Service]) -> bool:
        """Tell whether all tasks run without lag and nothing was handled for a while."""
        if not await self.all_running(workers, services):
            return False
        tasks = await self._tasks(workers)
        handled = sum(int(task["records"]) for task in tasks)
        now = time.monotonic()
        since, before = self._seen.get("handled", (now, -1))
        if handled != before or any(task["lag"] for task in tasks):
            self._seen["handled"] = (now, handled)
            return False
        return now - since > SETTLED_S

    async def _tasks(self, workers: Sequence[WorkerProcess]) -> list[dict[str, Any]]:
        pages = await asyncio.gather(*(worker.health() for worker in workers))
        return [task for page in pages if page is not None for task in page["tasks"]]
