"""Every number of the roads beside the ordinary one: bankruptcy, deregistration, revocation, write-off; and of the choice between roads.

Confidence as in `law_numbers.py`. What stands open, and how it is read here, is in `DISPUTES`.
"""

from dataclasses import dataclass
from datetime import date

from schemas.insolvency_acts import WriteOffGround
from schemas.unit_status import DeregistrationWay, Liable
from services.arrears.law import CIVIL_CODE, INSURANCE_LAW, OFFICE
from services.arrears.law_numbers import Cited, Confidence, LegalNumber, Unit, with_older_citations

BANKRUPTCY_LAW = "企业破产法"
BANKRUPTCY_RULES = "破产法司法解释（三）"
COMPANY_LAW = "公司法"
REGISTRATION_RULES = "市场主体登记管理条例"
COMPANY_RULES = "公司法司法解释（二）"
TAX_NOTICE = "国家税务总局公告2019年第48号"
WRITE_OFF_NOTICE = "劳社部发〔1999〕36号"

ENTERPRISES_ONLY = f"{BANKRUPTCY_LAW} 2"
DISMISSED = f"{BANKRUPTCY_LAW} 12"
ANNOUNCED = f"{BANKRUPTCY_LAW} 14"
SUSPENDED = f"{BANKRUPTCY_LAW} 19"
COMMON_DEBTS = f"{BANKRUPTCY_LAW} 42"
DECLARE_TIME = f"{BANKRUPTCY_LAW} 45"
DEEMED_DUE = f"{BANKRUPTCY_LAW} 46"
DECLARED_TO_ADMINISTRATOR = f"{BANKRUPTCY_LAW} 48"
CLAIM_IN_WRITING = f"{BANKRUPTCY_LAW} 49"
SUPPLEMENTED = f"{BANKRUPTCY_LAW} 56"
BEFORE_DECLARATION = f"{BANKRUPTCY_LAW} 70"
PLAN_CANNOT_CUT = f"{BANKRUPTCY_LAW} 83"
PLAN_BINDS = f"{BANKRUPTCY_LAW} 92"
PLAN_CUTS = f"{BANKRUPTCY_LAW} 94"
DECLARED_BANKRUPT = f"{BANKRUPTCY_LAW} 107"
ENDED_BEFORE_DECLARATION = f"{BANKRUPTCY_LAW} 108"
CLASSES = f"{BANKRUPTCY_LAW} 113"
CLAIM_LIST = f"{BANKRUPTCY_LAW} 57"
ADMISSION = f"{BANKRUPTCY_LAW} 58"
CONCLUDED = f"{BANKRUPTCY_LAW} 120"
DEREGISTERED_AFTER = f"{BANKRUPTCY_LAW} 121"
ADDITIONAL_DISTRIBUTION = f"{BANKRUPTCY_LAW} 123"
LATE_FEE_STOPS = f"{BANKRUPTCY_RULES} 3"
PRINCIPAL_STOPS = "法复〔1996〕17号"
LATE_FEE_DAY = f"{TAX_NOTICE} 四"
DISSOLVED = f"{COMPANY_LAW} 229"
LIQUIDATION_GROUP = f"{COMPANY_LAW} 232"
FORCED_LIQUIDATION = f"{COMPANY_LAW} 233"
LIQUIDATION_ORDER = f"{COMPANY_LAW} 236"
LIQUIDATION_CLAIMS = f"{COMPANY_LAW} 235"
TURNED_INTO_BANKRUPTCY = f"{COMPANY_LAW} 237"
LIQUIDATORS_LIABLE = f"{COMPANY_LAW} 238"
SIMPLE_DEREGISTRATION = f"{COMPANY_LAW} 240"
BY_REGISTRAR = f"{COMPANY_LAW} 241"
COMPANY_LAW_SINCE = BY_REGISTRAR_FROM = date(2024, 7, 1)
"""公司法(2023) is in force from here; the law before had no way by the registrar."""
MERGER = f"{CIVIL_CODE} 67(1)"
DIVISION = f"{CIVIL_CODE} 67(2)"
COMPANY_MERGER = f"{COMPANY_LAW} 221"
COMPANY_DIVISION = f"{COMPANY_LAW} 223"
ENDS_WITH_ENTRY = f"{REGISTRATION_RULES} 31"
OBJECTION = f"{REGISTRATION_RULES} 33"
CLAIM_AFTER_TIME = f"{COMPANY_RULES} 13"
NOT_ANNOUNCED = f"{COMPANY_RULES} 11"
FALSE_REPORT = f"{COMPANY_RULES} 19"
WITHOUT_LIQUIDATION = f"{COMPANY_RULES} 20"
PROPRIETOR = f"{CIVIL_CODE} 56"
ORDER_TO_PAY = f"{INSURANCE_LAW} 63"
WRITE_OFF = f"{WRITE_OFF_NOTICE} 核销"
OFFICE_MEASURES = f"{OFFICE} 分类施策"

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

PRINCIPAL_DISPUTE = "本金计至宣告破产之日（法复〔1996〕17号，可信度A）；受理后继续营业期间的社会保险费，可主张列为共益债务（企业破产法42，可信度A），以管理人认定为准"
PAUSE_END_DISPUTE = "破产程序未经宣告即告终结后，滞纳金自次日起恢复计算；法律未明文，系推论（可信度R）"
LATE_FEE_CLASS_DISPUTE = "受理前的滞纳金按普通债权申报（国家税务总局公告2019年第48号，可信度B；社会保险费系类推）"
ACCOUNT_DISPUTE = "应划入个人账户的养老、医疗部分不必申报（企业破产法48，可信度A）；养老按费率估算（可信度C），医疗以管理人公示的清单为准"
WRITE_OFF_DISPUTE = "核销须逐级审核并报政府批准（劳社部发〔1999〕36号，可信度B）；应划入个人账户的部分通常不予核销（劳社部发〔2001〕20号，可信度R）"
OBJECTION_DISPUTE = "公示期按日历日计算，末日遇休息日不顺延，从严掌握（可信度A，末日之计算系推论）"
LIQUIDATION_DISPUTE = "清算期间公司存续（公司法236(3)，可信度A），未见中止征缴、执行的规定，责令补缴、划拨、申请法院照常办理；申报债权期间清算组不得清偿（公司法235(3)，可信度A），此间的通知、划拨是否应待期满，法律未明文（可信度R），由法制机构掌握；社会保险费用先于税款和其他债务支付（公司法236(2)，可信度A）"
"""公司法 235(3) binds the group, which may pay no creditor while claims are declared; 企业破产法 19, which stays enforcement, has no like in
a liquidation outside the court."""
WINDOW_DISPUTE = "法院所定申报期限不在三十日至三个月之间（企业破产法45，可信度A），按其与法定最长期限中较早之日掌握"

LIABLE: dict[DeregistrationWay, tuple[Liable, tuple[str, ...]]] = {
    DeregistrationWay.LIQUIDATED: (Liable.LIQUIDATORS, (LIQUIDATORS_LIABLE, NOT_ANNOUNCED)),
    DeregistrationWay.SIMPLE: (Liable.PROMISORS, (SIMPLE_DEREGISTRATION,)),
    DeregistrationWay.WITHOUT_LIQUIDATION: (Liable.SHAREHOLDERS, (WITHOUT_LIQUIDATION,)),
    DeregistrationWay.FALSE_REPORT: (Liable.SHAREHOLDERS, (FALSE_REPORT,)),
    DeregistrationWay.BY_REGISTRAR: (Liable.LIQUIDATION_OBLIGORS, (BY_REGISTRAR, LIQUIDATION_GROUP)),
    DeregistrationWay.AFTER_BANKRUPTCY: (Liable.ESTATE, (ADDITIONAL_DISTRIBUTION,)),
    DeregistrationWay.MERGED: (Liable.SUCCESSOR, (MERGER, COMPANY_MERGER)),
    DeregistrationWay.DIVIDED: (Liable.SUCCESSORS_JOINTLY, (DIVISION, COMPANY_DIVISION)),
}
"""Who answers for a deregistered unit's arrears, and on what paragraph. Where the liquidation group told a known creditor nothing,
its members answer (公司法司法解释（二） 11(2)); simple deregistration: 全体股东承诺不实, 连带责任 (公司法 240(3)). A unit that was merged or divided is gone,
and its debts are not: they are its successors' own, jointly after a division. What creditors may have agreed otherwise (民法典 67(2), 公司法 223)
is not for a fund's claim: 社会保险费不得减免 (征缴暂行条例 12)."""


@dataclass(frozen=True, slots=True)
class WriteOffRule:
    """What a write-off's ground may cut, and the paragraphs its decision may name; () = the decision's own."""

    cuts_principal: bool
    paragraphs: tuple[str, ...]


WRITE_OFF_RULES = {
    WriteOffGround.BANKRUPTCY_CONCLUDED: WriteOffRule(cuts_principal=True, paragraphs=(CONCLUDED, WRITE_OFF)),
    WriteOffGround.REORGANISATION_PLAN: WriteOffRule(cuts_principal=False, paragraphs=(PLAN_BINDS, PLAN_CUTS)),
    WriteOffGround.AUTHORITY_DECISION: WriteOffRule(cuts_principal=True, paragraphs=()),
}
"""征缴暂行条例 12: 社会保险费不得减免. No national rule was found for units that are gone without bankruptcy: such a decision names
its own paragraph, and answers for it."""


def account_share_fen(month: str, amount_fen: int) -> int:
    """Estimate how much of a pension amount of a month (`YYYY-MM`) belongs into personal accounts: rounded down."""
    day = date.fromisoformat(f"{month}-01")
    number = [one for one in ACCOUNT_SHARES if one.in_force_from <= day or one is ACCOUNT_SHARES[0]][-1]
    return amount_fen * number.value // SHARE_PARTS
