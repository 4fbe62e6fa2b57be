"""What an operator brings back, and what a replay makes of it, told on the memory twin."""

import dataclasses
from datetime import timedelta
from typing import Any

import pytest

from schemas.decision import Context, Decision, decided
from schemas.mesh import CommandIssued, OriginalRecord
from schemas.topics import commands_topic, dead_topic, decisions_topic
from services.runtime.memory import MemoryMesh
from services.runtime.publishing import published
from services.runtime.records import partition_of
from services.runtime.replay import TaskReplay, spoken_index
from services.runtime.settings import MeshSettings
from tests.harness.counting import COUNTING, NOON, Count, decide, paid, unit_code
from tests.harness.letters import original_in

UNIT = unit_code(1)
PLACE = partition_of(UNIT.encode(), 12)


@pytest.fixture
def mesh() -> MemoryMesh:
    return MemoryMesh([COUNTING], NOON, refusals_max=2)


def order(mesh: MemoryMesh, name: str, action: str, original: OriginalRecord | None = None) -> None:
    issued = CommandIssued(subject=UNIT, action=action, issued_by="wang", explanation="试验", original=original)
    topic = commands_topic("arrears")
    mesh.append(published(mesh.codec, issued, name, "/console", mesh.clock, 12, PLACE, topic))


def mended(state: Count | None, fact: Any, context: Context) -> Decision[Count]:
    lucky = fact.model_copy(update={"paid_fen": 14}) if fact.paid_fen == 13 else fact
    return decide(state, lucky, context)


def differences(mesh: MemoryMesh) -> list[str]:
    """What a replay of the task finds different."""
    inputs = {topic: mesh.log.get(topic, [[]] * 12)[PLACE] for topic in COUNTING.inputs}
    spoken = [record for topic in ("arrears-changed", dead_topic("arrears")) for record in mesh.records(topic)]
    replay = TaskReplay(COUNTING, PLACE, mesh.codec, inputs, spoken_index(spoken))
    report = replay.run(mesh.log[decisions_topic("arrears")][PLACE])
    return [f"{found.what}: {found.then} → {found.now}" for found in report.differences]


def letter(mesh: MemoryMesh) -> OriginalRecord:
    """The first dead letter, as an operator brings it back."""
    return original_in(mesh.dead("arrears")[0])


def test_what_is_released_and_parks_again_stays_before_what_came_later(mesh: MemoryMesh) -> None:
    mesh.publish(paid(1, 13, "bug"))
    mesh.publish(paid(1, 100, "behind"))
    mesh.run()
    order(mesh, "too-early", "release")
    mesh.run()

    waiting = mesh.shard("arrears", PLACE).parked[UNIT]

    assert [0, 1] == [waiting[number].offset for number in sorted(waiting)]


def test_two_releases_in_one_batch_decide_each_record_once(mesh: MemoryMesh) -> None:
    mesh.publish(paid(1, 13, "bug"))
    mesh.publish(paid(1, 100, "behind"))
    mesh.run()
    mesh.shard("arrears", PLACE).service = dataclasses.replace(COUNTING, decide=mended)
    order(mesh, "once", "release")
    order(mesh, "twice", "release")

    mesh.run()

    assert ["counted", "counted", "released", "nothing-parked"] == mesh.codes("arrears", UNIT)[-4:]
    assert Count(2, 114) == mesh.state("arrears", UNIT)
    assert 0 == mesh.shard("arrears", PLACE).cases[UNIT].parked


def forgetful(state: Count | None, fact: Any, context: Context) -> Decision[Count]:
    return decided(None, "forgotten") if fact.paid_fen == 13 else decide(state, fact, context)


def test_a_case_that_is_forgotten_while_it_is_released_keeps_what_still_waits(mesh: MemoryMesh) -> None:
    mesh.publish(paid(1, 13, "bug"))
    mesh.publish(paid(1, 100, "behind"))
    mesh.publish(paid(1, 50, "last"))
    mesh.run()
    mesh.shard("arrears", PLACE).service = dataclasses.replace(COUNTING, decide=forgetful)
    order(mesh, "release", "release")

    mesh.run()

    assert ["forgotten", "counted", "counted", "released"] == mesh.codes("arrears", UNIT)[-4:]
    assert Count(2, 150) == mesh.state("arrears", UNIT)
    assert {} == mesh.shard("arrears", PLACE).parked


def test_what_is_redriven_is_decided_at_the_instant_of_its_command(mesh: MemoryMesh) -> None:
    mesh.append_raw("contribution-paid", PLACE, UNIT.encode(), b"junk", ())
    mesh.run()
    mesh.clock = NOON + timedelta(minutes=5)
    order(mesh, "redrive", "redrive", letter(mesh))

    mesh.run()

    redriven = mesh.decisions("arrears")[1]
    assert ("redriven", NOON + timedelta(minutes=5)) == (redriven.kind, redriven.now)
    assert [] == differences(mesh)


def test_two_dead_letters_of_one_instant_are_no_difference(mesh: MemoryMesh) -> None:
    mesh.append_raw("contribution-paid", PLACE, UNIT.encode(), b"junk", ())
    mesh.run()
    order(mesh, "redrive", "redrive", letter(mesh))

    mesh.run()

    assert 2 == len(mesh.dead("arrears"))
    assert [] == differences(mesh)


def test_a_dead_letter_that_nobody_decided_is_a_difference(mesh: MemoryMesh) -> None:
    mesh.append_raw("contribution-paid", PLACE, UNIT.encode(), b"junk", ())
    mesh.run()
    dead = mesh.log[dead_topic("arrears")][PLACE]
    dead.append(dead[0])

    assert 1 == len(differences(mesh))
    assert differences(mesh)[0].startswith("said on arrears-dead: 2 found → 1 of")


def test_a_task_that_halted_and_was_resumed_is_no_difference(mesh: MemoryMesh) -> None:
    for _ in range(2):
        mesh.append_raw("contribution-paid", PLACE, UNIT.encode(), b"junk", ())
    mesh.run()
    order(mesh, "resume", "resume")

    mesh.run()

    assert "resumed" == mesh.codes("arrears")[-1]
    assert [] == differences(mesh)


def test_timeouts_under_which_a_commit_could_be_asked_for_twice_are_refused() -> None:
    with pytest.raises(ValueError, match="must not be below"):
        MeshSettings(request_timeout_ms=9_999, transaction_timeout_ms=10_000)
