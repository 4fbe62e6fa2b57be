"""Moving a procedure by the table, and saying where it stands."""

from datetime import date, timedelta
from typing import Any, NamedTuple

from msgspec.structs import replace

from schemas.decision import Context
from schemas.enforcement import EnforcementChanged
from schemas.enforcement_terms import EnforcementAct as Act
from schemas.enforcement_terms import EnforcementDocument as Document
from schemas.enforcement_terms import EnforcementEvent as Event
from schemas.enforcement_terms import EnforcementStage as Stage
from services.arrears import law_enforcement as law
from services.arrears import texts_enforcement as texts
from services.arrears.rules_enforcement_duties import ACT_RULES, EVENT_DOCUMENTS, EVENT_PARAGRAPHS, NEXT_ROLES
from services.arrears.rules_enforcement_effects import Effect
from services.arrears.rules_enforcement_owed import late_fee_paid_fen, notice_of, owed, settled_fen
from services.arrears.rules_enforcement_papers import DOCUMENTS
from services.arrears.rules_enforcement_state import DECLINED, FINAL_STAGES, EnforcementState, Procedure
from services.arrears.rules_enforcement_table import AT_COURT, Trigger, target
from services.arrears.rules_enforcement_windows import counted
from services.arrears.rules_lines import evaluated
from services.arrears.rules_notice_state import Notice
from services.arrears.rules_relief import relief_of
from services.arrears.rules_state import UnitCase

OF_A_STAGE = frozenset({Event.DEADLINE_MISSED.value, Event.CREDIT_MISSED.value, Event.COURT_REVIEW_MISSED.value})
"""What is said once a stage, and again at the next."""


class Moved(NamedTuple):
    """The case after a move, what is said of it, and what the move rests on."""

    case: UnitCase
    fact: EnforcementChanged
    paragraphs: tuple[str, ...]


def begun(case: UnitCase, notice: Notice, known: Procedure | None, context: Context) -> Moved:
    """Begin the enforcement of a notice that is overdue; `known`: how it was enforced before, if it was.

    An agreement that a payment ended before its time goes on where that payment is taken back: the unit has not broken it (行政强制法 42(3)).
    """
    today = context.today
    if known is not None and known.stage is Stage.PAID and known.agreement is not None and known.agreement.runs:
        deferred = replace(known, stage=Stage.DEFERRED, since_on=today, attempt=known.attempt + 1)
        return _put(case, None, counted(case, deferred, notice, context), Event.NOTICE_OVERDUE, context)
    procedure = Procedure(
        notice.ordinal,
        notice.number,
        Stage.DUE,
        today,
        notice.last_day_on or today,
        settled_before_fen=settled_fen(case, notice, today),
    )
    return _begun(
        case, known, counted(case, _going_on(procedure, known), notice, context), Event.NOTICE_OVERDUE, context
    )


def _going_on(procedure: Procedure, known: Procedure | None) -> Procedure:
    """The procedure with what outlives an attempt, as it is the notice's: its remedy, the fine, the court's last word, days without late fee.

    So is what execution brought in, which no payment may show yet; that of the principal is not that of the late fee alone. An agreement that was running is over.
    """
    if known is None:
        return procedure
    known = _agreement_over(known, procedure.since_on)
    if known.is_of_late_fee is procedure.is_of_late_fee:
        procedure = replace(procedure, received_fen=known.received_fen, settled_before_fen=known.settled_before_fen)
    return replace(
        procedure,
        attempt=known.attempt + 1,
        last_on=max(procedure.last_on, known.last_on),
        free_days=known.all_free_days,
        remedy=known.remedy,
        fine_referred_on=known.fine_referred_on,
        court_closed=DECLINED if known.court_closed == DECLINED else "",
    )


def begun_for_late_fee(case: UnitCase, notice: Notice, known: Procedure | None, on: date, context: Context) -> Moved:
    """Begin the enforcement of the late fee alone: the road to the court, as no transfer covers it by itself."""
    procedure = Procedure(
        notice.ordinal,
        notice.number,
        Stage.INSUFFICIENT,
        on,
        on,
        settled_before_fen=late_fee_paid_fen(case, notice, on),
        is_of_late_fee=True,
    )
    return _begun(
        case, known, counted(case, _going_on(procedure, known), notice, context), Act.LATE_FEE_PURSUED, context
    )


def _begun(case: UnitCase, known: Procedure | None, procedure: Procedure, trigger: Trigger, context: Context) -> Moved:
    """Put a procedure in place of the one before; its lines bear late fee again where an agreement was over with that."""
    rested = resting_anew(with_procedure(case, procedure), known, procedure, context)
    return _put(rested, None, procedure, trigger, context)


def moved(case: UnitCase, procedure: Procedure, trigger: Trigger, effect: Effect, on: date, context: Context) -> Moved:
    """Move a procedure as the table says; `on`: the legal date of what moved it."""
    notice = notice_of(case, procedure)
    stage = target(procedure.stage, trigger, effect.outcome)
    changes = dict(effect.changes)
    said: tuple[str, ...] = changes.pop("said", procedure.said)
    if stage is not procedure.stage:
        said = tuple(word for word in said if word not in OF_A_STAGE)
        changes["since_on"] = on
    after = replace(
        procedure, stage=stage, last_on=on if isinstance(trigger, Act) else procedure.last_on, said=said, **changes
    )
    return _put(case, procedure, counted(case, _without_agreement(after, on), notice, context), trigger, context)


def _without_agreement(procedure: Procedure, on: date) -> Procedure:
    """An agreement is over with its procedure: nobody waits for its instalments any more. One that was paid is kept, for a payment that bounces."""
    is_over = procedure.stage in FINAL_STAGES and procedure.stage is not Stage.PAID
    return _agreement_over(procedure, on) if is_over else procedure


def _agreement_over(procedure: Procedure, on: date) -> Procedure:
    """The procedure with an agreement that was running ended on a day: the next bears late fee again."""
    agreement = procedure.agreement
    if agreement is None or not agreement.runs or on >= agreement.free_until:
        return procedure
    return replace(procedure, agreement=replace(agreement, ended_on=on))


def restored(case: UnitCase, after: Procedure, before: Procedure, context: Context) -> Moved:
    """Put a procedure back to where it stood before an act that was a slip; its days are counted anew."""
    return _put(case, after, counted(case, before, notice_of(case, before), context), Event.ACT_REVERSED, context)


def with_procedure(case: UnitCase, procedure: Procedure) -> UnitCase:
    """The case with a procedure in place of the one that its notice had."""
    state = case.enforcement or EnforcementState()
    others = [one for one in state.procedures if one.notice != procedure.notice]
    procedures = tuple(sorted((*others, procedure), key=lambda one: one.notice))
    return replace(case, enforcement=replace(state, procedures=procedures))


def _put(case: UnitCase, before: Procedure | None, after: Procedure, trigger: Trigger, context: Context) -> Moved:
    now = resting_anew(with_procedure(case, after), before, after, context)
    fact = _said(now, before, after, trigger, context)
    return Moved(now, fact, fact.paragraphs)


def resting_anew(case: UnitCase, before: Procedure | None, after: Procedure, context: Context) -> UnitCase:
    """The case with the late fee of its agreements' days off (令13号 22), as those days stand now, where they are others than before."""
    if before is None or before.all_free_days == after.all_free_days:
        return case
    notice = notice_of(case, after)
    lines = {
        key: evaluated(case.lines[key], case.reversals, context, relief_of(case, key))
        for key in notice.lines
        if key in case.lines
    }
    return replace(case, lines={**case.lines, **lines})


def _said(
    case: UnitCase, before: Procedure | None, after: Procedure, trigger: Trigger, context: Context
) -> EnforcementChanged:
    registration = case.registration
    assert registration is not None
    due = owed(case, notice_of(case, after), after, context.today, context)
    agreement = after.agreement if after.agreement is not None and after.agreement.fee_is_free else None
    return EnforcementChanged(
        district=registration.district,
        agency=registration.agency,
        occurred_on=context.today,
        unit_code=case.unit_code,
        unit_name=registration.unit_name,
        notice_number=after.number,
        attempt=after.attempt,
        stage=after.stage,
        previous_stage=None if before is None else before.stage,
        act=trigger if isinstance(trigger, Act) else None,
        event=trigger if isinstance(trigger, Event) else None,
        as_of=context.today,
        principal_fen=due.principal_fen,
        late_fee_fen=due.late_fee_fen,
        amount_fen=after.amount_fen,
        received_fen=after.received_fen,
        next_role=NEXT_ROLES.get(after.stage),
        deadline_on=after.deadline_on,
        deadline_is_provisional=after.deadline_is_provisional,
        court_from=after.court_from,
        court_until=after.court_until,
        fine_until=after.fine_until,
        late_fee_free_from=None if agreement is None else agreement.signed_on + timedelta(days=1),
        late_fee_free_until=None if agreement is None else agreement.free_until,
        documents=_documents(before, after, trigger),
        **_paper(before, after),
        paragraphs=_paragraphs(after, trigger),
        explanation=texts.EXPLANATIONS[after.stage],
    )


def _paper(before: Procedure | None, after: Procedure) -> dict[str, Any]:
    """The paper that a step ordered, or that was made out."""
    known = () if before is None else before.papers
    paper = next((one for one in after.papers if one not in known), None)
    if paper is None:
        return {}
    return {
        "document": DOCUMENTS[paper.kind],
        "document_number": paper.number or None,
        "document_sha256": paper.sha256 or None,
    }


def _documents(before: Procedure | None, after: Procedure, trigger: Trigger) -> tuple[Document, ...]:
    """The papers of a step: the act's own, and those that take back what was under way when a procedure ends."""
    own = ACT_RULES[trigger].documents if isinstance(trigger, Act) else EVENT_DOCUMENTS.get(trigger, ())
    if before is None or not (after.stage in FINAL_STAGES or after.stage is Stage.WITHDRAWING):
        return own
    standing = before.standing_stage
    if standing in (Stage.DECIDED, Stage.ORDERED):
        return (*own, Document.TRANSFER_WITHDRAWAL)
    return (*own, Document.COURT_WITHDRAWAL) if standing in AT_COURT else own


def _paragraphs(after: Procedure, trigger: Trigger) -> tuple[str, ...]:
    """What a step rests on, and what the next deadline rests on."""
    own = ACT_RULES[trigger].paragraphs if isinstance(trigger, Act) else EVENT_PARAGRAPHS[trigger]
    term = law.STAGE_TERMS.get(after.stage)
    due = () if term is None or after.deadline_on is None else (term.paragraph,)
    free = (law.FREE_OF_LATE_FEE,) if trigger is Act.AGREEMENT_SIGNED else ()
    return tuple(dict.fromkeys((*own, *due, *free)))
