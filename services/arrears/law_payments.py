"""What payments, clearances and the age of arrears rest on, with paragraph and dates of force."""

from datetime import date

from schemas.decision import Context
from services.arrears.law import CIVIL_CODE, OFFICE
from services.arrears.law_numbers import Confidence, LegalNumber, Unit, chosen

SERVICE_REGULATION = "社会保险经办条例（令765号）"
SUPERVISION_REGULATION = "劳动保障监察条例"

OLDEST_FIRST = f"{CIVIL_CODE} 560"
FEE_BEFORE_DEBT = f"{CIVIL_CODE} 561"
CLEARANCE = f"{SERVICE_REGULATION} 10"
OFFICE_ALLOCATION = f"{OFFICE} 缴费分配"
OFFICE_CLEARANCE = f"{OFFICE} 结清"
PURSUIT = f"{SUPERVISION_REGULATION} 20"

PRINCIPAL_FIRST = "principal-first"
LATE_FEE_FIRST = "late-fee-first"

PAYMENT_ALLOCATION = LegalNumber(
    "payment-allocation",
    "what a payment that leaves it open pays first: principal (本金) or late fee (滞纳金); of each the oldest due date first",
    PRINCIPAL_FIRST,
    Unit.CHOICE,
    OFFICE_ALLOCATION,
    date.min,
    Confidence.OFFICE,
    parameter="payment-allocation",
    dispute="社会保险费与滞纳金的清偿顺序，社会保险法未作规定；民法典 561（先利息后主债务）是否参照适用，看法不一",
    note="`principal-first` or `late-fee-first`. Principal first stops more late fee, and is what the tax offices do with taxes since 2020-03-01 "
    "(国家税务总局公告2019年第48号; recalled). Oldest first, and what is not due on the day of payment after all that is: 民法典 560 (recalled).",
)
NO = "no"
YES = "yes"
LATE_FEE_KEEPS_OPEN = LegalNumber(
    "late-fee-keeps-case-open",
    "whether late fee (滞纳金) still owed keeps a case open once all principal is paid",
    NO,
    Unit.CHOICE,
    OFFICE_CLEARANCE,
    date.min,
    Confidence.OFFICE,
    parameter="late-fee-keeps-case-open",
    note="`no` or `yes`. The clearance record (结清证明) waits for the late fee under both: 社会保险经办条例 10 asks for both before a registration ends.",
)

PURSUIT_LIMIT_YEARS = LegalNumber(
    "pursuit-limit",
    "after how long arrears that nobody found or reported are not looked into any more (不再查处)",
    2,
    Unit.YEARS,
    PURSUIT,
    date(2004, 12, 1),
    Confidence.READ,
    note="The two years of 行政处罚法 36 limit the fine only.",
)
PURSUIT_FREE, PURSUIT_BINDS = "off", "on"
PURSUIT_READING = LegalNumber(
    "pursuit-limit-binds",
    "whether the two years of 查处 bind collection (追缴)",
    PURSUIT_FREE,
    Unit.CHOICE,
    PURSUIT,
    date(2004, 12, 1),
    Confidence.UNCONFIRMED,
    parameter="pursuit-limit",
    dispute="劳动保障监察条例 20 的二年查处时限是否约束社会保险费追缴，看法不一；本系统不因超过二年而自动了结欠费，"
    "参数设为 on 的，逾二年方查明的欠费不再责令限期补缴（行政处罚法 36 的二年只限制罚款）",
    note="`off` or `on`. Under `on` what was found later than two years after its due date stands on no new notice, and is no compliance gap; it stays owed, "
    "bears late fee, and is in the inventory. Arrears that go on count from their end (20(2)), which is why `off` is the default.",
)


def pursuit_ends_on(due_on: date) -> date:
    """The last day of the two years after a due date; of 29 February the last of the month (民法典 202)."""
    year = due_on.year + PURSUIT_LIMIT_YEARS.value
    try:
        return due_on.replace(year=year)
    except ValueError:
        return due_on.replace(year=year, day=due_on.day - 1)


def is_past_pursuit(due_on: date | None, found_on: date | None, context: Context) -> bool:
    """Tell whether a line was found too late to be looked into, where the two years bind collection (parameter `pursuit-limit`)."""
    if due_on is None or found_on is None or chosen(PURSUIT_READING, context) != PURSUIT_BINDS:
        return False
    return found_on > pursuit_ends_on(due_on)


NUMBERS: tuple[LegalNumber[str] | LegalNumber[int], ...] = (
    PAYMENT_ALLOCATION,
    LATE_FEE_KEEPS_OPEN,
    PURSUIT_LIMIT_YEARS,
    PURSUIT_READING,
)
"""All of this module, for the page of legal numbers."""
