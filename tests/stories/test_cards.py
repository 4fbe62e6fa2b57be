"""From a lost card to a new one (社保卡挂失、即时制卡): the road as the hotline, the outlet and the holder see it.

Outlets are known to the whole mesh, so each story has outlets of its own at a place of its own, far from all others.
"""

from datetime import timedelta
from typing import Any

import pytest

from schemas.cards import (
    CardCancelled,
    CardFound,
    CardIssuanceRequested,
    CardIssued,
    CardLost,
    CardNoticeRequested,
    CardSuspended,
    CardSuspensionLifted,
    ReportKind,
)
from schemas.decision import LEGAL_ZONE
from schemas.outlets import DayKind, OpeningSession, OutletPublished, OutletStocked, StockKind
from schemas.vocabulary import Agency, District
from services.runtime.memory import MemoryMesh
from tests.stories.own_numbers import own_number

RUSHAN = {"district": District.RUSHAN, "agency": Agency.RUSHAN}
ALL_DAY = tuple(OpeningSession(days=kind, opens_minute=0, closes_minute=1440) for kind in DayKind)
HOTLINE, LEDGER = "urn:weihai:card-hotline", "urn:weihai:outlet-ledger"
TEMPORARY, WRITTEN = ReportKind.TEMPORARY, ReportKind.WRITTEN


class Story:
    """One story's holders and outlets."""

    def __init__(self, mesh: MemoryMesh, *blanks: int) -> None:
        """Open outlets with so many blanks, the first the nearest to the holders."""
        self.mesh = mesh
        self.name = f"{own_number():016x}{own_number():016x}"
        number = int(self.name[:8], 16)
        self.latitude = -60_000_000 + number % 50_000_000
        self.longitude = -170_000_000 + number % 100_000_000
        self.outlets = [f"outlet-{self.name[:8]}-{place}" for place in range(len(blanks))]
        for place, each in enumerate(blanks):
            self._open(place, each)
        mesh.run()

    def _open(self, place: int, blanks: int) -> None:
        outlet = OutletPublished(
            outlet_key=self.outlets[place],
            name=f"试点{place + 1}号支行",
            address="威海市某路1号",
            telephone="0631-0000000",
            district=District.RUSHAN,
            latitude_microdeg=self.latitude + 1_000 * (place + 1),
            longitude_microdeg=self.longitude,
            sessions=ALL_DAY,
            makes_cards=True,
        )
        stock = OutletStocked(
            **RUSHAN,
            occurred_on=self.mesh.clock.astimezone(LEGAL_ZONE).date(),
            business_reference=f"{self.name}/{place}",
            outlet_key=outlet.outlet_key,
            kind=StockKind.DELIVERED,
            blanks=blanks,
        )
        self.mesh.publish(outlet, source=LEDGER)
        self.mesh.run()
        self.mesh.publish(stock, source=LEDGER)

    def person(self, number: int = 0) -> str:
        return f"p1-{number:01x}{self.name[1:]}"

    def card(self, number: int = 0) -> str:
        return f"c1-{number:01x}{self.name[1:]}"

    def report(self, kind: ReportKind = WRITTEN, number: int = 0, reference: str = "1", **changes: Any) -> CardLost:
        values: dict[str, Any] = {
            **RUSHAN,
            "occurred_on": self.mesh.clock.astimezone(LEGAL_ZONE).date(),
            "business_reference": f"{self.name}/{number}/{reference}",
            "person_key": self.person(number),
            "card_key": self.card(number),
            "report_kind": kind,
            "reported_at": self.mesh.clock,
            "wants_instant_card": True,
            "latitude_microdeg": self.latitude,
            "longitude_microdeg": self.longitude,
        }
        fact = CardLost(**(values | changes))
        self.mesh.publish(fact, source=HOTLINE)
        return fact

    def issued(self, number: int = 0) -> list[str]:
        return [fact.outlet_key for fact in self.mesh.facts(CardIssued, self.person(number))]

    def codes(self, number: int = 0) -> list[str]:
        return self.mesh.codes("cards", self.person(number))


@pytest.mark.both_brokers
def test_a_lost_card_is_suspended_a_new_one_made_nearby_and_the_holder_told(mesh: MemoryMesh) -> None:
    """The old card is dead, the new one comes from the nearest outlet, the notice says where and what to bring."""
    story = Story(mesh, 3, 3)
    story.report()
    mesh.run()

    person = story.person()
    assert [fact.card_key for fact in mesh.facts(CardSuspended, person)] == [story.card()]
    assert [fact.card_key for fact in mesh.facts(CardCancelled, person)] == [story.card()]
    assert story.issued() == [story.outlets[0]]
    told = mesh.facts(CardNoticeRequested, person)[-1].text
    for words in ("试点1号支行", "身份证", "95588"):
        assert words in told


def test_two_reports_at_once_make_one_card(mesh: MemoryMesh) -> None:
    """One by the hotline, one at a terminal, before either is decided."""
    story = Story(mesh, 3)
    story.report(reference="hotline")
    story.report(reference="terminal")
    mesh.run()

    assert len(mesh.facts(CardIssuanceRequested, story.person())) == len(story.issued()) == 1
    # The second may come before or after the printer's answer: either way it has its own reason.
    assert {"loss-known", "card-already-cancelled"} & set(story.codes())


def test_a_report_published_again_changes_nothing(mesh: MemoryMesh) -> None:
    """The same row under the same id."""
    story = Story(mesh, 3)
    fact = story.report()
    mesh.run()
    mesh.publish(fact, source=HOTLINE)
    mesh.run()

    assert len(story.issued()) == 1
    assert story.codes()[-1] == "repeat"


def test_a_report_of_a_card_already_replaced_is_a_decision_of_its_own(mesh: MemoryMesh) -> None:
    """No second card."""
    story = Story(mesh, 3)
    story.report()
    mesh.run()
    story.report(reference="late")
    mesh.run()

    assert len(story.issued()) == 1
    assert story.codes()[-1] == "card-already-cancelled"


def test_when_the_nearest_outlet_runs_out_the_next_one_makes_the_card(mesh: MemoryMesh) -> None:
    """One blank here, one there, two holders."""
    story = Story(mesh, 1, 1)
    for number in (1, 2):
        story.report(number=number)
        mesh.run()

    assert story.issued(1) == [story.outlets[0]]
    assert story.issued(2) == [story.outlets[1]]
    assert "reservation-refused-no-blank" in mesh.codes("outlets", story.outlets[0])


@pytest.mark.both_brokers
def test_a_found_card_can_be_used_again_after_a_temporary_report(mesh: MemoryMesh) -> None:
    """And no card was made meanwhile."""
    story = Story(mesh, 1)
    story.report(TEMPORARY)
    mesh.run()
    mesh.publish(
        CardFound(
            **RUSHAN,
            occurred_on=mesh.clock.astimezone(LEGAL_ZONE).date(),
            business_reference=f"{story.name}/found",
            person_key=story.person(),
            card_key=story.card(),
            found_at=mesh.clock,
        ),
        source=HOTLINE,
    )
    mesh.run()

    assert [fact.reason_code for fact in mesh.facts(CardSuspensionLifted, story.person())] == ["found"]
    assert story.issued() == []


def test_a_temporary_report_lapses_by_itself(mesh: MemoryMesh) -> None:
    """Not a moment before the time it named."""
    story = Story(mesh, 1)
    story.report(TEMPORARY)
    mesh.run()
    (suspended,) = mesh.facts(CardSuspended, story.person())
    assert suspended.lapses_at is not None
    mesh.run_timers_until(suspended.lapses_at - timedelta(seconds=1))
    assert mesh.facts(CardSuspensionLifted, story.person()) == []
    mesh.run_timers_until(suspended.lapses_at)

    assert [fact.reason_code for fact in mesh.facts(CardSuspensionLifted, story.person())] == ["lapsed"]


def test_a_written_report_after_a_temporary_one_leads_to_the_new_card(mesh: MemoryMesh) -> None:
    """By telephone first, then in person."""
    story = Story(mesh, 1)
    story.report(TEMPORARY, reference="telephone")
    mesh.run()
    assert story.issued() == []
    story.report(WRITTEN, reference="counter")
    mesh.run()

    assert story.issued() == story.outlets
