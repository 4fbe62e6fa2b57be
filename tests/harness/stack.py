"""Real Kafka for the tests, on ports of its own, with topics applied and schemas agreed."""

import asyncio
import tempfile
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from aiokafka import TopicPartition

from schemas.access import CONSOLE
from schemas.topics import TOPICS, Topic
from services.runtime.broker_connection import BrokerConnection
from services.runtime.codec import Codec
from services.runtime.registry import RegistryClient, agree
from services.runtime.service import Service
from services.runtime.settings import MeshSettings
from services.runtime.stable_ends import StableEnds
from services.runtime.topic_admin import apply
from services.sandbox import stack as sandbox
from services.sandbox.kafka import Kafka
from services.sandbox.logins import PEOPLE, connection_as
from services.sandbox.ports import free_port
from services.sandbox.processes import known_daemons
from services.sandbox.quiet import Rest
from services.sandbox.settings import on_free_ports
from services.sandbox.simulators import SIMULATORS
from services.sandbox.software import fetch_software
from tests.harness.formatted_storage import FormattedStorage
from tests.harness.shared_registry import REGISTRY_PART, SharedRegistry, push_all
from tests.harness.waiting import until
from tests.harness.workers import WorkerProcess

__all__ = ["Stack", "free_port"]
REGISTRY, FORMATTED = SharedRegistry(), FormattedStorage()
SERVED_MS_MAX = 90_000
KAFKA = "kafka"
"""The part of the sandbox."""


class Stack:
    """One running sandbox; of three brokers none asks for a login."""

    def __init__(self, *, secure: bool = False, brokers: int = 1, heap_mib: int = 512, **ports: int) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="shebao-tests-")
        login_port = 0 if secure or brokers > 1 else free_port()
        data_dir = Path(self._folder.name) / "data"
        self.settings = on_free_ports(
            data_dir, brokers, secure=secure, kafka_heap_mib=heap_mib, login_port=login_port, **ports
        )
        self.codec = Codec()

    @classmethod
    async def start(
        cls, inventory: Sequence[Topic] = TOPICS, simulators: Collection[str] = SIMULATORS, *, secure: bool = False
    ) -> "Stack":
        """Start a broker with these topics, and these simulators, beside the registry that all stacks of this process ask.

        `secure`: over TLS, with logins and the table of rights; with a registry of its own, whose log is its own too.
        """
        stack = cls(secure=True) if secure else cls(registry_port=(await REGISTRY.serve()).registry_port)
        try:
            await FORMATTED.give(stack.settings, await stack.kafka())
            await sandbox.start(stack.settings, parts=(KAFKA, *simulators, *((REGISTRY_PART,) if secure else ())))
            if secure:
                await push_all(stack.settings)
            await stack._prepare(inventory)
        except BaseException:
            await stack.stop()
            raise
        return stack

    async def _prepare(self, inventory: Sequence[Topic]) -> None:
        await apply(self.settings.connection, self.settings.brokers, inventory)
        await self._until_served(inventory)
        async with RegistryClient(self.settings.registry_url) as registry:
            await agree(registry, inventory, self.codec, self.settings.data_dir / "tests.agreement.json")

    async def _until_served(self, inventory: Sequence[Topic]) -> None:
        """Wait until the broker serves all topics: it says that it has made them seconds before, and a worker waits a few seconds only."""
        places = [TopicPartition(topic.name, number) for topic in inventory for number in range(topic.partitions)]
        async with StableEnds(self.settings.connection, SERVED_MS_MAX) as ends:
            await ends.of(places)

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

    async def quiet(
        self, workers: Sequence[WorkerProcess], services: Sequence[Service], timeout_s: float, what: str
    ) -> None:
        """Wait until all tasks run and have read, and written down, all there is by the broker's own word.

        Both are told by the same pages: of a worker too busy to answer, nobody knows that it is at rest. One connection
        serves the whole wait: making another for each look took longer than looking.
        """
        async with Rest(self.connection_as(CONSOLE)) as rest:

            async def is_quiet() -> bool:
                pages = await _pages(workers)
                if not _all_run(pages, services):
                    rest.forget()
                    return False
                return await rest.is_reached(pages, committed=True)

            await until(is_quiet, timeout_s, what)


async def _pages(workers: Sequence[WorkerProcess]) -> list[dict[str, Any]]:
    pages = await asyncio.gather(*(worker.health() for worker in workers))
    return [page for page in pages if page is not None]


def _all_run(pages: Sequence[dict[str, Any]], services: Sequence[Service]) -> bool:
    tasks = [task for page in pages for task in page["tasks"] if task["state"] == "running"]
    places = {(task["service"], task["partition"]) for task in tasks}
    return {(service.name, number) for service in services for number in range(service.partitions)} <= places
