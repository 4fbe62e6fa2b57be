"""The numbers of the order to pay in arrears (限期补缴通知): when it is due, how it is served, how long it gives.

Shapes and confidence: `law_numbers.py`.
"""

from datetime import date, timedelta

from schemas.calendar import CountedDay, WorkingCalendar
from schemas.decision import Context
from schemas.payment_notices import ServiceMethod
from schemas.unit_status import Measure
from schemas.vocabulary import Agency
from services.arrears import law, law_status_numbers
from services.arrears.law_numbers import (
    Cited,
    Confidence,
    LegalNumber,
    Unit,
    chosen,
    counted,
    in_force,
    with_older_citations,
)

CIVIL_PROCEDURE = "民事诉讼法"
REVIEW_LAW = "行政复议法"
LITIGATION_LAW = "行政诉讼法"
DOCUMENT_NUMBERS = "党政机关公文格式（GB/T 9704）"

NOTICE_WITHIN_5_DAYS = f"{law.DECREE_20} 16"
OFFICE_NOTICE = f"{law.OFFICE} 限期补缴"
OFFICE_WARNING = f"{law.OFFICE} 到期预警"
OFFICE_OUTCOMES = f"{law.OFFICE} 提醒结果"
NEWSLETTER_NOTICE = law.TELEPHONE_REMINDER
FOUR_EYES = f"{law.OFFICE} 双人审批"
SERVED_BY = {
    ServiceMethod.DIRECT: f"{CIVIL_PROCEDURE} 87、88",
    ServiceMethod.LEFT: f"{CIVIL_PROCEDURE} 89",
    ServiceMethod.POST: f"{CIVIL_PROCEDURE} 91",
    ServiceMethod.ANNOUNCEMENT: f"{CIVIL_PROCEDURE} 95",
}
"""How a notice counts as received (A, numbering of 2023, in force 2024-01-01). The Decree names no way of serving; 行政强制法 38
sends to this law for the steps that follow, and the office serves the notice by it too (inference)."""

POLICY_NEWSLETTER, POLICY_LAW = "newsletter", "law"
POLICY = LegalNumber(
    name="notice-policy",
    meaning="which arrears get a notice: large or long ones after the telephone reminders, or any (通知范围)",
    value=POLICY_NEWSLETTER,
    unit=Unit.CHOICE,
    paragraph=NEWSLETTER_NOTICE,
    in_force_from=date.min,
    confidence=Confidence.OFFICE,
    parameter="notice-policy",
    dispute="小报仅对欠费数额较大、时间较长的单位下达通知书；令20号第十六条要求查明任何欠费后5个工作日内发出，不设数额、时间门槛",
    note="`newsletter` or `law`. A change reaches a case with its next fact or timer.",
)
ISSUE_WORKING_DAYS = LegalNumber(
    name="notice-issue",
    meaning="from finding that something is owed to sending the notice (查明欠缴事实之日起发出通知)",
    value=5,
    unit=Unit.WORKING_DAYS,
    paragraph=NOTICE_WITHIN_5_DAYS,
    in_force_from=date(2013, 11, 1),
    confidence=Confidence.QUOTED,
)
TERM_WORKING_DAYS = LegalNumber(
    name="notice-term",
    meaning="from receipt of the notice to the last day for paying (收到通知后补缴期限)",
    value=5,
    unit=Unit.WORKING_DAYS,
    paragraph=NOTICE_WITHIN_5_DAYS,
    in_force_from=date(2013, 11, 1),
    confidence=Confidence.QUOTED,
)
AUTHORITY_BY_PERIOD, AUTHORITY_CENTRE = "by-period", "centre"
AUTHORITY = LegalNumber(
    name="notice-authority",
    meaning="who issues the notice: who collects the lines' period, or the centre for all (发文机关)",
    value=AUTHORITY_BY_PERIOD,
    unit=Unit.CHOICE,
    paragraph=law.AUTHORITIES[-1].basis,
    in_force_from=date.min,
    confidence=Confidence.OFFICE,
    parameter="notice-authority",
    dispute="社保核定、税务征收的模式下，由谁送达限期补缴通知，未见明文；小报由社保中心送达",
)
ANNOUNCEMENT_DAYS = (
    LegalNumber(
        name="announcement",
        meaning="from an announcement to its counting as received (公告送达)",
        value=60,
        unit=Unit.CALENDAR_DAYS,
        paragraph=f"{CIVIL_PROCEDURE}(2017) 92",
        in_force_from=date.min,
        in_force_until=date(2021, 12, 31),
        confidence=Confidence.RECALLED,
        note="Replaced by the amendment in force from 2022-01-01.",
    ),
    LegalNumber(
        name="announcement",
        meaning="from an announcement to its counting as received (公告送达)",
        value=30,
        unit=Unit.CALENDAR_DAYS,
        paragraph=SERVED_BY[ServiceMethod.ANNOUNCEMENT],
        in_force_from=date(2022, 1, 1),
        confidence=Confidence.READ,
        note="Text of 2023 read; the amendment's date recalled. The day of the announcement is not counted.",
    ),
)
EXTENSION_DAYS_MAX = LegalNumber(
    name="notice-extension-max",
    meaning="longest extension of a notice's term, from the original last day (延长补缴期限)",
    value=30,
    unit=Unit.CALENDAR_DAYS,
    paragraph=OFFICE_NOTICE,
    in_force_from=date.min,
    confidence=Confidence.OFFICE,
    note="The Decree knows no extension; more time than this is a deferral agreement (社会保险法 63).",
)
REVIEW_DAYS = LegalNumber(
    name="review",
    meaning="to apply for administrative reconsideration (申请行政复议)",
    value=60,
    unit=Unit.CALENDAR_DAYS,
    paragraph=f"{REVIEW_LAW} 20",
    in_force_from=date(2024, 1, 1),
    confidence=Confidence.READ,
)
LAWSUIT_MONTHS = LegalNumber(
    name="lawsuit",
    meaning="to sue before the people's court (提起行政诉讼)",
    value=6,
    unit=Unit.MONTHS,
    paragraph=f"{LITIGATION_LAW} 46",
    in_force_from=date(2015, 5, 1),
    confidence=Confidence.READ,
)


def _office(name: str, meaning: str, value: int, unit: Unit, paragraph: str, parameter: str = "") -> LegalNumber[int]:
    return LegalNumber(name, meaning, value, unit, paragraph, date.min, Confidence.OFFICE, parameter=parameter)


WARNING_WORKING_DAYS = _office(
    "warning",
    "working days before a due date on which a unit that was late before is warned (到期预警)",
    3,
    Unit.WORKING_DAYS,
    OFFICE_WARNING,
    "warning-working-days",
)
WARNING_LATE_LINES = _office(
    "warning-late-lines",
    "late lines that make a unit one that was late before",
    1,
    Unit.COUNT,
    OFFICE_WARNING,
    "warning-late-lines",
)
WARNING_SPAN_MONTHS = _office(
    "warning-span",
    "months before the due date within which they lie",
    12,
    Unit.MONTHS,
    OFFICE_WARNING,
    "warning-span-months",
)
PROMISE_DAYS_MAX = _office(
    "promise-max", "longest promise to pay that the ladder waits for", 30, Unit.CALENDAR_DAYS, OFFICE_OUTCOMES
)
BROKEN_PROMISES_MAX = _office(
    "broken-promises-max", "promises not kept after which the reminders end", 2, Unit.COUNT, OFFICE_OUTCOMES
)
UNANSWERED_MAX = _office(
    "unanswered-max",
    "reminders nobody took, one after the other, after which the reminders end",
    3,
    Unit.COUNT,
    OFFICE_OUTCOMES,
)
UNANSWERED_WORKING_DAYS = _office(
    "unanswered", "from a reminder nobody took to the next", 2, Unit.WORKING_DAYS, OFFICE_OUTCOMES
)

OFFICE_SIGNS = {
    Agency.WEIHAI: "威",
    Agency.HUANCUI: "威环",
    Agency.WENDENG: "威文",
    Agency.RONGCHENG: "威荣",
    Agency.RUSHAN: "威乳",
}
"""Assumed: the offices' signs in document numbers (机关代字)."""
CENTRE, TAX = (authority.code for authority in law.AUTHORITIES)
SERIES = {CENTRE: ("payment-notice", "社征限补"), TAX: ("payment-notice-tax", "税社限补")}
"""Series of the register and its sign, by who issues. Assumed."""

MEASURES_WITHOUT_ORDER = frozenset(
    {Measure.DECLARE_CLAIM, Measure.REORGANISATION, Measure.PURSUE_OBLIGORS, Measure.SETTLE_REMAINDER}
)
"""Measures under which no order to pay goes out: the unit may not pay one creditor alone (企业破产法 16), or is no more."""

NUMBERS: tuple[LegalNumber[int] | LegalNumber[str], ...] = (
    POLICY,
    ISSUE_WORKING_DAYS,
    TERM_WORKING_DAYS,
    AUTHORITY,
    *ANNOUNCEMENT_DAYS,
    EXTENSION_DAYS_MAX,
    *with_older_citations(REVIEW_DAYS, Cited(date(1999, 10, 1), f"{REVIEW_LAW}(1999) 9")),
    LAWSUIT_MONTHS,
    WARNING_WORKING_DAYS,
    WARNING_LATE_LINES,
    WARNING_SPAN_MONTHS,
    PROMISE_DAYS_MAX,
    BROKEN_PROMISES_MAX,
    UNANSWERED_MAX,
    UNANSWERED_WORKING_DAYS,
)
"""All of them, for the page of legal numbers."""


def authority_code(due_on: date, context: Context) -> str:
    """Give who issues the notice for what fell due on a day: who collects its period, or the centre for all."""
    if chosen(AUTHORITY, context) == AUTHORITY_CENTRE:
        return CENTRE
    return law.authority_on(due_on).code


def authority_of(code: str) -> law.IssuingAuthority:
    """Give an authority by its code."""
    return next(authority for authority in law.AUTHORITIES if authority.code == code)


def register_key(agency: Agency, authority: str, issued_on: date) -> str:
    """Name the register that hands out the numbers of an office's notices of a year."""
    return f"{agency.value}:{SERIES[authority][0]}:{issued_on.year}"


def document_number(agency: Agency, authority: str, issued_on: date, sequence_number: int) -> str:
    """Write a document's number (文号) as GB/T 9704 has it: sign, year in 〔〕, sequence without leading zeros."""
    return f"{OFFICE_SIGNS[agency]}{SERIES[authority][1]}〔{issued_on.year}〕{sequence_number}号"


def notice_due(found_on: date, calendar: WorkingCalendar) -> CountedDay:
    """The last day on which a notice goes out in time: 5 working days from finding, that day not counted (令20号 16)."""
    return calendar.add_working_days(found_on, ISSUE_WORKING_DAYS.value)


def received_on(method: ServiceMethod, on: date, calendar: WorkingCalendar) -> CountedDay:
    """The day on which a notice counts as received.

    An announcement's period ends on a working day (民法典 203: inferred; it never makes a deadline earlier).
    """
    if method is not ServiceMethod.ANNOUNCEMENT:
        return CountedDay(on, provisional=False)
    return calendar.roll_forward(on + timedelta(days=in_force(ANNOUNCEMENT_DAYS, on).value))


def deadline(served_on: date, calendar: WorkingCalendar) -> CountedDay:
    """The last day for paying: the 5th working day after receipt, the day of receipt not counted (令20号 16; 民法典 201)."""
    return calendar.add_working_days(served_on, TERM_WORKING_DAYS.value)


def ladder_over_on(found_on: date, calendar: WorkingCalendar) -> CountedDay:
    """The last day on which what was found on a day may still be asked for by telephone.

    The first call comes on the next working day; then the whole ladder, and the validity of its last call.
    """
    office = law.office_on(found_on)
    days = 1 + sum(office.ladder_working_days) + office.reminder_valid_working_days
    return calendar.add_working_days(found_on, days)


def is_large(principal_fen: int, context: Context) -> bool:
    """Tell whether arrears are large (欠费数额较大)."""
    return principal_fen >= counted(law_status_numbers.LARGE_FEN, context)


def long_from(oldest_due_on: date, context: Context) -> date:
    """The day from which arrears are long (欠缴时间较长)."""
    return oldest_due_on + timedelta(days=counted(law_status_numbers.LONG_DAYS, context))
