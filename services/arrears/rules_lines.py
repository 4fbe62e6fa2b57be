"""How one line stands by its records: what is due, what is paid, since when it bears a late fee.

Everything here is a function of the line's records, the reversals, the calendar and today: the order in which the
records came leaves no trace.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import msgspec
from msgspec.structs import replace

from schemas.decision import Context
from schemas.settlements import PaymentShare
from services.arrears import law
from services.arrears.rules_insolvency_state import Relief, WriteOff
from services.arrears.rules_payments_state import Allotment
from services.arrears.rules_state import Kind, Line, Record
from services.arrears.rules_status_state import FeePause

Reversals = Mapping[str, tuple[str, ...]] | None
"""For `<kind>/<reference>`: the references that take it back; None where there are none."""
_ASSESSED, _MISSED, _PAID = Kind.ASSESSED, Kind.MISSED, Kind.PAID
"""Asked for by every line that is computed; a member that is looked up in its enum takes 0.1 µs."""


class Dues(msgspec.Struct, frozen=True, gc=False):
    """What is due for a line by the record that holds; `on` as said, before it is moved past days off."""

    amount_fen: int
    on: date


def is_standing(kind: Kind, reference: str, reversals: Reversals, path: tuple[str, ...] = ()) -> bool:
    """Tell whether no standing record takes this one back; a circle of reversals takes nothing back twice."""
    name = f"{kind}/{reference}"
    by = None if reversals is None else reversals.get(name)
    if not by:
        return True
    path = (*path, name)
    return not any(f"{kind}/{one}" not in path and is_standing(kind, one, reversals, path) for one in by)


def standing(line: Line, kind: Kind, reversals: Reversals) -> list[Record]:
    """The records of a kind that count: a reversal only takes back, and counts for nothing itself."""
    found = []
    for record in line.records:
        # A loop, for a comprehension is a call more, thrice a fact.
        is_said = record.kind is kind and record.reverses is None
        if is_said and (not reversals or is_standing(kind, record.reference, reversals)):
            found.append(record)
    return found


def dues(line: Line, reversals: Reversals) -> Dues | None:
    """What is due: the latest assessment (核定) holds; without one, the latest report of a missed line."""
    records = standing(line, _ASSESSED, reversals) or standing(line, _MISSED, reversals)
    if not records:
        return None
    latest = records[0]
    if len(records) > 1:
        latest = max(records, key=lambda record: (record.occurred_on, record.revision, record.reference))
    return Dues(latest.amount_fen, latest.on)


def evaluated(line: Line, reversals: Reversals, context: Context, relief: Relief | None = None) -> Line:
    """Compute anew how a line stands; `found_on` is kept while the line stays owed."""
    due = dues(line, reversals)
    payments = _payments(line, reversals)
    paid_fen = sum([payment.amount_fen for payment in payments]) if payments else 0
    if due is None:
        return Line(line.records, paid_fen=paid_fen, allotments=line.allotments)
    last_day = law.due_date(due.on, context.calendar)
    fee_units, fee_through = _accrued(due.amount_fen, last_day.on, payments, relief)
    today = context.today
    spared_fen = 0 if relief is None else relief.written_off_fen
    is_owed = paid_fen + spared_fen < due.amount_fen and last_day.on < today
    return Line(
        line.records,
        due.amount_fen,
        paid_fen,
        last_day.on,
        fee_through,
        fee_units,
        (line.found_on or today) if is_owed else None,
        last_day.provisional,
        relief,
        line.allotments,
    )


def _payments(line: Line, reversals: Reversals) -> Sequence[Record | Allotment]:
    """What was paid of its principal: said for the line, and allotted to it."""
    said = standing(line, _PAID, reversals)
    if not line.allotments:
        return said
    return [*said, *(part for part in line.allotments if part.share is PaymentShare.PRINCIPAL)]


def as_it_stood(line: Line, reversals: Reversals, on: date) -> Line:
    """How a line stood at the end of a day, by what is known of it now: later payments had not been made.

    A line that had fallen due by then and was not wholly paid counts as found, whenever it was found; what was written
    off later was owed still.
    """
    if line.due_on is None:
        return line
    if line.relief is None and not line.allotments and not _was_paid_after(line.records, on):
        # Nothing was paid later, nothing written off: it stood as it stands, but for whether it had fallen due.
        is_owed = line.paid_fen < line.assessed_fen and line.due_on < on
        if is_owed is (line.found_on is not None):
            return line
        return replace(line, found_on=on if is_owed else None)
    payments = [payment for payment in _payments(line, reversals) if payment.on <= on]
    paid_fen = sum(payment.amount_fen for payment in payments)
    relief = None if line.relief is None else line.relief.as_of(on)
    fee_units, fee_through = _accrued(line.assessed_fen, line.due_on, payments, relief)
    spared_fen = 0 if relief is None else relief.written_off_fen
    is_owed = paid_fen + spared_fen < line.assessed_fen and line.due_on < on
    return Line(
        line.records,
        line.assessed_fen,
        paid_fen,
        line.due_on,
        fee_through,
        fee_units,
        (line.found_on or on) if is_owed else None,
        line.due_is_provisional,
        relief,
        tuple(part for part in line.allotments if part.on <= on),
    )


def _was_paid_after(records: Sequence[Record], on: date) -> bool:
    for record in records:  # noqa: SIM110 — a generator for each of 600,000 lines would cost half a second
        if record.on > on and record.kind is _PAID:
            return True
    return False


def _accrued(
    amount_fen: int, due_on: date, payments: Sequence[Record | Allotment], relief: Relief | None
) -> tuple[int, date]:
    """Late fee of what was paid late, and the day up to which it is counted: the last payment that found something owed.

    A write-off ends the fee of what it writes off as a payment of that day would.
    """
    reductions: Sequence[Record | Allotment | WriteOff] = payments
    pauses: tuple[FeePause, ...] = ()
    if relief is not None:
        reductions, pauses = [*payments, *relief.write_offs], relief.fee_pauses
    units, through, outstanding = 0, due_on, amount_fen
    if len(reductions) > 1:
        reductions = sorted(reductions, key=lambda reduction: reduction.on)
    for reduction in reductions:
        if reduction.on > through and outstanding:
            units += _fee_units(outstanding, through, reduction.on, pauses)
            through = reduction.on
        outstanding = max(outstanding - reduction.amount_fen, 0)
    return units, through


def _fee_units(principal_fen: int, after: date, through: date, pauses: tuple[FeePause, ...]) -> int:
    """Late fee of a principal on the days after `after` up to and with `through`, but for those of the pauses."""
    units = law.late_fee_units(principal_fen, after, through)
    for pause in pauses:
        end = through if pause.through is None else min(through, pause.through)
        units -= law.late_fee_units(principal_fen, max(after, pause.after), end)
    return units


def late_fee_fen(line: Line, as_of: date) -> int:
    """Late fee that a line bore up to and with a day, paid or not: in whole fen, rounded half up, once a line; less what was written off."""
    units, owed_fen, through = line.fee_units, line.assessed_fen - line.paid_fen, line.fee_through
    if line.relief is None:
        if owed_fen > 0 and through is not None:
            units += law.late_fee_units(owed_fen, through, as_of)
        return law.rounded_fen(units)
    if through is not None:
        units += _fee_units(line.owed_fen, through, as_of, line.fee_pauses)
    return max(law.rounded_fen(units) - sum(one.late_fee_fen for one in line.write_offs if one.on <= as_of), 0)


def is_any_owed(lines: Mapping[str, Line], keys: Iterable[str]) -> bool:
    """Tell whether one of these lines was found owed; those that are gone are not."""
    for key in keys:
        line = lines.get(key)
        if line is not None and line.found_on is not None:
            return True
    return False


def overdue(lines: Mapping[str, Line], today: date) -> list[str]:
    """The lines whose due date has passed unpaid and that nobody has found yet."""
    return [
        key
        for key, line in lines.items()
        if line.found_on is None and line.due_on is not None and line.due_on < today and line.owed_fen
    ]


def countable(lines: Mapping[str, Line], context: Context) -> list[str]:
    """The lines whose due date was counted without a calendar that has been published since."""
    published = context.calendar.years
    if not published:
        return []
    return [
        key
        for key, line in lines.items()
        if line.due_is_provisional and line.due_on is not None and line.due_on.year in published
    ]


def look_on(lines: Mapping[str, Line]) -> date | None:
    """The earliest due date of a line that is not paid and not yet owed."""
    earliest = None
    for line in lines.values():
        due_on = line.due_on
        if due_on is None or line.found_on is not None or line.paid_fen >= line.assessed_fen:
            continue
        if (earliest is None or due_on < earliest) and line.owed_fen:
            earliest = due_on
    return earliest
