"""The broker port on aiokafka 0.14. Every rule here answers a failure that was seen (docs/decisions/0003)."""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from aiokafka import AIOKafkaProducer, TopicPartition
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
    for_code,
)
from aiokafka.structs import OffsetAndMetadata

from services.runtime.broker import Place, TaskReader, TaskWriter
from services.runtime.closing import closed
from services.runtime.errors import (
    RIGHTS,
    RIGHTS_ZH,
    BrokerRefused,
    BrokerUnavailable,
    Fenced,
    MeshError,
    TaskMustRestart,
)
from services.runtime.former_member import FormerMember
from services.runtime.kafka_reader import KafkaReader
from services.runtime.listening import why_unreachable
from services.runtime.membership import KafkaMembership
from services.runtime.own_topics import OwnTopics
from services.runtime.records import OutputRecord
from services.runtime.service import Service
from services.runtime.settings import MeshSettings
from services.runtime.stable_ends import StableEnds
from services.runtime.transaction_ends import TransactionEnds

WRITE_BATCH_BYTES = 1024 * 1024
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
        self._own = OwnTopics(service, settings, self._ends)
        self._former = FormerMember(service.name, settings)

    async def start(self) -> None:
        """Connect what tasks share for asking; `BrokerRefused` and `BrokerUnavailable` say why it cannot be used."""
        broker = self._settings.connection
        admin = self._made_admin()
        try:
            await admin.start()
            await self._ends.know(self._service.inputs)
            await self._turn_to_the_group()
        except KafkaConnectionError as error:
            await admin.close()
            raise await why_unreachable(broker) from error
        except (KafkaError, TimeoutError) as error:
            why = await self._why_inputs_are_not_shown(error)
            await admin.close()
            raise why from error
        with contextlib.suppress(KafkaError, TimeoutError):  # a task that opens asks again, and says what is wrong
            await self._own.get_ready()

    async def _why_inputs_are_not_shown(self, error: Exception) -> MeshError:
        """Only an answer refuses: of a topic whose leader is away, or a broker that is silent, more may be heard in a moment."""
        assert self._admin is not None
        servers, name = self._settings.connection.servers, self._service.name
        try:
            async with asyncio.timeout(self._settings.request_timeout_ms / 1000):
                described = await self._admin.describe_topics(sorted(self._service.inputs))
        except (KafkaError, TimeoutError):
            return BrokerUnavailable(
                f"Kafka（{servers}）没有答复 {name} 的输入主题，请稍后再试。",
                f"The broker at {servers} does not answer about the inputs of {name} ({error!r}).",
            )
        missing = [topic["topic"] for topic in described if for_code(topic["error_code"]) in NOT_SHOWN]
        if missing:
            return BrokerRefused(
                f"Kafka（{servers}）上看不到 {name} 的输入主题 {missing[0]}，请用 `shebao topics apply` 建立或核对。",
                f"The broker at {servers} does not show {missing[0]}, an input of {name}: see `shebao topics apply`.",
            )
        return BrokerUnavailable(
            f"Kafka（{servers}）目前未能提供 {name} 的全部输入主题，请稍后再试。",
            f"The broker at {servers} does not serve every input of {name} now ({error!r}).",
        )

    async def _turn_to_the_group(self) -> None:
        """Leave it for a process of this name that died.

        `BrokerRefused` where we may not join it: the membership would ask for ever, and nothing would run.
        """
        assert self._admin is not None
        try:
            coordinator = await self._admin.find_coordinator(self._service.name)
        except GroupAuthorizationFailedError as error:
            await self._admin.close()
            raise BrokerRefused(
                f"{self._service.name} 无权加入其消费组；{RIGHTS_ZH}。",
                f"{self._service.name} may not join its group: {RIGHTS}.",
            ) from error
        except CoordinatorNotAvailableError:
            return  # A broker that has just begun: the membership waits for it.
        await self._former.leave(self._admin, coordinator)

    async def stop(self) -> None:
        """Disconnect what tasks share."""
        if self._notes is not None:
            await self._notes.stop()
        await self._own.close()
        await self._ends.close()
        if self._admin is not None:
            await self._admin.close()

    def _transactions(self) -> TransactionEnds:
        return TransactionEnds(self._made_admin(), self._service.name, self._settings)

    def _made_admin(self) -> AIOKafkaAdminClient:
        """The client that asks for all tasks, made with the first need of it: it belongs to the loop that runs then."""
        if self._admin is None:
            connection, timeout_ms = self._settings.connection, self._settings.request_timeout_ms
            self._admin = AIOKafkaAdminClient(**connection.client(), request_timeout_ms=timeout_ms)
        return self._admin

    def writer(self, partition: int) -> TaskWriter:
        """A new transactional producer for a task."""
        return KafkaWriter(self._service.name, partition, self._settings, self._transactions())

    def reader(self, partition: int) -> TaskReader:
        """A new consumer for a task."""
        assert self._admin is not None
        return KafkaReader(
            self._service, partition, self._settings, self._admin, self._ends, self._own, self._transactions()
        )

    def membership(self) -> KafkaMembership:
        """This process's membership in the service's group."""
        return KafkaMembership(self._service.name, self._service.inputs, self._settings, self._former)

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

    def __init__(self, service: str, partition: int, settings: MeshSettings, transactions: TransactionEnds) -> None:
        self._group, self._partition = service, partition
        self._settings, self._transactions = settings, transactions
        self._timeout_s = settings.transaction_timeout_ms / 1000
        self._producer = self._new_producer()

    def _new_producer(self) -> AIOKafkaProducer:
        settings = self._settings
        return AIOKafkaProducer(
            **settings.connection.client(),
            transactional_id=f"{self._group}-{self._partition}",
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
            raise BrokerRefused(
                f"{self._group} 无权以自己的名义写入；{RIGHTS_ZH}。",
                f"{self._group} may not write as itself ({error!r}): {RIGHTS}.",
            ) from error
        except (KafkaError, TimeoutError) as error:
            raise TaskMustRestart(f"the producer could not be opened: {error!r}") from error

    async def commit(self, outputs: Sequence[OutputRecord], positions: Mapping[str, int]) -> Mapping[Place, int]:
        """Write one transaction; whatever goes wrong makes this writer useless."""
        try:
            async with asyncio.timeout(self._timeout_s):
                return await self._transaction(outputs, positions)
        except (ProducerFenced, InvalidProducerEpoch) as error:
            raise Fenced(f"{self._group}-{self._partition} belongs to another process now") from error
        except (TopicAuthorizationFailedError, GroupAuthorizationFailedError) as error:
            raise BrokerRefused(
                f"{self._group} 无权写入其发布的主题；{RIGHTS_ZH}。",
                f"{self._group} may not write what it says ({error!r}): {RIGHTS}.",
            ) from error
        except OutOfOrderSequenceNumber as error:
            raise TaskMustRestart("the broker lost count of our records") from error
        except (KafkaError, TimeoutError) as error:
            raise TaskMustRestart(f"the transaction did not go through: {error!r}") from error

    async def _transaction(self, outputs: Sequence[OutputRecord], positions: Mapping[str, int]) -> Mapping[Place, int]:
        producer = self._producer
        await producer.begin_transaction()
        places: dict[tuple[str, int], list[OutputRecord]] = defaultdict(list)
        for record in outputs:
            places[record.topic, record.partition].append(record)
        # Every record's future is awaited: a commit succeeds even if the broker rejected one of them.
        offsets = await asyncio.gather(*(self._send(*place, records) for place, records in places.items()))
        await self._send_positions(positions)
        await producer.commit_transaction()
        return dict(zip(places, offsets, strict=True))

    async def _send_positions(self, positions: Mapping[str, int]) -> None:
        if positions:
            offsets = {
                TopicPartition(topic, self._partition): OffsetAndMetadata(offset, "")
                for topic, offset in positions.items()
            }
            await self._producer.send_offsets_to_transaction(offsets, self._group)

    async def _send(self, topic: str, partition: int, records: Sequence[OutputRecord]) -> int:
        """Write to one place; gives the offset of the first record."""
        producer = self._producer
        first: int | None = None
        batch = producer.create_batch()
        for record in records:
            if batch.append(key=record.key, value=record.value, timestamp=None, headers=list(record.headers)) is None:
                written = await (await producer.send_batch(batch, topic, partition=partition))
                first = written.offset if first is None else first
                batch = producer.create_batch()
                batch.append(key=record.key, value=record.value, timestamp=None, headers=list(record.headers))
        written = await (await producer.send_batch(batch, topic, partition=partition))
        return int(written.offset if first is None else first)

    async def end_left(self, places: Collection[Place], *, committed: bool) -> None:
        """Write the markers that are missing, and take the transactional id back."""
        await closed(self._producer)
        await self._transactions.end(self._partition, places, committed=committed)
        self._producer = self._new_producer()
        await self.open()

    async def close(self) -> None:
        """Let go of the connections, without waiting long for a broken one."""
        await closed(self._producer)
