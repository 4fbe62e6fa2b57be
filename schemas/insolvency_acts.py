"""What the collection desk (征缴岗位) did on the roads beside the ordinary one: claims, objections, liquidation, write-off."""

from enum import StrEnum
from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from schemas.contributions import UnitFact
from schemas.fact import Wire
from schemas.officers import OfficerNumber
from schemas.vocabulary import AmountFen, Insurance, LegalDate, Month, ShortText


class InsolvencyAct(StrEnum):
    """What was done."""

    RULING_RECEIVED = "ruling-received"
    """收到人民法院裁定: the court tells known creditors itself (企业破产法 14), often before the registrar shows it."""
    CLAIM_FILED = "claim-filed"
    """向管理人申报债权."""
    CLAIM_SUPPLEMENTED = "claim-supplemented"
    """补充申报."""
    PLAN_EXAMINED = "plan-examined"
    """审查重整计划草案."""
    DISTRIBUTION_RECEIVED = "distribution-received"
    """收到破产财产分配."""
    PROCEEDING_CLOSED = "proceeding-closed"
    """收到终结破产程序的裁定."""
    OBJECTION_FILED = "objection-filed"
    """对简易注销提出异议."""
    LIQUIDATION_APPLIED = "liquidation-applied"
    """申请人民法院指定清算组 (强制清算)."""
    LIQUIDATION_CLAIMED = "liquidation-claimed"
    """向清算组申报债权: contributions and late fees to the day of the claim."""
    OBLIGORS_CLAIMED = "obligors-claimed"
    """向股东、清算义务人、承诺人追偿."""
    WRITE_OFF_DECIDED = "write-off-decided"
    """决定核销."""
    CLAIM_LIST_RECEIVED = "claim-list-received"
    """收到管理人编制的债权表: what of the claim it lists, by class; an amended list is another."""
    CLAIM_LIST_DISPUTED = "claim-list-disputed"
    """对债权表记载提出异议、提起诉讼: the list says less than was claimed."""
    CLAIM_CONFIRMED = "claim-confirmed"
    """人民法院裁定、判决确认债权: what was confirmed, by class."""
    CLAIM_DOCUMENT_ORDERED = "claim-document-ordered"
    """交办制作债权申报书: with the amounts that the claim is going to say."""


class CourtRuling(StrEnum):
    """What a court ruled (裁定); the words are those of a unit's status."""

    ACCEPTED = "bankruptcy-accepted"
    REORGANISING = "reorganising"
    DECLARED = "bankrupt"


class WriteOffGround(StrEnum):
    """On what a write-off (核销) rests."""

    BANKRUPTCY_CONCLUDED = "bankruptcy-concluded"
    """破产程序终结, 破产财产不足清偿."""
    REORGANISATION_PLAN = "reorganisation-plan"
    """Late fees from before the acceptance that an approved plan cuts; never principal."""
    AUTHORITY_DECISION = "authority-decision"
    """The competent authority's decision on a unit that is gone; it names its own paragraph."""


class WrittenOffLine(Wire):
    """What of one line is written off."""

    month: Month
    insurance: Insurance
    principal_fen: AmountFen
    late_fee_fen: AmountFen


_OF_RULING = ("ruling", "court", "announced_on", "declare_by")
_AMOUNTS = ("listed_fen", "declared_fen", "late_fee_fen")
_NEEDED = {
    InsolvencyAct.RULING_RECEIVED: ("ruling", "court"),
    InsolvencyAct.CLAIM_FILED: _AMOUNTS,
    InsolvencyAct.CLAIM_SUPPLEMENTED: _AMOUNTS,
    InsolvencyAct.CLAIM_LIST_RECEIVED: _AMOUNTS,
    InsolvencyAct.CLAIM_CONFIRMED: _AMOUNTS,
    InsolvencyAct.CLAIM_DOCUMENT_ORDERED: _AMOUNTS,
    InsolvencyAct.DISTRIBUTION_RECEIVED: _AMOUNTS,
    InsolvencyAct.LIQUIDATION_CLAIMED: ("declared_fen", "late_fee_fen"),
    InsolvencyAct.PLAN_EXAMINED: ("plan_fen",),
    InsolvencyAct.WRITE_OFF_DECIDED: ("ground", "paragraph", "decision_number"),
}
"""The fields that an act cannot be without."""
_PARTICULAR = ("listed_fen", "declared_fen", "late_fee_fen", "plan_fen", "ground", "paragraph", *_OF_RULING)
"""The fields that belong to some acts only."""


class InsolvencyActRecorded(UnitFact):
    """The collection desk did something about a unit that is, or may be, gone; `occurred_on` is the day it was done.

    Every act may be corrected by a higher revision and taken back by a reversal, as long as nothing rests on it. Amounts
    are what this act adds, never a new total. A distribution is recorded here by its classes; the money itself is said line
    by line by `contribution-paid`, like every payment.
    """

    topic: ClassVar[str] = "insolvency-act-recorded"

    act: InsolvencyAct
    decided_by: OfficerNumber
    approved_by: OfficerNumber | None = None
    listed_fen: AmountFen | None = None
    """应当划入职工个人账户的养老、医疗: not to be declared, the administrator lists it (企业破产法 48; first class, 113)."""
    declared_fen: AmountFen | None = None
    """The other contributions (second class, 113)."""
    late_fee_fen: AmountFen | None = None
    """Late fees up to the acceptance (an ordinary claim)."""
    plan_fen: AmountFen | None = None
    """What a reorganisation plan pays of the other contributions (第二顺序)."""
    is_last_distribution: bool = False
    """最后分配: no claim is taken in after it."""
    ground: WriteOffGround | None = None
    paragraph: ShortText | None = None
    """The paragraph that a write-off's decision names."""
    ruling: CourtRuling | None = None
    court: ShortText | None = None
    announced_on: LegalDate | None = None
    """受理公告之日; with `declare_by` 债权申报期限, the court's last day to declare claims."""
    declare_by: LegalDate | None = None
    decision_number: ShortText | None = None
    """文号 or 案号 of the document behind the act."""
    lines: Annotated[tuple[WrittenOffLine, ...], Field(max_length=500)] = ()

    @model_validator(mode="after")
    def act_is_whole(self) -> Self:
        """Refuse an act without what it needs, and one with what belongs to another act."""
        needed = _NEEDED.get(self.act, ())
        is_write_off = self.act is InsolvencyAct.WRITE_OFF_DECIDED
        if self.reverses is None and any(getattr(self, name) is None for name in needed):
            raise PydanticCustomError("act-incomplete", "the act lacks what it needs")
        if self.reverses is None and is_write_off and not self.lines:
            raise PydanticCustomError("written-off-lines-missing", "a write-off names its lines")
        allowed = _OF_RULING if self.act is InsolvencyAct.RULING_RECEIVED else needed
        foreign = [name for name in _PARTICULAR if name not in allowed and getattr(self, name) is not None]
        if foreign or (self.lines and not is_write_off):
            raise PydanticCustomError("detail-of-another-act", "a detail belongs to another act")
        if self.is_last_distribution and self.act is not InsolvencyAct.DISTRIBUTION_RECEIVED:
            raise PydanticCustomError("detail-of-another-act", "a detail belongs to another act")
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
    def four_eyes_see(self) -> Self:
        """Refuse a write-off that nobody approved, and an approval by who decided (四眼原则)."""
        if self.act is InsolvencyAct.WRITE_OFF_DECIDED and self.approved_by is None:
            raise PydanticCustomError("approval-missing", "a write-off is approved by somebody")
        if self.approved_by is not None and self.approved_by == self.decided_by:
            raise PydanticCustomError("approved-by-the-same", "who decides does not approve")
        return self

    @model_validator(mode="after")
    def lines_are_named_once(self) -> Self:
        """Refuse a write-off that names a line twice, or a line with nothing to write off."""
        names = [(line.month, line.insurance) for line in self.lines]
        if len(set(names)) < len(names):
            raise PydanticCustomError("line-named-twice", "a line is named twice")
        if any(not line.principal_fen and not line.late_fee_fen for line in self.lines):
            raise PydanticCustomError("write-off-of-nothing", "a line has nothing to write off")
        return self
