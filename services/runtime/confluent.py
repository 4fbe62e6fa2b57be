"""The broker port on confluent-kafka, which is librdkafka: `SHEBAO_CLIENT=confluent` (docs/decisions/0089).

Only what moves records is here. Membership, notes outside transactions, committed positions and last stable offsets
stay with aiokafka: they are asked seldom, and say the same whoever asks.
"""

import asyncio
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import TypeVar

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, Producer, TopicPartition

from services.runtime.broker import Place, TaskReader, TaskWriter
from services.runtime.confluent_clients import consumer_config, producer_config, why_not_written
from services.runtime.confluent_reader import ConfluentReader
from services.runtime.errors import TaskMustRestart
from services.runtime.kafka import KafkaBroker
from services.runtime.records import OutputRecord
from services.runtime.service import Service
from services.runtime.settings import MeshSettings
from services.runtime.transaction_ends import TransactionEnds

R = TypeVar("R")
LOOK_EVERY_S = 0.001
"""How often a writer asks whether the broker has its records: reports are fetched on the loop, see `_delivered`."""


class ConfluentBroker(KafkaBroker):
    """Makes writers and readers on librdkafka; the rest is as with aiokafka."""

    def __init__(self, service: Service, settings: MeshSettings) -> None:
        super().__init__(service, settings)
        # A task waits for one thing at a time; the second half is for the clients that are let go beside it.
        self._threads = ThreadPoolExecutor(2 * service.partitions, thread_name_prefix=f"{service.name}-client")
        self._no_member: object = None

    async def start(self) -> None:
        """Connect what tasks share for asking."""
        await super().start()
        loop = asyncio.get_running_loop()
        self._no_member = await loop.run_in_executor(self._threads, _no_member, self._settings, self._service.name)

    async def stop(self) -> None:
        """Disconnect what tasks share; threads that still wait for a broker end by themselves, at their timeouts."""
        await super().stop()
        self._threads.shutdown(wait=False)

    def writer(self, partition: int) -> TaskWriter:
        """A new transactional producer for a task."""
        return ConfluentWriter(
            self._service.name, partition, self._settings, self._transactions(), self._no_member, self._threads
        )

    def reader(self, partition: int) -> TaskReader:
        """A new consumer for a task."""
        assert self._admin is not None
        return ConfluentReader(
            self._service,
            partition,
            self._settings,
            self._admin,
            self._ends,
            self._own,
            self._transactions(),
            self._threads,
        )


class ConfluentWriter:
    """The transactional producer of one task."""

    def __init__(
        self,
        service: str,
        partition: int,
        settings: MeshSettings,
        transactions: TransactionEnds,
        no_member: object,
        threads: Executor,
    ) -> None:
        self._transactions = transactions
        self._partition, self._name = partition, f"{service}-{partition}"
        self._settings, self._no_member, self._threads = settings, no_member, threads
        self._timeout_s = settings.transaction_timeout_ms / 1000
        self._producers: list[Producer] = []
        """The producer, once it is open; a list, so that a thread can let go of the last reference. No method keeps it in a
        name of its own: of a commit that failed the traceback would hold it, with its threads and connections, until a full
        collection, and that collection would end it on the loop."""
        self._rejected: KafkaError | None = None

    async def open(self) -> None:
        """Initialise the transactional id: fences the old owner and aborts what it left open."""
        try:
            config = producer_config(self._settings, self._name) | {"on_delivery": self._note_rejection}
            self._producers.append(Producer(config))
            await self._off_the_loop(self._begin)
        except KafkaException as error:
            raise why_not_written(error, self._name) from error

    def _begin(self) -> None:
        self._producers[0].init_transactions(self._timeout_s * 2)

    def _note_rejection(self, error: KafkaError | None, _: Message) -> None:
        self._rejected = self._rejected or error  # the first says why; those behind it are only purged

    async def commit(self, outputs: Sequence[OutputRecord], positions: Mapping[str, int]) -> Mapping[Place, int]:
        """Write one transaction; whatever goes wrong makes this writer useless. Reports of delivery are not asked for offsets."""
        try:
            async with asyncio.timeout(self._timeout_s):
                await self._transaction(outputs, positions)
        except KafkaException as error:
            raise why_not_written(error, self._name) from error
        except (BufferError, TimeoutError) as error:
            raise TaskMustRestart(f"the transaction did not go through: {error!r}") from error
        return {}

    async def _transaction(self, outputs: Sequence[OutputRecord], positions: Mapping[str, int]) -> None:
        end = time.monotonic() + self._timeout_s
        self._producers[0].begin_transaction()
        self._produce(outputs)
        await self._delivered()
        await self._off_the_loop(self._finish, positions, end)

    def _produce(self, outputs: Sequence[OutputRecord]) -> None:
        produce = self._producers[0].produce
        try:
            for topic, partition, key, value, headers in outputs:
                produce(topic, value, key, partition, None, None, 0, list(headers) if headers else None)
        finally:
            del produce

    async def _delivered(self) -> None:
        """Wait until the broker has every record.

        The reports of delivery are taken here, on the loop: each wants the interpreter's lock, and another thread would
        wait for it up to 5 ms a record while the loop decides. Behind a record that was rejected the others stay where
        they are, so that is looked for as well.
        """
        while len(self._producers[0]):
            self._producers[0].poll(0)
            if self._rejected is not None:
                raise KafkaException(self._rejected)
            await asyncio.sleep(LOOK_EVERY_S)

    def _finish(self, positions: Mapping[str, int], end: float) -> None:
        self._send_positions(positions, max(0.0, end - time.monotonic()))
        self._producers[0].commit_transaction(max(0.0, end - time.monotonic()))

    async def end_left(self, places: Collection[Place], *, committed: bool) -> None:
        """Write the markers that are missing, and take the transactional id back."""
        await self.close()
        await self._transactions.end(self._partition, places, committed=committed)
        await self.open()

    def _send_positions(self, positions: Mapping[str, int], timeout_s: float) -> None:
        if positions:
            offsets = [TopicPartition(topic, self._partition, offset) for topic, offset in positions.items()]
            self._producers[0].send_offsets_to_transaction(offsets, self._no_member, timeout_s)

    async def _off_the_loop(self, call: Callable[..., R], *arguments: object) -> R:
        return await asyncio.get_running_loop().run_in_executor(self._threads, call, *arguments)

    async def close(self) -> None:
        """Let go of the client. Not by its own `close`, which waits without end for a broker that is away."""
        await self._off_the_loop(self._producers.clear)


def _no_member(settings: MeshSettings, group: str) -> object:
    """What `send_offsets_to_transaction` wants to know of a consumer: here of one that never joins the group."""
    consumer = Consumer(consumer_config(settings, group))
    try:
        return consumer.consumer_group_metadata()
    finally:
        consumer.close()
