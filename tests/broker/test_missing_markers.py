"""How a transaction ended is told by its coordinator, and markers can be written without records: on a real broker, by each client."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.protocol.transaction import AddPartitionsToTxnRequest, InitProducerIdRequest

from schemas.topics import changelog_topic, decisions_topic
from services.runtime.broker import Broker, TaskReader, TaskWriter
from services.runtime.closing import closed
from services.runtime.errors import Fenced, TaskMustRestart
from services.runtime.kafka_access import read_topics
from services.runtime.records import OutputRecord
from services.runtime.settings import MeshSettings
from services.runtime.transaction_ends import TIMEOUTS_MS, TransactionEnds
from tests.harness.clients import connected
from tests.harness.counting import COUNTING
from tests.harness.stack import Stack
from tests.harness.waiting import until

pytestmark = [pytest.mark.broker, pytest.mark.asyncio]

PARTITIONS = {"aiokafka": 3, "confluent": 4}
"""Each client has a task of its own, so that neither meets what the other wrote."""
CHANGELOG, DECISIONS = changelog_topic(COUNTING.name), decisions_topic(COUNTING.name)
TOPIC = "contribution-paid"


@pytest.fixture(params=PARTITIONS)
def client(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def partition(client: str) -> int:
    return PARTITIONS[client]


@asynccontextmanager
async def task(stack: Stack, client: str) -> AsyncIterator[tuple[Broker, TaskWriter, TaskReader]]:
    async with connected(stack, client) as broker:
        writer, reader = broker.writer(PARTITIONS[client]), broker.reader(PARTITIONS[client])
        try:
            yield broker, writer, reader
        finally:
            await asyncio.gather(writer.close(), reader.close())


@asynccontextmanager
async def coordinators(stack: Stack) -> AsyncIterator[TransactionEnds]:
    settings = MeshSettings(bootstrap_servers=stack.settings.bootstrap_servers)
    admin = AIOKafkaAdminClient(**settings.connection.client())
    await admin.start()
    try:
        yield TransactionEnds(admin, COUNTING.name, settings)
    finally:
        await admin.close()


@asynccontextmanager
async def under_way(stack: Stack, partition: int) -> AsyncIterator[AIOKafkaProducer]:
    """Another who works as this task, in the midst of a transaction."""
    producer = AIOKafkaProducer(
        bootstrap_servers=stack.settings.bootstrap_servers, transactional_id=f"{COUNTING.name}-{partition}"
    )
    await producer.start()
    try:
        await producer.begin_transaction()
        await producer.send_and_wait(CHANGELOG, b"half", b"@half", partition)
        yield producer
    finally:
        await closed(producer)


def change(key: bytes, partition: int) -> OutputRecord:
    return OutputRecord(CHANGELOG, partition, key, b"value")


async def stand(reader: TaskReader, partition: int) -> None:
    """Wait until nothing is open in the task's own topics."""
    places = [(CHANGELOG, partition), (DECISIONS, partition)]

    async def nothing_is_open() -> bool:
        return await reader.ends_that_stand(places) == await reader.written_ends(places)

    await until(nothing_is_open, 10, "nothing is open")


async def test_the_coordinator_says_how_a_transaction_ended_until_a_writer_opens(
    own_stack: Stack, client: str, partition: int
) -> None:
    async with task(own_stack, client) as (broker, writer, reader):
        await writer.open()
        before = await reader.last_end()
        await writer.commit([change(b"a", partition)], {TOPIC: 1})
        committed = await reader.last_end()
        other = broker.writer(partition)
        await other.open()
        forgotten = await reader.last_end()
        await other.close()

    assert (None, True, None) == (before, committed, forgotten)


async def test_what_is_under_way_counts_as_aborted(own_stack: Stack, client: str, partition: int) -> None:
    async with task(own_stack, client) as (_, writer, reader), under_way(own_stack, partition):
        told = await reader.last_end()
        await writer.open()

    assert told is False


@pytest.mark.parametrize("committed", [True, False])
async def test_markers_are_written_without_records_and_the_task_goes_on(
    committed: bool, own_stack: Stack, client: str, partition: int
) -> None:
    key = f"{client}-{committed}".encode()
    async with task(own_stack, client) as (broker, writer, reader):
        await writer.open()
        old = broker.writer(partition)
        await old.open()
        await old.commit([change(key, partition)], {TOPIC: 7})
        await stand(reader, partition)
        await writer.end_left([(CHANGELOG, partition), (DECISIONS, partition)], committed=committed)
        await stand(reader, partition)
        positions = await reader.committed()
        with pytest.raises(Fenced):
            await old.commit([change(b"too late", partition)], {TOPIC: 8})
        await writer.commit([change(key + b"-after", partition)], {TOPIC: 9})
        await old.close()
        found = [record.key async for record in read_topics(own_stack.settings.connection, [CHANGELOG])]

    assert 7 == positions[TOPIC]
    assert (1, 1, 0) == (found.count(key), found.count(key + b"-after"), found.count(b"too late"))


async def test_no_markers_are_written_while_another_is_at_work(own_stack: Stack, client: str, partition: int) -> None:
    async with task(own_stack, client) as (_, writer, reader):
        await writer.open()
        async with under_way(own_stack, partition) as other:
            with pytest.raises(TaskMustRestart, match="somebody else is at work"):
                await writer.end_left([(CHANGELOG, partition)], committed=True)
            await other.abort_transaction()
        await stand(reader, partition)


@pytest.mark.parametrize("committed", [True, False])
async def test_markers_that_somebody_began_to_write_are_finished_and_told(committed: bool, own_stack: Stack) -> None:
    partition = 5 + committed
    name = f"{COUNTING.name}-{partition}"
    async with coordinators(own_stack) as ends:
        begun = await ends._asked(name, InitProducerIdRequest(name, TIMEOUTS_MS[committed]))
        places = [(CHANGELOG, [partition])]
        await ends._asked(name, AddPartitionsToTxnRequest(name, begun.producer_id, begun.producer_epoch, places))
        told = await ends.last(partition)
        state = (await ends._last(name)).state

    assert told is committed
    assert ("CompleteCommit" if committed else "CompleteAbort") == state
