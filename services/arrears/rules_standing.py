"""What a unit owes in all, and the facts that say so."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

import msgspec

from schemas.arrears import ArrearsChanged, ArrearsFact, ArrearsOpened, ArrearsSettled
from schemas.decision import Context
from services.arrears import law, law_payments
from services.arrears.rules_lines import late_fee_fen
from services.arrears.rules_payments_state import Account, case_number
from services.arrears.rules_state import Line, Registration

CAP_NOT_REACHED = "not-reached"
CAP_NOT_APPLIED = "reached-not-applied"
CAP_APPLIED = "applied"


class LateFee(msgspec.Struct, frozen=True, gc=False):
    """Late fee that a line still owes, in whole fen, and whether all it bore passed its principal (行政强制法 45(2))."""

    fen: int
    passed_principal: bool


class Totals(NamedTuple):
    """A unit's arrears on a day; see `ArrearsFact` for the meaning of each."""

    line_count: int
    principal_fen: int
    late_fee_fen: int
    stock_principal_fen: int
    oldest_due_on: date | None
    late_fee_on_paid_lines_fen: int
    credit_fen: int
    late_fee_cap: str
    late_fee_paid_fen: int
    written_off_fen: int


def cap_is_on(context: Context) -> bool:
    """Tell whether the disputed cap on late fees is switched on today."""
    return context.parameter(law.LATE_FEE_CAP_PARAMETER, law.LATE_FEE_CAP_OFF) == law.LATE_FEE_CAP_ON


def late_fee(line: Line, as_of: date, *, capped: bool) -> LateFee:
    """What a line owes of its late fee up to and with a day; all it bore is rounded half up to the fen once."""
    borne_fen = late_fee_fen(line, as_of)
    passed = borne_fen > line.assessed_fen
    if passed and capped:
        borne_fen = line.assessed_fen
    if not line.allotments:
        return LateFee(borne_fen, passed)
    return LateFee(max(borne_fen - line.fee_paid_fen, 0), passed)


def owes_late_fee(lines: Iterable[Line], context: Context) -> bool:
    """Tell whether any late fee is still owed today."""
    capped, today = cap_is_on(context), context.today
    return any(line.fee_units and late_fee(line, today, capped=capped).fen for line in lines)


def totals(lines: Iterable[Line], as_of: date, *, capped: bool) -> Totals:
    """Add up the lines: those found owed, and apart from them what became of those paid."""
    line_count = principal_fen = owed_late_fee = stock_fen = paid_late_fee = credit_fen = 0
    fee_paid_fen = written_off_fen = 0
    oldest: date | None = None
    cap_reached = False
    for line in lines:
        owed_fen = line.assessed_fen - line.paid_fen
        if owed_fen < 0:
            credit_fen -= owed_fen
            owed_fen = 0
        elif line.relief is not None:
            owed_fen = line.owed_fen
            written_off_fen += line.written_off_fen
        if line.found_on is None and not line.fee_units and not line.allotments:
            continue
        fee_fen = late_fee_fen(line, as_of)
        if fee_fen > line.assessed_fen:
            cap_reached = True
            fee_fen = line.assessed_fen if capped else fee_fen
        if line.allotments:
            fee_paid_fen += (paid_fen := line.fee_paid_fen)
            credit_fen += max(paid_fen - fee_fen, 0)
            fee_fen = max(fee_fen - paid_fen, 0)
        if line.found_on is None or line.due_on is None:
            paid_late_fee += fee_fen
            continue
        line_count += 1
        principal_fen += owed_fen
        owed_late_fee += fee_fen
        if law.is_stock(line.due_on):
            stock_fen += owed_fen
        if oldest is None or line.due_on < oldest:
            oldest = line.due_on
    cap = (CAP_APPLIED if capped else CAP_NOT_APPLIED) if cap_reached else CAP_NOT_REACHED
    return Totals(
        line_count,
        principal_fen,
        owed_late_fee,
        stock_fen,
        oldest,
        paid_late_fee,
        credit_fen,
        cap,
        fee_paid_fen,
        written_off_fen,
    )


def shown(line: Line | None, today: date) -> tuple[object, ...]:
    """What of a line is seen outside: two that show the same need not be said again."""
    if line is None:
        return (None, 0, 0, 0)
    paid_fen = line.fee_paid_fen
    if line.found_on is None:
        return (None, 0, law.rounded_fen(line.fee_units) - paid_fen, line.credit_fen)
    return (line.due_on, line.owed_fen, late_fee_fen(line, today) - paid_fen, line.credit_fen)


def said(
    kind: type[ArrearsOpened | ArrearsChanged | ArrearsSettled],
    unit_code: str,
    registration: Registration,
    lines: Mapping[str, Line],
    context: Context,
    account: Account | None = None,
) -> ArrearsFact:
    """Say where a unit's arrears stand today."""
    today = context.today
    sums = totals(lines.values(), today, capped=cap_is_on(context))
    return kind(
        district=registration.district,
        agency=registration.agency,
        occurred_on=today,
        unit_code=unit_code,
        unit_name=registration.unit_name,
        as_of=today,
        case_number=case_number(unit_code, account),
        unallocated_fen=0 if account is None else account.credit_fen,
        **sums._asdict(),
    )


def fee_paragraphs(lines: Iterable[Line], as_of: date, late_fee_cap: str) -> tuple[str, ...]:
    """What the late fees of some lines rest on; the cap's paragraph too where it was met, whether applied or not.

    The law changed on one day, so what all their days rest on is what the span from the first to the last rests on.
    """
    counted = [line for line in lines if line.due_on is not None and (line.found_on is not None or line.fee_units)]
    if not counted:
        return ()
    first = min([line.due_on for line in counted if line.due_on is not None])
    last = max([line.fee_through or first if line.found_on is None else as_of for line in counted])
    cap = () if late_fee_cap == CAP_NOT_REACHED else (law.LATE_FEE_CAP,)
    return law.late_fee_paragraphs(first, last) + cap


def pursuit_paragraphs(oldest_due_on: date | None, today: date) -> tuple[str, ...]:
    """The disputed limit of pursuit, where something owed was due more than two years ago (劳动保障监察条例 20): it closes nothing."""
    if oldest_due_on is None or law_payments.pursuit_ends_on(oldest_due_on) >= today:
        return ()
    return (law_payments.PURSUIT,)
