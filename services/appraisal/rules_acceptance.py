"""Whether an application may be accepted: one function a rule, each with its paragraph. All reasons are found, not the first."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from schemas.appraisal import Applicant, AppraisalSubmitted, ConclusionKind, Fixation, Ground, Material
from services.appraisal import law
from services.appraisal.law import AppraisalLaw


@dataclass(frozen=True, slots=True)
class Finding:
    """A reason or a warning: its code (text in `texts.py`) and the paragraph it rests on."""

    code: str
    paragraph: str


Rule = Callable[[AppraisalSubmitted, AppraisalLaw], Finding | None]

GRADED_KINDS = (ConclusionKind.DISABILITY_GRADE, ConclusionKind.NURSING_GRADE)
"""劳动能力鉴定 in the sense of 工伤保险条例 22; the other kinds are confirmations asked for during treatment."""
OUTSIDE_DECREE_55 = (ConclusionKind.CAUSAL_RELATION, ConclusionKind.DEPENDANT_CAPACITY)


def refusals(application: AppraisalSubmitted, in_force: AppraisalLaw) -> tuple[Finding, ...]:
    """Give every reason of scope or kind for which the application cannot be accepted."""
    return _found(REFUSAL_RULES, application, in_force)


def local_conditions(application: AppraisalSubmitted, in_force: AppraisalLaw) -> tuple[Finding, ...]:
    """Give the newsletter's conditions that are not met: warnings, reasons only where the parameter is strict."""
    return _found(LOCAL_RULES, application, in_force)


def remarks(application: AppraisalSubmitted, in_force: AppraisalLaw) -> tuple[Finding, ...]:
    """Give what the decider should see though it never refuses."""
    return _found(REMARK_RULES, application, in_force)


def missing_materials(application: AppraisalSubmitted, in_force: AppraisalLaw) -> tuple[Material, ...]:
    """Give the papers still missing (工伤保险条例 23; 令55 9): all of them, to be told at once.

    The recognition decision is asked for only where there is one to show, a work injury.
    """
    needed = [material for material in in_force.materials if _applies(material, application)]
    return tuple(material for material in needed if material not in application.materials)


def city_not_served(application: AppraisalSubmitted, in_force: AppraisalLaw) -> Finding | None:
    """Application goes to the committee of the city with districts (设区的市级劳动能力鉴定委员会): here Weihai."""
    return None if application.city_code == law.CITY_CODE else Finding("city-not-served", law.APPLY_TO_CITY)


def ground_not_of_kind(application: AppraisalSubmitted, in_force: AppraisalLaw) -> Finding | None:
    """Each conclusion rests on its ground (newsletter, 受理范围 1–3): only reviews exist for both."""
    if application.kind is ConclusionKind.REVIEW:
        return None
    right = Ground.NON_WORK if application.kind is ConclusionKind.NON_WORK_CAPACITY else Ground.WORK_INJURY
    return None if application.ground is right else Finding("ground-not-of-kind", law.LOCAL_SCOPE)


def injury_not_recognised(application: AppraisalSubmitted, in_force: AppraisalLaw) -> Finding | None:
    """A work injury must have been recognised first (提供工伤认定决定)."""
    if application.ground is Ground.NON_WORK or application.recognised_on is not None:
        return None
    return Finding("injury-not-recognised", law.APPLY_TO_CITY)


def applicant_not_entitled(application: AppraisalSubmitted, in_force: AppraisalLaw) -> Finding | None:
    """Unit, worker or close relative (近亲属) applies; the agency only for a review of a work injury (工伤保险条例 28)."""
    if application.applicant is Applicant.AGENCY:
        reviewing = application.kind is ConclusionKind.REVIEW and application.ground is Ground.WORK_INJURY
        return None if reviewing else Finding("applicant-not-entitled", law.APPLY_TO_CITY)
    by_relative = application.applicant is Applicant.CLOSE_RELATIVE and application.ground is Ground.NON_WORK
    if by_relative and not in_force.relatives_for_non_work:
        return Finding("applicant-not-entitled", law.LOCAL_SCOPE)
    return None


def conclusion_missing(application: AppraisalSubmitted, in_force: AppraisalLaw) -> Finding | None:
    """A review (复查鉴定) needs a conclusion to review."""
    if application.kind is not ConclusionKind.REVIEW or application.previous_conclusion_on is not None:
        return None
    return Finding("conclusion-missing", law.REVIEW_AFTER_A_YEAR)


def review_too_early(application: AppraisalSubmitted, in_force: AppraisalLaw) -> Finding | None:
    """A review may be asked for from the day after the year that follows the conclusion (自…结论作出之日起1年后)."""
    concluded_on = application.previous_conclusion_on
    if application.kind is not ConclusionKind.REVIEW or concluded_on is None:
        return None
    year_ends_on = law.months_later(concluded_on, law.REVIEW_MONTHS)
    return None if application.received_on > year_ends_on else Finding("review-too-early", law.REVIEW_AFTER_A_YEAR)


def condition_not_stable(application: AppraisalSubmitted, in_force: AppraisalLaw) -> Finding | None:
    """Condition 1: 经治疗后伤情相对稳定. The end of 停工留薪期 serves as well (令21 7, 令55 7), so it meets it."""
    if not _is_graded_injury(application) or application.condition_stable or application.suspension_over:
        return None
    return Finding("condition-not-stable", law.LOCAL_CONDITIONS)


def recognition_too_recent(application: AppraisalSubmitted, in_force: AppraisalLaw) -> Finding | None:
    """Condition 2: 收到工伤认定结论满六个月, full on the corresponding day."""
    if not _is_graded_injury(application) or application.recognised_on is None:
        return None
    full_on = law.months_later(application.recognised_on, law.RECOGNITION_MONTHS)
    return None if application.received_on >= full_on else Finding("recognition-too-recent", law.LOCAL_CONDITIONS)


def fixation_retained(application: AppraisalSubmitted, in_force: AppraisalLaw) -> Finding | None:
    """Condition 3: for a disability grade, plates and screws (内固定) are to be taken out first."""
    concerned = application.kind is ConclusionKind.DISABILITY_GRADE and application.ground is Ground.WORK_INJURY
    if not concerned or application.fixation is not Fixation.RETAINED:
        return None
    return Finding("fixation-retained", law.LOCAL_CONDITIONS)


def beyond_decree_55(application: AppraisalSubmitted, in_force: AppraisalLaw) -> Finding | None:
    """Two of the newsletter's kinds lie outside decree 55 (令55 2); they stay in by the newsletter's fourth item."""
    concerned = in_force is law.LAW_55 and application.kind in OUTSIDE_DECREE_55
    return Finding("beyond-decree-55", f"{law.DECREE_55} 2") if concerned else None


def relative_on_behalf(application: AppraisalSubmitted, in_force: AppraisalLaw) -> Finding | None:
    """Since decree 55 a relative applies on behalf (代为提出), where the person cannot (令55 8)."""
    concerned = in_force is law.LAW_55 and application.applicant is Applicant.CLOSE_RELATIVE
    dependant = application.kind is ConclusionKind.DEPENDANT_CAPACITY
    return Finding("relative-on-behalf", f"{law.DECREE_55} 8") if concerned and not dependant else None


REFUSAL_RULES: tuple[Rule, ...] = (
    city_not_served,
    ground_not_of_kind,
    injury_not_recognised,
    applicant_not_entitled,
    conclusion_missing,
    review_too_early,
)
LOCAL_RULES: tuple[Rule, ...] = (condition_not_stable, recognition_too_recent, fixation_retained)
REMARK_RULES: tuple[Rule, ...] = (beyond_decree_55, relative_on_behalf)


def _found(rules: tuple[Rule, ...], application: AppraisalSubmitted, in_force: AppraisalLaw) -> tuple[Finding, ...]:
    def each() -> Iterator[Finding]:
        for rule in rules:
            finding = rule(application, in_force)
            if finding is not None:
                yield finding

    return tuple(each())


def _is_graded_injury(application: AppraisalSubmitted) -> bool:
    return application.kind in GRADED_KINDS and application.ground is Ground.WORK_INJURY


def _applies(material: Material, application: AppraisalSubmitted) -> bool:
    return material is not Material.RECOGNITION_DECISION or application.ground is Ground.WORK_INJURY
