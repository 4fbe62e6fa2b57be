"""Who answers for a unit's arrears (征缴责任人), and by when: officers, cases given to them, deadlines that were missed.

Officers are staff numbers (工号), never names.
"""

from enum import StrEnum
from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from schemas.contributions import UnitFact
from schemas.fact import CaseFact, Fact
from schemas.vocabulary import District, LegalDate, Revision, ShortText, UnitCode

OfficerNumber = Annotated[str, Field(pattern=r"^[A-Z]{2}-[0-9]{3,6}$")]
"""Staff number (工号) of an officer: two capitals for the office, a dash, three to six digits."""


class Duty(StrEnum):
    """What an officer answers for (岗位)."""

    HANDLER = "handler"
    """经办: units that owe less than the published size."""
    SENIOR = "senior"
    """高级经办: units that owe the published size or more (大额)."""
    HEAD = "head"
    """负责人: hears of missed deadlines of the district."""


DUTY_NAMES_ZH = {Duty.HANDLER: "经办", Duty.SENIOR: "高级经办", Duty.HEAD: "负责人"}


class OfficerPublished(Fact):
    """An officer's districts, duty and time of service were published (征缴责任人公布); the highest revision holds.

    Who leaves is published anew with the last day of service: cases are then given to others.
    """

    topic: ClassVar[str] = "officer-published"
    key_field: ClassVar[str] = "officer"
    broadcast: ClassVar[bool] = True

    officer: OfficerNumber
    duty: Duty
    districts: Annotated[tuple[District, ...], Field(min_length=1, max_length=20)]
    serves_from: LegalDate
    serves_until: LegalDate | None = None
    """Last day of service; absent: in service."""
    authority: ShortText
    """On whose decision: a document's number, a record of approval."""
    revision: Revision = 1

    @model_validator(mode="after")
    def service_is_in_order(self) -> Self:
        """Refuse a service that ends before it begins."""
        if self.serves_until is not None and self.serves_until < self.serves_from:
            raise PydanticCustomError("service-reversed", "the service ends before it begins")
        return self


class AssignmentAct(StrEnum):
    """What the desk may do about who answers for a case, and by when."""

    REASSIGN = "reassign"
    """改派: `officer` answers from now on."""
    EXTEND = "extend"
    """延期: the case is to be moved on by the end of `deadline_on`; somebody else approves it."""


class CaseAssignmentActRecorded(UnitFact):
    """The collection desk gave a case to another officer, or gave it more time (改派、延期).

    It counts when it is recorded and cannot be corrected or reversed: another act changes it.
    """

    topic: ClassVar[str] = "case-assignment-act-recorded"

    act: AssignmentAct
    officer: OfficerNumber | None = None
    deadline_on: LegalDate | None = None
    grounds: ShortText
    """Why (理由)."""
    decided_by: OfficerNumber
    approved_by: OfficerNumber | None = None

    @model_validator(mode="after")
    def act_is_whole(self) -> Self:
        """Refuse an act without what it needs, and one approved by who decided it (四眼原则)."""
        if self.act is AssignmentAct.REASSIGN and self.officer is None:
            raise PydanticCustomError("officer-missing", "a reassignment names the officer")
        if self.act is AssignmentAct.EXTEND and self.deadline_on is None:
            raise PydanticCustomError("deadline-missing", "an extension names the new deadline")
        if self.act is AssignmentAct.EXTEND and self.approved_by is None:
            raise PydanticCustomError("approval-missing", "an extension is approved by somebody")
        if self.approved_by is not None and self.approved_by == self.decided_by:
            raise PydanticCustomError("approved-by-the-same", "who decides does not approve")
        return self


class AssignmentFact(CaseFact):
    """Who answers for an open case; `officer` absent: nobody serves the district."""

    key_field: ClassVar[str] = "unit_code"

    unit_code: UnitCode
    unit_name: ShortText
    officer: OfficerNumber | None = None
    stage: ShortText
    """Where the case stood."""


class CaseAssigned(AssignmentFact):
    """A case was given to an officer, or its deadline was counted anew (案件分派); `reason_code` says why."""

    topic: ClassVar[str] = "case-assigned"

    previous_officer: OfficerNumber | None = None
    deadline_on: LegalDate
    """Last day on which the case is to be moved on (办理期限)."""
    deadline_is_provisional: bool
    """Counted without the calendar of some year, and counted anew once it is published."""
    reason_code: ShortText


class CaseEscalated(AssignmentFact):
    """A case was not moved on by its deadline: the head of the desk hears of it (逾期上报)."""

    topic: ClassVar[str] = "case-escalated"

    escalated_to: OfficerNumber | None = None
    """Absent: no head is published for the district."""
    level: int
    """1 for the first deadline missed in this stage."""
    missed_on: LegalDate
    """The deadline that was missed."""
    deadline_on: LegalDate
    """The deadline that holds now."""


TRAFFIC: tuple[tuple[type[Fact], str, tuple[str, ...]], ...] = (
    (OfficerPublished, "collection-desk", ("arrears",)),
    (CaseAssignmentActRecorded, "collection-desk", ("arrears",)),
    (CaseAssigned, "arrears", ("monitoring",)),
    (CaseEscalated, "arrears", ("monitoring",)),
)
"""Facts of this subject with their owner and hearers, for the inventory of topics."""
