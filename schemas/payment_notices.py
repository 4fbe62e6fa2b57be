"""The order to pay in arrears (社会保险费限期补缴通知书): what the desk does with it, what became of it, its number.

The numbers of an office and year come from a register of their own (发文登记), which is asked and answers: a case whose
key is `<agency>:<series>:<year>`. Officers are staff numbers (工号), never names.
"""

from enum import StrEnum
from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from schemas.arrears import TotalFen
from schemas.contributions import UnitFact
from schemas.document_terms import LINES_MAX, DocumentLine, NoticeGround
from schemas.fact import CaseFact, Fact
from schemas.officers import OfficerNumber
from schemas.vocabulary import BusinessReference, EventId, LegalDate, ShortText, UnitCode

Ordinal = Annotated[int, Field(ge=1, le=10_000)]
"""1 for the first of its kind in a case."""
RegisterKey = Annotated[str, Field(pattern=r"^[a-z-]{2,40}:[a-z-]{2,30}:[0-9]{4}$")]
"""Key of a register of document numbers: `<agency>:<series>:<year>`."""
SequenceNumber = Annotated[int, Field(ge=1, le=999_999)]
"""发文顺序号: consecutive within a register, from 1."""


class NoticeStage(StrEnum):
    """Where a notice stands."""

    DRAWN_UP = "drawn-up"
    """拟制: it waits for an officer who issues it, and one who approves."""
    APPROVED = "approved"
    """签发: it waits for its number."""
    ISSUED = "issued"
    """It has its number and is to be served (待送达)."""
    SERVED = "served"
    """It is served, or will be on `served_on`; its deadline runs."""
    OVERDUE = "overdue"
    """The deadline is over and something is owed still (逾期仍未缴纳)."""
    COMPLIED = "complied"
    """After service, what it names was paid (已缴清); it is taken up again under its number if a payment is taken back."""
    CANCELLED = "cancelled"
    """There is nothing left to order (paid before service, not owed), or no order may go out (bankrupt, deregistered)."""
    WITHDRAWN = "withdrawn"
    """Taken back by the desk (撤回)."""


class NoticeAct(StrEnum):
    """What the desk may do with a notice."""

    DRAW_UP = "draw-up"
    """拟制: a notice for all that is owed and stands on none, whatever the policy would wait for."""
    ISSUE = "issue"
    """签发."""
    SERVE = "serve"
    """送达: `occurred_on` is the day of receipt, of leaving it, or of the announcement."""
    EXTEND = "extend-term"
    """延长补缴期限: the original deadline stays known."""
    WITHDRAW = "withdraw"
    """撤回."""
    CORRECT_NUMBER = "correct-number"
    """更正文号: the office's register on paper gave it another number."""


class ServiceMethod(StrEnum):
    """How a notice was served (送达方式, 民事诉讼法 88–95)."""

    DIRECT = "direct"
    """直接送达: received on the day on the receipt (送达回证)."""
    LEFT = "left"
    """留置送达: refused, and left at the unit's place before witnesses or a camera."""
    POST = "post"
    """邮寄送达: received on the day on the postal receipt."""
    ANNOUNCEMENT = "announcement"
    """公告送达: counts as received when its period has passed."""


class LeavingEvidence(StrEnum):
    """What shows that a refused notice was left (民事诉讼法 89)."""

    WITNESSED = "witnessed"
    """见证人签名或者盖章."""
    RECORDED = "recorded"
    """拍照、录像."""


class AnnouncementGround(StrEnum):
    """Why a notice is served by announcement (民事诉讼法 95)."""

    WHEREABOUTS_UNKNOWN = "whereabouts-unknown"
    """下落不明."""
    OTHER_WAYS_FAILED = "other-ways-failed"
    """其他方式无法送达."""


APPROVED_ACTS = frozenset({NoticeAct.ISSUE, NoticeAct.EXTEND, NoticeAct.WITHDRAW, NoticeAct.CORRECT_NUMBER})
"""Acts that somebody other than who decided approves."""


class PaymentNoticeActRecorded(UnitFact):
    """The collection desk (征缴岗位) did something with a notice of a unit.

    A higher `revision` corrects a service (its day, its receipt), approved by somebody else, as every day that follows moves with it; every other
    act is corrected by another act, and none is reversed.
    """

    topic: ClassVar[str] = "payment-notice-act-recorded"

    act: NoticeAct
    ordinal: Ordinal | None = None
    """Which notice of the unit; absent only where one is drawn up."""
    decided_by: OfficerNumber
    approved_by: OfficerNumber | None = None
    circumstance: NoticeGround | None = None
    """Of an issue: as the desk found it; absent: 申报后未按时足额缴纳."""
    method: ServiceMethod | None = None
    receipt_reference: BusinessReference | None = None
    """送达回证, postal receipt or announcement, by its number."""
    evidence: LeavingEvidence | None = None
    announcement_ground: AnnouncementGround | None = None
    extended_until: LegalDate | None = None
    sequence_number: SequenceNumber | None = None
    grounds: ShortText | None = None
    """Why (理由): of an extension, a withdrawal, a correction."""

    @model_validator(mode="after")
    def names_its_notice(self) -> Self:
        """Refuse an act on a notice that does not say on which."""
        if self.ordinal is None and self.act is not NoticeAct.DRAW_UP:
            raise PydanticCustomError("notice-not-named", "the act does not name its notice")
        return self

    @model_validator(mode="after")
    def is_approved(self) -> Self:
        """Refuse what the law wants decided without a second person's approval (四眼原则)."""
        if self.approved_by is None and self.act in APPROVED_ACTS:
            raise PydanticCustomError("approval-missing", "the act is approved by somebody")
        if self.approved_by == self.decided_by:
            raise PydanticCustomError("approved-by-the-same", "who decides does not approve")
        return self

    @model_validator(mode="after")
    def service_is_whole(self) -> Self:
        """Refuse a service that does not say how, and by which receipt."""
        if self.act is not NoticeAct.SERVE:
            return self
        if self.method is None or self.receipt_reference is None:
            raise PydanticCustomError("service-incomplete", "a service names its method and its receipt")
        if self.method is ServiceMethod.LEFT and self.evidence is None:
            raise PydanticCustomError("evidence-missing", "what was left was witnessed or recorded")
        if self.method is ServiceMethod.ANNOUNCEMENT and self.announcement_ground is None:
            raise PydanticCustomError("announcement-without-ground", "an announcement says why no other way served")
        return self

    @model_validator(mode="after")
    def has_what_it_needs(self) -> Self:
        """Refuse an extension without its date, a correction without its number, and either without a reason."""
        if self.act is NoticeAct.EXTEND and self.extended_until is None:
            raise PydanticCustomError("extension-without-date", "an extension names its last day")
        if self.act is NoticeAct.CORRECT_NUMBER and self.sequence_number is None:
            raise PydanticCustomError("number-missing", "a correction names the number")
        if self.grounds is None and self.act in APPROVED_ACTS - {NoticeAct.ISSUE}:
            raise PydanticCustomError("grounds-missing", "the act says why")
        return self


class PaymentNoticeChanged(CaseFact):
    """A notice of a unit was drawn up, issued, served, extended, part-paid, ended: it is in `stage`, and `reason_code` says by what.

    The sums are those the notice names, the late fee to `as_of`; `open_fen` is what of its principal is owed today.
    """

    topic: ClassVar[str] = "payment-notice-changed"
    key_field: ClassVar[str] = "unit_code"

    unit_code: UnitCode
    unit_name: ShortText
    ordinal: Ordinal
    stage: NoticeStage
    reason_code: ShortText
    number: ShortText | None = None
    """文号."""
    authority: ShortText
    """Code of who collects its lines, and issues it (社会保险法 63, by the period of the lines)."""
    authority_name: ShortText
    """As printed."""
    circumstance: NoticeGround
    as_of: LegalDate
    lines: Annotated[tuple[DocumentLine, ...], Field(max_length=LINES_MAX)] = ()
    """The lines it names; given where they are new or newly counted: when it is drawn up, and when it is issued."""
    principal_fen: TotalFen
    late_fee_fen: TotalFen
    late_fee_growth_units: TotalFen = 0
    """What the late fee grows by each day after `as_of`, in ten-thousandths of a fen; given with the lines."""
    open_fen: TotalFen
    term_working_days: int
    """Working days from receipt within which it is to be paid (令20号 16)."""
    method: ServiceMethod | None = None
    receipt_reference: BusinessReference | None = None
    served_on: LegalDate | None = None
    deadline_on: LegalDate | None = None
    """Last day of the original period."""
    deadline_is_provisional: bool = False
    """Counted without the calendar of some year, and counted anew once it is published."""
    extended_until: LegalDate | None = None
    document_sha256: ShortText | None = None
    """Hash of the document as it was made out: the record."""


class ComplianceGapFound(CaseFact):
    """Five working days passed since arrears were found and no notice was issued (令20号 16); said again, with `closed_on`, when it is closed."""

    topic: ClassVar[str] = "compliance-gap-found"
    key_field: ClassVar[str] = "unit_code"

    unit_code: UnitCode
    unit_name: ShortText
    policy: ShortText
    """The policy in force on the day it was found: `newsletter` or `law`."""
    found_on: LegalDate
    """The day on which the earliest of its lines was found owed."""
    notice_due_on: LegalDate
    """The fifth working day after: a notice should have gone out by its end."""
    line_count: int
    principal_fen: TotalFen
    closed_on: LegalDate | None = None
    closed_by: ShortText | None = None
    """`served`, `paid`, or `other-procedure`: the unit went bankrupt, or is no more."""


class ReminderAnswered(CaseFact):
    """What came of a telephone reminder, and where the ladder stands by it (电话提醒结果)."""

    topic: ClassVar[str] = "reminder-answered"
    key_field: ClassVar[str] = "unit_code"

    unit_code: UnitCode
    notice_id: EventId
    step: int
    outcome: ShortText
    """reached, promised, promise-broken, refused, wrong-number, no-answer."""
    promised_on: LegalDate | None = None
    broken_promises: int
    """Promises not kept since the unit came into arrears."""
    number_is_needed: bool = False
    """The telephone number is wrong: the desk is asked for another."""
    is_last: bool = False
    """No further reminder follows: the notice is next."""


class DocumentNumberRequested(CaseFact):
    """A register is asked for a document's number: the next, or the one that `wanted` names."""

    topic: ClassVar[str] = "document-number-requested"
    key_field: ClassVar[str] = "register_key"

    register_key: RegisterKey
    unit_code: UnitCode
    ordinal: Ordinal
    wanted: SequenceNumber | None = None
    subject: ShortText | None = None
    """Which part of the unit's case asks, and counts the ordinal; absent: its notices (`enforcement`, `claim`)."""


class DocumentNumberGiven(CaseFact):
    """A register gave a document its number; without one where the number it wanted is another document's."""

    topic: ClassVar[str] = "document-number-given"
    key_field: ClassVar[str] = "unit_code"

    register_key: RegisterKey
    unit_code: UnitCode
    ordinal: Ordinal
    sequence_number: SequenceNumber | None = None
    subject: ShortText | None = None
    """As it was asked."""


TRAFFIC: tuple[tuple[type[Fact], str, tuple[str, ...]], ...] = (
    (PaymentNoticeActRecorded, "collection-desk", ("arrears",)),
    (PaymentNoticeChanged, "arrears", ("monitoring",)),
    (ComplianceGapFound, "arrears", ("monitoring",)),
    (ReminderAnswered, "arrears", ("monitoring",)),
    (DocumentNumberRequested, "arrears", ("arrears",)),
    (DocumentNumberGiven, "arrears", ("arrears",)),
)
"""Facts of this subject with their owner and hearers, for the inventory of topics."""
