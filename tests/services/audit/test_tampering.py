"""Whoever tampers with the decision records is found out, and told where."""

import json
from typing import Any

import pytest

from schemas.avro import avro_schema
from schemas.decision_records import DecisionBatch
from services.audit.chain import FOREIGN_SCHEMA
from services.audit.findings import Finding, Kind
from services.runtime.codec import MAGIC, PREFIX_BYTES
from services.runtime.records import InputRecord, OutputRecord
from tests.services.audit.logs import ARREARS, ENTRIES, RECORDS, Log, altered, found_in, hash_of, packed, sealed_log

pytestmark = pytest.mark.asyncio

END = RECORDS + 2
"""Records of the tampered task: the sealed ones and two more."""


def flipped(record: InputRecord, place: int) -> InputRecord:
    value = bytearray(record.value or b"")
    value[place] ^= 1
    return altered(record, value=bytes(value))


def rechained(log: Log, start: int) -> None:
    """Make every record anew from one on, with the right numbers and hashes, as somebody who can write everything would."""
    records = log.of("arrears", 3)
    for place in range(start, len(records)):
        forged = packed(log.codec, "arrears", 3, ENTRIES * place, hash_of(records[place - 1].value), release="forged")
        records[place] = altered(records[place], value=forged)


def told(findings: list[Finding]) -> list[tuple[Kind, int, int, int]]:
    assert {(ARREARS, 3)} == {(finding.topic, finding.partition) for finding in findings}
    return [(finding.kind, finding.offset, finding.first_number, finding.last_number) for finding in findings]


async def test_a_log_nobody_touched_is_sound_and_shows_what_no_seal_covers() -> None:
    verification = await found_in(sealed_log())

    assert verification.is_sound
    assert [("arrears", 3, 36, 12, 6, 2), ("arrears", 4, 6, 2, 0, 0)] == [
        (task.service, task.partition, task.entries, task.records, task.unsealed_entries, task.unsealed_records)
        for task in verification.tasks
    ]


async def test_a_task_that_was_never_sealed_is_unsealed_from_its_first_entry() -> None:
    log = Log()
    log.decide("arrears", 3, 4)
    (task,) = (await found_in(log)).tasks

    assert (0, 12, 4, None) == (task.unsealed_from, task.unsealed_entries, task.unsealed_records, task.sealed_at)


@pytest.mark.parametrize("record", [0, 4, RECORDS - 2, RECORDS])
async def test_a_changed_byte_is_found_in_the_record_where_it_was_changed(record: int) -> None:
    log = sealed_log()
    log.of("arrears", 3)[record] = flipped(log.of("arrears", 3)[record], -3)

    first = ENTRIES * record
    assert [(Kind.CHANGED, 2 * record, first, first + 2)] == told((await found_in(log)).findings)


async def test_a_changed_byte_in_the_sealed_record_itself_is_found() -> None:
    log = sealed_log()
    log.of("arrears", 3)[RECORDS - 1] = flipped(log.of("arrears", 3)[RECORDS - 1], -3)

    assert [(Kind.CHANGED, 18, 27, 29)] == told((await found_in(log)).findings)


@pytest.mark.parametrize("place", range(PREFIX_BYTES))
async def test_a_changed_registry_prefix_is_found(place: int) -> None:
    log = sealed_log()
    log.of("arrears", 3)[4] = flipped(log.of("arrears", 3)[4], place)

    assert [(Kind.CHANGED, 8, 12, 14)] == told((await found_in(log)).findings)


async def test_a_record_that_names_another_schema_of_its_contract_is_found() -> None:
    """No hash covers the registry prefix: with two columns exchanged, the same bytes would say another outcome."""
    log, other_id = sealed_log(), 9_000
    exchanged = {"outcome": "code", "code": "outcome"}
    schema: dict[str, Any] = json.loads(json.dumps(avro_schema(DecisionBatch)))
    for column in schema["fields"]:
        column["name"] = exchanged.get(column["name"], column["name"])
    log.codec.learn(other_id, schema)
    whole = log.of("arrears", 3)[4]
    named = bytes([MAGIC]) + other_id.to_bytes(4, "big") + (whole.value or b"")[PREFIX_BYTES:]
    log.of("arrears", 3)[4] = altered(whole, value=named)
    findings = (await found_in(log)).findings

    assert ["counted"] * ENTRIES == [entry.outcome for entry in log.codec.decode(ARREARS, named).entries]
    assert [(Kind.CHANGED, 8, 12, 14)] == told(findings)
    assert FOREIGN_SCHEMA == findings[0].detail


async def test_every_single_byte_of_a_record_is_guarded() -> None:
    log = sealed_log()
    records = log.of("arrears", 3)
    whole = records[4]
    unseen = []
    for place in range(len(whole.value or b"")):
        records[4] = flipped(whole, place)
        findings = (await found_in(log)).findings
        if not findings or findings[0].offset not in (8, 10):
            unseen.append(place)

    assert [] == unseen


async def test_a_key_that_is_not_the_tasks_is_found() -> None:
    log = sealed_log()
    log.of("arrears", 3)[4] = altered(log.of("arrears", 3)[4], key=b"4")

    assert [(Kind.CHANGED, 8, 12, 14)] == told((await found_in(log)).findings)


@pytest.mark.parametrize("record", [0, 5, RECORDS - 1, RECORDS])
async def test_a_removed_record_is_found_where_the_next_one_stands(record: int) -> None:
    log = sealed_log()
    del log.of("arrears", 3)[record]

    first = ENTRIES * record
    assert [(Kind.REMOVED, 2 * record + 2, first, first + 2)] == told((await found_in(log)).findings)


async def test_records_removed_in_two_places_are_found_in_both() -> None:
    log = sealed_log()
    del log.of("arrears", 3)[6:8], log.of("arrears", 3)[2]

    assert [(Kind.REMOVED, 6, 6, 8), (Kind.REMOVED, 16, 18, 23)] == told((await found_in(log)).findings)


async def test_an_inserted_record_is_found_although_it_carries_the_right_hash() -> None:
    log = sealed_log()
    records = log.of("arrears", 3)
    forged = packed(log.codec, "arrears", 3, 15, hash_of(records[4].value), count=2)
    records.insert(5, altered(records[4], offset=9, value=forged))

    assert [(Kind.INSERTED, 9, 15, 16)] == told((await found_in(log)).findings)


async def test_an_inserted_copy_of_a_record_is_found() -> None:
    log = sealed_log()
    records = log.of("arrears", 3)
    records.insert(8, altered(records[2], offset=15))

    assert [(Kind.INSERTED, 15, 6, 8)] == told((await found_in(log)).findings)


async def test_inserted_rubbish_is_found() -> None:
    log = sealed_log()
    log.of("arrears", 3).insert(5, altered(log.of("arrears", 3)[4], offset=9, value=b"rubbish"))

    assert [(Kind.INSERTED, 9, -1, -1)] == told((await found_in(log)).findings)


async def test_a_record_of_another_task_among_ones_own_is_found() -> None:
    log = sealed_log()
    stranger = log.of("arrears", 4)[1]
    log.of("arrears", 3).insert(5, altered(stranger, partition=3, offset=9))

    assert [(Kind.INSERTED, 9, -1, -1)] == told((await found_in(log)).findings)


async def test_two_records_that_changed_places_are_found() -> None:
    log = sealed_log()
    records = log.of("arrears", 3)
    records[4], records[5] = altered(records[5], offset=8), altered(records[4], offset=10)
    ((kind, _, first, last),) = told((await found_in(log)).findings)

    assert (Kind.REORDERED, True) == (kind, (first, last) in {(12, 14), (15, 17)})


async def test_a_record_that_was_moved_far_is_found_alone() -> None:
    log = sealed_log()
    records = log.of("arrears", 3)
    moved = records.pop(1)
    records.insert(8, altered(moved, offset=17))

    assert [(Kind.REORDERED, 17, 3, 5)] == told((await found_in(log)).findings)


async def test_a_tail_cut_before_the_last_seal_is_found() -> None:
    log = sealed_log()
    del log.of("arrears", 3)[7:]

    assert [(Kind.TAIL_CUT, -1, 21, 29)] == told((await found_in(log)).findings)


async def test_a_log_cut_down_to_nothing_is_found() -> None:
    log = sealed_log()
    del log.places[ARREARS, 3]

    assert [(Kind.TAIL_CUT, -1, 0, 29)] == told((await found_in(log)).findings)


async def test_a_cut_after_the_last_seal_is_not_seen_which_is_why_the_unsealed_span_is_told() -> None:
    log = sealed_log()
    del log.of("arrears", 3)[END - 1 :]
    verification = await found_in(log)

    assert verification.is_sound
    assert 3 == verification.tasks[0].unsealed_entries


async def test_a_chain_that_was_made_anew_contradicts_its_seal() -> None:
    log = sealed_log()
    rechained(log, 6)

    assert [(Kind.REWRITTEN, 18, 0, 29)] == told((await found_in(log)).findings)


async def test_a_chain_made_anew_between_two_seals_is_found_between_them() -> None:
    log = sealed_log()
    log.seal()
    rechained(log, 10)

    assert [(Kind.REWRITTEN, 22, 30, 35)] == told((await found_in(log)).findings)


async def test_a_removal_whose_traces_were_wiped_out_is_found_by_the_seal() -> None:
    log = sealed_log()
    del log.of("arrears", 3)[5]
    rechained(log, 5)

    assert [(Kind.REWRITTEN, 20, 0, 29)] == told((await found_in(log)).findings)


async def test_sealed_records_that_were_copied_to_other_offsets_are_told() -> None:
    log = sealed_log(unsealed=0)
    records = log.of("arrears", 3)
    records[:] = [altered(record, offset=place) for place, record in enumerate(records)]

    assert [(Kind.MOVED, 9, 27, 29)] == told((await found_in(log)).findings)


async def test_the_change_of_a_records_own_hash_of_the_one_before_is_found_at_that_record() -> None:
    log = sealed_log()
    records = log.of("arrears", 3)
    records[4] = altered(records[4], value=packed(log.codec, "arrears", 3, 12, bytes(32)))
    findings = (await found_in(log)).findings

    assert [(Kind.CHANGED, 8, 12, 14)] == told(findings)
    assert "perhaps-the-one-before-too" == findings[0].detail


async def test_other_tasks_are_not_blamed() -> None:
    log = sealed_log()
    log.put(OutputRecord(ARREARS, 3, b"3", b"rubbish"))
    verification = await found_in(log)

    assert [(3, 1)] == [(finding.partition, len(verification.findings)) for finding in verification.findings]
    assert [12, 2] == [task.records - (task.partition == 3) for task in verification.tasks]
