"""`python -m tests.fuzz.campaign --records 200000 --seed 1`: hostile records through the real workers on the real broker.

Every record of a seed is given by its index, so what went wrong is made again from the two numbers (`--first`).
"""

import argparse
import asyncio
import logging
import multiprocessing
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Self

from schemas.contributions import ContributionPaid, UnitRegistered
from services.console.all_services import ALL_SERVICES, BY_NAME
from services.runtime.errors import SchemaRefused
from services.runtime.kafka_access import KafkaPublisher, read_topics
from services.runtime.orders import Issuer, Order, command_record
from services.runtime.publishing import published
from services.runtime.records import InputRecord, OutputRecord
from services.runtime.registry import RegistryClient, resolve
from services.runtime.service import Service
from tests.fuzz.feeding import Feeder
from tests.fuzz.hostile import Hostile, Hostiles
from tests.fuzz.judging import Topics, Verdict, judged
from tests.fuzz.others_schemas import BAD, GOOD
from tests.harness.counting import paid
from tests.harness.feed import registered
from tests.harness.stack import REGISTRY, Stack, free_port
from tests.harness.waiting import until
from tests.harness.workers import WorkerProcess

WORKERS = ("arrears", "notifications", "appraisal", "cards", "outlets")
PATIENT = {
    "SHEBAO_TRANSACTION_TIMEOUT_MS": "40000",
    "SHEBAO_REQUEST_TIMEOUT_MS": "40000",
    "SHEBAO_SESSION_TIMEOUT_MS": "40000",
    "SHEBAO_STUCK_AFTER_S": "60",
}
"""So that a task which begins anew does so over a record, and not because the machine was busy for some seconds."""
LATE_COMMIT = "a commit went through after"
CHUNK = 500
LOOK_S = 0.5
DECIDED_S_MAX = 600.0
GOOD_SOURCE = "urn:weihai:good"
GOOD_UNIT_FIRST = 5_000
NEVER_GIVEN = 999_999
"""Stands for the id of a schema that the registry did not take."""
OPERATOR = Issuer("fuzz", "halted by hostile records")


@dataclass
class Seen:
    """What was seen of the workers while they met the records."""

    memory_mib: dict[str, float] = field(default_factory=dict)
    """The most that each worker took."""
    started_mib: dict[str, float] = field(default_factory=dict)
    resumed: int = 0
    restarts: int = 0
    late_commits: int = 0
    """Restarts among them that came of the machine, not of a record: a commit took too long, and its producer is not used again."""
    ended: list[str] = field(default_factory=list)
    """Workers that did not live to the end."""


class HostileRun:
    """A broker, every deciding worker as its own process, and an operator who ends halts."""

    def __init__(self, stack: Stack, seed: int, tell: Callable[[str], None] = lambda _: None) -> None:
        self.stack, self._seed, self._tell = stack, seed, tell
        self.workers = [WorkerProcess(f"services.{name}", stack.settings, free_port(), PATIENT) for name in WORKERS]
        self.seen = Seen()
        self.good_ids: list[str] = []
        self._open = AsyncExitStack()

    async def __aenter__(self) -> Self:
        self._hostiles = Hostiles(self.stack.codec, self._seed, await self._register())
        broker = self.stack.settings.connection
        try:
            self.feeder = await self._open.enter_async_context(Feeder(broker))
            self._publisher = await self._open.enter_async_context(KafkaPublisher(broker))
        except BaseException:
            await self._open.aclose()
            raise
        return self

    async def start_workers(self) -> None:
        """Let them take up what lies there already, and go on."""
        self._open.push_async_callback(self._stop)
        for worker in self.workers:
            worker.start()
        await until(lambda: self.stack.all_running(self.workers, ALL_SERVICES), 120, "all tasks run")
        self.seen.started_mib = {worker.name: worker.memory_mib() for worker in self.workers}

    async def __aexit__(self, *_: object) -> None:
        await self._open.aclose()

    async def _stop(self) -> None:
        await asyncio.gather(*(worker.stop() for worker in self.workers))

    async def _register(self) -> dict[str, int]:
        """What other systems have registered; those that no registry takes can be met by no worker."""
        ids: dict[str, int] = {}
        async with RegistryClient(self.stack.settings.registry_url) as registry:
            for name, schema in {**{name: schema for name, (schema, _) in BAD.items()}, **GOOD}.items():
                try:
                    ids[name] = await registry.register(f"another-{name.replace(' ', '-')}-value", schema)
                except SchemaRefused:
                    ids[name] = NEVER_GIVEN
                    continue
                self.stack.codec.learn(ids[name], schema)
        return ids

    async def append(self, numbers: range) -> None:
        """Append the hostile records of these indices, good ones among them; another process makes the next ones."""
        loop, spawn = asyncio.get_running_loop(), multiprocessing.get_context("spawn")
        chunks = [numbers[begin : begin + CHUNK] for begin in range(0, len(numbers), CHUNK)]
        with ProcessPoolExecutor(1, spawn, _to_be_made_from, (self._hostiles,)) as pool:
            coming = loop.run_in_executor(pool, _made, chunks[0])
            for place, chunk in enumerate(chunks):
                made = await coming
                if place + 1 < len(chunks):
                    coming = loop.run_in_executor(pool, _made, chunks[place + 1])
                await self._publisher.append(self._good(chunk.start))
                await self.feeder.append(made)

    async def decided(self, timeout_s: float) -> None:
        """Wait until everything is decided, while an operator ends halts."""
        looking = asyncio.create_task(self._look())
        try:
            await self.stack.quiet(self.workers, ALL_SERVICES, timeout_s, "all is decided")
        finally:
            looking.cancel()
            await asyncio.gather(looking, return_exceptions=True)
        await self._look_once()
        self.seen.ended += [worker.name for worker in self.workers if not worker.is_running()]

    def _good(self, begin: int) -> list[OutputRecord]:
        """One good payment for each partition and more: of what is hostile, nothing may keep them from being decided.

        Their units register first: a clock that a hostile tick moves on for decades would make them unknown.
        """
        facts: list[UnitRegistered | ContributionPaid] = []
        for number in range(GOOD_UNIT_FIRST, GOOD_UNIT_FIRST + 20):
            if not self.good_ids:
                facts.append(registered(number))
            facts.append(paid(number, 100, f"good/{self._seed}/{begin}/{number}"))
        records = []
        for fact in facts:
            self.good_ids.append(fact.business_reference)
            said_at = datetime(2026, 11, 2, tzinfo=UTC)
            records.append(published(self.stack.codec, fact, fact.business_reference, GOOD_SOURCE, said_at, 12))
        return records

    # --- watching -----------------------------------------------------------------------------------

    async def _look(self) -> None:
        while True:
            await self._look_once()
            await asyncio.sleep(LOOK_S)

    async def _look_once(self) -> None:
        restarts = 0
        for worker in self.workers:
            page = await worker.health()
            self.seen.memory_mib[worker.name] = max(self.seen.memory_mib.get(worker.name, 0.0), worker.memory_mib())
            for task in page["tasks"] if page is not None else ():
                restarts += task["restarts"]
                if task["halted"]:
                    await self._resume(task["service"], task["partition"])
        self.seen.restarts = max(restarts, self.seen.restarts)

    async def _resume(self, service: str, partition: int) -> None:
        order = Order(BY_NAME[service], partition, "resume", "task")
        _, record = command_record(self.stack.codec, order, OPERATOR, datetime.now(UTC))
        await self._publisher.append([record])
        self.seen.resumed += 1

    # --- judging ------------------------------------------------------------------------------------

    async def judge(self) -> Verdict:
        """Judge every service from the topics alone; then what the feed is known to have held."""
        whole = Verdict()
        async with RegistryClient(self.stack.settings.registry_url) as registry:
            for service in ALL_SERVICES:
                verdict = judged(Topics(service, await self._read(service, registry)), self.stack.codec)
                self._tell(
                    f"{service.name}: {verdict.inputs} inputs, {dict(verdict.outcomes)}, {len(verdict.codes)} codes"
                )
                whole.add(verdict)
        missing = self.feeder.appended - whole.stood
        whole.faults += [f"not as it was sent, or lost: {place}" for place in missing]
        whole.faults += [
            f"good, and not decided: {name} {whole.refused_ids.get(name, '')}"
            for name in self.good_ids
            if name not in whole.decided_ids
        ]
        return whole

    async def _read(self, service: Service, registry: RegistryClient) -> list[InputRecord]:
        """Read a service's topics, and what the registry says of ids that only spoilt records bear: earlier versions of contracts, say."""
        records = [record async for record in read_topics(self.stack.settings.connection, Topics.wanted(service))]
        ids = [unknown for record in records if (unknown := self.stack.codec.unknown_id(record.value)) is not None]
        await resolve(registry, self.stack.codec, sorted(set(ids)))
        return records


def starts_anew(log: str) -> list[str]:
    """The lines of a log that say why a task began anew."""
    return [line for line in log.splitlines() if '"task starts anew"' in line or '"fenced"' in line]


_hostiles: list[Hostiles] = []


def _to_be_made_from(hostiles: Hostiles) -> None:
    _hostiles[:] = [hostiles]


def _made(numbers: range) -> list[Hostile]:
    return [_hostiles[0].record(number) for number in numbers]


async def run(seed: int, first: int, count: int, tell: Callable[[str], None]) -> tuple[Verdict, Seen]:
    """One campaign on a broker of its own."""
    stack = await Stack.start()
    try:
        async with HostileRun(stack, seed, tell) as hostile:
            begun = time.monotonic()
            before = first + count * 9 // 10
            await hostile.append(range(first, before))
            tell(f"{before - first} records wait after {time.monotonic() - begun:.0f} s")
            await hostile.start_workers()
            await hostile.append(range(before, first + count))
            await hostile.decided(DECIDED_S_MAX)
            tell(f"{count} records decided after {time.monotonic() - begun:.0f} s")
            for worker in hostile.workers:
                for line in starts_anew(worker.log):
                    if LATE_COMMIT in line:
                        hostile.seen.late_commits += 1
                    else:
                        tell(f"{worker.name}: {line}")
                if worker.name in hostile.seen.ended:
                    tell(f"{worker.name} has ended:\n{worker.log[-4000:]}")
            return await hostile.judge(), hostile.seen
    finally:
        await stack.stop()
        await REGISTRY.stop()


def _arguments(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0)
    return parser.parse_args(words)


def main(words: Sequence[str] | None = None) -> int:
    """Run, tell, and end with 1 where anything is wrong."""
    asked = _arguments(words)
    logging.getLogger("aiokafka").setLevel(logging.ERROR)  # of topics made a moment ago it tells each try

    def tell(line: str) -> None:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()

    verdict, seen = asyncio.run(run(asked.seed, asked.first, asked.records, tell))
    tell(f"{verdict.inputs} inputs, {dict(verdict.outcomes)}; halts ended: {seen.resumed}")
    tell(f"tasks began anew: {seen.restarts}, {seen.late_commits} of them after a commit that took too long")
    for name, most in sorted(seen.memory_mib.items()):
        tell(f"{name}: {seen.started_mib[name]:.0f} MiB at the start, at most {most:.0f}")
    for fault in verdict.faults[:50]:
        tell(fault)
    return 1 if verdict.faults or seen.restarts > seen.late_commits or seen.ended else 0


if __name__ == "__main__":
    sys.exit(main())
