"""What may object to an act: each guard has a code and gives the values of its text, or None where it has no objection.

They look at the act as of the day on which it was done, so an act that is recorded days later is judged as it was.
"""

from collections.abc import Callable, Mapping

from schemas.enforcement_terms import EnforcementDocument as Document
from schemas.enforcement_terms import EnforcementGround as Ground
from schemas.enforcement_terms import EnforcementOutcome as Outcome
from schemas.enforcement_terms import SecurityKind
from services.arrears import law_enforcement as law
from services.arrears import rules_enforcement_guards_papers as papers
from services.arrears import texts_enforcement as texts
from services.arrears.rules_enforcement_duties import ACT_RULES, COURT_MATERIALS, TRANSFER_MATERIALS
from services.arrears.rules_enforcement_hindrance import Hindrance, hindrance
from services.arrears.rules_enforcement_owed import transferable_fen, uncredited_fen
from services.arrears.rules_enforcement_state import WINDOW_MISSED
from services.arrears.rules_enforcement_table import is_possible
from services.arrears.rules_enforcement_trial import Objection, Trial, Values
from services.arrears.rules_enforcement_windows import demand_last_day, last_day_for
from services.arrears.texts_wording import yuan


def objections(trial: Trial) -> list[tuple[str, Values]]:
    """Everything that is against an act, in the order of its guards; an act out of place is judged no further."""
    stage, fact = trial.procedure.stage, trial.fact
    if not is_possible(stage, fact.act):
        return [("act-not-of-this-stage", {"stage": texts.STAGE_NAMES[stage], "act": texts.ACT_NAMES[fact.act]})]
    found: list[tuple[str, Values]] = []
    if fact.occurred_on < trial.procedure.last_on:
        found.append(("before-step-before", {"on": fact.occurred_on, "last_on": trial.procedure.last_on}))
    for code in ACT_RULES[fact.act].guards:
        objection = GUARDS[code](trial)
        if objection is not None:
            found.append((code, objection))
    return found


def _amount_above_owed(trial: Trial) -> Objection:
    """What is applied for, demanded or decided is owed (社会保险法 63(2)), late fee apart where the parameter says so."""
    most = transferable_fen(trial.due, trial.context)
    return {"amount": yuan(trial.amount_fen), "owed": yuan(most)} if trial.amount_fen > most else None


def _court_amount_above_owed(trial: Trial) -> Objection:
    """The court may be asked for principal and late fee (令20号 22)."""
    most = trial.due.total_fen
    return {"amount": yuan(trial.amount_fen), "owed": yuan(most)} if trial.amount_fen > most else None


def _received_above_owed(trial: Trial) -> Objection:
    return _court_amount_above_owed(trial)


def _amount_above_step_before(trial: Trial) -> Objection:
    """Nothing is decided beyond what was demanded, nothing demanded beyond what was applied for (行政强制法 35, 37)."""
    before_fen = trial.procedure.amount_fen
    return {"amount": yuan(trial.amount_fen), "before": yuan(before_fen)} if trial.amount_fen > before_fen else None


def _received_above_decision(trial: Trial) -> Objection:
    decided_fen = trial.procedure.decided_fen
    return {"amount": yuan(trial.amount_fen), "decided": yuan(decided_fen)} if trial.amount_fen > decided_fen else None


def _voided_beyond_uncredited(trial: Trial) -> Objection:
    """Money that a payment shows has come in, whatever the record of its receipt says."""
    most = uncredited_fen(trial.case, trial.notice, trial.procedure, trial.context.today)
    return {"amount": yuan(trial.amount_fen), "uncredited": yuan(most)} if trial.amount_fen > most else None


def _balance_none(trial: Trial) -> Objection:
    """没有存款可供划拨 (令20号 18: 根据查询结果)."""
    return {} if trial.procedure.balance_fen == 0 else None


def _missing(trial: Trial, wanted: tuple[Document, ...]) -> Objection:
    missing = [texts.DOCUMENT_NAMES[document] for document in wanted if document not in trial.fact.materials]
    return {"missing": "、".join(missing)} if missing else None


def _transfer_materials_missing(trial: Trial) -> Objection:
    return _missing(trial, TRANSFER_MATERIALS)


def _court_materials_missing(trial: Trial) -> Objection:
    return _missing(trial, COURT_MATERIALS)


def _demand_term_running(trial: Trial) -> Objection:
    """经催告，逾期仍不履行 (行政强制法 37(1)); at once only where assets are being moved (37(3)). So is the decision's paper."""
    if trial.fact.document not in (None, Document.TRANSFER_DECISION):
        return None
    last = demand_last_day(trial.procedure, trial.calendar)
    if last is None or trial.fact.occurred_on > last.on or trial.fact.ground is Ground.ASSETS_MOVED:
        return None
    return {"last": last.on}


def _at_night(trial: Trial) -> Objection:
    minute = trial.fact.done_minute or 0
    if trial.fact.ground is Ground.ASSETS_MOVED or not law.is_night(minute):
        return None
    return {"time": f"{minute // 60:02d}:{minute % 60:02d}"}


def _on_day_off(trial: Trial) -> Objection:
    """行政强制法 43 names statutory holidays; the office keeps to working days, weekends off and make-up days on."""
    on = trial.fact.occurred_on
    if trial.fact.ground is Ground.ASSETS_MOVED or trial.calendar.is_working_day(on):
        return None
    return {"on": on}


def _instalments_not_principal(trial: Trial) -> Objection:
    """What is put off is the principal that is owed, to the fen."""
    if not trial.fact.instalments:
        return None
    agreed = sum(instalment.amount_fen for instalment in trial.fact.instalments)
    principal_fen = trial.due.principal_fen
    return None if agreed == principal_fen else {"agreed": yuan(agreed), "principal": yuan(principal_fen)}


def _instalments_out_of_order(trial: Trial) -> Objection:
    days = [instalment.due_on for instalment in trial.fact.instalments]
    is_in_order = all(earlier < later for earlier, later in zip([trial.fact.occurred_on, *days], days, strict=False))
    return None if is_in_order and all(one.amount_fen for one in trial.fact.instalments) else {}


def _instalments_too_late(trial: Trial) -> Objection:
    if not trial.fact.instalments:
        return None
    on = trial.fact.occurred_on
    months = law.AGREEMENT_MONTHS_MAX.value
    latest = law.months_after(on, months)
    last = max(instalment.due_on for instalment in trial.fact.instalments)
    return {"last": last, "latest": latest, "months": months} if last > latest else None


def _security_below_principal(trial: Trial) -> Objection:
    if not trial.fact.instalments:
        return None
    secured_fen = sum(security.value_fen for security in trial.fact.securities)
    principal_fen = trial.due.principal_fen
    return {"secured": yuan(secured_fen), "principal": yuan(principal_fen)} if secured_fen < principal_fen else None


def _security_unregistered(trial: Trial) -> Objection:
    """办理相应登记 (令20号 20): a mortgage or pledge is registered before the agreement counts."""
    needing = [one for one in trial.fact.securities if one.kind is not SecurityKind.GUARANTOR]
    on = trial.fact.occurred_on
    return {} if any(one.registered_on is None or one.registered_on > on for one in needing) else None


def _security_not_realised(trial: Trial) -> Objection:
    """社会保险法 63(3) opens the court where no security was given: what was given is turned into money first."""
    agreement = trial.procedure.agreement
    return {} if agreement is not None and not agreement.realised else None


def _court_closed(trial: Trial) -> Objection:
    closed = trial.procedure.court_closed
    if closed:
        return {"why": texts.COURT_CLOSED[closed]}
    window = trial.window
    is_over = window is not None and trial.fact.occurred_on > window.closes_on
    return {"why": texts.COURT_CLOSED[WINDOW_MISSED]} if is_over else None


def _court_demand_running(trial: Trial) -> Objection:
    """催告书送达十日后 (行政强制法 54); ten working days (69), and the longer term if the demand gave one."""
    demanded_on = trial.procedure.demanded_on
    if demanded_on is None:
        return None
    last = law.term_end(law.COURT_DEMAND_DAYS, demanded_on, trial.calendar).on
    given = demand_last_day(trial.procedure, trial.calendar)
    last = last if given is None else max(last, given.on)
    return {"last": last} if trial.fact.occurred_on <= last else None


def _remedy_pending(trial: Trial) -> Objection:
    remedy = trial.procedure.remedy
    return {} if remedy is not None and remedy.ended_on is None else None


def _ending_not_approved(trial: Trial) -> Objection:
    """What ends a procedure for good takes two, as 终结执行 does (行政强制法 40), whatever it is called: the unit is right, the notice is revoked."""
    return {} if trial.fact.outcome is Outcome.UPHELD and trial.fact.approved_by is None else None


def _remedy_not_pending(trial: Trial) -> Objection:
    return {} if _remedy_pending(trial) is None else None


def _remedy_too_late(trial: Trial) -> Objection:
    """What is sought after its period moves no window (行政强制法 53: 在法定期限内); where it is heard all the same, it stays or ends execution."""
    ground = trial.fact.ground
    if ground is None or _remedy_pending(trial) is not None:
        return None
    last = last_day_for(ground, trial.notice, trial.procedure.remedy, trial.calendar)
    return {"last": last} if last is not None and trial.fact.occurred_on > last else None


def _remedy_period_running(trial: Trial) -> Objection:
    """当事人在法定期限内不申请行政复议或者提起行政诉讼 (行政强制法 53): not before both periods are over."""
    window = trial.window
    return {"opens_on": window.opens_on} if window is not None and trial.fact.occurred_on < window.opens_on else None


def _court_window_missed(trial: Trial) -> Objection:
    window = trial.window
    return {"closes_on": window.closes_on} if window is not None and trial.fact.occurred_on > window.closes_on else None


def _court_review_too_late(trial: Trial) -> Objection:
    last = law.term_end(law.COURT_REVIEW_DAYS, trial.procedure.since_on, trial.calendar).on
    return {"last": last} if trial.fact.occurred_on > last else None


def _costs_above_proceeds(trial: Trial) -> Objection:
    costs_fen = trial.fact.costs_fen or 0
    return {"costs": yuan(costs_fen), "amount": yuan(trial.amount_fen)} if costs_fen > trial.amount_fen else None


def _proceeds_not_conserved(trial: Trial) -> Objection:
    """What an auction brought less its costs pays what is owed, and no more: the rest is the unit's."""
    net_fen = trial.procedure.auctioned_fen - trial.procedure.costs_fen
    expected_fen = min(net_fen, trial.due.total_fen)
    return None if trial.amount_fen == expected_fen else {"amount": yuan(trial.amount_fen), "net": yuan(expected_fen)}


def _suspended_by_status(trial: Trial) -> Objection:
    """中止 by an accepted bankruptcy (企业破产法 19), also where the office had suspended before on another ground."""
    return {} if hindrance(trial.case) is Hindrance.SUSPENDS else None


def _fine_known(trial: Trial) -> Objection:
    referred_on = trial.procedure.fine_referred_on
    return None if referred_on is None else {"referred_on": referred_on}


def _fine_of_nothing(trial: Trial) -> Objection:
    """处欠缴数额一倍以上三倍以下的罚款 (社会保险法 86): of a late fee alone there is none."""
    return {} if trial.procedure.is_of_late_fee else None


GUARDS: Mapping[str, Callable[[Trial], Objection]] = {
    "amount-above-owed": _amount_above_owed,
    "amount-above-step-before": _amount_above_step_before,
    "at-night": _at_night,
    "balance-none": _balance_none,
    "costs-above-proceeds": _costs_above_proceeds,
    "court-amount-above-owed": _court_amount_above_owed,
    "court-closed": _court_closed,
    "court-demand-running": _court_demand_running,
    "court-materials-missing": _court_materials_missing,
    "court-review-too-late": _court_review_too_late,
    "court-window-missed": _court_window_missed,
    "demand-term-differs": papers.demand_term_differs,
    "demand-term-running": _demand_term_running,
    "demand-term-too-short": papers.demand_term_too_short,
    "document-above-owed": papers.document_above_owed,
    "document-in-the-making": papers.document_in_the_making,
    "document-not-of-this-stage": papers.document_not_of_this_stage,
    "ending-not-approved": _ending_not_approved,
    "fine-known": _fine_known,
    "fine-of-nothing": _fine_of_nothing,
    "instalments-not-principal": _instalments_not_principal,
    "instalments-out-of-order": _instalments_out_of_order,
    "instalments-too-late": _instalments_too_late,
    "on-day-off": _on_day_off,
    "paper-differs": papers.paper_differs,
    "paper-missing": papers.paper_missing,
    "paper-spent": papers.paper_spent,
    "proceeds-not-conserved": _proceeds_not_conserved,
    "voided-beyond-uncredited": _voided_beyond_uncredited,
    "received-above-decision": _received_above_decision,
    "received-above-owed": _received_above_owed,
    "remedy-not-pending": _remedy_not_pending,
    "remedy-pending": _remedy_pending,
    "remedy-period-running": _remedy_period_running,
    "remedy-too-late": _remedy_too_late,
    "security-below-principal": _security_below_principal,
    "security-not-realised": _security_not_realised,
    "security-unregistered": _security_unregistered,
    "suspended-by-status": _suspended_by_status,
    "transfer-materials-missing": _transfer_materials_missing,
}
"""Every guard by its code; texts_enforcement has its Chinese sentence."""
