"""A client that is closed while its broker is silent leaves nothing behind, and whoever closed it goes on."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import psutil
import pytest
import uvloop
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code

from schemas.access import ADMIN
from schemas.topics import changelog_topic
from services.outlets.worker import SERVICE as OUTLETS
from services.runtime.broker_connection import BrokerConnection
from services.runtime.closing import closed
from services.runtime.confluent import ConfluentBroker
from services.runtime.errors import TaskMustRestart
from services.runtime.records import OutputRecord
from services.runtime.sending import sent
from tests.harness.counting import COUNTING
from tests.harness.stack import Stack, free_port
from tests.harness.waiting import until
from tests.harness.workers import WorkerProcess

pytestmark = pytest.mark.broker

Begin = Callable[[BrokerConnection], Awaitable[Any]]
"""Makes a client that has something to do."""

PLACE = TopicPartition("closings", 0)
"""Of a topic of these tests alone."""
RECORD = OutputRecord(PLACE.topic, PLACE.partition, b"key", b"value")
SHORT = {"SHEBAO_REQUEST_TIMEOUT_MS": "3000", "SHEBAO_TRANSACTION_TIMEOUT_MS": "3000"}


async def nothing_begun(broker: BrokerConnection) -> AIOKafkaConsumer:
    """It was given no partition: aiokafka lets a cancellation out of its `stop`."""
    consumer = AIOKafkaConsumer(**broker.client(), group_id=None)
    await consumer.start()
    return consumer


async def reader(broker: BrokerConnection) -> AIOKafkaConsumer:
    """The broker holds its fetch, and over TLS reads nothing else from that connection until it has answered."""
    consumer = AIOKafkaConsumer(**broker.client(), group_id=None, fetch_max_wait_ms=30_000)
    await consumer.start()
    consumer.assign([PLACE])
    await consumer.seek_to_end()
    await consumer.getmany(timeout_ms=500)
    return consumer


async def member(broker: BrokerConnection) -> AIOKafkaConsumer:
    """It belongs to a group and has its partitions: it leaves the group as it is closed."""
    consumer = AIOKafkaConsumer(PLACE.topic, **broker.client(), group_id="one-that-leaves")
    await consumer.start()

    async def has_partitions() -> bool:
        return bool(consumer.assignment())

    await until(has_partitions, 60, "it has partitions")
    return consumer


async def writer(broker: BrokerConnection) -> AIOKafkaProducer:
    """It has a record to send, for which somebody waits."""
    producer = AIOKafkaProducer(**broker.client(), linger_ms=60_000)
    await producer.start()
    await sent(producer, RECORD)
    return producer


async def writer_in_a_transaction(broker: BrokerConnection) -> AIOKafkaProducer:
    """It has said that a transaction begins, and a record of it is not sent yet."""
    producer = AIOKafkaProducer(**broker.client(), transactional_id="one-that-ends", linger_ms=60_000)
    await producer.start()
    await producer.begin_transaction()
    await sent(producer, RECORD)
    return producer


async def make_topic(broker: BrokerConnection) -> None:
    admin = AIOKafkaAdminClient(**broker.client())
    await admin.start()
    try:
        made = await admin.create_topics([NewTopic(PLACE.topic, 1, 1)])
    finally:
        await admin.close()
    assert {for_code(code) for _, code, *_ in made.topic_errors} <= {for_code(0), TopicAlreadyExistsError}


def connections_to(port: int) -> int:
    """How many connections of this process lead there, in whatever state."""
    return sum(bool(one.raddr) and one.raddr.port == port for one in psutil.Process().net_connections())


async def closed_while_silent(stack: Stack, begin: Begin) -> None:
    kafka, broker, port = await stack.kafka(), stack.connection_as(ADMIN), stack.settings.broker_port(1)
    await make_topic(broker)
    client = await begin(broker)
    assert connections_to(port)
    kafka.pause(1)
    try:
        closing = asyncio.create_task(closed(client))
        async with asyncio.timeout(30):
            await asyncio.wait({closing})

            async def nothing_goes_on() -> bool:
                return asyncio.all_tasks() == {asyncio.current_task()} and not connections_to(port)

            await until(nothing_goes_on, 10, f"nothing goes on: {asyncio.all_tasks()}")
    finally:
        kafka.resume(1)
        await kafka.wait_ready()
    assert not closing.cancelled(), "whoever closes it was cancelled"
    closing.result()


BEGUN = [nothing_begun, reader, member, writer, writer_in_a_transaction]


@pytest.mark.parametrize("begin", BEGUN)
def test_whoever_is_closed_while_the_broker_is_silent_leaves_nothing(own_stack: Stack, begin: Begin) -> None:
    uvloop.run(closed_while_silent(own_stack, begin))


@pytest.mark.parametrize("begin", BEGUN)
def test_whoever_is_closed_while_the_broker_is_silent_leaves_nothing_over_tls(
    secure_stack: Stack, begin: Begin
) -> None:
    uvloop.run(closed_while_silent(secure_stack, begin))


async def closed_after_a_failed_commit(stack: Stack) -> None:
    kafka, port, changelog = await stack.kafka(), stack.settings.broker_port(1), changelog_topic(COUNTING.name)
    settings = stack.mesh_settings(COUNTING.name).model_copy(
        update={"request_timeout_ms": 3_000, "transaction_timeout_ms": 3_000}
    )
    broker = ConfluentBroker(COUNTING, settings)
    await broker.start()
    kept, record = connections_to(port), OutputRecord(changelog, 0, b"@key", b"value")
    writer = broker.writer(0)
    try:
        await writer.open()
        await writer.commit([record], {})
        kafka.pause(1)
        try:
            with pytest.raises((TaskMustRestart, KafkaError)) as failed:
                await writer.commit([record], {})
            await writer.close()

            async def nothing_is_left() -> bool:
                return connections_to(port) <= kept

            await until(nothing_is_left, 10, "the producer has ended")
        finally:
            kafka.resume(1)
            await kafka.wait_ready()
        assert failed.tb is not None, "its traceback was held all the time"
    finally:
        await broker.stop()


def test_a_producer_of_the_second_client_ends_though_the_error_of_its_commit_is_still_held(own_stack: Stack) -> None:
    uvloop.run(closed_after_a_failed_commit(own_stack))


async def outlived(stack: Stack) -> None:
    kafka, worker = await stack.kafka(), WorkerProcess("services.outlets", stack.settings, free_port(), SHORT)

    async def a_task_was_ended() -> bool:
        page = await worker.health()
        return page is not None and any(task["restarts"] for task in page["tasks"])

    worker.start()
    try:
        await until(lambda: stack.all_running([worker], [OUTLETS]), 90, "all tasks run")
        kafka.pause(1)
        try:
            await until(a_task_was_ended, 60, "a task is ended, with its clients")
        finally:
            kafka.resume(1)
            await kafka.wait_ready()
        await until(lambda: stack.all_running([worker], [OUTLETS]), 90, "all tasks run again")
    finally:
        await worker.stop()


def test_tasks_whose_clients_were_closed_while_the_broker_was_silent_open_again_over_tls(secure_stack: Stack) -> None:
    uvloop.run(outlived(secure_stack))
