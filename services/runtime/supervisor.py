"""Keeps one task running while membership gives it to this process: opens it anew from the log after any fault."""

import asyncio
import time
from collections.abc import Callable

import structlog
from aiokafka.errors import KafkaError

from services.runtime.errors import Fenced, TaskMustRestart, WillNotStart
from services.runtime.settings import MeshSettings
from services.runtime.task import Task, TaskHealth

log = structlog.get_logger(__name__)

BACKOFF_S_FIRST = 0.2
HEALTHY_S = 30.0
"""After running this long a task's faults are forgotten."""
LOOK_EVERY_S = 1.0
FENCED_WAIT_SESSIONS = 2
"""A fenced task of a member that hears nothing new opens again after so many session timeouts: it still is one."""


class Supervisor:
    """One task's life in this process."""

    def __init__(
        self,
        make: Callable[[TaskHealth], Task],
        generation: Callable[[], int],
        settings: MeshSettings,
        on_fatal: Callable[[BaseException], None],
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._now_s = now_s
        self.health = TaskHealth(progressed_at=self._now_s())
        self._make, self._generation, self._settings, self._on_fatal = make, generation, settings, on_fatal
        self._task: Task | None = None
        self._wanted = True
        self._woken = asyncio.Event()
        self._living = asyncio.create_task(self._live())

    def stop(self) -> None:
        """Let the task finish its batch and end; it will not be opened again."""
        self._wanted = False
        self._woken.set()
        if self._task is not None:
            self._task.stop()

    async def look(self) -> None:
        """Bring the health up to this moment."""
        if self._task is not None:
            await self._task.look()

    async def ended(self) -> None:
        """Wait until the task has ended; past the stop timeout it is cut off (its transaction aborts)."""
        done, _ = await asyncio.wait({self._living}, timeout=self._settings.stop_timeout_s)
        if not done:
            self._living.cancel()
            await asyncio.gather(self._living, return_exceptions=True)

    async def _live(self) -> None:
        faults = 0
        while self._wanted:
            opened_at, generation = self._now_s(), self._generation()
            self._task = self._make(self.health)
            try:
                await self._watched(self._task)
                return
            except Fenced as error:
                log.warning("fenced", error=str(error))
                await self._until_heard_anew(generation)
            except WillNotStart as error:
                self._on_fatal(error)
                return
            except (TaskMustRestart, KafkaError, OSError, TimeoutError) as error:
                faults = 0 if self._now_s() - opened_at > HEALTHY_S else faults + 1
                log.warning("task starts anew", error=repr(error), restarts=self.health.restarts)
                await self._pause(min(BACKOFF_S_FIRST * 2**faults, self._settings.restart_backoff_s_max))
            except Exception as error:  # a bug of the shell: end the process, start from the log
                log.exception("task failed")
                self._on_fatal(error)
                return
            self.health.restarts += 1

    async def _watched(self, task: Task) -> None:
        """Run a task; end it when it neither progresses nor can say why."""
        running = asyncio.create_task(task.run())
        try:
            while not running.done():
                await asyncio.wait({running}, timeout=LOOK_EVERY_S)
                silent_s = self._now_s() - self.health.progressed_at
                stuck = silent_s > 3 * self._settings.stuck_after_s and self.health.lag > 0
                if stuck and not self.health.waiting_for and not running.done():
                    raise TaskMustRestart(f"the task has been silent for {silent_s:.0f} s")
            if running.cancelled():  # by nobody who wants it to end: that would have ended us
                raise TaskMustRestart("a cancellation was let out that was meant for something else")
            await running
        finally:
            if not running.done():
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)

    async def _until_heard_anew(self, generation: int) -> None:
        self.health.state = "fenced"
        limit = self._now_s() + FENCED_WAIT_SESSIONS * self._settings.session_timeout_ms / 1000
        while self._wanted and self._generation() == generation and self._now_s() < limit:
            await self._pause(BACKOFF_S_FIRST)

    async def _pause(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._woken.wait(), seconds)
        except TimeoutError:
            return
