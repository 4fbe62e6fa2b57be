"""Whether an upstream record may be taken: what cannot stand by itself; what is new, known, or in conflict."""

from datetime import date, timedelta
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
    today = context.today
    latest = today + timedelta(days=law.office_on(today).ahead_days_max)
    for name, on in _happened(fact):
        if on > latest:
            return refused(case, "dated-in-the-future", date_name=name, on=on)
    return None


def repeated(case: UnitCase | None, known: Known, revision: int) -> Decision[UnitCase] | None:
    """Answer a fact whose business reference is known at this revision or a higher one; None if it is the newest."""
    if revision > known.revision:
        return None
    if revision < known.revision:
        return already_known(case, "revision-known", known_revision=known.revision)
    return already_known(case, "content-known") if known.same_content else refused(case, "revision-conflict")


def _happened(fact: UnitFact) -> tuple[tuple[str, date], ...]:
    """Dates that a fact says have been, with their names; when it takes effect or falls due may lie ahead."""
    occurred = (texts.OCCURRED_ON, fact.occurred_on)
    return (occurred, (texts.PAID_ON, fact.paid_on)) if isinstance(fact, ContributionPaid) else (occurred,)
