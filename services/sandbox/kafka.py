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

from schemas.access import ADMIN
from services.sandbox.broker_config import LOGIN_MECHANISM, broker_properties, render_properties
from services.sandbox.errors import SandboxError, StartError
from services.sandbox.java import java_path
from services.sandbox.jvm import NO_FAST_START, FastStart, join_class_path, jvm_flags
from services.sandbox.logins import BROKER, connection_as, make_secrets
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
        ran = all(daemon.is_running() for daemon in self.brokers.values())
        await self._prepare(progress)
        if not ran:
            progress(Progress("kafka", Phase.STARTING))
        for number in self.brokers:
            self._start_process(number)
        await self.wait_ready()
        progress(Progress("kafka", Phase.RUNNING if ran else Phase.READY, 1.0))

    async def wait_ready(self) -> None:
        """Wait until every broker is a live member of the cluster and answers."""
        timeout_s = self._settings.start_timeout_s
        async with side_by_side() as group:
            for number, daemon in self.brokers.items():
                group.create_task(daemon.wait_ready(partial(self._listens, number), timeout_s))
        first = next(iter(self.brokers.values()))
        await first.wait_ready(self._all_serve, timeout_s)

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
        if self._settings.secure:
            await asyncio.to_thread(make_secrets, self._settings)
        for number in self.brokers:
            self._properties_path(number).write_text(self._properties(number), encoding="utf-8")
        unformatted = [n for n in self.brokers if not (self._folder / f"broker-{n}" / "meta.properties").exists()]
        if unformatted:
            progress(Progress("kafka", Phase.FORMATTING))
        async with side_by_side() as group:
            for number in unformatted:
                group.create_task(self._format(number))

    def _refuse_other_cluster(self) -> None:
        """The voters and the first password are part of the data: one broker's folder cannot become three."""
        path, settings = self._settings.cluster_file, self._settings
        if not path.exists():
            path.write_text(json.dumps({"brokers": settings.brokers, "secure": settings.secure}), encoding="utf-8")
            return
        made_for = json.loads(path.read_text(encoding="utf-8"))
        if made_for["brokers"] != settings.brokers:
            raise SandboxError(
                f"{self._folder} 中的数据属于 {made_for['brokers']} 个节点的 Kafka，不是 {settings.brokers} 个：请先用 `shebao reset` 清除，或设置 SHEBAO_SANDBOX_BROKERS={made_for['brokers']}。",
                f"The data in {self._folder} belongs to {made_for['brokers']} broker(s), not {settings.brokers}: "
                f"reset the sandbox first, or set SHEBAO_SANDBOX_BROKERS={made_for['brokers']}.",
            )
        if made_for.get("secure", False) != settings.secure:
            which_zh, which = ("不是", "is not") if settings.secure else ("是", "is")
            raise SandboxError(
                f"{self._folder} 中的数据{which_zh}以 --secure 建立，请先用 `shebao reset` 清除。",
                f"The data in {self._folder} {which} that of a secure sandbox: reset the sandbox first.",
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
        first_logins = self._first_logins()
        if first_logins:
            # In a file that only we may read: the arguments of a command line can be read by everybody here.
            login.touch(mode=0o600)
            login.write_text("".join(f"--add-scram\n{line}\n" for line in first_logins), encoding="utf-8")
            arguments.append(f"@{login}")
        try:
            await self._run_format(broker_id, arguments)
        finally:
            login.unlink(missing_ok=True)

    def _first_logins(self) -> list[str]:
        """Give the accounts that must be there before the cluster can be asked for any other."""
        settings = self._settings
        if settings.secure:
            known = {name: connection_as(settings, name).password for name in (ADMIN, BROKER)}
        elif settings.login_port:
            known = {settings.login_user: settings.login_password}
        else:
            return []
        return [
            f"{LOGIN_MECHANISM}=[name={name},password={password.get_secret_value()}]"
            for name, password in known.items()
            if password is not None
        ]

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
                f"kafka-{broker_id} 的存储初始化超过 {FORMAT_TIMEOUT_S:.0f} 秒，已停止。",
                f"Formatting the storage of kafka-{broker_id} took over {FORMAT_TIMEOUT_S:.0f} s.",
            ) from None
        if process.returncode:
            tail = "\n".join(output.decode(errors="replace").splitlines()[-5:])
            raise StartError(
                f"kafka-{broker_id} 的存储无法初始化。",
                f"The storage of kafka-{broker_id} could not be formatted:\n{tail}",
            )

    async def _listens(self, broker_id: int) -> bool:
        return await accepts_connections(LOOPBACK, self._settings.broker_port(broker_id))

    async def _all_serve(self) -> bool:
        """Every broker is a live member, and the coordinators have their topics (the question makes them)."""
        admin = AIOKafkaAdminClient(**self._settings.connection.client(), request_timeout_ms=10_000)
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
