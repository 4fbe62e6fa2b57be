"""Deciding what a unit hears of a debt that came to it by a merger or division. Pure.

    (none) ──► open       the unit that is gone owes, and this one answers for it, alone or jointly
    open ────► open       what is owed changed
         ────► (none)     all is paid, or this unit is no successor after all

The debt stays in the case of the unit that owed it: lines, payments, late fee. Here it is told, and as long as it is open no clearance
is recorded (社会保险经办条例 10), and a simple deregistration is objected to.
"""

from msgspec.structs import replace

from schemas.decision import Context, Decision, already_known, decided, refused
from schemas.succession import DebtInherited
from services.arrears import law, law_status
from services.arrears.rules_following import carried_on
from services.arrears.rules_holding import held
from services.arrears.rules_state import Status, UnitCase
from services.arrears.rules_succession_state import InheritedDebt, Succession
from services.arrears.texts_wording import yuan


def inherit(case: UnitCase | None, fact: DebtInherited, context: Context) -> Decision[UnitCase]:
    """Take in the latest word of a debt that came from another unit; an older one is known."""
    if case is not None and case.status is Status.UNKNOWN:
        return refused(case, "unit-unknown", paragraphs=(law.REGISTRATION, law.OFFICE_HOLDING))
    before = case or UnitCase(fact.unit_code)
    state = before.succession or Succession()
    known = next((one for one in state.inherited if one.predecessor == fact.predecessor), None)
    if known is not None and known.telling >= fact.telling:
        return already_known(case, "revision-known", known_revision=known.telling)
    debt = InheritedDebt(fact.predecessor, fact.telling, fact.principal_fen, fact.late_fee_fen, fact.occurred_on)
    others = [one for one in state.inherited if one.predecessor != fact.predecessor]
    inherited = tuple(sorted((*others, debt), key=lambda one: one.predecessor))
    after = replace(before, succession=replace(state, inherited=inherited))
    code = "debt-inherited" if debt.is_open else "debt-inherited-no-more"
    values = {
        "predecessor": f"{fact.predecessor_name}（{fact.predecessor}）",
        "principal": yuan(fact.principal_fen),
        "late_fee": yuan(fact.late_fee_fen),
        "as_of": fact.occurred_on,
    }
    cited = fact.paragraphs or (law_status.ENDS_WITH_ENTRY,)
    if after.registration is None:
        return decided(held(after, context), code, paragraphs=(*cited, law.OFFICE_HOLDING), **values)
    reaction = carried_on(before, after, context)
    paragraphs = tuple(dict.fromkeys((*cited, *reaction.paragraphs)))
    return decided(reaction.case, code, *reaction.facts, paragraphs=paragraphs, **values)
