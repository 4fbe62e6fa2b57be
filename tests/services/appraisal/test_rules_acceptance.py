"""Acceptance: every reason, the three local conditions, the papers; boundary pairs on each number."""

from datetime import date
from typing import Any

import pytest

from schemas.appraisal import Applicant, ConclusionKind, Fixation, Ground, Material
from services.appraisal.law import LAW_21, LAW_55, law_on
from services.appraisal.rules_acceptance import (
    local_conditions,
    missing_materials,
    refusals,
    remarks,
)
from services.appraisal.rules_writing import codes
from services.appraisal.texts import FINDING_TEXTS
from tests.services.appraisal.samples import application


def _refusals(law: Any = LAW_21, **changed: Any) -> tuple[str, ...]:
    return codes(refusals(application(**changed), law))


def _warnings(**changed: Any) -> tuple[str, ...]:
    return codes(local_conditions(application(**changed), LAW_21))


def test_a_complete_application_within_the_scope_has_no_reason_against_it() -> None:
    assert _refusals() == ()
    assert _warnings() == ()
    assert missing_materials(application(), LAW_21) == ()


def test_an_application_to_another_city_is_refused() -> None:
    assert _refusals(city_code="370600") == ("city-not-served",)


@pytest.mark.parametrize("kind", [kind for kind in ConclusionKind if kind is not ConclusionKind.REVIEW])
def test_each_kind_has_one_ground(kind: ConclusionKind) -> None:
    """因病非因工 has its own conclusion; the other nine rest on a work injury; a review may rest on either."""
    is_non_work = kind is ConclusionKind.NON_WORK_CAPACITY
    wrong = Ground.WORK_INJURY if is_non_work else Ground.NON_WORK
    right = Ground.NON_WORK if is_non_work else Ground.WORK_INJURY

    assert _refusals(kind=kind, ground=wrong) == ("ground-not-of-kind",)
    assert _refusals(kind=kind, ground=right) == ()


def test_a_work_injury_that_was_not_recognised_is_refused() -> None:
    assert _refusals(recognised_on=None) == ("injury-not-recognised",)
    assert _refusals(recognised_on=None, ground=Ground.NON_WORK, kind=ConclusionKind.NON_WORK_CAPACITY) == ()


def test_the_agency_may_ask_for_a_review_only() -> None:
    """工伤保险条例 28"""
    concluded = {"kind": ConclusionKind.REVIEW, "previous_conclusion_on": date(2022, 1, 1)}

    assert _refusals(applicant=Applicant.AGENCY) == ("applicant-not-entitled",)
    assert _refusals(applicant=Applicant.AGENCY, **concluded) == ()


@pytest.mark.parametrize(
    ("day", "expected"), [(date(2025, 6, 30), ("applicant-not-entitled",)), (date(2025, 7, 1), ())]
)
def test_a_relative_may_apply_for_a_sick_worker_only_since_decree_55(day: date, expected: tuple[str, ...]) -> None:
    changed = {"kind": ConclusionKind.NON_WORK_CAPACITY, "ground": Ground.NON_WORK}

    assert _refusals(law_on(day), applicant=Applicant.CLOSE_RELATIVE, **changed) == expected


def test_a_review_needs_a_conclusion() -> None:
    assert _refusals(kind=ConclusionKind.REVIEW) == ("conclusion-missing",)


@pytest.mark.parametrize(
    ("received_on", "expected"), [(date(2024, 3, 1), ("review-too-early",)), (date(2024, 3, 2), ())]
)
def test_a_review_may_be_asked_for_from_the_day_after_the_year(received_on: date, expected: tuple[str, ...]) -> None:
    concluded_on = date(2023, 3, 1)

    reasons = _refusals(kind=ConclusionKind.REVIEW, received_on=received_on, previous_conclusion_on=concluded_on)

    assert reasons == expected


def test_every_reason_is_named_not_only_the_first() -> None:
    reasons = _refusals(
        city_code="370600", recognised_on=None, applicant=Applicant.AGENCY, kind=ConclusionKind.NURSING_GRADE
    )

    assert reasons == ("city-not-served", "injury-not-recognised", "applicant-not-entitled")


@pytest.mark.parametrize(
    ("received_on", "expected"), [(date(2024, 2, 28), ("recognition-too-recent",)), (date(2024, 2, 29), ())]
)
def test_six_months_are_full_on_the_corresponding_day(received_on: date, expected: tuple[str, ...]) -> None:
    """Recognised on 31 August: February has no 31st, so its last day counts (民法典 202)."""
    assert _warnings(received_on=received_on, recognised_on=date(2023, 8, 31)) == expected


def test_six_months_less_a_day_are_not_six_months() -> None:
    recognised_on = date(2023, 9, 15)

    assert _warnings(received_on=date(2024, 3, 14), recognised_on=recognised_on) == ("recognition-too-recent",)
    assert _warnings(received_on=date(2024, 3, 15), recognised_on=recognised_on) == ()


def test_an_unstable_condition_is_warned_of_unless_the_paid_suspension_is_over() -> None:
    assert _warnings(condition_stable=False) == ("condition-not-stable",)
    assert _warnings(condition_stable=False, suspension_over=True) == ()


def test_retained_fixation_matters_for_a_disability_grade_only() -> None:
    assert _warnings(fixation=Fixation.RETAINED) == ("fixation-retained",)
    assert _warnings(fixation=Fixation.RETAINED, kind=ConclusionKind.NURSING_GRADE) == ()
    assert _warnings(fixation=Fixation.NONE) == ()


@pytest.mark.parametrize("kind", [ConclusionKind.SUSPENSION_EXTENSION, ConclusionKind.ASSISTIVE_DEVICE])
def test_what_is_asked_for_during_treatment_need_not_be_stable(kind: ConclusionKind) -> None:
    assert _warnings(kind=kind, condition_stable=False, recognised_on=date(2024, 2, 1)) == ()


def test_the_recognition_decision_is_not_asked_for_since_decree_55() -> None:
    """令55 9: what offices can share may not be asked for again."""
    papers = (Material.APPLICATION_FORM, Material.MEDICAL_RECORDS, Material.IDENTITY_DOCUMENT)

    assert missing_materials(application(materials=papers), LAW_21) == (Material.RECOGNITION_DECISION,)
    assert missing_materials(application(materials=papers), LAW_55) == ()


def test_all_missing_papers_are_named_at_once() -> None:
    missing = missing_materials(application(materials=(Material.IDENTITY_DOCUMENT,)), LAW_55)

    assert missing == (Material.APPLICATION_FORM, Material.MEDICAL_RECORDS)


def test_kinds_outside_decree_55_are_remarked_on_but_stay_in_scope() -> None:
    causal = application(kind=ConclusionKind.CAUSAL_RELATION)

    assert codes(remarks(causal, LAW_21)) == ()
    assert codes(remarks(causal, LAW_55)) == ("beyond-decree-55",)
    assert refusals(causal, LAW_55) == ()


def test_a_relative_applies_on_behalf_since_decree_55() -> None:
    by_relative = application(applicant=Applicant.CLOSE_RELATIVE)

    assert codes(remarks(by_relative, LAW_55)) == ("relative-on-behalf",)


def test_decree_55_takes_over_on_its_day() -> None:
    assert law_on(date(2025, 6, 30)) is LAW_21
    assert law_on(date(2025, 7, 1)) is LAW_55
    assert (LAW_21.delivery_days, LAW_55.delivery_days) == (20, 15)


def test_every_finding_has_a_text() -> None:
    everything_wrong = [
        application(city_code="370600", recognised_on=None, ground=Ground.WORK_INJURY, applicant=Applicant.AGENCY),
        application(kind=ConclusionKind.REVIEW, ground=Ground.NON_WORK),
        application(kind=ConclusionKind.REVIEW, previous_conclusion_on=date(2024, 2, 1)),
        application(kind=ConclusionKind.NON_WORK_CAPACITY),
        application(condition_stable=False, recognised_on=date(2024, 2, 1), fixation=Fixation.RETAINED),
    ]
    found = {
        code for each in everything_wrong for code in codes(refusals(each, LAW_55) + local_conditions(each, LAW_55))
    }

    assert found == set(FINDING_TEXTS) - {"same-kind-open", "beyond-decree-55", "relative-on-behalf"}
