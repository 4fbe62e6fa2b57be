"""What became of a unit (单位存续状态), and by which measure its arrears are collected (分类施策)."""

from enum import StrEnum
from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from schemas.arrears import TotalFen
from schemas.contributions import UnitFact
from schemas.fact import CaseFact, Fact, Wire
from schemas.insolvency_acts import InsolvencyActRecorded
from schemas.measure_terms import DeadlineKind, Liable, Measure, MeasureStage
from schemas.vocabulary import LegalDate, ShortText, UnitCode

__all__ = [
    "ENDED_WHERE_SAID",
    "IN_COURT",
    "SUCCESSORS",
    "SUCCESSORS_MAX",
    "TRAFFIC",
    "ClaimByBooks",
    "DeadlineAlert",
    "DeadlineKind",
    "DeregistrationWay",
    "InsolvencyDeadlineAlerted",
    "LegalForm",
    "Liable",
    "Measure",
    "MeasureFact",
    "MeasureStage",
    "ProprietorProperty",
    "RejectedMeasure",
    "UnitMeasureChanged",
    "UnitStanding",
    "UnitStatusReported",
]


class UnitStanding(StrEnum):
    """What is said of a unit's existence (存续状态)."""

    OPERATING = "operating"
    """正常存续: also when a bankruptcy ended without declaration (then with the court that ruled so), or a simple deregistration was given up
    or a liquidation ended with the unit going on (then with `ended`)."""
    BANKRUPTCY_ACCEPTED = "bankruptcy-accepted"
    """人民法院裁定受理破产申请."""
    REORGANISING = "reorganising"
    """人民法院裁定重整."""
    BANKRUPT = "bankrupt"
    """人民法院裁定宣告破产."""
    REVOKED = "revoked"
    """吊销营业执照, 责令关闭, 撤销: the unit stays a debtor."""
    LIQUIDATING = "liquidating"
    """清算组已成立 (by the company or ordered by a court): claims are told to the group, and the unit still exists."""
    DEREGISTRATION_ANNOUNCED = "deregistration-announced"
    """简易注销公告 (of a sole proprietor: 推送有关部门)."""
    DEREGISTERED = "deregistered"
    """注销登记."""
    UNREACHABLE = "unreachable"
    """通过登记的住所或者经营场所无法联系 (经营异常名录)."""


class LegalForm(StrEnum):
    """What kind of debtor a unit is."""

    ENTERPRISE = "enterprise"
    """企业法人."""
    SOLE_PROPRIETOR = "sole-proprietor"
    """个体工商户."""
    OTHER = "other"
    """Partnerships, institutions, associations (合伙企业、事业单位、社会组织等)."""


class ProprietorProperty(StrEnum):
    """By which property a sole proprietor answers (民法典 56)."""

    PERSONAL = "personal"
    FAMILY = "family"
    INDISTINGUISHABLE = "indistinguishable"


SUCCESSORS_MAX = 20
"""Units that may come of one division; more is taken for a slip."""


class DeregistrationWay(StrEnum):
    """How a unit came to be deregistered (注销方式): it decides who answers for what is left."""

    LIQUIDATED = "liquidated"
    """依法清算完毕."""
    SIMPLE = "simple"
    """简易注销, on everybody's promise that nothing is owed."""
    WITHOUT_LIQUIDATION = "without-liquidation"
    """未经清算即办理注销."""
    FALSE_REPORT = "false-report"
    """以虚假的清算报告骗取注销."""
    BY_REGISTRAR = "by-registrar"
    """吊销等满三年, 登记机关强制注销."""
    AFTER_BANKRUPTCY = "after-bankruptcy"
    """破产程序终结."""
    MERGED = "merged"
    """因合并注销: the unit that it was merged into, or that came of the merger, is its successor."""
    DIVIDED = "divided"
    """因分立注销: the units that came of the division are its successors."""


SUCCESSORS = {DeregistrationWay.MERGED: (1, 1), DeregistrationWay.DIVIDED: (2, SUCCESSORS_MAX)}
"""How few and how many successors (承继单位) a unit has that is gone in this way; any other way leaves none."""

IN_COURT = (UnitStanding.BANKRUPTCY_ACCEPTED, UnitStanding.REORGANISING, UnitStanding.BANKRUPT)
"""Standings that a court's ruling makes."""

ENDED_WHERE_SAID = (UnitStanding.LIQUIDATING, UnitStanding.DEREGISTRATION_ANNOUNCED)
"""Standings of a unit that its registrar calls operating (存续) all the same: that word ends one only where it says so."""


class UnitStatusReported(UnitFact):
    """A unit's status changed (单位存续状态变更); `occurred_on` is the day of the ruling, decision, announcement or entry.

    Said by the registrar (市场监管); what a court ruled, in the registrar's reports too. A ruling that was set aside, or an
    application that was dismissed (驳回破产申请, 企业破产法 12), is a reversal: it counts as never made. A registrar calls a unit in bankruptcy operating (存续) all
    the same: only with its court does that word end a bankruptcy. So does it call one that announced its simple deregistration or is being
    liquidated: only with `ended` does the word end these.
    """

    topic: ClassVar[str] = "unit-status-reported"

    status: UnitStanding
    legal_form: LegalForm
    court: ShortText | None = None
    """受理法院; of a unit that operates again, the court whose ruling ended the bankruptcy."""
    court_case_number: ShortText | None = None
    """案号."""
    announced_on: LegalDate | None = None
    """Day of the court's announcement of the acceptance (受理公告), or of the liquidation group's (清算公告): from it the time to
    declare claims runs."""
    declare_by: LegalDate | None = None
    """Last day to declare claims (债权申报期限), as the court set it."""
    notified_on: LegalDate | None = None
    """Day on which the liquidation group's notice reached this office: it has 30 days from then (公司法 235)."""
    administrator: ShortText | None = None
    """管理人: an institution's name."""
    deregistration_way: DeregistrationWay | None = None
    proprietor_property: ProprietorProperty | None = None
    successors: Annotated[tuple[UnitCode, ...], Field(max_length=SUCCESSORS_MAX)] = ()
    """承继单位 of a unit that was merged or divided: who has its debts (民法典 67)."""
    ended: UnitStanding | None = None
    """What ended, of a unit that operates: 简易注销公告 that was withdrawn or stopped, or 清算 after which the company goes on (公司法 230)."""

    @model_validator(mode="after")
    def ruling_names_its_court(self) -> Self:
        """Refuse a ruling without its court."""
        if self.status in IN_COURT and self.court is None:
            raise PydanticCustomError("court-missing", "a court's ruling names the court")
        return self

    @model_validator(mode="after")
    def deregistration_says_how(self) -> Self:
        """Refuse a deregistration that does not say how it was done: nobody could say who answers."""
        if self.status is UnitStanding.DEREGISTERED and self.deregistration_way is None:
            raise PydanticCustomError("deregistration-way-missing", "a deregistration says how it was done")
        return self

    @model_validator(mode="after")
    def successors_follow_a_merger_or_division(self) -> Self:
        """Refuse any other number of successors, one named twice or the unit itself, and a sole proprietor's merger: it is no legal person."""
        count, least, most = len(self.successors), 0, 0
        if self.deregistration_way is not None:
            least, most = SUCCESSORS.get(self.deregistration_way, (0, 0))
        is_sound = least <= count <= most and len(set(self.successors)) == count
        if (
            not is_sound
            or self.unit_code in self.successors
            or (count and self.legal_form is LegalForm.SOLE_PROPRIETOR)
        ):
            raise PydanticCustomError("successors-do-not-fit", "a merger has one successor, a division two or more")
        return self

    @model_validator(mode="after")
    def dates_follow_the_ruling(self) -> Self:
        """Refuse an announcement before the ruling, and a last day to declare without announcement or before it."""
        if self.announced_on is not None and self.announced_on < self.occurred_on:
            raise PydanticCustomError("announced-before-ruling", "the announcement lies before the ruling")
        if self.declare_by is not None and (self.announced_on is None or self.declare_by <= self.announced_on):
            raise PydanticCustomError("declare-by-before-announcement", "claims are declared after an announcement")
        return self

    @model_validator(mode="after")
    def details_belong_to_the_status(self) -> Self:
        """Refuse what belongs to another status, form or way: a slip would be taken for knowledge."""
        of_ruling, of_acceptance = (self.court, self.court_case_number), (self.declare_by, self.administrator)
        foreign = [any(one is not None for one in of_acceptance) and self.status not in IN_COURT]
        is_ruled = self.status in (*IN_COURT, UnitStanding.OPERATING)
        foreign.append(any(one is not None for one in of_ruling) and not is_ruled)
        is_announced = self.status in (*IN_COURT, UnitStanding.LIQUIDATING)
        foreign.append(self.announced_on is not None and not is_announced)
        foreign.append(self.notified_on is not None and self.status is not UnitStanding.LIQUIDATING)
        foreign.append(self.deregistration_way is not None and self.status is not UnitStanding.DEREGISTERED)
        is_ended_by_it = self.status is UnitStanding.OPERATING and self.ended in ENDED_WHERE_SAID
        foreign.append(self.ended is not None and not is_ended_by_it)
        foreign.append(self.proprietor_property is not None and self.legal_form is not LegalForm.SOLE_PROPRIETOR)
        if any(foreign):
            raise PydanticCustomError("detail-of-another-status", "a detail belongs to another status or form")
        return self


class RejectedMeasure(Wire):
    """A measure that was not taken, and why not."""

    measure: Measure
    reasons: tuple[ShortText, ...]


class ClaimByBooks(Wire):
    """What is to be claimed in a bankruptcy, by the books, in fen: as it stood at the end of the day of acceptance."""

    principal_fen: TotalFen
    """All contributions, also what is not due yet (企业破产法 46)."""
    listed_estimate_fen: TotalFen
    """Part of it that belongs into personal accounts and need not be declared (企业破产法 48): pension, estimated; of medical
    contributions the administrator's list says it."""
    late_fee_fen: TotalFen
    """Late fees to the acceptance: an ordinary claim."""
    after_acceptance_fen: TotalFen
    """Part of the principal, of months that began after the acceptance: perhaps a common debt (共益债务, 企业破产法 42)."""
    after_declaration_fen: TotalFen
    """No part of it: of months that began after the declaration of bankruptcy (法复〔1996〕17号)."""
    claimed_fen: TotalFen
    """Principal and late fee that were claimed so far."""


class MeasureFact(CaseFact):
    """By which measure a unit's arrears are collected."""

    key_field: ClassVar[str] = "unit_code"

    unit_code: UnitCode
    unit_name: ShortText
    measure: Measure
    stage: MeasureStage
    deadline_kind: DeadlineKind | None = None
    deadline_on: LegalDate | None = None
    paragraphs: tuple[ShortText, ...]


class UnitMeasureChanged(MeasureFact):
    """The measure for a unit's arrears, its stage, deadline, or who answers changed (分类施策).

    It is chosen from status, cohort, amount and age of the arrears, and whether the unit was late before. Amounts are as of
    `occurred_on`.
    """

    topic: ClassVar[str] = "unit-measure-changed"

    previous_measure: Measure | None = None
    statuses: tuple[UnitStanding, ...]
    """All that holds of the unit now; none: nobody has said anything that stands."""
    legal_form: LegalForm
    liable: Liable
    successors: tuple[UnitCode, ...] = ()
    """承继单位, where the unit was merged or divided."""
    because: tuple[ShortText, ...]
    rejected: tuple[RejectedMeasure, ...]
    disputed: tuple[ShortText, ...] = ()
    """Points on which courts or offices differ, and how this office reads them (Chinese)."""
    enforcement_suspended: bool
    """执行程序中止 (企业破产法 19)."""
    ordinary_steps_open: bool
    """The unit may still be reminded, ordered and enforced against."""
    claim: ClaimByBooks | None = None
    owed_before_2020_fen: TotalFen
    owed_since_2020_fen: TotalFen
    oldest_due_on: LegalDate | None = None
    repeated: bool
    """The unit had been late before with what it has paid since."""


class DeadlineAlert(StrEnum):
    """How a deadline stands."""

    NEAR = "near"
    MISSED = "missed"


class InsolvencyDeadlineAlerted(MeasureFact):
    """A deadline of a measure is near, or was missed (期限将至、期限已过)."""

    topic: ClassVar[str] = "insolvency-deadline-alerted"

    alert: DeadlineAlert


TRAFFIC: tuple[tuple[type[Fact], str, tuple[str, ...]], ...] = (
    (UnitStatusReported, "market-regulation", ("arrears",)),
    (InsolvencyActRecorded, "collection-desk", ("arrears",)),
    (UnitMeasureChanged, "arrears", ("monitoring",)),
    (InsolvencyDeadlineAlerted, "arrears", ("monitoring",)),
)
"""Facts of this subject with their owner and hearers, for the inventory of topics."""
