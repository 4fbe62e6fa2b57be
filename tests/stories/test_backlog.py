"""Deliveries lie in a backlog: nobody is called at night, nor for what has been settled or has gone by meanwhile.

In the memory twin alone, with a clock that is not simulated: the deliveries task is halted, and resumed later.
"""

from datetime import date, datetime

import pytest

from schemas.arrears import ReminderCancelled, ReminderRequested
from schemas.contributions import ContributionAssessed, ContributionPaid, UnitRegistered
from schemas.decision import LEGAL_ZONE
from schemas.effects import EffectRequest
from schemas.fact import Fact
from schemas.mesh import CommandIssued
from schemas.notifications import DeliveryAttempted, DeliveryRequested, NotificationDelivered, NotificationFailed
from schemas.topics import commands_topic
from schemas.vocabulary import Agency, Channel, District, Insurance
from services.clock.calendars import published_calendars
from services.console.all_services import ALL_SERVICES
from services.runtime.effects import Attempt
from services.runtime.memory import MemoryMesh
from services.runtime.publishing import published
from services.runtime.records import derived_id, partition_of
from services.runtime.sealing import CONTACT_PHONE, development_vault

UNIT = "91371003MA3N5Y8K1E"
PHONE = development_vault().seal("0631-7575654", UNIT, CONTACT_PHONE, date(2026, 11, 2))


class Backlog:
    """The whole mesh with a real clock, whose deliveries can be held and let go; notes when a call is made."""

    def __init__(self, at: str) -> None:
        self.calls: list[datetime] = []
        self.mesh = MemoryMesh(ALL_SERVICES, local(at), {"deliveries": self.call}, refusals_max=1)
        self.tick(at)
        for calendar in published_calendars():
            self.mesh.publish(calendar, source="/services/clock")
        self.mesh.run()

    def call(self, request: EffectRequest, is_lookup: bool) -> Attempt:
        self.calls.append(self.mesh.clock)
        return Attempt("done", "answered")

    def tick(self, at: str) -> None:
        self.mesh.tick(local(at), simulated=False)

    def say(self, kind: type[Fact], **fields: object) -> None:
        """Publish a fact about the unit."""
        place = {"district": District.RONGCHENG, "agency": Agency.RONGCHENG, "unit_code": UNIT}
        today = self.mesh.clock.astimezone(LEGAL_ZONE).date()
        fact = kind.model_validate({**place, "occurred_on": today, **fields})
        self.mesh.publish(fact, event_id=derived_id((kind.topic, self.mesh.clock.isoformat(), str(fields))))
        self.mesh.run()

    def ask(self, **wishes: object) -> None:
        """The arrears service asks for a reminder by telephone."""
        words = {"title": "社会保险费缴费提醒", "text": "请尽快缴纳。", "recipient_name": "荣成市海湾食品有限公司"}
        contact = {"channel": Channel.TELEPHONE, "contact_phone": PHONE}
        self.say(ReminderRequested, **{"notice_id": "notice-1", "step": 1, **words, **contact, **wishes})

    def hold(self) -> None:
        """The deliveries of the unit's partition stand still."""
        partition = partition_of(UNIT.encode(), self.mesh.partitions)
        self.mesh.append_raw(DeliveryAttempted.topic, partition, UNIT.encode(), b"junk")
        self.mesh.run()

    def let_go(self) -> None:
        """An operator lets them go on."""
        order = CommandIssued(subject=UNIT, action="resume", issued_by="operator", explanation="mended")
        event_id = derived_id(("resume", self.mesh.clock.isoformat()))
        topic = commands_topic("deliveries")
        self.mesh.append(
            published(self.mesh.codec, order, event_id, "/console", self.mesh.clock, self.mesh.partitions, topic=topic)
        )
        self.mesh.run()

    def codes(self, service: str) -> list[str]:
        return self.mesh.codes(service, UNIT)

    @property
    def failures(self) -> list[str]:
        return [fact.detail_code for fact in self.mesh.facts(NotificationFailed, UNIT)]


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LEGAL_ZONE)


@pytest.fixture
def held() -> Backlog:
    """Asked at two in the afternoon of a Monday; the deliveries stand still."""
    backlog = Backlog("2024-01-08 13:59")
    backlog.hold()
    backlog.tick("2024-01-08 14:00")
    backlog.ask()
    assert len(backlog.mesh.facts(DeliveryRequested, UNIT)) == 1
    return backlog


def test_a_reminder_out_of_a_backlog_is_not_called_at_half_past_eleven_at_night_but_at_eight(held: Backlog) -> None:
    held.tick("2024-01-08 23:30")
    held.let_go()
    assert held.calls == []
    held.tick("2024-01-09 07:59:59")
    assert held.calls == []
    held.tick("2024-01-09 08:00")

    assert held.calls == [local("2024-01-09 08:00")]
    assert held.codes("notifications") == ["delivery-requested", "window-missed", "delivery-requested", "delivered"]


@pytest.mark.parametrize(("let_go_at", "is_called"), [("2024-01-08 20:59", True), ("2024-01-08 20:59:01", False)])
def test_a_call_begins_before_nine_in_the_evening_or_not_at_all(
    held: Backlog, let_go_at: str, *, is_called: bool
) -> None:
    """From its place in line to its attempt a minute may pass, so the last one is let go at 20:59:00."""
    held.tick(let_go_at)
    held.let_go()

    assert held.calls == ([local(let_go_at)] if is_called else [])


def test_a_reminder_out_of_a_backlog_is_called_the_next_day_if_that_is_by_day(held: Backlog) -> None:
    held.tick("2024-01-09 10:00")
    held.let_go()

    assert held.calls == [local("2024-01-09 10:00")]


@pytest.mark.parametrize(("expires_on", "is_called"), [("2024-01-18", True), ("2024-01-17", False)])
def test_a_reminder_that_waited_ten_days_is_called_on_its_last_day_and_not_after_it(
    expires_on: str, *, is_called: bool
) -> None:
    backlog = Backlog("2024-01-08 13:59")
    backlog.hold()
    backlog.ask(expires_on=date.fromisoformat(expires_on))
    backlog.tick("2024-01-18 14:00")
    backlog.let_go()

    assert backlog.calls == ([local("2024-01-18 14:00")] if is_called else [])
    assert backlog.failures == ([] if is_called else ["expired"])


def test_a_reminder_taken_back_while_it_lay_in_the_backlog_rings_nobody(held: Backlog) -> None:
    """The request lies before the withdrawal, and both before the note by which the shell takes its turn."""
    held.tick("2024-01-08 15:00")
    held.say(ReminderCancelled, notice_id="notice-1", reason_code="arrears-paid")
    held.tick("2024-01-08 16:00")
    held.let_go()

    assert held.calls == []
    assert held.codes("deliveries")[-2:] == ["effect-withdrawn", "effect-closed-before"]
    assert held.codes("notifications") == ["delivery-requested", "cancelled-while-sending", "cancelled-in-time"]
    assert held.failures == []


def test_a_reminder_taken_back_after_the_call_was_made_stays_delivered() -> None:
    backlog = Backlog("2024-01-08 14:00")
    backlog.ask()
    backlog.say(ReminderCancelled, notice_id="notice-1", reason_code="arrears-paid")

    assert backlog.calls == [local("2024-01-08 14:00")]
    assert len(backlog.mesh.facts(NotificationDelivered, UNIT)) == 1


def test_a_unit_that_has_paid_while_its_reminder_waited_is_not_rung() -> None:
    """From the tax office to the call: due, found, reminded, held up, paid, taken back."""
    backlog = Backlog("2024-01-08 09:00")
    line = {"month": "2024-01", "insurance": Insurance.PENSION}
    backlog.say(UnitRegistered, business_reference="U1", unit_name="荣成市海湾食品有限公司", contact_phone=PHONE)
    backlog.say(ContributionAssessed, business_reference="A1", assessed_fen=100_000, due_on=date(2024, 1, 10), **line)
    backlog.hold()
    day = 11
    while not backlog.mesh.facts(DeliveryRequested, UNIT):
        backlog.tick(f"2024-01-{day} 10:00")
        day += 1
    paid_on = backlog.mesh.clock.astimezone(LEGAL_ZONE).date()
    backlog.say(ContributionPaid, business_reference="P1", paid_fen=100_000, paid_on=paid_on, **line)
    assert backlog.codes("arrears")[-1] == "arrears-settled"
    backlog.let_go()

    assert backlog.calls == []
    assert backlog.codes("notifications")[-1] == "cancelled-in-time"
