"""The small Python servers of the sandbox: mail, card printer, call-task list."""

import hashlib
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import services
from services.sandbox.bringing_up import bring_up
from services.sandbox.loopback import LOOPBACK
from services.sandbox.probes import answers_ok, greets
from services.sandbox.processes import Daemon
from services.sandbox.progress import ProgressCallback, silent
from services.sandbox.settings import SandboxSettings

SIMULATORS = ("smtp", "printer", "calls")


class Simulator:
    """One of the Python servers, in its own process, its files in its own folder."""

    def __init__(self, name: str, settings: SandboxSettings) -> None:
        self._name = name
        self._settings = settings
        self._port = {
            "smtp": settings.smtp_port,
            "printer": settings.printer_port,
            "calls": settings.calls_port,
        }[name]
        self._folder = (settings.mail_dir if name == "smtp" else settings.data_dir / name).resolve()
        arguments = ["--port", str(self._port), "--folder", str(self._folder)]
        if name != "smtp":
            arguments += ["--unclear-percent", str(settings.unclear_percent)]
        self.daemon = Daemon(
            name,
            [sys.executable, "-m", f"services.sandbox.{name}", *arguments],
            settings.run_dir,
            settings.log_dir,
            fingerprint=hashlib.sha256(" ".join(arguments).encode()).hexdigest(),
            environment={"PYTHONPATH": python_path()},
        )

    async def start(self, progress: ProgressCallback = silent) -> None:
        """Start it unless it runs, and wait until it answers."""
        ports = {f"{self._name}_port": self._port}
        await bring_up(self.daemon, ports, self._probe(), self._settings.start_timeout_s, progress)

    async def stop(self) -> None:
        """End it, if this sandbox started it."""
        await self.daemon.stop(self._settings.stop_timeout_s)

    def _probe(self) -> Callable[[], Awaitable[bool]]:
        if self._name == "smtp":
            return lambda: greets(LOOPBACK, self._port, b"220")
        return lambda: answers_ok(LOOPBACK, self._port, "/health")


def python_path() -> str:
    """Where this very package was found, so that the process finds it too, installed or not."""
    root = str(Path(next(iter(services.__path__))).resolve().parent)
    inherited = os.environ.get("PYTHONPATH")
    return os.pathsep.join([root, inherited]) if inherited else root
