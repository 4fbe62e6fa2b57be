"""Halting, parking, commands, timers and ticks, told on the memory twin."""

import dataclasses
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from schemas.arrears import ArrearsChanged
from schemas.decision import LEGAL_ZONE, Context, Decision, Outcome, Timer, decided
from schemas.mesh import ClockTicked, CommandIssued, OriginalRecord
from schemas.topics import commands_topic
from services.runtime.dead import split_dead
from services.runtime.errors import UnreadableState
from services.runtime.memory import MemoryMesh
from services.runtime.publishing import published
from services.runtime.records import partition_of
from services.runtime.shard import Shard
from services.runtime.step import timer_cause
from tests.harness.counting import COUNTING, NOON, Count, decide, paid, unit_code
from tests.harness.letters import original_in

UNIT = unit_code(1)
PLACE = partition_of(UNIT.encode(), 12)


@pytest.fixture
def mesh() -> MemoryMesh:
    return MemoryMesh([COUNTING], NOON, refusals_max=5)


def command(mesh: MemoryMesh, action: str, subject: str, original: OriginalRecord | None = None) -> None:
    issued = CommandIssued(subject=subject, action=action, issued_by="wang", explanation="试验", original=original)
    topic = commands_topic("arrears")
    mesh.append(published(mesh.codec, issued, f"command-{action}", "/console", mesh.clock, 12, PLACE, topic))
    mesh.run()


def bad(mesh: MemoryMesh, count: int, source: bytes = b"urn:bad") -> None:
    for _ in range(count):
        mesh.append_raw("contribution-paid", PLACE, UNIT.encode(), b"junk", (("ce_source", source),))


def test_too_many_refusals_of_one_producer_halt_the_task_and_resume_ends_it(mesh: MemoryMesh) -> None:
    bad(mesh, 5)
    mesh.publish(paid(1, 100, "waits"))
    mesh.run()

    halted = mesh.shard("arrears", PLACE).meta.halted
    assert ("contribution-paid", "urn:bad") == (halted and (halted.topic, halted.source))
    assert mesh.state("arrears", UNIT) is None

    command(mesh, "resume", "task")

    assert mesh.shard("arrears", PLACE).meta.halted is None
    assert ["counted"] == mesh.codes("arrears", UNIT)


def test_one_refusal_fewer_does_not_halt(mesh: MemoryMesh) -> None:
    bad(mesh, 4)
    mesh.publish(paid(1, 100, "flows"))
    mesh.run()

    assert ["counted"] == mesh.codes("arrears", UNIT)


def test_refusals_of_different_producers_are_counted_apart(mesh: MemoryMesh) -> None:
    bad(mesh, 4, b"urn:one")
    bad(mesh, 4, b"urn:two")
    mesh.run()

    assert mesh.shard("arrears", PLACE).meta.halted is None


def test_a_bug_parks_its_case_and_other_cases_flow(mesh: MemoryMesh) -> None:
    neighbour = next(n for n in range(2, 500) if partition_of(unit_code(n).encode(), 12) == PLACE)
    mesh.publish(paid(1, 13, "bug"))
    mesh.publish(paid(1, 100, "behind"))
    mesh.publish(paid(neighbour, 100, "other"))
    mesh.run()

    assert [("rules-broken", Outcome.PARKED), ("case-parked", Outcome.PARKED)] == [
        (entry.code, entry.outcome) for entry in mesh.decisions("arrears", UNIT)
    ]
    assert ["counted"] == mesh.codes("arrears", unit_code(neighbour))


def timer_that_fails(state: Count) -> Timer | None:
    raise OverflowError("date value out of range")


def state_that_cannot_be_written(state: Count | None, fact: Any, context: Context) -> Decision[Any]:
    return decided(object(), "counted")


def fact_that_avro_refuses(state: Count | None, fact: Any, context: Context) -> Decision[Any]:
    decision = decide(state, fact, context)
    (said,) = decision.facts
    return decision._replace(facts=(said.model_copy(update={"line_count": 1 << 70}),))


@pytest.mark.parametrize(
    "broken",
    [
        {"next_timer": timer_that_fails},
        {"decide": state_that_cannot_be_written},
        {"decide": fact_that_avro_refuses},
    ],
    ids=["next_timer", "state", "fact"],
)
def test_what_cannot_be_written_down_parks_its_case_before_anything_is_committed(broken: dict[str, Any]) -> None:
    mesh = MemoryMesh([dataclasses.replace(COUNTING, **broken)], NOON)
    mesh.publish(paid(1, 100, "breaks"))
    mesh.run()

    (entry,) = mesh.decisions("arrears", UNIT)
    assert (Outcome.PARKED, "rules-broken") == (entry.outcome, entry.code)
    assert 1 == len(mesh.shard("arrears", PLACE).parked[UNIT])
    assert [] == mesh.facts(ArrearsChanged)


def test_state_over_which_a_release_breaks_is_not_opened(mesh: MemoryMesh) -> None:
    mesh.publish(paid(1, 60, "timer"))
    mesh.run()
    (stored,) = [record.value for record in mesh.records("arrears-changelog") if record.key == UNIT.encode()]
    shard = Shard(dataclasses.replace(COUNTING, next_timer=timer_that_fails), PLACE)

    with pytest.raises(UnreadableState, match=UNIT):
        shard.restore(UNIT, stored)


def repaired(state: Count | None, fact: Any, context: Context) -> Decision[Count]:
    lucky = fact.model_copy(update={"paid_fen": 14}) if fact.paid_fen == 13 else fact
    return decide(state, lucky, context)


def test_a_released_case_decides_its_records_in_order(mesh: MemoryMesh) -> None:
    mesh.publish(paid(1, 13, "bug"))
    mesh.publish(paid(1, 100, "behind"))
    mesh.run()
    mesh.shard("arrears", PLACE).service = dataclasses.replace(COUNTING, decide=repaired)

    command(mesh, "release", UNIT)

    assert ["counted", "counted"] == mesh.codes("arrears", UNIT)[-3:-1]
    assert "released" == mesh.codes("arrears", UNIT)[-1]
    assert {} == mesh.shard("arrears", PLACE).parked


def test_a_release_that_fails_again_keeps_what_waits(mesh: MemoryMesh) -> None:
    mesh.publish(paid(1, 13, "bug"))
    mesh.publish(paid(1, 100, "behind"))
    mesh.run()

    command(mesh, "release", UNIT)

    assert 2 == len(mesh.shard("arrears", PLACE).parked[UNIT])
    assert ["rules-broken", "case-parked", "rules-broken", "released"] == mesh.codes("arrears", UNIT)


def test_a_dead_record_is_redriven_under_its_own_id(mesh: MemoryMesh) -> None:
    record = published(mesh.codec, paid(1, 100, "late"), "its-own-id", "urn:weihai:tax", NOON, 12)
    mesh.append(record._replace(partition=(PLACE + 1) % 12))
    mesh.run()
    letter = mesh.dead("arrears")[0]
    assert "partition-wrong" == split_dead(letter.headers)[1]["code"]

    command(mesh, "redrive", UNIT, original_in(letter))

    redriven, ordered = mesh.decisions("arrears", UNIT)
    assert ("redriven", "counted", "its-own-id") == (redriven.kind, redriven.code, redriven.event_id)
    assert ("command", "redriven") == (ordered.kind, ordered.code)


def test_a_timer_fires_at_the_tick_that_passes_it_and_not_before(mesh: MemoryMesh) -> None:
    mesh.tick(NOON)
    mesh.publish(paid(1, 60, "ask"))
    mesh.run()

    mesh.tick(NOON + timedelta(minutes=59, seconds=59))
    assert ["counted"] == mesh.codes("arrears", UNIT)

    mesh.tick(NOON + timedelta(hours=1))
    assert ["counted", "looked"] == mesh.codes("arrears", UNIT)


def test_an_instant_told_in_local_time_is_the_same_cause() -> None:
    """Replay knows it from the decision entry, where it is UTC."""
    due_at = datetime(2026, 12, 3, 0, 0, tzinfo=LEGAL_ZONE)

    assert timer_cause(UNIT, Timer(due_at.astimezone(UTC), "forget")) == timer_cause(UNIT, Timer(due_at, "forget"))


def test_a_late_clock_fires_a_timer_once(mesh: MemoryMesh) -> None:
    mesh.tick(NOON)
    mesh.publish(paid(1, 60, "ask"))
    mesh.run()
    mesh.tick(NOON + timedelta(days=400))
    mesh.tick(NOON + timedelta(days=401))

    assert ["counted", "looked"] == mesh.codes("arrears", UNIT)


@pytest.mark.parametrize(("simulated", "code"), [(True, "tick"), (False, "fact-in-the-future")])
def test_only_a_simulated_clock_may_run_far_ahead(mesh: MemoryMesh, simulated: bool, code: str) -> None:
    ahead = NOON + timedelta(days=4)
    tick = ClockTicked(now=ahead, simulated=simulated)
    mesh.append(published(mesh.codec, tick, "ahead", "/services/clock", ahead, 12, PLACE))
    mesh.run()

    assert [code] == mesh.codes("arrears", "")


def test_time_never_goes_back(mesh: MemoryMesh) -> None:
    mesh.tick(NOON + timedelta(hours=2))
    mesh.publish(paid(1, 60, "ask"))
    earlier = ClockTicked(now=NOON, simulated=True)
    mesh.append(published(mesh.codec, earlier, "early", "/services/clock", NOON, 12, PLACE))
    mesh.run()

    assert "tick-not-later" in mesh.codes("arrears", "")
    assert NOON + timedelta(hours=2) == mesh.shard("arrears", PLACE).meta.last_tick


def test_a_tick_stands_behind_the_facts_that_were_there_before_it(mesh: MemoryMesh) -> None:
    mesh.tick(NOON)
    mesh.publish(paid(1, 60, "ask"))
    mesh.run()
    mesh.clock = NOON + timedelta(hours=2)
    tick = ClockTicked(now=mesh.clock, simulated=True)
    mesh.append(published(mesh.codec, tick, "due", "/services/clock", mesh.clock, 12, PLACE))
    mesh.publish(paid(1, 100, "before-the-tick"))
    mesh.run()

    assert ["counted", "counted", "looked"] == mesh.codes("arrears", UNIT)


def test_many_due_cases_go_through_in_bounded_batches(mesh: MemoryMesh, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.runtime.memory.TIMERS_A_BATCH", 7)
    mesh.tick(NOON)
    for number in range(600):
        mesh.publish(paid(number, 60, f"ask-{number}"))
    mesh.run()
    before = len(mesh.records("arrears-decisions"))
    mesh.tick(NOON + timedelta(hours=1))

    looked = [entry for entry in mesh.decisions("arrears") if entry.code == "looked"]
    assert 600 == len({entry.case_key for entry in looked}) == len(looked)
    assert len(mesh.records("arrears-decisions")) - before >= 600 / 7
