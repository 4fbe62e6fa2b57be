"""Every number of the roads beside the ordinary one, and of the choice between roads; confidence as in `law_numbers.py`."""

from datetime import date

from services.arrears.law_numbers import Cited, Confidence, LegalNumber, Unit, with_older_citations
from services.arrears.law_status import (
    ADDITIONAL_DISTRIBUTION,
    ANNOUNCED,
    BY_REGISTRAR,
    BY_REGISTRAR_FROM,
    COMPANY_LAW,
    COMPANY_LAW_SINCE,
    DECLARE_TIME,
    DECLARED_TO_ADMINISTRATOR,
    LATE_FEE_DAY,
    LIQUIDATION_CLAIMS,
    LIQUIDATION_GROUP,
    OBJECTION,
    OFFICE_MEASURES,
)

DECLARE_DAYS_MIN = LegalNumber(
    "declaration-of-claims-least",
    "最短债权申报期限 from the court's announcement",
    30,
    Unit.CALENDAR_DAYS,
    DECLARE_TIME,
    date(2007, 6, 1),
    Confidence.READ,
)
DECLARE_MONTHS_MAX = LegalNumber(
    "declaration-of-claims-most",
    "最长债权申报期限 from the court's announcement",
    3,
    Unit.MONTHS,
    DECLARE_TIME,
    date(2007, 6, 1),
    Confidence.READ,
)
ANNOUNCEMENT_DAYS = LegalNumber(
    "announcement-of-acceptance",
    "受理裁定后通知已知债权人并公告",
    25,
    Unit.CALENDAR_DAYS,
    ANNOUNCED,
    date(2007, 6, 1),
    Confidence.READ,
)
ADDITIONAL_DISTRIBUTION_YEARS = LegalNumber(
    "additional-distribution",
    "终结后可以请求追加分配",
    2,
    Unit.YEARS,
    ADDITIONAL_DISTRIBUTION,
    date(2007, 6, 1),
    Confidence.READ,
)
FORCED_DEREGISTRATION_YEARS = LegalNumber(
    "forced-deregistration",
    "吊销等满三年未申请注销登记的，登记机关可以公告强制注销",
    3,
    Unit.YEARS,
    BY_REGISTRAR,
    BY_REGISTRAR_FROM,
    Confidence.READ,
)
FORCED_DEREGISTRATION_DAYS = LegalNumber(
    "announcement-of-forced-deregistration",
    "强制注销公告期限不少于六十日",
    60,
    Unit.CALENDAR_DAYS,
    BY_REGISTRAR,
    BY_REGISTRAR_FROM,
    Confidence.READ,
)
OBJECTION_DAYS = LegalNumber(
    "objection-to-simple-deregistration",
    "简易注销公示期",
    20,
    Unit.CALENDAR_DAYS,
    OBJECTION,
    date(2022, 3, 1),
    Confidence.READ,
    note="its last day is not moved past days off: the publication ends by itself, so the earlier day is the safe one",
)
PROPRIETOR_OBJECTION_DAYS = LegalNumber(
    "objection-to-a-sole-proprietors-deregistration",
    "个体工商户简易注销，有关部门提出异议",
    10,
    Unit.CALENDAR_DAYS,
    OBJECTION,
    date(2022, 3, 1),
    Confidence.READ,
)
APPLICATION_DAYS = LegalNumber(
    "application-after-simple-announcement",
    "简易注销公示期届满后申请注销登记",
    20,
    Unit.CALENDAR_DAYS,
    OBJECTION,
    date(2022, 3, 1),
    Confidence.READ,
    note="who has not applied by then has given the simple way up; a sole proprietor, who is published nowhere, is given the same days",
)
LIQUIDATION_GROUP_DAYS = LegalNumber(
    "liquidation-group",
    "解散事由出现后成立清算组",
    15,
    Unit.CALENDAR_DAYS,
    LIQUIDATION_GROUP,
    COMPANY_LAW_SINCE,
    Confidence.READ,
)
LIQUIDATION_ANNOUNCED_DAYS = LegalNumber(
    "announcement-of-liquidation",
    "清算组成立后公告",
    60,
    Unit.CALENDAR_DAYS,
    LIQUIDATION_CLAIMS,
    COMPANY_LAW_SINCE,
    Confidence.READ,
)
CLAIM_FROM_NOTICE_DAYS = LegalNumber(
    "claim-from-the-liquidation-groups-notice",
    "自接到通知之日起申报债权",
    30,
    Unit.CALENDAR_DAYS,
    LIQUIDATION_CLAIMS,
    COMPANY_LAW_SINCE,
    Confidence.READ,
)
CLAIM_FROM_ANNOUNCEMENT_DAYS = LegalNumber(
    "claim-from-the-liquidation-groups-announcement",
    "未接到通知的自公告之日起申报债权",
    45,
    Unit.CALENDAR_DAYS,
    LIQUIDATION_CLAIMS,
    COMPANY_LAW_SINCE,
    Confidence.READ,
)
LIQUIDATION_APPLY_DAYS = LegalNumber(
    "application-for-forced-liquidation",
    "the office applies within so many days after the group's time is over",
    60,
    Unit.CALENDAR_DAYS,
    OFFICE_MEASURES,
    date.min,
    Confidence.OFFICE,
)
OBLIGORS_CLAIM_DAYS = LegalNumber(
    "claim-against-obligors",
    "the office claims from who answers for a deregistered unit",
    90,
    Unit.CALENDAR_DAYS,
    OFFICE_MEASURES,
    date.min,
    Confidence.OFFICE,
    note="far within the three years of 民法典 188 (R)",
)
NEAR_DAYS = LegalNumber(
    "deadline-near",
    "a deadline is announced so many days ahead",
    7,
    Unit.CALENDAR_DAYS,
    OFFICE_MEASURES,
    date.min,
    Confidence.OFFICE,
)
LARGE_FEN = LegalNumber(
    "large-arrears",
    "欠费数额较大: the order to pay goes out without waiting for reminders",
    5_000_000,
    Unit.FEN,
    OFFICE_MEASURES,
    date.min,
    Confidence.OFFICE,
    parameter="measure-large-fen",
)
LONG_DAYS = LegalNumber(
    "long-arrears",
    "欠缴时间较长: since the oldest due date",
    90,
    Unit.CALENDAR_DAYS,
    OFFICE_MEASURES,
    date.min,
    Confidence.OFFICE,
    parameter="measure-long-days",
)
LATE_FEE_COUNTED = "counted"
LATE_FEE_NOT_COUNTED = "not-counted"
ACCEPTANCE_DAY = LegalNumber(
    "late-fee-on-the-day-of-acceptance",
    "受理当日的滞纳金",
    LATE_FEE_COUNTED,
    Unit.CHOICE,
    LATE_FEE_DAY,
    date.min,
    Confidence.QUOTED,
    parameter="bankruptcy-late-fee-day",
    dispute="滞纳金自受理破产申请起停止；受理当日是否计收，司法解释未明文，本系统按税务口径计至受理当日（可信度B），可由参数改为计至前一日",
)
"""破产法司法解释（三） 3: what arises 破产申请受理后 is not admitted (A). The tax offices, who collect since 2020-11-01, count to the
day of acceptance (截止日); 企业破产法 46(2), of interest, reads 自受理时起停止 and is taken by others to leave that day out."""

ACCOUNT_SHARES = (
    LegalNumber(
        "account-share-of-pension",
        "应当划入个人账户的养老保险费, of what is assessed: 8 of 8 + 20",
        2857,
        Unit.HUNDREDTHS_PERCENT,
        DECLARED_TO_ADMINISTRATOR,
        date(2006, 1, 1),
        Confidence.UNCONFIRMED,
    ),
    LegalNumber(
        "account-share-of-pension",
        "应当划入个人账户的养老保险费, of what is assessed: 8 of 8 + 16",
        3333,
        Unit.HUNDREDTHS_PERCENT,
        DECLARED_TO_ADMINISTRATOR,
        date(2019, 5, 1),
        Confidence.UNCONFIRMED,
    ),
)
"""Of a pension line, by its month. An estimate, to tell people what to expect: the administrator's list is from the wage roll, and
the shares of medical insurance are local and not known here."""
SHARE_PARTS = 10_000


_GROUP = (
    Cited(date(2006, 1, 1), f"{COMPANY_LAW}(2005) 184", Confidence.QUOTED),
    Cited(date(2014, 3, 1), f"{COMPANY_LAW}(2018) 183"),
)
_CLAIMS = Cited(date(2006, 1, 1), f"{COMPANY_LAW}(2005) 186"), Cited(date(2014, 3, 1), f"{COMPANY_LAW}(2018) 185")
"""公司法司法解释（二） of 2008 names 184 with its fifteen days (7), and of 186 only the article (11); the articles of 2018 are counted
so since 2014-03-01."""

NUMBERS: tuple[LegalNumber[int] | LegalNumber[str], ...] = (
    DECLARE_DAYS_MIN,
    DECLARE_MONTHS_MAX,
    ANNOUNCEMENT_DAYS,
    ADDITIONAL_DISTRIBUTION_YEARS,
    FORCED_DEREGISTRATION_YEARS,
    FORCED_DEREGISTRATION_DAYS,
    OBJECTION_DAYS,
    PROPRIETOR_OBJECTION_DAYS,
    APPLICATION_DAYS,
    *with_older_citations(LIQUIDATION_GROUP_DAYS, *_GROUP),
    *with_older_citations(LIQUIDATION_ANNOUNCED_DAYS, *_CLAIMS),
    *with_older_citations(CLAIM_FROM_NOTICE_DAYS, *_CLAIMS),
    *with_older_citations(CLAIM_FROM_ANNOUNCEMENT_DAYS, *_CLAIMS),
    LIQUIDATION_APPLY_DAYS,
    OBLIGORS_CLAIM_DAYS,
    NEAR_DAYS,
    LARGE_FEN,
    LONG_DAYS,
    ACCEPTANCE_DAY,
    *ACCOUNT_SHARES,
)
"""For the page of legal numbers."""


def account_share_fen(month: str, amount_fen: int) -> int:
    """Estimate how much of a pension amount of a month (`YYYY-MM`) belongs into personal accounts: rounded down."""
    day = date.fromisoformat(f"{month}-01")
    number = [one for one in ACCOUNT_SHARES if one.in_force_from <= day or one is ACCOUNT_SHARES[0]][-1]
    return amount_fen * number.value // SHARE_PARTS
