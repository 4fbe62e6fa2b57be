"""The mesh's clock: says what time it is on every partition, in one transaction, monotone, fenced like a task."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaConnectionError, KafkaError, ProducerFenced

from schemas.fact import Fact
from schemas.mesh import ClockTicked
from services.clock.taken_in import Ask, taken_in
from services.runtime.closing import closed
from services.runtime.codec import Codec
from services.runtime.errors import Fenced, TaskMustRestart
from services.runtime.listening import why_unreachable
from services.runtime.publishing import published
from services.runtime.records import derived_id
from services.runtime.sending import sent
from services.runtime.settings import MeshSettings

SOURCE = "/services/clock"
TRANSACTIONAL_ID = "clock"


class Clock:
    """Owner of the clock topic and of the broadcast facts. Whoever opens it last owns it; the one before is fenced."""

    def __init__(self, codec: Codec, settings: MeshSettings) -> None:
        self._codec, self._settings = codec, settings
        self._timeout_s = settings.transaction_timeout_ms / 1000
        self.last: datetime | None = None
        """The latest instant said, by us or by whoever had the clock before."""
        self._producer = AIOKafkaProducer(
            **settings.connection.client(),
            transactional_id=TRANSACTIONAL_ID,
            transaction_timeout_ms=settings.transaction_timeout_ms,
            request_timeout_ms=settings.request_timeout_ms,
        )

    async def open(self, ask: Ask | None = None) -> None:
        """Take the clock over, then read what was said last: time never goes back.

        `ask` as for `taken_in`. `BrokerUnavailable` or `BrokerRefused` where no broker lets us in.
        """
        try:
            async with asyncio.timeout(self._timeout_s * 2):
                await self._producer.start()
        except KafkaConnectionError as error:
            raise await why_unreachable(self._settings.connection) from error
        except (KafkaError, TimeoutError) as error:
            raise TaskMustRestart(f"the clock could not be opened: {error!r}") from error
        async for tick in taken_in(self._settings.connection, [ClockTicked.topic], self._codec, ask):
            assert isinstance(tick, ClockTicked)
            self.last = tick.now if self.last is None else max(self.last, tick.now)

    async def tick(self, now: datetime, *, simulated: bool) -> bool:
        """Say that it is `now`; False, and nothing said, where a later instant was said before."""
        if self.last is not None and now <= self.last:
            return False
        await self.broadcast([ClockTicked(now=now, simulated=simulated)], now)
        self.last = now
        return True

    async def broadcast(self, facts: Sequence[Fact], now: datetime) -> None:
        """Say facts on every partition in one transaction; `Fenced` if somebody else has the clock now."""
        try:
            async with asyncio.timeout(self._timeout_s):
                await self._transaction(facts, now)
        except ProducerFenced as error:
            raise Fenced("the clock belongs to another process now") from error
        except (KafkaError, TimeoutError) as error:
            raise TaskMustRestart(f"the clock could not speak: {error!r}") from error

    async def _transaction(self, facts: Sequence[Fact], now: datetime) -> None:
        partitions = self._settings.partitions
        await self._producer.begin_transaction()
        answers = []
        for fact in facts:
            revision = str(getattr(fact, "revision", ""))
            for partition in range(partitions):
                event_id = derived_id((SOURCE, fact.topic, fact.case_key, revision, now.isoformat(), str(partition)))
                record = published(self._codec, fact, event_id, SOURCE, now, partitions, partition)
                answers.append(await sent(self._producer, record))
        await asyncio.gather(*answers)
        await self._producer.commit_transaction()

    async def close(self) -> None:
        """Let go of the clock."""
        await closed(self._producer)
