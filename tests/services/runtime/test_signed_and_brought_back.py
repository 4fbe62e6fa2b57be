"""Signed records that are refused, parked, and brought back: with their own id and signature, and their own window."""

from datetime import timedelta

from schemas.mesh import CommandIssued
from schemas.signing import SIGNATURE_HEADERS
from services.runtime.dead import split_dead
from services.runtime.publishing import published
from services.runtime.records import InputRecord
from services.runtime.signing import signed
from tests.harness.counting import NOON, paid
from tests.harness.letters import original_in
from tests.services.runtime.signed_records import KEY, PLACE, TAX, UNIT, Office


def order(office: Office, action: str, dead: InputRecord | None = None) -> None:
    """An operator's order, a day later."""
    office.mesh.clock += timedelta(days=1)
    issued = CommandIssued(
        subject=UNIT, action=action, issued_by="wang", explanation="试验", original=dead and original_in(dead)
    )
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
