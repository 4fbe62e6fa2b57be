"""Taking back a slip: the unit's last act of enforcement, while nothing has followed from it."""

from hashlib import sha256

import msgspec
from msgspec.structs import replace

from schemas.decision import Context
from schemas.enforcement import FOUR_EYES, EnforcementActRecorded
from services.arrears.rules_enforcement_moves import Moved, restored
from services.arrears.rules_enforcement_state import KeptAct, Procedure, Undo
from services.arrears.rules_state import UnitCase

DIGEST_CHARS = 32


def with_act(case: UnitCase, fact: EnforcementActRecorded, undo: Undo | None) -> UnitCase:
    """The case that has taken in an act, or taken one back; in place of a lower revision of it."""
    assert case.enforcement is not None
    kept = KeptAct(fact.business_reference, fact.revision, digest(fact))
    others = tuple(act for act in case.enforcement.acts if act.reference != fact.business_reference)
    return replace(case, enforcement=replace(case.enforcement, acts=(*others, kept), undo=undo))


def undo_of(fact: EnforcementActRecorded, before: Procedure, moved: Moved) -> Undo:
    """How an act is taken back as long as its procedure is what it made of it."""
    assert moved.case.enforcement is not None
    after = next(one for one in moved.case.enforcement.procedures if one.notice == before.notice)
    return Undo(fact.business_reference, before, _digest_of(after), fact.act.value)


def undone(case: UnitCase, reference: str, context: Context) -> Moved | None:
    """The case before an act of this number; None where it is not the last, or something has followed from it."""
    undo = None if case.enforcement is None else case.enforcement.undo
    if case.enforcement is None or undo is None or undo.reference != reference:
        return None
    after = next(one for one in case.enforcement.procedures if one.notice == undo.before.notice)
    if not after.is_live or _digest_of(after) != undo.after:
        return None
    return restored(case, after, undo.before, context)


def lacks_approval(case: UnitCase, fact: EnforcementActRecorded) -> bool:
    """Tell whether one person alone would undo the last act, which two decided: what it takes to do it, it takes to take it back."""
    undo = None if case.enforcement is None else case.enforcement.undo
    return undo is not None and undo.act in FOUR_EYES and fact.approved_by is None


def digest(fact: EnforcementActRecorded) -> str:
    """Names all that an act said."""
    return sha256(fact.content().encode()).hexdigest()[:DIGEST_CHARS]


def _digest_of(procedure: Procedure) -> str:
    return sha256(msgspec.json.encode(procedure)).hexdigest()[:DIGEST_CHARS]
