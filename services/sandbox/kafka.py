"""Real Kafka on this machine: one broker, or three, in KRaft mode."""

import asyncio
import hashlib
import json
import subprocess
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from services.sandbox.broker_config import LOGIN_MECHANISM, broker_properties, render_properties
from services.sandbox.errors import SandboxError, StartError
from services.sandbox.java import java_path
from services.sandbox.jvm import NO_FAST_START, FastStart, join_class_path, jvm_flags
from services.sandbox.loopback import LOOPBACK
from services.sandbox.ports import refuse_taken_ports
from services.sandbox.probes import accepts_connections
from services.sandbox.processes import Daemon
from services.sandbox.progress import Phase, Progress, ProgressCallback, silent
from services.sandbox.settings import SandboxSettings
from services.sandbox.tasks import side_by_side

CLUSTER_ID = "c2hlYmFvLW1lc2gtMDAwMQ"
FORMAT_TIMEOUT_S = 60.0
_GROUP_COORDINATOR = 0
_TRANSACTION_COORDINATOR = 1
_LOG_CONFIG = Path(__file__).with_name("log4j2.properties")


class Kafka:
    """The brokers of one sandbox; every broker is a controller as well."""

    def __init__(
        self, settings: SandboxSettings, class_path: Sequence[Path], fast_start: FastStart = NO_FAST_START
    ) -> None:
        self._settings = settings
        self._class_path = join_class_path(class_path)
        self._fast_start = fast_start
        self._folder = (settings.data_dir / "kafka").resolve()
        self.brokers = {number: self._daemon(number) for number in range(1, settings.brokers + 1)}

    async def start(self, progress: ProgressCallback = silent) -> None:
        """Format on the first start, start what does not run, wait until all brokers serve."""
        await self._prepare(progress)
        for number in self.brokers:
            self._start_process(number)
        await self.wait_ready(progress)

    async def wait_ready(self, progress: ProgressCallback = silent) -> None:
        """Wait until every broker is a live member of the cluster and answers."""
        progress(Progress("kafka", Phase.STARTING))
        timeout_s = self._settings.start_timeout_s
        async with side_by_side() as group:
            for number, daemon in self.brokers.items():
                group.create_task(daemon.wait_ready(partial(self._listens, number), timeout_s))
        first = next(iter(self.brokers.values()))
        await first.wait_ready(self._all_serve, timeout_s)
        progress(Progress("kafka", Phase.READY, 1.0))

    async def stop(self) -> None:
        """End every broker that this sandbox started."""
        timeout_s = self._settings.stop_timeout_s
        async with side_by_side() as group:
            for daemon in self.brokers.values():
                group.create_task(daemon.stop(timeout_s))

    async def restart(self, broker_id: int) -> None:
        """Start a killed or running broker anew and wait until the cluster serves."""
        await self.brokers[broker_id].stop(self._settings.stop_timeout_s)
        self._start_process(broker_id)
        await self.wait_ready()

    async def kill_hard(self, broker_id: int) -> None:
        """`kill -9` one broker."""
        await self.brokers[broker_id].kill_hard()

    def pause(self, broker_id: int) -> None:
        """Freeze one broker."""
        self.brokers[broker_id].pause()

    def resume(self, broker_id: int) -> None:
        """Let a frozen broker go on."""
        self.brokers[broker_id].resume()

    def _properties_path(self, broker_id: int) -> Path:
        return self._folder / f"broker-{broker_id}.properties"

    def _properties(self, broker_id: int) -> str:
        log_dir = str(self._folder / f"broker-{broker_id}")
        return render_properties(broker_properties(self._settings, broker_id, log_dir))

    def _daemon(self, broker_id: int) -> Daemon:
        command = [
            str(java_path()),
            *jvm_flags(self._settings.kafka_heap_mib),
            # A batch that unpacks to more than the heap fails that batch, and its producer is told; ending the broker
            # for it would let anybody who may write end all of them, one after the other (decision 0070).
            "-XX:-ExitOnOutOfMemoryError",
            *self._fast_start.flags(),
            f"-Dlog4j2.configurationFile={_LOG_CONFIG}",
            "-cp",
            self._class_path,
            "kafka.Kafka",
            str(self._properties_path(broker_id)),
        ]
        fingerprint = hashlib.sha256(self._properties(broker_id).encode()).hexdigest()
        return Daemon(
            f"kafka-{broker_id}",
            command,
            self._settings.run_dir,
            self._settings.log_dir,
            fingerprint=fingerprint,
        )

    def _start_process(self, broker_id: int) -> None:
        daemon = self.brokers[broker_id]
        if daemon.is_running():
            daemon.refuse_other_configuration()
            return
        # The three brokers' ports follow from the first one, so one setting names them all.
        for port in (self._settings.broker_port(broker_id), self._settings.controller_port(broker_id)):
            refuse_taken_ports(daemon.name, {"kafka_port": port})
        if self._settings.login_port:
            refuse_taken_ports(daemon.name, {"login_port": self._settings.broker_login_port(broker_id)})
        daemon.start()

    async def _prepare(self, progress: ProgressCallback) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._refuse_other_cluster()
        for number in self.brokers:
            self._properties_path(number).write_text(self._properties(number), encoding="utf-8")
        unformatted = [n for n in self.brokers if not (self._folder / f"broker-{n}" / "meta.properties").exists()]
        if unformatted:
            progress(Progress("kafka", Phase.FORMATTING))
        async with side_by_side() as group:
            for number in unformatted:
                group.create_task(self._format(number))

    def _refuse_other_cluster(self) -> None:
        """The voters are part of the data: one broker's folder cannot become three."""
        path = self._folder / "cluster.json"
        if not path.exists():
            path.write_text(json.dumps({"brokers": self._settings.brokers}), encoding="utf-8")
            return
        brokers = json.loads(path.read_text(encoding="utf-8"))["brokers"]
        if brokers != self._settings.brokers:
            raise SandboxError(
                f"The data in {self._folder} belongs to {brokers} broker(s), not {self._settings.brokers}: "
                f"reset the sandbox first, or set SHEBAO_SANDBOX_BROKERS={brokers}."
            )

    async def _format(self, broker_id: int) -> None:
        arguments = [
            "format",
            "--cluster-id",
            CLUSTER_ID,
            "--config",
            str(self._properties_path(broker_id)),
            "--ignore-formatted",
        ]
        login = self._folder / f"login-{broker_id}"
        if self._settings.login_port:
            self._write_login(login)
            arguments.append(f"@{login}")
        try:
            await self._run_format(broker_id, arguments)
        finally:
            login.unlink(missing_ok=True)

    def _write_login(self, path: Path) -> None:
        """Arguments in a file that only we may read: those of a command line can be read by everybody here."""
        settings = self._settings
        path.touch(mode=0o600)
        password = settings.login_password.get_secret_value()
        path.write_text(
            f"--add-scram\n{LOGIN_MECHANISM}=[name={settings.login_user},password={password}]\n", encoding="utf-8"
        )

    async def _run_format(self, broker_id: int, arguments: Sequence[str]) -> None:
        process = await asyncio.create_subprocess_exec(
            str(java_path()),
            *jvm_flags(self._settings.kafka_heap_mib),
            *(self._fast_start.flags() if self._fast_start.use else []),
            "-cp",
            self._class_path,
            "kafka.tools.StorageTool",
            *arguments,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        try:
            output, _ = await asyncio.wait_for(process.communicate(), FORMAT_TIMEOUT_S)
        except TimeoutError:
            process.kill()
            await process.wait()
            raise StartError(
                f"Formatting the storage of kafka-{broker_id} took over {FORMAT_TIMEOUT_S:.0f} s."
            ) from None
        if process.returncode:
            tail = "\n".join(output.decode(errors="replace").splitlines()[-5:])
            raise StartError(f"The storage of kafka-{broker_id} could not be formatted:\n{tail}")

    async def _listens(self, broker_id: int) -> bool:
        return await accepts_connections(LOOPBACK, self._settings.broker_port(broker_id))

    async def _all_serve(self) -> bool:
        """Every broker is a live member, and the coordinators have their topics (the question makes them)."""
        admin = AIOKafkaAdminClient(bootstrap_servers=self._settings.bootstrap_servers, request_timeout_ms=10_000)
        try:
            await admin.start()
            cluster = await admin.describe_cluster()
            for kind in (_GROUP_COORDINATOR, _TRANSACTION_COORDINATOR):
                await admin.find_coordinator("sandbox-probe", kind)
        except (KafkaError, OSError, TimeoutError):
            return False
        finally:
            await admin.close()
        return len(cluster["brokers"]) == len(self.brokers)
