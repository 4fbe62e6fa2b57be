"""Who answers for an open case, and by when: looked at whenever something in the case changed.

The choice hangs on the unit's code and on who serves, never on chance or on the order of arrival: each officer's number is
hashed with the code, and the highest answers. Who leaves hands over only their own cases; who comes takes none from others.
"""

from datetime import UTC, date, datetime
from hashlib import blake2b

from msgspec.structs import replace

from schemas.decision import LEGAL_ZONE, Context, Timer
from schemas.officers import CaseAssigned, Duty, OfficerPublished
from schemas.vocabulary import District
from services.arrears import law, law_office
from services.arrears.inventory_standing import is_further, standing_of
from services.arrears.rules_assignment_state import Assignment
from services.arrears.rules_reaction import Reaction
from services.arrears.rules_state import Status, UnitCase

DEADLINE, REVIEW = "assignment-deadline", "assignment-review"
"""Names of the part's timers."""

OPENED, NOT_SERVING, GROWN_LARGE, FOUND = "opened", "officer-not-serving", "grown-large", "officer-found"
MOVED_ON, CALENDAR_PUBLISHED = "moved-on", "calendar-published"
REASSIGNED, EXTENDED = "reassigned", "extended"

_LARGE = (Duty.SENIOR, Duty.HEAD, Duty.HANDLER)
_USUAL = (Duty.HANDLER, Duty.SENIOR, Duty.HEAD)
"""Who answers for a case, and who where nobody of that duty serves."""


def follow(before: UnitCase, now: UnitCase, context: Context) -> Reaction:
    """Assign a case that opened, give it to another where its officer no longer fits, let it rest when it is settled."""
    known = now.assignment
    if now.status is not Status.OPEN:
        if known is None or known.deadline_on is None:
            return Reaction(now)
        return Reaction(replace(now, assignment=replace(known, deadline_on=None, is_provisional=False, level=0)))
    if known is None and OfficerPublished.topic not in context.references:
        return Reaction(now)
    if known is None or known.deadline_on is None:
        return _assigned(now, known, context)
    return _looked_at(before, now, known, context)


def next_timer(case: UnitCase) -> Timer | None:
    """The end of the deadline, or the next look whether the officer serves; none while the case rests."""
    known = case.assignment
    if known is None or known.deadline_on is None:
        return None
    review = Timer(known.review_at, REVIEW)
    if known.level >= law_office.assignment_rules_on(known.deadline_on).escalations_max:
        return review
    deadline = Timer(law.end_of(known.deadline_on), DEADLINE)
    return min(deadline, review, key=lambda timer: timer.due_at)


def serving(context: Context, officer: str, district: District) -> OfficerPublished | None:
    """Give an officer who serves a district today; None where there is no such."""
    published = context.references.get(OfficerPublished.topic, {}).get(officer)
    if isinstance(published, OfficerPublished) and _serves(published, district, context.today):
        return published
    return None


def chosen(unit_code: str, district: District, *, is_large: bool, context: Context) -> str:
    """Choose who answers for a unit: by duty, and among those of one duty by the unit's code; empty where nobody serves."""
    here = [one for one in context.reference_facts(OfficerPublished) if _serves(one, district, context.today)]
    for duty in _LARGE if is_large else _USUAL:
        if fitting := [one.officer for one in here if one.duty is duty]:
            return max(fitting, key=lambda officer: _weight(unit_code, officer))
    return ""


def head_of(context: Context, unit_code: str, district: District) -> str | None:
    """Give the head who hears of a unit's missed deadlines; None where none serves."""
    heads = [
        one.officer
        for one in context.reference_facts(OfficerPublished)
        if one.duty is Duty.HEAD and _serves(one, district, context.today)
    ]
    return max(heads, key=lambda officer: _weight(unit_code, officer), default=None)


def is_large(case: UnitCase, context: Context) -> bool:
    """Tell whether a unit owes the published size or more."""
    large_fen = int(context.parameter(law_office.SENIOR_FROM_PARAMETER, law_office.SENIOR_FROM_FEN))
    owed_fen = sum([line.owed_fen for line in case.lines.values() if line.found_on is not None])
    return owed_fen >= large_fen


def counted(assignment: Assignment, context: Context) -> Assignment:
    """The assignment with its deadline counted by the calendars known today."""
    counted_day = context.calendar.add_working_days(assignment.counted_from, assignment.working_days)
    return replace(assignment, deadline_on=counted_day.on, is_provisional=counted_day.provisional)


def next_review(unit_code: str, context: Context, *, is_first: bool = False) -> datetime:
    """When the case is looked at next (UTC). The first looks of many cases are spread over the days of the period."""
    rules = law_office.assignment_rules_on(context.today)
    days = rules.review_working_days
    if is_first:
        days = 1 + _weight(unit_code, "review")[0] % days
    day = context.calendar.add_working_days(context.today, days).on
    return datetime.combine(day, rules.review_time, LEGAL_ZONE).astimezone(UTC)


def said(case: UnitCase, known: Assignment, previous: str, reason_code: str, context: Context) -> CaseAssigned:
    """Say who answers for the case now, and by when."""
    registration = case.registration
    assert registration is not None
    assert known.deadline_on is not None
    return CaseAssigned(
        district=registration.district,
        agency=registration.agency,
        occurred_on=context.today,
        unit_code=case.unit_code,
        unit_name=registration.unit_name,
        officer=known.officer or None,
        previous_officer=previous or None,
        stage=known.stage,
        deadline_on=known.deadline_on,
        deadline_is_provisional=known.is_provisional,
        reason_code=reason_code,
    )


def _assigned(case: UnitCase, known: Assignment | None, context: Context) -> Reaction:
    """Assign a case that opened; one that opened again goes to who had it, if they still serve."""
    today, rules = context.today, law_office.assignment_rules_on(context.today)
    registration = case.registration
    assert registration is not None
    former = "" if known is None else known.officer
    if former and serving(context, former, registration.district) is not None:
        officer = former
    else:
        officer = chosen(case.unit_code, registration.district, is_large=is_large(case, context), context=context)
    new = Assignment(
        officer=officer,
        assigned_on=today,
        stage=standing_of(case).stage,
        counted_from=today,
        working_days=rules.handling_working_days,
        review_at=next_review(case.unit_code, context, is_first=True),
        acts=() if known is None else known.acts,
    )
    return _answered(case, counted(new, context), former, OPENED, context)


def _looked_at(before: UnitCase, case: UnitCase, known: Assignment, context: Context) -> Reaction:
    registration = case.registration
    assert registration is not None
    officer, reason = known.officer, ""
    holder = serving(context, officer, registration.district)
    if holder is None:
        large = is_large(case, context)
        officer = chosen(case.unit_code, registration.district, is_large=large, context=context)
        reason = NOT_SERVING if known.officer else FOUND
    elif holder.duty is Duty.HANDLER and before.lines is not case.lines and is_large(case, context):
        officer = _senior_or(officer, case, registration.district, context)
        reason = GROWN_LARGE
    if officer != known.officer:
        handed = replace(known, officer=officer, assigned_on=context.today)
        return _answered(case, _moved_on(handed, case, context), known.officer, reason, context)
    moved = _moved_on(known, case, context)
    if moved.stage != known.stage:
        return _answered(case, moved, known.officer, MOVED_ON, context)
    recounted = counted(known, context) if known.is_provisional else known
    if recounted == known:
        return Reaction(case)
    if recounted.deadline_on == known.deadline_on:
        return Reaction(replace(case, assignment=recounted))
    return _answered(case, recounted, known.officer, CALENDAR_PUBLISHED, context)


def _senior_or(officer: str, case: UnitCase, district: District, context: Context) -> str:
    """The senior officer for a case that grew large; whoever has it, where no senior serves."""
    found = chosen(case.unit_code, district, is_large=True, context=context)
    senior = serving(context, found, district) if found else None
    return officer if senior is None or senior.duty is Duty.HANDLER else found


def _moved_on(known: Assignment, case: UnitCase, context: Context) -> Assignment:
    """The assignment with its deadline counted anew, if the case got further than it ever was since it opened."""
    stage = standing_of(case).stage
    if not is_further(stage, known.stage):
        return known
    days = law_office.assignment_rules_on(context.today).handling_working_days
    anew = replace(known, stage=stage, counted_from=context.today, working_days=days, level=0)
    return counted(anew, context)


def _answered(case: UnitCase, new: Assignment, previous: str, reason: str, context: Context) -> Reaction:
    changed = replace(case, assignment=new)
    fact = said(changed, new, previous if previous != new.officer else "", reason, context)
    return Reaction(changed, (fact,), (law_office.OFFICE_ASSIGNMENT,))


def _serves(officer: OfficerPublished, district: District, today: date) -> bool:
    ended = officer.serves_until is not None and officer.serves_until < today
    return district in officer.districts and officer.serves_from <= today and not ended


def _weight(unit_code: str, officer: str) -> bytes:
    return blake2b(f"{unit_code}/{officer}".encode(), digest_size=8).digest()
