"""What the broker must refuse is refused there, to its producer, and is in no topic; records around it are decided."""

import gzip
import itertools
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from functools import cache

import cramjam
import pytest
import pytest_asyncio
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.errors import MessageSizeTooLargeError, UnknownError

from schemas.contributions import ContributionPaid
from services.runtime.dead import split_dead
from services.runtime.errors import UserMistake
from services.runtime.kafka_access import KafkaPublisher, read_topics
from services.runtime.publishing import published
from services.runtime.records import InputRecord, OutputRecord, partition_of
from services.runtime.stable_ends import StableEnds
from tests.harness import audit
from tests.harness.counting import COUNTING, paid, unit_code
from tests.harness.raw_batches import GZIP, ZSTD, answer_to, raw_batch, raw_record, varint
from tests.harness.stack import Stack, free_port
from tests.harness.waiting import until
from tests.harness.workers import WorkerProcess

pytestmark = [pytest.mark.broker, pytest.mark.asyncio(loop_scope="module")]

TOPIC = ContributionPaid.topic
COMMANDS = "arrears-commands"
MIB = 2**20
BOMB_BYTES = 50 * MIB
ABOVE_THE_HEAP_BYTES = 600 * MIB
"""The sandbox's broker has a heap of 512 MiB."""
_units = itertools.count(1)


def zeros(count: int) -> bytes:
    return raw_record(b"91371003MA3C0EXAMP", bytes(count))


def zstd(content: bytes) -> bytes:
    return bytes(cramjam.zstd.compress(content))


def many_of(count: int, value_bytes: int) -> bytes:
    return b"".join(raw_record(b"key", bytes(value_bytes), place=place) for place in range(count))


def of_unknown_codec(codec: int) -> Callable[[], bytes]:
    return lambda: raw_batch(zeros(10), codec=codec)


REFUSED: dict[str, tuple[Callable[[], bytes], type[Exception]]] = {
    "a record over 4 MiB": (lambda: raw_batch(zeros(4 * MIB)), MessageSizeTooLargeError),
    "a gzip bomb": (lambda: raw_batch(gzip.compress(zeros(BOMB_BYTES)), codec=GZIP), MessageSizeTooLargeError),
    "a zstd bomb": (lambda: raw_batch(zstd(zeros(BOMB_BYTES)), codec=ZSTD), MessageSizeTooLargeError),
    "a zstd bomb of many small records": (
        lambda: raw_batch(zstd(many_of(50_000, 1_000)), 50_000, ZSTD),
        MessageSizeTooLargeError,
    ),
    "a zstd bomb above the broker's heap": (
        lambda: raw_batch(zstd(zeros(ABOVE_THE_HEAP_BYTES)), codec=ZSTD),
        UnknownError,
    ),
    "78 bytes that claim to unpack to 2 GiB": (
        lambda: raw_batch(zstd(varint(2**31 - 1) + b"abc"), codec=ZSTD),
        UnknownError,
    ),
    "codec 5, which nobody knows": (of_unknown_codec(5), UnknownError),
    "codec 6, which nobody knows": (of_unknown_codec(6), UnknownError),
    "codec 7, which nobody knows": (of_unknown_codec(7), UnknownError),
}
"""Batches, and what their producer is told."""


@cache
def batch_of(case: str) -> bytes:
    """The batch of a case, packed once for all topics."""
    return REFUSED[case][0]()


class Bench:
    """A worker on a broker, and the connections of whoever tries it: made once, as making them takes longer than using them."""

    def __init__(self, stack: Stack, worker: WorkerProcess, publisher: KafkaPublisher, ends: StableEnds) -> None:
        self.stack, self.publisher = stack, publisher
        self._worker, self._ends = worker, ends

    def unit(self) -> "Unit":
        """A unit that nobody has tried yet."""
        return Unit(self, next(_units))

    async def end_of(self, topic: str, partition: int) -> int:
        place = TopicPartition(topic, partition)
        return (await self._ends.of([place]))[place]

    async def decisions(self, unit: "Unit") -> list[str]:
        await self.stack.quiet([self._worker], [COUNTING], 60, "every record is decided")
        return await audit.codes(self.stack.settings.connection, COUNTING, self.stack.codec, unit.code)


class Unit:
    """One unit, and the partition on which its records lie."""

    def __init__(self, bench: Bench, number: int) -> None:
        self._bench, self._number = bench, number
        self.code = unit_code(self._number)
        self.partition = partition_of(self.code.encode(), 12)

    def payment(self, name: str) -> OutputRecord:
        fact, codec = paid(self._number, 100, f"{name}-{self._number}"), self._bench.stack.codec
        return published(codec, fact, f"{name}-{self._number}", "urn:weihai:tax", datetime.now(UTC), 12)

    async def pays(self, name: str) -> None:
        await self._bench.publisher.append([self.payment(name)])


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bench(own_stack: Stack) -> AsyncIterator[Bench]:
    worker = WorkerProcess("tests.harness.counting_worker", own_stack.settings, free_port())
    worker.start()
    try:
        await until(lambda: own_stack.all_running([worker], [COUNTING]), 60, "all tasks run")
        connection = own_stack.settings.connection
        async with KafkaPublisher(connection) as publisher, StableEnds(connection) as ends:
            yield Bench(own_stack, worker, publisher, ends)
    finally:
        await worker.stop()


@pytest.mark.parametrize("case", REFUSED)
@pytest.mark.parametrize("topic", [TOPIC, COMMANDS])
async def test_it_is_refused_to_its_producer_and_the_stream_goes_on(bench: Bench, topic: str, case: str) -> None:
    _, expected = REFUSED[case]
    unit = bench.unit()
    await unit.pays("before")
    end = await bench.end_of(topic, unit.partition)

    answer = await answer_to(bench.stack.settings.bootstrap_servers, topic, unit.partition, batch_of(case))

    assert expected is answer
    assert end == await bench.end_of(topic, unit.partition)
    await unit.pays("after")
    assert ["counted", "counted"] == await bench.decisions(unit)


@pytest.mark.parametrize("codec", ["gzip", "zstd"])
async def test_a_producer_of_a_library_learns_that_its_bomb_was_refused(bench: Bench, codec: str) -> None:
    unit = bench.unit()
    await unit.pays("before")
    end = await bench.end_of(TOPIC, unit.partition)

    producer = AIOKafkaProducer(
        bootstrap_servers=bench.stack.settings.bootstrap_servers,
        compression_type=codec,
        max_request_size=2 * BOMB_BYTES,
    )
    async with producer:
        with pytest.raises(MessageSizeTooLargeError):
            await producer.send_and_wait(TOPIC, bytes(BOMB_BYTES), unit.code.encode(), unit.partition)

    assert end == await bench.end_of(TOPIC, unit.partition)
    await unit.pays("after")
    assert ["counted", "counted"] == await bench.decisions(unit)


async def test_a_publisher_of_ours_says_in_one_sentence_that_a_record_is_too_large(bench: Bench) -> None:
    too_large = bench.unit().payment("large")._replace(value=bytes(4 * MIB))

    async with KafkaPublisher(bench.stack.settings.connection) as publisher:
        with pytest.raises(UserMistake, match="refuses a record"):
            await publisher.append([too_large])


@pytest.mark.parametrize("topic", [TOPIC, COMMANDS])
async def test_what_the_broker_just_takes_is_refused_at_the_door_and_kept_whole(bench: Bench, topic: str) -> None:
    unit = bench.unit()
    large = unit.payment("large")._replace(topic=topic, value=bytes(4 * MIB - 1_024))

    await bench.publisher.append([unit.payment("before"), large, unit.payment("after")])

    assert ["counted", "counted"] == await bench.decisions(unit)
    letters = [letter for letter in await dead_letters(bench.stack) if letter.key == large.key]
    assert ["record-too-large"] == [split_dead(letter.headers)[1]["code"] for letter in letters]
    assert [large.value] == [letter.value for letter in letters]


async def dead_letters(stack: Stack) -> list[InputRecord]:
    return [record async for record in read_topics(stack.settings.connection, ["arrears-dead"])]


@pytest.mark.parametrize("codec", ["gzip", "zstd"])
async def test_a_compressed_record_of_an_honest_producer_is_stored_unpacked_and_decided(
    bench: Bench, codec: str
) -> None:
    unit = bench.unit()
    honest = unit.payment("packed")

    async with AIOKafkaProducer(
        bootstrap_servers=bench.stack.settings.bootstrap_servers, compression_type=codec
    ) as producer:
        await producer.send_and_wait(
            honest.topic, honest.value, honest.key, honest.partition, headers=list(honest.headers)
        )

    assert ["counted"] == await bench.decisions(unit)
