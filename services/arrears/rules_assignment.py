"""Deciding who answers for a unit's case: the desk's acts, the look whether the officer still serves, missed deadlines.

    (none) ──► answered     the case opened and officers are published, or the desk named one
    answered ─► answered    another officer: theirs no longer serves the district; the unit owes the size of a senior one;
                            the desk gave it to another. Another deadline: the case got further; the desk extended it;
                            a year's calendar was published. The deadline was missed: escalated, and counted anew
           ──► resting      nothing is owed any more: no deadline; the officer stays known
    resting ─► answered     owed again: who had it has it, if they still serve

Timers: `assignment-review` every few working days, `assignment-deadline` at the end of the deadline, as often as it is escalated.
"""

from hashlib import blake2b

from msgspec.structs import replace

from schemas.decision import Context, Decision, already_known, decided, refused
from schemas.officers import AssignmentAct, CaseAssignmentActRecorded, CaseEscalated
from services.arrears import law_office, texts_assignment
from services.arrears.inventory_standing import standing_of
from services.arrears.rules_assignment_follow import (
    EXTENDED,
    REASSIGNED,
    counted,
    head_of,
    next_review,
    said,
    serving,
)
from services.arrears.rules_assignment_state import Assignment, KnownAct
from services.arrears.rules_following import carried_on
from services.arrears.rules_revisions import never_admitted
from services.arrears.rules_state import Status, UnitCase

DIGEST_BYTES = 12


def act(case: UnitCase | None, fact: CaseAssignmentActRecorded, context: Context) -> Decision[UnitCase]:
    """Decide an act of the desk: another officer, or more time; refused with all its reasons where the case does not allow it."""
    inadmissible = never_admitted(case, fact, context)
    if inadmissible is not None:
        return inadmissible
    new = KnownAct(fact.business_reference, _digest(fact))
    known = None if case is None else case.assignment
    same = next((one for one in (known.acts if known else ()) if one.reference == new.reference), None)
    if same is not None:
        return already_known(case, "act-known") if same == new else refused(case, "act-conflict")
    reasons = _against(case, fact, context)
    if reasons or case is None:
        return refused(
            case,
            "assignment-act-refused",
            paragraphs=(law_office.OFFICE_ASSIGNMENT,),
            reasons=",".join(reasons),
            reasons_text="；".join(texts_assignment.FINDING_TEXTS[code] for code in reasons),
        )
    rules = law_office.assignment_rules_on(context.today)
    before = known or _begun(case, context)
    remembered = replace(before, acts=(*before.acts, new)[-rules.acts_max :])
    if fact.act is AssignmentAct.REASSIGN:
        return _reassigned(case, remembered, fact, context)
    return _extended(case, remembered, fact, context)


def look_whether_officer_serves(case: UnitCase, context: Context) -> Decision[UnitCase]:
    """Look at a case again: its officer may have left, its district have got one, a calendar been published."""
    known = case.assignment
    assert known is not None
    after = replace(case, assignment=replace(known, review_at=next_review(case.unit_code, context)))
    reaction = carried_on(case, after, context)
    code = "assignment-changed" if reaction.facts else "assignment-reviewed"
    paragraphs = (law_office.OFFICE_ASSIGNMENT, *reaction.paragraphs)
    return decided(reaction.case, code, *reaction.facts, paragraphs=tuple(dict.fromkeys(paragraphs)))


def miss_deadline(case: UnitCase, context: Context) -> Decision[UnitCase]:
    """The deadline is over and the case was not moved on: its head hears of it, and a shorter one runs."""
    known, registration = case.assignment, case.registration
    assert known is not None
    assert known.deadline_on is not None
    assert registration is not None
    recounted = counted(known, context)
    if recounted.deadline_on is not None and recounted.deadline_on >= context.today:
        code = "assignment-deadline-moved"
        fact = said(case, recounted, "", "calendar-published", context)
        return decided(
            replace(case, assignment=recounted),
            code,
            fact,
            paragraphs=(law_office.OFFICE_ASSIGNMENT,),
            deadline_on=recounted.deadline_on,
        )
    days = law_office.assignment_rules_on(context.today).escalated_working_days
    anew = replace(known, counted_from=context.today, working_days=days, level=known.level + 1)
    escalated = counted(anew, context)
    assert escalated.deadline_on is not None
    fact_said = CaseEscalated(
        district=registration.district,
        agency=registration.agency,
        occurred_on=context.today,
        unit_code=case.unit_code,
        unit_name=registration.unit_name,
        officer=known.officer or None,
        stage=standing_of(case).stage,
        escalated_to=head_of(context, case.unit_code, registration.district),
        level=escalated.level,
        missed_on=known.deadline_on,
        deadline_on=escalated.deadline_on,
    )
    after = replace(case, assignment=escalated)
    reaction = carried_on(case, after, context)
    return decided(
        reaction.case,
        "case-escalated",
        fact_said,
        *reaction.facts,
        paragraphs=tuple(dict.fromkeys((law_office.OFFICE_ASSIGNMENT, *reaction.paragraphs))),
        missed_on=known.deadline_on,
        level=escalated.level,
        deadline_on=escalated.deadline_on,
    )


def _against(case: UnitCase | None, fact: CaseAssignmentActRecorded, context: Context) -> list[str]:
    """All reasons for which an act cannot stand."""
    if case is None or case.status is not Status.OPEN or case.registration is None:
        return ["case-not-open"]
    reasons = ["act-not-reversible"] if fact.reverses is not None else []
    reasons += ["act-not-revisable"] if fact.revision > 1 else []
    known = case.assignment
    if fact.act is AssignmentAct.REASSIGN:
        officer = fact.officer or ""
        if serving(context, officer, case.registration.district) is None:
            reasons.append("officer-serves-elsewhere")
        if known is not None and known.officer == officer:
            reasons.append("officer-answers-already")
        return reasons
    if known is None or known.deadline_on is None or fact.deadline_on is None:
        return [*reasons, "no-deadline-runs"]
    rules = law_office.assignment_rules_on(context.today)
    latest = context.calendar.add_working_days(context.today, rules.extension_working_days_max)
    if fact.deadline_on <= known.deadline_on:
        reasons.append("deadline-not-later")
    if fact.deadline_on > latest.on:
        reasons.append("deadline-too-far")
    if not context.calendar.is_working_day(fact.deadline_on):
        reasons.append("deadline-on-day-off")
    return reasons


def _begun(case: UnitCase, context: Context) -> Assignment:
    """An assignment of a case that nobody answered for, before the desk names somebody."""
    rules = law_office.assignment_rules_on(context.today)
    fresh = Assignment(
        officer="",
        assigned_on=context.today,
        stage=standing_of(case).stage,
        counted_from=context.today,
        working_days=rules.handling_working_days,
        review_at=next_review(case.unit_code, context, is_first=True),
    )
    return counted(fresh, context)


def _reassigned(
    case: UnitCase, known: Assignment, fact: CaseAssignmentActRecorded, context: Context
) -> Decision[UnitCase]:
    """Another officer answers from now on; the deadline stays: a case gains no time by going from desk to desk."""
    new = replace(known, officer=fact.officer or "", assigned_on=context.today)
    return _changed(case, new, known.officer, REASSIGNED, "case-reassigned", fact, context)


def _extended(
    case: UnitCase, known: Assignment, fact: CaseAssignmentActRecorded, context: Context
) -> Decision[UnitCase]:
    """The deadline is the day that the act names."""
    assert fact.deadline_on is not None
    new = counted(replace(known, counted_from=fact.deadline_on, working_days=0, level=0), context)
    return _changed(case, new, "", EXTENDED, "case-extended", fact, context)


def _changed(
    case: UnitCase,
    new: Assignment,
    previous: str,
    reason: str,
    code: str,
    fact: CaseAssignmentActRecorded,
    context: Context,
) -> Decision[UnitCase]:
    after = replace(case, assignment=new)
    reaction = carried_on(case, after, context)
    values = {"officer": new.officer, "deadline_on": new.deadline_on, "grounds": fact.grounds}
    persons = {"decided_by": fact.decided_by, **({"approved_by": fact.approved_by} if fact.approved_by else {})}
    return decided(
        reaction.case,
        code,
        said(after, new, previous, reason, context),
        *reaction.facts,
        paragraphs=tuple(dict.fromkeys((law_office.OFFICE_ASSIGNMENT, *reaction.paragraphs))),
        **values,
        **persons,
    )


def _digest(fact: CaseAssignmentActRecorded) -> str:
    """The digest of all that an act says."""
    return blake2b(fact.content().encode(), digest_size=DIGEST_BYTES).hexdigest()
