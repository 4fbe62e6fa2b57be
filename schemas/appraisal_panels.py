"""Experts, panels and sittings (专家库、专家组): what the pool is asked and what it answers.

The pool of experts and its calendar are a case of their own (`pool-<city>`) that is asked (`panel-requested`) and
answers (`panel-drawn`, `panel-declined`) under the person's key.
"""

from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from schemas.appraisal_applications import ApplicationFact
from schemas.appraisal_terms import (
    ConclusionKind,
    DateStanding,
    ExpertKey,
    PoolKey,
    PositiveCount,
    RelativeKeys,
    Specialties,
    Specialty,
    UnitCodes,
)
from schemas.fact import CaseFact, Sealed, SourceFact, Wire
from schemas.vocabulary import BusinessReference, EventId, LegalDate, PersonKey, ShortText, UnitCode


class PanelRequested(CaseFact):
    """The pool is asked for a panel and a date. The highest `request_number` of an application replaces the earlier."""

    topic: ClassVar[str] = "panel-requested"
    key_field: ClassVar[str] = "pool_key"

    pool_key: PoolKey
    person_key: PersonKey
    application_reference: BusinessReference
    request_number: PositiveCount
    specialties: Specialties
    conclusion_due_on: LegalDate
    extended_due_on: LegalDate
    employer_unit_code: UnitCode | None = None
    relative_keys: RelativeKeys = ()
    treating_hospital_codes: UnitCodes = ()


class PanelReleased(CaseFact):
    """A panel or a place in the queue is no longer wanted, for every request up to `request_number`."""

    topic: ClassVar[str] = "panel-released"
    key_field: ClassVar[str] = "pool_key"

    pool_key: PoolKey
    person_key: PersonKey
    application_reference: BusinessReference
    request_number: PositiveCount


class PanelFact(ApplicationFact):
    """What the pool answers to one request."""

    pool_key: PoolKey
    request_number: PositiveCount


class PanelSeat(Wire):
    """One seat: the expert, and the specialty it is filled for (empty: any of those needed)."""

    expert_key: ExpertKey
    specialty: str


class Candidate(Wire):
    """How an expert stood in a draw: `standing` is `eligible`, or why not."""

    expert_key: ExpertKey
    revision: PositiveCount
    standing: ShortText


class PanelDrawn(PanelFact):
    """A panel was drawn and a sitting booked (随机抽取专家). Holds all an auditor needs to draw it again.

    `seed` = SHA-256 of application, request's event id and pool version; `services/appraisal/draw.py` tells how.
    """

    topic: ClassVar[str] = "panel-drawn"

    seats: tuple[PanelSeat, ...]
    sitting_on: LegalDate
    slot: ShortText
    room: PositiveCount
    standing: DateStanding
    provisional: bool
    """The date rests on a year whose days off are not published yet."""
    replaces: bool = False
    """Moves a sitting whose day turned out to be a day off."""
    specialties: Specialties
    request_event_id: EventId
    pool_version: ShortText
    seed: ShortText
    candidates: tuple[Candidate, ...]


class PanelDeclined(PanelFact):
    """No panel could be drawn yet, for the reasons named; the request waits in the pool's queue."""

    topic: ClassVar[str] = "panel-declined"

    reasons: tuple[ShortText, ...]
    unfilled_specialties: tuple[Specialty, ...] = ()
    eligible_count: int


class PanelScheduled(ApplicationFact):
    """Panel, day and place of an application's appraisal are fixed."""

    topic: ClassVar[str] = "panel-scheduled"

    kind: ConclusionKind
    expert_keys: tuple[ExpertKey, ...]
    sitting_on: LegalDate
    slot: ShortText
    place: ShortText
    conclusion_due_on: LegalDate
    standing: DateStanding
    provisional: bool
    replaces: bool = False
    diagnosis: Sealed | None = None


class ExpertRegistered(SourceFact):
    """An expert was entered in a city's pool, or particulars changed (医疗卫生专家库; 工伤保险条例 24).

    `related_*` name interests that demand recusal (回避). The term (聘期) runs from `term_from` to `term_until`, both included.
    """

    topic: ClassVar[str] = "expert-registered"
    key_field: ClassVar[str] = "pool_key"

    pool_key: PoolKey
    expert_key: ExpertKey
    specialties: Annotated[tuple[Specialty, ...], Field(min_length=1, max_length=10)]
    senior_title: bool
    """Holds a senior professional title (高级专业技术职务任职资格)."""
    trained: bool
    """Passed the committee's training (培训合格)."""
    term_from: LegalDate
    term_until: LegalDate
    employer_unit_code: UnitCode
    related_unit_codes: UnitCodes = ()
    related_person_keys: RelativeKeys = ()

    @model_validator(mode="after")
    def term_is_in_order(self) -> Self:
        """Refuse a term that ends before it begins."""
        if self.term_until < self.term_from:
            raise PydanticCustomError("term-reversed", "the term ends before it begins")
        return self
