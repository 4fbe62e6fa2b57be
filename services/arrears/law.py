"""What every case of the arrears desk rests on: paragraphs, the late fee and its numbers, who collects, how days end.

The numbers of each part of a case stand in a module of its own (`law_*.py`), those of the office in `law_office_rules.py`.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from schemas.calendar import CountedDay, WorkingCalendar
from schemas.decision import LEGAL_ZONE
from services.arrears.law_numbers import Confidence, LegalNumber, Unit
from services.arrears.law_office_rules import OFFICE_RULES, OfficeRules

INSURANCE_LAW = "社会保险法"
COLLECTION_REGULATION = "社会保险费征缴暂行条例"
DECREE_13 = "实施社会保险法若干规定（令13号）"
DECREE_20 = "社会保险费申报缴纳管理规定（令20号）"
ENFORCEMENT_LAW = "行政强制法"
CIVIL_CODE = "民法典"
NEWSLETTER = "文登区社保中心小报"
OFFICE = "征缴岗位内部规则（假定）"

PAY_IN_TIME = f"{INSURANCE_LAW} 60"
ORDER_TO_PAY = f"{INSURANCE_LAW} 63"
LATE_FEE = f"{INSURANCE_LAW} 86"
OLD_LATE_FEE = f"{COLLECTION_REGULATION} 13"
TEMPORAL_CUT = f"{DECREE_13} 29"
NOT_BORNE_BY_EMPLOYEES = f"{DECREE_13} 20"
LATE_FEE_CAP = f"{ENFORCEMENT_LAW} 45(2)"
REGISTRATION = f"{INSURANCE_LAW} 57"
DAYS_COUNTED = f"{CIVIL_CODE} 201"
LAST_DAY_OFF = f"{CIVIL_CODE} 203"
TELEPHONE_REMINDER = f"{NEWSLETTER} 三"
OFFICE_LADDER = f"{OFFICE} 提醒"
OFFICE_HOLDING = f"{OFFICE} 未登记单位"

UNITS_A_FEN = 10_000
"""Late fees are summed in ten-thousandths of a fen, whole numbers, and rounded once a line."""


LATE_FEE_RATE_BEFORE = LegalNumber(
    "late-fee-rate",
    "late fee (滞纳金) a day, of the principal",
    20,
    Unit.TEN_THOUSANDTHS_A_DAY,
    OLD_LATE_FEE,
    date.min,
    Confidence.READ,
    in_force_until=date(2011, 6, 30),
    note="按日加收2‰, from 1999-01-22, and still for days before the Law: 令13号 29. Taken for earlier days too: local rules of before are not known. "
    "征缴暂行条例 13 adds it only where an order to pay was not followed (责令限期缴纳；逾期仍不缴纳的), but then from the day of default. Assumed by the office: "
    "such an order went out for every line, and was not followed until the line was paid. The mesh has no record of orders from before 2011-07-01, "
    "so who claims this fee looks for the order in the paper file first.",
)
LATE_FEE_RATE_SINCE_2011 = LegalNumber(
    "late-fee-rate",
    LATE_FEE_RATE_BEFORE.meaning,
    5,
    Unit.TEN_THOUSANDTHS_A_DAY,
    LATE_FEE,
    date(2011, 7, 1),
    Confidence.READ,
    note="自欠缴之日起，按日加收万分之五. Arrears that run across the day are split there: inferred from 令13号 29, which gives the cut and not the split.",
)


@dataclass(frozen=True, slots=True)
class LateFeeRate:
    """Late fee (滞纳金) a day, in ten-thousandths of the principal, on days from `in_force_from` on."""

    in_force_from: date
    ten_thousandths: int
    name: str
    paragraphs: tuple[str, ...]
    """What a fee at this rate rests on."""


RATE_BEFORE = LateFeeRate(date.min, LATE_FEE_RATE_BEFORE.value, "千分之二", (OLD_LATE_FEE, TEMPORAL_CUT))
RATE_SINCE_2011 = LateFeeRate(
    LATE_FEE_RATE_SINCE_2011.in_force_from, LATE_FEE_RATE_SINCE_2011.value, "万分之五", (LATE_FEE,)
)
LATE_FEE_RATES = (RATE_BEFORE, RATE_SINCE_2011)

LAST_DAY_BEFORE = RATE_SINCE_2011.in_force_from - timedelta(days=1)

LATE_FEE_CAP_OFF = "off"
LATE_FEE_CAP_ON = "on"
LATE_FEE_CAP_READING = LegalNumber(
    "late-fee-cap",
    "whether the late fee (滞纳金) stops at the principal (滞纳金不得超出金钱给付义务的数额)",
    LATE_FEE_CAP_OFF,
    Unit.CHOICE,
    LATE_FEE_CAP,
    date(2012, 1, 1),
    Confidence.READ,
    parameter="late-fee-cap",
    dispute="行政强制法 45(2)（滞纳金不得超出本金）是否约束社会保险费滞纳金，法院与税务机关看法不一",
    note="`off` or `on`. What is not applied is flagged in the facts of the case (`late_fee_cap`).",
)
LATE_FEE_CAP_PARAMETER = LATE_FEE_CAP_READING.parameter

STOCK_LAST_DUE = LegalNumber(
    "stock-last-due",
    "last due date of the campaign's older cohort (2019年底前应缴未缴)",
    date(2019, 12, 31),
    Unit.LEGAL_DATE,
    f"{NEWSLETTER} 二",
    date.min,
    Confidence.OFFICE,
    note="A case-list rule of the newsletter, not law: it is neither the cut of the late fee nor that of who collects.",
)
STOCK_LAST_DUE_ON = STOCK_LAST_DUE.value

COLLECTED_BY_TAX = LegalNumber(
    "collected-by-tax",
    "first day from which the tax office collects (社保核定、税务征收)",
    date(2020, 11, 1),
    Unit.LEGAL_DATE,
    "国家税务总局山东省税务局等四部门公告2020年第6号",
    date(2020, 11, 1),
    Confidence.QUOTED,
    note="No text settles who serves the notice where the centre assesses and the tax office collects.",
)


@dataclass(frozen=True, slots=True)
class IssuingAuthority:
    """Who collects (征收机构, 社会保险法 63, 86) what falls due from a day on."""

    in_force_from: date
    code: str
    name: str
    basis: str


AUTHORITIES = (
    IssuingAuthority(date.min, "social-insurance-centre", "社会保险经办机构", f"{COLLECTION_REGULATION} 6"),
    IssuingAuthority(COLLECTED_BY_TAX.value, "tax", "税务机关", COLLECTED_BY_TAX.paragraph),
)
"""In order of force."""

NUMBERS: tuple[LegalNumber[int] | LegalNumber[str] | LegalNumber[date], ...] = (
    LATE_FEE_RATE_BEFORE,
    LATE_FEE_RATE_SINCE_2011,
    LATE_FEE_CAP_READING,
    STOCK_LAST_DUE,
    COLLECTED_BY_TAX,
)
"""All of this module, for the page of legal numbers."""


MIDNIGHT = time()
DAYS_REMEMBERED_MAX = 10_000
"""Days of which an answer is remembered: thirty years."""


@lru_cache(maxsize=DAYS_REMEMBERED_MAX)
def office_on(day: date) -> OfficeRules:
    """Give the office's rules in force on a day."""
    return [office for office in OFFICE_RULES if office.in_force_from <= day or office is OFFICE_RULES[0]][-1]


@lru_cache(maxsize=DAYS_REMEMBERED_MAX)
def latest_happened_on(day: date) -> date:
    """Give the latest date that may be said, on a day, to have been: clocks and offices may be a little ahead."""
    return day + timedelta(days=office_on(day).ahead_days_max)


def records_max(day: date, *, held: bool) -> int:
    """Give how many records a case may keep; fewer while the unit is not registered."""
    office = office_on(day)
    return office.held_records_max if held else office.records_max


def authority_on(day: date) -> IssuingAuthority:
    """Give who collects what falls due on a day."""
    return [authority for authority in AUTHORITIES if authority.in_force_from <= day][-1]


def due_date(due_on: date, calendar: WorkingCalendar) -> CountedDay:
    """Move a due date that is a day off to the next working day (民法典 203)."""
    return calendar.roll_forward(due_on)


def late_fee_units(principal_fen: int, after: date, through: date) -> int:
    """Late fee of a principal on the calendar days after `after` up to and with `through`: simple, unrounded.

    社会保险法 86, 征缴暂行条例 13; the first day is not counted (民法典 201). In ten-thousandths of a fen.
    """
    if through <= after:
        return 0
    if after >= LAST_DAY_BEFORE:
        return principal_fen * RATE_SINCE_2011.ten_thousandths * (through - after).days
    old_days = (min(through, LAST_DAY_BEFORE) - after).days
    new_days = max((through - LAST_DAY_BEFORE).days, 0)
    return principal_fen * (RATE_BEFORE.ten_thousandths * old_days + RATE_SINCE_2011.ten_thousandths * new_days)


def late_fee_paragraphs(after: date, through: date) -> tuple[str, ...]:
    """What the late fee of the days after `after` up to and with `through` rests on; nothing where there are none."""
    if through <= after:
        return ()
    old = RATE_BEFORE.paragraphs if after < LAST_DAY_BEFORE else ()
    return (*old, *RATE_SINCE_2011.paragraphs) if through > LAST_DAY_BEFORE else old


def rate_on(day: date) -> LateFeeRate:
    """Give the rate of a day's late fee."""
    return RATE_SINCE_2011 if day >= RATE_SINCE_2011.in_force_from else RATE_BEFORE


def rounded_fen(units: int) -> int:
    """Round ten-thousandths of a fen to whole fen, half up."""
    return (units + UNITS_A_FEN // 2) // UNITS_A_FEN


def is_stock(due_on: date) -> bool:
    """Tell whether a due date belongs to the older cohort (2019年底前)."""
    return due_on <= STOCK_LAST_DUE_ON


@lru_cache(maxsize=DAYS_REMEMBERED_MAX)
def instant_of(day: date, at: time) -> datetime:
    """The instant (UTC) of a time of day on a legal date, in Asia/Shanghai."""
    return datetime.combine(day, at, LEGAL_ZONE).astimezone(UTC)


def start_of(day: date) -> datetime:
    """The instant (UTC) at which a legal date begins: midnight in Asia/Shanghai."""
    return instant_of(day, MIDNIGHT)


@lru_cache(maxsize=DAYS_REMEMBERED_MAX)
def end_of(day: date) -> datetime:
    """The instant (UTC) at which a legal date is over: the next midnight in Asia/Shanghai."""
    return start_of(day + timedelta(days=1))
