"""One unit of the inventory (清单): what it owes on a day, line by line, and who answers for it. Pure.

There are a hundred thousand of these in one inventory, so they are plain structs, and what is counted is counted in numbers.
"""

from datetime import date
from typing import NamedTuple

import msgspec

from schemas.vocabulary import Agency, District
from services.arrears.inventory_bands import Cohort
from services.arrears.inventory_standing import BY_ORDINARY_STEPS, NOT_FOUND, NOT_OPEN, standing_of
from services.arrears.law import is_stock
from services.arrears.rules_lines import as_it_stood
from services.arrears.rules_standing import late_fee
from services.arrears.rules_state import Line, Registration, UnitCase


class Sums(msgspec.Struct, frozen=True, gc=False):
    """Money and lines owed, of a unit, a cohort or all. Amounts in whole fen."""

    units: int = 0
    lines: int = 0
    principal_fen: int = 0
    late_fee_fen: int = 0

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(
            self.units + other.units,
            self.lines + other.lines,
            self.principal_fen + other.principal_fen,
            self.late_fee_fen + other.late_fee_fen,
        )


NOTHING = Sums()


class FeeLeft(msgspec.Struct, frozen=True, gc=False):
    """Late fee (滞纳金) still owed on lines whose principal is paid: of how many units, and how much in whole fen."""

    units: int = 0
    late_fee_fen: int = 0


NOTHING_LEFT = FeeLeft()


class OwedLine(msgspec.Struct, frozen=True, gc=False):
    """One line owed: `<month>/<insurance>`, its due date (moved past days off), what is owed, late fee to the day."""

    key: str
    due_on: date
    principal_fen: int
    late_fee_fen: int


class Handling(NamedTuple):
    """How a case is handled: codes of its stage and measure, who answers for it and by when, and deadlines missed in its phase."""

    stage: str
    measure: str
    officer: str = ""
    deadline_on: date | None = None
    escalations: int = 0
    deadline_is_provisional: bool = False


def handling_of(case: UnitCase) -> Handling:
    """Tell how a case is handled now."""
    standing, assignment = standing_of(case), case.assignment
    if assignment is None:
        return Handling(standing.stage, standing.measure)
    return Handling(
        standing.stage,
        standing.measure,
        assignment.officer,
        assignment.deadline_on,
        assignment.level,
        assignment.is_provisional,
    )


def handling_then(case: UnitCase | None) -> Handling:
    """Tell how a case was handled on a past day, by what it was at the end of that day; None: nobody had heard of it."""
    found = Handling(NOT_FOUND, BY_ORDINARY_STEPS) if case is None else handling_of(case)
    return found._replace(stage=NOT_FOUND) if found.stage == NOT_OPEN else found


class UnitRow(msgspec.Struct, frozen=True, gc=False):
    """One unit in arrears (清单). `age_days` counts from the oldest due date to the day of the inventory.

    `stock` and `new`: what it owes of each cohort. `officer` is empty while nobody answers for it; `deadline_on` is the day by which
    its case is to be moved on, `escalations` how often that was missed in its phase. `lines` only where they were asked for.
    """

    unit_code: str
    unit_name: str
    district: District
    agency: Agency
    stock: Sums
    new: Sums
    total: Sums
    oldest_due_on: date
    age_days: int
    is_provisional: bool
    """Some due date was counted without its year's calendar."""
    late_fee_passes_principal: bool
    """A line's late fee is more than its principal (行政强制法 45(2), disputed)."""
    stage: str
    measure: str
    officer: str = ""
    deadline_on: date | None = None
    escalations: int = 0
    deadline_is_provisional: bool = False
    """Its deadline was counted without its year's calendar."""
    lines: tuple[OwedLine, ...] = ()

    @property
    def cohort(self) -> Cohort:
        """Stock, if anything at all is owed from before 2020."""
        return Cohort.STOCK if self.stock.lines else Cohort.NEW

    @property
    def cohorts(self) -> dict[Cohort, Sums]:
        """What it owes of each cohort."""
        return {Cohort.STOCK: self.stock, Cohort.NEW: self.new}


def fee_left_fen(case: UnitCase, as_of: date, *, capped: bool) -> int:
    """Give the late fee that a registered unit still owed at the end of a day on lines whose principal was paid by then."""
    if case.registration is None:
        return 0
    left_fen = 0
    for line in case.lines.values():
        if not line.fee_units:  # whoever paid nothing late bore no late fee on what is paid
            continue
        then = as_it_stood(line, case.reversals, as_of)
        if then.found_on is None:
            left_fen += late_fee(then, as_of, capped=capped).fen
    return left_fen


def row_of(
    case: UnitCase, as_of: date, *, capped: bool, with_lines: bool, handled: Handling | None = None
) -> UnitRow | None:
    """Give a unit's row as things stood at the end of a day; None where it owed nothing or is not registered.

    A line is owed then if it had fallen due before that day and was not wholly paid by its end. `handled`: how the case was
    handled on that day; None: as it is now.
    """
    registration = case.registration
    if registration is None:
        return None
    owed = [
        (key, line)
        for key, now in case.lines.items()
        if (line := as_it_stood(now, case.reversals, as_of)).found_on is not None
    ]
    return _row(case, registration, owed, as_of, capped, with_lines, handled or handling_of(case)) if owed else None


def _row(
    case: UnitCase,
    registration: Registration,
    owed: list[tuple[str, Line]],
    as_of: date,
    capped: bool,
    with_lines: bool,
    handled: Handling,
) -> UnitRow:
    principal_fen = late_fee_fen = stock_lines = stock_fen = stock_fee_fen = 0
    oldest, passes, provisional = date.max, False, False
    told: list[OwedLine] = []
    for key, line in owed:
        due_on = line.due_on
        assert due_on is not None
        fee = late_fee(line, as_of, capped=capped)
        owed_fen = line.owed_fen
        principal_fen += owed_fen
        late_fee_fen += fee.fen
        if is_stock(due_on):
            stock_lines += 1
            stock_fen += owed_fen
            stock_fee_fen += fee.fen
        passes = passes or fee.passed_principal
        provisional = provisional or line.due_is_provisional
        if due_on < oldest:  # noqa: PLR1730 — a call for each of 600,000 lines
            oldest = due_on
        if with_lines:
            told.append(OwedLine(key, due_on, owed_fen, fee.fen))
    total = Sums(1, len(owed), principal_fen, late_fee_fen)
    stock = Sums(1, stock_lines, stock_fen, stock_fee_fen) if stock_lines else NOTHING
    new_lines = len(owed) - stock_lines
    new = Sums(1, new_lines, principal_fen - stock_fen, late_fee_fen - stock_fee_fen) if new_lines else NOTHING
    return UnitRow(
        case.unit_code,
        registration.unit_name,
        registration.district,
        registration.agency,
        stock,
        new,
        total,
        oldest,
        max((as_of - oldest).days, 0),
        provisional,
        passes,
        *handled,
        tuple(sorted(told, key=lambda line: line.key)),
    )
