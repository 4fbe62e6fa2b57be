"""Who may sit: conditions, term, recusal."""

from datetime import date
from typing import Any

import pytest

from services.appraisal.draw import ELIGIBLE
from services.appraisal.law import LAW_21, LAW_55, AppraisalLaw
from services.appraisal.rules_eligibility import standing
from services.appraisal.rules_pool import entered
from tests.services.appraisal.samples import EMPLOYER, expert, person, request, unit

SITTING_ON = date(2024, 3, 12)


def _standing(on: date = SITTING_ON, law: AppraisalLaw = LAW_21, asked: Any = None, **changed: Any) -> str:
    return standing(entered(expert(1, **changed)), asked or request(), on, law)


def test_an_expert_without_interest_may_sit() -> None:
    assert _standing() == ELIGIBLE


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        ({"term_until": date(2024, 3, 11)}, "outside-term"),
        ({"term_until": date(2024, 3, 12)}, ELIGIBLE),
        ({"term_from": date(2024, 3, 12)}, ELIGIBLE),
        ({"term_from": date(2024, 3, 13)}, "outside-term"),
    ],
)
def test_the_first_and_the_last_day_of_the_term_count(term: dict[str, Any], expected: str) -> None:
    assert _standing(**term) == expected


def test_a_senior_title_is_needed() -> None:
    assert _standing(senior_title=False) == "no-senior-title"


def test_training_is_needed_since_decree_55() -> None:
    assert _standing(trained=False) == ELIGIBLE
    assert _standing(trained=False, law=LAW_55) == "not-trained"


def test_an_expert_of_another_specialty_does_not_sit() -> None:
    assert _standing(specialties=("burns",)) == "other-specialty"


@pytest.mark.parametrize(
    ("interest", "expected"),
    [
        ({"employer_unit_code": EMPLOYER}, "same-employer"),
        ({"related_unit_codes": (EMPLOYER,)}, "related-unit"),
        ({"related_person_keys": (person(1),)}, "kin"),
        ({"related_person_keys": (person(7),)}, "kin"),
        ({"employer_unit_code": unit(50)}, "treating-hospital"),
        ({"employer_unit_code": unit(51), "related_person_keys": (person(8),)}, ELIGIBLE),
    ],
)
def test_an_interest_in_the_case_demands_recusal(interest: dict[str, Any], expected: str) -> None:
    """工伤保险条例 27: same employer, related unit, kin of the person or of a relative, the hospital that treated."""
    asked = request(relative_keys=(person(7),), treating_hospital_codes=(unit(50),))

    assert _standing(asked=asked, **interest) == expected


def test_recusal_is_named_before_every_other_obstacle() -> None:
    assert _standing(employer_unit_code=EMPLOYER, senior_title=False) == "same-employer"


def test_a_person_without_an_employer_shares_none() -> None:
    assert _standing(asked=request(employer_unit_code=None), employer_unit_code=EMPLOYER) == ELIGIBLE
