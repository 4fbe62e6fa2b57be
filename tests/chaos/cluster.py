"""Three brokers that tell clients the proxies' addresses, a registry, and the topics of one service."""

import asyncio
import resource
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from services.runtime.broker_connection import BrokerConnection
from services.runtime.registry import RegistryClient
from services.runtime.schema_push import push
from services.runtime.service import Service
from services.sandbox import secure_broker
from services.sandbox import stack as sandbox
from services.sandbox.accounts import let_in
from services.sandbox.broker_config import broker_properties, render_properties
from services.sandbox.jvm import FastStart
from services.sandbox.kafka import Kafka
from services.sandbox.loopback import LOOPBACK
from services.sandbox.ports import free_port
from services.sandbox.registry import Registry
from services.sandbox.settings import SandboxSettings
from services.sandbox.software import fetch_software
from tests.chaos.network import Network
from tests.chaos.quorum import NO_LEADER, active_controller
from tests.harness.service_topics import topics_of
from tests.harness.stack import Stack
from tests.harness.waiting import until

BROKERS = 3
HEAP_MIB = 384
PROXIED = "PROXIED"
"""The listener whose address is a proxy's; brokers speak among themselves on the other."""
RETURN_TIMEOUT_S = 90.0
LED_BY_OTHERS_MAX = 0.1
"""Share of partitions up to which Kafka lets other brokers lead (`leader.imbalance.per.broker.percentage`)."""


class ProxiedKafka(Kafka):
    """Brokers with one listener more, behind a proxy."""

    def __init__(
        self, settings: SandboxSettings, class_path: tuple[Path, ...], fast_start: FastStart, network: Network
    ) -> None:
        self._network = network
        super().__init__(settings, class_path, fast_start)

    def _properties(self, broker_id: int) -> str:
        log_dir = str(self._folder / f"broker-{broker_id}")
        properties = broker_properties(self._settings, broker_id, log_dir)
        target = self._network.targets[broker_id]
        properties["listeners"] += f",{PROXIED}://{LOOPBACK}:{target}"
        properties["advertised.listeners"] += f",{PROXIED}://{LOOPBACK}:{self._network.ports[broker_id]}"
        properties.setdefault("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT")
        protocol = secure_broker.LISTENER if self._settings.secure else "PLAINTEXT"
        properties["listener.security.protocol.map"] += f",{PROXIED}:{protocol}"
        if self._settings.secure:
            properties |= secure_broker.asks_for_a_login(PROXIED)
        return render_properties(properties)


class Cluster(Stack):
    """What a campaign breaks: brokers, the network before them, the registry."""

    def __init__(self, service: Service, *, secure: bool = False) -> None:
        super().__init__(secure=secure, brokers=BROKERS, heap_mib=HEAP_MIB)
        self.service = service
        self.network = Network({number: free_port() for number in range(1, BROKERS + 1)})
        self.brokers: ProxiedKafka
        self.registry: Registry

    @property
    def clients(self) -> BrokerConnection:
        """How whoever feeds the mesh reaches the brokers: through the proxies."""
        return replace(self.direct, servers=self.network.servers)

    @property
    def direct(self) -> BrokerConnection:
        """How the campaign itself looks at the brokers."""
        return self.settings.connection

    @classmethod
    async def made(cls, service: Service, *, secure: bool = False) -> "Cluster":
        """Start all of it, create topics, push schemas; `secure`: with TLS, a login for everybody, and the table of rights."""
        cluster = cls(service, secure=secure)
        try:
            await cluster.network.__aenter__()
            await cluster._serve()
        except BaseException:
            await cluster.stop()
            raise
        return cluster

    async def _serve(self) -> None:
        software = await fetch_software(self.settings)
        await sandbox.start(self.settings, parts=())  # says that the folder is the sandbox's
        self.brokers = ProxiedKafka(self.settings, software.kafka_class_path, software.kafka_fast_start, self.network)
        self.registry = Registry(self.settings, software.registry_runner, software.registry_fast_start)
        await asyncio.gather(self.brokers.start(), self.registry.start())
        if self.settings.secure:
            await let_in(self.settings)
        async with RegistryClient(self.settings.registry_url) as registry:
            await push(registry)
        await self._prepare(topics_of(self.service))

    async def stop(self) -> None:
        """Stop and remove everything."""
        await super().stop()
        await self.network.__aexit__()

    def controller(self) -> int:
        """The broker whose controller is the active one; any where none is known just now."""
        found = active_controller(self.settings.data_dir / "kafka")
        return 1 if found == NO_LEADER else found

    async def whole(self) -> None:
        """Wait until every replica is in sync: then, and only then, one more broker may be lost."""
        await until(self._is_whole, RETURN_TIMEOUT_S, "every replica is in sync")

    async def _is_whole(self) -> bool:
        partitions = await self._partitions()
        return bool(partitions) and all(len(part["isr"]) == BROKERS for part in partitions)

    async def is_settled(self) -> bool:
        """Tell whether the brokers lead again what they are to lead: they take it back some time after a return, and coordinators move with it."""
        partitions = await self._partitions()
        led_by_others = sum(part["leader"] != part["replicas"][0] for part in partitions)
        return bool(partitions) and led_by_others <= len(partitions) * LED_BY_OTHERS_MAX

    async def _partitions(self) -> list[dict[str, Any]]:
        """Every partition as a broker describes it; none where no broker does."""
        admin = AIOKafkaAdminClient(**self.direct.client(), request_timeout_ms=10_000)
        try:
            await admin.start()
            described = await admin.describe_topics()
        except (KafkaError, OSError, TimeoutError):
            return []
        finally:
            await admin.close()
        return [part for topic in described for part in topic["partitions"]]

    async def back(self, broker: int) -> None:
        """Start a broker that was killed, and wait until it has caught up."""
        await self.brokers.restart(broker)
        await self.whole()

    def process(self, broker: int) -> psutil.Process | None:
        """The process of a broker, while it lives."""
        return self.brokers.brokers[broker].process()

    def fill_disk(self, broker: int) -> None:
        """Let no file of a broker grow past half of its largest log from now on: appends fail as on a full disk."""
        process = self.process(broker)
        if process is None:
            return
        logs = (self.settings.data_dir / "kafka" / f"broker-{broker}").glob("*/*.log")
        largest = max((path.stat().st_size for path in logs), default=0)
        _, hard = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (max(largest // 2, 4096), hard))
