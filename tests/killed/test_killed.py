"""Workers and broker are killed and frozen while they work; afterwards nothing is lost, twice or different."""

import asyncio
import random
import shutil
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
import pytest_asyncio
from aiokafka.errors import KafkaError
from rich.console import Console

from services.arrears.worker import SERVICE
from services.clock.clock import Clock
from services.runtime.errors import MeshError, TaskMustRestart, UserMistake
from services.runtime.kafka_access import KafkaPublisher
from services.runtime.records import OutputRecord
from services.runtime.settings import MeshSettings
from services.sandbox.kafka import Kafka
from tests.harness import audit
from tests.harness.extent import IS_ALL
from tests.harness.feed import contribution_feed
from tests.harness.lag import records_waiting
from tests.harness.service_topics import topics_of
from tests.harness.stack import Stack, free_port
from tests.harness.waiting import until
from tests.harness.workers import WorkerProcess

WORKERS = 3
FROZEN_S = 7.0
"""Longer than the group's session timeout (6 s): a frozen worker comes back as a zombie."""
STALLS, STALLED_S, BETWEEN_STALLS_S = 3, (1.9, 2.6), (0.2, 1.0)
"""About the broker's session with the controller (2 s)."""
SEED = 20261124
KEPT = Path("build/killed-unclean")
"""Logs of brokers and workers, and the topics themselves, of a run that was not clean."""
DAYS_AHEAD = timedelta(days=4)
"""Past the first reminder of every unit found to be in arrears."""
CHUNK = 250
LEFT_OUT = "likely deleted already and hence can be skipped"
"""What a broker logs that leaves out markers."""


class Plan(NamedTuple):
    """How much happens. `client` empty: the one that `SHEBAO_CLIENT` names, for a whole run on the other."""

    facts: int
    kills: int
    freezes: int
    broker_kills: int
    broker_stalls: int
    client: str = ""

    @property
    def faults(self) -> list[str]:
        return (
            ["kill"] * self.kills
            + ["freeze"] * self.freezes
            + ["broker"] * self.broker_kills
            + ["stall"] * self.broker_stalls
        )


WHOLE = Plan(50_000, 20, 3, 2, 2)
SHORT = Plan(3_000, 3, 1, 1, 3, "confluent")
"""Of the second client, in `make test-all`; `SHEBAO_CLIENT=confluent` runs the whole one on it."""
PLANS = {"whole": WHOLE} | ({"second-client": SHORT} if IS_ALL else {})


class Campaign:
    """Faults, each with its share of the feed: it strikes while records of that share wait."""

    def __init__(self, stack: Stack, kafka: Kafka, workers: list[WorkerProcess], chance: random.Random) -> None:
        self.stack, self.kafka, self.workers, self.chance = stack, kafka, workers, chance
        self.faults: list[str] = []
        self.waiting_then: list[int] = []
        """How many records waited when each fault struck."""
        self._struck: WorkerProcess | None = None

    async def run(self, plan: list[str], records: list[OutputRecord]) -> None:
        """All faults, in a shuffled order; the clock passes every reminder's instant after two thirds of them."""
        self.chance.shuffle(plan)
        size = -(-len(records) // len(plan))
        for number, fault in enumerate(plan):
            feeding = asyncio.create_task(self._feed(records[number * size : (number + 1) * size]))
            await until(self._records_wait, 60, "records wait for a worker")
            await self._strike(fault)
            await feeding
            if number == len(plan) * 2 // 3:
                await self._tick(datetime.now(UTC) + DAYS_AHEAD)

    async def _records_wait(self) -> bool:
        try:
            found = await records_waiting(self.stack.settings.connection, SERVICE)
        except (KafkaError, MeshError, TimeoutError):
            return False
        if found:
            self.waiting_then.append(found)
        return found > 0

    async def _feed(self, records: list[OutputRecord]) -> None:
        """Publish in order; a record the broker did not confirm is sent again (same id)."""
        for start in range(0, len(records), CHUNK):
            await self._send(records[start : start + CHUNK])

    async def _send(self, chunk: list[OutputRecord]) -> None:
        for _ in range(60):
            try:
                async with asyncio.timeout(20), KafkaPublisher(self.stack.settings.connection) as publisher:
                    await publisher.append(chunk)
                    return
            except (UserMistake, TimeoutError):
                await asyncio.sleep(0.5)
        raise AssertionError("the feed could not be published")

    async def _tick(self, now: datetime) -> None:
        """Let the clock pass every reminder's instant while the faults go on."""
        for _ in range(20):
            clock = Clock(self.stack.codec, MeshSettings(bootstrap_servers=self.stack.settings.bootstrap_servers))
            try:
                await clock.open()
                await clock.tick(now, simulated=True)
                return
            except (TaskMustRestart, UserMistake, KafkaError):
                await asyncio.sleep(1)
            finally:
                await clock.close()
        raise AssertionError("the clock could not tick")

    async def _strike(self, fault: str) -> None:
        victim = self.chance.choice(self.workers)
        if fault == "kill":
            self._struck = victim
            await victim.kill()
            self._struck = None
            victim.start()
        elif fault == "freeze":
            victim.freeze()
            await asyncio.sleep(FROZEN_S)
            victim.thaw()
        elif fault == "broker":
            await self.kafka.kill_hard(1)
            await self.kafka.restart(1)
        else:
            await self._stall_broker()
        self.faults.append(fault)

    async def _stall_broker(self) -> None:
        """The controller takes the living broker for dead, and it leaves out markers of transactions (docs/decisions/0114)."""
        for _ in range(STALLS):
            self.kafka.pause(1)
            await asyncio.sleep(self.chance.uniform(*STALLED_S))
            self.kafka.resume(1)
            await asyncio.sleep(self.chance.uniform(*BETWEEN_STALLS_S))

    async def guard(self) -> None:
        """Start again what ended by itself, as a supervisor would."""
        while True:
            for worker in self.workers:
                if worker is not self._struck:
                    worker.start()
            await asyncio.sleep(0.5)


@pytest.fixture(scope="module", params=list(PLANS.values()), ids=list(PLANS))
def plan(request: pytest.FixtureRequest) -> Plan:
    found: Plan = request.param
    return found


@pytest.fixture(scope="module")
def own_stack(plan: Plan, registry: None) -> Iterator[Stack]:
    """A broker for each plan: the audit accounts for every record that stands there."""
    running = asyncio.run(Stack.start(topics_of(SERVICE), ()))
    yield running
    asyncio.run(running.stop())


@pytest_asyncio.fixture(loop_scope="function")
async def workers(own_stack: Stack, plan: Plan) -> AsyncIterator[list[WorkerProcess]]:
    extra = {"SHEBAO_CLIENT": plan.client} if plan.client else {}
    made = [WorkerProcess("services.arrears", own_stack.settings, free_port(), extra) for _ in range(WORKERS)]
    for worker in made:
        worker.start()
    yield made
    for worker in made:
        worker.thaw()
    await asyncio.gather(*(worker.stop() for worker in made))


@pytest.mark.broker
@pytest.mark.timeout(420)
@pytest.mark.asyncio
async def test_whatever_is_killed_every_fact_is_decided_exactly_once(
    own_stack: Stack, workers: list[WorkerProcess], plan: Plan
) -> None:
    stack, codec = own_stack, own_stack.codec
    chance = random.Random(SEED)
    campaign = Campaign(stack, await stack.kafka(), workers, chance)
    records = contribution_feed(codec, plan.facts, chance)
    await until(lambda: stack.all_running(workers, [SERVICE]), 60, "all tasks run")
    guard = asyncio.create_task(campaign.guard())
    try:
        await campaign.run(plan.faults, records)
        await stack.quiet(workers, [SERVICE], 90, "every record is decided")
    finally:
        guard.cancel()
    findings = await audit.check(stack.settings.connection, SERVICE, codec)

    Console().print(
        f"seed {SEED}: {findings.inputs} inputs, {findings.entries} entries, {findings.spoken} said; "
        f"{campaign.faults.count('kill')} kills, {campaign.faults.count('freeze')} freezes, "
        f"{campaign.faults.count('broker')} broker kills, {campaign.faults.count('stall')} broker stalls "
        f"({stack.broker_log().count(LEFT_OUT)} transactions left without markers), each while records waited "
        f"(at least {min(campaign.waiting_then)}, at most {max(campaign.waiting_then)})"
    )
    if not findings.are_clean:  # what stood in the brokers' own files is gone with the sandbox; it is the only witness
        shutil.rmtree(KEPT, ignore_errors=True)
        shutil.copytree(stack.settings.data_dir, KEPT)
    findings.assert_clean()
    assert findings.inputs >= plan.facts
    assert len(plan.faults) == len(campaign.waiting_then)
