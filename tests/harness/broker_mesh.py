"""The real mesh behind the memory twin's interface, so that one set of stories runs on both."""

import asyncio
from collections.abc import Coroutine, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from schemas import topics
from schemas.access import CLOCK, CONSOLE
from schemas.decision_records import DecisionBatch, DecisionEntry
from schemas.fact import Fact
from services.clock.clock import Clock
from services.runtime.codec import Codec
from services.runtime.kafka_access import KafkaPublisher, read_topics
from services.runtime.publishing import published, upstream_id
from services.runtime.records import Header, InputRecord, OutputRecord, derived_id
from services.runtime.service import Service
from services.runtime.shard import Shard
from services.runtime.signing import Signer
from services.sandbox.quiet import Rest
from tests.harness.stack import Stack, free_port
from tests.harness.waiting import until
from tests.harness.workers import WorkerProcess

F = TypeVar("F", bound=Fact)
T = TypeVar("T")
WORKERS = ("arrears", "notifications", "appraisal", "cards", "outlets")
QUIET_S_MAX = 120.0


class BrokerMesh:
    """All workers as processes; blocking calls that wait until the mesh has come to rest."""

    def __init__(self, stack: Stack, services: tuple[Service, ...], begin: datetime) -> None:
        self._stack, self._runner = stack, asyncio.Runner()
        self.services = {service.name: service for service in services}
        self.partitions, self.codec, self.clock = topics.PARTITIONS, Codec(), begin
        self.signer = Signer([])
        self._workers = [WorkerProcess(f"services.{name}", stack.settings, free_port()) for name in WORKERS]
        self._open = AsyncExitStack()
        try:
            self._call(self._start())
        except BaseException:
            self.close()
            raise

    def _call(self, work: Coroutine[Any, Any, T]) -> T:
        return self._runner.run(work)

    async def _start(self) -> None:
        self.codec = self._stack.codec
        self._reading = self._stack.connection_as(CONSOLE)
        self._open.push_async_callback(self._stop_workers)
        for worker in self._workers:
            worker.start()
        self._publishers: dict[str, KafkaPublisher] = {}
        self._rest = await self._open.enter_async_context(Rest(self._reading))
        self._clock = Clock(self.codec, self._stack.mesh_settings(CLOCK))
        self._open.push_async_callback(self._clock.close)
        await self._clock.open()
        services = list(self.services.values())
        await until(lambda: self._stack.all_running(self._workers, services), 90, "all tasks run")

    async def _stop_workers(self) -> None:
        await asyncio.gather(*(worker.stop() for worker in self._workers))

    def close(self) -> None:
        """Stop the workers."""
        self._call(self._open.aclose())
        self._runner.close()

    # --- in: as MemoryMesh ----------------------------------------------------------------------------

    def append(self, record: OutputRecord) -> None:
        """Append one record, as the one who says what its topic holds."""
        self._call(self._append([record]))

    async def _append(self, records: Sequence[OutputRecord]) -> None:
        (writer,) = {topics.BY_NAME[record.topic].owner for record in records}
        if writer not in self._publishers:
            publisher = KafkaPublisher(self._stack.connection_as(writer))
            self._publishers[writer] = await self._open.enter_async_context(publisher)
        await self._publishers[writer].append(records)

    def append_raw(
        self, topic: str, partition: int, key: bytes | None, value: bytes | None, headers: tuple[Header, ...] = ()
    ) -> None:
        """Append any bytes."""
        self.append(OutputRecord(topic, partition, key, value, headers))

    def publish(
        self, fact: Fact, source: str = "urn:weihai:tax", event_id: str = "", time: datetime | None = None
    ) -> str:
        """Publish an upstream fact, a broadcast one to every partition."""
        reference = getattr(fact, "business_reference", None) or f"{fact.topic}/{fact.case_key}"
        event_id = event_id or upstream_id(source, reference, getattr(fact, "revision", 1))
        records = []
        for place in range(self.partitions) if fact.broadcast else (None,):
            own_id = event_id if place is None else derived_id((event_id, str(place)))
            record = published(self.codec, fact, own_id, source, time or self.clock, self.partitions, place)
            records.append(self.signer.signed(self.codec, record, datetime.now(UTC)))
        self._call(self._append(records))
        return event_id

    def tick(self, now: datetime, simulated: bool = True) -> None:
        """Say what time it is and wait until the mesh rests."""
        self.run()
        self.clock = now
        self._call(self._clock.tick(now, simulated=simulated))
        self.run()

    def run(self) -> None:
        """Wait until the mesh rests."""
        self._call(until(self._is_quiet, QUIET_S_MAX, "the mesh rests"))

    def run_timers_until(self, end: datetime, jumps_max: int = 10_000) -> None:
        """Jump from due instant to due instant, as a simulated clock does, then tick at `end`."""
        self.run()
        for _ in range(jumps_max):
            due = self.next_due()
            if due is None or due > end:
                break
            self.tick(max(due, self.clock + timedelta(microseconds=1)))
        if end > self.clock:
            self.tick(end)

    def next_due(self) -> datetime | None:
        """The earliest instant at which any case of any task is due."""
        dues = [task["next_due"] for page in self._pages() for task in page["tasks"] if task["next_due"]]
        return min((datetime.fromisoformat(due).astimezone(UTC) for due in dues), default=None)

    def _pages(self) -> list[dict[str, Any]]:
        return self._call(self._asked())

    async def _asked(self) -> list[dict[str, Any]]:
        pages = await asyncio.gather(*(worker.health() for worker in self._workers))
        return [page for page in pages if page is not None]

    async def _is_quiet(self) -> bool:
        pages = await self._asked()
        return len(pages) == len(self._workers) and await self._rest.is_reached(pages)

    # --- out: as MemoryMesh ---------------------------------------------------------------------------

    def records(self, topic: str) -> list[InputRecord]:
        """Every record of a topic, partition by partition."""

        async def read() -> list[InputRecord]:
            return [record async for record in read_topics(self._reading, [topic])]

        return sorted(self._call(read()), key=lambda record: (record.partition, record.offset))

    def facts(self, kind: type[F], case_key: str | None = None) -> list[F]:
        """Every fact of one contract, perhaps of one case only."""
        found: list[F] = [self.codec.decode(kind.topic, record.value or b"") for record in self.records(kind.topic)]
        return [fact for fact in found if case_key in (None, fact.case_key)]

    def decisions(self, service: str, case_key: str | None = None) -> list[DecisionEntry]:
        """The decision entries of a service, perhaps of one case only."""
        found: list[DecisionEntry] = []
        for record in self.records(topics.decisions_topic(service)):
            batch: DecisionBatch = self.codec.decode(record.topic, record.value or b"")
            found += [entry for entry in batch.entries if case_key in (None, entry.case_key)]
        return found

    def codes(self, service: str, case_key: str | None = None) -> list[str]:
        """The reason codes of a service's decisions."""
        return [entry.code for entry in self.decisions(service, case_key)]

    def dead(self, service: str) -> list[InputRecord]:
        """The dead letters of a service."""
        return self.records(topics.dead_topic(service))

    def state(self, service: str, case_key: str) -> object:
        """The state of a case now, or None."""
        shard = Shard(self.services[service], 0)
        for record in self.records(topics.changelog_topic(service)):
            if record.key == case_key.encode():
                shard.restore(case_key, record.value)
        case = shard.cases.get(case_key)
        return None if case is None else case.state
