"""What earlier releases left in their topics is read, migrated and continued by this one."""

import dataclasses
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from schemas.mesh import CommandIssued
from schemas.topics import BY_NAME, Kind, changelog_topic, commands_topic, decisions_topic
from services.console.all_services import ALL_SERVICES
from services.console.all_services import BY_NAME as SERVICES
from services.runtime.cases import META_KEY
from services.runtime.errors import NewerState
from services.runtime.memory import MemoryMesh
from services.runtime.publishing import published
from services.runtime.records import InputRecord, partition_of
from services.runtime.refusals import RefusedAtDoor
from services.runtime.replay import TaskReplay, spoken_index
from services.runtime.service import Service
from services.runtime.shard import Shard
from tests.harness.audit import own_topics
from tests.harness.counting import paid
from tests.upgrades import keeping
from tests.upgrades.keeping import HALTED_PLACE, PARKED_UNIT, RECORDS, SCHEMAS, Golden

VERSIONS = keeping.versions()
A_DAY = timedelta(days=1)


@pytest.fixture(scope="module", params=VERSIONS)
def left(request: pytest.FixtureRequest) -> Golden:
    return keeping.load(request.param)


def stored(left: Golden, service: Service) -> list[InputRecord]:
    return list(left.records[changelog_topic(service.name)])


def taken_over(left: Golden, services: Sequence[Service] = ALL_SERVICES) -> MemoryMesh:
    """A mesh of this release over those topics: every task opened from its changelog."""
    last_ms = max(record.append_time_ms for records in left.records.values() for record in records)
    mesh = MemoryMesh(services, datetime.fromtimestamp(last_ms / 1000, UTC) + A_DAY, codec=left.codec())
    for topic, records in left.records.items():
        if BY_NAME[topic].kind is not Kind.CHANGELOG:  # compacted: a twin's offsets are places in its lists
            mesh.log[topic] = [[r for r in records if r.partition == place] for place in range(mesh.partitions)]
    for service in services:
        for record in stored(left, service):
            mesh.shard(service.name, record.partition).restore((record.key or b"").decode(), record.value)
    for task in mesh._tasks.values():
        task.read = dict(task.shard.meta.positions)
    return mesh


def differences(mesh: MemoryMesh, service: Service) -> list[str]:
    """What comes out otherwise of what a release decided that this one says it knows; and inputs without decision."""
    index = spoken_index([record for topic in own_topics(service) for record in mesh.records(topic)])
    found = []
    for partition in range(service.partitions):
        inputs = {topic: mesh.log.get(topic, [[]] * 12)[partition] for topic in service.inputs}
        replay = TaskReplay(service, partition, mesh.codec, inputs, index)
        report = replay.run(mesh.log[decisions_topic(service.name)][partition])
        found += [str(difference) for difference in report.differences if service.released(difference.release)]
        if mesh.shard(service.name, partition).meta.halted is None:
            found += [f"undecided: {record.topic}@{record.offset}" for record in replay.unread()]
    return found


def test_every_fact_and_decision_is_read(left: Golden) -> None:
    codec, read = left.codec(), 0
    for topic, records in left.records.items():
        for record in records:
            if BY_NAME[topic].fact is None or record.value == b"" or (record.value or b"")[:4] == b"junk":
                continue
            try:
                codec.decode(topic, record.value or b"")
            except RefusedAtDoor as refused:
                pytest.fail(f"{topic}: {refused.reason()}")
            read += 1

    assert read > 2_500


@pytest.mark.parametrize("service", ALL_SERVICES, ids=lambda service: service.name)
def test_every_task_opens_from_its_changelog(left: Golden, service: Service) -> None:
    mesh = taken_over(left)
    shards = [mesh.shard(service.name, partition) for partition in range(service.partitions)]

    assert all(set(service.inputs) >= set(shard.meta.positions) > set() for shard in shards)
    assert any(shard.cases for shard in shards)
    assert all(shard.calendar.years for shard in shards)


@pytest.mark.parametrize("service", ALL_SERVICES, ids=lambda service: service.name)
def test_its_decisions_come_out_the_same(left: Golden, service: Service) -> None:
    assert [] == differences(taken_over(left), service)


def test_what_it_left_is_continued_and_the_whole_replays(left: Golden) -> None:
    mesh = taken_over(left)
    before = {service.name: len(mesh.decisions(service.name)) for service in ALL_SERVICES}
    for number in (0, 1, 900):
        mesh.publish(paid(number, 77, f"after-the-upgrade-{number}"))
    mesh.run()
    order(mesh, "arrears", "release", PARKED_UNIT, partition_of(PARKED_UNIT.encode(), 12))
    order(mesh, "outlets", "resume", "task", HALTED_PLACE)
    for _ in range(30):
        mesh.tick(mesh.clock + A_DAY)

    assert all(len(mesh.decisions(name)) > count for name, count in before.items())
    assert ["rules-broken", "case-parked", "case-parked"] == mesh.codes("arrears", PARKED_UNIT)[:3]
    assert {} == mesh.shard("arrears", partition_of(PARKED_UNIT.encode(), 12)).parked
    assert mesh.shard("outlets", HALTED_PLACE).meta.halted is None
    assert {service.name: [] for service in ALL_SERVICES} == {
        service.name: differences(mesh, service) for service in ALL_SERVICES
    }


def next_format_of(service: Service) -> Service:
    """The same rules, in a release whose cases have another format."""
    return dataclasses.replace(
        service,
        release=f"{service.name}-next",
        state_version=service.state_version + 1,
        migrations={**service.migrations, service.state_version: dict},
        earlier=(*service.earlier, service),
    )


def test_what_it_left_is_migrated_by_a_next_format_and_the_whole_replays(left: Golden) -> None:
    services = [next_format_of(service) for service in ALL_SERVICES]
    mesh = taken_over(left, services)
    for number in (0, 1):
        mesh.publish(paid(number, 77, f"after-the-migration-{number}"))
    for _ in range(30):
        mesh.tick(mesh.clock + A_DAY)
    versions = {
        json.loads(record.value or b"")["v"]
        for record in mesh.records("arrears-changelog")
        if not (record.key or b"").startswith(b"@")
    }

    assert {2} == versions
    assert {service.name: [] for service in services} == {
        service.name: differences(mesh, service) for service in services
    }


def order(mesh: MemoryMesh, service: str, action: str, subject: str, place: int) -> None:
    issued = CommandIssued(subject=subject, action=action, issued_by="wang", explanation="upgraded")
    topic = commands_topic(service)
    mesh.append(published(mesh.codec, issued, f"upgrade-{action}", "/console", mesh.clock, 12, place, topic))
    mesh.run()


# --- formats this release does not know -------------------------------------------------------------


def raised(value: bytes) -> bytes:
    """The same value in the next format."""
    plain = json.loads(value)
    return json.dumps(plain | {"v": plain["v"] + 1}).encode()


@pytest.mark.parametrize("service", ALL_SERVICES, ids=lambda service: service.name)
def test_a_newer_format_of_a_case_or_of_a_task_refuses_to_start(left: Golden, service: Service) -> None:
    found = {(record.key or b"").decode(): record.value or b"" for record in stored(left, service)}
    case_key = next(key for key in found if not key.startswith("@"))
    for key in (case_key, META_KEY):
        shard = Shard(service, 0)
        shard.restore(key, found[key])
        with pytest.raises(NewerState, match="start the newer release"):
            shard.restore(key, raised(found[key]))


def test_a_field_more_in_a_reference_fact_of_a_newer_release_is_left_out(left: Golden) -> None:
    service = SERVICES["arrears"]
    record = next(r for r in stored(left, service) if (r.key or b"").startswith(b"@reference/calendar"))
    more = json.dumps(json.loads(record.value or b"") | {"said_later": "x"}).encode()
    shard = Shard(service, record.partition)

    shard.restore((record.key or b"").decode(), more)

    assert [json.loads(record.value or b"")["year"]] == list(shard.calendar.years)


# --- the files themselves ---------------------------------------------------------------------------


def test_files_of_a_released_version_are_as_they_were() -> None:
    released = keeping.released_digests()

    assert released == {version: keeping.digest_of(version) for version in released}


def test_a_released_version_is_not_written_again(tmp_path: Path) -> None:
    files = {RECORDS: b"one", SCHEMAS: b"{}"}
    assert "" == keeping.write("0.9.0", files, tmp_path)
    assert "" == keeping.write("0.9.0", files | {RECORDS: b"two"}, tmp_path, release=True)

    assert "0.9.0 is released" in keeping.write("0.9.0", files, tmp_path, release=True)
    assert b"two" == (tmp_path / "0.9.0" / RECORDS).read_bytes()
