"""An event loop in virtual time: the same seed gives the same run. No clock, no thread, no socket.

What would be processes are told apart by a context variable. Each keeps the order of its own callbacks, as asyncio
promises; which process goes next is chance. A process may be stopped at any await, and killed there: what it had in
memory then never runs again.
"""

import asyncio
import heapq
import random
from collections import deque
from collections.abc import Callable, Coroutine
from contextvars import Context, ContextVar, copy_context
from typing import Any, TypeVar

T = TypeVar("T")

BURIAL_ROUNDS_MAX = 20
BURIAL_S_MAX = 600.0
STEPS_MAX = 200_000
"""Callbacks of one run; a hundred times what most take."""


class Process:
    """Callbacks that would share one process: run in their order, unless it is stopped."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.ready: deque[asyncio.Handle] = deque()
        self.is_stopped = False
        self.is_dead = False
        self.tasks: list[asyncio.Task[Any]] = []
        self.context = copy_context()
        self.context.run(PROCESS.set, self)

    def stop(self) -> None:
        """SIGSTOP: whatever comes due waits."""
        self.is_stopped = True

    def go_on(self) -> None:
        """SIGCONT; a dead one stays dead."""
        self.is_stopped = self.is_dead

    def kill(self) -> None:
        """`kill -9`: nothing of it runs again, no `finally` either."""
        self.is_dead = self.is_stopped = True


PROCESS: ContextVar[Process] = ContextVar("PROCESS")


class NothingLeftToDo(Exception):
    """Every process waits, and nothing will ever come due."""


class TooManySteps(Exception):
    """The run goes round and round."""


class VirtualLoop(asyncio.BaseEventLoop):
    """Runs what is ready; when nothing is, time jumps to what comes due next."""

    def __init__(self, chance: random.Random) -> None:
        super().__init__()
        self._chance = chance
        self._now_s = 0.0
        self._made = 0
        self._due: list[tuple[float, int, asyncio.TimerHandle, Process]] = []
        self.world = Process("world")
        self.processes = [self.world]
        self.is_over = False
        self.steps = 0
        """Callbacks run so far: two runs of one seed count the same."""

    def process(self, name: str) -> Process:
        """A new process."""
        made = Process(name)
        self.processes.append(made)
        return made

    def time(self) -> float:
        """Virtual seconds since the loop was made."""
        return self._now_s

    # --- what asyncio asks of a loop --------------------------------------------------------------

    def call_soon(self, callback: Callable[..., object], *args: Any, context: Context | None = None) -> asyncio.Handle:  # type: ignore[override]  # typed with TypeVarTuple in typeshed
        """Run after what the same process has ready already."""
        handle = asyncio.Handle(callback, args, self, context)
        self._process(context).ready.append(handle)
        return handle

    call_soon_threadsafe = call_soon  # type: ignore[assignment]  # there is one thread

    def call_at(  # type: ignore[override]  # as above
        self, when: float, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        """Run at a virtual instant."""
        handle = asyncio.TimerHandle(when, callback, args, self, context)
        self._made += 1
        heapq.heappush(self._due, (when, self._made, handle, self._process(context)))
        return handle

    def call_later(  # type: ignore[override]  # as above
        self, delay: float, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        """Run after a virtual delay."""
        return self.call_at(self._now_s + delay, callback, *args, context=context)

    def create_task(  # type: ignore[override]  # as above
        self, coro: Coroutine[Any, Any, T], *, name: str | None = None, context: Context | None = None
    ) -> asyncio.Task[T]:
        """Make a task; its process keeps it, so that a killed process's tasks are not collected and closed."""
        task = asyncio.Task(coro, loop=self, name=name, context=context)
        tasks = self._process(context).tasks
        tasks.append(task)
        if len(tasks) > 500:
            tasks[:] = [task for task in tasks if not task.done() or is_unheard(task)]
        return task

    def _process(self, context: Context | None) -> Process:
        return PROCESS.get(self.world) if context is None else context.get(PROCESS, self.world)

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        """A cancelled timer is skipped when it comes due."""

    def _run_once(self) -> None:
        runnable = [process for process in self.processes if process.ready and not process.is_stopped] or [self._jump()]
        process = runnable[0] if len(runnable) == 1 else self._chance.choice(runnable)
        handle = process.ready.popleft()
        self.steps += 1
        if self.steps > STEPS_MAX and not self.is_over:
            raise TooManySteps
        if not handle.cancelled():
            handle._run()

    def _jump(self) -> Process:
        """Let time pass until something comes due for a process that runs; gives that."""
        while self._due:
            when, _, handle, process = heapq.heappop(self._due)
            if handle.cancelled():
                continue
            process.ready.append(handle)
            if not process.is_dead:
                self._now_s = max(self._now_s, when)
            if not process.is_stopped:
                return process
        raise NothingLeftToDo

    # --- the end ----------------------------------------------------------------------------------

    def unheard(self) -> list[BaseException]:
        """Errors of tasks that ended and that nobody asked about: swallowed ones."""
        found = [task.exception() for process in self.processes for task in process.tasks if is_unheard(task)]
        return [error for error in found if error is not None]

    def bury(self) -> None:
        """Cancel what is left, also of killed processes, so that the garbage collector finds no open coroutine."""
        self.is_over = True
        for process in self.processes:
            process.is_dead = process.is_stopped = False
        for _ in range(BURIAL_ROUNDS_MAX):
            left = [task for process in self.processes for task in process.tasks if not task.done()]
            if not left:
                break
            for task in left:
                task.cancel()
            self.run_until_complete(_ended(left))
        self.unheard()
        self.close()


async def _ended(tasks: list[asyncio.Task[Any]]) -> None:
    await asyncio.wait(tasks, timeout=BURIAL_S_MAX)


def is_unheard(task: asyncio.Task[Any]) -> bool:
    """Tell whether a task failed and nobody asked about it."""
    return task.done() and not task.cancelled() and bool(task._log_traceback)
