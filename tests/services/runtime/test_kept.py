"""Originals that a case keeps until it can judge them: refused with their own bytes, or let go; restored; replayed."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest

from schemas.contributions import ContributionPaid, UnitRegistered
from schemas.decision import Context, Decision, Originals, Timer, TimerDue, decided, refused
from schemas.fact import Fact
from schemas.topics import changelog_topic, dead_topic, decisions_topic
from schemas.vocabulary import Agency, District, Insurance
from services.runtime.dead import split_dead
from services.runtime.ledger import ENTRIES_A_RECORD
from services.runtime.memory import MemoryMesh
from services.runtime.records import InputRecord, partition_of
from services.runtime.replay import ReplayReport, TaskReplay, spoken_index
from services.runtime.service import Service
from services.runtime.shard import Shard

BEGIN = datetime(2026, 11, 2, 1, tzinfo=UTC)
UNIT = "91371003MA0000001J"
PLACE = {"district": District.WENDENG, "agency": Agency.WENDENG, "unit_code": UNIT, "occurred_on": date(2026, 11, 2)}


class Waiting(msgspec.Struct, frozen=True):
    """A case that waits for a registration until an instant."""

    until: datetime | None = None
    registered: bool = False


def decide(case: Waiting | None, fact: Fact | TimerDue, context: Context) -> Decision[Waiting]:
    """Keep payments until the unit registers; refuse them all when the time is over."""
    if isinstance(fact, UnitRegistered):
        return decided(Waiting(registered=True), "registered")._replace(originals=Originals.DROP)
    if isinstance(fact, TimerDue):
        return decided(Waiting(), "too-late")._replace(originals=Originals.REFUSE)
    if fact.case_key == UNIT and getattr(fact, "paid_fen", 0) == 0:
        return refused(case, "nothing-paid")._replace(originals=Originals.KEEP)
    return decided(Waiting(context.now + timedelta(days=1)), "kept")._replace(originals=Originals.KEEP)


def next_timer(case: Waiting) -> Timer | None:
    """The end of the wait."""
    return None if case.until is None else Timer(case.until, "over")


SERVICE = Service("arrears", "r1", (UnitRegistered, ContributionPaid), (), Waiting, decide, next_timer)


def pay(number: int, paid_fen: int = 1) -> ContributionPaid:
    return ContributionPaid(
        **PLACE,
        business_reference=f"P-{number}",
        month="2026-10",
        insurance=Insurance.PENSION,
        paid_fen=paid_fen,
        paid_on=date(2026, 11, 2),
    )


@pytest.fixture
def mesh() -> MemoryMesh:
    """A mesh of one service, with two payments kept."""
    started = MemoryMesh([SERVICE], BEGIN)
    started.tick(BEGIN)
    started.publish(pay(1))
    started.run()
    started.clock += timedelta(seconds=1)
    started.publish(pay(2))
    started.run()
    return started


def shard_of(mesh: MemoryMesh) -> Shard:
    return mesh.shard("arrears", partition_of(UNIT.encode(), mesh.partitions))


def restored(mesh: MemoryMesh) -> Shard:
    """The shard of a worker that starts now."""
    known = shard_of(mesh)
    fresh = Shard(SERVICE, known.partition)
    for record in mesh.records(changelog_topic("arrears")):
        if record.partition == known.partition and record.key is not None:
            fresh.restore(record.key.decode(), record.value)
    return fresh


def test_kept_originals_are_refused_with_their_own_bytes_in_the_order_they_came(mesh: MemoryMesh) -> None:
    mesh.run_timers_until(BEGIN + timedelta(days=3))

    letters = mesh.dead("arrears")
    sent = mesh.records(ContributionPaid.topic)

    assert [(letter.value, split_dead(letter.headers)[0]) for letter in letters] == [
        (record.value, record.headers) for record in sent
    ]
    assert {split_dead(letter.headers)[1]["code"] for letter in letters} == {"too-late"}
    assert [(entry.kind, entry.outcome) for entry in mesh.decisions("arrears", UNIT)] == [
        ("record", "decided"),
        ("record", "decided"),
        ("kept", "refused"),
        ("kept", "refused"),
        ("timer", "decided"),
    ]


def test_what_stands_is_let_go(mesh: MemoryMesh) -> None:
    assert len(shard_of(mesh).kept[UNIT]) == 2

    mesh.publish(UnitRegistered(**PLACE, business_reference="U-1", unit_name="某单位"))
    mesh.run_timers_until(BEGIN + timedelta(days=3))

    assert shard_of(mesh).kept == {}
    assert mesh.dead("arrears") == []


def test_a_worker_that_starts_anew_knows_what_is_kept(mesh: MemoryMesh) -> None:
    assert restored(mesh).kept == shard_of(mesh).kept

    mesh.run_timers_until(BEGIN + timedelta(days=3))

    assert restored(mesh).kept == shard_of(mesh).kept == {}


def test_a_refused_original_may_come_again_under_its_own_id(mesh: MemoryMesh) -> None:
    mesh.run_timers_until(BEGIN + timedelta(days=3))

    mesh.publish(pay(1))
    mesh.run()

    assert mesh.codes("arrears", UNIT)[-1] == "kept"


def replayed(
    mesh: MemoryMesh, decisions: Callable[[list[InputRecord]], list[InputRecord]] = list
) -> tuple[ReplayReport, list[InputRecord]]:
    """Decide all that lies there again, and give what was not read; `decisions` picks from the decision records."""
    partition = shard_of(mesh).partition
    inputs = {
        topic: [record for record in mesh.records(topic) if record.partition == partition] for topic in SERVICE.inputs
    }
    records = [record for record in mesh.records(decisions_topic("arrears")) if record.partition == partition]
    replay = TaskReplay(SERVICE, partition, mesh.codec, inputs, spoken_index(mesh.records(dead_topic("arrears"))))
    return replay.run(decisions(records)), replay.unread()


def test_a_replay_finds_no_difference(mesh: MemoryMesh) -> None:
    mesh.run_timers_until(BEGIN + timedelta(days=3))

    report, unread = replayed(mesh)
    assert (report.differences, unread) == ([], [])


@pytest.mark.parametrize("over", [-2, -1, 0, 1])
def test_a_replay_finds_no_difference_where_all_that_was_kept_fills_more_than_a_decision_record(
    mesh: MemoryMesh, over: int
) -> None:
    """What was kept stands before the timer that refused it, the timer itself perhaps first in the next record."""
    for number in range(3, ENTRIES_A_RECORD + over + 1):
        mesh.publish(pay(number))
    mesh.run()
    mesh.run_timers_until(BEGIN + timedelta(days=3))

    assert len(mesh.dead("arrears")) == ENTRIES_A_RECORD + over
    report, unread = replayed(mesh)
    assert (report.differences, unread) == ([], [])


def test_a_replay_says_that_what_was_kept_was_let_go_by_nobody_where_the_log_ends_before(mesh: MemoryMesh) -> None:
    for number in range(3, ENTRIES_A_RECORD + 1):
        mesh.publish(pay(number))
    mesh.run()
    mesh.run_timers_until(BEGIN + timedelta(days=3))

    report, _ = replayed(mesh, lambda records: records[:-2])  # without the timer's, and that of the tick after it
    (difference,) = [found for found in report.differences if found.number >= 0]
    assert (difference.what, difference.now) == ("command or timer that follows it", "absent")


def test_only_a_decided_record_can_be_kept(mesh: MemoryMesh) -> None:
    """Rules that keep what they refuse are broken: the case parks."""
    mesh.publish(pay(3, paid_fen=0))
    mesh.run()

    assert mesh.decisions("arrears", UNIT)[-1].outcome == "parked"
