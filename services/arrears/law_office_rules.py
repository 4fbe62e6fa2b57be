"""Rules of the office that neither law nor newsletter gives: when it reminds, for how long it holds, how much it keeps."""

from dataclasses import dataclass
from datetime import date, time

from services.arrears.law_numbers import Confidence, LegalNumber, Unit

_OFFICE = "征缴岗位内部规则（假定）"
_REMINDERS = f"{_OFFICE} 提醒"
_HOLDING = f"{_OFFICE} 未登记单位"
_BOUNDS = f"{_OFFICE} 上限"
_FIRST_DAY = date(2020, 1, 1)

REMINDER_LADDER: LegalNumber[tuple[int, ...]] = LegalNumber(
    "reminder-ladder",
    "from each reminder (电话提醒缴费) to the next; after the last the ladder ends, and the formal notice follows",
    (5, 10, 20),
    Unit.WORKING_DAYS,
    _REMINDERS,
    _FIRST_DAY,
    Confidence.OFFICE,
)
REMINDER_GAP = LegalNumber(
    "reminder-gap",
    "a new arrear begins the ladder anew, but not sooner than this after the last reminder",
    5,
    Unit.WORKING_DAYS,
    _REMINDERS,
    _FIRST_DAY,
    Confidence.OFFICE,
)
REMINDER_VALID = LegalNumber(
    "reminder-valid",
    "a reminder that has not gone out by then is no longer worth sending",
    5,
    Unit.WORKING_DAYS,
    _REMINDERS,
    _FIRST_DAY,
    Confidence.OFFICE,
)
REMINDED_DUE_FROM = LegalNumber(
    "reminded-due-from",
    "first due date of what units are reminded of (对2020年后新发生的未缴费单位…电话通知提醒)",
    date(2020, 1, 1),
    Unit.LEGAL_DATE,
    "文登区社保中心小报 三",
    _FIRST_DAY,
    Confidence.READ,
    note="What is older is collected by the formal steps (newsletter 二), and no campaign may ring for it.",
)
REMINDER_TIME = LegalNumber(
    "reminder-time",
    "time of a working day, in Weihai, at which reminders are asked",
    time(9),
    Unit.TIME_OF_DAY,
    _REMINDERS,
    _FIRST_DAY,
    Confidence.OFFICE,
)
HOLDING = LegalNumber(
    "holding",
    "for so long the facts of a unit that is not registered are held",
    45,
    Unit.WORKING_DAYS,
    _HOLDING,
    _FIRST_DAY,
    Confidence.OFFICE,
    note="社会保险法 57 gives registration 30 + 15 days.",
)
UNKNOWN = LegalNumber(
    "unknown",
    "for so long a unit that never registered is remembered as unknown",
    365,
    Unit.CALENDAR_DAYS,
    _HOLDING,
    _FIRST_DAY,
    Confidence.OFFICE,
)
RECORDS_MAX = LegalNumber(
    "records-max", "records that one case may keep", 10_000, Unit.COUNT, _BOUNDS, _FIRST_DAY, Confidence.OFFICE
)
HELD_RECORDS_MAX = LegalNumber(
    "held-records-max",
    "records held for a unit that is not registered",
    500,
    Unit.COUNT,
    _BOUNDS,
    _FIRST_DAY,
    Confidence.OFFICE,
)
REGISTRATIONS_MAX = LegalNumber(
    "registrations-max",
    "registrations, with different business references, that one case may keep",
    50,
    Unit.COUNT,
    _BOUNDS,
    _FIRST_DAY,
    Confidence.OFFICE,
)
AHEAD_DAYS_MAX = LegalNumber(
    "dated-ahead-max",
    "a record may be dated so far after today: the clocks of two offices may lie on two sides of midnight",
    1,
    Unit.CALENDAR_DAYS,
    _BOUNDS,
    _FIRST_DAY,
    Confidence.OFFICE,
)


@dataclass(frozen=True, slots=True)
class OfficeRules:
    """Rules of the office from a day on; what each says, and its unit, stands with its number."""

    in_force_from: date
    ladder_working_days: tuple[int, ...]
    reminder_gap_working_days: int
    reminder_valid_working_days: int
    reminded_due_from: date
    reminder_time: time
    holding_working_days: int
    unknown_days: int
    records_max: int
    held_records_max: int
    registrations_max: int
    ahead_days_max: int


OFFICE_RULES = (
    OfficeRules(
        in_force_from=_FIRST_DAY,
        ladder_working_days=REMINDER_LADDER.value,
        reminder_gap_working_days=REMINDER_GAP.value,
        reminder_valid_working_days=REMINDER_VALID.value,
        reminded_due_from=REMINDED_DUE_FROM.value,
        reminder_time=REMINDER_TIME.value,
        holding_working_days=HOLDING.value,
        unknown_days=UNKNOWN.value,
        records_max=RECORDS_MAX.value,
        held_records_max=HELD_RECORDS_MAX.value,
        registrations_max=REGISTRATIONS_MAX.value,
        ahead_days_max=AHEAD_DAYS_MAX.value,
    ),
)
"""In order of force; before the first, the first is used."""

NUMBERS: tuple[LegalNumber[int] | LegalNumber[tuple[int, ...]] | LegalNumber[date] | LegalNumber[time], ...] = (
    REMINDER_LADDER,
    REMINDER_GAP,
    REMINDER_VALID,
    REMINDED_DUE_FROM,
    REMINDER_TIME,
    HOLDING,
    UNKNOWN,
    RECORDS_MAX,
    HELD_RECORDS_MAX,
    REGISTRATIONS_MAX,
    AHEAD_DAYS_MAX,
)
"""All of this module, for the page of legal numbers."""
