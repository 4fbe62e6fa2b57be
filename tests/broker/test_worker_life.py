"""Workers come and go, sit idle, meet a day of backlog and a tick on which everything is due."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from aiokafka import TopicPartition

from schemas.fact import Fact
from services.clock.clock import Clock
from services.runtime.kafka_access import KafkaPublisher
from services.runtime.publishing import published
from services.runtime.records import OutputRecord
from services.runtime.settings import MeshSettings
from services.runtime.stable_ends import StableEnds
from tests.harness import audit
from tests.harness.counting import COUNTING, paid, unit_code
from tests.harness.lag import records_waiting
from tests.harness.stack import Stack, free_port
from tests.harness.waiting import until
from tests.harness.workers import WorkerProcess

pytestmark = [pytest.mark.broker, pytest.mark.asyncio]

MODULE = "tests.harness.counting_worker"


@contextlib.asynccontextmanager
async def workers(
    stack: Stack, count: int, *, joins_others: bool = False, **extra: str
) -> AsyncIterator[list[WorkerProcess]]:
    made = [WorkerProcess(MODULE, stack.settings, free_port(), extra) for _ in range(count)]
    for worker in made:
        worker.start()
    try:
        if not joins_others:
            await until(lambda: stack.all_running(made, [COUNTING]), 60, "all tasks run")
        yield made
    finally:
        await asyncio.gather(*(worker.stop() for worker in made))


def record(stack: Stack, fact: Fact, event_id: str) -> OutputRecord:
    return published(stack.codec, fact, event_id, "urn:weihai:tax", datetime.now(UTC), 12)


async def publish(stack: Stack, records: Sequence[OutputRecord]) -> None:
    async with KafkaPublisher(stack.settings.connection) as publisher:
        await publisher.append(records)


async def tick(stack: Stack, now: datetime) -> None:
    clock = Clock(stack.codec, MeshSettings(bootstrap_servers=stack.settings.bootstrap_servers))
    await clock.open()
    assert await clock.tick(now, simulated=True)
    await clock.close()


async def decided(stack: Stack) -> int:
    return (await audit.check(stack.settings.connection, COUNTING, stack.codec)).entries


async def test_workers_join_and_leave_under_load_and_only_what_must_move_does(own_stack: Stack) -> None:
    feed = [record(own_stack, paid(n % 500, 100, f"join/{n}"), f"join-{n}") for n in range(12_000)]
    later = [record(own_stack, paid(n % 500, 100, f"leave/{n}"), f"leave-{n}") for n in range(12_000)]
    async with workers(own_stack, 2) as first:
        await until(lambda: shared(first, 6), 40, "two workers share twelve tasks evenly")
        before = {worker.name: await tasks_of(worker) for worker in first}
        feeding = asyncio.create_task(publish(own_stack, feed))
        await until(lambda: some_wait(own_stack), 30, "records wait while a worker joins")
        async with workers(own_stack, 1, joins_others=True) as second:
            joined = [*first, *second]
            await until(lambda: shared(joined, 4), 40, "three workers share twelve tasks evenly")
            kept = {worker.name: await tasks_of(worker) for worker in first}
            assert all(kept[name] <= before[name] for name in kept)
            await publish(own_stack, later)
            await until(lambda: some_wait(own_stack), 30, "records wait while a worker leaves")
        await feeding
        await own_stack.quiet(first, [COUNTING], 60, "every record is decided")
    findings = await audit.check(own_stack.settings.connection, COUNTING, own_stack.codec)

    findings.assert_clean()


async def test_a_killed_worker_that_is_started_again_does_not_wait_for_the_session_it_had(own_stack: Stack) -> None:
    session_s = 200
    session_ms = str(session_s * 1_000)
    async with workers(
        own_stack, 2, SHEBAO_SESSION_TIMEOUT_MS=session_ms, SHEBAO_REBALANCE_TIMEOUT_MS=session_ms
    ) as made:
        await until(lambda: shared(made, 6), 40, "both know which member they are")
        await made[0].kill()
        made[0].start()

        await until(lambda: shared(made, 6), session_s / 4, "both run six tasks, long before that session ends")


async def some_wait(stack: Stack) -> bool:
    return await records_waiting(stack.settings.connection, COUNTING) > 0


async def tasks_of(worker: WorkerProcess) -> set[int]:
    page = await worker.health() or {"tasks": []}
    return {task["partition"] for task in page["tasks"] if task["state"] == "running"}


async def shared(among: Sequence[WorkerProcess], each: int) -> bool:
    return [each] * len(among) == [len(await tasks_of(worker)) for worker in among]


async def test_a_member_idle_beyond_its_poll_interval_keeps_its_tasks(own_stack: Stack) -> None:
    async with workers(own_stack, 1, SHEBAO_POLL_INTERVAL_MAX_MS="3000") as made:
        page = await made[0].health()
        opened = datetime.now(UTC)

        async def is_idle_long_enough() -> bool:
            return datetime.now(UTC) - opened > timedelta(seconds=5)

        await until(is_idle_long_enough, 20, "five idle seconds have passed")
        later = await made[0].health()
        assert page is not None
        assert later is not None
        assert [0] * 12 == [task["restarts"] for task in later["tasks"]]
        assert "generation=2" not in made[0].log
        assert '"generation": 2' not in made[0].log


async def test_a_payment_appended_before_the_tick_is_decided_before_it(own_stack: Stack) -> None:
    """A day of backlog: nobody works while facts, then a tick, then nothing more arrives."""
    now = datetime.now(UTC) + timedelta(hours=1)
    async with workers(own_stack, 1) as made:
        await tick(own_stack, now)
        await publish(own_stack, [record(own_stack, paid(7_001, 60, "order/ask"), "order-ask")])
        await own_stack.quiet(made, [COUNTING], 60, "the case waits for its timer")
    backlog = [record(own_stack, paid(7_001, 100, f"order/{n}"), f"order-{n}") for n in range(3_000)]
    await publish(own_stack, backlog)
    await tick(own_stack, now + timedelta(hours=2))
    async with workers(own_stack, 1) as made:
        await own_stack.quiet(made, [COUNTING], 60, "the backlog is decided")
    codes = await audit.codes(own_stack.settings.connection, COUNTING, own_stack.codec, unit_code(7_001))

    assert ["counted"] * 3_001 + ["looked"] == codes


@pytest.mark.timeout(280)
async def test_a_hundred_thousand_cases_due_on_one_tick_go_through_though_killed_in_the_middle(
    own_stack: Stack,
) -> None:
    begin = datetime.now(UTC) + timedelta(days=30)
    cases = 100_000
    feed = [record(own_stack, paid(100_000 + n, 60, f"due/{n}"), f"due-{n}") for n in range(cases)]
    async with workers(own_stack, 1) as made:
        await tick(own_stack, begin)
        await publish(own_stack, feed)
        await own_stack.quiet(made, [COUNTING], 120, "every case waits for its timer")
        before = await decision_records(own_stack)
        await tick(own_stack, begin + timedelta(hours=1))
        await until(lambda: grown(own_stack, before + 36), 60, "some of the timers are handled")
        await made[0].kill()
        fired = len(await audit.timers(own_stack.settings.connection, COUNTING, own_stack.codec))
        made[0].start()
        await until(lambda: own_stack.all_running(made, [COUNTING]), 60, "all tasks run again")
        await own_stack.quiet(made, [COUNTING], 120, "every timer is handled")
    looked = await audit.timers(own_stack.settings.connection, COUNTING, own_stack.codec)

    keys = {entry.key.decode() for entry in feed if entry.key is not None}
    ours = [case_key for case_key in looked if case_key in keys]
    assert 0 < fired < cases
    assert cases == len(ours) == len(set(ours))


async def decision_records(stack: Stack) -> int:
    places = [TopicPartition("arrears-decisions", number) for number in range(12)]
    async with StableEnds(stack.settings.connection) as ends:
        return sum((await ends.of(places)).values())


async def grown(stack: Stack, wanted: int) -> bool:
    return await decision_records(stack) >= wanted
