"""Whether an expert may sit on a panel: conditions, term, recusal (回避). One answer an expert: `eligible`, or why not."""

from datetime import date

from schemas.appraisal import PanelRequested
from services.appraisal.draw import ELIGIBLE
from services.appraisal.law import AppraisalLaw
from services.appraisal.rules_state import Expert

SAME_EMPLOYER = "same-employer"
TREATED_THE_PERSON = "treating-hospital"
RELATED_UNIT = "related-unit"
KIN = "kin"
NO_SENIOR_TITLE = "no-senior-title"
NOT_TRAINED = "not-trained"
OUTSIDE_TERM = "outside-term"
OTHER_SPECIALTY = "other-specialty"


def standing(expert: Expert, request: PanelRequested, sitting_on: date, in_force: AppraisalLaw) -> str:
    """Tell how an expert stands to a request on a day; recusal (工伤保险条例 27; 令55 28) is named before all else."""
    return (
        interest(expert, request)
        or unqualified(expert, in_force)
        or outside_term(expert, sitting_on)
        or other_specialty(expert, request)
        or ELIGIBLE
    )


def interest(expert: Expert, request: PanelRequested) -> str:
    """Name the interest (利害关系) that demands recusal, or "": employer, treating hospital, related unit, kin."""
    employer = request.employer_unit_code
    if employer is not None and expert.employer_unit_code == employer:
        return SAME_EMPLOYER
    if expert.employer_unit_code in request.treating_hospital_codes:
        return TREATED_THE_PERSON
    if employer is not None and employer in expert.related_unit_codes:
        return RELATED_UNIT
    family = (request.person_key, *request.relative_keys)
    return KIN if any(key in family for key in expert.related_person_keys) else ""


def unqualified(expert: Expert, in_force: AppraisalLaw) -> str:
    """Name the condition of 工伤保险条例 24 (senior title) or 令55 24 (training, since 2025-07-01) not met, or ""."""
    if not expert.senior_title:
        return NO_SENIOR_TITLE
    return NOT_TRAINED if in_force.training_required and not expert.trained else ""


def outside_term(expert: Expert, sitting_on: date) -> str:
    """The term (聘期) must cover the day of the sitting; first and last day count."""
    return "" if expert.term_from <= sitting_on <= expert.term_until else OUTSIDE_TERM


def other_specialty(expert: Expert, request: PanelRequested) -> str:
    """Only experts of a specialty concerned (相关专家, 工伤保险条例 25(1))."""
    return "" if any(specialty in expert.specialties for specialty in request.specialties) else OTHER_SPECIALTY
