"""A client that is closed while its broker is silent leaves nothing behind that goes on."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from schemas.mesh import ClockTicked
from services.runtime.closing import closed
from services.runtime.records import OutputRecord
from services.runtime.sending import sent
from tests.harness.stack import Stack
from tests.harness.waiting import until

pytestmark = [pytest.mark.broker, pytest.mark.asyncio]


async def reader(servers: str) -> AIOKafkaConsumer:
    """It waits for records of a partition."""
    consumer = AIOKafkaConsumer(bootstrap_servers=servers)
    await consumer.start()
    consumer.assign([TopicPartition(ClockTicked.topic, 0)])
    await consumer.seek_to_end()
    return consumer


async def member(servers: str) -> AIOKafkaConsumer:
    """It belongs to a group and has its partitions: it leaves the group as it is closed."""
    consumer = AIOKafkaConsumer(ClockTicked.topic, bootstrap_servers=servers, group_id="one-that-leaves")
    await consumer.start()

    async def has_partitions() -> bool:
        return bool(consumer.assignment())

    await until(has_partitions, 30, "it has partitions")
    return consumer


async def writer(servers: str) -> AIOKafkaProducer:
    """It has said that a transaction begins, and a record of it is not sent yet."""
    producer = AIOKafkaProducer(bootstrap_servers=servers, transactional_id="one-that-ends", linger_ms=60_000)
    await producer.start()
    await producer.begin_transaction()
    await sent(producer, OutputRecord(ClockTicked.topic, 0, b"key", b"value"))
    return producer


@pytest.mark.parametrize("begun", [reader, member, writer])
async def test_whoever_is_closed_while_the_broker_is_silent_leaves_no_routine(
    stack: Stack, begun: Callable[[str], Awaitable[Any]]
) -> None:
    kafka = await stack.kafka()
    before = asyncio.all_tasks()
    client = await begun(stack.settings.bootstrap_servers)
    kafka.pause(1)
    try:
        await closed(client)
    finally:
        kafka.resume(1)
        await kafka.wait_ready()

    async def nothing_goes_on() -> bool:
        return asyncio.all_tasks() <= before

    await until(nothing_goes_on, 10, f"nothing goes on: {asyncio.all_tasks() - before}")
