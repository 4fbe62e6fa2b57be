"""Whether an upstream record may be taken: what cannot stand by itself; what is new, known, or in conflict."""

from typing import NamedTuple

from schemas.contributions import ContributionPaid, UnitFact
from schemas.decision import Context, Decision, already_known, refused
from services.arrears import law, texts
from services.arrears.rules_state import UnitCase


class Known(NamedTuple):
    """What a case knows of a business reference already."""

    revision: int
    same_content: bool


def never_admitted(case: UnitCase | None, fact: UnitFact, context: Context) -> Decision[UnitCase] | None:
    """Refuse what cannot stand whatever is known of the unit: a reversal of itself, or what has not happened yet."""
    if fact.reverses == fact.business_reference:
        return refused(case, "reverses-itself")
    latest = law.latest_happened_on(context.today)
    if fact.occurred_on > latest:
        return refused(case, "dated-in-the-future", date_name=texts.OCCURRED_ON, on=fact.occurred_on)
    if type(fact) is ContributionPaid and fact.paid_on > latest:
        return refused(case, "dated-in-the-future", date_name=texts.PAID_ON, on=fact.paid_on)
    return None  # when it takes effect or falls due may lie ahead


def repeated(case: UnitCase | None, known: Known, revision: int) -> Decision[UnitCase] | None:
    """Answer a fact whose business reference is known at this revision or a higher one; None if it is the newest."""
    if revision > known.revision:
        return None
    if revision < known.revision:
        return already_known(case, "revision-known", known_revision=known.revision)
    return already_known(case, "content-known") if known.same_content else refused(case, "revision-conflict")
