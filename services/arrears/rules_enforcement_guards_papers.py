"""What may object to an act for want of its paper, and to a paper that is ordered."""

from schemas.enforcement_terms import EnforcementAct as Act
from schemas.enforcement_terms import EnforcementDocument as Document
from services.arrears import texts_enforcement as texts
from services.arrears.rules_enforcement_duties import PAPER_OF
from services.arrears.rules_enforcement_owed import transferable_fen
from services.arrears.rules_enforcement_papers import SHORTEST_TERMS, perform_days
from services.arrears.rules_enforcement_trial import Objection, Trial
from services.arrears.texts_wording import yuan


def paper_missing(trial: Trial) -> Objection:
    """书面形式 (行政强制法 35, 37; 令20号 18, 20): no act without its paper, made out here, or by hand under its number."""
    paper = trial.procedure.paper_for(trial.fact.act)
    if paper is not None and (paper.sha256 or (paper.failed and trial.fact.document_number == paper.number)):
        return None
    return None if paper_spent(trial) is not None else {"document": _document_name(trial.fact.act)}


def paper_spent(trial: Trial) -> Objection:
    """A paper carries one act: what was done on it, or came to nothing, is not begun again with it."""
    paper = trial.procedure.paper_of(trial.fact.act)
    if paper is None or not trial.procedure.is_spent(paper):
        return None
    number = paper.number or texts.NOT_NUMBERED
    return {"document": _document_name(trial.fact.act), "number": number, "dated_on": paper.dated_on}


def paper_differs(trial: Trial) -> Objection:
    """The act says what its paper says: its amount (行政强制法 35: 明确的金额), its instalments, its number, not before its date."""
    fact, paper = trial.fact, trial.procedure.paper_for(trial.fact.act)
    if paper is None:
        return None
    planned = tuple((one.due_on, one.amount_fen) for one in fact.instalments)
    is_other = (
        fact.occurred_on < paper.dated_on
        or fact.document_number not in (None, paper.number)
        or fact.amount_fen not in (None, paper.amount_fen)
        or planned != paper.instalments
    )
    return {"number": paper.number, "dated_on": paper.dated_on, "amount": yuan(paper.amount_fen)} if is_other else None


def demand_term_differs(trial: Trial) -> Objection:
    """履行期限 (行政强制法 35): the unit has what the demand that it was served says. Without the year's calendar nobody knows the day yet."""
    paper, perform_by = trial.procedure.paper_for(trial.fact.act), trial.fact.perform_by
    if paper is None:
        return None
    days = perform_days(paper)
    last = trial.calendar.add_working_days(trial.fact.occurred_on, days)
    if last.provisional or perform_by == last.on:
        return None
    return {"perform_by": perform_by, "number": paper.number, "days": days, "last": last.on}


def demand_term_too_short(trial: Trial) -> Objection:
    """行政强制法 35 asks for a term, and the office says how long; before the court it is the law's own ten days (54, 69)."""
    days, purpose = trial.fact.perform_within_working_days, _purpose(trial)
    if days is None or purpose not in SHORTEST_TERMS:
        return None
    least = SHORTEST_TERMS[purpose].value
    return {"days": days, "least": least} if days < least else None


def document_not_of_this_stage(trial: Trial) -> Objection:
    """Each paper has its place: no demand before the application, no decision before the demand."""
    document = trial.fact.document
    if document is None or (trial.procedure.stage, document) in PAPER_OF:
        return None
    return {"document": texts.DOCUMENT_NAMES[document], "stage": texts.STAGE_NAMES[trial.procedure.stage]}


def document_in_the_making(trial: Trial) -> Objection:
    """One at a time: the next is ordered when this one is made, or could not be."""
    procedure = trial.procedure
    return {} if any(paper.is_awaited and not procedure.is_spent(paper) for paper in procedure.papers) else None


def document_above_owed(trial: Trial) -> Objection:
    """No paper says more than may be asked for; before the court that is the late fee too."""
    purpose = _purpose(trial)
    if trial.fact.document is Document.AGREEMENT or purpose is None:
        return None
    due = trial.due
    most = due.total_fen if purpose is Act.COURT_DEMAND_SERVED else transferable_fen(due, trial.context)
    return {"amount": yuan(trial.amount_fen), "owed": yuan(most)} if trial.amount_fen > most else None


def _document_name(act: Act) -> str:
    return texts.DOCUMENT_NAMES[next(one for (_, one), kind in PAPER_OF.items() if kind is act)]


def _purpose(trial: Trial) -> Act | None:
    """The act that an ordered paper is for; None where there is no such paper at this stage."""
    return PAPER_OF.get((trial.procedure.stage, trial.fact.document or Document.DEMAND))
