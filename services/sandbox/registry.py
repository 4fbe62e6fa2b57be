"""The schema registry (Apicurio), spoken to through its Confluent-compatible interface."""

from pathlib import Path

from services.sandbox.java import java_path
from services.sandbox.jvm import jvm_flags
from services.sandbox.probes import answers_ok
from services.sandbox.processes import Daemon, refuse_taken_ports
from services.sandbox.progress import Phase, Progress, ProgressCallback, silent
from services.sandbox.settings import LOOPBACK, SandboxSettings


class Registry:
    """Apicurio on this machine, keeping its schemas in an H2 file or, as in production, in Kafka."""

    def __init__(self, settings: SandboxSettings, unpacked: Path) -> None:
        self._settings = settings
        self._folder = (settings.data_dir / "registry").resolve()
        command = [
            str(java_path()),
            *jvm_flags(settings.registry_heap_mib),
            *(f"-D{key}={value}" for key, value in self._properties().items()),
            "-jar",
            str((unpacked / "quarkus-run.jar").resolve()),
        ]
        self.daemon = Daemon("registry", command, settings.run_dir, settings.log_dir)

    async def start(self, progress: ProgressCallback = silent) -> None:
        """Start it unless it runs, and wait until it answers."""
        progress(Progress("registry", Phase.STARTING))
        if self.daemon.is_running():
            self.daemon.refuse_other_configuration()
        else:
            ports = {
                "registry_port": self._settings.registry_port,
                "registry_management_port": self._settings.registry_management_port,
            }
            refuse_taken_ports("registry", ports)
            self._folder.mkdir(parents=True, exist_ok=True)
            self.daemon.start()
        await self.daemon.wait_ready(self._answers, self._settings.start_timeout_s)
        progress(Progress("registry", Phase.READY, 1.0))

    async def stop(self) -> None:
        """End it, if this sandbox started it."""
        await self.daemon.stop(self._settings.stop_timeout_s)

    async def _answers(self) -> bool:
        return await answers_ok(f"{self._settings.registry_url}/subjects")

    def _properties(self) -> dict[str, str]:
        return {
            "quarkus.http.host": LOOPBACK,
            "quarkus.http.port": str(self._settings.registry_port),
            "quarkus.management.host": LOOPBACK,
            "quarkus.management.port": str(self._settings.registry_management_port),
            **self._storage(),
        }

    def _storage(self) -> dict[str, str]:
        if self._settings.registry_storage == "kafkasql":
            return {
                "apicurio.storage.kind": "kafkasql",
                "apicurio.kafkasql.bootstrap.servers": self._settings.bootstrap_servers,
            }
        return {
            "apicurio.storage.kind": "sql",
            "apicurio.storage.sql.kind": "h2",
            "apicurio.datasource.url": f"jdbc:h2:file:{self._folder / 'schemas'}",
            "apicurio.datasource.username": "sa",
            "apicurio.datasource.password": "sa",
        }
