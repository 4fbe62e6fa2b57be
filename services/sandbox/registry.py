"""The schema registry (Apicurio), spoken to through its Confluent-compatible interface."""

import hashlib
from pathlib import Path

from schemas.access import REGISTRY, REGISTRY_GROUPS
from services.sandbox.bringing_up import bring_up
from services.sandbox.java import java_path
from services.sandbox.jvm import NO_FAST_START, FastStart, jvm_flags
from services.sandbox.logins import connection_as
from services.sandbox.loopback import LOOPBACK
from services.sandbox.probes import answers_ok
from services.sandbox.processes import Daemon
from services.sandbox.progress import ProgressCallback, silent
from services.sandbox.settings import SandboxSettings


class Registry:
    """Apicurio on this machine, keeping its schemas in an H2 file or, as in production, in Kafka."""

    def __init__(self, settings: SandboxSettings, runner: Path, fast_start: FastStart = NO_FAST_START) -> None:
        """`runner` is the `quarkus-run.jar` in the unpacked archive."""
        self._settings = settings
        self._folder = (settings.data_dir / "registry").resolve()
        properties = self._properties()
        command = [
            str(java_path()),
            *jvm_flags(settings.registry_heap_mib),
            *fast_start.flags(),
            *(f"-D{key}={value}" for key, value in properties.items()),
            "-jar",
            str(runner.resolve()),
        ]
        fingerprint = hashlib.sha256(repr(properties).encode()).hexdigest()
        self.daemon = Daemon("registry", command, settings.run_dir, settings.log_dir, fingerprint=fingerprint)

    async def start(self, progress: ProgressCallback = silent) -> None:
        """Start it unless it runs, and wait until it answers."""
        ports = {
            "registry_port": self._settings.registry_port,
            "registry_management_port": self._settings.registry_management_port,
        }
        self._folder.mkdir(parents=True, exist_ok=True)
        if self._settings.secure and self._settings.registry_storage == "kafkasql":
            self._write_login()
        await bring_up(self.daemon, ports, self._answers, self._settings.start_timeout_s, progress)

    @property
    def _login_file(self) -> Path:
        return (self._settings.logins_dir(REGISTRY) / "registry.properties").resolve()

    def _write_login(self) -> None:
        """How it reaches Kafka, in a file that only we may read: the arguments of a command line everybody can."""
        connection = connection_as(self._settings, REGISTRY)
        password = connection.password.get_secret_value() if connection.password is not None else ""
        login = f'org.apache.kafka.common.security.scram.ScramLoginModule required username="{REGISTRY}" password="{password}";'
        properties = {
            "security.protocol": connection.security,
            "sasl.mechanism": connection.mechanism,
            "sasl.jaas.config": login,
            "ssl.truststore.type": "PEM",
            "ssl.truststore.location": self._settings.ca_file.resolve(),
        }
        self._login_file.touch(mode=0o600)
        lines = [f"apicurio.kafka.common.{name}={value}\n" for name, value in properties.items()]
        self._login_file.write_text("".join(lines), encoding="utf-8")

    async def stop(self) -> None:
        """End it, if this sandbox started it."""
        await self.daemon.stop(self._settings.stop_timeout_s)

    async def _answers(self) -> bool:
        return await answers_ok(LOOPBACK, self._settings.registry_port, "/apis/ccompat/v7/subjects")

    def _properties(self) -> dict[str, str]:
        return {
            "quarkus.http.host": LOOPBACK,
            "quarkus.http.port": str(self._settings.registry_port),
            # The archive's own setting listens on every interface, port 9000.
            "quarkus.management.host": LOOPBACK,
            "quarkus.management.port": str(self._settings.registry_management_port),
            "quarkus.http.access-log.enabled": "false",
            "quarkus.log.console.format": "%d{yyyy-MM-dd'T'HH:mm:ss.SSS} %-5p %c{1} - %s%e%n",
            **self._storage(),
        }

    def _storage(self) -> dict[str, str]:
        if self._settings.registry_storage == "kafkasql":
            return {
                "apicurio.storage.kind": "kafkasql",
                "apicurio.kafkasql.bootstrap.servers": self._settings.bootstrap_servers,
                "apicurio.kafkasql.consumer.group-prefix": REGISTRY_GROUPS,
                **({"smallrye.config.locations": self._login_file.as_uri()} if self._settings.secure else {}),
            }
        return {
            "apicurio.storage.kind": "sql",
            "apicurio.storage.sql.kind": "h2",
            "apicurio.datasource.url": f"jdbc:h2:file:{self._folder / 'schemas'}",
            "apicurio.datasource.username": "sa",
            "apicurio.datasource.password": "sa",
        }
