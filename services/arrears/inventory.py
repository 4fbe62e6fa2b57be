"""The inventory of units in arrears (底数, 结构, 清单), read from case states; the console formats it. Pure.

底数 = the totals, 结构 = breakdowns by cohort, district, amount and age, 清单 = the list of units.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from schemas.vocabulary import DISTRICT_NAMES_ZH, Agency, District
from services.arrears.law import is_stock
from services.arrears.rules_lines import as_it_stood
from services.arrears.rules_standing import late_fee
from services.arrears.rules_state import Line, Registration, Status, UnitCase
from services.runtime.errors import UserMistake


class Cohort(StrEnum):
    """Which of the campaign's lists a line belongs to: due up to 2019-12-31, or from 2020-01-01 on."""

    STOCK = "stock"
    NEW = "new"


COHORT_NAMES_ZH = {Cohort.STOCK: "2019年底前", Cohort.NEW: "2020年后新发生"}


@dataclass(frozen=True, slots=True)
class Band:
    """A half-open span of values, `low` counted in, `high` not; None = without end. Amounts in fen, ages in days."""

    name: str
    name_zh: str
    low: int
    high: int | None

    def __contains__(self, value: int) -> bool:
        return self.low <= value and (self.high is None or value < self.high)


AMOUNT_BANDS = (
    Band("under-10k-yuan", "不满1万元", 0, 1_000_000),
    Band("10k-to-50k-yuan", "1万元以上不满5万元", 1_000_000, 5_000_000),
    Band("50k-to-200k-yuan", "5万元以上不满20万元", 5_000_000, 20_000_000),
    Band("200k-to-1m-yuan", "20万元以上不满100万元", 20_000_000, 100_000_000),
    Band("over-1m-yuan", "100万元以上", 100_000_000, None),
)
"""By a unit's principal. Assumed: the newsletter asks for the structure (结构状况) and gives no bands."""

AGE_BANDS = (
    Band("up-to-30-days", "30日以内", 0, 31),
    Band("31-to-90-days", "31日至90日", 31, 91),
    Band("91-to-365-days", "91日至365日", 91, 366),
    Band("1-to-2-years", "366日至730日", 366, 731),
    Band("over-2-years", "超过730日", 731, None),
)
"""By the days since a unit's oldest due date. Assumed, but for two years: the limit of a fine (行政处罚法 36)."""


@dataclass(frozen=True, slots=True)
class Sums:
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


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One unit in arrears (清单). `age_days` counts from the oldest due date to the day of the inventory."""

    unit_code: str
    unit_name: str
    district: District
    agency: Agency
    cohorts: Mapping[Cohort, Sums]
    total: Sums
    oldest_due_on: date
    age_days: int
    is_provisional: bool
    """Some due date was counted without its year's calendar."""
    late_fee_passes_principal: bool
    """A line's late fee is more than its principal (行政强制法 45(2), disputed)."""

    @property
    def cohort(self) -> Cohort:
        """Stock, if anything at all is owed from before 2020."""
        return Cohort.STOCK if self.cohorts[Cohort.STOCK].lines else Cohort.NEW


@dataclass(frozen=True, slots=True)
class Share:
    """One entry of a breakdown (结构), with the codes of the machine and the words of people."""

    name: str
    name_zh: str
    sums: Sums


@dataclass(frozen=True, slots=True)
class Inventory:
    """底数 (`total`), 结构 (`by_…`) and 清单 (`rows`, most owed first) on a day.

    `by_cohort` splits lines, so a unit that owes from before and after 2020 counts in both; the other breakdowns split units.
    `held_units` and `held_records` wait for a registration and are not counted in.
    """

    as_of: date
    total: Sums
    by_cohort: tuple[Share, ...]
    by_district: tuple[Share, ...]
    by_amount: tuple[Share, ...]
    by_age: tuple[Share, ...]
    rows: tuple[UnitRow, ...]
    held_units: int
    held_records: int


def day_of_inventory(asked: date | None, today: date) -> date:
    """Give the day of an inventory: the one asked for, or the mesh's today. `UserMistake` for a day that is not over yet."""
    if asked is not None and asked > today:
        raise UserMistake(
            f"The mesh's today is {today}: an inventory as of {asked} can be drawn once that day has come."
        )
    return asked or today


def inventory(cases: Mapping[str, UnitCase], as_of: date, *, late_fee_is_capped: bool = False) -> Inventory:
    """Draw up the inventory from case states by unit code, as things stood at the end of `as_of` by what is known now.

    A line is owed then if it had fallen due before that day and was not wholly paid by its end; late fees are computed up
    to and with it. Registrations, assessments and corrections are today's.
    """
    found = (_row(case, as_of, late_fee_is_capped=late_fee_is_capped) for case in cases.values())
    rows = sorted((row for row in found if row is not None), key=lambda row: (-row.total.principal_fen, row.unit_code))
    held = [case for case in cases.values() if case.status is Status.HELD]
    return Inventory(
        as_of=as_of,
        total=_sum(row.total for row in rows),
        by_cohort=tuple(
            Share(cohort, COHORT_NAMES_ZH[cohort], _sum(row.cohorts[cohort] for row in rows)) for cohort in Cohort
        ),
        by_district=tuple(
            Share(district, DISTRICT_NAMES_ZH[district], _sum(row.total for row in rows if row.district == district))
            for district in District
        ),
        by_amount=tuple(
            Share(band.name, band.name_zh, _sum(row.total for row in rows if row.total.principal_fen in band))
            for band in AMOUNT_BANDS
        ),
        by_age=tuple(
            Share(band.name, band.name_zh, _sum(row.total for row in rows if row.age_days in band))
            for band in AGE_BANDS
        ),
        rows=tuple(rows),
        held_units=len(held),
        held_records=sum(case.record_count for case in held),
    )


def _row(case: UnitCase, as_of: date, *, late_fee_is_capped: bool) -> UnitRow | None:
    registration = case.registration
    if registration is None:
        return None
    then = (as_it_stood(line, case.reversals, as_of) for line in case.lines.values())
    owed = [line for line in then if line.found_on is not None]
    if not owed:
        return None
    return _unit_row(case.unit_code, registration, owed, as_of, late_fee_is_capped=late_fee_is_capped)


def _unit_row(
    unit_code: str, registration: Registration, owed: list[Line], as_of: date, *, late_fee_is_capped: bool
) -> UnitRow:
    cohorts = {cohort: Sums() for cohort in Cohort}
    oldest, passes = date.max, False
    for line in owed:
        assert line.due_on is not None
        fee = late_fee(line, as_of, capped=late_fee_is_capped)
        passes = passes or fee.passed_principal
        oldest = min(oldest, line.due_on)
        cohort = Cohort.STOCK if is_stock(line.due_on) else Cohort.NEW
        cohorts[cohort] += Sums(0, 1, line.owed_fen, fee.fen)
    cohorts = {
        cohort: Sums(1 if sums.lines else 0, sums.lines, sums.principal_fen, sums.late_fee_fen)
        for cohort, sums in cohorts.items()
    }
    both = _sum(cohorts.values())
    return UnitRow(
        unit_code=unit_code,
        unit_name=registration.unit_name,
        district=registration.district,
        agency=registration.agency,
        cohorts=cohorts,
        total=Sums(1, both.lines, both.principal_fen, both.late_fee_fen),
        oldest_due_on=oldest,
        age_days=max((as_of - oldest).days, 0),
        is_provisional=any(line.due_is_provisional for line in owed),
        late_fee_passes_principal=passes,
    )


def _sum(parts: Iterable[Sums]) -> Sums:
    return sum(parts, Sums())
