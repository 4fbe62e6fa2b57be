"""What the tax office says of units' contributions: assessed, paid, missed, corrected, taken back."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from schemas.vocabulary import Insurance
from services.gateway.simulation import months
from services.gateway.simulation.units import Habit, Unit

Row = dict[str, str]

PENSION_ONLY = (Insurance.PENSION,)
ALL_KINDS = (Insurance.PENSION, Insurance.MEDICAL, Insurance.UNEMPLOYMENT, Insurance.WORK_INJURY)
"""Maternity insurance is paid with medical insurance in Weihai since 2017-07."""
_RATES = {
    Insurance.PENSION: 2_400,
    Insurance.MEDICAL: 1_000,
    Insurance.UNEMPLOYMENT: 100,
    Insurance.WORK_INJURY: 40,
    Insurance.MATERNITY: 100,
}
"""Employer's and employee's share together, in ten-thousandths of wages: assumed, rounded."""

_OFF_SEASON = (12, 1, 2, 3)
_OLD_MONTHS = (
    date(2010, 5, 1),
    date(2011, 4, 1),
    date(2015, 9, 1),
    date(2018, 6, 1),
    date(2019, 3, 1),
    date(2019, 10, 1),
)


@dataclass(slots=True)
class Ledger:
    """Rows by topic, as the feed's files have them."""

    assessed: list[Row] = field(default_factory=list)
    missed: list[Row] = field(default_factory=list)
    paid: list[Row] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Line:
    """A line a unit owes at the end of the history: payments of the later weeks may settle it."""

    unit: Unit
    month: date
    insurance: Insurance
    owed_fen: int


class TaxOffice:
    """Writes the history of each unit; everything is said no later than `end`."""

    def __init__(self, random: Random, end: date) -> None:
        self._random, self._end = random, end
        self.ledger = Ledger()
        self.owed: list[Line] = []

    def write(self, unit: Unit, of_months: Sequence[date]) -> None:
        """Write one unit's history."""
        if unit.habit is Habit.OLD_DEBTOR:
            self._old_debts(unit)
        stopped = self._stopped(of_months) if unit.habit is Habit.DEFAULTING else None
        since = -_UNREGISTERED_MONTHS if unit.habit is Habit.UNREGISTERED else 0
        for month in of_months[since:]:
            if unit.registered_on >= months.following(month) or months.assessed_on(month) > self._end:
                continue
            if stopped is not None and month >= stopped:
                self._missed(unit, month, self._owed_kinds(unit))
            else:
                self._month(unit, month)

    def _stopped(self, of_months: Sequence[date]) -> date:
        """Since when a defaulting unit has not paid."""
        return of_months[-min(self._random.randrange(2, 9), len(of_months))]

    def _month(self, unit: Unit, month: date) -> None:
        chance = self._random.random()
        match unit.habit:
            case Habit.SEASONAL if month.month in _OFF_SEASON and chance < _OFTEN:
                self._missed(unit, month, PENSION_ONLY, paid_after=self._maybe_later(_OFTEN))
            case Habit.PART if chance < _SELDOM:
                self._part(unit, month)
            case Habit.LATE if chance < _SOMETIMES:
                self._missed(unit, month, PENSION_ONLY, paid_after=self._random.randrange(5, 60))
            case Habit.OVERPAYING if chance < _SELDOM:
                self._overpaid(unit, month)
            case Habit.CORRECTED if chance < _SELDOM:
                self._corrected(unit, month)
            case _:
                self._regular(unit, month)

    def _maybe_later(self, chance: float) -> int | None:
        return self._random.randrange(20, 200) if self._random.random() < chance else None

    def _owed_kinds(self, unit: Unit) -> tuple[Insurance, ...]:
        return ALL_KINDS if unit.number % 3 else PENSION_ONLY

    def _regular(self, unit: Unit, month: date) -> None:
        amount = _amount(unit, Insurance.PENSION)
        self._assess(unit, month, Insurance.PENSION, amount)
        self._pay(unit, month, Insurance.PENSION, amount, self._pay_day(month))

    def _pay_day(self, month: date) -> date:
        return months.due_on(month) - timedelta(days=self._random.randrange(12))

    def _missed(self, unit: Unit, month: date, kinds: tuple[Insurance, ...], paid_after: int | None = None) -> None:
        for insurance in kinds:
            amount = _amount(unit, insurance)
            if unit.number % 2:
                self._assess(unit, month, insurance, amount)
            self._miss(unit, month, insurance, amount)
            if paid_after is not None:
                self._pay(unit, month, insurance, amount, months.due_on(month) + timedelta(days=paid_after))
            else:
                self._owe(unit, month, insurance, amount)

    def _part(self, unit: Unit, month: date) -> None:
        for insurance in ALL_KINDS:
            amount = _amount(unit, insurance)
            self._assess(unit, month, insurance, amount)
            if insurance in (Insurance.PENSION, Insurance.MEDICAL):
                paid = amount * self._random.randrange(30, 90) // 100
                self._pay(unit, month, insurance, paid, self._pay_day(month))
                self._miss(unit, month, insurance, amount)
                self._owe(unit, month, insurance, amount - paid)
            else:
                self._pay(unit, month, insurance, amount, self._pay_day(month))

    def _overpaid(self, unit: Unit, month: date) -> None:
        amount = _amount(unit, Insurance.PENSION)
        self._assess(unit, month, Insurance.PENSION, amount)
        self._pay(unit, month, Insurance.PENSION, amount, self._pay_day(month))
        twice = self._pay(unit, month, Insurance.PENSION, amount, self._pay_day(month), again=1)
        if twice and self._random.random() < _OFTEN:
            # The second payment is taken back: a refund names what it reverses.
            self._pay(unit, month, Insurance.PENSION, amount, self._pay_day(month), again=2, reverses=twice)

    def _corrected(self, unit: Unit, month: date) -> None:
        amount = _amount(unit, Insurance.PENSION)
        wrong = amount * self._random.randrange(104, 140) // 100
        self._assess(unit, month, Insurance.PENSION, wrong)
        self._assess(unit, month, Insurance.PENSION, amount, revision=2)
        self._pay(unit, month, Insurance.PENSION, amount, self._pay_day(month))

    def _old_debts(self, unit: Unit) -> None:
        for month in _OLD_MONTHS:
            if unit.registered_on < month and self._random.random() < _OFTEN:
                amount = _amount(unit, Insurance.PENSION) * (month.year - 2005) // 25
                self._miss(unit, month, Insurance.PENSION, amount)
                self._owe(unit, month, Insurance.PENSION, amount)

    # --- rows -------------------------------------------------------------------------------------

    def _assess(self, unit: Unit, month: date, insurance: Insurance, fen: int, revision: int = 1) -> None:
        on = months.assessed_on(month) + timedelta(days=revision - 1)
        row = _line(unit, month, insurance, "HD", on) | {"revision": str(revision)}
        self.ledger.assessed.append(row | {"assessed_fen": str(fen), "due_on": months.due_on(month).isoformat()})

    def _miss(self, unit: Unit, month: date, insurance: Insurance, fen: int) -> None:
        if months.found_on(month) > self._end:
            return
        row = _line(unit, month, insurance, "QF", months.found_on(month))
        self.ledger.missed.append(row | {"assessed_fen": str(fen), "due_on": months.due_on(month).isoformat()})

    def _pay(
        self,
        unit: Unit,
        month: date,
        insurance: Insurance,
        fen: int,
        on: date,
        again: int = 0,
        reverses: str = "",
    ) -> str:
        if on > self._end:
            return ""
        row = _line(unit, month, insurance, "JF", on)
        row["reference"] += f".{again}" if again else ""
        self.ledger.paid.append(row | {"paid_fen": str(fen), "paid_on": on.isoformat(), "reverses": reverses})
        return row["reference"]

    def _owe(self, unit: Unit, month: date, insurance: Insurance, fen: int) -> None:
        if unit.habit is not Habit.UNREGISTERED:
            self.owed.append(Line(unit, month, insurance, fen))


_OFTEN, _SOMETIMES, _SELDOM = 0.7, 0.4, 0.15
_UNREGISTERED_MONTHS = 5


def payments_for(lines: Sequence[Line], on: date, part: float = 1.0) -> list[Row]:
    """Payments of what is owed, wholly or in part, on a later day."""
    rows = []
    for line in lines:
        fen = int(line.owed_fen * part)
        row = _line(line.unit, line.month, line.insurance, "BJ", on)
        rows.append(row | {"paid_fen": str(fen), "paid_on": on.isoformat(), "reverses": ""})
    return rows


def latest_month(units: Sequence[Unit], month: date, missing: frozenset[int]) -> tuple[Ledger, list[Line]]:
    """The month that falls due after the history: assessed for all, paid by most, missed by the units in `missing`."""
    ledger, owed = Ledger(), []
    for unit in units:
        amount = _amount(unit, Insurance.PENSION)
        due = {"assessed_fen": str(amount), "due_on": months.due_on(month).isoformat()}
        assessed = _line(unit, month, Insurance.PENSION, "HD", months.assessed_on(month))
        ledger.assessed.append(assessed | {"revision": "1"} | due)
        if unit.number in missing:
            found = _line(unit, month, Insurance.PENSION, "QF", months.due_on(month) + timedelta(days=2))
            ledger.missed.append(found | due)
            owed.append(Line(unit, month, Insurance.PENSION, amount))
        else:
            on = months.due_on(month) - timedelta(days=1 + unit.number % 6)
            paid = _line(unit, month, Insurance.PENSION, "JF", on)
            ledger.paid.append(paid | {"paid_fen": str(amount), "paid_on": on.isoformat(), "reverses": ""})
    return ledger, owed


def registration(unit: Unit) -> Row:
    """A unit's registration."""
    return {
        "reference": f"DJ-{unit.number:04d}",
        "district": unit.district.value,
        "occurred_on": unit.registered_on.isoformat(),
        "unit_code": unit.code,
        "unit_name": unit.name,
        "contact_phone": unit.phone,
        "contact_email": unit.email,
    }


def _amount(unit: Unit, insurance: Insurance) -> int:
    return unit.staff * unit.wage_fen * _RATES[insurance] // 10_000


_SHORT = {
    Insurance.PENSION: "A",
    Insurance.MEDICAL: "B",
    Insurance.UNEMPLOYMENT: "C",
    Insurance.WORK_INJURY: "D",
    Insurance.MATERNITY: "E",
}


def _line(unit: Unit, month: date, insurance: Insurance, prefix: str, on: date) -> Row:
    return {
        "reference": f"{prefix}-{month:%y%m}-{unit.number:04d}{_SHORT[insurance]}",
        "unit_code": unit.code,
        "district": unit.district.value,
        "occurred_on": on.isoformat(),
        "month": months.label(month),
        "insurance": insurance.value,
    }
