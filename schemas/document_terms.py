"""What documents tell: who issues them, what is owed, and the terms of each kind. Amounts are whole fen."""

from enum import StrEnum
from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from schemas.fact import Wire
from schemas.vocabulary import AmountFen, Insurance, LegalDate, Month, ShortText

LINES_MAX = 3_000
"""Lines of one document: five kinds of insurance for forty years are 2,400."""
PARTS_MAX = 60
"""Grounds, channels, accounts or instalments of one document: a deferral of five years, month by month."""

TotalFen = Annotated[int, Field(ge=0)]
"""A sum over lines in whole fen."""
Days = Annotated[int, Field(ge=1, le=366)]
Texts = Annotated[tuple[ShortText, ...], Field(min_length=1, max_length=PARTS_MAX)]


class IssuingOffice(Wire):
    """Who issues a document (发文机关), and where the unit asks."""

    name: ShortText
    """Full name of the authority, as its seal has it."""
    desk: ShortText
    """承办科室、岗位."""
    address: ShortText
    telephone: ShortText


class DocumentLine(Wire):
    """One month of one insurance kind: what was due, what was paid, what is owed."""

    insurance: Insurance
    month: Month
    base_fen: AmountFen | None = None
    """缴费基数, where it is known."""
    unit_part_fen: AmountFen | None = None
    """单位应缴部分, where it is known."""
    employee_part_fen: AmountFen | None = None
    """个人应缴部分 (代扣代缴), where it is known."""
    due_fen: AmountFen
    paid_fen: AmountFen
    owed_fen: AmountFen
    due_on: LegalDate
    """The last day for paying; the late fee runs from the day after."""
    late_fee_fen: TotalFen = 0
    """Late fee of this line to the document's `late_fee_as_of`."""

    @model_validator(mode="after")
    def the_line_adds_up(self) -> Self:
        """Refuse a line that owes other than what is due less what is paid, or whose two parts are not what is due."""
        if self.owed_fen != max(self.due_fen - self.paid_fen, 0):
            raise PydanticCustomError("owed-differs", "owed is not what is due less what is paid")
        parts = (self.unit_part_fen, self.employee_part_fen)
        if None not in parts and sum(part or 0 for part in parts) != self.due_fen:
            raise PydanticCustomError("parts-differ", "the parts of unit and employees are not what is due")
        return self


class LateFeeRate(Wire):
    """The late fee (滞纳金) a day, in ten-thousandths of what is owed, from one legal date to another."""

    ten_thousandths: Annotated[int, Field(ge=0, le=10_000)]
    from_on: LegalDate | None = None
    until_on: LegalDate | None = None
    """The last day at this rate; None: it holds on."""
    paragraph: ShortText


class OwedAmounts(Wire):
    """What a unit owes, line by line and in sum."""

    lines: Annotated[tuple[DocumentLine, ...], Field(min_length=1, max_length=LINES_MAX)]
    principal_fen: TotalFen
    """本金: the sum of what the lines owe."""
    late_fee_fen: TotalFen
    """滞纳金 to `late_fee_as_of`: the sum of the lines' late fees."""
    late_fee_as_of: LegalDate
    late_fee_growth_units: TotalFen
    """What the late fee grows by each day after, in ten-thousandths of a fen."""
    rates: Annotated[tuple[LateFeeRate, ...], Field(min_length=1, max_length=PARTS_MAX)]

    @model_validator(mode="after")
    def the_sums_are_those_of_the_lines(self) -> Self:
        """Refuse sums that are not those of the lines: no document may say two amounts."""
        if self.principal_fen != sum(line.owed_fen for line in self.lines):
            raise PydanticCustomError("principal-differs", "the principal is not the sum of the lines")
        if self.late_fee_fen != sum(line.late_fee_fen for line in self.lines):
            raise PydanticCustomError("late-fee-differs", "the late fee is not the sum of the lines")
        return self


class Remedies(Wire):
    """What the unit may do against it (救济途径): reconsideration (行政复议) and lawsuit (行政诉讼)."""

    reconsideration_authority: ShortText
    reconsideration_days: Days
    """From the day on which the unit came to know of it (行政复议法 20: 60)."""
    court: ShortText
    lawsuit_months: Annotated[int, Field(ge=1, le=12)]
    """行政诉讼法 46: 6."""


class NoticeGround(StrEnum):
    """Why a notice is issued (令20号 16)."""

    NOT_DECLARED = "not-declared"
    """(一) 未按规定申报且未缴纳."""
    NOT_PAID = "not-paid"
    """(二) 申报后未按时足额缴纳."""
    UNDER_REPORTED = "under-reported"
    """(三) 因瞒报、漏报而少缴."""


class PaymentNoticeTerms(Wire):
    """Terms of a 社会保险费限期补缴通知书."""

    grounds: Annotated[tuple[NoticeGround, ...], Field(min_length=1, max_length=PARTS_MAX)]
    found_on: LegalDate
    """查明欠缴事实之日."""
    term_working_days: Days
    """收到通知后 so many 个工作日 (令20号 16: 5)."""
    payment_channels: Texts
    """缴费渠道, one sentence each."""
    remedies: Remedies
    legal_basis: Annotated[tuple[ShortText, ...], Field(max_length=PARTS_MAX)] = ()
    """What the order rests on, in the law's own words (`《…法》第…条`); empty: as the template has it."""


class DemandPurpose(StrEnum):
    """What a 催告书 comes before."""

    TRANSFER = "transfer"
    """The decision to transfer (划拨) from the unit's accounts (行政强制法 35)."""
    COURT = "court"
    """The application to the people's court (行政强制法 54)."""


class EarlierNotice(Wire):
    """The notice that a later document rests on."""

    number: ShortText
    dated_on: LegalDate
    served_on: LegalDate
    pay_by: LegalDate
    """The last day of its term."""


class EnforcementDemandTerms(Wire):
    """Terms of a 催告书: how long, how, how much, and the right to be heard (行政强制法 35)."""

    added_later: ClassVar[frozenset[str]] = frozenset({"notice_issued_by", "transfer_fen"})

    notice: EarlierNotice
    purpose: DemandPurpose
    term_working_days: Days
    """履行期限, in working days from receipt."""
    payment_channels: Texts
    hearing_working_days: Days
    """Within so many working days the unit may state and defend its case (陈述、申辩)."""
    notice_issued_by: ShortText | None = None
    """Who issued the notice, where it is another than who demands: the department demands before it decides (template 2)."""
    transfer_fen: AmountFen | None = None
    """What the decision would transfer, where it is not all that is owed (template 2); before the court, what is demanded (template 3)."""


class BankAccount(Wire):
    """An account that a bank named when it was asked (查询存款账户). Its number stands in the file and is filled in by hand."""

    bank: ShortText
    account_name: ShortText


class TransferApplicationTerms(Wire):
    """Terms of a 划拨社会保险费申请书 (令20号 18)."""

    added_later: ClassVar[frozenset[str]] = frozenset({"amount_fen"})

    notice: EarlierNotice
    addressed_to: ShortText
    """The competent department (社会保险行政部门)."""
    accounts: Annotated[tuple[BankAccount, ...], Field(min_length=1, max_length=PARTS_MAX)]
    attachments: Texts
    """其他材料."""
    amount_fen: AmountFen | None = None
    """申请划拨的数额, where it is not all that is owed (template 2)."""


class TransferDecisionTerms(Wire):
    """Terms of a 划拨社会保险费决定书 (行政强制法 37(2))."""

    notice: EarlierNotice
    notice_issued_by: ShortText
    demand_number: ShortText
    demand_served_on: LegalDate
    perform_by: LegalDate
    """The last day of the demand's term."""
    is_urgent: bool = False
    """Decided before it was over, as there were signs that assets were moved or hidden (37(3))."""
    amount_fen: AmountFen
    accounts: Annotated[tuple[BankAccount, ...], Field(min_length=1, max_length=PARTS_MAX)]
    remedies: Remedies


class Instalment(Wire):
    """One payment of an agreement."""

    due_on: LegalDate
    amount_fen: AmountFen


class SecurityKind(StrEnum):
    """How the payment is secured (担保)."""

    MORTGAGE = "mortgage"
    """抵押."""
    PLEDGE = "pledge"
    """质押."""
    GUARANTEE = "guarantee"
    """保证."""


class DeferralAgreementTerms(Wire):
    """Terms of a 延期缴费协议: by when, in which parts, on what security."""

    notice: EarlierNotice
    instalments: Annotated[tuple[Instalment, ...], Field(min_length=1, max_length=PARTS_MAX)]
    security: SecurityKind
    security_description: ShortText
    """What stands for it, as the contract of security names it."""
    security_contract: ShortText
    """Number of that contract."""


class ClaimDeclarationTerms(Wire):
    """Terms of a 债权申报书 to the administrator (管理人) of a bankruptcy."""

    administrator: ShortText
    court: ShortText
    case_number: ShortText
    """案号 of the bankruptcy."""
    accepted_on: LegalDate
    """受理破产申请之日: the late fee ends here."""
    declare_by: LegalDate
    """申报期 ends."""
    individual_account_fen: TotalFen
    """Of the principal, what belongs into individual accounts (企业破产法 48 II): need not be declared, named all the same."""
    pooled_fen: TotalFen
    """Of the principal, what is declared as 社会保险费用 (企业破产法 113(1)(二))."""
    evidence: Texts
