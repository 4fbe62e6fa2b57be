"""Hostile records through every real worker on the real broker; then clock and monitoring start over what lies there."""

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest
import pytest_asyncio

from schemas.topics import BROKER_BYTES_MAX, TOPICS
from services.arrears.worker import SERVICE as ARREARS
from services.console.all_services import ALL_SERVICES
from services.runtime.deciding import REFUSALS_MAX
from services.sandbox.simulators import SIMULATORS
from tests.fuzz.campaign import HostileRun
from tests.fuzz.hostile import SAMPLE, SAMPLE_SEED, Hostile
from tests.harness.header_batches import RawRecord
from tests.harness.stack import Stack, free_port
from tests.harness.waiting import until
from tests.harness.workers import WorkerProcess

pytestmark = [pytest.mark.broker, pytest.mark.asyncio]

OWN_TOPICS, OWN_SERVERS = TOPICS, SIMULATORS
FLOOD = 24
DECIDED_S_MAX = 90
GROWN_MIB_MAX = 150
"""What a worker may take more than at its start; a leak of what it was sent would be far above it."""


@pytest_asyncio.fixture
async def watchers(own_stack: Stack) -> AsyncIterator[list[WorkerProcess]]:
    made = [WorkerProcess(f"services.{name}", own_stack.settings, free_port()) for name in ("clock", "monitoring")]
    yield made
    await asyncio.gather(*(worker.stop() for worker in made))


async def all_alive(workers: Sequence[WorkerProcess]) -> bool:
    pages = await asyncio.gather(*(worker.health() for worker in workers))
    return all(page is not None and page["alive"] for page in pages)


def flood() -> list[Hostile]:
    """Records as large as the broker takes, all for one task: they must not come to lie in its memory together."""
    value = b"\x00" * (BROKER_BYTES_MAX - 100_000)
    kinds = [fact.topic for fact in ARREARS.hears]
    return [
        Hostile(number, "flood", kinds[number % len(kinds)], 3, RawRecord(b"key", value, []), "zstd")
        for number in range(FLOOD)
    ]


def bad_deploy() -> list[Hostile]:
    """One producer's junk, enough to halt a task until an operator ends it."""
    record = RawRecord(b"outlet-aa", b"junk", [(b"ce_source", b"urn:hostile:deploy")])
    return [Hostile(number, "halt", "outlet-stocked", 5, record) for number in range(REFUSALS_MAX + 5)]


@pytest.mark.timeout(200)
async def test_every_hostile_record_is_decided_once_and_every_worker_lives(
    own_stack: Stack, watchers: list[WorkerProcess]
) -> None:
    async with HostileRun(own_stack, SAMPLE_SEED) as run:
        await run.feeder.append([*flood(), *bad_deploy()])
        await run.start_workers()
        await run.append(SAMPLE)
        await run.decided(DECIDED_S_MAX)
        verdict = await run.judge()
        for watcher in watchers:
            watcher.start()
        await until(lambda: all_alive(watchers), 60, "clock and monitoring run")
        await own_stack.quiet(run.workers, ALL_SERVICES, 60, "the clock's word is decided")
        seen = run.seen

    verdict.assert_clean()
    assert [] == [name for name, most in seen.memory_mib.items() if most > seen.started_mib[name] + GROWN_MIB_MAX]
    assert [] == seen.ended
    # A busy machine may make a task begin anew for a slow commit (decision 0090); a record that breaks its task does so again and again.
    assert seen.restarts <= sum(service.partitions for service in ALL_SERVICES)
    assert verdict.codes["resumed"]  # by the operator, or by an order that was itself among the hostile records
