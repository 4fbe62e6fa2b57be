"""The campaign's hand on the proxies before the brokers."""

import asyncio
import json
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Self

from services.sandbox.ports import free_port
from tests.chaos.proxy import HOST, Weather

_ROOT = Path(__file__).resolve().parents[2]
ANSWER_TIMEOUT_S = 30.0


class Network:
    """Three proxies in one process; use it as a context manager."""

    def __init__(self, targets: Mapping[int, int]) -> None:
        """`targets`: on which port each broker itself listens for clients."""
        self.targets = dict(targets)
        self.ports = {number: free_port() for number in targets}
        self._process: asyncio.subprocess.Process | None = None
        self._speaking = asyncio.Lock()

    @property
    def servers(self) -> str:
        """The bootstrap list through the proxies."""
        return ",".join(f"{HOST}:{port}" for port in self.ports.values())

    async def __aenter__(self) -> Self:
        arguments = [f"{number}:{self.ports[number]}:{target}" for number, target in self.targets.items()]
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "tests.chaos.proxy", *arguments),
            cwd=_ROOT,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        await self._hear(b"ready\n")
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._process is not None:
            assert self._process.stdin is not None
            self._process.stdin.close()
            await self._process.wait()

    async def change(self, broker: int, weather: Weather) -> None:
        """Let the weather before one broker change."""
        await self._order({"broker": broker, **asdict(weather)})

    async def drop(self, broker: int) -> None:
        """Reset every connection to one broker, and be fair from now on."""
        await self._order({"broker": broker, "kind": "drop"})

    async def _order(self, order: Mapping[str, object]) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        async with self._speaking:
            self._process.stdin.write(json.dumps(order).encode() + b"\n")
            await self._hear(b"done\n")

    async def _hear(self, word: bytes) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        async with asyncio.timeout(ANSWER_TIMEOUT_S):
            heard = await self._process.stdout.readline()
        assert word == heard
