"""What follows for a unit's clearance (结清) when something in its case changed: a record, its withdrawal, or waiting for late fee, or for a debt that came to it from a unit that is gone.

all principal paid ──► cleared        no late fee is owed either: a clearance record
──► awaits fee     late fee is still owed
awaits fee ──────────► cleared        the late fee is paid, or owed no more
cleared ─────────────► (withdrawn)    one of its lines is owed again, principal or late fee
"""

from msgspec.structs import replace

from schemas.decision import Context, Timer
from schemas.fact import Fact
from schemas.settlements import CLEARED_LINES_MAX, ClearanceRecorded, ClearanceStanding, ClearedLine
from schemas.vocabulary import Insurance
from services.arrears import law_payments
from services.arrears.rules_payments_state import Account, Clearance, case_number, clearance_number
from services.arrears.rules_reaction import Reaction
from services.arrears.rules_standing import cap_is_on, late_fee, owes_late_fee, totals
from services.arrears.rules_state import Line, Status, UnitCase


def follow(before: UnitCase, now: UnitCase, context: Context) -> Reaction:
    """Record a clearance when nothing is owed any more, and withdraw one that no longer holds."""
    account = now.account
    if account is None and (before.status is not Status.OPEN or now.status is not Status.CLEAR):
        return Reaction(now)
    account = account or Account()
    withdrawn = [one for one in account.cleared if _is_owed_again(one, now, context)]
    facts: tuple[Fact, ...] = tuple(_record(now, one, ClearanceStanding.WITHDRAWN, context) for one in withdrawn)
    if withdrawn:
        account = replace(account, cleared=tuple(one for one in account.cleared if one not in withdrawn))
        now = replace(now, account=account)
    paragraphs = (law_payments.CLEARANCE,) if withdrawn else ()
    is_to_clear = withdrawn or account.awaits_late_fee or before.status is Status.OPEN
    if now.status is not Status.CLEAR or not is_to_clear:
        return Reaction(now, facts, paragraphs)
    if owes_late_fee(now.lines.values(), context) or (now.succession is not None and now.succession.is_open):
        return Reaction(replace(now, account=replace(account, awaits_late_fee=True)), facts, paragraphs)
    keys = _keys_to_clear(now, account)
    if not keys:
        account = replace(account, awaits_late_fee=False)
        return Reaction(replace(now, account=account if account != Account() else None), facts, paragraphs)
    clearance = Clearance(account.clearances + 1, keys)
    cleared = (*account.cleared, clearance)
    account = replace(account, cleared=cleared, clearances=clearance.ordinal, awaits_late_fee=False)
    now = replace(now, account=account)
    issued = _record(now, clearance, ClearanceStanding.ISSUED, context)
    return Reaction(now, (*facts, issued), (law_payments.CLEARANCE,))


def next_timer(_: UnitCase) -> Timer | None:
    """Payments and clearances wait for nobody's clock."""
    return None


def _keys_to_clear(now: UnitCase, account: Account) -> tuple[str, ...]:
    """The lines that were in arrears and stand in no clearance yet; a line that was paid in time after all never was."""
    standing = {key for one in account.cleared for key in one.line_keys}
    return tuple(
        sorted(
            key
            for key, line in now.lines.items()
            if key not in standing and (line.fee_units or line.fee_paid_fen or line.written_off_fen)
        )
    )


def _is_owed_again(clearance: Clearance, now: UnitCase, context: Context) -> bool:
    lines = [now.lines[key] for key in clearance.line_keys if key in now.lines]
    capped, today = cap_is_on(context), context.today
    return any(line.found_on is not None or late_fee(line, today, capped=capped).fen for line in lines)


def _record(case: UnitCase, clearance: Clearance, standing: ClearanceStanding, context: Context) -> ClearanceRecorded:
    registration, account = case.registration, case.account
    assert registration is not None
    assert account is not None
    own = {key: case.lines[key] for key in clearance.line_keys if key in case.lines}
    oldest = sorted(own.items(), key=lambda named: (named[1].due_on or context.today, named[0]))
    return ClearanceRecorded(
        district=registration.district,
        agency=registration.agency,
        occurred_on=context.today,
        unit_code=case.unit_code,
        unit_name=registration.unit_name,
        case_number=case_number(case.unit_code, account),
        clearance_number=clearance_number(case.unit_code, account, clearance.ordinal),
        standing=standing,
        cleared_on=context.today,
        line_count=len(own),
        paid_fen=sum(line.paid_fen for line in own.values()),
        late_fee_paid_fen=sum(line.fee_paid_fen for line in own.values()),
        written_off_fen=sum(line.written_off_fen for line in own.values()),
        credit_fen=totals(case.lines.values(), context.today, capped=cap_is_on(context)).credit_fen
        + account.credit_fen,
        lines=tuple(_line(key, line) for key, line in oldest[:CLEARED_LINES_MAX]),
    )


def _line(key: str, line: Line) -> ClearedLine:
    month, _, insurance = key.partition("/")
    return ClearedLine(
        month=month,
        insurance=Insurance(insurance),
        assessed_fen=line.assessed_fen,
        paid_fen=line.paid_fen,
        late_fee_paid_fen=line.fee_paid_fen,
        written_off_fen=line.written_off_fen,
    )
