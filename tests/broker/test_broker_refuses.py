"""What the broker must refuse is refused there, to its producer, and is in no topic; records around it are decided."""

import asyncio
import gzip
import itertools
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import cramjam
import pytest
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

pytestmark = [pytest.mark.broker, pytest.mark.asyncio]

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


@pytest.fixture(scope="module")
def worker(own_stack: Stack) -> Iterator[WorkerProcess]:
    made = WorkerProcess("tests.harness.counting_worker", own_stack.settings, free_port())
    made.start()
    asyncio.run(until(lambda: own_stack.all_running([made], [COUNTING]), 60, "all tasks run"))
    yield made
    asyncio.run(made.stop())


class Unit:
    """One unit, and the partition on which its records lie."""

    def __init__(self, stack: Stack) -> None:
        self._stack, self._number = stack, next(_units)
        self.code = unit_code(self._number)
        self.partition = partition_of(self.code.encode(), 12)

    def payment(self, name: str) -> OutputRecord:
        fact = paid(self._number, 100, f"{name}-{self._number}")
        return published(self._stack.codec, fact, f"{name}-{self._number}", "urn:weihai:tax", datetime.now(UTC), 12)

    async def pays(self, name: str) -> None:
        async with KafkaPublisher(self._stack.settings.connection) as publisher:
            await publisher.append([self.payment(name)])

    async def decisions(self, worker: WorkerProcess) -> list[str]:
        await until(lambda: self._stack.all_quiet([worker], [COUNTING]), 60, "every record is decided")
        return await audit.codes(self._stack.settings.connection, COUNTING, self._stack.codec, self.code)


async def end_of(stack: Stack, topic: str, partition: int) -> int:
    place = TopicPartition(topic, partition)
    async with StableEnds(stack.settings.connection) as ends:
        return (await ends.of([place]))[place]


@pytest.mark.parametrize("case", REFUSED)
@pytest.mark.parametrize("topic", [TOPIC, COMMANDS])
async def test_it_is_refused_to_its_producer_and_the_stream_goes_on(
    own_stack: Stack, worker: WorkerProcess, topic: str, case: str
) -> None:
    make, expected = REFUSED[case]
    unit = Unit(own_stack)
    await unit.pays("before")
    end = await end_of(own_stack, topic, unit.partition)

    answer = await answer_to(own_stack.settings.bootstrap_servers, topic, unit.partition, make())

    assert expected is answer
    assert end == await end_of(own_stack, topic, unit.partition)
    await unit.pays("after")
    assert ["counted", "counted"] == await unit.decisions(worker)


@pytest.mark.parametrize("codec", ["gzip", "zstd"])
async def test_a_producer_of_a_library_learns_that_its_bomb_was_refused(
    own_stack: Stack, worker: WorkerProcess, codec: str
) -> None:
    unit = Unit(own_stack)
    await unit.pays("before")
    end = await end_of(own_stack, TOPIC, unit.partition)

    producer = AIOKafkaProducer(
        bootstrap_servers=own_stack.settings.bootstrap_servers, compression_type=codec, max_request_size=2 * BOMB_BYTES
    )
    async with producer:
        with pytest.raises(MessageSizeTooLargeError):
            await producer.send_and_wait(TOPIC, bytes(BOMB_BYTES), unit.code.encode(), unit.partition)

    assert end == await end_of(own_stack, TOPIC, unit.partition)
    await unit.pays("after")
    assert ["counted", "counted"] == await unit.decisions(worker)


async def test_a_publisher_of_ours_says_in_one_sentence_that_a_record_is_too_large(own_stack: Stack) -> None:
    too_large = Unit(own_stack).payment("large")._replace(value=bytes(4 * MIB))

    async with KafkaPublisher(own_stack.settings.connection) as publisher:
        with pytest.raises(UserMistake, match="refuses a record"):
            await publisher.append([too_large])


@pytest.mark.parametrize("topic", [TOPIC, COMMANDS])
async def test_what_the_broker_just_takes_is_refused_at_the_door_and_kept_whole(
    own_stack: Stack, worker: WorkerProcess, topic: str
) -> None:
    unit = Unit(own_stack)
    large = unit.payment("large")._replace(topic=topic, value=bytes(4 * MIB - 1_024))

    async with KafkaPublisher(own_stack.settings.connection) as publisher:
        await publisher.append([unit.payment("before"), large, unit.payment("after")])

    assert ["counted", "counted"] == await unit.decisions(worker)
    letters = [letter for letter in await dead_letters(own_stack) if letter.key == large.key]
    assert ["record-too-large"] == [split_dead(letter.headers)[1]["code"] for letter in letters]
    assert [large.value] == [letter.value for letter in letters]


async def dead_letters(stack: Stack) -> list[InputRecord]:
    return [record async for record in read_topics(stack.settings.connection, ["arrears-dead"])]


@pytest.mark.parametrize("codec", ["gzip", "zstd"])
async def test_a_compressed_record_of_an_honest_producer_is_stored_unpacked_and_decided(
    own_stack: Stack, worker: WorkerProcess, codec: str
) -> None:
    unit = Unit(own_stack)
    honest = unit.payment("packed")

    async with AIOKafkaProducer(
        bootstrap_servers=own_stack.settings.bootstrap_servers, compression_type=codec
    ) as producer:
        await producer.send_and_wait(
            honest.topic, honest.value, honest.key, honest.partition, headers=list(honest.headers)
        )

    assert ["counted"] == await unit.decisions(worker)
