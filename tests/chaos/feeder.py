"""Feeds a campaign: never far ahead of the workers, so that records wait for every task and none waits for long."""

import asyncio
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from services.runtime.broker_connection import BrokerConnection
from services.runtime.closing import closed
from services.runtime.errors import MeshError
from services.runtime.records import OutputRecord
from services.runtime.service import Service
from tests.chaos.checker import safe_digest
from tests.harness.lag import records_waiting
from tests.harness.waiting import until

CHUNK = 250
SEND_TIMEOUT_S = 20.0
LOOK_EVERY_S = 2.0
ROOM_TIMEOUT_S = 300.0
"""Longer than all faults together can keep the workers from their work."""


class Feeder:
    """Publishes records in order through a producer like an upstream system's; what was not confirmed is said again."""

    def __init__(
        self,
        clients: BrokerConnection,
        direct: BrokerConnection,
        service: Service,
        records: Iterator[OutputRecord],
        safe_file: Path,
        waiting_max: int,
    ) -> None:
        """`safe_file` gets a digest of each record that the brokers confirmed; at most `waiting_max` are let wait."""
        self._clients, self._direct, self._service = clients, direct, service
        self._records, self._safe_file, self._waiting_max = records, safe_file, waiting_max
        self.confirmed = 0
        self.said_again = 0
        """Chunks whose confirmation did not come, or not in time."""
        self.waiting = 0
        """Records that waited for the service when last looked."""
        self._confirmed_then = 0
        self.records_per_s: float | None = None
        """At most so many from now on, also after a pause; None: as many as the workers take in."""
        self._next_at_s = 0.0
        self.is_wanted = True

    async def run(self, records_max: int) -> None:
        """Feed until so many records are confirmed, or until it is not wanted any more."""
        looking = asyncio.create_task(self._look())
        try:
            while self.is_wanted and self.confirmed < records_max:
                await self._feed(list(islice(self._records, CHUNK)))
        finally:
            looking.cancel()
            await asyncio.gather(looking, return_exceptions=True)
            await self._give_up()

    _producer: AIOKafkaProducer | None = None

    async def _feed(self, chunk: list[OutputRecord]) -> None:
        await until(self._may_go_on, ROOM_TIMEOUT_S, "the workers take in what waits")
        await self._pace(len(chunk))
        while True:
            try:
                async with asyncio.timeout(SEND_TIMEOUT_S):
                    await self._send(chunk)
            except (KafkaError, OSError, TimeoutError):
                self.said_again += 1
                await self._give_up()
                await asyncio.sleep(0.5)
            else:
                break
        self.confirmed += len(chunk)
        with self._safe_file.open("ab") as file:
            file.write(b"".join(safe_digest(record.topic, record.value) for record in chunk))

    async def _pace(self, records: int) -> None:
        """Wait until it is the turn of so many records; a pause is not made up for."""
        if self.records_per_s is not None:
            now_s = time.monotonic()
            await asyncio.sleep(max(0.0, self._next_at_s - now_s))
            self._next_at_s = max(now_s, self._next_at_s) + records / self.records_per_s

    async def _may_go_on(self) -> bool:
        return not self.is_wanted or self.waiting + self.confirmed - self._confirmed_then <= self._waiting_max

    async def _send(self, chunk: list[OutputRecord]) -> None:
        if self._producer is None:
            producer = AIOKafkaProducer(
                **self._clients.client(), acks="all", enable_idempotence=True, linger_ms=5, max_batch_size=256 * 1024
            )
            self._producer = producer
            await producer.start()
        sent = [
            await self._producer.send(
                record.topic, record.value, record.key, record.partition, headers=list(record.headers)
            )
            for record in chunk
        ]
        await asyncio.gather(*sent)

    async def _give_up(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            await closed(producer)

    async def _look(self) -> None:
        while True:
            confirmed = self.confirmed
            try:
                async with asyncio.timeout(SEND_TIMEOUT_S):
                    self.waiting = await records_waiting(self._direct, self._service)
                self._confirmed_then = confirmed
            except (KafkaError, MeshError, OSError, TimeoutError):
                pass  # a broker is away: what was seen last holds
            await asyncio.sleep(LOOK_EVERY_S)
