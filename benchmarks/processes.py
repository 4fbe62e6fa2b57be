"""A contender as a process of its own, that is always ended by whoever started it."""

import asyncio
import contextlib
import json
import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parents[1]
LOGS = ROOT / "build" / "bench-logs"
END_S_MAX = 15.0
TAIL_LINES = 4
POLL_S = 0.1


class Failed(Exception):
    """A contender did not do its work; the text says why."""


class Process:
    """A running contender; its standard output and error go to files under `build/bench-logs`."""

    def __init__(self, name: str, command: Sequence[str], environment: Mapping[str, str] | None = None) -> None:
        LOGS.mkdir(parents=True, exist_ok=True)
        self.name = name
        self._told, self._log = LOGS / f"{name}.told", LOGS / f"{name}.log"
        with self._told.open("wb") as told, self._log.open("wb") as log:
            self._child = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=told,
                stderr=log,
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": str(ROOT), **(environment or {})},
                start_new_session=True,
            )

    def check(self) -> None:
        """`Failed`, with the end of its log, if it has ended."""
        if self._child.poll() is not None:
            raise Failed(f"ended with {self._child.returncode}: {self._tail()}")

    def cpu_s(self) -> float:
        """Processor seconds it has used so far."""
        times = psutil.Process(self._child.pid).cpu_times()
        return float(times.user + times.system)

    def told(self, event: str) -> dict[str, Any] | None:
        """What it told about an event, or None so far."""
        for line in self._told.read_text(encoding="utf-8", errors="replace").splitlines():
            with contextlib.suppress(json.JSONDecodeError):
                document = json.loads(line)
                if isinstance(document, dict) and document.get("event") == event:
                    return document
        return None

    async def wait_told(self, event: str, seconds_max: float) -> dict[str, Any]:
        """Wait until it tells about an event; `Failed` when it ends or takes too long."""
        try:
            async with asyncio.timeout(seconds_max):
                while (document := self.told(event)) is None:
                    self.check()
                    await asyncio.sleep(POLL_S)
        except TimeoutError:
            raise Failed(f"did not tell '{event}' within {seconds_max:.0f} s: {self._tail()}") from None
        return document

    async def end(self) -> None:
        """Ask it to end; after a while, make it."""
        self._child.terminate()
        try:
            await asyncio.to_thread(self._child.wait, END_S_MAX)
        except subprocess.TimeoutExpired:
            self._child.kill()
            await asyncio.to_thread(self._child.wait, END_S_MAX)

    def kill(self) -> None:
        """End it at once, if it still lives."""
        if self._child.poll() is None:
            self._child.kill()
            self._child.wait(END_S_MAX)

    def _tail(self) -> str:
        lines = [line.strip() for line in self._log.read_text(encoding="utf-8", errors="replace").splitlines()]
        return " / ".join([line for line in lines if line][-TAIL_LINES:]) or "it said nothing"


@contextlib.contextmanager
def running(name: str, command: Sequence[str], environment: Mapping[str, str] | None = None) -> Iterator[Process]:
    """Start a process that does not outlive the block."""
    process = Process(name, command, environment)
    try:
        yield process
    finally:
        process.kill()
