"""How a unit that was merged or divided tells its successors what it owes (民法典 67): each under its own key, anew whenever that changes.

What is told changes with the successors, the principal, and whether any late fee is owed; not each day that the late fee grows.
"""

from msgspec.structs import replace

from schemas.decision import Context, Timer
from schemas.succession import DebtInherited
from services.arrears.law_status_liable import LIABLE
from services.arrears.rules_reaction import Reaction
from services.arrears.rules_standing import cap_is_on, late_fee
from services.arrears.rules_state import UnitCase
from services.arrears.rules_status_standing import Position, position, successors_of
from services.arrears.rules_succession_state import Succession


def follow(_: UnitCase, now: UnitCase, context: Context) -> Reaction:
    """Tell the successors, and those who are none any more, where what is owed or who answers has changed."""
    known = now.succession or Succession()
    if now.unit_status is None and not known.heirs:
        return Reaction(now)
    on = position(() if now.unit_status is None else now.unit_status.records)
    heirs = successors_of(on)
    if not heirs and not known.heirs:
        return Reaction(now)
    principal_fen, late_fee_fen = owed_fen(now, context) if heirs else (0, 0)
    told = (known.heirs, known.principal_fen, known.has_late_fee)
    if (heirs, principal_fen, late_fee_fen > 0) == told or not (known.heirs or principal_fen or late_fee_fen):
        return Reaction(now)
    after = Succession(heirs, principal_fen, late_fee_fen > 0, known.telling + 1, known.inherited)
    facts = tuple(
        _said(now, heir, on, after.telling, (principal_fen, late_fee_fen) if heir in heirs else (0, 0), context)
        for heir in sorted({*heirs, *known.heirs})
    )
    return Reaction(replace(now, succession=after), facts, facts[0].paragraphs)


def next_timer(_: UnitCase) -> Timer | None:
    """Nobody's clock moves a debt to another."""
    return None


def owed_fen(case: UnitCase, context: Context) -> tuple[int, int]:
    """All that a unit that is gone leaves: principal that is assessed, due or not, and late fee to today, in fen."""
    capped = cap_is_on(context)
    lines = [line for line in case.lines.values() if line.due_on is not None]
    late_fees = (late_fee(line, context.today, capped=capped).fen for line in lines)
    return sum(line.owed_fen for line in lines), sum(late_fees)


def _said(
    case: UnitCase, heir: str, on: Position, telling: int, amounts: tuple[int, int], context: Context
) -> DebtInherited:
    registration, way = case.registration, None if on.deregistered is None else on.deregistered.deregistration_way
    assert registration is not None
    return DebtInherited(
        district=registration.district,
        agency=registration.agency,
        occurred_on=context.today,
        unit_code=heir,
        predecessor=case.unit_code,
        predecessor_name=registration.unit_name,
        telling=telling,
        way=way,
        successors=successors_of(on),
        principal_fen=amounts[0],
        late_fee_fen=amounts[1],
        paragraphs=LIABLE[way][1] if way is not None else (),
    )
