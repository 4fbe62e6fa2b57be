"""Records that stop a client of Kafka: a header name in any bytes is refused and passed, a broken batch is not passed."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
from aiokafka import TopicPartition

from schemas.topics import commands_topic, dead_topic
from services.runtime.broker import TaskReader
from services.runtime.client import broker_of
from services.runtime.dead import split_dead
from services.runtime.errors import TaskMustRestart, UserMistake
from services.runtime.kafka_access import KafkaPublisher, read_tasks, read_topics
from services.runtime.publishing import published
from services.runtime.records import Header, OutputRecord, partition_of
from services.runtime.settings import MeshSettings
from services.runtime.stable_ends import StableEnds
from tests.harness import audit
from tests.harness.counting import COUNTING, paid, unit_code
from tests.harness.header_batches import RawRecord, append_raw, raw, raw_batch
from tests.harness.stack import Stack, free_port
from tests.harness.waiting import until
from tests.harness.workers import WorkerProcess

pytestmark = [pytest.mark.broker, pytest.mark.asyncio]

MODULE = "tests.harness.counting_worker"
TOPIC, OTHER_TOPIC = "contribution-paid", "contribution-missed"
WAIT_MS = 500
PORTIONS_MAX = 100
MANY_ON = (0, 4, 8)
BAD_NAMES = [(b"na\xffme", b"first"), (b"\xf0\x28\x8c\x28", None)]
SHOWN: tuple[Header, ...] = (("na\\xffme", b"first"), ("\\xf0(\\x8c(", None))
CODE = "header-name-undecodable"


def good(stack: Stack, number: int, reference: str) -> OutputRecord:
    return published(stack.codec, paid(number, 100, reference), reference, "urn:weihai:tax", datetime.now(UTC), 12)


def units_of(partition: int, count: int) -> list[int]:
    found = (number for number in range(10_000) if partition_of(unit_code(number).encode(), 12) == partition)
    return [next(found) for _ in range(count)]


class Feed:
    """Good records and bad ones among them, on every partition, and what is to become of them."""

    def __init__(self, stack: Stack, story: str) -> None:
        self._stack, self._story = stack, story
        self._numbers = {partition: units_of(partition, 3) for partition in range(12)}
        self.good: list[OutputRecord] = []
        self.bad: list[OutputRecord] = []

    def _next(self, partition: int) -> OutputRecord:
        number = self._numbers[partition][len(self.good) % 3]
        return good(self._stack, number, f"{self._story}/{len(self.good)}/{len(self.bad)}")

    async def append(self, partition: int, pattern: str, *, packed: bool = False) -> None:
        """Append one batch; `+` is a good record, `-` one with bad names.

        Packed, they come to nothing: the broker unpacks what upstream packs, and mends such names on the way.
        """
        batch: list[RawRecord] = []
        for sign in pattern:
            record = self._next(partition)
            (self.good if sign == "+" or packed else self.bad).append(record)
            batch.append(raw(record, *BAD_NAMES) if sign == "-" else raw(record))
        servers = self._stack.settings.connection
        await append_raw(servers, TOPIC, partition, raw_batch(batch, packed=packed))

    async def append_everywhere(self) -> None:
        """Bad ones first, last, in the middle, several, alone; and, on some partitions, far behind good ones."""
        await asyncio.gather(*(self._append_kinds(partition) for partition in range(12)))
        for partition in MANY_ON:
            await self.append(partition, "+" * 300 + "-" + "+" * 300)
        await self.append(5, "+-+", packed=True)

    async def _append_kinds(self, partition: int) -> None:
        for pattern in ("++", "-++", "+--+", "++-", "-"):
            await self.append(partition, pattern)


@pytest.mark.parametrize("decoder", ["c", "python"])
async def test_a_record_whose_header_name_is_not_text_is_refused_and_its_neighbours_are_decided(
    own_stack: Stack, decoder: str
) -> None:
    servers = own_stack.settings.connection
    extra = {} if decoder == "c" else {"AIOKAFKA_NO_EXTENSIONS": "1"}
    feed = Feed(own_stack, decoder)
    before = Counter([entry.code for entry in await audit.entries(servers, COUNTING, own_stack.codec)])
    await feed.append_everywhere()
    worker = WorkerProcess(MODULE, own_stack.settings, free_port(), extra)
    worker.start()
    try:
        await own_stack.quiet([worker], [COUNTING], 60, "the backlog is decided")
        await feed.append_everywhere()
        bad = RawRecord(b"k", b"v", BAD_NAMES)
        await append_raw(servers, commands_topic("arrears"), 3, raw_batch([bad]))
        await append_raw(servers, "clock-ticked", 4, raw_batch([bad]))
        await own_stack.quiet([worker], [COUNTING], 60, "what came while it ran is decided")
        page = await worker.health()
    finally:
        await worker.stop()
    codes = Counter([entry.code for entry in await audit.entries(servers, COUNTING, own_stack.codec)]) - before
    findings = await audit.check(servers, COUNTING, own_stack.codec)

    findings.assert_clean()
    assert {"counted": len(feed.good), CODE: len(feed.bad) + 2} == codes
    assert page is not None
    assert [(0, "")] * 12 == [(task["restarts"], task["halted"]) for task in page["tasks"]]
    assert sorted(wanted_letters(feed.bad)) == sorted(
        await dead_records(own_stack, {record.value for record in feed.bad})
    )


Dead = tuple[bytes | None, bytes | None, tuple[Header, ...], str]


def wanted_letters(bad: Sequence[OutputRecord]) -> list[Dead]:
    return [(record.key, record.value, (*record.headers, *SHOWN), CODE) for record in bad]


async def dead_records(stack: Stack, values: Collection[bytes | None]) -> list[Dead]:
    """The dead letters with these values: original key, value and headers, and the code."""
    found = []
    async for record in read_topics(stack.settings.connection, [dead_topic("arrears")]):
        headers, why = split_dead(record.headers)
        if record.value in values:
            found.append((record.key, record.value, headers, why["code"]))
    return found


@pytest.mark.parametrize("client", ["aiokafka", "confluent"])
@pytest.mark.parametrize("records_max", [1, 7])
async def test_in_small_portions_each_record_comes_once_and_in_order(
    own_stack: Stack, records_max: int, client: str
) -> None:
    """Wherever a portion ends beside a bad record, and whichever partitions were read beside it."""
    partition, servers = 9, own_stack.settings.connection
    begin = await ends_of(own_stack, partition)
    feed = Feed(own_stack, f"portions/{records_max}/{client}")
    other = RawRecord(b"key", b"value", [])
    for pattern in ("+-", "--+", "++++++-", "+", "+++++++-+"):
        await feed.append(partition, pattern)
        await append_raw(servers, OTHER_TOPIC, partition, raw_batch([other, other._replace(headers=BAD_NAMES), other]))
    end = await ends_of(own_stack, partition)
    wanted = {topic: list(range(begin[topic], end[topic])) for topic in (TOPIC, OTHER_TOPIC)}
    read: dict[str, list[int]] = {TOPIC: [], OTHER_TOPIC: []}
    async with opened_reader(own_stack, client, partition, begin) as reader:
        for _ in range(PORTIONS_MAX):
            for record in await reader.fetch(records_max, WAIT_MS):
                read[record.topic].append(record.offset)
            if sum(map(len, read.values())) >= sum(map(len, wanted.values())):
                break
        more = await reader.fetch(records_max, WAIT_MS)

    assert [] == more
    assert wanted == read


async def test_who_reads_one_task_after_the_other_passes_it_in_each(own_stack: Stack) -> None:
    servers, partitions = own_stack.settings.connection, (10, 11)
    begins = {partition: (await ends_of(own_stack, partition))[TOPIC] for partition in partitions}
    feed = Feed(own_stack, "task-by-task")
    for partition in partitions:
        await feed.append(partition, "+-+")

    read = {partition: records async for partition, records in read_tasks(servers, [TOPIC], partitions)}

    wanted = {partition: [begin, begin + 1, begin + 2] for partition, begin in begins.items()}
    assert wanted == {partition: [record.offset for record in records][-3:] for partition, records in read.items()}


async def ends_of(stack: Stack, partition: int) -> dict[str, int]:
    async with StableEnds(stack.settings.connection) as ends:
        found = await ends.of([TopicPartition(topic, partition) for topic in COUNTING.inputs])
    return {place.topic: end for place, end in found.items()}


@pytest.mark.parametrize(("client", "partition"), [("aiokafka", 7), ("confluent", 8)])
async def test_a_batch_whose_checksum_is_wrong_is_a_broken_broker_and_not_passed_over(
    own_stack: Stack, client: str, partition: int
) -> None:
    """The task starts anew, as often as it takes, and stays where it is: what the batch held is not known to be bad."""
    servers = own_stack.settings.connection
    begin = (await ends_of(own_stack, partition))[TOPIC]
    marked = b"a value that the disk has kept wrong"
    async with KafkaPublisher(servers) as publisher:
        await publisher.append([good(own_stack, units_of(partition, 1)[0], "whole/1")])
        await publisher.append([OutputRecord(TOPIC, partition, b"key", marked)])
        await publisher.append([good(own_stack, units_of(partition, 1)[0], "whole/2")])
    spoil(own_stack, partition, marked)
    async with opened_reader(own_stack, client, partition, {TOPIC: begin}) as reader:
        with pytest.raises(TaskMustRestart, match="CRC"):
            await until(lambda: has_come(reader), 10, "something of the partition is read")

        assert await reader.position(TOPIC) in {
            begin,
            begin + 1,
        }  # before the broken batch: the one ahead of it is whole
    with pytest.raises(UserMistake, match="a batch is broken"):
        [record async for record in read_topics(servers, [TOPIC])]


@asynccontextmanager
async def opened_reader(
    stack: Stack, client: str, partition: int, positions: Mapping[str, int]
) -> AsyncIterator[TaskReader]:
    """A task's reader at these positions, from the begin where none is given."""
    settings = MeshSettings.model_validate({"bootstrap_servers": stack.settings.bootstrap_servers, "client": client})
    broker = broker_of(COUNTING, settings)
    await broker.start()
    reader = broker.reader(partition)
    try:
        async for _ in reader.restored():
            pass
        await reader.open({topic: positions.get(topic, 0) for topic in COUNTING.inputs})
        yield reader
    finally:
        await asyncio.gather(reader.close(), broker.stop())


async def has_come(reader: TaskReader) -> bool:
    return bool(await reader.fetch(1_000, WAIT_MS))


def spoil(stack: Stack, partition: int, marked: bytes) -> None:
    """Turn one bit of a record where the broker keeps it."""
    folder = stack.settings.data_dir / "kafka" / "broker-1" / f"{TOPIC}-{partition}"
    (segment,) = folder.glob("*.log")
    place = segment.read_bytes().index(marked)
    with segment.open("r+b") as stream:
        stream.seek(place)
        stream.write(bytes([marked[0] ^ 1]))
