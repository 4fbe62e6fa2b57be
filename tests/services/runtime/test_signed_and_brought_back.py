"""Signed records that are refused, parked, and brought back: with their own id and signature, and their own window."""

from datetime import UTC, datetime, timedelta

import pytest

from schemas.mesh import APPEND_TIME_MS_MAX, CommandIssued
from schemas.signing import SIGNATURE_HEADERS
from services.runtime.dead import split_dead
from services.runtime.entries import COMMAND
from services.runtime.publishing import published
from services.runtime.records import InputRecord, partition_of
from services.runtime.signing import signed
from tests.harness.counting import NOON, paid, unit_code
from tests.harness.letters import original_in
from tests.services.runtime.signed_records import KEY, PLACE, TAX, UNIT, Office


def order(office: Office, action: str, dead: InputRecord | None = None, subject: str = UNIT, **claimed: object) -> None:
    """An operator's order, a day later; `claimed`: what it says otherwise of the record than its dead letter does."""
    office.mesh.clock += timedelta(days=1)
    original = dead and original_in(dead).model_copy(update=claimed)
    issued = CommandIssued(subject=subject, action=action, issued_by="wang", explanation="试验", original=original)
    name = f"{action}-{office.mesh.clock.isoformat()}"
    mesh = office.mesh
    office.say(published(mesh.codec, issued, name, "/console", mesh.clock, 12, PLACE, "arrears-commands"))


def test_a_record_refused_before_its_key_was_known_is_redriven_long_after_its_window() -> None:
    office = Office()
    record = office.signed()
    office.say(record)
    office.publish_key()
    (letter,) = office.mesh.dead("arrears")
    order(office, "redrive", letter)

    assert ["signing-key-unknown", "counted"] == office.codes()
    assert record.headers == split_dead(letter.headers)[0]
    assert record.headers == tuple((header.name, header.value) for header in original_in(letter).headers)


def test_a_stale_record_stays_stale_however_it_comes_back() -> None:
    office = Office()
    office.publish_key()
    office.say(office.signed(NOON - timedelta(minutes=16)))
    order(office, "redrive", office.mesh.dead("arrears")[0])

    assert ["signature-stale", "signature-stale"] == office.codes()


def test_a_forged_record_is_not_cured_by_a_redrive() -> None:
    office = Office()
    office.publish_key()
    forged = office.signed()
    office.say(forged._replace(value=(forged.value or b"")[:-1] + b"\x04"))
    order(office, "redrive", office.mesh.dead("arrears")[0])

    assert ["signature-wrong", "signature-wrong"] == office.codes()


def test_a_record_refused_before_its_key_was_known_is_not_redriven_under_a_key_that_was_stolen_then() -> None:
    office = Office()
    office.say(office.signed())
    office.publish_key(ends_at=NOON - timedelta(hours=1), ended_because="stolen")
    order(office, "redrive", office.mesh.dead("arrears")[0])

    assert ["signing-key-unknown", "signing-key-not-in-force"] == office.codes()


def test_a_parked_record_is_released_long_after_its_window_with_its_signature() -> None:
    office = Office()
    office.publish_key()
    unlucky = published(office.mesh.codec, paid(1, 13, "JF-13"), "id-JF-13", TAX, NOON, 12)
    office.say(signed(office.mesh.codec, unlucky, KEY, NOON), office.signed())
    order(office, "release")

    assert ["rules-broken", "case-parked", "rules-broken"] == office.codes()
    waiting = office.mesh.shard("arrears", PLACE).parked[UNIT].values()
    assert [True, True] == [set(SIGNATURE_HEADERS) <= dict(record.headers).keys() for record in waiting]


def test_a_key_and_what_it_signed_that_are_read_at_one_time_are_taken_in_this_order() -> None:
    office = Office()
    office.mesh.append(office.signed())
    office.publish_key()

    assert ["counted"] == office.codes()


def test_an_order_about_one_case_does_not_bring_back_a_record_of_another() -> None:
    office = Office()
    office.say(office.signed())
    office.publish_key()
    another = next(code for code in map(unit_code, range(2, 100)) if partition_of(code.encode(), 12) == PLACE)
    order(office, "redrive", office.mesh.dead("arrears")[0], subject=another)
    commands = [entry.code for entry in office.mesh.decisions("arrears") if entry.kind == COMMAND]

    assert (["signing-key-unknown"], ["command-of-another-task"]) == (office.codes(), commands)


@pytest.mark.parametrize("is_signed", [True, False])
def test_a_record_that_is_said_to_have_come_at_the_end_of_all_time_is_judged_like_any_other(*, is_signed: bool) -> None:
    """What an order says of a record's arrival is added to and subtracted from; no date may be too late for that."""
    office = Office()
    office.demand()
    latest = datetime.fromtimestamp(APPEND_TIME_MS_MAX / 1000, UTC)
    office.say(office.signed(latest) if is_signed else office.payment())
    if is_signed:
        office.publish_key()
    order(office, "redrive", office.mesh.dead("arrears")[0], append_time_ms=APPEND_TIME_MS_MAX)

    assert ("counted" if is_signed else "signature-missing") == office.codes()[-1]


def test_an_order_from_beyond_the_end_of_all_time_is_refused() -> None:
    office = Office()
    office.demand()
    office.say(office.payment())
    order(office, "redrive", office.mesh.dead("arrears")[0], append_time_ms=253_402_300_799_999)
    commands = [entry.code for entry in office.mesh.decisions("arrears") if entry.kind == COMMAND]

    assert ["value-invalid"] == commands
