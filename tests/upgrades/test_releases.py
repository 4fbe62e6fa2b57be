"""A rules change takes effect from a date, and a replay decides with the rules that were in force then."""

import dataclasses
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from schemas.decision import Context, Decision, TimerDue, decided
from schemas.decision_records import DecisionBatch
from schemas.topics import decisions_topic
from services.runtime.memory import MemoryMesh
from services.runtime.records import partition_of
from services.runtime.replay import ReplayReport, TaskReplay, spoken_index
from services.runtime.service import Service
from services.runtime.shard import Shard
from tests.harness.counting import COUNTING, Count, decide, paid, unit_code
from tests.upgrades.next_format import NEXT_FORMAT, CountOnCard

UNIT = unit_code(1)
PLACE = partition_of(UNIT.encode(), 12)
IN_FORCE_FROM = date(2026, 11, 10)
MIDNIGHT = datetime(2026, 11, 9, 16, tzinfo=UTC)
"""The first instant of that day in Weihai."""
A_MICROSECOND = timedelta(microseconds=1)


def doubled(state: Count | None, fact: Any, context: Context) -> Decision[Count]:
    """The new rule: every payment counts twice."""
    if isinstance(fact, TimerDue):
        return decided(Count((state or Count()).payments, 0), "looked")
    return decide(state, fact.model_copy(update={"paid_fen": 2 * fact.paid_fen}), context)


DATED = dataclasses.replace(
    COUNTING, release="counting-2", decide=doubled, in_force_from=IN_FORCE_FROM, earlier=(COUNTING,)
)


def replayed(mesh: MemoryMesh, service: Service) -> ReplayReport:
    inputs = {
        topic: [record for record in mesh.records(topic) if record.partition == PLACE] for topic in service.inputs
    }
    index = spoken_index([*mesh.records("arrears-changed"), *mesh.records("arrears-dead")])
    replay = TaskReplay(service, PLACE, mesh.codec, inputs, index)
    report = replay.run([record for record in mesh.records(decisions_topic(service.name)) if record.partition == PLACE])
    assert [] == replay.unread()
    return report


def releases(mesh: MemoryMesh) -> list[tuple[str, int]]:
    """The releases that decision records name, each with how many entries they hold."""
    topic = decisions_topic("arrears")
    records = [record for record in mesh.records(topic) if record.partition == PLACE]
    batches: list[DecisionBatch] = [mesh.codec.decode(topic, record.value or b"") for record in records]
    return [(batch.release, len(batch.entries)) for batch in batches]


def publish_at(mesh: MemoryMesh, instant: datetime, reference: str) -> None:
    mesh.clock = instant
    mesh.publish(paid(1, 100, reference))


def state_of(mesh: MemoryMesh) -> Any:
    return mesh.state("arrears", UNIT)


# --- from a date on ---------------------------------------------------------------------------------


def test_the_last_moment_before_the_date_is_decided_by_the_rules_before() -> None:
    mesh = MemoryMesh([DATED], MIDNIGHT - timedelta(milliseconds=1))
    mesh.publish(paid(1, 100, "before"))
    mesh.run()

    assert 100 == state_of(mesh).total_fen
    assert [("counting-1", 1)] == releases(mesh)


def test_the_first_moment_of_the_date_is_decided_by_the_new_rules() -> None:
    mesh = MemoryMesh([DATED], MIDNIGHT)
    mesh.publish(paid(1, 100, "on-the-day"))
    mesh.run()

    assert 200 == state_of(mesh).total_fen
    assert [("counting-2", 1)] == releases(mesh)


def test_one_transaction_over_midnight_names_both_releases_in_records_of_their_own() -> None:
    mesh = MemoryMesh([DATED], MIDNIGHT)
    for hours in (-2, -1, 0, 1):
        publish_at(mesh, MIDNIGHT + timedelta(hours=hours), f"pay{hours}")
    mesh.run()

    assert 100 + 100 + 200 + 200 == state_of(mesh).total_fen
    assert [("counting-1", 2), ("counting-2", 2)] == releases(mesh)
    assert [] == replayed(mesh, DATED).differences


def test_a_timer_is_decided_by_the_rules_of_the_instant_at_which_it_is_handled() -> None:
    mesh = MemoryMesh([DATED], MIDNIGHT - timedelta(minutes=30))
    mesh.publish(paid(1, 60, "ask"))
    mesh.tick(MIDNIGHT + timedelta(hours=1))

    assert 0 == state_of(mesh).total_fen
    assert [] == replayed(mesh, DATED).differences


@pytest.mark.parametrize(
    "change",
    [{"earlier": ()}, {"state": CountOnCard}, {"state_version": 2}, {"hears": ()}],
    ids=["no release before", "another state", "another format", "other facts"],
)
def test_rules_that_cannot_take_over_on_a_date_are_no_release(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="counting-2 takes effect on a date"):
        dataclasses.replace(DATED, **change)


def test_a_code_that_only_an_earlier_release_gave_still_has_its_text() -> None:
    before = dataclasses.replace(COUNTING, reason_texts={"counted": "已计数", "looked": "已查看"})
    service = dataclasses.replace(DATED, earlier=(before,), reason_texts={"counted": "已加倍计数"})

    assert ["已加倍计数", "已查看", None] == [service.text_of(code) for code in ("counted", "looked", "unheard-of")]


# --- replay -----------------------------------------------------------------------------------------


def test_installed_late_the_new_release_still_replays_what_the_old_one_decided_after_the_date() -> None:
    mesh = MemoryMesh([COUNTING], MIDNIGHT + timedelta(hours=1))
    mesh.publish(paid(1, 100, "old-release-still-ran"))
    mesh.run()
    install(mesh, DATED)
    publish_at(mesh, MIDNIGHT + timedelta(hours=2), "new-release")
    mesh.run()

    assert 300 == state_of(mesh).total_fen
    assert [("counting-1", 1), ("counting-2", 1)] == releases(mesh)
    assert [] == replayed(mesh, DATED).differences


def test_without_the_rules_of_then_a_replay_lists_differences_under_their_release() -> None:
    mesh = MemoryMesh([DATED], MIDNIGHT - A_MICROSECOND)
    mesh.publish(paid(1, 100, "before"))
    mesh.run()
    forgetful = dataclasses.replace(DATED, in_force_from=None, earlier=())

    assert {"counting-1"} == {difference.release for difference in replayed(mesh, forgetful).differences}


def test_a_replay_goes_across_a_new_format_of_the_state() -> None:
    mesh = MemoryMesh([COUNTING], MIDNIGHT)
    for number in range(3):
        mesh.publish(paid(1, 100, f"old-{number}"))
    mesh.run()
    install(mesh, NEXT_FORMAT)
    mesh.publish(paid(1, 100, "new"))
    mesh.run()

    assert CountOnCard(4, 400, "an earlier release") == state_of(mesh)
    assert [] == replayed(mesh, NEXT_FORMAT).differences


def test_a_case_that_no_release_in_between_touched_is_migrated_from_the_bytes_it_was_left_in() -> None:
    further = dataclasses.replace(
        NEXT_FORMAT,
        release="counting-4",
        state_version=3,
        migrations={**NEXT_FORMAT.migrations, 2: lambda plain: plain | {"counted_by": "another"}},
        earlier=(COUNTING, NEXT_FORMAT),
    )
    neighbour = next(n for n in range(2, 500) if partition_of(unit_code(n).encode(), 12) == PLACE)
    mesh = MemoryMesh([COUNTING], MIDNIGHT)
    mesh.publish(paid(1, 100, "old"))
    mesh.run()
    install(mesh, NEXT_FORMAT)
    mesh.publish(paid(neighbour, 100, "of-another-case"))
    mesh.run()
    install(mesh, further)
    mesh.publish(paid(1, 100, "new"))
    mesh.run()

    assert CountOnCard(2, 200, "another") == state_of(mesh)
    assert ["counting-1", "counting-3", "counting-4"] == [release for release, _ in releases(mesh)]
    assert [] == replayed(mesh, further).differences


def install(mesh: MemoryMesh, service: Service) -> None:
    """Let another release take the tasks over, each from its changelog, as a worker does that starts."""
    mesh.services = {service.name: service}
    for (_, partition), task in mesh._tasks.items():
        task.shard = Shard(service, partition)
        for record in mesh.records(f"{service.name}-changelog"):
            if record.partition == partition:
                task.shard.restore((record.key or b"").decode(), record.value)
