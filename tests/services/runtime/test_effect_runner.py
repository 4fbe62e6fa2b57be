"""The process that carries out claims: each once, in time, and what came of it is written down."""

import asyncio
import time
from collections.abc import Callable
from datetime import timedelta
from typing import cast

import pytest

from schemas.effects import EffectRequest
from schemas.notifications import DeliveryAttempted
from services.runtime.broker import Broker
from services.runtime.codec import local_codec
from services.runtime.effect_cases import EffectCase, claimed, reconciling, unclear, with_open
from services.runtime.effect_runner import ATTEMPTS_OVER_AFTER_S, EffectRunner
from services.runtime.effects import ATTEMPT_WITHIN, Attempt, effect_service
from services.runtime.outcomes import Transition
from services.runtime.records import OutputRecord
from services.runtime.settings import MeshSettings
from tests.services.runtime.effect_facts import EFFECT, NOW, UNIT, request

CODEC = local_codec()
Answer = Callable[[], Attempt]


def claim(effect_id: str = "effect-1") -> Transition:
    effect = claimed(NOW, request(effect_id).model_dump_json())
    return Transition(UNIT, None, with_open(EffectCase(), effect_id, effect))


def look_up(effect_id: str = "effect-1") -> Transition:
    effect = unclear(claimed(NOW, request(effect_id).model_dump_json()), NOW)
    before = with_open(EffectCase(), effect_id, effect)
    return Transition(UNIT, before, with_open(before, effect_id, reconciling(effect, NOW + timedelta(hours=1))))


class Notes:
    """A broker that only keeps what is said; while `refuses` is above zero, it fails."""

    def __init__(self, refuses: int = 0) -> None:
        self.facts: list[DeliveryAttempted] = []
        self.first = asyncio.Event()
        self.refuses = refuses

    async def say(self, record: OutputRecord) -> None:
        if self.refuses:
            self.refuses -= 1
            raise ConnectionError("the broker is away")
        self.facts.append(CODEC.decode(record.topic, record.value or b""))
        self.first.set()


class Provider:
    """A port that notes its calls and answers as told; while `held`, an attempt does not end."""

    def __init__(self, answer: Answer = lambda: Attempt("done", "answered")) -> None:
        self.calls: list[tuple[str, str]] = []
        self.begun, self.held = asyncio.Event(), asyncio.Event()
        self.held.set()
        self._answer = answer

    async def attempt(self, asked: EffectRequest) -> Attempt:
        self.calls.append(("attempt", asked.effect_id))
        self.begun.set()
        await self.held.wait()
        return self._answer()

    async def look_up(self, asked: EffectRequest) -> Attempt:
        self.calls.append(("look_up", asked.effect_id))
        return Attempt("failed", "not-received")


def make_runner(port: Provider, notes: Notes, **settings: int) -> EffectRunner:
    service = effect_service("deliveries", "r", EFFECT, {}, "deliveries")
    return EffectRunner(service, port, cast("Broker", notes), CODEC, MeshSettings.model_validate(settings))


async def idle(runner: EffectRunner) -> None:
    """Wait, a bounded time, until every attempt and look-up has ended."""
    async with asyncio.timeout(10):
        while runner._attempts or runner._lookups:
            await asyncio.wait([*runner._attempts.values(), *runner._lookups.values()])
            await asyncio.sleep(0)


@pytest.mark.asyncio
@pytest.mark.timeout(30)
async def test_a_committed_claim_is_attempted_once_and_its_answer_written_down() -> None:
    port, notes = Provider(), Notes()
    runner = make_runner(port, notes)
    runner.committed([claim()], time.monotonic())
    await idle(runner)

    assert port.calls == [("attempt", "effect-1")]
    assert [(fact.outcome, fact.detail_code, fact.reconciled) for fact in notes.facts] == [("done", "answered", False)]


@pytest.mark.asyncio
@pytest.mark.timeout(30)
async def test_a_note_stands_in_the_time_of_the_mesh() -> None:
    """The clock may be simulated: the claim's instant, and what has passed since."""
    notes = Notes()
    runner = make_runner(Provider(), notes)
    runner.committed([claim()], time.monotonic() - 5)
    await idle(runner)

    assert NOW + timedelta(seconds=5) <= notes.facts[0].attempted_at < NOW + timedelta(seconds=15)


@pytest.mark.asyncio
@pytest.mark.timeout(30)
async def test_a_claim_that_has_grown_too_old_is_not_attempted_and_that_is_certain() -> None:
    """A process that stood still inside the commit must not ring anybody minutes later."""
    port, notes = Provider(), Notes()
    runner = make_runner(port, notes)
    runner.committed([claim()], time.monotonic() - ATTEMPT_WITHIN.total_seconds())
    await idle(runner)

    assert port.calls == []
    assert [(fact.outcome, fact.detail_code) for fact in notes.facts] == [("failed", "not-begun")]


@pytest.mark.asyncio
@pytest.mark.timeout(30)
async def test_what_is_too_much_at_once_is_not_begun_and_says_so() -> None:
    """One may be at work and one may wait; the third is declined while the first still runs."""
    port, notes = Provider(), Notes()
    port.held.clear()
    runner = make_runner(port, notes, attempts_at_once_max=1, attempts_waiting_max=2)
    runner.committed([claim(f"effect-{number}") for number in range(3)], time.monotonic())
    await notes.first.wait()
    declined = [(fact.effect_id, fact.detail_code) for fact in notes.facts]
    port.held.set()
    await idle(runner)

    assert declined == [("effect-2", "not-begun")]
    assert sorted(port.calls) == [("attempt", "effect-0"), ("attempt", "effect-1")]


@pytest.mark.asyncio
@pytest.mark.timeout(30)
async def test_whatever_a_port_throws_is_unclear() -> None:
    def broken() -> Attempt:
        raise KeyError("13800001111")

    notes = Notes()
    runner = make_runner(Provider(broken), notes)
    runner.committed([claim()], time.monotonic())
    await idle(runner)

    assert [(fact.outcome, fact.detail_code) for fact in notes.facts] == [("unknown", "attempt-broken")]


@pytest.mark.asyncio
@pytest.mark.timeout(30)
async def test_a_note_is_written_though_the_broker_fails_at_first() -> None:
    notes = Notes(refuses=2)
    runner = make_runner(Provider(), notes)
    runner.committed([claim()], time.monotonic())
    await idle(runner)

    assert len(notes.facts) == 1


@pytest.mark.asyncio
@pytest.mark.timeout(30)
async def test_the_process_that_ended_the_attempt_looks_up_at_once() -> None:
    port, notes = Provider(), Notes()
    runner = make_runner(port, notes)
    runner.committed([claim()], time.monotonic())
    await idle(runner)
    runner.committed([look_up()], time.monotonic())
    await idle(runner)

    assert port.calls == [("attempt", "effect-1"), ("look_up", "effect-1")]
    assert notes.facts[-1].reconciled


@pytest.mark.asyncio
@pytest.mark.timeout(30)
async def test_another_process_looks_up_only_when_no_attempt_can_be_under_way() -> None:
    """Decided just now: it waits. Decided long enough ago: it asks."""
    port, notes = Provider(), Notes()
    runner = make_runner(port, notes)
    runner.committed([look_up("fresh")], time.monotonic())
    runner.committed([look_up("ripe")], time.monotonic() - ATTEMPTS_OVER_AFTER_S)
    await notes.first.wait()
    await runner.stop()

    assert port.calls == [("look_up", "ripe")]


@pytest.mark.asyncio
@pytest.mark.timeout(30)
async def test_stopping_waits_for_the_attempt_under_way() -> None:
    port, notes = Provider(), Notes()
    port.held.clear()
    runner = make_runner(port, notes)
    runner.committed([claim()], time.monotonic())
    stopping = asyncio.create_task(runner.stop())
    await port.begun.wait()
    assert not stopping.done()
    port.held.set()
    await stopping

    assert len(notes.facts) == 1
    assert runner.in_flight == 0
