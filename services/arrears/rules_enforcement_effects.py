"""What an act that stands does to its procedure: the outcome that picks the next stage, and what is remembered of it."""

from collections.abc import Callable, Mapping
from itertools import accumulate
from typing import Any, NamedTuple

from msgspec.structs import replace

from schemas.enforcement_terms import EnforcementAct as Act
from schemas.enforcement_terms import EnforcementEvent as Event
from schemas.enforcement_terms import EnforcementOutcome as Outcome
from schemas.enforcement_terms import EnforcementStage as Stage
from services.arrears import law_enforcement as law
from services.arrears.law_numbers import chosen
from services.arrears.rules_enforcement_duties import OF_A_TRANSFER, WAITING_FOR_PAPERS
from services.arrears.rules_enforcement_owed import assessed_fen, paid_before_fen, transferable_fen
from services.arrears.rules_enforcement_papers import ordered, perform_days
from services.arrears.rules_enforcement_state import (
    DECLINED,
    Agreement,
    PlannedInstalment,
    Procedure,
    Remedy,
    Suspension,
)
from services.arrears.rules_enforcement_table import ENOUGH, FULL, ONLY, RULED, SHORT, UNWOUND, WITH_THE_BANK
from services.arrears.rules_enforcement_trial import Trial


class Effect(NamedTuple):
    """The outcome by the table's words, and the fields of the procedure that change."""

    outcome: str = ONLY
    changes: Mapping[str, Any] = {}


OF_THE_COURT = (Event.COURT_WINDOW_CLOSING, Event.COURT_WINDOW_MISSED)
"""What was said of the court's window, which a remedy opens anew."""


def effect_of(trial: Trial) -> Effect:
    """What an act does; an act that nothing is remembered of only moves the stage. The paper that it rests on is spent."""
    act = trial.fact.act
    found = EFFECTS.get(act)
    effect = Effect() if found is None else found(trial)
    if act not in WAITING_FOR_PAPERS:
        return effect
    return Effect(effect.outcome, {**effect.changes, "papers_spent": trial.procedure.spending(act)})


def ended(procedure: Procedure, final: Stage) -> Effect:
    """The procedure ends as `final`; where the bank has its order, once the bank has confirmed its withdrawal."""
    if procedure.standing_stage in WITH_THE_BANK:
        return Effect(UNWOUND, {"ends_as": final, "suspension": None})
    return Effect(ONLY, {"suspension": None})


def suspended(procedure: Procedure, trial: Trial | None, on: Any) -> Effect:
    """Execution rests where it stands; `trial` None: by the unit's status."""
    ground = None if trial is None else trial.fact.ground
    return Effect(ONLY, {"suspension": Suspension(procedure.stage, on, ground)})


def resumed(procedure: Procedure) -> Effect:
    """Execution goes on from where it rested."""
    assert procedure.suspension is not None
    return Effect(procedure.suspension.stage.value, {"suspension": None})


def _bank_query_answered(trial: Trial) -> Effect:
    """Enough is only what something may be transferred from: of a late fee alone nothing is, and the road goes on to the court."""
    balance_fen, wanted_fen = trial.fact.balance_fen or 0, transferable_fen(trial.due, trial.context)
    is_enough = 0 < wanted_fen <= balance_fen
    return Effect(ENOUGH if is_enough else SHORT, {"balance_fen": balance_fen})


def _amount_named(trial: Trial) -> Effect:
    return Effect(ONLY, {"amount_fen": trial.amount_fen})


def _transfer_declined(trial: Trial) -> Effect:
    """不予划拨: the attempt is over, and nothing that was made out for it serves the next."""
    spent = trial.procedure.spending(*OF_A_TRANSFER)
    changes = {"amount_fen": 0, "perform_by": None, "demanded_on": None, "perform_days": 0, "papers_spent": spent}
    return Effect(ONLY, changes)


def _statement_received(trial: Trial) -> Effect:
    """A decision that was written before the unit was heard has not weighed what it says (行政强制法 36, 37)."""
    return Effect(ONLY, {"papers_spent": trial.procedure.spending(Act.TRANSFER_DECIDED)})


def _demand_served(trial: Trial) -> Effect:
    fact, paper = trial.fact, trial.procedure.paper_for(trial.fact.act)
    changes = {
        "amount_fen": trial.amount_fen,
        "perform_by": fact.perform_by,
        "demanded_on": fact.occurred_on,
        "perform_days": 0 if paper is None else perform_days(paper),
    }
    return Effect(ONLY, changes)


def _statement_reviewed(trial: Trial) -> Effect:
    assert trial.fact.outcome is not None
    return Effect(trial.fact.outcome.value)


def _transfer_decided(trial: Trial) -> Effect:
    return Effect(ONLY, {"amount_fen": trial.amount_fen, "decided_fen": trial.amount_fen})


def _received(trial: Trial) -> dict[str, int]:
    """What execution has brought in with this act, and what was paid before it and is no credit of it."""
    received_fen = trial.procedure.received_fen + trial.amount_fen
    paid_fen = paid_before_fen(trial.case, trial.notice, trial.procedure, trial.fact.occurred_on)
    return {"received_fen": received_fen, "settled_before_fen": paid_fen}


def _transfer_received(trial: Trial) -> Effect:
    procedure = trial.procedure
    changes = {**_received(trial), "amount_fen": 0, "decided_fen": 0, "balance_fen": 0}
    if procedure.stage is Stage.WITHDRAWING:
        return Effect(str(procedure.ends_as), changes)
    return Effect(FULL if trial.amount_fen >= procedure.amount_fen else SHORT, changes)


def _bank_withdrawal_confirmed(trial: Trial) -> Effect:
    return Effect(str(trial.procedure.ends_as), {"amount_fen": 0, "decided_fen": 0})


def _agreement_signed(trial: Trial) -> Effect:
    fact = trial.fact
    is_free = chosen(law.DEFERRED_LATE_FEE, trial.context) == law.DEFERRED_LATE_FEE_FREE
    total_fen = sum(instalment.amount_fen for instalment in fact.instalments)
    paid = accumulate(instalment.amount_fen for instalment in fact.instalments)
    planned = tuple(
        PlannedInstalment(one.due_on, total_fen - fen) for one, fen in zip(fact.instalments, paid, strict=True)
    )
    secured_fen = sum(security.value_fen for security in fact.securities)
    agreement = Agreement(
        fact.occurred_on, planned, secured_fen, is_free, assessed_fen=assessed_fen(trial.case, trial.notice)
    )
    return Effect(ONLY, {"agreement": agreement, "amount_fen": total_fen, "free_days": trial.procedure.all_free_days})


def _wanted_fen(trial: Trial) -> int:
    """What proceeds must bring so that nothing more is to be enforced: the principal, or the late fee where it is alone."""
    return trial.due.late_fee_fen if trial.procedure.is_of_late_fee else trial.due.principal_fen


def _security_realised(trial: Trial) -> Effect:
    agreement = trial.procedure.agreement
    assert agreement is not None
    is_full = trial.amount_fen >= _wanted_fen(trial)
    changes = {**_received(trial), "agreement": replace(agreement, realised=True), "amount_fen": 0}
    return Effect(FULL if is_full else SHORT, changes)


def _receipt_voided(trial: Trial) -> Effect:
    """The money is owed and may be taken again; what a court granted goes on from there."""
    received_fen = trial.procedure.received_fen - trial.amount_fen
    return Effect(RULED if trial.procedure.court_ruled else ONLY, {"received_fen": received_fen})


def _remedy_sought(trial: Trial) -> Effect:
    assert trial.fact.ground is not None
    said = tuple(word for word in trial.procedure.said if word not in OF_THE_COURT)
    return Effect(ONLY, {"remedy": Remedy(trial.fact.ground, trial.fact.occurred_on), "said": said})


def _remedy_ended(trial: Trial) -> Effect:
    """决定被撤销 ends the procedure (行政强制法 40(四)); a remedy that was lost opens the next period."""
    procedure, outcome = trial.procedure, trial.fact.outcome
    assert procedure.remedy is not None
    remedy = replace(procedure.remedy, ended_on=trial.fact.occurred_on, outcome=outcome)
    if outcome is Outcome.DISMISSED:
        return Effect(Outcome.DISMISSED.value, {"remedy": remedy})
    effect = ended(procedure, Stage.DROPPED)
    return Effect(effect.outcome or Outcome.UPHELD.value, {**effect.changes, "remedy": remedy})


def _court_hearing_opened(_trial: Trial) -> Effect:
    return Effect(ONLY, {"court_heard": True})


def _court_accepted(_trial: Trial) -> Effect:
    return Effect(ONLY, {"court_heard": False})


def _court_declined(trial: Trial) -> Effect:
    is_last = trial.procedure.stage is Stage.COURT_REVIEWING
    return Effect(ONLY, {"court_closed": DECLINED} if is_last else {})


def _court_ruled(trial: Trial) -> Effect:
    outcome = trial.fact.outcome
    assert outcome is not None
    if outcome is Outcome.GRANTED:
        return Effect(outcome.value, {"court_ruled": True})
    return Effect(outcome.value, _court_declined(trial).changes)


def _property_auctioned(trial: Trial) -> Effect:
    return Effect(ONLY, {"auctioned_fen": trial.amount_fen, "costs_fen": trial.fact.costs_fen or 0})


def _proceeds_received(trial: Trial) -> Effect:
    is_full = trial.amount_fen >= _wanted_fen(trial)
    changes = {**_received(trial), "auctioned_fen": 0, "costs_fen": 0}
    return Effect(FULL if is_full else SHORT, changes)


def _execution_suspended(trial: Trial) -> Effect:
    return suspended(trial.procedure, trial, trial.fact.occurred_on)


def _execution_resumed(trial: Trial) -> Effect:
    return resumed(trial.procedure)


def _execution_ended(trial: Trial) -> Effect:
    return ended(trial.procedure, Stage.ENDED)


def _fine_referred(trial: Trial) -> Effect:
    return Effect(ONLY, {"fine_referred_on": trial.fact.occurred_on})


def _document_ordered(trial: Trial) -> Effect:
    return Effect(ONLY, {"papers": (*trial.procedure.papers, ordered(trial))})


EFFECTS: Mapping[Act, Callable[[Trial], Effect]] = {
    Act.BANK_QUERY_ANSWERED: _bank_query_answered,
    Act.TRANSFER_APPLIED: _amount_named,
    Act.TRANSFER_DECLINED: _transfer_declined,
    Act.DEMAND_SERVED: _demand_served,
    Act.STATEMENT_RECEIVED: _statement_received,
    Act.STATEMENT_REVIEWED: _statement_reviewed,
    Act.TRANSFER_DECIDED: _transfer_decided,
    Act.TRANSFER_RECEIVED: _transfer_received,
    Act.BANK_WITHDRAWAL_CONFIRMED: _bank_withdrawal_confirmed,
    Act.AGREEMENT_SIGNED: _agreement_signed,
    Act.SECURITY_REALISED: _security_realised,
    Act.COURT_DEMAND_SERVED: _demand_served,
    Act.RECEIPT_VOIDED: _receipt_voided,
    Act.REMEDY_SOUGHT: _remedy_sought,
    Act.REMEDY_ENDED: _remedy_ended,
    Act.COURT_APPLIED: _amount_named,
    Act.COURT_ACCEPTED: _court_accepted,
    Act.COURT_DECLINED: _court_declined,
    Act.COURT_HEARING_OPENED: _court_hearing_opened,
    Act.COURT_RULED: _court_ruled,
    Act.PROPERTY_AUCTIONED: _property_auctioned,
    Act.PROCEEDS_RECEIVED: _proceeds_received,
    Act.EXECUTION_SUSPENDED: _execution_suspended,
    Act.EXECUTION_RESUMED: _execution_resumed,
    Act.EXECUTION_ENDED: _execution_ended,
    Act.FINE_REFERRED: _fine_referred,
    Act.DOCUMENT_ORDERED: _document_ordered,
}
