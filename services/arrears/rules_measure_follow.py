"""How a unit's measure answers to what became of its case: chosen anew, said where it changed, the telephone stilled where it must be.

A unit of whose status nobody has said anything has no measure kept: it is an operating one, on the ordinary steps.
"""

from datetime import timedelta

from msgspec.structs import replace

from schemas.decision import Context, Timer
from schemas.fact import Fact
from schemas.unit_status import ClaimByBooks, DeadlineAlert, Measure, RejectedMeasure, UnitMeasureChanged
from services.arrears import law, law_status_numbers, texts_status
from services.arrears.rules_insolvency_follow import is_enforcement_suspended
from services.arrears.rules_measure_choice import Choice, Grounds, choose, grounds, measure_on
from services.arrears.rules_measure_stage import OFF_THE_ORDINARY_ROAD, PARAGRAPHS, answering, disputed, stage
from services.arrears.rules_measure_state import Deadline, MeasureState, PastMeasure
from services.arrears.rules_reaction import Reaction
from services.arrears.rules_reminders import cancellation, resting
from services.arrears.rules_state import UnitCase
from services.arrears.rules_status_standing import successors_of

DEADLINE_NEAR = "insolvency-deadline-near"
DEADLINE_OVER = "insolvency-deadline-over"
MEASURE_REVIEW = "measure-review"

PAST_MAX = 20
"""Earlier measures kept in the case; all of them stand in the log."""


def follow(before: UnitCase, now: UnitCase, context: Context) -> Reaction:
    """Choose the measure anew after anything that may bear on it; nothing for a unit whose status nobody reported."""
    if now.unit_status is None:
        return Reaction(now)
    same = before.lines is now.lines and before.unit_status is now.unit_status and before.insolvency is now.insolvency
    same = same and before.succession is now.succession
    if same and before.registration is now.registration and now.measure is not None:
        return _stilled(now, context)
    return measured(now, context)


def measured(case: UnitCase, context: Context) -> Reaction:
    """Choose the measure of a registered unit as of today."""
    on = grounds(case, context)
    known, new = case.measure, _state(case.measure, measure_on(on), on, context)
    if new == known:
        return _stilled(case, context)
    after = replace(case, measure=new)
    quiet = known is not None and _shown(known) == _shown(new)
    if quiet or (known is None and new.measure is Measure.NONE):
        return _stilled(after, context)
    fact = _said(after, choose(on), on, new, context)
    reaction = _stilled(after, context)
    return Reaction(reaction.case, (fact, *reaction.facts), fact.paragraphs)


def _state(known: MeasureState | None, measure: Measure, on: Grounds, context: Context) -> MeasureState:
    today = context.today
    where = stage(measure, on, today)
    deadline = None
    if where.deadline_kind is not None and where.deadline_on is not None:
        near_on = where.deadline_on - timedelta(days=law_status_numbers.NEAR_DAYS.value)
        deadline = Deadline(where.deadline_kind, where.deadline_on, near_on)
        if known is not None and known.deadline is not None and replace(known.deadline, alerted=None) == deadline:
            deadline = known.deadline
    review_on = where.review_on if where.review_on is not None and where.review_on > today else None
    claim_fen = 0 if on.books is None else on.books.principal_fen + on.books.late_fee_fen
    new = MeasureState(
        measure,
        where.stage,
        answering(on).liable,
        today,
        deadline,
        review_on,
        claim_fen,
        successors=successors_of(on.position),
    )
    if known is None:
        return new
    if (known.measure, known.stage) == (new.measure, new.stage):
        return replace(new, since_on=known.since_on, past=known.past)
    past = (*known.past, PastMeasure(known.measure, known.stage, known.since_on))
    return replace(new, past=past[-PAST_MAX:])


def _shown(measure: MeasureState) -> tuple[object, ...]:
    deadline = None if measure.deadline is None else (measure.deadline.kind, measure.deadline.on)
    return (measure.measure, measure.stage, measure.liable, measure.successors, deadline, measure.claim_fen)


def _said(case: UnitCase, choice: Choice, on: Grounds, new: MeasureState, context: Context) -> UnitMeasureChanged:
    registration = case.registration
    assert registration is not None
    previous = new.past[-1].measure if new.past else None
    return UnitMeasureChanged(
        district=registration.district,
        agency=registration.agency,
        occurred_on=context.today,
        unit_code=case.unit_code,
        unit_name=registration.unit_name,
        measure=new.measure,
        stage=new.stage,
        deadline_kind=None if new.deadline is None else new.deadline.kind,
        deadline_on=None if new.deadline is None else new.deadline.on,
        paragraphs=paragraphs_of(new.measure, on),
        previous_measure=previous,
        statuses=on.position.standings,
        legal_form=on.position.legal_form,
        liable=new.liable,
        successors=successors_of(on.position),
        because=choice.because,
        rejected=tuple(RejectedMeasure(measure=one.measure, reasons=one.reasons) for one in choice.rejected),
        disputed=disputed(new.measure, on),
        enforcement_suspended=is_enforcement_suspended(case),
        ordinary_steps_open=not on.is_gone,
        claim=_claim(on),
        owed_before_2020_fen=on.before_2020_fen,
        owed_since_2020_fen=on.since_2020_fen,
        oldest_due_on=on.oldest_due_on,
        repeated=on.is_repeated,
    )


def _claim(on: Grounds) -> ClaimByBooks | None:
    if on.books is None:
        return None
    return ClaimByBooks(
        principal_fen=on.books.principal_fen,
        listed_estimate_fen=on.books.listed_fen,
        late_fee_fen=on.books.late_fee_fen,
        after_acceptance_fen=on.books.after_acceptance_fen,
        after_declaration_fen=on.books.after_declaration_fen,
        claimed_fen=on.done.claimed.principal_fen + on.done.claimed.late_fee_fen,
    )


def paragraphs_of(measure: Measure, on: Grounds) -> tuple[str, ...]:
    """What a measure rests on in this case, each once."""
    own = () if measure is Measure.NONE else answering(on).paragraphs
    return tuple(dict.fromkeys((*PARAGRAPHS[measure], *own)))


def _stilled(case: UnitCase, context: Context) -> Reaction:
    """Call nobody who cannot pay any more: in bankruptcy or deregistered, single payments are void, or nobody is there."""
    ladder, registration = case.ladder, case.registration
    if ladder is None or registration is None or case.measure is None:
        return Reaction(case)
    if case.measure.measure not in OFF_THE_ORDINARY_ROAD:
        return Reaction(case)
    if ladder.next_at is None and ladder.pending_until is None:
        return Reaction(case)
    facts: tuple[Fact, ...] = cancellation(
        case.unit_code, registration, ladder, texts_status.CANCELLED_OTHER_ROAD, context
    )
    return Reaction(replace(case, ladder=resting(ladder)), facts)


def next_timer(case: UnitCase) -> Timer | None:
    """When a deadline comes near, when it is over, when time alone may change the measure: whichever is first."""
    measure = case.measure
    if measure is None:
        return None
    timers = []
    deadline = measure.deadline
    if deadline is not None and deadline.alerted is None:
        timers.append(Timer(law.end_of(deadline.near_on - timedelta(days=1)), DEADLINE_NEAR))
    if deadline is not None and deadline.alerted is not DeadlineAlert.MISSED:
        timers.append(Timer(law.end_of(deadline.on), DEADLINE_OVER))
    if measure.review_on is not None:
        timers.append(Timer(law.end_of(measure.review_on - timedelta(days=1)), MEASURE_REVIEW))
    return min(timers, key=lambda timer: timer.due_at, default=None)


def notes_of(before: UnitCase, case: UnitCase, context: Context) -> dict[str, str]:
    """The measure in hand as a decision tells it: its codes, its words, why, what was rejected why.

    What is disputed about a road is told when the unit comes upon it, and not again at every step.
    """
    on = grounds(case, context)
    choice = choose(on)
    where = stage(choice.measure, on, context.today)
    is_new = before.measure is None or before.measure.measure is not choice.measure
    name = f"{texts_status.MEASURE_NAMES[choice.measure]}（{texts_status.STAGE_NAMES[where.stage]}）"
    return {
        "measure": choice.measure,
        "stage": where.stage,
        "because": ",".join(choice.because),
        "rejected": " ".join(f"{one.measure}:{'+'.join(one.reasons)}" for one in choice.rejected),
        "measure_text": name,
        "notes_text": texts_status.notes(disputed(choice.measure, on)) if is_new else "",
    }
