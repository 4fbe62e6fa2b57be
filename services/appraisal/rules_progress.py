"""A person's case: what the pool answers, and what time brings."""

import msgspec

from schemas.appraisal import (
    AppraisalClosed,
    DateStanding,
    PanelDeclined,
    PanelDrawn,
    PanelReleased,
    PanelScheduled,
)
from schemas.decision import Context, Decision, TimerDue, already_known, decided
from schemas.fact import Fact
from services.appraisal import law, texts
from services.appraisal.rules_state import (
    Application,
    PersonCase,
    Sitting,
    Status,
    closed_as,
    submission_of,
    with_application,
)
from services.appraisal.rules_writing import about, limits_of, notice

ABANDONED_REASON = "abandoned"


def schedule(case: PersonCase | None, fact: PanelDrawn, context: Context) -> Decision[PersonCase]:
    """Fix the date that the pool drew and booked, and tell the applicant; a date beyond the time limit is marked as such."""
    before = _asking(case, fact)
    if case is None or before is None:
        return _unwanted(case, fact, context)
    if before.request_number > fact.request_number:
        return already_known(case, "answer-superseded", application=fact.application_reference)
    submission = submission_of(before)
    limits = limits_of(submission, context)
    expert_keys = tuple(seat.expert_key for seat in fact.seats)
    place = texts.place(law.office_on(context.today), fact.room)
    scheduled = PanelScheduled(
        **about(submission, context),
        kind=submission.kind,
        expert_keys=expert_keys,
        sitting_on=fact.sitting_on,
        slot=fact.slot,
        place=place,
        conclusion_due_on=limits.conclusion_due_on,
        standing=fact.standing,
        provisional=fact.provisional,
        replaces=fact.replaces,
        diagnosis=submission.diagnosis,
    )
    limit_text = texts.limit_text(fact.standing, *limits[:2], is_extended=before.extended)
    text = texts.scheduled(submission, fact, place, limit_text, law.law_on(context.today))
    title = texts.RESCHEDULED_TITLE if fact.replaces else texts.SCHEDULED_TITLE
    told = notice(submission, context, title, text, expires_on=fact.sitting_on)
    after = msgspec.structs.replace(
        before,
        status=Status.SCHEDULED,
        look_on=fact.sitting_on,
        declined=False,
        sitting=Sitting(fact.sitting_on, fact.slot, fact.room, expert_keys, fact.standing, fact.provisional),
    )
    return decided(
        with_application(case, fact.application_reference, after),
        _scheduled_code(fact, before),
        scheduled,
        told,
        paragraphs=(law.RANDOM_PANEL, law.TIME_LIMIT),
        application=fact.application_reference,
        panel=",".join(expert_keys),
        sitting_on=fact.sitting_on,
        slot=fact.slot,
        conclusion_due_on=limits.conclusion_due_on,
        extended_due_on=limits.extended_due_on,
        provisional=str(fact.provisional).lower(),
    )


def _scheduled_code(fact: PanelDrawn, before: Application) -> str:
    if fact.standing is DateStanding.EXTENDED and not before.extended:
        return "panel-rescheduled-at-risk" if fact.replaces else "panel-scheduled-at-risk"
    return "panel-rescheduled" if fact.replaces else f"panel-scheduled-{fact.standing}"


def wait(case: PersonCase | None, fact: PanelDeclined, context: Context) -> Decision[PersonCase]:
    """Take note that the pool cannot draw yet; the applicant is told once a request, and when a fixed date falls away."""
    before = _asking(case, fact)
    if case is None or before is None:
        return _unwanted(case, fact, context)
    if before.request_number > fact.request_number:
        return already_known(case, "answer-superseded", application=fact.application_reference)
    submission = submission_of(before)
    limits = limits_of(submission, context)
    fell_away = before.status is Status.SCHEDULED
    told: tuple[Fact, ...] = ()
    if fell_away or not before.declined:
        text = texts.waiting(submission, fact, limits.conclusion_due_on, fell_away)
        told = (notice(submission, context, texts.WAITING_TITLE, text),)
    end = limits.extended_due_on if before.extended else limits.conclusion_due_on
    look_on = None if before.overdue else end
    after = msgspec.structs.replace(before, status=Status.WAITING, look_on=look_on, declined=True, sitting=None)
    return decided(
        with_application(case, fact.application_reference, after),
        "panel-awaited",
        *told,
        paragraphs=(law.RANDOM_PANEL,),
        application=fact.application_reference,
        reasons=",".join(fact.reasons),
        reasons_text=texts.shortages(fact.reasons),
        unfilled=",".join(fact.unfilled_specialties),
        unfilled_text=texts.specialties(fact.unfilled_specialties),
        eligible=fact.eligible_count,
    )


def look_again(case: PersonCase, due: TimerDue, context: Context) -> Decision[PersonCase]:
    """Decide what a day's end means to the application that the timer names."""
    status, _, reference = due.name.partition("/")
    application = case.applications[reference]
    if application.status is Status.CORRECTING:
        return _papers_not_brought(case, reference, application, context)
    if application.status is Status.WAITING:
        return _limit_passed(case, reference, application, context)
    if application.status is Status.SCHEDULED:
        after = closed_as(application, Status.SAT, context.today)
        kept = msgspec.structs.replace(after, sitting=application.sitting)
        return decided(with_application(case, reference, kept), "sitting-day-over", application=reference)
    rest = {name: other for name, other in case.applications.items() if name != reference}
    return decided(PersonCase(rest) if rest else None, "application-forgotten", application=reference, status=status)


def _papers_not_brought(
    case: PersonCase, reference: str, application: Application, context: Context
) -> Decision[PersonCase]:
    """Since decree 55 papers not brought in time mean that the application is given up (令55 10); before, it waits on.

    Their last day was told before the year's calendar was published: if it is a day off after all, the next working day is the last.
    """
    in_force, office = law.law_on(context.today), law.office_on(context.today)
    assert application.look_on is not None
    last_day = context.calendar.roll_forward(application.look_on).on
    if context.today <= last_day:
        kept = with_application(case, reference, msgspec.structs.replace(application, look_on=last_day))
        cited = (law.LAST_DAY_OFF,)
        return decided(kept, "limit-recounted", paragraphs=cited, application=reference, due_on=last_day)
    if not in_force.abandonment:
        later = context.calendar.add_working_days(context.today, office.corrections_working_days)
        after = msgspec.structs.replace(application, look_on=later.on)
        kept = with_application(case, reference, after)
        return decided(kept, "papers-still-awaited", application=reference, bring_by=later.on)
    submission = submission_of(application)
    closed = AppraisalClosed(**about(submission, context), reason=ABANDONED_REASON)
    told = notice(submission, context, texts.ABANDONED_TITLE, texts.abandoned(submission, last_day))
    after = closed_as(application, Status.ABANDONED, context.today)
    return decided(
        with_application(case, reference, after),
        "application-abandoned",
        closed,
        told,
        paragraphs=(in_force.corrections_paragraph,),
        application=reference,
    )


def _limit_passed(case: PersonCase, reference: str, application: Application, context: Context) -> Decision[PersonCase]:
    """The time limit is over without a sitting. It is not extended by itself: want of experts or dates is no ground (令55 10)."""
    submission = submission_of(application)
    limits = limits_of(submission, context)
    end = limits.extended_due_on if application.extended else limits.conclusion_due_on
    if context.today <= end:
        after = msgspec.structs.replace(application, look_on=end)
        kept = with_application(case, reference, after)
        return decided(kept, "limit-recounted", paragraphs=(law.LAST_DAY_OFF,), application=reference, due_on=end)
    told = notice(submission, context, texts.OVERDUE_TITLE, texts.overdue(submission, end))
    after = msgspec.structs.replace(application, look_on=None, overdue=True)
    return decided(
        with_application(case, reference, after),
        "conclusion-overdue",
        told,
        paragraphs=(law.TIME_LIMIT,),
        application=reference,
        due_on=end,
    )


def _asking(case: PersonCase | None, fact: PanelDrawn | PanelDeclined) -> Application | None:
    known = None if case is None else case.applications.get(fact.application_reference)
    return known if known is not None and known.status in (Status.WAITING, Status.SCHEDULED) else None


def _unwanted(case: PersonCase | None, fact: PanelDrawn | PanelDeclined, context: Context) -> Decision[PersonCase]:
    """An answer to an application that is closed by now: give the sitting back."""
    released = PanelReleased(
        district=fact.district,
        agency=fact.agency,
        occurred_on=context.today,
        pool_key=fact.pool_key,
        person_key=fact.person_key,
        application_reference=fact.application_reference,
        request_number=fact.request_number,
    )
    return decided(case, "answer-unwanted", released, application=fact.application_reference)
