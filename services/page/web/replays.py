"""Replays started at the page: one at a time, in a process of their own, bounded in time and in what they say."""

import asyncio
import json
import os
import sys
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from schemas.topics import PAGE
from services.runtime.records import derived_id

REPLAYS_KEPT = 20
ANSWER_BYTES_MAX = 4 * 1024 * 1024
MISTAKE_CHARACTERS_MAX = 500
PROGRAM = ("-c", "from services.console.main import main; main()", "replay")
"""The console's own replay: what people see at the page is what `shebao replay` says."""
SOME_DIFFER = 1


LOGINS = "SHEBAO_BROKER_LOGINS_DIR"


def own_login(environment: Mapping[str, str]) -> dict[str, str]:
    """Give the environment of a replay: it reads as the page itself does, and writes no log of its own."""
    own = {name: value for name, value in environment.items() if name not in (LOGINS, "SHEBAO_LOG_FILE")}
    if environment.get(LOGINS):
        own |= {"SHEBAO_BROKER_USER": PAGE, "SHEBAO_BROKER_PASSWORD_FILE": str(Path(environment[LOGINS]) / PAGE)}
    return own


@dataclass(slots=True)
class Replay:
    """One replay. `found`: findings a service, as `shebao replay --format json` gives them; `mistake`: why there are none."""

    name: str
    service: str
    case_key: str
    since: str
    until: str
    person: str
    began_at: datetime
    ended_at: datetime | None = None
    found: Sequence[Mapping[str, Any]] = field(default_factory=tuple)
    mistake: str = ""

    @property
    def agrees(self) -> bool:
        """Tell whether everything that was compared came out the same."""
        return bool(self.found) and not any(one["differences"] or one["unexplained"] for one in self.found)


class Replays:
    """The replay that runs, and those that ended lately."""

    def __init__(self, now: Callable[[], datetime], minutes_max: int, program: Sequence[str] = PROGRAM) -> None:
        self._now, self._seconds_max, self._program = now, minutes_max * 60, program
        self._known: OrderedDict[str, Replay] = OrderedDict()
        self._running: asyncio.Task[None] | None = None

    @property
    def is_busy(self) -> bool:
        """Tell whether one runs."""
        return self._running is not None and not self._running.done()

    def start(
        self,
        service: str,
        case_key: str,
        days: tuple[str, str],
        person: str,
        ended: Callable[[Replay], Any] | None = None,
    ) -> Replay:
        """Start one, of the days from the first to the last (empty: without such a bound); `ended` is awaited with it once it is over. Only where none runs."""
        assert not self.is_busy
        now = self._now()
        replay = Replay(derived_id(("replay", person, now.isoformat())), service, case_key, *days, person, now)
        self._known[replay.name] = replay
        while len(self._known) > REPLAYS_KEPT:
            self._known.popitem(last=False)
        self._running = asyncio.create_task(self._run(replay, ended))
        return replay

    def get(self, name: str) -> Replay | None:
        """Give one by its name."""
        return self._known.get(name)

    def all(self) -> list[Replay]:
        """Give those that are kept, the newest first."""
        return list(reversed(self._known.values()))

    async def close(self) -> None:
        """End the one that runs."""
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)

    async def _run(self, replay: Replay, ended: Callable[[Replay], Any] | None) -> None:
        try:
            status, answer, said = await self._process(replay)
        except TimeoutError:
            replay.mistake = "用时过长，已中止。"
        else:
            self._take_in(replay, status, answer, said)
        replay.ended_at = self._now()
        if ended is not None:
            await ended(replay)

    async def _process(self, replay: Replay) -> tuple[int, bytes, bytes]:
        arguments = [*self._program, replay.service, "--format", "json"]
        arguments += [f"--case={replay.case_key}"] if replay.case_key else []
        arguments += [f"--since={replay.since}"] if replay.since else []
        arguments += [f"--until={replay.until}"] if replay.until else []
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *arguments,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=own_login(os.environ),
        )
        try:
            async with asyncio.timeout(self._seconds_max):
                answer, said = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        return process.returncode or 0, answer, said

    @staticmethod
    def _take_in(replay: Replay, status: int, answer: bytes, said: bytes) -> None:
        if status not in (0, SOME_DIFFER) or len(answer) > ANSWER_BYTES_MAX:
            text = said.decode("utf-8", "replace").strip() or f"exit {status}"
            replay.mistake = text[-MISTAKE_CHARACTERS_MAX:]
            return
        try:
            replay.found = json.loads(answer)
        except ValueError:
            replay.mistake = said.decode("utf-8", "replace").strip()[-MISTAKE_CHARACTERS_MAX:] or "no answer"
