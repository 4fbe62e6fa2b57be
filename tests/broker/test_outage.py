"""While the broker is away a worker says so now and then, and works again once it is back."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from tests.harness.counting import COUNTING
from tests.harness.stack import Stack, free_port
from tests.harness.waiting import until
from tests.harness.workers import WorkerProcess

pytestmark = [pytest.mark.broker, pytest.mark.asyncio]

OUTAGE = timedelta(seconds=12)
LINES_MAX = 240


async def test_an_outage_does_not_flood_the_log(own_stack: Stack) -> None:
    worker = WorkerProcess("tests.harness.counting_worker", own_stack.settings, free_port())
    worker.start()
    try:
        await until(lambda: own_stack.all_running([worker], [COUNTING]), 60, "all tasks run")
        before, kafka, began = len(worker.log.splitlines()), await own_stack.kafka(), datetime.now(UTC)
        await asyncio.gather(*(broker.kill_hard() for broker in kafka.brokers.values()))

        async def is_over() -> bool:
            return datetime.now(UTC) - began > OUTAGE

        await until(is_over, 60, "the outage has lasted")
        said = len(worker.log.splitlines()) - before
        await kafka.start()
        await until(lambda: own_stack.all_running([worker], [COUNTING]), 90, "all tasks run again")
    finally:
        await worker.stop()

    assert 0 < said <= LINES_MAX
