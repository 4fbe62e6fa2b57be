"""What a consumer fetches, as records of ours, whatever the names of their headers.

Where aiokafka 0.14 meets a header name that is not UTF-8, `getmany` raises, again and again: the partition never gets
past that record, and what the same call took from other partitions is lost to the caller while their positions moved
on. So this keeps the positions itself, reads the places again with a decoder that forgives names, and goes on behind.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.client import AIOKafkaClient
from aiokafka.consumer.fetcher import READ_COMMITTED, PartitionRecords
from aiokafka.errors import CorruptRecordException, LeaderNotAvailableError, NoError, for_code
from aiokafka.protocol.fetch import FetchRequest
from aiokafka.structs import ConsumerRecord

from services.runtime.broker_connection import BrokerConnection
from services.runtime.forgiving_batches import ForgivingBatches, readable_headers
from services.runtime.records import InputRecord

READ_AGAIN_BYTES = 8 * 1024 * 1024
READ_AGAIN_PARTITION_BYTES = 1024 * 1024
"""As much as an ordinary fetch asks for; the broker gives a whole batch however large it is."""
READ_AGAIN_RECORDS_MAX = 10_000

Fetched = dict[TopicPartition, list[InputRecord]]


class Fetching:
    """Takes records from a consumer whose partitions are assigned by hand."""

    def __init__(self, consumer: AIOKafkaConsumer, broker: BrokerConnection, request_timeout_ms: int) -> None:
        self._consumer = consumer
        self._broker, self._timeout_ms = broker, request_timeout_ms
        self._next: dict[TopicPartition, int] = {}
        """Offset behind the last record that was handed on."""

    def begin(self, positions: Mapping[TopicPartition, int]) -> None:
        """Turn the consumer to these places, each at its position."""
        self._consumer.assign(list(positions))
        for place, position in positions.items():
            self._consumer.seek(place, position)
        self._next = dict(positions)

    async def fetch(
        self, places: Iterable[TopicPartition], wait_ms: int, records_max: int = READ_AGAIN_RECORDS_MAX
    ) -> Fetched:
        """Give what has arrived; `places` are those that are not paused.

        `KafkaError`, `CorruptRecordException` among them, where it cannot be read.
        """
        try:
            fetched = await self._consumer.getmany(timeout_ms=wait_ms, max_records=records_max)
        except (UnicodeDecodeError, CorruptRecordException) as error:
            if not is_about_a_name(error):
                raise
            return await self._read_again(places, records_max)
        for place, records in fetched.items():
            self._next[place] = records[-1].offset + 1
        return {place: [_input(record) for record in records] for place, records in fetched.items()}

    async def _read_again(self, places: Iterable[TopicPartition], records_max: int) -> Fetched:
        """Read the places from where they stood: the error does not say which of them it was."""
        fetched, behind = await read_again(
            self._consumer, self._broker, self._timeout_ms, self._next, places, records_max
        )
        self._next |= behind
        return fetched


def is_about_a_name(error: Exception) -> bool:
    """Tell whether a name was not UTF-8: aiokafka's decoder in C raises that as it is, the one in Python wraps it."""
    return isinstance(error, UnicodeDecodeError) or isinstance(error.__cause__, UnicodeDecodeError)


async def read_again(
    consumer: AIOKafkaConsumer,
    broker: BrokerConnection,
    timeout_ms: int,
    stood: Mapping[TopicPartition, int],
    places: Iterable[TopicPartition],
    records_max: int,
) -> tuple[Fetched, dict[TopicPartition, int]]:
    """Read places of a consumer that a header's name has stopped, and turn it behind what was read; tells also where that is.

    `stood`: offset behind what was handed on, of every place that may have gone past it with the call that failed.
    """
    for place, position in stood.items():  # at once: nobody is to see positions behind records that were not handed on
        consumer.seek(place, position)
    fetched, behind = await read_forgivingly(broker, timeout_ms, {place: stood[place] for place in places}, records_max)
    for place, position in behind.items():
        consumer.seek(place, position)
    return fetched, behind


async def read_forgivingly(
    broker: BrokerConnection, timeout_ms: int, begin: Mapping[TopicPartition, int], records_max: int
) -> tuple[Fetched, dict[TopicPartition, int]]:
    """Fetch once from each leader, over connections of their own, whatever the names are; also gives where to go on."""
    client = AIOKafkaClient(**broker.client(), request_timeout_ms=timeout_ms)
    fetched: Fetched = {}
    behind: dict[TopicPartition, int] = {}
    try:
        await client.bootstrap()
        await client.set_topics({place.topic for place in begin})
        for leader, places in _by_leader(client, begin).items():
            answer = await client.send(leader, _request({place: begin[place] for place in places}))
            for place, reading in _readings(answer, begin).items():
                taken: list[InputRecord] = []
                while len(taken) < records_max and (record := next(reading, None)) is not None:
                    taken.append(_forgiven(record))
                records_max -= len(taken)
                behind[place] = reading.next_fetch_offset
                if taken:
                    fetched[place] = taken
    finally:
        await client.close()
    return fetched, behind


def _by_leader(client: AIOKafkaClient, places: Iterable[TopicPartition]) -> dict[int, list[TopicPartition]]:
    found = defaultdict(list)
    for place in places:
        leader = client.cluster.leader_for_partition(place)
        if leader is None or leader < 0:
            raise LeaderNotAvailableError(place)
        found[leader].append(place)
    return found


def _request(begin: Mapping[TopicPartition, int]) -> FetchRequest:
    by_topic = defaultdict(list)
    for place, offset in begin.items():
        by_topic[place.topic].append((place.partition, offset, READ_AGAIN_PARTITION_BYTES))
    return FetchRequest(0, 1, READ_AGAIN_BYTES, READ_COMMITTED, list(by_topic.items()))


def _readings(answer: FetchRequest, begin: Mapping[TopicPartition, int]) -> dict[TopicPartition, PartitionRecords]:
    """The records of an answer by place, without those of aborted transactions, which aiokafka's own class skips."""
    found = {}
    for topic, partitions in answer.topics:
        for number, error_code, _end, *parts in partitions:
            place = TopicPartition(topic, number)
            if (error := for_code(error_code)) is not NoError:
                raise error(place)
            aborted = parts[2] if answer.API_VERSION >= 11 else parts[-2]  # noqa: PLR2004 — as aiokafka's fetcher reads it
            batches = ForgivingBatches(parts[-1])
            found[place] = PartitionRecords(place, batches, aborted, begin[place], None, None, True, READ_COMMITTED)
    return found


def _input(record: ConsumerRecord) -> InputRecord:
    return InputRecord(
        record.topic,
        record.partition,
        record.offset,
        record.timestamp,
        record.key,
        record.value,
        record.headers,
    )


def _forgiven(record: ConsumerRecord) -> InputRecord:
    headers, had_to_change = readable_headers(record.headers)
    return InputRecord(
        record.topic,
        record.partition,
        record.offset,
        record.timestamp,
        record.key,
        record.value,
        headers,
        had_to_change,
    )
