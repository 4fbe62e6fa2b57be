"""The sealer: when it seals, how it goes on after a restart, and what it will never seal."""

import io
from datetime import datetime, timedelta

import fastavro
import pytest

from schemas.avro import avro_schema, wire_value
from schemas.decision_records import DecisionBatch
from services.audit.chain import BEGINNING, LinkReader
from services.audit.seal_keys import development_public_keys, development_seal_key
from services.audit.sealer import Sealer
from services.runtime.memory import MemoryMesh
from tests.harness.counting import COUNTING, NOON, paid
from tests.services.audit.logs import ARREARS, ENTRIES, NOW, Log, altered, sealed_log

MINUTE = timedelta(minutes=1)


def sealer_of(log: Log, entries_max: int = 9, after: timedelta = 5 * MINUTE) -> Sealer:
    return Sealer(LinkReader(log.codec), development_seal_key(), entries_max, after)


def resumed(log: Log, end: int = 1 << 40) -> Sealer:
    """A sealer that begins anew from the seals that stand, and reads on."""
    sealer = sealer_of(log)
    sealer.resume(log.seals())
    for partition in (3, 4):
        offset = sealer.begin("arrears", partition, 0, end)
        for record in log.of("arrears", partition):
            if offset is not None and record.offset >= offset:
                sealer.take(record, NOW)
    return sealer


def reasons(sealer: Sealer) -> list[tuple[int, int, str]]:
    return [(refusal.partition, refusal.offset, refusal.reason) for refusal in sealer.refusals]


@pytest.mark.parametrize(
    ("records", "later", "sealed"),
    [
        (2, timedelta(), []),
        (3, timedelta(), [8]),
        (2, 5 * MINUTE - timedelta(microseconds=1), []),
        (2, 5 * MINUTE, [5]),
        (0, 5 * MINUTE, []),
    ],
)
def test_a_head_is_sealed_after_so_many_entries_or_so_long(records: int, later: timedelta, sealed: list[int]) -> None:
    log = Log()
    log.decide("arrears", 3, records)
    sealer = sealer_of(log)
    for record in log.decision_records():
        sealer.take(record, NOW)

    assert sealed == [seal.last_number for seal in sealer.due(NOW + later)]


def test_a_seal_says_where_the_chain_stands_and_verifies() -> None:
    log = Log()
    log.decide("arrears", 3, 2)
    (seal,) = log.seal()
    link = LinkReader(log.codec).link(log.of("arrears", 3)[1])

    assert ("arrears", 3, 5, 2, link.own_hash, NOW) == (
        seal.service,
        seal.partition,
        seal.last_number,
        seal.offset,
        seal.head_hash,
        seal.sealed_at,
    )
    assert development_public_keys().fault(seal) is None


def test_what_is_sealed_is_not_sealed_again_until_something_follows() -> None:
    log = Log()
    log.decide("arrears", 3, 3)
    sealer = sealer_of(log)
    for record in log.decision_records():
        sealer.take(record, NOW)
    sealer.written(sealer.due(NOW))
    again = sealer.due(NOW + timedelta(days=1), at_once=True)
    log.decide("arrears", 3, 1)
    sealer.take(log.of("arrears", 3)[3], NOW)

    assert ([], [11]) == (again, [seal.last_number for seal in sealer.due(NOW, at_once=True)])


def test_a_seal_that_was_not_written_is_due_again() -> None:
    log = Log()
    log.decide("arrears", 3, 3)
    sealer = sealer_of(log)
    for record in log.decision_records():
        sealer.take(record, NOW)

    assert sealer.due(NOW) == sealer.due(NOW)


def test_a_restart_goes_on_from_the_last_seal_and_needs_nothing_else() -> None:
    log = sealed_log()
    sealer = resumed(log)
    (seal,) = sealer.due(NOW, at_once=True)

    assert ([], 35, {("arrears", 3): 6}) == (reasons(sealer), seal.last_number, sealer.unsealed)


def test_a_restart_takes_the_furthest_seal_whatever_their_order() -> None:
    log = sealed_log()
    log.seal()
    sealer = sealer_of(log)
    sealer.resume(reversed(log.seals()))

    assert 22 == sealer.begin("arrears", 3, 0, 100)


def test_a_sealed_record_that_was_changed_is_never_continued() -> None:
    log = sealed_log()
    records = log.of("arrears", 3)
    records[9] = altered(records[9], value=(records[9].value or b"")[:-1] + b"!")
    sealer = resumed(log)

    assert [(3, 18, "the sealed record is not what was sealed")] == reasons(sealer)
    assert [] == sealer.due(NOW + timedelta(days=1), at_once=True)


@pytest.mark.parametrize(("begin", "end"), [(0, 18), (19, 100)])
def test_a_log_that_lost_the_sealed_record_is_refused_before_it_is_read(begin: int, end: int) -> None:
    log = sealed_log()
    sealer = sealer_of(log)
    sealer.resume(log.seals())

    assert sealer.begin("arrears", 3, begin, end) is None
    assert [(3, 18)] == [(partition, offset) for partition, offset, _ in reasons(sealer)]


def test_a_fork_is_never_sealed_not_even_up_to_the_break() -> None:
    log = sealed_log()
    records = log.of("arrears", 3)
    records[10] = altered(records[10], value=(records[10].value or b"")[:-1] + b"!")
    sealer = resumed(log)
    log.decide("arrears", 4, 1)
    sealer.take(log.of("arrears", 4)[2], NOW)

    assert [(3, 22)] == [(partition, offset) for partition, offset, _ in reasons(sealer)]
    assert [4] == [seal.partition for seal in sealer.due(NOW, at_once=True)]


def test_a_record_that_is_none_of_ours_stops_the_sealing_of_its_task() -> None:
    log = sealed_log()
    log.of("arrears", 3)[11] = altered(log.of("arrears", 3)[11], value=b"rubbish")

    assert [(3, 22)] == [(partition, offset) for partition, offset, _ in reasons(resumed(log))]


def test_two_seals_that_contradict_each_other_stop_the_sealing_of_their_task() -> None:
    log = sealed_log()
    other = development_seal_key().signed("arrears", 3, 29, 18, bytes(32), NOW)
    sealer = sealer_of(log)
    sealer.resume([*log.seals(), other])

    assert [(3, 18, "two seals contradict each other")] == reasons(sealer)
    assert sealer.begin("arrears", 3, 0, 100) is None


def test_a_log_whose_beginning_is_gone_is_not_sealed() -> None:
    log = Log()
    log.decide("arrears", 3, 3)
    del log.of("arrears", 3)[0]
    sealer = sealer_of(log)
    for record in log.decision_records():
        sealer.take(record, NOW)

    assert [(3, 2)] == [(partition, offset) for partition, offset, _ in reasons(sealer)]


@pytest.mark.parametrize("payments", [1, 2, 63, 64, 401, 1_000])
def test_what_the_runtime_writes_is_read_as_links_of_one_chain(payments: int) -> None:
    twin = MemoryMesh([COUNTING], NOON)
    for number in range(payments):
        twin.publish(paid(1, 100, f"pay/{number}"))
    twin.run()
    entries = 0
    links = LinkReader(twin.codec)
    for partition in twin.log["arrears-decisions"]:
        end = BEGINNING
        for record in partition:
            link = links.link(record)
            assert end.continues_with(link)
            end = end.after(link)
        entries += end.next_number
        shard = twin.shard("arrears", partition[0].partition) if partition else None
        assert shard is None or (shard.meta.head, shard.meta.next_number) == (end.head, end.next_number)

    assert payments == entries


def test_the_samples_are_packed_as_they_say() -> None:
    log = Log()
    log.decide("arrears", 3, 2)
    link = LinkReader(log.codec).link(log.of("arrears", 3)[1])

    assert (ENTRIES, 2 * ENTRIES - 1) == (link.first_number, link.last_number)


def test_instants_are_told_in_utc_wherever_the_sealer_runs() -> None:
    local = datetime.fromisoformat("2026-11-02T12:00:00+08:00")

    assert NOW.isoformat() == development_seal_key().signed("arrears", 3, 1, 1, b"", local).sealed_at.isoformat()


def test_a_record_of_a_writer_that_orders_its_fields_otherwise_is_read_the_long_way() -> None:
    log = Log()
    log.decide("arrears", 3, 1)
    ours = avro_schema(DecisionBatch)
    log.codec.learn(999, {**ours, "fields": ours["fields"][::-1]})
    theirs = log.codec.writers[999].schema
    assert theirs is not None
    batch = log.codec.decode(ARREARS, log.of("arrears", 3)[0].value or b"")
    buffer = io.BytesIO()
    fastavro.schemaless_writer(buffer, theirs, wire_value(batch))
    value = b"\x00" + (999).to_bytes(4, "big") + buffer.getvalue()
    link = LinkReader(log.codec).link(altered(log.of("arrears", 3)[0], value=value))

    assert (0, 2, b"") == (link.first_number, link.last_number, link.previous_hash)
