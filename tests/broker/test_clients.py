"""Both clients keep the promises of the broker port on a real broker: one set of tests, run on each."""

import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest

from schemas.topics import changelog_topic, commands_topic
from services.runtime.broker import Broker, TaskReader, TaskWriter
from services.runtime.errors import Fenced, TaskMustRestart
from services.runtime.kafka_access import KafkaPublisher, read_topics
from services.runtime.publishing import published
from services.runtime.records import InputRecord, OutputRecord
from tests.harness.clients import CLIENTS, connected
from tests.harness.counting import COUNTING, paid
from tests.harness.header_batches import RawRecord, append_raw, raw_batch
from tests.harness.stack import Stack
from tests.harness.waiting import until

pytestmark = [pytest.mark.broker, pytest.mark.asyncio]

TOPIC, OTHER_TOPIC, SAID = "contribution-paid", "contribution-missed", "arrears-changed"
WAIT_MS = 200
PARTITIONS = {"aiokafka": 3, "confluent": 4}
"""Each client has a task of its own, so that neither meets what the other wrote."""


@pytest.fixture(params=CLIENTS)
def client(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@asynccontextmanager
async def opened_writer(broker: Broker, partition: int) -> AsyncIterator[TaskWriter]:
    writer = broker.writer(partition)
    try:
        await writer.open()
        yield writer
    finally:
        await writer.close()


@asynccontextmanager
async def opened_reader(broker: Broker, partition: int, **positions: int) -> AsyncIterator[TaskReader]:
    reader = broker.reader(partition)
    try:
        async for _ in reader.restored():
            pass
        await reader.open({topic: positions.get(topic.replace("-", "_"), 0) for topic in COUNTING.inputs})
        yield reader
    finally:
        await reader.close()


async def positions_of(broker: Broker, partition: int) -> dict[str, int]:
    reader = broker.reader(partition)
    try:
        return await reader.committed()
    finally:
        await reader.close()


async def restored_of(broker: Broker, partition: int) -> list[tuple[str, bytes | None]]:
    reader = broker.reader(partition)
    try:
        return [entry async for entry in reader.restored()]
    finally:
        await reader.close()


async def everything(reader: TaskReader) -> list[InputRecord]:
    """Read until every input is read to its end."""
    found: list[InputRecord] = []

    async def is_read() -> bool:
        found.extend(await reader.fetch(1_000, WAIT_MS))
        ends = await reader.stable_ends()
        return all([await reader.position(topic) >= end for topic, end in ends.items()])

    await until(is_read, 20, "the inputs are read to their ends")
    return found


async def positions_become(broker: Broker, partition: int, wanted: dict[str, int]) -> None:
    """A commit is answered before its markers are written, on each partition in its own time."""

    async def are_so() -> bool:
        return await positions_of(broker, partition) == wanted

    await until(are_so, 20, f"the positions are {wanted}")


async def standing(stack: Stack, topic: str, partition: int) -> list[InputRecord]:
    """What stands in one partition, as the edges read it."""
    servers = stack.settings.connection
    return [record async for record in read_topics(servers, [topic]) if record.partition == partition]


def said(partition: int, value: bytes) -> OutputRecord:
    return OutputRecord(SAID, partition, b"key", value)


async def test_a_record_that_the_broker_rejects_fails_its_whole_transaction(own_stack: Stack, client: str) -> None:
    partition = PARTITIONS[client]
    too_large = random.Random(1).randbytes(9 * 2**20)
    async with connected(own_stack, client) as broker:
        async with opened_writer(broker, partition) as writer:
            await writer.commit([said(partition, b"before")], {TOPIC: 1})
        async with opened_writer(broker, partition) as writer:
            records = [said(partition, b"with it"), said(partition, too_large), said(partition, b"behind it")]
            with pytest.raises(TaskMustRestart, match=r"did not go through.*(?i:too ?large)"):
                await writer.commit(records, {TOPIC: 2})
        async with opened_writer(broker, partition) as writer:
            await writer.commit([said(partition, b"after")], {})
        positions = await positions_of(broker, partition)

    assert [b"before", b"after"] == [record.value for record in await standing(own_stack, SAID, partition)]
    assert {TOPIC: 1} == positions


async def test_whoever_opens_a_task_fences_the_one_who_had_it(own_stack: Stack, client: str) -> None:
    partition = 5
    for old, new in (("aiokafka", client), (client, "aiokafka")):
        async with (
            connected(own_stack, old) as before,
            connected(own_stack, new) as after,
            opened_writer(before, partition) as zombie,
            opened_writer(after, partition) as owner,
        ):
            with pytest.raises(Fenced):
                await zombie.commit([said(partition, b"by a zombie")], {TOPIC: 7})
            await owner.commit([said(partition, b"by the owner")], {TOPIC: 8})

            await positions_become(after, partition, {TOPIC: 8})
    assert {b"by the owner"} == {record.value for record in await standing(own_stack, SAID, partition)}


async def test_every_record_is_read_as_the_edges_read_it(own_stack: Stack, client: str) -> None:
    """Null and empty keys, values and headers, names that repeat, names that are not text, the broker's append time."""
    partition = 6
    servers = own_stack.settings.connection
    good = published(own_stack.codec, paid(1, 1, f"read/{client}"), client, "urn:weihai:tax", datetime.now(UTC), 12)
    batch = [
        RawRecord(good.key, good.value, [(name.encode(), value) for name, value in good.headers]),
        RawRecord(None, None, []),
        RawRecord(b"", b"", [(b"", b"")]),
        RawRecord(b"k", b"v", [(b"null", None), (b"empty", b""), (b"null", None), ("名".encode(), "值".encode())]),
        RawRecord(b"k", b"v", [(b"na\xffme", b"first"), (b"\xf0\x28\x8c\x28", None)]),
        RawRecord(b"k", b"v", []),
    ]
    await append_raw(servers, TOPIC, partition, raw_batch(batch))
    await append_raw(servers, OTHER_TOPIC, partition, raw_batch(batch[4:]))
    async with connected(own_stack, client) as broker, opened_reader(broker, partition) as reader:
        read = await everything(reader)
    for topic in (TOPIC, OTHER_TOPIC):
        expected = await standing(own_stack, topic, partition)

        assert any(record.names_altered for record in expected)
        assert expected == [record for record in read if record.topic == topic]


async def test_the_position_passes_the_marker_of_a_transaction(own_stack: Stack, client: str) -> None:
    partition = PARTITIONS[client]
    async with connected(own_stack, client) as broker, opened_writer(broker, partition) as writer:
        await writer.commit([OutputRecord(TOPIC, partition, b"key", b"value")], {})
        async with opened_reader(broker, partition) as reader:
            records = await everything(reader)
            ends = await reader.stable_ends()

            assert ends == {topic: await reader.position(topic) for topic in COUNTING.inputs}
            assert ends[TOPIC] > records[-1].offset + 1
            assert [] == await reader.fetch(1_000, 0)


async def test_a_halted_task_hears_its_commands_alone_and_afterwards_everything_once(
    own_stack: Stack, client: str
) -> None:
    """The same when it turns from one topic to another, as a task does whose ticks wait for facts."""
    partition, commands = {"aiokafka": 8, "confluent": 9}[client], commands_topic(COUNTING.name)
    topics = (TOPIC, OTHER_TOPIC, commands)
    async with connected(own_stack, client) as broker, KafkaPublisher(own_stack.settings.connection) as publisher:
        await publish_everywhere(publisher, topics, partition, 40)
        async with opened_reader(broker, partition) as reader:
            read: list[InputRecord] = []
            await until(lambda: has_come(reader, read, 7, None), 20, "something has come")
            before = len(read)
            await publish_everywhere(publisher, topics, partition, 40)
            halted: list[InputRecord] = []
            await until(lambda: has_come(reader, halted, 30, commands), 20, "commands have come")
            other: list[InputRecord] = []
            await until(lambda: has_come(reader, other, 30, OTHER_TOPIC), 20, "the other topic has come")
            read += halted + other + await everything(reader)

    assert 7 >= before
    assert [{commands}, {OTHER_TOPIC}] == [{record.topic for record in found} for found in (halted, other)]
    for topic in topics:
        assert await standing(own_stack, topic, partition) == [record for record in read if record.topic == topic]


async def publish_everywhere(publisher: KafkaPublisher, topics: Sequence[str], partition: int, count: int) -> None:
    await publisher.append([OutputRecord(topic, partition, b"key", b"value") for topic in topics for _ in range(count)])


async def has_come(reader: TaskReader, into: list[InputRecord], records_max: int, only: str | None) -> bool:
    into += await reader.fetch(records_max, WAIT_MS, only)
    return bool(into)


async def test_a_lost_position_stops_the_task_and_does_not_jump(own_stack: Stack, client: str) -> None:
    async with connected(own_stack, client) as broker, opened_reader(broker, 10, contribution_paid=10_000) as reader:
        with pytest.raises(TaskMustRestart, match="cannot be read"):
            await until(lambda: has_come(reader, [], 10, None), 10, "the broker has answered")


async def test_state_is_restored_to_the_last_stable_offset(own_stack: Stack, client: str) -> None:
    partition = PARTITIONS[client]
    changelog = changelog_topic(COUNTING.name)
    states = [OutputRecord(changelog, partition, f"case-{number}".encode(), b"{}") for number in range(3_000)]
    gone = OutputRecord(changelog, partition, b"case-7", None)
    async with connected(own_stack, client) as broker, opened_writer(broker, partition) as writer:
        await writer.commit([*states, gone], {})
        restored: list[tuple[str, bytes | None]] = []

        async def is_there() -> bool:
            restored[:] = await restored_of(broker, partition)
            return bool(restored)

        await until(is_there, 20, "the commit's marker stands in the changelog")
        unread = await restored_of(broker, 11)

    assert [(record.key.decode(), record.value) for record in (*states, gone) if record.key] == restored
    assert [] == unread


async def test_every_connection_of_a_task_logs_in(own_stack: Stack, client: str) -> None:
    partition, password = PARTITIONS[client], own_stack.settings.login_password
    login = {"bootstrap_servers": own_stack.settings.login_servers, "broker_security": "SASL_PLAINTEXT"}
    user = {"broker_user": own_stack.settings.login_user, "broker_password": password}
    async with (
        connected(own_stack, client, **login, **user) as broker,
        opened_writer(broker, partition) as writer,
        opened_reader(broker, partition) as reader,
    ):
        await writer.commit([OutputRecord(TOPIC, partition, b"key", b"by one who logged in")], {TOPIC: 3})
        read: list[bytes | None] = []

        async def both_markers_stand() -> bool:
            """A commit is answered before its markers are written, on each partition in its own time."""
            read.extend(record.value for record in await reader.fetch(1_000, WAIT_MS))
            return b"by one who logged in" in read and await reader.committed() == {TOPIC: 3}

        await until(both_markers_stand, 20, "the record and the position are to be seen")
