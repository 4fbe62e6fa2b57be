"""Why an act of the desk cannot stand on the road that the unit is on: all reasons, as codes. Pure.

Each act is looked at as the case stands without it, so that a correction is not measured against itself.
"""

from collections.abc import Callable, Mapping

from schemas.decision import Context
from schemas.insolvency_acts import InsolvencyAct, WriteOffGround
from schemas.unit_status import LegalForm
from services.arrears import law_status, law_status_liable, texts_status
from services.arrears import rules_insolvency_claims as claims
from services.arrears.law_documents import OFFICIAL_DOCUMENTS
from services.arrears.rules_insolvency_books import owed_on
from services.arrears.rules_insolvency_seen import Seen
from services.arrears.rules_insolvency_standing import Amounts, amounts
from services.arrears.rules_insolvency_state import ActRecord, Cut
from services.arrears.rules_measure_choice import grounds
from services.arrears.rules_measure_stage import (
    last_day_of_additional_distribution,
    last_day_of_liquidation_group,
    last_day_to_object,
)
from services.arrears.rules_standing import late_fee
from services.arrears.rules_state import Line, UnitCase
from services.arrears.rules_status_standing import successors_of
from services.arrears.texts_wording import yuan


def objections(case: UnitCase, act: ActRecord, context: Context) -> tuple[str, ...]:
    """Everything that speaks against an act; () where it stands. `case` is without it."""
    seen = Seen(case, grounds(case, context), act, context)
    return tuple(dict.fromkeys(OBJECTIONS[act.act](seen)))


def values(case: UnitCase, act: ActRecord, context: Context) -> dict[str, object]:
    """The figures that the reasons name."""
    seen = Seen(case, grounds(case, context), act, context)
    revoked = seen.on.position.revoked
    return {
        "principal_text": yuan(seen.books.principal_fen),
        "late_fee_text": yuan(seen.books.late_fee_fen),
        "account_kinds_text": yuan(seen.books.account_kinds_fen),
        "principal_fen": seen.books.principal_fen,
        "late_fee_fen": seen.books.late_fee_fen,
        "account_kinds_fen": seen.books.account_kinds_fen,
        "listed_estimate_fen": seen.books.listed_fen,
        "after_acceptance_fen": seen.books.after_acceptance_fen,
        "after_declaration_fen": seen.books.after_declaration_fen,
        "objection_by": last_day_to_object(seen.on) or "",
        "group_by": last_day_of_liquidation_group(revoked.occurred_on) if revoked is not None else "",
        "lines": " ".join(cut.key for cut in act.cuts),
        "lines_text": texts_status.lines(cut.key for cut in act.cuts),
    }


def _plan(seen: Seen) -> list[str]:
    found = claims.in_court(seen)
    if seen.proceeding is not None and not seen.proceeding.is_reorganising:
        found.append("no-reorganisation")
    if not seen.done.claim_count:
        found.append("no-claim")
    elif (seen.act.plan_fen or 0) > seen.done.claimed.declared_fen:
        found.append("plan-beyond-claim")
    return found


def _distribution(seen: Seen) -> list[str]:
    found = claims.in_court(seen)
    if seen.proceeding is not None and seen.proceeding.declared_on is None:
        found.append("not-declared-bankrupt")
    if not seen.done.claim_count:
        found.append("no-claim")
    until = last_day_of_additional_distribution(seen.on)
    if until is not None and seen.act.occurred_on > until:
        found.append("additional-distribution-over")
    return found + _by_class(seen.done.received.plus(amounts(seen.act)), seen.done.entitled)


def _by_class(received: Amounts, claimed: Amounts) -> list[str]:
    """The classes are paid one after another, each wholly before the next, none beyond its claim (企业破产法 113)."""
    found = []
    if any(have > claim for have, claim in zip(received, claimed, strict=True)):
        found.append("distribution-beyond-claim")
    is_early = any(
        have and any(got < due for got, due in zip(received[:place], claimed[:place], strict=True))
        for place, have in enumerate(received)
    )
    return [*found, "lower-class-before-higher"] if is_early else found


def _close(seen: Seen) -> list[str]:
    return claims.in_court(seen) + (["already-closed"] if seen.done.closed_on is not None else [])


def _object(seen: Seen) -> list[str]:
    last_day, announced = last_day_to_object(seen.on), seen.on.position.announced
    found = [] if seen.on.is_owed else ["nothing-owed"]
    if last_day is None or announced is None or seen.act.occurred_on < announced.occurred_on:
        found.append("no-simple-deregistration")
    elif seen.act.occurred_on > last_day:
        found.append("objection-too-late")
    if seen.done.objected_on is not None:
        found.append("objection-filed")
    return found


def _liquidate(seen: Seen) -> list[str]:
    now = seen.on.position
    found = [] if seen.on.is_owed else ["nothing-owed"]
    if now.revoked is None:
        found.append("not-revoked")
    elif seen.act.occurred_on <= last_day_of_liquidation_group(now.revoked.occurred_on):
        found.append("liquidation-period-open")
    if now.legal_form is LegalForm.SOLE_PROPRIETOR:
        found.append("sole-proprietor-has-no-liquidation")
    if now.liquidating is not None:
        found.append("liquidation-under-way")
    if seen.on.is_gone:
        found.append("unit-gone")
    return [*found, "already-applied"] if seen.done.applied_on is not None else found


def _tell_liquidators(seen: Seen) -> list[str]:
    """A claim to a liquidation group is what the unit owes on its day; it is taken in until the liquidation ends."""
    group, day = seen.on.position.liquidating, seen.act.occurred_on
    if group is None or day < group.occurred_on:
        return ["no-liquidation"]
    owed = owed_on(seen.case, day, seen.context)
    claimed = seen.done.told_liquidators.plus(amounts(seen.act))
    found = ["claim-principal-differs"] if claimed.principal_fen != owed.principal_fen else []
    return [*found, "claim-late-fee-differs"] if claimed.late_fee_fen != owed.late_fee_fen else found


def _pursue(seen: Seen) -> list[str]:
    found = [] if seen.on.is_owed else ["nothing-owed"]
    deregistered = seen.on.position.deregistered
    if deregistered is None or seen.act.occurred_on < deregistered.occurred_on:
        found.append("not-deregistered")
    return [*found, "bankruptcy-concluded"] if seen.on.is_after_bankruptcy else found


def _write_off(seen: Seen) -> list[str]:
    act = seen.act
    assert act.ground is not None
    rule = law_status_liable.WRITE_OFF_RULES[act.ground]
    found = [] if _ground_is_met(seen, act.ground) else ["ground-not-met"]
    if rule.paragraphs and act.paragraph not in rule.paragraphs:
        found.append("paragraph-not-of-ground")
    if not rule.cuts_principal and any(cut.principal_fen for cut in act.cuts):
        found.append("plan-cannot-cut-principal")
    return found + [reason for cut in act.cuts for reason in _against_line(seen, cut, act.ground)]


def _ground_is_met(seen: Seen, ground: WriteOffGround) -> bool:
    """Tell whether what a ground rests on has come about by the day of the act. A unit that has successors is gone, and its debt is not (民法典 67)."""
    match ground:
        case WriteOffGround.BANKRUPTCY_CONCLUDED:
            closed_on = seen.done.closed_on
            return seen.on.is_after_bankruptcy and (closed_on is None or closed_on <= seen.act.occurred_on)
        case WriteOffGround.REORGANISATION_PLAN:
            return seen.done.plan_fen is not None and seen.done.plan_fen >= seen.done.claimed.declared_fen
        case WriteOffGround.AUTHORITY_DECISION:
            pursued_on = seen.done.pursued_on
            is_pursued = pursued_on is not None and pursued_on <= seen.act.occurred_on
            return seen.on.is_after_bankruptcy or (is_pursued and not successors_of(seen.on.position))


def _against_line(seen: Seen, cut: Cut, ground: WriteOffGround) -> list[str]:
    line = seen.case.lines.get(cut.key, Line())
    if line.due_on is None:
        return ["line-unknown"]
    day, proceeding = seen.act.occurred_on, seen.proceeding
    if ground is WriteOffGround.REORGANISATION_PLAN and proceeding is not None:
        day = min(day, proceeding.accepted_on)
    found = ["beyond-what-is-owed"] if cut.principal_fen > line.owed_fen else []
    return [*found, "beyond-late-fee"] if cut.late_fee_fen > late_fee(line, day, capped=False).fen else found


OBJECTIONS: Mapping[InsolvencyAct, Callable[[Seen], list[str]]] = {
    InsolvencyAct.CLAIM_FILED: claims.claim,
    InsolvencyAct.CLAIM_SUPPLEMENTED: claims.supplement,
    InsolvencyAct.CLAIM_LIST_RECEIVED: claims.claim_list,
    InsolvencyAct.CLAIM_LIST_DISPUTED: claims.dispute,
    InsolvencyAct.CLAIM_CONFIRMED: claims.confirmation,
    InsolvencyAct.CLAIM_DOCUMENT_ORDERED: claims.claim_document,
    InsolvencyAct.PLAN_EXAMINED: _plan,
    InsolvencyAct.DISTRIBUTION_RECEIVED: _distribution,
    InsolvencyAct.PROCEEDING_CLOSED: _close,
    InsolvencyAct.OBJECTION_FILED: _object,
    InsolvencyAct.LIQUIDATION_APPLIED: _liquidate,
    InsolvencyAct.LIQUIDATION_CLAIMED: _tell_liquidators,
    InsolvencyAct.OBLIGORS_CLAIMED: _pursue,
    InsolvencyAct.WRITE_OFF_DECIDED: _write_off,
}


def paragraphs(act: ActRecord) -> tuple[str, ...]:
    """What an act rests on, and so does its refusal."""
    if act.ground is not None:
        own = () if act.paragraph is None else (act.paragraph,)
        return tuple(dict.fromkeys((*own, *law_status_liable.WRITE_OFF_RULES[act.ground].paragraphs)))
    return _PARAGRAPHS[act.act]


_PARAGRAPHS: Mapping[InsolvencyAct, tuple[str, ...]] = {
    InsolvencyAct.CLAIM_FILED: (
        law_status.DECLARE_TIME,
        law_status.DECLARED_TO_ADMINISTRATOR,
        law_status.CLAIM_IN_WRITING,
        law_status.LATE_FEE_STOPS,
        law_status.PRINCIPAL_STOPS,
    ),
    InsolvencyAct.CLAIM_SUPPLEMENTED: (law_status.SUPPLEMENTED,),
    InsolvencyAct.CLAIM_LIST_RECEIVED: (law_status.CLAIM_LIST,),
    InsolvencyAct.CLAIM_LIST_DISPUTED: (law_status.CLAIM_LIST, law_status.ADMISSION),
    InsolvencyAct.CLAIM_CONFIRMED: (law_status.ADMISSION,),
    InsolvencyAct.CLAIM_DOCUMENT_ORDERED: (law_status.CLAIM_IN_WRITING, OFFICIAL_DOCUMENTS),
    InsolvencyAct.PLAN_EXAMINED: (law_status.PLAN_CANNOT_CUT,),
    InsolvencyAct.DISTRIBUTION_RECEIVED: (law_status.CLASSES, law_status.ADDITIONAL_DISTRIBUTION),
    InsolvencyAct.PROCEEDING_CLOSED: (law_status.CONCLUDED,),
    InsolvencyAct.OBJECTION_FILED: (law_status.OBJECTION,),
    InsolvencyAct.LIQUIDATION_APPLIED: (law_status.LIQUIDATION_GROUP, law_status.FORCED_LIQUIDATION),
    InsolvencyAct.LIQUIDATION_CLAIMED: (law_status.LIQUIDATION_CLAIMS, law_status.CLAIM_AFTER_TIME),
    InsolvencyAct.OBLIGORS_CLAIMED: (law_status.ENDS_WITH_ENTRY,),
    InsolvencyAct.WRITE_OFF_DECIDED: (law_status.WRITE_OFF,),
}
