"""A broker that comes back leaves transactions open that it counts as ended: no task takes in what was aborted there."""

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import pytest
from aiokafka import AIOKafkaProducer

from schemas.topics import changelog_topic, decisions_topic
from services.arrears.worker import SERVICE
from services.runtime.closing import closed
from services.runtime.kafka_access import KafkaPublisher, read_topics
from services.runtime.own_topics import OwnTopics
from services.runtime.settings import MeshSettings
from services.runtime.stable_ends import StableEnds
from tests.harness import audit
from tests.harness.extent import heavy
from tests.harness.feed import contribution_feed
from tests.harness.stack import Stack, free_port
from tests.harness.waiting import until
from tests.harness.workers import WorkerProcess

TRANSACTION_TIMEOUT_MS = 3_000
ENDED_WITHIN_S = 4.0
RESTARTS_MAX = 4
"""At each some of the transactions lose their markers, seldom none (docs/decisions/0095)."""
LEFT = b"left open by a worker that died"
FACTS = 300


async def _leave_open(stack: Stack, partition: int) -> AIOKafkaProducer:
    """Begin a transaction as a task of the arrears service does, and do not end it."""
    producer = AIOKafkaProducer(
        bootstrap_servers=stack.settings.bootstrap_servers,
        transactional_id=f"{SERVICE.name}-{partition}",
        transaction_timeout_ms=TRANSACTION_TIMEOUT_MS,
    )
    await producer.start()
    await producer.begin_transaction()
    for topic in (changelog_topic(SERVICE.name), decisions_topic(SERVICE.name)):
        await producer.send_and_wait(topic, LEFT, LEFT, partition)
    return producer


@asynccontextmanager
async def _own_topics(stack: Stack) -> AsyncIterator[OwnTopics]:
    settings = MeshSettings(bootstrap_servers=stack.settings.bootstrap_servers)
    async with StableEnds(settings.connection) as ends:
        own = OwnTopics(SERVICE, settings, ends)
        try:
            yield own
        finally:
            await own.close()


async def _left_open(stack: Stack) -> list[int]:
    async with _own_topics(stack) as own:
        return [number for number in range(SERVICE.partitions) if await own.is_left_open(number)]


async def _broker_loses_markers(stack: Stack) -> list[int]:
    """Kill the broker over open transactions, until it comes back without ending some of them."""
    kafka = await stack.kafka()
    for _ in range(RESTARTS_MAX):
        producers = [await _leave_open(stack, number) for number in range(SERVICE.partitions)]
        past = time.monotonic() + TRANSACTION_TIMEOUT_MS / 1000
        await kafka.kill_hard(1)
        await asyncio.gather(*(closed(producer) for producer in producers))
        await until(partial(_is_past, past), 10, "the transactions have run out of time")
        await kafka.restart(1)
        await until(partial(_is_past, time.monotonic() + ENDED_WITHIN_S), 10, "the broker has ended what it ends")
        if found := await _left_open(stack):
            return found
    return []


async def _is_past(instant_s: float) -> bool:
    return time.monotonic() > instant_s


@heavy
@pytest.mark.broker
@pytest.mark.timeout(240)
@pytest.mark.asyncio
async def test_what_a_broker_left_open_is_never_taken_in(registry: None) -> None:
    stack = await Stack.start()
    worker = WorkerProcess("services.arrears", stack.settings, free_port())
    try:
        found = await _broker_loses_markers(stack)
        if not found:
            pytest.skip("this broker has ended every transaction, at each restart")
        worker.start()
        await until(lambda: stack.all_running([worker], [SERVICE]), 60, "all tasks run")
        async with KafkaPublisher(stack.settings.connection) as publisher:
            await publisher.append(contribution_feed(stack.codec, FACTS, random.Random(1)))
        await stack.quiet([worker], [SERVICE], 60, "every record is decided")
        own = [changelog_topic(SERVICE.name), decisions_topic(SERVICE.name)]
        left = [record async for record in read_topics(stack.settings.connection, own) if record.value == LEFT]
        findings = await audit.check(stack.settings.connection, SERVICE, stack.codec)
    finally:
        await worker.stop()
        await stack.stop()

    assert [] == left
    findings.assert_clean()
