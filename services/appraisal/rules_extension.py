"""The office's decision to extend a time limit by 30 days (延长期限): it needs one of the law's grounds, and a person who takes it."""

import msgspec

from schemas.appraisal import AppraisalExtended, AppraisalExtensionDecided
from schemas.decision import Context, Decision, already_known, decided, refused
from services.appraisal import law, texts
from services.appraisal.rules_state import OPEN, Application, PersonCase, Status, submission_of, with_application
from services.appraisal.rules_writing import Limits, about, limits_of, notice


def extend(case: PersonCase | None, fact: AppraisalExtensionDecided, context: Context) -> Decision[PersonCase]:
    """Extend an open application once, where it was decided within the 60 days (工伤保险条例 25(2), 令55 10), and tell."""
    reference = fact.application_reference
    application = None if case is None else case.applications.get(reference)
    if case is None or application is None or not application.submission:
        return refused(case, "application-unknown", application=reference)
    if application.status not in OPEN:
        return refused(case, "application-closed", application=reference, status=application.status)
    if application.extended:
        return already_known(case, "extension-known", application=reference)
    limits = limits_of(submission_of(application), context)
    return _undecidable(case, fact, limits, context) or _extended(case, fact, application, limits, context)


def _undecidable(
    case: PersonCase, fact: AppraisalExtensionDecided, limits: Limits, context: Context
) -> Decision[PersonCase] | None:
    if fact.reverses is not None:
        return refused(case, "reversal-unsupported")
    if fact.occurred_on > context.today:
        return refused(case, "extension-in-the-future", decided_on=fact.occurred_on)
    if fact.occurred_on > limits.conclusion_due_on:
        reference, due_on = fact.application_reference, limits.conclusion_due_on
        return refused(case, "extension-too-late", application=reference, decided_on=fact.occurred_on, due_on=due_on)
    return None


def _extended(
    case: PersonCase, fact: AppraisalExtensionDecided, application: Application, limits: Limits, context: Context
) -> Decision[PersonCase]:
    submission, until = submission_of(application), limits.extended_due_on
    said = AppraisalExtended(
        **about(submission, context),
        reason=fact.ground,
        conclusion_due_on=limits.conclusion_due_on,
        extended_due_on=until,
    )
    told = notice(submission, context, texts.EXTENDED_TITLE, texts.extended(submission, fact.ground, until))
    look_on = until if application.status is Status.WAITING else application.look_on
    after = msgspec.structs.replace(application, look_on=look_on, extended=True, overdue=False)
    return decided(
        with_application(case, fact.application_reference, after),
        "limit-extended",
        said,
        told,
        paragraphs=(law.TIME_LIMIT, law.law_on(fact.occurred_on).extension_paragraph),
        application=fact.application_reference,
        reason=texts.EXTENSION_TEXTS[fact.ground],
        extended_due_on=until,
    )
