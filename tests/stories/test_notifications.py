"""From a request to tell somebody something to a word on what became of it."""

from datetime import date, datetime, time, timedelta
from hashlib import blake2b

import pytest
from stdnum.cn import uscc

from schemas.arrears import ReminderCancelled, ReminderRequested
from schemas.decision import LEGAL_ZONE
from schemas.fact import Fact
from schemas.notifications import DeliveryRequested, NotificationDelivered, NotificationFailed
from schemas.vocabulary import Agency, Channel, District
from services.runtime.memory import MemoryMesh
from services.runtime.records import derived_id
from services.runtime.sealing import CONTACT_EMAIL, CONTACT_PHONE, development_opener, development_vault

VAULT = development_vault()
ARREARS = "/services/arrears"


def unit_of(story: str) -> str:
    """A unit that no other story has, with a right check digit."""
    number = int.from_bytes(blake2b(story.encode(), digest_size=4).digest()) % 10**9
    base = f"91371081{number:09}"
    return base + str(uscc.calc_check_digit(base))


def next_at(mesh: MemoryMesh, hour: int) -> datetime:
    """The next time that a clock in Weihai shows this hour."""
    local = mesh.clock.astimezone(LEGAL_ZONE)
    today = datetime.combine(local.date(), time(hour), LEGAL_ZONE)
    return today if today > local else today + timedelta(days=1)


def ask(mesh: MemoryMesh, unit: str, *, phone: bool = True, email: bool = False, notice_id: str = "first") -> str:
    """The arrears service asks for a reminder by telephone; gives the notice's id."""
    notice_id = f"{unit}-{notice_id}"
    fact = ReminderRequested(
        district=District.WENDENG,
        agency=Agency.WENDENG,
        occurred_on=mesh.clock.astimezone(LEGAL_ZONE).date(),
        unit_code=unit,
        notice_id=notice_id,
        channel=Channel.TELEPHONE,
        title="社会保险费缴纳提醒",
        text="贵单位尚有社会保险费未缴纳，请尽快办理。",
        recipient_name="某单位",
        contact_phone=VAULT.seal("0631-8451473", unit, CONTACT_PHONE, date(2026, 11, 2)) if phone else None,
        contact_email=VAULT.seal("finance@unit.example", unit, CONTACT_EMAIL, date(2026, 11, 2)) if email else None,
        step=1,
    )
    say(mesh, fact, notice_id)
    return notice_id


def withdraw(mesh: MemoryMesh, unit: str, notice_id: str) -> None:
    """The arrears service takes a reminder back, since the unit has paid."""
    fact = ReminderCancelled(
        district=District.WENDENG,
        agency=Agency.WENDENG,
        occurred_on=mesh.clock.astimezone(LEGAL_ZONE).date(),
        unit_code=unit,
        notice_id=notice_id,
        reason_code="paid",
    )
    say(mesh, fact, notice_id)


def say(mesh: MemoryMesh, fact: Fact, notice_id: str) -> None:
    mesh.publish(fact, source=ARREARS, event_id=derived_id((fact.topic, notice_id)))
    mesh.run()


def delivered(mesh: MemoryMesh, unit: str) -> list[str]:
    return [fact.notice_id for fact in mesh.facts(NotificationDelivered, unit)]


def test_a_reminder_by_day_is_delivered_and_said_so(mesh: MemoryMesh) -> None:
    """Asked, handed to the telephone, claimed, called, answered."""
    unit = unit_of("by day")
    mesh.run_timers_until(next_at(mesh, 9))
    notice = ask(mesh, unit)

    assert [fact.channel for fact in mesh.facts(DeliveryRequested, unit)] == [Channel.TELEPHONE]
    assert delivered(mesh, unit) == [notice]
    assert mesh.codes("deliveries", unit) == ["effect-queued", "effect-claimed", "effect-done"]
    assert mesh.codes("notifications", unit) == ["delivery-requested", "delivered"]


def test_a_reminder_at_night_waits_until_eight(mesh: MemoryMesh) -> None:
    """At 07:59 nobody has been called; at 08:00 the unit is."""
    unit = unit_of("at night")
    mesh.run_timers_until(next_at(mesh, 22))
    notice = ask(mesh, unit)
    morning = next_at(mesh, 8)
    mesh.run_timers_until(morning - timedelta(minutes=1))
    assert mesh.facts(DeliveryRequested, unit) == []
    mesh.run_timers_until(morning)

    assert delivered(mesh, unit) == [notice]


def test_a_unit_that_pays_at_night_is_not_called_in_the_morning(mesh: MemoryMesh) -> None:
    """What went out is nothing, and the decision says why."""
    unit = unit_of("pays at night")
    mesh.run_timers_until(next_at(mesh, 22))
    withdraw(mesh, unit, ask(mesh, unit))
    mesh.run_timers_until(next_at(mesh, 9))

    assert mesh.facts(DeliveryRequested, unit) == []
    assert mesh.codes("notifications", unit) == ["waits-for-morning", "cancelled"]


def test_a_withdrawal_that_overtakes_its_reminder_holds(mesh: MemoryMesh) -> None:
    """First it is taken back, then it is asked for."""
    unit = unit_of("overtaken")
    mesh.run_timers_until(next_at(mesh, 9))
    withdraw(mesh, unit, f"{unit}-first")
    ask(mesh, unit)

    assert mesh.facts(DeliveryRequested, unit) == []
    assert mesh.codes("notifications", unit) == ["cancellation-remembered", "cancelled-before-request"]


def test_a_unit_without_any_contact_is_a_failure_that_is_said(mesh: MemoryMesh) -> None:
    """No silence: somebody has to write a letter."""
    unit = unit_of("no contact")
    mesh.run_timers_until(next_at(mesh, 9))
    ask(mesh, unit, phone=False)

    assert [fact.detail_code for fact in mesh.facts(NotificationFailed, unit)] == ["no-contact"]


@pytest.mark.both_brokers
def test_a_unit_with_a_mail_address_only_is_written_to(mesh: MemoryMesh) -> None:
    """Though a call was wished for."""
    unit = unit_of("mail only")
    mesh.run_timers_until(next_at(mesh, 9))
    notice = ask(mesh, unit, phone=False, email=True)

    assert [fact.channel for fact in mesh.facts(DeliveryRequested, unit)] == [Channel.EMAIL]
    assert delivered(mesh, unit) == [notice]


def test_the_same_reminder_asked_for_twice_calls_once(mesh: MemoryMesh) -> None:
    """Once as a repeat of the same record, once under another record id."""
    unit = unit_of("twice")
    mesh.run_timers_until(next_at(mesh, 9))
    notice = ask(mesh, unit)
    ask(mesh, unit)
    mesh.publish(mesh.facts(ReminderRequested, unit)[0], source=ARREARS, event_id=derived_id(("another", notice)))
    mesh.run()

    assert len(mesh.facts(DeliveryRequested, unit)) == 1
    assert delivered(mesh, unit) == [notice]


@pytest.mark.both_brokers
def test_a_sealed_contact_passes_through_unopened_and_opens_for_the_channel(mesh: MemoryMesh) -> None:
    """The very number that was sealed at the edge, under the unit's own key."""
    unit = unit_of("sealed")
    mesh.run_timers_until(next_at(mesh, 9))
    ask(mesh, unit)
    (request,) = mesh.facts(DeliveryRequested, unit)

    assert request.contact is not None
    assert development_opener("deliveries").open(request.contact, unit, CONTACT_PHONE) == "0631-8451473"
