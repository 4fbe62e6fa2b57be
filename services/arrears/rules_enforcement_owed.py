"""What the lines of one notice owe on a day."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from schemas.decision import Context
from schemas.settlements import PaymentShare
from services.arrears.law_enforcement import TRANSFER_LATE_FEE, TRANSFER_LATE_FEE_ON
from services.arrears.law_numbers import chosen
from services.arrears.rules_enforcement_state import Procedure
from services.arrears.rules_lines import as_it_stood
from services.arrears.rules_notice_state import Notice
from services.arrears.rules_standing import cap_is_on, late_fee
from services.arrears.rules_state import Line, UnitCase


class Owed(NamedTuple):
    """What the lines of a notice owe on a day: principal (本金) and late fee (滞纳金) to that day, in whole fen."""

    principal_fen: int
    late_fee_fen: int

    @property
    def total_fen(self) -> int:
        """Both together: what the court may be asked for (令20号 22)."""
        return self.principal_fen + self.late_fee_fen


def notice_of(case: UnitCase, procedure: Procedure) -> Notice:
    """The notice that a procedure enforces; a case that lost it is broken (ValueError)."""
    for notice in () if case.notice is None else case.notice.notices:
        if notice.ordinal == procedure.notice:
            return notice
    raise ValueError(f"the case of {case.unit_code} has no notice {procedure.notice}")


def owed(case: UnitCase, notice: Notice, procedure: Procedure, on: date, context: Context) -> Owed:
    """What the notice's lines owe at the end of a day, by what is known now.

    Late fee is that of all its lines, also of those whose principal is paid. Less what execution brought in and no payment up to that day has
    shown yet: it would be taken twice. The lines know on which days of an agreement they bear no late fee.
    """
    if procedure.is_of_late_fee:
        return Owed(0, _late_fee_alone(case, notice, procedure, on, context))
    capped = cap_is_on(context)
    principal_fen = late_fee_fen = 0
    for line in _lines(case, notice):
        stood = as_it_stood(line, case.reversals, on)
        principal_fen += stood.owed_fen
        late_fee_fen += late_fee(stood, on, capped=capped).fen
    on_its_way_fen = _on_its_way_fen(procedure, settled_fen(case, notice, on))
    beyond_fen = max(on_its_way_fen - principal_fen, 0)
    return Owed(max(principal_fen - on_its_way_fen, 0), max(late_fee_fen - beyond_fen, 0))


def paid_before_fen(case: UnitCase, notice: Notice, procedure: Procedure, on: date) -> int:
    """What is no credit of what execution brings in on a day: what was paid before that day, less what execution had brought in before.

    Payments do not say whether they are a credit, so those of the day itself and later are taken for one until all is shown.
    """
    day_before = on - timedelta(days=1)
    settled = late_fee_paid_fen if procedure.is_of_late_fee else settled_fen
    return max(procedure.settled_before_fen, settled(case, notice, day_before) - procedure.received_fen)


def uncredited_fen(case: UnitCase, notice: Notice, procedure: Procedure, on: date) -> int:
    """What execution brought in, and no payment up to a day shows."""
    settled = late_fee_paid_fen if procedure.is_of_late_fee else settled_fen
    return _on_its_way_fen(procedure, settled(case, notice, on))


def _on_its_way_fen(procedure: Procedure, paid_fen: int) -> int:
    """What execution brought in and payments do not show yet."""
    return max(procedure.received_fen - max(paid_fen - procedure.settled_before_fen, 0), 0)


def late_fee_left_fen(case: UnitCase, notice: Notice, on: date, context: Context) -> int:
    """What of late fees is left to pay at the end of a day on the notice's lines whose principal is paid."""
    capped = cap_is_on(context)
    stood = [as_it_stood(line, case.reversals, on) for line in _lines(case, notice)]
    return sum(late_fee(line, on, capped=capped).fen for line in stood if not line.owed_fen)


def late_fee_paid_fen(case: UnitCase, notice: Notice, on: date) -> int:
    """What was paid of the late fees of a notice's lines at the end of a day, as payments show it."""
    parts = (part for line in _lines(case, notice) for part in line.allotments)
    return sum(part.amount_fen for part in parts if part.share is PaymentShare.LATE_FEE and part.on <= on)


def _late_fee_alone(case: UnitCase, notice: Notice, procedure: Procedure, on: date, context: Context) -> int:
    on_its_way_fen = _on_its_way_fen(procedure, late_fee_paid_fen(case, notice, on))
    return max(late_fee_left_fen(case, notice, on, context) - on_its_way_fen, 0)


def settled_fen(case: UnitCase, notice: Notice, on: date) -> int:
    """What was paid of the principal of a notice's lines at the end of a day, as payments show it."""
    stood = (as_it_stood(line, case.reversals, on) for line in _lines(case, notice))
    return sum(line.assessed_fen - line.owed_fen for line in stood)


def assessed_fen(case: UnitCase, notice: Notice) -> int:
    """What is assessed in all for a notice's lines, paid or not."""
    return sum(line.assessed_fen for line in _lines(case, notice))


def is_settled(case: UnitCase, notice: Notice) -> bool:
    """Tell whether no line of a notice owes any principal, as payments show it."""
    return not any(line.owed_fen for line in _lines(case, notice))


def transferable_fen(due: Owed, context: Context) -> int:
    """What a 划拨 may cover: the principal, and the late fee only where the published parameter says so."""
    return due.total_fen if chosen(TRANSFER_LATE_FEE, context) == TRANSFER_LATE_FEE_ON else due.principal_fen


def _lines(case: UnitCase, notice: Notice) -> Iterator[Line]:
    """The lines that the notice names and that the case still has."""
    return (case.lines[key] for key in notice.lines if key in case.lines)
