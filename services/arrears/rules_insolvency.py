"""Deciding what the desk did on the roads beside the ordinary one. Pure.

    declare ──► declared ──► distributed ──► (closed) remainder ──► finished: paid, or written off
       │            ╲─► object-to-plan | plan-in-order      in a reorganisation
       └─ supplement ──► declared                           until the last distribution
    object ──► objected (back on the ordinary road) | objection-missed
    await-liquidation ──► apply ──► applied
    pursue ──► pursued ──► finished

An act is refused with all its reasons, and leaves the case as it was. A correction is judged as if the act had never been
recorded; a reversal must leave what was done after it standing.
"""

from msgspec.structs import replace

from schemas.decision import Context, Decision, already_known, decided, refused
from schemas.insolvency_acts import InsolvencyAct, InsolvencyActRecorded
from services.arrears import law, texts_status
from services.arrears.rules_case import followed, recounted
from services.arrears.rules_insolvency_objections import objections, paragraphs, values
from services.arrears.rules_insolvency_papers import known_order, ordered
from services.arrears.rules_insolvency_standing import acts_of, done, standing_acts, write_offs
from services.arrears.rules_insolvency_state import ActRecord, Cut, Insolvency
from services.arrears.rules_measure_follow import notes_of
from services.arrears.rules_revisions import Known, never_admitted, repeated
from services.arrears.rules_state import UnitCase
from services.arrears.rules_status import receive_ruling
from services.arrears.rules_status_standing import position
from services.arrears.texts_wording import yuan


def record_act(case: UnitCase | None, fact: InsolvencyActRecorded, context: Context) -> Decision[UnitCase]:
    """Decide an act, its correction, or its reversal."""
    if fact.act is InsolvencyAct.RULING_RECEIVED:
        return receive_ruling(case, fact, context)
    inadmissible = never_admitted(case, fact, context)
    if inadmissible is not None:
        return inadmissible
    new = _record_of(fact)
    if case is None or case.registration is None:
        return _refused(case, new, ("unit-not-known",), {})
    if new.act is InsolvencyAct.CLAIM_DOCUMENT_ORDERED:
        return _ordered(case, new, context)
    return _new_or_known(case, new, context)


def _new_or_known(case: UnitCase, new: ActRecord, context: Context) -> Decision[UnitCase]:
    acts = acts_of(case.insolvency)
    known = next((one for one in acts if one.reference == new.reference), None)
    if known is not None:
        answer = repeated(case, Known(known.revision, known == new), new.revision)
        if answer is not None:
            return answer
        if known.act is InsolvencyAct.WRITE_OFF_DECIDED and new.approved_by is None:
            return _refused(case, new, ("correction-not-approved",), {})
    elif len(acts) >= (most := law.office_on(context.today).registrations_max):
        return refused(case, "case-full", records_max=most)
    return _judged(case, new, context)


def _ordered(case: UnitCase, new: ActRecord, context: Context) -> Decision[UnitCase]:
    """The paper of a claim is ordered: known already, impossible with all its reasons, or numbered next."""
    known = known_order(case, new)
    if known is not None:
        return already_known(case, "content-known") if known else refused(case, "act-conflict")
    if new.reverses is not None:
        return refused(case, "act-not-reversible")
    most = law.office_on(context.today).registrations_max
    if case.insolvency is not None and len(case.insolvency.papers) >= most:
        return refused(case, "case-full", records_max=most)
    reasons = objections(case, new, context)
    if reasons:
        return _refused(case, new, reasons, values(case, new, context))
    return ordered(case, new, context)


def _judged(case: UnitCase, new: ActRecord, context: Context) -> Decision[UnitCase]:
    others = [one for one in acts_of(case.insolvency) if one.reference != new.reference]
    without = _with(case, others, context)
    after = _with(without, [*others, new], context)
    reasons = _reasons(without, after, new, context)
    if reasons:
        return _refused(case, new, reasons, values(without, new, context))
    return _taken(case, after, new, context)


def _reasons(without: UnitCase, after: UnitCase, new: ActRecord, context: Context) -> tuple[str, ...]:
    """All reasons against an act: its own, and those of what was done later and would not stand any more."""
    own: tuple[str, ...]
    if new.reverses is None:
        own = objections(without, new, context)
    else:
        target = next((one for one in acts_of(without.insolvency) if one.reference == new.reverses), None)
        own = (
            ("reversed-act-unknown",)
            if target is None or target.reverses is not None or target.act is not new.act
            else ()
        )
    standing = standing_acts(acts_of(after.insolvency))
    later = [one for one in standing if (one.occurred_on, one.reference) > (new.occurred_on, new.reference)]
    if new.reverses is not None:
        later = standing
    breaks = any(_breaks(after, standing, one, context) for one in later if one.reference != new.reference)
    return (*own, "others-rest-on-it") if breaks else own


_RESTING = (
    InsolvencyAct.CLAIM_SUPPLEMENTED,
    InsolvencyAct.CLAIM_LIST_RECEIVED,
    InsolvencyAct.CLAIM_LIST_DISPUTED,
    InsolvencyAct.CLAIM_CONFIRMED,
    InsolvencyAct.PLAN_EXAMINED,
    InsolvencyAct.DISTRIBUTION_RECEIVED,
    InsolvencyAct.WRITE_OFF_DECIDED,
)
"""Acts that presuppose others."""
_LACKING = frozenset(
    {
        "no-claim",
        "no-claim-list",
        "list-beyond-claim",
        "confirmed-beyond-claim",
        "ground-not-met",
        "distribution-beyond-claim",
        "lower-class-before-higher",
    }
)
"""Objections that come up when what an act rests on is gone; sums of claims are looked at by the stage instead."""


def _breaks(after: UnitCase, standing: list[ActRecord], act: ActRecord, context: Context) -> bool:
    if act.act not in _RESTING:
        return False
    earlier = _with(after, [one for one in standing if one is not act], context)
    return any(reason in _LACKING for reason in objections(earlier, act, context))


def _with(case: UnitCase, acts: list[ActRecord], context: Context) -> UnitCase:
    """The case with these acts and no others: what they write off is on its lines."""
    known = {} if case.insolvency is None else case.insolvency.write_offs
    ordered = tuple(sorted(acts, key=lambda one: one.reference))
    new = write_offs(ordered)
    papers = () if case.insolvency is None else case.insolvency.papers
    after = replace(case, insolvency=Insolvency(ordered, new, papers) if ordered or papers else None)
    keys = [key for key in case.lines if known.get(key, ()) != new.get(key, ())]
    return recounted(after, keys, context) if keys else after


def _taken(before: UnitCase, after: UnitCase, new: ActRecord, context: Context) -> Decision[UnitCase]:
    keys = [key for key, line in after.lines.items() if before.lines.get(key) != line]
    result = followed(before, after, keys, context)
    cited = tuple(dict.fromkeys((*paragraphs(new), *result.paragraphs)))
    told = {"act": new.act, "act_text": texts_status.ACT_NAMES[new.act], **notes_of(before, result.case, context)}
    told |= {"decided_by": new.decided_by, "approved_by": new.approved_by or ""}
    if new.reverses is not None:
        return decided(
            result.case, "insolvency-act-reversed", *result.facts, paragraphs=cited, **told, reverses=new.reverses
        )
    if new.act is InsolvencyAct.WRITE_OFF_DECIDED:
        told |= {
            "principal_text": yuan(sum(cut.principal_fen for cut in new.cuts)),
            "late_fee_text": yuan(sum(cut.late_fee_fen for cut in new.cuts)),
            "decision_number": new.decision_number or "",
            "lines": " ".join(cut.key for cut in new.cuts),
            "lines_text": texts_status.lines(cut.key for cut in new.cuts),
        }
        return decided(result.case, "write-off-recorded", *result.facts, paragraphs=cited, **told)
    if new.act is InsolvencyAct.DISTRIBUTION_RECEIVED:
        told |= _quotas(result.case)
        return decided(result.case, "distribution-recorded", *result.facts, paragraphs=cited, **told)
    return decided(result.case, "insolvency-act-recorded", *result.facts, paragraphs=cited, **told)


def _quotas(case: UnitCase) -> dict[str, str]:
    """How much of each class was paid so far: within a class everybody gets the same part (企业破产法 113)."""
    so_far = done(acts_of(case.insolvency), position(() if case.unit_status is None else case.unit_status.records))
    parts = zip(("first", "second", "ordinary"), so_far.received, so_far.entitled, strict=True)
    return {f"{name}_quota": texts_status.quota(received, claimed) for name, received, claimed in parts}


def _refused(
    case: UnitCase | None, new: ActRecord, reasons: tuple[str, ...], told: dict[str, object]
) -> Decision[UnitCase]:
    texts = [texts_status.REFUSAL_TEXTS[reason].format_map(told) for reason in reasons]
    return refused(
        case,
        "insolvency-act-refused",
        paragraphs=paragraphs(new),
        act=new.act,
        reasons=",".join(reasons),
        reasons_text=texts_status.listed(texts),
        **told,
    )


def _record_of(fact: InsolvencyActRecorded) -> ActRecord:
    return ActRecord(
        fact.business_reference,
        fact.revision,
        fact.act,
        fact.occurred_on,
        fact.district,
        fact.agency,
        fact.decided_by,
        fact.approved_by,
        fact.listed_fen,
        fact.declared_fen,
        fact.late_fee_fen,
        fact.plan_fen,
        fact.is_last_distribution,
        fact.ground,
        fact.paragraph,
        fact.decision_number,
        tuple(
            Cut(f"{line.month}/{line.insurance.value}", line.principal_fen, line.late_fee_fen) for line in fact.lines
        ),
        fact.effective_on,
        fact.reverses,
    )
