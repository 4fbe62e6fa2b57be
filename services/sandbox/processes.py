"""Start servers detached, remember who they are, and stop those and no others."""

import asyncio
import json
import os
import signal
import subprocess
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import psutil

from services.sandbox.errors import SandboxError, StartError

POLL_S = 0.05
LOG_TAIL_LINES = 12
# A process's start is told from the boot time, which shifts by a tick when the machine's clock is set.
CREATE_TIME_TOLERANCE_S = 2.0

# Children of this very process must be reaped by it, else they stay as zombies; a daemon may outlive its
# `Daemon` object.
_children: dict[int, subprocess.Popen[bytes]] = {}
_exit_codes: dict[int, int] = {}


@dataclass(frozen=True)
class Identity:
    """Who was started: the number alone may by now belong to another program."""

    pid: int
    create_time: float
    command: tuple[str, ...]
    fingerprint: str
    is_told_to_end: bool = False
    """Somebody stops it, be it from another terminal: whoever looks after it does not start it again."""


class Daemon:
    """One server process that outlives the program that started it.

    `fingerprint` stands for the configuration; a server that runs with another one is not "the same".
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        run_dir: Path,
        log_dir: Path,
        *,
        fingerprint: str = "",
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.name = name
        self.command = tuple(command)
        self.fingerprint = fingerprint
        self.run_file = run_dir / f"{name}.json"
        self.log_file = log_dir / f"{name}.log"
        self._environment = dict(environment or {})

    def identity(self) -> Identity | None:
        """Who was started last, alive or not."""
        try:
            document = json.loads(self.run_file.read_text(encoding="utf-8"))
            document["command"] = tuple(document["command"])
            return Identity(**document)
        except (FileNotFoundError, json.JSONDecodeError, KeyError, TypeError):
            return None

    def process(self) -> psutil.Process | None:
        """The running process, if it is the one that was started here."""
        identity = self.identity()
        return None if identity is None else _find(identity)

    def is_running(self) -> bool:
        """True while the process that was started here lives."""
        return self.process() is not None

    def exit_code(self) -> int | None:
        """With what it ended by itself, where this very process started it (below 0: by that signal).

        None while it runs, of others, and where somebody stops it.
        """
        if self.is_running():
            return None
        identity = self.identity()  # read afterwards: who ended because it was told to was marked before
        return None if identity is None or identity.is_told_to_end else _exit_codes.get(identity.pid)

    def start(self) -> None:
        """Start it detached from the terminal, its output going to the log file."""
        self.run_file.parent.mkdir(parents=True, exist_ok=True)
        self.log_file.parent.mkdir(parents=True, exist_ok=True)
        with self.log_file.open("ab") as log:
            child = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, **self._environment},
                # Where a crashing virtual machine leaves its report.
                cwd=self.log_file.parent,
                start_new_session=True,
            )
        _children[child.pid] = child
        identity = Identity(child.pid, psutil.Process(child.pid).create_time(), self.command, self.fingerprint)
        self._remember(identity)

    def _remember(self, identity: Identity) -> None:
        _write_atomically(self.run_file, json.dumps(asdict(identity), indent=2))

    def refuse_other_configuration(self) -> None:
        """Raise `SandboxError` when it runs, but not with the configuration asked for now."""
        identity = self.identity()
        if identity is not None and identity.fingerprint != self.fingerprint:
            raise SandboxError(
                f"{self.name} 已按其他设置运行，请先用 `shebao down` 停止。",
                f"{self.name} runs already, with other settings: stop the sandbox first.",
            )

    async def wait_ready(self, is_ready: Callable[[], Awaitable[bool]], timeout_s: float) -> None:
        """Wait until `is_ready`; raises `StartError`, quoting the log, when it ends or time is up."""
        deadline = asyncio.get_running_loop().time() + timeout_s
        while not await is_ready():
            if not self.is_running():
                raise self.start_error("ended while starting")
            if asyncio.get_running_loop().time() > deadline:
                raise self.start_error(f"did not answer within {timeout_s:.0f} s")
            await asyncio.sleep(POLL_S)

    async def stop(self, timeout_s: float) -> None:
        """Ask it to end, wait, and kill it when it does not. Who looks after it, here or elsewhere, lets it be from the first moment on."""
        identity = self.identity()
        if identity is not None:
            self._remember(replace(identity, is_told_to_end=True))
        process = self.process()
        if process is not None:
            # A paused process would sleep through the request to end.
            _signal(process, signal.SIGCONT)
            _signal(process, signal.SIGTERM)
            if not await self._gone(timeout_s):
                await self.kill_hard()
        self.run_file.unlink(missing_ok=True)

    async def kill_hard(self) -> None:
        """`kill -9`, as a power cut would."""
        process = self.process()
        if process is None:
            return
        _signal(process, signal.SIGKILL)
        if not await self._gone(10.0):
            raise StartError(
                f"{self.name}（进程 {process.pid}）无法结束。", f"{self.name} (process {process.pid}) cannot be killed."
            )

    def pause(self) -> None:
        """Freeze it (SIGSTOP): it lives but does nothing."""
        process = self.process()
        if process is not None:
            _signal(process, signal.SIGSTOP)

    def resume(self) -> None:
        """Let a frozen process go on (SIGCONT)."""
        process = self.process()
        if process is not None:
            _signal(process, signal.SIGCONT)

    def log_tail(self) -> str:
        """The last lines it printed."""
        try:
            lines = self.log_file.read_text(encoding="utf-8", errors="replace").splitlines()
        except FileNotFoundError:
            return "(no log)"
        return "\n".join(lines[-LOG_TAIL_LINES:])

    def start_error(self, what: str) -> StartError:
        """What went wrong with it, and the end of its log."""
        return StartError(
            f"{self.name} 未能正常启动或运行，日志见 {self.log_file}。",
            f"{self.name} {what}; its log {self.log_file} ends with:\n{self.log_tail()}",
        )

    async def _gone(self, timeout_s: float) -> bool:
        deadline = asyncio.get_running_loop().time() + timeout_s
        while self.is_running():
            if asyncio.get_running_loop().time() > deadline:
                return False
            await asyncio.sleep(POLL_S)
        return True


def known_daemons(run_dir: Path, log_dir: Path) -> list[Daemon]:
    """Every server that was started with its run file in `run_dir` and not stopped since, alive or not."""
    return [Daemon(path.stem, (), run_dir, log_dir) for path in sorted(run_dir.glob("*.json"))]


def _find(identity: Identity) -> psutil.Process | None:
    child = _children.get(identity.pid)
    if child is not None and child.poll() is not None:
        _exit_codes[identity.pid] = child.returncode
        del _children[identity.pid]
        child = None
    try:
        process = psutil.Process(identity.pid)
        if abs(process.create_time() - identity.create_time) > CREATE_TIME_TOLERANCE_S:
            return None
        if child is not None:
            return process
        if process.status() == psutil.STATUS_ZOMBIE:
            # While one of its threads still ends, its ports and files are still held.
            return process if process.num_threads() > 1 else None
        # Empty for an instant while the kernel still puts the new program in place.
        return process if tuple(process.cmdline()) in {(), identity.command} else None
    except psutil.Error:
        return None


def _signal(process: psutil.Process, number: signal.Signals) -> None:
    try:
        process.send_signal(number)
    except psutil.NoSuchProcess:
        return  # It ended by itself in the meantime, which is what was wanted.


def _write_atomically(path: Path, text: str) -> None:
    working = path.with_suffix(".writing")
    working.write_text(text, encoding="utf-8")
    working.replace(path)
