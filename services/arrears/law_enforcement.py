"""Numbers and paragraphs of what follows a notice that was not followed (社会保险法 63, 86; 令20号 17-22; 行政强制法).

Confidence as in `law_numbers.py`; what the office assumes is marked so, and the disputed readings are parameters with a
default.
"""

from collections.abc import Mapping
from datetime import date, timedelta

from schemas.calendar import CountedDay, WorkingCalendar
from schemas.enforcement_terms import EnforcementStage as Stage
from services.arrears.law import COLLECTION_REGULATION, DECREE_13, DECREE_20, ENFORCEMENT_LAW, INSURANCE_LAW, OFFICE
from services.arrears.law_numbers import Cited, Confidence, LegalNumber, Unit, in_force, with_older_citations

PENALTY_LAW = "行政处罚法"
REVIEW_LAW = "行政复议法"
LITIGATION_LAW = "行政诉讼法"
HANDLING_REGULATION = "社会保险经办条例（令765号）"

QUERY_AND_TRANSFER = f"{INSURANCE_LAW} 63(2)"
SECURITY_FOR_TIME = f"{INSURANCE_LAW} 63(2)"
COURT_SEIZURE = f"{INSURANCE_LAW} 63(3)"
FINE = f"{INSURANCE_LAW} 86"
LATE_FEE_BY_COURT = f"{COLLECTION_REGULATION} 26"
BANK_QUERY = f"{DECREE_20} 17"
TRANSFER_APPLICATION = f"{DECREE_20} 18"
TRANSFER_DECISION = f"{DECREE_20} 19"
DEFERRED_PAYMENT = f"{DECREE_20} 20-21"
COURT_APPLICATION = f"{DECREE_20} 22"
DEPARTMENT = f"{DECREE_13} 28"
FREE_OF_LATE_FEE = f"{DECREE_13} 22"
DEMAND = f"{ENFORCEMENT_LAW} 35"
HEARING = f"{ENFORCEMENT_LAW} 36"
DECISION = f"{ENFORCEMENT_LAW} 37"
SERVICE = f"{ENFORCEMENT_LAW} 38"
SUSPENSION = f"{ENFORCEMENT_LAW} 39"
ENDING = f"{ENFORCEMENT_LAW} 40"
AGREEMENT = f"{ENFORCEMENT_LAW} 42"
NOT_AT_NIGHT = f"{ENFORCEMENT_LAW} 43"
BANK_TRANSFERS = f"{ENFORCEMENT_LAW} 47"
COURT_WINDOW = f"{ENFORCEMENT_LAW} 53"
COURT_DEMAND = f"{ENFORCEMENT_LAW} 54"
COURT_MATERIALS = f"{ENFORCEMENT_LAW} 55"
COURT_ACCEPTS = f"{ENFORCEMENT_LAW} 56"
COURT_RULES = f"{ENFORCEMENT_LAW} 57"
COURT_HEARS = f"{ENFORCEMENT_LAW} 58"
COURT_REVIEW = f"{ENFORCEMENT_LAW} 56(2), 58(3)"
COURT_COSTS = f"{ENFORCEMENT_LAW} 60"
TEN_DAYS_ARE_WORKING_DAYS = f"{ENFORCEMENT_LAW} 69"
REVIEW = f"{REVIEW_LAW} 20"
REVIEW_DOES_NOT_STAY = f"{REVIEW_LAW} 42"
LAWSUIT = f"{LITIGATION_LAW} 46"
LAWSUIT_AFTER_REVIEW = f"{LITIGATION_LAW} 45"
LAWSUIT_DOES_NOT_STAY = f"{LITIGATION_LAW} 56"
GRADED_REVIEW = f"{HANDLING_REGULATION} 37"
TWO_YEARS = f"{PENALTY_LAW} 36"
OFFICE_ENFORCEMENT = f"{OFFICE} 强制征缴"

_SINCE_2012 = date(2012, 1, 1)
"""行政强制法 is in force from here."""
_OFFICE_SINCE = date(2020, 1, 1)


def _number(
    name: str, meaning: str, value: int, unit: Unit, paragraph: str, *, since: date = _SINCE_2012
) -> LegalNumber[int]:
    return LegalNumber(name, meaning, value, unit, paragraph, since, Confidence.READ)


def _office(
    name: str,
    meaning: str,
    value: int,
    unit: Unit = Unit.WORKING_DAYS,
    paragraph: str = OFFICE_ENFORCEMENT,
    *,
    confidence: Confidence = Confidence.OFFICE,
    note: str = "",
) -> LegalNumber[int]:
    return LegalNumber(name, meaning, value, unit, paragraph, _OFFICE_SINCE, confidence, note=note)


COURT_DEMAND_DAYS = _number("court-demand", "催告书送达十日后方可申请法院", 10, Unit.WORKING_DAYS, COURT_DEMAND)
COURT_WINDOW_MONTHS = _number("court-window", "自复议诉讼期限届满之日起申请法院", 3, Unit.MONTHS, COURT_WINDOW)
REVIEW_DAYS = _number("review", "申请行政复议", 60, Unit.CALENDAR_DAYS, REVIEW, since=date(2024, 1, 1))
LAWSUIT_MONTHS = _number("lawsuit", "提起行政诉讼", 6, Unit.MONTHS, LAWSUIT, since=date(2015, 5, 1))
LAWSUIT_MONTHS_BEFORE = LegalNumber(
    "lawsuit",
    "提起行政诉讼",
    3,
    Unit.MONTHS,
    f"{LITIGATION_LAW}(1989) 39",
    date(1990, 10, 1),
    Confidence.RECALLED,
    date(2015, 4, 30),
)
LAWSUIT_AFTER_REVIEW_DAYS = _number(
    "lawsuit-after-review",
    "收到复议决定后提起诉讼",
    15,
    Unit.CALENDAR_DAYS,
    LAWSUIT_AFTER_REVIEW,
    since=date(2015, 5, 1),
)
COURT_ACCEPTANCE_DAYS = _number("court-acceptance", "法院受理", 5, Unit.WORKING_DAYS, COURT_ACCEPTS)
COURT_RULING_DAYS = _number("court-ruling", "法院自受理之日起裁定", 7, Unit.WORKING_DAYS, COURT_RULES)
COURT_HEARD_RULING_DAYS = _number("court-heard-ruling", "法院听取意见后裁定", 30, Unit.CALENDAR_DAYS, COURT_HEARS)
COURT_REVIEW_DAYS = _number("court-review", "向上一级法院申请复议", 15, Unit.CALENDAR_DAYS, COURT_REVIEW)
COURT_REVIEWING_DAYS = _number("court-reviewing", "上一级法院裁定", 30, Unit.CALENDAR_DAYS, COURT_REVIEW)
"""15 days on acceptance (56(2)), 30 on the ruling (58(3)); the longer is waited for."""
SUSPENSION_YEARS = _number("suspension-lapse", "确无能力履行，中止满三年不再执行", 3, Unit.YEARS, SUSPENSION)
FINE_YEARS = LegalNumber(
    "fine",
    "违法行为在二年内未被发现的，不再给予处罚",
    2,
    Unit.YEARS,
    TWO_YEARS,
    date(2021, 7, 15),
    Confidence.READ,
    dispute="移送罚款的二年自逾期之日起算；欠缴有继续状态的，自行为终了之日起算（行政处罚法36(2)，可信度A），故逾二年移送的予以标明，不予拒绝",
)
FINE_TIMES_MIN = _number("fine-least", "处欠缴数额一倍以上罚款", 1, Unit.TIMES, FINE, since=date(2011, 7, 1))
FINE_TIMES_MAX = _number("fine-most", "处欠缴数额三倍以下罚款", 3, Unit.TIMES, FINE, since=date(2011, 7, 1))

DEMAND_DAYS_MIN = _office(
    "demand-term-least",
    "划拨前催告的最短履行期限",
    3,
    paragraph=DEMAND,
    confidence=Confidence.UNCONFIRMED,
    note="行政强制法 35 asks for a term and gives none; three working days is one county's",
)
AGREEMENT_MONTHS_MAX = _office(
    "agreement-most",
    "延期缴费协议最长期限",
    12,
    Unit.MONTHS,
    confidence=Confidence.UNCONFIRMED,
    note="no national limit was found; 令13号 21 and Yantai have a year for a like purpose",
)
INSTALMENT_AFTER_STAY_DAYS = _office(
    "instalment-after-bankruptcy",
    "分期款的期限在破产程序之内的，程序未经宣告终结后缴纳的期限",
    5,
    note="nobody may be paid alone in a bankruptcy (企业破产法 16), so such an instalment is no breach; by when it is to be paid no law says. As many days as a notice gives",
)
NIGHT_FROM_MINUTE = LegalNumber(
    "night-from",
    "夜间 begins",
    22 * 60,
    Unit.TIME_OF_DAY,
    NOT_AT_NIGHT,
    _SINCE_2012,
    Confidence.RECALLED,
    note="行政强制法 43 does not define the night; 噪声污染防治法 88 has 22:00 to 6:00",
)
NIGHT_UNTIL_MINUTE = LegalNumber(
    "night-until",
    "夜间 ends",
    6 * 60,
    Unit.TIME_OF_DAY,
    NOT_AT_NIGHT,
    _SINCE_2012,
    Confidence.RECALLED,
)
WARNING_DAYS = _office("window-warning", "期限届满前提醒", 15)

STAGE_TERMS: Mapping[Stage, LegalNumber[int]] = {
    Stage.DUE: _office("stage-due", "逾期后查询存款账户", 5),
    Stage.QUERYING: _office("stage-querying", "银行答复查询", 5),
    Stage.FUNDED: _office("stage-funded", "申请划拨", 5),
    Stage.APPLIED: _office("stage-applied", "收到申请后催告", 5, paragraph=TRANSFER_DECISION),
    Stage.DEMANDED: _office(
        "stage-demanded",
        "催告期满后作出划拨决定",
        7,
        paragraph=TRANSFER_DECISION,
        confidence=Confidence.UNCONFIRMED,
        note="令20号 19 says 及时; seven working days is one county's",
    ),
    Stage.HEARING: _office("stage-hearing", "复核陈述申辩", 5, paragraph=HEARING),
    Stage.DECIDED: _office("stage-decided", "通知开户银行", 2),
    Stage.ORDERED: _office("stage-ordered", "银行立即划拨", 3, paragraph=BANK_TRANSFERS),
    Stage.WITHDRAWING: _office("stage-withdrawing", "银行确认撤回", 2),
    Stage.COLLECTED: _office("stage-collected", "到账后记账", 5),
    Stage.INSUFFICIENT: _office("stage-insufficient", "余额不足后另行处理", 10),
    Stage.BREACHED: _office("stage-breached", "违约后处理担保", 5, paragraph=AGREEMENT),
    Stage.COURT_HEARING: _office("stage-court-hearing", "申请法院前复核陈述申辩", 5, paragraph=HEARING),
    Stage.COURT_APPLIED: COURT_ACCEPTANCE_DAYS,
    Stage.COURT_DECLINED: COURT_REVIEW_DAYS,
    Stage.COURT_REVIEWING: COURT_REVIEWING_DAYS,
    Stage.COURT_ACCEPTED: COURT_RULING_DAYS,
    Stage.COURT_RULED: _office("stage-court-ruled", "裁定后扣押查封", 30),
    Stage.SEIZED: _office("stage-seized", "扣押查封后拍卖", 60),
    Stage.AUCTIONED: _office("stage-auctioned", "拍卖后抵缴", 10),
}
"""How long each stage may take; where the law has a term it is the law's. DEMANDED counts from the end of the demand's
term; COURT_DEMANDED ends with the court's window and DEFERRED with its instalments, so neither stands here."""

TRANSFER_LATE_FEE_OFF, TRANSFER_LATE_FEE_ON = "off", "on"
TRANSFER_LATE_FEE = LegalNumber(
    "transfer-late-fee",
    "划拨可否包括滞纳金",
    TRANSFER_LATE_FEE_OFF,
    Unit.CHOICE,
    QUERY_AND_TRANSFER,
    date(2011, 7, 1),
    Confidence.UNCONFIRMED,
    parameter="transfer-late-fee",
    dispute="社会保险法63(2)只称划拨社会保险费，令20号22对法院执行另列滞纳金；划拨可否包括滞纳金有不同理解，默认不包括",
)
DEFERRED_LATE_FEE_FREE, DEFERRED_LATE_FEE_CHARGED = "free", "charged"
DEFERRED_LATE_FEE = LegalNumber(
    "deferred-late-fee",
    "延期缴费协议期间免收滞纳金",
    DEFERRED_LATE_FEE_FREE,
    Unit.CHOICE,
    FREE_OF_LATE_FEE,
    date(2011, 7, 1),
    Confidence.READ,
    parameter="deferred-late-fee",
    dispute="令13号22所称缓缴协议是否即社会保险法63(2)的延期缴费协议，有不同理解；默认视为同一，协议期间免收滞纳金",
)

NUMBERS: tuple[LegalNumber[int] | LegalNumber[str], ...] = (
    COURT_DEMAND_DAYS,
    COURT_WINDOW_MONTHS,
    *with_older_citations(REVIEW_DAYS, Cited(date(1999, 10, 1), f"{REVIEW_LAW}(1999) 9")),
    LAWSUIT_MONTHS_BEFORE,
    LAWSUIT_MONTHS,
    *with_older_citations(LAWSUIT_AFTER_REVIEW_DAYS, Cited(date(1990, 10, 1), f"{LITIGATION_LAW}(1989) 38")),
    COURT_HEARD_RULING_DAYS,
    SUSPENSION_YEARS,
    *with_older_citations(FINE_YEARS, Cited(date(1996, 10, 1), f"{PENALTY_LAW}(1996) 29")),
    FINE_TIMES_MIN,
    FINE_TIMES_MAX,
    DEMAND_DAYS_MIN,
    AGREEMENT_MONTHS_MAX,
    INSTALMENT_AFTER_STAY_DAYS,
    NIGHT_FROM_MINUTE,
    NIGHT_UNTIL_MINUTE,
    WARNING_DAYS,
    *STAGE_TERMS.values(),
    TRANSFER_LATE_FEE,
    DEFERRED_LATE_FEE,
)
"""For the page of legal numbers."""

MONTHS_A_YEAR = 12
DAYS_A_MONTH_MAX = 31


def term_end(term: LegalNumber[int], start: date, calendar: WorkingCalendar) -> CountedDay:
    """Give the last day of a term that begins with `start`.

    The first day is not counted (民法典 201); a month ends on the day of the same number, or on its last (202); a last day
    that is a day off moves on (203). Terms of up to ten days are working days (行政强制法 69). ValueError for a number that
    counts no time.
    """
    if term.unit is Unit.WORKING_DAYS:
        return calendar.add_working_days(start, term.value)
    if term.unit is Unit.CALENDAR_DAYS:
        return calendar.roll_forward(start + timedelta(days=term.value))
    if term.unit not in (Unit.MONTHS, Unit.YEARS):
        raise ValueError(f"{term.name} counts no time")
    months = term.value * (MONTHS_A_YEAR if term.unit is Unit.YEARS else 1)
    return calendar.roll_forward(months_after(start, months))


def months_after(day: date, months: int) -> date:
    """Give the day of the same number some months on, or that month's last day (民法典 202)."""
    year, month = divmod(day.year * MONTHS_A_YEAR + day.month - 1 + months, MONTHS_A_YEAR)
    first = date(year, month + 1, 1)
    last = (first + timedelta(days=DAYS_A_MONTH_MAX)).replace(day=1) - timedelta(days=1)
    return min(first + timedelta(days=day.day - 1), last)


def lawsuit_term_on(day: date) -> LegalNumber[int]:
    """Give the period for a lawsuit against an act that became known on a day."""
    return in_force((LAWSUIT_MONTHS_BEFORE, LAWSUIT_MONTHS), day)


def is_night(minute: int) -> bool:
    """Tell whether a minute of the day lies in the night."""
    return minute >= NIGHT_FROM_MINUTE.value or minute < NIGHT_UNTIL_MINUTE.value
