"""The memory twin: the whole mesh without a broker, deciding on the same road.

Topics are lists, append time is a clock the caller sets, effects are plain functions. What it says is what the
workers say, byte for byte, given the same records in the same order; tests and the oracle rest on that.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar

from schemas import topics
from schemas.decision_records import DecisionBatch, DecisionEntry
from schemas.effects import EffectRequest
from schemas.fact import Fact
from schemas.mesh import ClockTicked
from services.runtime.batch import Batch
from services.runtime.codec import Codec, local_codec
from services.runtime.deciding import REFUSALS_MAX
from services.runtime.effects import DONE, Attempt, Intent
from services.runtime.envelope import Envelope, envelope_of
from services.runtime.merge import Inputs
from services.runtime.publishing import published, upstream_id
from services.runtime.records import Header, InputRecord, OutputRecord, derived_id
from services.runtime.service import Service
from services.runtime.shard import Shard
from services.runtime.signing import Signer
from services.runtime.watched import Committed, Timing, Unwatched, Watching, attempted

BATCH_RECORDS = 500
TIMERS_A_BATCH = 500
ROUNDS_MAX = 1_000_000
"""Bound of `run`: a mesh that never comes to rest is a bug, not a wait."""

F = TypeVar("F", bound=Fact)

MemoryPort = Callable[[EffectRequest, bool], Attempt]
"""An effect port of the twin: gets the request and whether it is only a look-up."""


def accepting_port(request: EffectRequest, is_lookup: bool) -> Attempt:
    """A provider that does everything asked of it."""
    return Attempt(DONE, "accepted", f"receipt-{request.effect_id[:8]}")


@dataclass(slots=True)
class _Task:
    shard: Shard
    inputs: Inputs
    read: dict[str, int] = field(default_factory=dict)


class MemoryMesh:
    """All services in one process, run to rest on demand."""

    def __init__(
        self,
        services: Iterable[Service],
        start: datetime,
        ports: dict[str, MemoryPort] | None = None,
        partitions: int = topics.PARTITIONS,
        codec: Codec | None = None,
        refusals_max: int = REFUSALS_MAX,
        watch: Watching | None = None,
    ) -> None:
        self._watch = watch or Unwatched()
        self.services = {service.name: service.over(partitions) for service in services}
        self.partitions = partitions
        self.codec = codec or local_codec()
        self.clock = start
        self.ports = ports or {}
        self.signer = Signer([])
        """Signs what upstream systems publish; without keys to begin with."""
        self.log: dict[str, list[list[InputRecord]]] = {}
        self._refusals_max = refusals_max
        self._tasks = {
            (service.name, partition): _Task(Shard(service, partition), Inputs(service.inputs))
            for service in self.services.values()
            for partition in range(partitions)
        }

    # --- in -----------------------------------------------------------------------------------------

    def append(self, record: OutputRecord) -> InputRecord:
        """Append a record as the broker would, at the twin's clock."""
        partitions = self.log.setdefault(record.topic, [[] for _ in range(self.partitions)])
        place = partitions[record.partition]
        time_ms = int(self.clock.timestamp() * 1000)
        stored = InputRecord(
            record.topic, record.partition, len(place), time_ms, record.key, record.value, record.headers
        )
        place.append(stored)
        return stored

    def append_raw(
        self, topic: str, partition: int, key: bytes | None, value: bytes | None, headers: tuple[Header, ...] = ()
    ) -> InputRecord:
        """Append any bytes: bad input."""
        return self.append(OutputRecord(topic, partition, key, value, headers))

    def publish(
        self, fact: Fact, source: str = "urn:weihai:tax", event_id: str = "", time: datetime | None = None
    ) -> str:
        """Publish an upstream fact (a broadcast one to every partition); gives its id."""
        reference = getattr(fact, "business_reference", None) or f"{fact.topic}/{fact.case_key}"
        event_id = event_id or upstream_id(source, reference, getattr(fact, "revision", 1))
        places = range(self.partitions) if fact.broadcast else (None,)
        for place in places:
            own_id = event_id if place is None else derived_id((event_id, str(place)))
            record = published(self.codec, fact, own_id, source, time or self.clock, self.partitions, place)
            self.append(self.signer.signed(self.codec, record, self.clock))
        return event_id

    def tick(self, now: datetime, simulated: bool = True) -> None:
        """Set the clock, say it on every partition, and run to rest."""
        self.clock = now
        for partition in range(self.partitions):
            event_id = derived_id(("clock", now.isoformat(), str(partition)))
            tick = ClockTicked(now=now, simulated=simulated)
            self.append(published(self.codec, tick, event_id, "/services/clock", now, self.partitions, partition))
        self.run()

    def run_timers_until(self, end: datetime, jumps_max: int = 10_000) -> None:
        """Jump from due instant to due instant, as a simulated clock does, then tick at `end`."""
        self.run()
        for _ in range(jumps_max):
            due = self.next_due()
            if due is None or due > end:
                break
            self.tick(max(due, self.clock))
        self.tick(end)

    def next_due(self) -> datetime | None:
        """The earliest instant at which any case of any task is due."""
        instants = [due for task in self._tasks.values() if (due := task.shard.timers.earliest()) is not None]
        return min(instants, default=None)

    # --- run ----------------------------------------------------------------------------------------

    def run(self) -> None:
        """Let every task work until nothing is left to read."""
        for _ in range(ROUNDS_MAX):
            if not self._run_all():
                return
        raise RuntimeError("the mesh does not come to rest")

    def _run_all(self) -> bool:
        worked = [self._run_task(name, task) for (name, _), task in self._tasks.items()]
        return any(worked)

    def _run_task(self, name: str, task: _Task) -> bool:
        self._fetch(task)
        worked = False
        while (batch := self._next_batch(name, task)) is not None:
            self._commit(batch)
            worked = True
            self._fetch(task)
        return worked

    def _fetch(self, task: _Task) -> None:
        for topic in task.shard.service.inputs:
            partitions = self.log.get(topic)
            if partitions is None:
                continue
            records = partitions[task.shard.partition]
            read = task.read.get(topic, 0)
            task.inputs.add(records[read:])
            task.read[topic] = len(records)

    def _next_batch(self, name: str, task: _Task) -> Batch | None:
        batch = Batch(task.shard, self.codec, self._refusals_max)
        commands = topics.commands_topic(name)
        while batch.records < BATCH_RECORDS:
            record = task.inputs.next_of(commands) if batch.halted else task.inputs.next_fact()
            if record is None:
                break
            if not batch.accepts(record):
                task.inputs.put_back(record)
                break
            batch.handle(record, TIMERS_A_BATCH)
        if batch.is_empty and not batch.halted:
            tick = task.inputs.next_of(ClockTicked.topic)
            if tick is not None and not batch.handle(tick, TIMERS_A_BATCH):
                task.inputs.put_back(tick)
        return None if batch.is_empty else batch

    def _commit(self, batch: Batch) -> None:
        for output in batch.outputs():
            self.append(output)
        batch.apply()
        partition, at_once = batch.shard.partition, Timing(0.0, 0.0, 0.0)
        self._watch.committed(
            Committed(batch.service.name, partition, batch.records, batch.decided_entries, batch.spoken(), at_once)
        )
        effect = batch.service.effect
        for transition in batch.transitions:
            for intent in effect.intents(transition):
                self._attempt(batch.service, intent, transition.traceparent)

    def _attempt(self, service: Service, intent: Intent, traceparent: str) -> None:
        port = self.ports.get(service.effect_port, accepting_port)
        attempt = port(intent.request, intent.is_lookup)
        fact = service.effect.attempted_fact(intent, attempt, self.clock.astimezone(UTC))
        event_id = derived_id((intent.request.effect_id, "attempt", attempt.outcome, self.clock.isoformat()))
        trace = traceparent[3:35]
        note = published(self.codec, fact, event_id, service.source, self.clock, self.partitions, trace=trace)
        self.append(note)
        self._watch.attempted(attempted(service.name, intent, fact, 0.0, traceparent, note))

    # --- out ----------------------------------------------------------------------------------------

    def records(self, topic: str) -> list[InputRecord]:
        """Every record of a topic, partition by partition."""
        return [record for partition in self.log.get(topic, []) for record in partition]

    def facts(self, kind: type[F], case_key: str | None = None) -> list[F]:
        """Every fact of one contract, perhaps of one case only, partition by partition."""
        found: list[F] = [self.codec.decode(kind.topic, record.value or b"") for record in self.records(kind.topic)]
        return [fact for fact in found if case_key in (None, fact.case_key)]

    def envelopes(self, kind: type[Fact]) -> list[Envelope]:
        """The envelopes of every fact of one contract, in the same order."""
        return [envelope_of(record.headers) for record in self.records(kind.topic)]

    def decisions(self, service: str, case_key: str | None = None) -> list[DecisionEntry]:
        """The decision entries of a service in the order of its tasks, perhaps of one case only."""
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
        for (name, _), task in self._tasks.items():
            if name == service and case_key in task.shard.cases:
                return task.shard.cases[case_key].state
        return None

    def shard(self, service: str, partition: int) -> Shard:
        """One task's memory."""
        return self._tasks[service, partition].shard
