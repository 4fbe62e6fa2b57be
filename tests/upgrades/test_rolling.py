"""Workers are replaced one by one by the next release, whose state has another format, while records come in."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime

import pytest
import pytest_asyncio

from services.runtime.kafka_access import KafkaPublisher
from services.runtime.publishing import published
from services.runtime.records import OutputRecord
from tests.harness import audit
from tests.harness.counting import COUNTING, paid
from tests.harness.stack import Stack, free_port
from tests.harness.waiting import until
from tests.harness.workers import WorkerProcess
from tests.upgrades.next_format import NEXT_FORMAT

pytestmark = [pytest.mark.broker, pytest.mark.asyncio]

WORKERS, UNITS, CHUNK, EVERY_S = 2, 300, 20, 0.05
NOW, NEXT = "tests.harness.counting_worker", "tests.upgrades.next_format"


@pytest_asyncio.fixture
async def workers(own_stack: Stack) -> AsyncIterator[dict[str, list[WorkerProcess]]]:
    made = {
        module: [WorkerProcess(module, own_stack.settings, free_port()) for _ in range(WORKERS)]
        for module in (NOW, NEXT)
    }
    for worker in made[NOW]:
        worker.start()
    yield made
    await asyncio.gather(*(worker.stop() for found in made.values() for worker in found))


class Load:
    """Publishes payments without end, of the same units again and again, until it is told to stop."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self.count = 0
        self._stopped = asyncio.Event()

    def _chunk(self) -> list[OutputRecord]:
        facts = [paid(number % UNITS, 100, f"pay/{number}") for number in range(self.count, self.count + CHUNK)]
        now = datetime.now(UTC)
        return [
            published(self._stack.codec, fact, fact.business_reference, "urn:weihai:tax", now, 12) for fact in facts
        ]

    async def run(self) -> None:
        async with KafkaPublisher(self._stack.settings.connection) as publisher:
            while not self._stopped.is_set():
                await publisher.append(self._chunk())
                self.count += CHUNK
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._stopped.wait(), EVERY_S)

    def stop(self) -> None:
        self._stopped.set()


async def test_replaced_one_by_one_under_load_nothing_is_lost_or_twice_and_there_is_no_way_back(
    own_stack: Stack, workers: dict[str, list[WorkerProcess]]
) -> None:
    load = Load(own_stack)
    await until(lambda: own_stack.all_running(workers[NOW], [COUNTING]), 60, "the release of now runs")
    loading = asyncio.create_task(load.run())
    for place in range(WORKERS):
        before = load.count
        await until(lambda floor=before: above(load, floor), 30, "records come in")  # type: ignore[misc]
        workers[NEXT][place].start()
        together = [*workers[NOW][place:], *workers[NEXT][: place + 1]]
        await until(lambda living=together: runs(own_stack, living), 60, "both releases run side by side")  # type: ignore[misc]
        await workers[NOW][place].stop()
    load.stop()
    await loading
    await own_stack.quiet(workers[NEXT], [NEXT_FORMAT], 60, "all of it is decided")
    findings = await audit.check(own_stack.settings.connection, NEXT_FORMAT, own_stack.codec)
    codes = Counter(e.code for e in await audit.entries(own_stack.settings.connection, NEXT_FORMAT, own_stack.codec))

    await asyncio.gather(*(worker.stop() for worker in workers[NEXT]))
    alone = workers[NOW][0]
    alone.start()
    await until(lambda: has_ended(alone), 60, "the release before has ended")

    assert "this release knows 1; start the newer release." in alone.log
    findings.assert_clean()
    assert load.count == codes["counted"] + codes["counted-on-card"]
    assert 0 < min(codes["counted"], codes["counted-on-card"])


async def has_ended(worker: WorkerProcess) -> bool:
    return not worker.is_running()


async def above(load: Load, count: int) -> bool:
    return load.count > count + CHUNK


async def runs(stack: Stack, workers: list[WorkerProcess]) -> bool:
    """Tell whether each of the workers has a share of the tasks, and all of them run."""
    pages = await asyncio.gather(*(worker.health() for worker in workers))
    shares = [page["tasks"] for page in pages if page is not None]
    return len(shares) == len(workers) and all(shares) and await stack.all_running(workers, [NEXT_FORMAT])
