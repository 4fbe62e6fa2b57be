"""What was recovered of arrears (清欠), month by month: payments that came after a line's due date. Pure."""

from collections import defaultdict
from datetime import date

from schemas.settlements import PaymentShare
from services.arrears.rules_lines import standing
from services.arrears.rules_state import Kind, UnitCase


class Recovery:
    """Adds up cases; `by_month` gives fen by the month of payment (`YYYY-MM`)."""

    def __init__(self) -> None:
        self._fen: dict[str, int] = defaultdict(int)

    def add(self, case: UnitCase, as_of: date) -> None:
        """Take in what a unit paid late up to and with a day; what it paid beyond its dues recovers nothing."""
        for line in case.lines.values():
            due_on, outstanding = line.due_on, line.assessed_fen
            if due_on is None:
                continue
            said = [(one.on, one.amount_fen) for one in standing(line, Kind.PAID, case.reversals)]
            said += [(part.on, part.amount_fen) for part in line.allotments if part.share is PaymentShare.PRINCIPAL]
            for on, amount_fen in sorted(said):
                if on > as_of:
                    break
                counted = min(amount_fen, outstanding)
                outstanding -= counted
                if on > due_on and counted:
                    self._fen[f"{on:%Y-%m}"] += counted

    @property
    def by_month(self) -> dict[str, int]:
        """Fen recovered by month, in order, months without a payment among them."""
        if not self._fen:
            return {}
        first, last = (_number(month) for month in (min(self._fen), max(self._fen)))
        months = [f"{number // 12:04d}-{number % 12 + 1:02d}" for number in range(first, last + 1)]
        return {month: self._fen.get(month, 0) for month in months}


def _number(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:]) - 1
