"""Real worker processes for tests: started, killed, frozen, asked for their health."""

import itertools
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import psutil

from services.sandbox.logins import client_environment
from services.sandbox.processes import Daemon
from services.sandbox.settings import SandboxSettings

_numbers = itertools.count(1)
_ROOT = Path(__file__).resolve().parents[2]


class WorkerProcess:
    """One worker of one service, as its own process, that can be killed and started again."""

    def __init__(
        self, module: str, settings: SandboxSettings, port: int, extra: Mapping[str, str] | None = None
    ) -> None:
        self.name = f"worker-{module.rpartition('.')[2]}-{next(_numbers)}"
        self.port = port
        environment = {
            "PYTHONPATH": str(_ROOT),
            **client_environment(settings, module.rpartition(".")[2]),
            "SHEBAO_REGISTRY_URL": settings.registry_url,
            "SHEBAO_WORK_DIR": str((settings.data_dir / "workers").resolve()),
            "SHEBAO_DOCUMENTS_FOLDER": str((settings.data_dir / "documents").resolve()),
            "SHEBAO_WORKER_NAME": self.name,
            "SHEBAO_HEALTH_PORT": str(port),
            "SHEBAO_VAULT": "development",
            "SHEBAO_SEAL_KEY": "development",
            "SHEBAO_SEAL_PUBLIC_KEYS": "development",
            "SHEBAO_CHANNELS_SMTP_PORT": str(settings.smtp_port),
            "SHEBAO_CHANNELS_CALLS_URL": settings.calls_url,
            "SHEBAO_PRINTER_URL": settings.printer_url,
            **(extra or {}),
        }
        self._daemon = Daemon(
            self.name,
            [sys.executable, "-m", module],
            settings.run_dir / "test-workers",
            settings.log_dir,
            environment=environment,
        )

    @property
    def log(self) -> str:
        """What it printed."""
        return self._daemon.log_file.read_text(encoding="utf-8", errors="replace")

    def start(self) -> None:
        """Start it, unless it runs."""
        if not self._daemon.is_running():
            self._daemon.start()

    def is_running(self) -> bool:
        """Tell whether the process lives."""
        return self._daemon.is_running()

    async def kill(self) -> None:
        """`kill -9`."""
        await self._daemon.kill_hard()

    async def stop(self) -> None:
        """Ask it to end."""
        await self._daemon.stop(30.0)

    def freeze(self) -> None:
        """SIGSTOP."""
        self._daemon.pause()

    def thaw(self) -> None:
        """SIGCONT."""
        self._daemon.resume()

    def memory_mib(self) -> float:
        """Resident memory."""
        process = self._daemon.process()
        return 0.0 if process is None else psutil.Process(process.pid).memory_info().rss / 2**20

    def exit_code(self) -> int | None:
        """Exit code, once it has ended."""
        identity = self._daemon.identity()
        if identity is None or self.is_running():
            return None
        try:
            code: int | None = psutil.Process(identity.pid).wait(5)
        except psutil.NoSuchProcess:
            return None
        return code

    async def health(self) -> dict[str, Any] | None:
        """Its health page, or None when it does not answer."""
        try:
            # Plain HTTP on loopback: without certificates to load, a client costs nothing to make.
            async with httpx.AsyncClient(timeout=2.0, verify=False, trust_env=False) as client:
                answer = await client.get(f"http://127.0.0.1:{self.port}/health")
        except httpx.HTTPError:
            return None
        page: dict[str, Any] = answer.json()
        return page
