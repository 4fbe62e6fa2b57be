"""The broker port on aiokafka 0.14. Every rule here answers a failure that was seen (docs/decisions/0003)."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import (
    CoordinatorNotAvailableError,
    GroupAuthorizationFailedError,
    InvalidProducerEpoch,
    KafkaConnectionError,
    KafkaError,
    OutOfOrderSequenceNumber,
    ProducerFenced,
    TopicAuthorizationFailedError,
    TransactionalIdAuthorizationFailed,
    UnknownTopicOrPartitionError,
    UnsupportedCodecError,
    for_code,
)
from aiokafka.structs import OffsetAndMetadata

from schemas.topics import changelog_topic
from services.runtime.broker import TaskReader, TaskWriter
from services.runtime.closing import closed
from services.runtime.errors import RIGHTS, BrokerRefused, BrokerUnavailable, Fenced, MeshError, TaskMustRestart
from services.runtime.fetching import Fetching
from services.runtime.listening import why_unreachable
from services.runtime.membership import KafkaMembership
from services.runtime.records import InputRecord, OutputRecord
from services.runtime.restoring import new_consumer, restored
from services.runtime.service import Service
from services.runtime.settings import MeshSettings
from services.runtime.stable_ends import StableEnds

WRITE_BATCH_BYTES = 1024 * 1024
PREFETCH_NEVER_S = 1e6
NO_OFFSET = -1
NOT_SHOWN = (UnknownTopicOrPartitionError, TopicAuthorizationFailedError)
"""What a broker says of a topic that is not there, or not for us."""


class KafkaBroker:
    """Makes writers, readers and the membership of one service."""

    def __init__(self, service: Service, settings: MeshSettings) -> None:
        self._service = service
        self._settings = settings
        self._admin: AIOKafkaAdminClient | None = None
        self._notes: AIOKafkaProducer | None = None
        self._ends = StableEnds(settings.connection, settings.request_timeout_ms)

    async def start(self) -> None:
        """Connect what tasks share for asking; `BrokerRefused` and `BrokerUnavailable` say why it cannot be used."""
        broker = self._settings.connection
        self._admin = AIOKafkaAdminClient(**broker.client(), request_timeout_ms=self._settings.request_timeout_ms)
        try:
            await self._admin.start()
            await self._ends.know(self._service.inputs)
            await self._refuse_a_group_of_others()
        except KafkaConnectionError as error:
            await self._admin.close()
            raise await why_unreachable(broker) from error
        except (KafkaError, TimeoutError) as error:
            why = await self._why_inputs_are_not_shown(error)
            await self._admin.close()
            raise why from error

    async def _why_inputs_are_not_shown(self, error: Exception) -> MeshError:
        """Only an answer refuses: of a topic whose leader is away, or a broker that is silent, more may be heard in a moment."""
        assert self._admin is not None
        servers, name = self._settings.connection.servers, self._service.name
        try:
            async with asyncio.timeout(self._settings.request_timeout_ms / 1000):
                described = await self._admin.describe_topics(sorted(self._service.inputs))
        except (KafkaError, TimeoutError):
            return BrokerUnavailable(f"The broker at {servers} does not answer about the inputs of {name} ({error!r}).")
        missing = [topic["topic"] for topic in described if for_code(topic["error_code"]) in NOT_SHOWN]
        if missing:
            return BrokerRefused(
                f"The broker at {servers} does not show {missing[0]}, an input of {name}: see `shebao topics apply`."
            )
        return BrokerUnavailable(f"The broker at {servers} does not serve every input of {name} now ({error!r}).")

    async def _refuse_a_group_of_others(self) -> None:
        """`BrokerRefused` where we may not join the group: the membership would ask for ever, and nothing would run."""
        assert self._admin is not None
        try:
            await self._admin.find_coordinator(self._service.name)
        except GroupAuthorizationFailedError as error:
            await self._admin.close()
            raise BrokerRefused(f"{self._service.name} may not join its group: {RIGHTS}.") from error
        except CoordinatorNotAvailableError:
            return  # A broker that has just begun: the membership waits for it.

    async def stop(self) -> None:
        """Disconnect what tasks share."""
        if self._notes is not None:
            await self._notes.stop()
        await self._ends.close()
        if self._admin is not None:
            await self._admin.close()

    def writer(self, partition: int) -> TaskWriter:
        """A new transactional producer for a task."""
        return KafkaWriter(self._service.name, partition, self._settings)

    def reader(self, partition: int) -> TaskReader:
        """A new consumer for a task."""
        assert self._admin is not None
        return KafkaReader(self._service, partition, self._settings, self._admin, self._ends)

    def membership(self) -> KafkaMembership:
        """This process's membership in the service's group."""
        return KafkaMembership(self._service.name, self._service.inputs, self._settings)

    async def say(self, record: OutputRecord) -> None:
        """Write one record with an idempotent producer; after an error the next call makes a new one."""
        if self._notes is None:
            self._notes = AIOKafkaProducer(
                **self._settings.connection.client(),
                acks="all",
                enable_idempotence=True,
                request_timeout_ms=self._settings.request_timeout_ms,
            )
            await self._notes.start()
        producer = self._notes
        try:
            async with asyncio.timeout(self._settings.transaction_timeout_ms / 1000):
                await producer.send_and_wait(
                    record.topic, record.value, record.key, record.partition, headers=list(record.headers)
                )
        except (KafkaError, TimeoutError):
            self._notes = None
            await closed(producer)
            raise


class KafkaWriter:
    """The transactional producer of one task."""

    def __init__(self, service: str, partition: int, settings: MeshSettings) -> None:
        self._group = service
        self._partition = partition
        self._timeout_s = settings.transaction_timeout_ms / 1000
        self._producer = AIOKafkaProducer(
            **settings.connection.client(),
            transactional_id=f"{service}-{partition}",
            transaction_timeout_ms=settings.transaction_timeout_ms,
            request_timeout_ms=settings.request_timeout_ms,
            max_batch_size=WRITE_BATCH_BYTES,
            compression_type="zstd",  # at a quarter of the time that aiokafka's lz4 (level 9) takes, and smaller
            linger_ms=0,
        )

    async def open(self) -> None:
        """Initialise the transactional id: fences the old owner and aborts what it left open."""
        try:
            async with asyncio.timeout(self._timeout_s * 2):
                await self._producer.start()
        except TransactionalIdAuthorizationFailed as error:
            raise BrokerRefused(f"{self._group} may not write as itself ({error!r}): {RIGHTS}.") from error
        except (KafkaError, TimeoutError) as error:
            raise TaskMustRestart(f"the producer could not be opened: {error!r}") from error

    async def commit(self, outputs: Sequence[OutputRecord], positions: Mapping[str, int]) -> None:
        """Write one transaction; whatever goes wrong makes this writer useless."""
        try:
            async with asyncio.timeout(self._timeout_s):
                await self._transaction(outputs, positions)
        except (ProducerFenced, InvalidProducerEpoch) as error:
            raise Fenced(f"{self._group}-{self._partition} belongs to another process now") from error
        except (TopicAuthorizationFailedError, GroupAuthorizationFailedError) as error:
            raise BrokerRefused(f"{self._group} may not write what it says ({error!r}): {RIGHTS}.") from error
        except OutOfOrderSequenceNumber as error:
            raise TaskMustRestart("the broker lost count of our records") from error
        except (KafkaError, TimeoutError) as error:
            raise TaskMustRestart(f"the transaction did not go through: {error!r}") from error

    async def _transaction(self, outputs: Sequence[OutputRecord], positions: Mapping[str, int]) -> None:
        producer = self._producer
        await producer.begin_transaction()
        places: dict[tuple[str, int], list[OutputRecord]] = defaultdict(list)
        for record in outputs:
            places[record.topic, record.partition].append(record)
        # Every record's future is awaited: a commit succeeds even if the broker rejected one of them.
        await asyncio.gather(*(self._send(*place, records) for place, records in places.items()))
        if positions:
            offsets = {
                TopicPartition(topic, self._partition): OffsetAndMetadata(offset, "")
                for topic, offset in positions.items()
            }
            await producer.send_offsets_to_transaction(offsets, self._group)
        await producer.commit_transaction()

    async def _send(self, topic: str, partition: int, records: Sequence[OutputRecord]) -> None:
        producer = self._producer
        batch = producer.create_batch()
        for record in records:
            if batch.append(key=record.key, value=record.value, timestamp=None, headers=list(record.headers)) is None:
                await (await producer.send_batch(batch, topic, partition=partition))
                batch = producer.create_batch()
                batch.append(key=record.key, value=record.value, timestamp=None, headers=list(record.headers))
        await (await producer.send_batch(batch, topic, partition=partition))

    async def close(self) -> None:
        """Let go of the connections, without waiting long for a broken one."""
        await closed(self._producer)


class KafkaReader:
    """The consumer of one task: its own, assigned by hand, read-committed, never jumping."""

    def __init__(
        self,
        service: Service,
        partition: int,
        settings: MeshSettings,
        admin: AIOKafkaAdminClient,
        ends: StableEnds,
    ) -> None:
        self._group = service.name
        self._partition = partition
        self._admin, self._ends = admin, ends
        self._timeout_s = settings.request_timeout_ms / 1000
        self._places = {topic: TopicPartition(topic, partition) for topic in sorted(service.inputs)}
        self._changelog = TopicPartition(changelog_topic(service.name), partition)
        self._only: str | None = None
        self._settings = settings
        self._consumer = new_consumer(settings, settings.fetch_wait_ms)
        self._fetching = Fetching(self._consumer, settings.connection, settings.request_timeout_ms)

    async def committed(self) -> dict[str, int]:
        """Ask the group for the positions of this task's inputs."""
        async with asyncio.timeout(self._timeout_s):
            offsets = await self._admin.list_consumer_group_offsets(self._group, partitions=list(self._places.values()))
        return {place.topic: found.offset for place, found in offsets.items() if found.offset != NO_OFFSET}

    async def restored(self) -> AsyncIterator[tuple[str, bytes | None]]:
        """Read the changelog up to the last stable offset."""
        await self._consumer.start()
        _never_fetch_a_part(self._consumer)
        async for entry in restored(self._settings, self._changelog):
            yield entry

    async def open(self, positions: Mapping[str, int]) -> None:
        """Turn to the inputs."""
        self._fetching.begin({place: positions[topic] for topic, place in self._places.items()})

    async def fetch(self, records_max: int, wait_ms: int, only: str | None = None) -> list[InputRecord]:
        """Give what has arrived."""
        self._turn_to(only)
        places = self._places.values() if only is None else [self._places[only]]
        try:
            fetched = await self._fetching.fetch(places, wait_ms, records_max)
        except (TopicAuthorizationFailedError, UnsupportedCodecError) as error:
            raise BrokerRefused(f"{self._group} cannot read its inputs: {error!r}.") from error
        except KafkaError as error:
            # A wrong checksum too: that is no bad input but a broken broker, and what it holds must not be passed over.
            raise TaskMustRestart(f"the inputs cannot be read: {error!r}") from error
        return [record for records in fetched.values() for record in records]

    def _turn_to(self, only: str | None) -> None:
        if only == self._only:
            return
        others = [place for topic, place in self._places.items() if topic != only]
        self._consumer.resume(*self._places.values())  # what is wanted now may have been among the others before
        if only is not None:
            self._consumer.pause(*others)
        self._only = only

    async def position(self, topic: str) -> int:
        """Where the next fetch of a topic begins; past the markers of transactions. Known at once after `open`."""
        return int(await self._consumer.position(self._places[topic]))

    def heard_ends(self) -> dict[str, int]:
        """What the last fetch of each input told."""
        heard = {topic: self._consumer.last_stable_offset(place) for topic, place in self._places.items()}
        return {topic: end for topic, end in heard.items() if end is not None}

    async def stable_ends(self) -> dict[str, int]:
        """Ask for the last stable offset of each input."""
        ends = await self._ends.of(list(self._places.values()))
        return {place.topic: end for place, end in ends.items()}

    async def close(self) -> None:
        """Let go of the connections."""
        await closed(self._consumer)


def _never_fetch_a_part(consumer: AIOKafkaConsumer) -> None:
    """Let no fetch leave out a partition whose records still wait in the consumer.

    aiokafka keeps one fetch under way to a broker. While records of one partition wait to be taken for more than
    0.1 s, as under backlog they do, it fetches the others; where these have nothing, the broker holds that fetch for all
    of `fetch_max_wait_ms`, and the partition with the backlog stands still for so long (seen: 2 to 5 s, again and
    again). There is no setting for it; a release that renames the attribute stops here.
    """
    fetcher = consumer._fetcher  # noqa: SLF001 — no public setting, see above
    if not hasattr(fetcher, "_prefetch_backoff"):
        raise BrokerRefused("this aiokafka keeps its prefetch elsewhere: see services/runtime/kafka.py.")
    fetcher._prefetch_backoff = PREFETCH_NEVER_S  # noqa: SLF001
