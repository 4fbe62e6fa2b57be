"""From a missed contribution to a reminder, and to nothing owed any more."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from schemas.arrears import ArrearsChanged, ArrearsOpened, ArrearsSettled, ReminderCancelled, ReminderRequested
from schemas.contributions import ContributionAssessed, ContributionMissed, ContributionPaid, UnitRegistered
from schemas.decision import LEGAL_ZONE
from schemas.fact import Fact
from schemas.notifications import DeliveryRequested
from schemas.payment_notices import ReminderAnswered
from schemas.vocabulary import Agency, District, Insurance
from services.arrears.inventory import inventory
from services.arrears.rules_state import Status, UnitCase
from services.runtime.memory import MemoryMesh
from services.runtime.sealing import CONTACT_EMAIL, CONTACT_PHONE, development_vault
from tests.services.arrears.samples import PUBLISHED, unit
from tests.stories.own_numbers import own_number

VAULT = development_vault()
A_DAY = timedelta(days=1)
AMOUNT_FEN = 120_000


class Story:
    """One story's unit, never that of another, and its facts counted from the mesh's clock."""

    def __init__(self, mesh: MemoryMesh) -> None:
        self.mesh = mesh
        self.unit = unit(own_number() % 10**7)
        self.count = 0

    @property
    def today(self) -> date:
        return self.mesh.clock.astimezone(LEGAL_ZONE).date()

    def say(self, kind: type[Fact], **fields: Any) -> None:
        """Publish a fact of the unit with a business reference of its own, unless one is given."""
        self.count += 1
        self.mesh.publish(
            kind.model_validate(
                {
                    "district": District.RONGCHENG,
                    "agency": Agency.RONGCHENG,
                    "unit_code": self.unit,
                    "occurred_on": self.today,
                    "business_reference": f"{self.unit}-{self.count}",
                    **fields,
                }
            )
        )

    def register(self, **changed: Any) -> None:
        phone = VAULT.seal("0631-7575654", self.unit, CONTACT_PHONE, date(2026, 11, 2))
        self.say(UnitRegistered, **{"unit_name": "荣成市海湾食品有限公司", "contact_phone": phone, **changed})
        self.mesh.run()

    def line(self, kind: type[Fact], due_on: date, **changed: Any) -> None:
        line = {"month": f"{due_on:%Y-%m}", "insurance": Insurance.PENSION}
        self.say(kind, **{**line, "assessed_fen": AMOUNT_FEN, "due_on": due_on, **changed})

    def pay(self, due_on: date, **changed: Any) -> None:
        line = {"month": f"{due_on:%Y-%m}", "insurance": Insurance.PENSION}
        self.say(ContributionPaid, **{**line, "paid_fen": AMOUNT_FEN, "paid_on": self.today, **changed})

    def run(self) -> list[str]:
        """Let the mesh come to rest; gives the codes of the unit so far."""
        self.mesh.run()
        return self.mesh.codes("arrears", self.unit)

    def jump(self, days: int) -> None:
        """A clock that only now says how late it is: in the forenoon of a working day, at least so many days on."""
        self.mesh.tick(self.forenoon(days))

    def forenoon(self, days: int) -> datetime:
        day = PUBLISHED.roll_forward(self.today + days * A_DAY).on
        return datetime.combine(day, time(10), LEGAL_ZONE).astimezone(UTC)

    def said(self, kind: type[Fact]) -> list[Any]:
        return self.mesh.facts(kind, self.unit)

    @property
    def case(self) -> UnitCase:
        case = self.mesh.state("arrears", self.unit)
        assert isinstance(case, UnitCase)
        return case


@pytest.mark.both_brokers
def test_an_unpaid_line_is_found_reminded_and_settled(mesh: MemoryMesh) -> None:
    """Assessed, not paid by its due date: a timer finds it, the unit is reminded by telephone, pays, owes nothing."""
    story = Story(mesh)
    due_on = story.today
    story.register()
    story.line(ContributionAssessed, due_on)
    assert story.run() == ["unit-registered", "line-recorded"]

    mesh.run_timers_until(story.forenoon(12))

    (opened,) = story.said(ArrearsOpened)
    assert (opened.line_count, opened.principal_fen) == (1, AMOUNT_FEN)
    first, *later = story.said(ReminderRequested)
    assert (first.step, first.recipient_name) == (
        1,
        "荣成市海湾食品有限公司",
    )
    assert all(reminder.step > 1 for reminder in later)
    assert first.notice_id in [request.notice_id for request in story.said(DeliveryRequested)]

    story.pay(due_on)
    assert "arrears-settled" in story.run()  # a reminder still out is called back, and says so after it
    (settled,) = story.said(ArrearsSettled)
    days_late = (story.today - opened.oldest_due_on).days
    assert settled.late_fee_on_paid_lines_fen == AMOUNT_FEN * days_late * 5 // 10_000


def test_a_payment_that_came_before_the_tick_sends_no_reminder(mesh: MemoryMesh) -> None:
    """A day of backlog: the line fell due and was paid, and only then does the clock say so."""
    story = Story(mesh)
    due_on = story.today
    story.register()
    story.line(ContributionAssessed, due_on)
    story.pay(due_on)

    story.jump(20)

    assert story.run() == ["unit-registered", "line-recorded", "line-recorded"]
    assert story.said(ReminderRequested) == []
    assert story.said(ArrearsOpened) == []


def test_a_missed_line_paid_before_the_reminder_hour_rings_nobody(mesh: MemoryMesh) -> None:
    story = Story(mesh)
    due_on = story.today - 40 * A_DAY
    story.register()
    story.line(ContributionMissed, due_on)
    story.run()
    story.pay(due_on)
    assert story.run() == ["unit-registered", "arrears-opened", "arrears-settled"]

    story.jump(10)

    assert story.said(ReminderRequested) == []


@pytest.mark.both_brokers
def test_a_reminder_that_arrived_is_not_cancelled_when_all_is_paid(mesh: MemoryMesh) -> None:
    """By mail: whether a call is taken at once hangs on its id, and with it on this story's unit."""
    story = Story(mesh)
    due_on = story.today - 40 * A_DAY
    mail = VAULT.seal("finance@unit.example", story.unit, CONTACT_EMAIL, date(2026, 11, 2))
    story.register(contact_phone=None, contact_email=mail)
    story.line(ContributionMissed, due_on)
    story.run()
    story.jump(5)
    (asked,) = story.said(ReminderRequested)
    assert [answer.notice_id for answer in story.said(ReminderAnswered)] == [asked.notice_id]

    story.pay(due_on)

    assert story.run()[-1] == "arrears-settled"
    assert [] == story.said(ReminderCancelled)


def test_facts_before_the_registration_count_as_if_it_had_been_first(mesh: MemoryMesh) -> None:
    story = Story(mesh)
    due_on = story.today - 40 * A_DAY
    story.pay(due_on, paid_fen=20_000)
    story.line(ContributionMissed, due_on)
    assert story.run() == ["held-until-registered", "held-until-registered"]

    story.register()

    assert story.run()[-1] == "unit-registered-in-arrears"
    (opened,) = story.said(ArrearsOpened)
    assert opened.principal_fen == AMOUNT_FEN - 20_000
    story.pay(due_on, paid_fen=AMOUNT_FEN - 20_000)
    assert story.run()[-1] == "arrears-settled"


def test_a_row_published_twice_and_a_corrected_row_change_what_they_should(mesh: MemoryMesh) -> None:
    story = Story(mesh)
    due_on = story.today - 40 * A_DAY
    story.register()
    story.line(ContributionMissed, due_on, business_reference="ROW-1")
    story.line(ContributionMissed, due_on, business_reference="ROW-1")
    story.run()
    story.line(ContributionMissed, due_on, business_reference="ROW-1", revision=3, assessed_fen=90_000)
    story.run()
    story.line(ContributionMissed, due_on, business_reference="ROW-1", revision=2)

    assert story.run() == ["unit-registered", "arrears-opened", "repeat", "arrears-changed", "revision-known"]
    assert story.said(ArrearsChanged)[-1].principal_fen == 90_000
    story.pay(due_on, paid_fen=90_000)
    assert story.run()[-1] == "arrears-settled"


def test_a_unit_that_never_registers_is_refused_visibly(mesh: MemoryMesh) -> None:
    story = Story(mesh)
    due_on = story.today - 40 * A_DAY
    story.line(ContributionMissed, due_on, business_reference="LOST-1")
    story.run()

    story.jump(90)

    assert story.case.status is Status.UNKNOWN
    assert story.run() == ["held-until-registered", "unit-unknown", "unit-unknown"]
    kept, timer = mesh.decisions("arrears", story.unit)[-2:]
    assert (kept.kind, kept.outcome, timer.kind) == ("kept", "refused", "timer")
    assert timer.values["references"] == "LOST-1"
    (dead,) = [record for record in mesh.dead("arrears") if record.key == story.unit.encode()]
    (sent,) = [record for record in mesh.records(ContributionMissed.topic) if record.key == story.unit.encode()]
    assert (dead.value, dead.headers[: len(sent.headers)]) == (sent.value, sent.headers)

    story.line(ContributionMissed, due_on, business_reference="LOST-2")
    assert story.run()[-1] == "unit-unknown"


def test_a_record_refused_for_an_unknown_unit_may_come_again_once_it_is_registered(mesh: MemoryMesh) -> None:
    """The same row under the same id: it was refused, so it is no repeat."""
    story = Story(mesh)
    due_on = story.today - 40 * A_DAY
    story.line(ContributionMissed, due_on, business_reference="LOST-1")
    story.run()
    story.jump(90)
    story.register()

    story.line(ContributionMissed, due_on, business_reference="LOST-1", occurred_on=story.today - 90 * A_DAY)

    assert story.run()[-1] == "arrears-opened"
    story.pay(due_on)
    story.run()


def test_a_unit_in_arrears_stands_in_the_inventory(mesh: MemoryMesh) -> None:
    story = Story(mesh)
    due_on = story.today - 40 * A_DAY
    story.register()
    story.line(ContributionMissed, due_on)
    story.run()

    drawn = inventory({story.unit: story.case}, story.today)

    (row,) = drawn.rows
    (opened,) = story.said(ArrearsOpened)
    assert (row.unit_code, row.total.principal_fen) == (story.unit, AMOUNT_FEN)
    assert (row.total.late_fee_fen, row.oldest_due_on) == (opened.late_fee_fen, opened.oldest_due_on)
    story.pay(due_on)
    story.run()
