"""What the lines of one notice owe on a day."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from schemas.decision import Context
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

    Less what execution brought in and no payment has shown yet: it would be taken twice. The lines know on which days of
    an agreement they bear no late fee.
    """
    if procedure.is_of_late_fee:
        return Owed(0, _late_fee_alone(case, notice, procedure, on, context))
    capped = cap_is_on(context)
    principal_fen = late_fee_fen = 0
    for line in _lines(case, notice):
        stood = as_it_stood(line, case.reversals, on)
        if stood.owed_fen:
            principal_fen += stood.owed_fen
            late_fee_fen += late_fee(stood, on, capped=capped).fen
    shown_fen = settled_fen(case, notice) - procedure.settled_before_fen
    on_its_way_fen = max(procedure.received_fen - max(shown_fen, 0), 0)
    return Owed(max(principal_fen - on_its_way_fen, 0), late_fee_fen)


def late_fee_left_fen(case: UnitCase, notice: Notice, on: date, context: Context) -> int:
    """What of late fees is left to pay at the end of a day on the notice's lines whose principal is paid."""
    capped = cap_is_on(context)
    stood = [as_it_stood(line, case.reversals, on) for line in _lines(case, notice)]
    return sum(late_fee(line, on, capped=capped).fen for line in stood if not line.owed_fen)


def late_fee_paid_fen(case: UnitCase, notice: Notice) -> int:
    """What is paid of the late fees of a notice's lines, as payments show it."""
    return sum(line.fee_paid_fen for line in _lines(case, notice))


def _late_fee_alone(case: UnitCase, notice: Notice, procedure: Procedure, on: date, context: Context) -> int:
    shown_fen = late_fee_paid_fen(case, notice) - procedure.settled_before_fen
    on_its_way_fen = max(procedure.received_fen - max(shown_fen, 0), 0)
    return max(late_fee_left_fen(case, notice, on, context) - on_its_way_fen, 0)


def settled_fen(case: UnitCase, notice: Notice) -> int:
    """What is paid of the principal of a notice's lines, as payments show it."""
    return sum(line.assessed_fen - line.owed_fen for line in _lines(case, notice))


def is_settled(case: UnitCase, notice: Notice) -> bool:
    """Tell whether no line of a notice owes any principal, as payments show it."""
    return not any(line.owed_fen for line in _lines(case, notice))


def transferable_fen(due: Owed, context: Context) -> int:
    """What a 划拨 may cover: the principal, and the late fee only where the published parameter says so."""
    return due.total_fen if chosen(TRANSFER_LATE_FEE, context) == TRANSFER_LATE_FEE_ON else due.principal_fen


def _lines(case: UnitCase, notice: Notice) -> Iterator[Line]:
    """The lines that the notice names and that the case still has."""
    return (case.lines[key] for key in notice.lines if key in case.lines)
