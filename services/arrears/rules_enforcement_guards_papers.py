"""What may object to an act for want of its paper, and to a paper that is ordered."""

from schemas.enforcement_terms import EnforcementAct as Act
from schemas.enforcement_terms import EnforcementDocument as Document
from services.arrears import texts_enforcement as texts
from services.arrears.rules_enforcement_duties import PAPER_OF
from services.arrears.rules_enforcement_owed import transferable_fen
from services.arrears.rules_enforcement_trial import Objection, Trial
from services.arrears.texts_wording import yuan


def paper_missing(trial: Trial) -> Objection:
    """书面形式 (行政强制法 35, 37; 令20号 18, 20): no act without its paper, made out here, or by hand under its number."""
    paper = trial.procedure.paper_for(trial.fact.act)
    if paper is not None and (paper.sha256 or (paper.failed and trial.fact.document_number == paper.number)):
        return None
    document = next(one for (_, one), act in PAPER_OF.items() if act is trial.fact.act)
    return {"document": texts.DOCUMENT_NAMES[document]}


def paper_differs(trial: Trial) -> Objection:
    """The act says what its paper says: no more than its amount, the same instalments, its number, not before its date."""
    fact, paper = trial.fact, trial.procedure.paper_for(trial.fact.act)
    if paper is None:
        return None
    planned = tuple((one.due_on, one.amount_fen) for one in fact.instalments)
    is_other = (
        fact.occurred_on < paper.dated_on
        or fact.document_number not in (None, paper.number)
        or trial.amount_fen > paper.amount_fen
        or planned != paper.instalments
    )
    return {"number": paper.number, "dated_on": paper.dated_on, "amount": yuan(paper.amount_fen)} if is_other else None


def document_not_of_this_stage(trial: Trial) -> Objection:
    """Each paper has its place: no demand before the application, no decision before the demand."""
    document = trial.fact.document
    if document is None or (trial.procedure.stage, document) in PAPER_OF:
        return None
    return {"document": texts.DOCUMENT_NAMES[document], "stage": texts.STAGE_NAMES[trial.procedure.stage]}


def document_in_the_making(trial: Trial) -> Objection:
    """One at a time: the next is ordered when this one is made, or could not be."""
    return {} if any(paper.is_awaited for paper in trial.procedure.papers) else None


def document_above_owed(trial: Trial) -> Objection:
    """No paper says more than may be asked for; before the court that is the late fee too."""
    purpose = PAPER_OF.get((trial.procedure.stage, trial.fact.document or Document.DEMAND))
    if trial.fact.document is Document.AGREEMENT or purpose is None:
        return None
    due = trial.due
    most = due.total_fen if purpose is Act.COURT_DEMAND_SERVED else transferable_fen(due, trial.context)
    return {"amount": yuan(trial.amount_fen), "owed": yuan(most)} if trial.amount_fen > most else None
