"""A person's case: the window's facts about applications. What the pool answers, and time, is in `rules_progress.py`."""

import msgspec

from schemas.appraisal import (
    AppraisalAccepted,
    AppraisalClosed,
    AppraisalCorrectionsRequested,
    AppraisalRefused,
    AppraisalSubmitted,
    AppraisalWithdrawn,
)
from schemas.decision import Context, Decision, already_known, decided, refused
from schemas.fact import Fact
from services.appraisal import law, texts
from services.appraisal.rules_acceptance import (
    Finding,
    local_conditions,
    missing_materials,
    refusals,
    remarks,
)
from services.appraisal.rules_state import (
    OPEN,
    Application,
    PersonCase,
    Status,
    closed_as,
    submission_of,
    with_application,
)
from services.appraisal.rules_writing import about, codes, limits_of, notice, panel_request, release

APPLICATIONS_MAX = 50
"""Applications remembered of one person; closed ones are forgotten after a dated time."""
WITHDRAWN_REASON = "withdrawn"


def submit(case: PersonCase | None, fact: AppraisalSubmitted, context: Context) -> Decision[PersonCase]:
    """Decide an application, new or corrected: refused, to be completed, or accepted and a panel asked for."""
    known = case or PersonCase()
    before = known.applications.get(fact.business_reference)
    if before is None:
        answer = _inadmissible(case, known, fact, context)
    else:
        answer = _inadmissible(case, known, fact, context) or _settled(case, known, before, fact)
    return answer or _examine(known, before or Application(Status.REFUSED), fact, context)


def withdraw(case: PersonCase | None, fact: AppraisalWithdrawn, context: Context) -> Decision[PersonCase]:
    """Close an application that its maker took back; one not heard of yet is closed before it comes."""
    known = case or PersonCase()
    reference = fact.reverses or ""
    before = known.applications.get(reference)
    if before is None:
        if len(known.applications) >= APPLICATIONS_MAX:
            return refused(case, "too-many-applications", maximum=APPLICATIONS_MAX)
        early = closed_as(Application(Status.WITHDRAWN), Status.WITHDRAWN, context.today)
        return decided(with_application(known, reference, early), "withdrawn-before", application=reference)
    if before.status is Status.WITHDRAWN:
        return already_known(case, "withdrawn-known", application=reference)
    if before.status is Status.SAT:
        return refused(case, "application-closed", application=reference, status=before.status)
    submission = submission_of(before)
    closed = AppraisalClosed(**about(submission, context), reason=WITHDRAWN_REASON)
    told = notice(submission, context, texts.WITHDRAWN_TITLE, texts.withdrawn(submission))
    after = closed_as(before, Status.WITHDRAWN, context.today)
    facts: tuple[Fact, ...] = (closed, told, *release(before, submission, context))
    return decided(with_application(known, reference, after), "application-withdrawn", *facts, application=reference)


def _inadmissible(
    case: PersonCase | None, known: PersonCase, fact: AppraisalSubmitted, context: Context
) -> Decision[PersonCase] | None:
    if fact.reverses is not None:
        return refused(case, "reversal-unsupported")
    if fact.received_on > context.today:
        return refused(case, "received-in-the-future", received_on=fact.received_on)
    if fact.materials_completed_on is not None and fact.materials_completed_on > context.today:
        return refused(case, "completed-in-the-future", completed_on=fact.materials_completed_on)
    if fact.business_reference not in known.applications and len(known.applications) >= APPLICATIONS_MAX:
        return refused(case, "too-many-applications", maximum=APPLICATIONS_MAX)
    return None


def _settled(
    case: PersonCase | None, known: PersonCase, before: Application, fact: AppraisalSubmitted
) -> Decision[PersonCase] | None:
    """Answer where nothing is to be examined: a repeat, a conflict, or an application that is over."""
    reference = fact.business_reference
    if fact.revision <= before.revision:
        if fact.revision == before.revision and fact.content() != before.submission:
            return refused(case, "revision-conflict", reference=reference)
        return already_known(case, "application-known", application=reference)
    if before.status in (Status.SAT, Status.ABANDONED):
        return refused(case, "application-closed", application=reference, status=before.status)
    if before.status is Status.WITHDRAWN:
        kept = with_application(known, reference, _taken_in(before, fact))
        return decided(kept, "withdrawn-stands", application=reference)
    return None


def _examine(
    known: PersonCase, before: Application, fact: AppraisalSubmitted, context: Context
) -> Decision[PersonCase]:
    in_force = law.law_on(context.today)
    reasons = refusals(fact, in_force) + _same_kind_open(known, fact)
    local = local_conditions(fact, in_force)
    if context.parameter(law.LOCAL_CONDITIONS_PARAMETER, law.LOCAL_CONDITIONS_WARN) == law.LOCAL_CONDITIONS_STRICT:
        reasons, local = reasons + local, ()
    warnings = local + remarks(fact, in_force)
    if reasons:
        return _refuse(known, before, fact, context, reasons, warnings)
    if missing_materials(fact, in_force):
        return _ask_for_papers(known, before, fact, context, warnings)
    return _accept(known, before, fact, context, warnings)


def _refuse(
    known: PersonCase,
    before: Application,
    fact: AppraisalSubmitted,
    context: Context,
    reasons: tuple[Finding, ...],
    warnings: tuple[Finding, ...],
) -> Decision[PersonCase]:
    after = closed_as(_taken_in(before, fact), Status.REFUSED, context.today)
    said = AppraisalRefused(**about(fact, context), kind=fact.kind, reasons=codes(reasons), warnings=codes(warnings))
    told = notice(fact, context, texts.REFUSED_TITLE, texts.refused(fact, codes(reasons)))
    return decided(
        with_application(known, fact.business_reference, after),
        "application-refused",
        said,
        told,
        *release(before, fact, context),
        paragraphs=(*_paragraphs(reasons), law.REVIEW, law.LAWSUIT),
        application=fact.business_reference,
        reasons=",".join(codes(reasons)),
        reasons_text=texts.findings(codes(reasons)),
        warnings=",".join(codes(warnings)),
        warnings_text=texts.findings(codes(warnings)),
    )


def _ask_for_papers(
    known: PersonCase,
    before: Application,
    fact: AppraisalSubmitted,
    context: Context,
    warnings: tuple[Finding, ...],
) -> Decision[PersonCase]:
    in_force, office = law.law_on(context.today), law.office_on(context.today)
    missing = missing_materials(fact, in_force)
    tell_by = context.calendar.add_working_days(fact.received_on, in_force.corrections_working_days)
    bring_by = context.calendar.add_working_days(context.today, office.corrections_working_days)
    said = AppraisalCorrectionsRequested(
        **about(fact, context),
        missing=missing,
        tell_by=tell_by.on,
        told_late=context.today > tell_by.on and before.status is not Status.CORRECTING,
        bring_by=bring_by.on,
        warnings=codes(warnings),
    )
    told = notice(fact, context, texts.CORRECTIONS_TITLE, texts.corrections(fact, missing, bring_by, in_force))
    after = msgspec.structs.replace(_taken_in(before, fact), status=Status.CORRECTING, look_on=bring_by.on)
    return decided(
        with_application(known, fact.business_reference, after),
        "corrections-requested",
        said,
        told,
        *release(before, fact, context),
        paragraphs=(in_force.corrections_paragraph, in_force.materials_paragraph, *_paragraphs(warnings)),
        application=fact.business_reference,
        missing=",".join(missing),
        missing_text=texts.materials(missing),
        tell_by=tell_by.on,
        told_late=str(said.told_late).lower(),
        bring_by=bring_by.on,
        warnings=",".join(codes(warnings)),
        warnings_text=texts.findings(codes(warnings)),
        provisional=str(tell_by.provisional or bring_by.provisional).lower(),
    )


def _accept(
    known: PersonCase,
    before: Application,
    fact: AppraisalSubmitted,
    context: Context,
    warnings: tuple[Finding, ...],
) -> Decision[PersonCase]:
    limits = limits_of(fact, context)
    said = AppraisalAccepted(
        **about(fact, context),
        kind=fact.kind,
        received_on=fact.received_on,
        transferred_on=fact.transferred_on,
        conclusion_due_on=limits.conclusion_due_on,
        warnings=codes(warnings),
    )
    values = {
        "application": fact.business_reference,
        "conclusion_due_on": limits.conclusion_due_on,
        "provisional": str(limits.provisional).lower(),
        "warnings": ",".join(codes(warnings)),
        "warnings_text": texts.findings(codes(warnings)),
    }
    paragraphs = (law.APPLY_TO_CITY, law.TIME_LIMIT, *_paragraphs(warnings))
    if _same_panel_serves(before, fact):
        after = _taken_in(before, fact)
        kept = with_application(known, fact.business_reference, after)
        return decided(kept, "application-corrected", said, paragraphs=paragraphs, **values)
    number = before.request_number + 1
    after = Application(
        status=Status.WAITING,
        submission=fact.content(),
        revision=fact.revision,
        look_on=limits.extended_due_on if before.extended else limits.conclusion_due_on,
        request_number=number,
        extended=before.extended,
    )
    asked = panel_request(fact, number, limits, context)
    accepted = with_application(known, fact.business_reference, after)
    return decided(accepted, "application-accepted", said, asked, paragraphs=paragraphs, **values)


def _taken_in(before: Application, fact: AppraisalSubmitted) -> Application:
    return msgspec.structs.replace(before, submission=fact.content(), revision=fact.revision)


def _same_kind_open(known: PersonCase, fact: AppraisalSubmitted) -> tuple[Finding, ...]:
    """One open application of a kind a person: a second one would only take another's place in the calendar."""
    others = (entry for reference, entry in known.applications.items() if reference != fact.business_reference)
    clash = any(other.status in OPEN and submission_of(other).kind is fact.kind for other in others)
    return (Finding("same-kind-open", law.OFFICE),) if clash else ()


def _same_panel_serves(before: Application, fact: AppraisalSubmitted) -> bool:
    if before.status not in (Status.WAITING, Status.SCHEDULED):
        return False
    return _panel_basis(submission_of(before)) == _panel_basis(fact)


def _panel_basis(fact: AppraisalSubmitted) -> tuple[object, ...]:
    return (
        sorted(set(fact.specialties)),
        fact.employer_unit_code,
        sorted(fact.relative_keys),
        sorted(fact.treating_hospital_codes),
        fact.materials_completed_on or fact.received_on,
    )


def _paragraphs(findings: tuple[Finding, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(finding.paragraph for finding in findings))
