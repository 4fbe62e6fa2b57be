"""The judge of the campaigns sees what was broken on purpose, and calls it by its kind."""

import random
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import islice

import pytest

from schemas.topics import changelog_topic, decisions_topic
from services.arrears.worker import SERVICE
from services.runtime.memory import MemoryMesh
from services.runtime.records import InputRecord
from tests.chaos.checker import Judgement, Spoken, judge_task
from tests.harness.feed import contributions

Records = dict[str, list[InputRecord]]
PARTITION = 0
SAID = "arrears-opened"


@pytest.fixture(scope="module")
def mesh() -> MemoryMesh:
    """Some thousand records, decided in several batches."""
    made = MemoryMesh([SERVICE], datetime.now(UTC))
    for number, record in enumerate(islice(contributions(made.codec, random.Random(5), units=240), 3_000)):
        made.append(record)
        if number % 500 == 0:
            made.run()
    made.run()
    return made


def judged(mesh: MemoryMesh, spoil: Callable[[Records], object] = lambda records: None) -> Judgement:
    """Judge one task after something was done to its records."""
    found, spoken = Judgement(), Spoken(SERVICE)
    names = {*SERVICE.inputs, *spoken.topics, decisions_topic("arrears"), changelog_topic("arrears")}
    records = {name: [one for one in mesh.records(name) if one.partition == PARTITION] for name in names}
    spoil(records)
    for topic in spoken.topics:
        for record in records[topic]:
            spoken.take(record, found)
    spoken.end(found)
    spoken.unexplained(judge_task(found, SERVICE, PARTITION, mesh.codec, records, spoken.index), found)
    return found


def kinds(found: Judgement) -> set[str]:
    """The kinds under which something was found."""
    return {name for name in ("lost", "duplicated", "reordered", "gaps", "state", "different") if getattr(found, name)}


def test_what_is_as_it_should_be_passes(mesh: MemoryMesh) -> None:
    found = judged(mesh)

    assert set() == kinds(found)
    assert found.cases_max > 5
    assert found.entries == found.records > 30
    assert found.spoken > 5


def test_an_input_that_nobody_decided_is_lost(mesh: MemoryMesh) -> None:
    def spoil(records: Records) -> None:
        last = records["contribution-paid"][-1]
        records["contribution-paid"].append(last_after(last))

    assert {"lost"} == kinds(judged(mesh, spoil))


def last_after(record: InputRecord) -> InputRecord:
    """The same once more, at the next offset."""
    return InputRecord(
        record.topic,
        record.partition,
        record.offset + 1,
        record.append_time_ms,
        record.key,
        record.value,
        record.headers,
    )


def test_a_fact_that_is_missing_is_lost(mesh: MemoryMesh) -> None:
    assert "lost" in kinds(judged(mesh, lambda records: records[SAID].pop(0)))


def test_a_fact_that_stands_twice_is_duplicated(mesh: MemoryMesh) -> None:
    assert "duplicated" in kinds(judged(mesh, lambda records: records[SAID].append(last_after(records[SAID][-1]))))


def test_facts_of_a_case_in_another_order_are_reordered(mesh: MemoryMesh) -> None:
    assert "reordered" in kinds(judged(mesh, lambda records: records["arrears-changed"].reverse()))


def test_a_decision_record_that_is_missing_is_a_gap(mesh: MemoryMesh) -> None:
    assert "gaps" in kinds(judged(mesh, lambda records: records["arrears-decisions"].pop(0)))


def test_a_decision_record_that_stands_twice_is_a_gap_and_decides_twice(mesh: MemoryMesh) -> None:
    found = kinds(judged(mesh, lambda records: records["arrears-decisions"].append(records["arrears-decisions"][-1])))

    assert {"gaps", "duplicated"} <= found


def test_state_that_was_not_written_is_seen(mesh: MemoryMesh) -> None:
    def spoil(records: Records) -> None:
        changelog = records["arrears-changelog"]
        key = next(record.key for record in reversed(changelog) if not (record.key or b"").startswith(b"@"))
        changelog[:] = [record for record in changelog if record.key != key]

    assert {"state"} == kinds(judged(mesh, spoil))
