"""Enforcement after a notice's deadline (逾期未缴的处理): what the desk records of it. Pure.

    (none) ──► due            the notice's deadline is over and it is not paid
    due ─► querying ─► funded ─► applied ─► demanded ⇄ hearing        查询、申请划拨、催告、陈述申辩
                  └──► insufficient    └─► demanded ─► decided ─► ordered ─► collected    决定、通知银行、到账
    insufficient ─► deferred ─► breached ─► querying, collected, insufficient      延期缴费协议、违约、变现
    insufficient ─► court-demanded ─► court-applied ─► court-accepted ─► court-ruled ─► seized ─► auctioned ─► collected
                                      court-applied, court-accepted ─► court-declined ─► court-reviewing
    any live ─► suspended ─► where it rested; lapsed after three years
    any live ─► paid, cancelled, ended; ─► dropped where the unit is right
    ordered ─► withdrawing ─► one of these: the bank has to confirm first

The whole table is `rules_enforcement_table`; every arrow of it is drawn in docs/generated/states. Days and windows are
counted in `rules_enforcement_windows`, what may object to an act stands in `rules_enforcement_guards`, what it does in
`rules_enforcement_effects`. What moves a procedure without an act: `rules_enforcement_follow`, `rules_enforcement_watch`.
"""

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from schemas.decision import Context, Decision, Outcome, decided, refused
from schemas.enforcement import EnforcementAct as Act
from schemas.enforcement import EnforcementActRecorded
from services.arrears import law_enforcement as law
from services.arrears import rules_enforcement_late_fee as late_fee
from services.arrears import texts_enforcement as texts
from services.arrears.rules_case import Followed, followed
from services.arrears.rules_enforcement_effects import effect_of
from services.arrears.rules_enforcement_follow import procedure_of
from services.arrears.rules_enforcement_guards import objections
from services.arrears.rules_enforcement_moves import begun_for_late_fee, moved
from services.arrears.rules_enforcement_owed import notice_of
from services.arrears.rules_enforcement_papers import number_asked
from services.arrears.rules_enforcement_state import EnforcementState, Procedure
from services.arrears.rules_enforcement_trial import Trial
from services.arrears.rules_enforcement_undo import digest, lacks_approval, undo_of, undone, with_act
from services.arrears.rules_following import carried_on
from services.arrears.rules_reaction import Reaction
from services.arrears.rules_revisions import Known, never_admitted, repeated
from services.arrears.rules_state import UnitCase
from services.arrears.texts_wording import yuan

ACTS_MAX = 1_000
"""Acts that one case may keep: a procedure of two years has some thirty."""


def record_act(case: UnitCase | None, fact: EnforcementActRecorded, context: Context) -> Decision[UnitCase]:
    """Decide an act of enforcement: known already, impossible with all its reasons, taken in, corrected, or taken back."""
    inadmissible = never_admitted(case, fact, context)
    if inadmissible is not None:
        return inadmissible
    state = EnforcementState() if case is None or case.enforcement is None else case.enforcement
    known = next((act for act in state.acts if act.reference == fact.business_reference), None)
    if known is not None:
        answer = repeated(case, Known(known.revision, known.digest == digest(fact)), fact.revision)
        return answer or _corrected(case, fact, context)
    if len(state.acts) >= ACTS_MAX:
        return refused(case, "case-full", records_max=ACTS_MAX)
    return _taken_in(case, fact, context) if fact.reverses is None else _taken_back(case, fact, context)


def _taken_in(case: UnitCase | None, fact: EnforcementActRecorded, context: Context) -> Decision[UnitCase]:
    if fact.act is Act.LATE_FEE_PURSUED and case is not None and case.registration is not None:
        return _late_fee_pursued(case, fact, context)
    live = () if case is None or case.enforcement is None else case.enforcement.live()
    procedure = next((one for one in live if one.number == fact.notice_number), None)
    if case is None or case.registration is None or procedure is None:
        return refused(case, "enforcement-unknown", number=fact.notice_number)
    return _judged(case, procedure, fact, context)


def _late_fee_pursued(case: UnitCase, fact: EnforcementActRecorded, context: Context) -> Decision[UnitCase]:
    """The late fee of a notice whose principal is paid is enforced by itself."""
    notices = () if case.notice is None else case.notice.notices
    notice = next((one for one in notices if one.number == fact.notice_number), None)
    if notice is None:
        return refused(case, "enforcement-unknown", number=fact.notice_number)
    against = late_fee.objections(case, notice, fact, context)
    if against:
        return _impossible(case, fact, against)
    result = begun_for_late_fee(case, notice, procedure_of(case, notice.ordinal), fact.occurred_on, context)
    reaction = carried_on(case, with_act(result.case, fact, None), context)
    return decided(
        reaction.case,
        f"enforcement-{fact.act}",
        result.fact,
        *reaction.facts,
        paragraphs=tuple(dict.fromkeys((*result.paragraphs, *reaction.paragraphs))),
        number=fact.notice_number,
        stage=texts.STAGE_NAMES[result.fact.stage],
        decided_by=fact.decided_by,
        approved_by=fact.approved_by,
    )


def _impossible(
    case: UnitCase, fact: EnforcementActRecorded, against: list[tuple[str, Mapping[str, Any]]]
) -> Decision[UnitCase]:
    sentences = [texts.OBJECTIONS[code].format(**values) for code, values in against]
    return refused(
        case,
        "enforcement-act-impossible",
        act=texts.ACT_NAMES[fact.act],
        number=fact.notice_number,
        reasons=" ".join(code for code, _ in against),
        reasons_text="；".join(sentences),
    )


def _corrected(case: UnitCase | None, fact: EnforcementActRecorded, context: Context) -> Decision[UnitCase]:
    """A higher revision of the last act: judged as if the lower one had not been recorded."""
    before = None if case is None else undone(case, fact.business_reference, context)
    if case is None or before is None:
        return refused(case, "enforcement-act-not-correctable", reference=fact.business_reference)
    if lacks_approval(case, fact):
        return _not_approved(case, fact.business_reference)
    decision = _taken_in(before.case, fact, context)
    return decision._replace(state=case) if decision.reason.outcome is Outcome.REFUSED else decision


def _taken_back(case: UnitCase | None, fact: EnforcementActRecorded, context: Context) -> Decision[UnitCase]:
    result = None if case is None else undone(case, str(fact.reverses), context)
    if case is None or result is None:
        return refused(case, "enforcement-act-not-reversible", reverses=fact.reverses)
    if lacks_approval(case, fact):
        return _not_approved(case, str(fact.reverses))
    reaction = carried_on(case, with_act(result.case, fact, None), context)
    return decided(
        reaction.case,
        "enforcement-act-reversed",
        result.fact,
        *reaction.facts,
        paragraphs=tuple(dict.fromkeys((*result.paragraphs, *reaction.paragraphs))),
        number=result.fact.notice_number,
        reverses=fact.reverses,
        stage=texts.STAGE_NAMES[result.fact.stage],
    )


def _not_approved(case: UnitCase, reference: str) -> Decision[UnitCase]:
    return refused(case, "enforcement-act-not-approved", paragraphs=(law.GRADED_REVIEW,), reference=reference)


def _judged(case: UnitCase, procedure: Procedure, fact: EnforcementActRecorded, context: Context) -> Decision[UnitCase]:
    trial = Trial(case, procedure, notice_of(case, procedure), fact, context)
    against = objections(trial)
    if against:
        return _impossible(case, fact, against)
    result = moved(case, procedure, fact.act, effect_of(trial), fact.occurred_on, context)
    asked = _number_asked(result.case, procedure, fact, context)
    after = with_act(asked.case, fact, undo_of(fact, procedure, result))
    reaction = (
        _rested(case, after, trial, context) if fact.act is Act.AGREEMENT_SIGNED else carried_on(case, after, context)
    )
    return decided(
        reaction.case,
        f"enforcement-{fact.act}",
        result.fact,
        *asked.facts,
        *reaction.facts,
        paragraphs=tuple(dict.fromkeys((*result.paragraphs, *reaction.paragraphs))),
        **_values(fact, trial, texts.STAGE_NAMES[result.fact.stage]),
    )


def _number_asked(case: UnitCase, before: Procedure, fact: EnforcementActRecorded, context: Context) -> Reaction:
    """The case with one more paper ordered, and its number asked for; as it was where the act orders none."""
    state = case.enforcement
    if fact.act is not Act.DOCUMENT_ORDERED or state is None:
        return Reaction(case)
    procedure = next(one for one in state.procedures if one.notice == before.notice)
    paper = procedure.papers[-1]
    counted = replace(case, enforcement=replace(state, papers_ordered=paper.ordinal))
    return Reaction(counted, (number_asked(case, paper, context),))


def _rested(before: UnitCase, after: UnitCase, trial: Trial, context: Context) -> Followed:
    """From the day after an agreement was signed its lines bear no late fee (令13号 22)."""
    keys = [key for key in trial.notice.lines if key in after.lines]
    return followed(before, after, keys, context)


def _values(fact: EnforcementActRecorded, trial: Trial, stage: str) -> dict[str, Any]:
    """What a reason says of an act: which notice, who, where it stands now; for a fine, what it may be."""
    values: dict[str, Any] = {"number": fact.notice_number, "stage": stage, "decided_by": fact.decided_by}
    if fact.document is not None:
        values["document"] = texts.DOCUMENT_NAMES[fact.document]
    if fact.approved_by is not None:
        values["approved_by"] = fact.approved_by
    if fact.act is Act.FINE_REFERRED:
        until, principal_fen = trial.procedure.fine_until, trial.due.principal_fen
        is_late = until is not None and fact.occurred_on > until
        values["least"], values["most"] = (
            yuan(law.FINE_TIMES_MIN.value * principal_fen),
            yuan(law.FINE_TIMES_MAX.value * principal_fen),
        )
        values["timeliness"] = texts.FINE_LATE if is_late else texts.FINE_IN_TIME
    return values
