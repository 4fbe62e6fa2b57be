"""Real Kafka and registry for the tests, on ports of their own, with topics and schemas applied."""

import asyncio
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from schemas import topics
from schemas.access import CONSOLE
from services.runtime.broker_connection import BrokerConnection
from services.runtime.codec import Codec
from services.runtime.registry import RegistryClient, agree
from services.runtime.service import Service
from services.runtime.settings import MeshSettings
from services.runtime.topic_admin import apply
from services.sandbox import stack as sandbox
from services.sandbox.kafka import Kafka
from services.sandbox.logins import PEOPLE, connection_as
from services.sandbox.ports import free_port
from services.sandbox.processes import known_daemons
from services.sandbox.quiet import Rest
from services.sandbox.settings import on_free_ports
from services.sandbox.software import fetch_software
from tests.harness.pushed_registry import PushedRegistry
from tests.harness.workers import WorkerProcess

__all__ = ["Stack", "free_port"]
PUSHED = PushedRegistry()


class Stack:
    """One running sandbox; of three brokers none asks for a login."""

    def __init__(self, *, secure: bool = False, brokers: int = 1, heap_mib: int = 512) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="shebao-tests-")
        self.settings = on_free_ports(
            Path(self._folder.name) / "data",
            brokers,
            secure=secure,
            kafka_heap_mib=heap_mib,
            login_port=0 if secure or brokers > 1 else free_port(),
        )
        self.codec = Codec()

    @classmethod
    async def start(cls, *, secure: bool = False, brokers: int = 1) -> "Stack":
        """Start servers, apply topics, push schemas, agree on them; `secure`: over TLS, with logins and the table of rights."""
        stack = cls(secure=secure, brokers=brokers)
        try:
            await PUSHED.copy_to(stack.settings)
            await sandbox.start(stack.settings)
            await stack._prepare()
        except BaseException:
            await stack.stop()
            raise
        return stack

    async def _prepare(self, inventory: Sequence[topics.Topic] = topics.TOPICS) -> None:
        await apply(self.settings.connection, self.settings.brokers, inventory)
        async with RegistryClient(self.settings.registry_url) as registry:
            await agree(registry, topics.TOPICS, self.codec, self.settings.data_dir / "tests.agreement.json")

    async def stop(self) -> None:
        """Kill and remove everything: what it held is not wanted any more."""
        await asyncio.gather(*(one.kill_hard() for one in known_daemons(self.settings.run_dir, self.settings.log_dir)))
        await sandbox.reset(self.settings)
        self._folder.cleanup()

    def connection_as(self, account: str) -> BrokerConnection:
        """How one account reaches the broker; everybody the same way where nobody logs in."""
        return connection_as(self.settings, account)

    def mesh_settings(self, account: str) -> MeshSettings:
        """What a client inside this process reads from its environment elsewhere."""
        connection = self.connection_as(account)
        return MeshSettings(
            bootstrap_servers=connection.servers,
            broker_security=connection.security,
            broker_user=connection.user,
            broker_password=connection.password,
            broker_ca_file=connection.ca_file,
            registry_url=self.settings.registry_url,
            work_dir=self.settings.data_dir / "workers",
        )

    def people_settings(self) -> MeshSettings:
        """How whoever sits at this machine reaches a secure mesh: a password for everything people do."""
        return MeshSettings(
            bootstrap_servers=self.settings.bootstrap_servers,
            broker_security="SASL_SSL",
            broker_ca_file=self.settings.ca_file,
            broker_logins_dir=self.settings.logins_dir(PEOPLE),
            registry_url=self.settings.registry_url,
            work_dir=self.settings.data_dir / "workers",
        )

    async def kafka(self) -> Kafka:
        """The broker, to be killed and restarted."""
        software = await fetch_software(self.settings, lambda progress: None)
        return Kafka(self.settings, software.kafka_class_path, software.kafka_fast_start)

    def broker_log(self) -> str:
        """What the first broker has printed so far."""
        return (self.settings.log_dir / "kafka-1.log").read_text("utf-8", errors="replace")

    def denied_since(self, before: str) -> list[str]:
        """What the broker has denied anybody since its log was `before`; it prints each denial."""
        return [line for line in self.broker_log()[len(before) :].splitlines() if " is Denied " in line]

    async def all_running(self, workers: Sequence[WorkerProcess], services: Sequence[Service]) -> bool:
        """Tell whether every task of the services runs in one of the workers."""
        return _all_run(await _pages(workers), services)

    async def all_quiet(self, workers: Sequence[WorkerProcess], services: Sequence[Service]) -> bool:
        """Tell whether all tasks run and have read, and written down, all there is by the broker's own word.

        Both are told by the same pages: of a worker too busy to answer, nobody knows that it is at rest.
        """
        pages = await _pages(workers)
        if not _all_run(pages, services):
            return False
        async with Rest(self.connection_as(CONSOLE)) as rest:
            return await rest.is_reached(pages, committed=True)


async def _pages(workers: Sequence[WorkerProcess]) -> list[dict[str, Any]]:
    pages = await asyncio.gather(*(worker.health() for worker in workers))
    return [page for page in pages if page is not None]


def _all_run(pages: Sequence[dict[str, Any]], services: Sequence[Service]) -> bool:
    tasks = [task for page in pages for task in page["tasks"] if task["state"] == "running"]
    places = {(task["service"], task["partition"]) for task in tasks}
    return {(service.name, number) for service in services for number in range(service.partitions)} <= places
