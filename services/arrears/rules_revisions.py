"""Business references and revisions: what is new, what is known, what is in conflict."""

from typing import NamedTuple

from schemas.decision import Decision, already_known, refused
from services.arrears.rules_state import UnitCase


class Known(NamedTuple):
    """What a case knows of a business reference already."""

    revision: int
    same_content: bool


def repeated(case: UnitCase | None, known: Known, revision: int) -> Decision[UnitCase] | None:
    """Answer a fact whose business reference is known at this revision or a higher one; None if it is the newest."""
    if revision > known.revision:
        return None
    if revision < known.revision:
        return already_known(case, "revision-known", known_revision=known.revision)
    return already_known(case, "content-known") if known.same_content else refused(case, "revision-conflict")
