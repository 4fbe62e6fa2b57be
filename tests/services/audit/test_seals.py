"""Seals that do not count are found: forged, of another key, of another task, out of their period, gone."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from schemas.audit import DecisionsSealed
from schemas.topics import AUDIT_SEALS
from services.audit.findings import Finding, Kind
from services.audit.seal_file import SealFile, read_seal_file, root_of, write_seal_file
from services.audit.seal_keys import (
    PublicKeys,
    SealKey,
    development_public_keys,
    development_seal_key,
    public_entry,
    statement,
)
from services.audit.seals import LAST_SEALS_MAX, LastSeals, latest, seal_record
from services.runtime.errors import UserMistake
from tests.services.audit.logs import NOW, Log, altered, found_in, sealed_log

pytestmark = pytest.mark.asyncio

OLD, NEW, STRANGER = SealKey(bytes([1] * 32)), SealKey(bytes([2] * 32)), SealKey(bytes([3] * 32))
LONG_AGO, ROTATED_AT = datetime(2020, 1, 1, tzinfo=UTC), NOW + timedelta(days=1)


def rotated_keys() -> PublicKeys:
    """The old key until it was rotated out, the new one from then on."""
    old = public_entry(OLD, LONG_AGO).model_copy(update={"valid_until": ROTATED_AT})
    return PublicKeys([old, public_entry(NEW, ROTATED_AT)])


def places(findings: list[Finding]) -> list[tuple[Kind, str, int, int]]:
    return [(finding.kind, finding.topic, finding.partition, finding.offset) for finding in findings]


def replaced(log: Log, **changed: object) -> DecisionsSealed:
    """Alter the content of the seal of task 3 in its topic, where it stands."""
    place = log.places[AUDIT_SEALS, 3]
    seal: DecisionsSealed = log.codec.decode(AUDIT_SEALS, place[0].value or b"")
    forged = seal.model_copy(update=changed)
    place[0] = altered(place[0], value=seal_record(log.codec, forged).value)
    return forged


def exported(log: Log) -> SealFile:
    seals = tuple(latest(log.seals()).values())
    return SealFile(seals, root_of(seals), NOW)


@pytest.mark.parametrize(
    "changed",
    [
        {"last_number": 26},
        {"offset": 16},
        {"head_hash": bytes(32)},
        {"sealed_at": NOW - timedelta(seconds=1)},
        {"signature": bytes(64)},
        {"signature": b"short"},
    ],
)
async def test_a_forged_seal_does_not_count(changed: dict[str, object]) -> None:
    log = sealed_log()
    replaced(log, **changed)
    verification = await found_in(log)

    assert [(Kind.SEAL_FORGED, AUDIT_SEALS, 3, 0)] == places(verification.findings)
    assert verification.tasks[0].sealed is None


async def test_a_seal_of_an_unknown_key_does_not_count() -> None:
    log = Log()
    log.decide("arrears", 3, 2)
    log.seal(STRANGER)

    assert [(Kind.SEAL_KEY_UNKNOWN, AUDIT_SEALS, 3, 0)] == places((await found_in(log)).findings)


async def test_a_seal_signed_by_another_under_our_keys_name_does_not_count() -> None:
    log = Log()
    log.decide("arrears", 3, 2)
    log.seal(STRANGER)
    replaced(log, key_id=development_seal_key().key_id)

    assert [(Kind.SEAL_FORGED, AUDIT_SEALS, 3, 0)] == places((await found_in(log)).findings)


async def test_a_genuine_seal_in_another_tasks_place_does_not_count() -> None:
    log = sealed_log()
    other = log.places[AUDIT_SEALS, 4][0]
    log.places[AUDIT_SEALS, 3][0] = altered(other, partition=3, key=b"arrears-3")

    assert [(Kind.SEAL_MISPLACED, AUDIT_SEALS, 3, 0)] == places((await found_in(log)).findings)


async def test_a_seal_made_out_for_another_task_does_not_count() -> None:
    log = sealed_log()
    replaced(log, partition=4)

    assert Kind.SEAL_MISPLACED in {finding.kind for finding in (await found_in(log)).findings}


async def test_rubbish_among_the_seals_is_found() -> None:
    log = sealed_log()
    log.places[AUDIT_SEALS, 3][0] = altered(log.places[AUDIT_SEALS, 3][0], value=b"rubbish")

    assert [(Kind.SEAL_UNREADABLE, AUDIT_SEALS, 3, 0)] == places((await found_in(log)).findings)


async def test_a_key_that_was_rotated_out_verifies_what_it_sealed_then() -> None:
    log = Log()
    log.decide("arrears", 3, 2)
    log.seal(OLD, ROTATED_AT - timedelta(microseconds=1))
    log.decide("arrears", 3, 2)
    log.seal(NEW, ROTATED_AT)
    verification = await found_in(log, keys=rotated_keys())

    assert (True, 2, 0) == (verification.is_sound, verification.seals, verification.tasks[0].unsealed_entries)


@pytest.mark.parametrize(("key", "at"), [(OLD, ROTATED_AT), (NEW, ROTATED_AT - timedelta(microseconds=1))])
async def test_a_key_does_not_seal_outside_its_period(key: SealKey, at: datetime) -> None:
    log = Log()
    log.decide("arrears", 3, 2)
    log.seal(key, at)

    assert [(Kind.SEAL_KEY_NOT_IN_FORCE, AUDIT_SEALS, 3, 0)] == places(
        (await found_in(log, keys=rotated_keys())).findings
    )


async def test_exported_seals_find_a_cut_although_the_seals_were_cut_as_well() -> None:
    log = sealed_log()
    copy = exported(log)
    del log.of("arrears", 3)[7:], log.places[AUDIT_SEALS, 3]
    unarmed, armed = await found_in(log), await found_in(log, copy)

    assert unarmed.is_sound
    assert [(Kind.SEAL_MISSING, "exported", 3, 1), (Kind.TAIL_CUT, "arrears-decisions", 3, -1)] == places(
        armed.findings
    )


async def test_an_exported_seal_that_was_altered_does_not_count() -> None:
    log = sealed_log()
    first, second = exported(log).seals
    altered_seal = first.model_copy(update={"last_number": 8})
    copy = SealFile((altered_seal, second), root_of((altered_seal, second)), NOW)

    assert [(Kind.SEAL_FORGED, "exported", 3, 1)] == places((await found_in(log, copy)).findings)


async def test_an_exported_file_that_lost_a_seal_has_another_root() -> None:
    log = sealed_log()
    whole = exported(log)
    cut = SealFile(whole.seals[1:], whole.merkle_root, NOW)
    made_to_fit = SealFile(whole.seals[1:], root_of(whole.seals[1:]), NOW)

    assert [(Kind.ROOT_DIFFERS, "exported", -1, 2)] == places((await found_in(log, cut)).findings)
    assert (await found_in(log, made_to_fit)).is_sound
    assert [(Kind.ROOT_DIFFERS, "exported", -1, 2)] == places(
        (await found_in(log, made_to_fit, root=whole.merkle_root)).findings
    )


async def test_what_is_exported_is_read_back_the_same(tmp_path: Path) -> None:
    log = sealed_log()
    written = write_seal_file(tmp_path / "seals.jsonl", latest(log.seals()).values(), NOW)

    assert written == read_seal_file(tmp_path / "seals.jsonl")
    assert written.is_whole
    assert [("arrears", 3), ("arrears", 4)] == [(seal.service, seal.partition) for seal in written.seals]


async def test_seals_in_safe_keeping_are_not_written_over(tmp_path: Path) -> None:
    path = tmp_path / "seals.jsonl"
    write_seal_file(path, (), NOW)

    with pytest.raises(UserMistake, match="exists already"):
        write_seal_file(path, (), NOW)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda lines: lines[:-1], "does not end with its Merkle root"),
        (lambda lines: [], "does not end with its Merkle root"),
        (lambda lines: lines[1:], "names 2 seals and holds 1"),
        (lambda lines: ["{}", *lines[1:]], "line 1 is no seal"),
        (lambda lines: [*lines[:-1], '{"merkle_root": 1}'], "line 3 is no seal"),
    ],
)
async def test_a_file_that_is_no_export_is_refused_in_one_sentence(tmp_path: Path, spoil: object, said: str) -> None:
    path = tmp_path / "seals.jsonl"
    write_seal_file(path, latest(sealed_log().seals()).values(), NOW)
    assert callable(spoil)
    path.write_text("\n".join(spoil(path.read_text().splitlines())))

    with pytest.raises(UserMistake, match=said):
        read_seal_file(path)


async def test_of_years_of_seals_only_the_last_are_judged_and_rubbish_after_them_is_passed_over() -> None:
    log = Log()
    last = LastSeals()
    for _ in range(LAST_SEALS_MAX + 5):
        log.decide("arrears", 3, 1)
        log.seal()
    genuine = log.places[AUDIT_SEALS, 3]
    for record in [*genuine, altered(genuine[-1], value=b"rubbish")]:
        last.take(record)
    judged = last.judged(log.codec, development_public_keys())

    assert LAST_SEALS_MAX == len(judged)
    assert ["seal-unreadable"] == [found.fault for found in judged if found.fault]
    (furthest,) = latest(found.seal for found in judged if found.seal is not None).values()
    assert log.seals()[-1] == furthest


async def test_a_last_seal_that_was_buried_under_rubbish_is_not_taken_for_none() -> None:
    log = sealed_log()
    rubbish = [altered(log.places[AUDIT_SEALS, 3][0], value=b"rubbish")] * LAST_SEALS_MAX
    fewer, enough = LastSeals(), LastSeals()
    for record in [*log.places[AUDIT_SEALS, 3], *rubbish[1:]]:
        fewer.take(record)
    for record in [*log.places[AUDIT_SEALS, 3], *rubbish]:
        enough.take(record)
    keys = development_public_keys()

    assert [] == fewer.buried(fewer.judged(log.codec, keys))
    assert [("arrears", 3)] == enough.buried(enough.judged(log.codec, keys))


async def test_what_is_signed_is_canonical_and_says_what_it_is() -> None:
    seal = OLD.signed("arrears", 3, 29, 18, bytes(32), NOW)

    expected = (
        f'{{"form":"decisions-sealed/1","head_hash":"{"00" * 32}","key_id":"{OLD.key_id}","last_number":29,'
        '"offset":18,"partition":3,"sealed_at":"2026-11-02T04:00:00.000000+00:00","service":"arrears"}'
    )
    assert expected.encode() == statement(seal)


async def test_the_published_key_verifies_the_sandboxs_seals() -> None:
    seal = development_seal_key().signed("arrears", 3, 29, 18, bytes(32), NOW)

    assert development_public_keys().fault(seal) is None
