"""A task that ended by a cancellation meant for something else is opened anew; one that is to end is not."""

import asyncio
import itertools

import pytest

from services.runtime.settings import MeshSettings
from services.runtime.supervisor import Supervisor
from services.runtime.task import Task, TaskHealth

pytestmark = pytest.mark.asyncio


class CancelledAtFirst(Task):
    """Its first life ends as if a client had let a cancellation of its own out; the second goes on until it is stopped."""

    def __init__(self, health: TaskHealth, number: int, works: asyncio.Event) -> None:
        self.health, self.number, self.works = health, number, works
        self.stopped = asyncio.Event()

    def stop(self) -> None:
        self.stopped.set()

    async def run(self) -> None:
        if self.number == 0:
            raise asyncio.CancelledError
        self.works.set()
        await self.stopped.wait()


def supervised(works: asyncio.Event, fatal: list[BaseException]) -> Supervisor:
    numbers = itertools.count()
    return Supervisor(
        lambda health: CancelledAtFirst(health, next(numbers), works), lambda: 0, MeshSettings(), fatal.append
    )


async def test_a_task_that_a_stray_cancellation_ended_is_opened_anew() -> None:
    works, fatal = asyncio.Event(), list[BaseException]()
    supervisor = supervised(works, fatal)
    async with asyncio.timeout(30):
        await works.wait()
        supervisor.stop()
        await supervisor.ended()

    assert ([], 1) == (fatal, supervisor.health.restarts)


async def test_a_task_that_is_cut_off_is_not() -> None:
    works = asyncio.Event()
    supervisor = supervised(works, [])
    async with asyncio.timeout(30):
        await works.wait()
        supervisor._living.cancel()
        await asyncio.wait({supervisor._living})

    assert (True, 1) == (supervisor._living.cancelled(), supervisor.health.restarts)
