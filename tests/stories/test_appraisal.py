"""From application to panel (劳动能力鉴定): the road as the window, the applicant and the auditor see it.

The pool of experts is one for the city, so each story keeps to a specialty of its own.
"""

from datetime import date, timedelta
from typing import Any

import pytest

from schemas.appraisal import (
    AppraisalAccepted,
    AppraisalClosed,
    AppraisalCorrectionsRequested,
    AppraisalExtended,
    AppraisalNoticeRequested,
    AppraisalRefused,
    AppraisalSubmitted,
    ExpertRegistered,
    ExtensionGround,
    Fixation,
    Material,
    PanelDeclined,
    PanelDrawn,
    PanelScheduled,
    Specialty,
)
from schemas.decision import LEGAL_ZONE
from services.appraisal.draw import redrawn
from services.runtime.memory import MemoryMesh
from tests.services.appraisal.samples import EMPLOYER, POOL, application, expert, extension, person, withdrawal
from tests.stories.own_numbers import own_number

A_DAY = timedelta(days=1)


class Story:
    """One story's person, experts and references, never those of another."""

    def __init__(self, mesh: MemoryMesh) -> None:
        self.mesh = mesh
        self.number = own_number() % 10**9
        self.person_key = person(self.number)
        self.reference = f"LD-{self.number}"
        self.experts: dict[str, tuple[str, ...]] = {}

    @property
    def today(self) -> date:
        return self.mesh.clock.astimezone(LEGAL_ZONE).date()

    def submit(self, specialty: Specialty, **changed: Any) -> AppraisalSubmitted:
        fields = {
            "person_key": self.person_key,
            "business_reference": self.reference,
            "received_on": self.today,
            "recognised_on": self.today - timedelta(days=250),
            "specialties": (specialty,),
        }
        fact = application(**(fields | changed))
        self.mesh.publish(fact, source="urn:weihai:appraisal-window")
        self.mesh.run()
        return fact

    def extend(self, ground: ExtensionGround) -> None:
        """The office decides to extend the time limit."""
        named = {"person_key": self.person_key, "application_reference": self.reference}
        fact = extension(**named, business_reference=f"YQ-{self.number}", occurred_on=self.today, ground=ground)
        self.mesh.publish(fact, source="urn:weihai:appraisal-window")
        self.mesh.run()

    def register(self, count: int, specialty: Specialty, **changed: Any) -> list[str]:
        """Register experts whose term covers the story; gives their keys."""
        keys = []
        for _ in range(count):
            key = f"expert-{self.number}-{len(self.experts)}"
            fields: dict[str, Any] = {
                "expert_key": key,
                "business_reference": key,
                "specialties": (specialty,),
                "term_from": self.today,
                "term_until": self.today + timedelta(days=1_000),
            }
            fact: ExpertRegistered = expert(len(self.experts), **(fields | changed))
            self.experts[key] = fact.specialties
            self.mesh.publish(fact, source="urn:weihai:appraisal-window")
            keys.append(key)
        self.mesh.run()
        return keys

    def leap(self, days: int) -> None:
        """A clock that says nothing for some days: timers that fell due meanwhile go through on one tick."""
        self.mesh.tick(self.mesh.clock + days * A_DAY)

    def said(self, kind: type[Any]) -> list[Any]:
        return self.mesh.facts(kind, self.person_key)

    def the(self, kind: type[Any]) -> Any:
        [fact] = self.said(kind)
        return fact

    def codes(self) -> list[str]:
        return self.mesh.codes("appraisal", self.person_key)


@pytest.fixture
def story(mesh: MemoryMesh) -> Story:
    return Story(mesh)


@pytest.mark.both_brokers
def test_an_application_becomes_a_panel_with_a_date_and_the_applicant_is_told(story: Story) -> None:
    story.register(5, Specialty.ORTHOPAEDICS)

    story.submit(Specialty.ORTHOPAEDICS)

    scheduled = story.the(PanelScheduled)
    told = story.the(AppraisalNoticeRequested)
    assert len(set(scheduled.expert_keys)) == 3
    assert story.today < scheduled.sitting_on <= story.the(AppraisalAccepted).conclusion_due_on
    assert f"{scheduled.sitting_on.month}月{scheduled.sitting_on.day}日" in told.text
    assert story.codes() == ["application-accepted", "panel-scheduled-in-time"]


def test_experts_with_an_interest_are_not_drawn(story: Story) -> None:
    free = story.register(3, Specialty.BURNS)
    story.register(4, Specialty.BURNS, employer_unit_code=EMPLOYER)
    story.register(4, Specialty.BURNS, related_person_keys=(story.person_key,))

    story.submit(Specialty.BURNS)

    assert sorted(story.the(PanelScheduled).expert_keys) == sorted(free)


def test_an_auditor_draws_the_said_panel_again(story: Story) -> None:
    story.register(9, Specialty.UROLOGY)

    story.submit(Specialty.UROLOGY)

    drawn = story.the(PanelDrawn)
    assert [(it.expert_key, it.specialty) for it in drawn.seats] == [*redrawn(drawn, story.experts)]


def test_unmet_local_conditions_are_warned_of_not_refused(story: Story) -> None:
    story.register(3, Specialty.HAND_SURGERY)

    story.submit(
        Specialty.HAND_SURGERY,
        condition_stable=False,
        recognised_on=story.today - timedelta(days=30),
        fixation=Fixation.RETAINED,
    )

    warnings = ("condition-not-stable", "recognition-too-recent", "fixation-retained")
    assert story.the(AppraisalAccepted).warnings == warnings
    assert story.said(PanelScheduled)


@pytest.mark.both_brokers
def test_a_refusal_names_every_reason(story: Story) -> None:
    story.submit(Specialty.STOMATOLOGY, city_code="370600", recognised_on=None)

    assert story.the(AppraisalRefused).reasons == ("city-not-served", "injury-not-recognised")
    assert story.the(AppraisalNoticeRequested).title == "劳动能力鉴定申请不予受理通知"
    assert story.said(PanelScheduled) == []


def test_papers_asked_for_once_and_brought_lead_to_a_panel(story: Story) -> None:
    story.register(3, Specialty.OPHTHALMOLOGY)
    story.submit(Specialty.OPHTHALMOLOGY, materials=(Material.IDENTITY_DOCUMENT,))
    assert Material.MEDICAL_RECORDS in story.the(AppraisalCorrectionsRequested).missing
    received_on = story.today
    story.mesh.tick(story.mesh.clock + 3 * A_DAY)

    story.submit(Specialty.OPHTHALMOLOGY, received_on=received_on, revision=2, materials_completed_on=story.today)

    assert story.codes() == ["corrections-requested", "application-accepted", "panel-scheduled-in-time"]


def test_wanting_experts_are_named_and_the_panel_follows_when_they_register(story: Story) -> None:
    story.register(2, Specialty.NEUROLOGY)
    story.submit(Specialty.NEUROLOGY)
    assert story.the(PanelDeclined).reasons == ("too-few-experts",)
    assert "暂时不能组成专家组" in story.the(AppraisalNoticeRequested).text

    story.mesh.tick(story.mesh.clock + A_DAY)
    story.register(1, Specialty.NEUROLOGY)

    assert sorted(story.the(PanelScheduled).expert_keys) == sorted(story.experts)


def test_sixty_days_without_experts_are_a_delay_and_no_extension(story: Story) -> None:
    story.submit(Specialty.PSYCHIATRY)

    story.leap(50)
    assert story.codes() == ["application-accepted", "panel-awaited"]
    story.leap(50)

    assert story.said(AppraisalExtended) == []
    assert story.codes() == ["application-accepted", "panel-awaited", "conclusion-overdue"]


def test_an_extension_that_the_office_decided_is_told_and_the_delay_begins_thirty_days_later(story: Story) -> None:
    story.submit(Specialty.PSYCHIATRY)
    story.extend(ExtensionGround.COMPLEX_CONDITION)
    extended = story.the(AppraisalExtended)

    story.leap(80)
    assert story.codes() == ["application-accepted", "panel-awaited", "limit-extended"]
    story.leap(20)

    assert (extended.reason, extended.extended_due_on - extended.conclusion_due_on >= 25 * A_DAY) == (
        "complex-condition",
        True,
    )
    assert story.codes() == ["application-accepted", "panel-awaited", "limit-extended", "conclusion-overdue"]


def test_a_repeated_record_changes_nothing(story: Story) -> None:
    story.register(3, Specialty.CARDIOLOGY)
    fact = story.submit(Specialty.CARDIOLOGY)

    story.mesh.publish(fact, source="urn:weihai:appraisal-window")
    story.mesh.publish(fact, source="urn:weihai:another-window")
    story.mesh.run()

    assert len(story.said(PanelScheduled)) == 1
    assert story.codes()[2:] == ["repeat", "application-known"]


def test_a_second_application_waits_its_turn_until_the_first_is_withdrawn(story: Story) -> None:
    story.register(3, Specialty.RESPIRATORY)
    story.submit(Specialty.RESPIRATORY)
    story.submit(Specialty.RESPIRATORY, business_reference=f"{story.reference}-B")
    assert story.the(AppraisalRefused).reasons == ("same-kind-open",)

    withdrawn = withdrawal(
        person_key=story.person_key, business_reference=f"CH-{story.number}", reverses=story.reference
    )
    story.mesh.publish(withdrawn, source="urn:weihai:appraisal-window")
    story.mesh.run()
    story.submit(Specialty.RESPIRATORY, business_reference=f"{story.reference}-B", revision=2)

    assert story.the(AppraisalClosed).reason == "withdrawn"
    assert [it.application_reference for it in story.said(PanelScheduled)] == [
        story.reference,
        f"{story.reference}-B",
    ]
    assert "panel-released" in story.mesh.codes("appraisal", POOL)


def test_a_corrected_specialty_draws_a_new_panel_and_frees_the_old(story: Story) -> None:
    story.register(3, Specialty.OTOLARYNGOLOGY)
    others = story.register(3, Specialty.THORACIC_SURGERY)
    story.submit(Specialty.OTOLARYNGOLOGY)

    story.submit(Specialty.THORACIC_SURGERY, revision=2)

    assert sorted(story.said(PanelScheduled)[-1].expert_keys) == sorted(others)
