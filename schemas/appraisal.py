"""Labour-capacity appraisal (劳动能力鉴定): applications, panels of experts, dates.

An application travels under the person's key; the pool of experts and its calendar are a case of their own
(`pool-<city>`) that is asked (`panel-requested`) and answers (`panel-drawn`, `panel-declined`).
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from schemas.fact import CaseFact, Fact, Sealed, SourceFact, Wire
from schemas.notices import NoticeRequest
from schemas.vocabulary import BusinessReference, EventId, PersonKey, ShortText, UnitCode


class Applicant(StrEnum):
    """Who applies (工伤保险条例 23, 28): employer, worker, close relative (近亲属), or the agency (reviews only)."""

    UNIT = "unit"
    WORKER = "worker"
    CLOSE_RELATIVE = "close-relative"
    AGENCY = "agency"


class ConclusionKind(StrEnum):
    """The ten conclusions (鉴定结论) of the newsletter, in its order."""

    DISABILITY_GRADE = "disability-grade"
    """伤残等级鉴定"""
    OLD_INJURY_RECURRENCE = "old-injury-recurrence"
    """旧伤复发确认"""
    SUSPENSION_EXTENSION = "suspension-extension"
    """延长停工留薪期确认"""
    ASSISTIVE_DEVICE = "assistive-device"
    """配置辅助器具确认"""
    NURSING_GRADE = "nursing-grade"
    """护理等级鉴定"""
    REHABILITATION = "rehabilitation"
    """康复资格确认"""
    REVIEW = "review"
    """复查鉴定"""
    CAUSAL_RELATION = "causal-relation"
    """疾病与工伤存在因果关系确认"""
    NON_WORK_CAPACITY = "non-work-capacity"
    """因病非因工丧失劳动能力程度鉴定"""
    DEPENDANT_CAPACITY = "dependant-capacity"
    """工亡职工直系亲属丧失劳动能力程度鉴定"""


class Ground(StrEnum):
    """What the application rests on: work injury or occupational disease (工伤), or illness and other injury (因病或非因工)."""

    WORK_INJURY = "work-injury"
    NON_WORK = "non-work"


class Fixation(StrEnum):
    """Internal fixation (钢板、钢钉等内固定): never fitted or not applicable, still in the body, taken out."""

    NONE = "none"
    RETAINED = "retained"
    REMOVED = "removed"


class Material(StrEnum):
    """Papers an application needs (申请材料)."""

    APPLICATION_FORM = "application-form"
    MEDICAL_RECORDS = "medical-records"
    IDENTITY_DOCUMENT = "identity-document"
    RECOGNITION_DECISION = "recognition-decision"


class Specialty(StrEnum):
    """Medical specialty (医疗卫生专业) that a panel needs or an expert has."""

    ORTHOPAEDICS = "orthopaedics"
    HAND_SURGERY = "hand-surgery"
    NEUROSURGERY = "neurosurgery"
    NEUROLOGY = "neurology"
    GENERAL_SURGERY = "general-surgery"
    THORACIC_SURGERY = "thoracic-surgery"
    UROLOGY = "urology"
    BURNS = "burns"
    OPHTHALMOLOGY = "ophthalmology"
    OTOLARYNGOLOGY = "otolaryngology"
    STOMATOLOGY = "stomatology"
    CARDIOLOGY = "cardiology"
    RESPIRATORY = "respiratory"
    OCCUPATIONAL_DISEASE = "occupational-disease"
    INTERNAL_MEDICINE = "internal-medicine"
    PSYCHIATRY = "psychiatry"
    REHABILITATION = "rehabilitation"


class DateStanding(StrEnum):
    """How a sitting's date stands to the time limit (工伤保险条例 25): inside, inside the 30 days more, or beyond both."""

    IN_TIME = "in-time"
    EXTENDED = "extended"
    OVERDUE = "overdue"


CityCode = Annotated[str, Field(pattern=r"^[0-9]{4}00$")]
"""Administrative code of a city with districts (设区的市), such as 371000."""
PoolKey = Annotated[str, Field(pattern=r"^pool-[0-9]{4}00$")]
"""Key of a city's pool of experts (医疗卫生专家库) with its calendar."""
ExpertKey = Annotated[str, Field(pattern=r"^expert-[a-z0-9-]{1,40}$")]
"""Key of an expert: the committee's own number, never a name."""
Specialties = Annotated[tuple[Specialty, ...], Field(min_length=1, max_length=5)]
RelativeKeys = Annotated[tuple[PersonKey, ...], Field(max_length=20)]
UnitCodes = Annotated[tuple[UnitCode, ...], Field(max_length=20)]
PositiveCount = Annotated[int, Field(ge=1)]


class AppraisalSubmitted(SourceFact):
    """An application for appraisal was handed in (劳动能力鉴定申请); `business_reference` is the application's number.

    `received_on` is the day the intake window took it (the time limit runs from it), `transferred_on` the day the
    city's committee had it. `materials_completed_on`: the day the last missing paper came, of a corrected one.
    `recognised_on`: the day the injury's recognition (工伤认定) was received. `previous_conclusion_on`: for reviews.
    `specialties`, stability and fixation are derived by the intake doctor; the findings stay sealed (`diagnosis`).
    """

    topic: ClassVar[str] = "appraisal-submitted"
    key_field: ClassVar[str] = "person_key"

    person_key: PersonKey
    applicant: Applicant
    kind: ConclusionKind
    ground: Ground
    city_code: CityCode
    received_on: date
    transferred_on: date | None = None
    materials_completed_on: date | None = None
    recognised_on: date | None = None
    previous_conclusion_on: date | None = None
    condition_stable: bool
    suspension_over: bool
    """Paid suspension of work (停工留薪期), extensions included, is over."""
    fixation: Fixation
    specialties: Specialties
    materials: tuple[Material, ...] = ()
    employer_unit_code: UnitCode | None = None
    relative_keys: RelativeKeys = ()
    """The person's relatives, as far as recusal (回避) needs them."""
    treating_hospital_codes: UnitCodes = ()
    name: Sealed | None = None
    contact_phone: Sealed | None = None
    contact_email: Sealed | None = None
    diagnosis: Sealed | None = None

    @model_validator(mode="after")
    def dates_are_in_order(self) -> Self:
        """Refuse a transfer or completion before the intake, and a recognition or conclusion after it."""
        later = (self.transferred_on, self.materials_completed_on)
        earlier = (self.recognised_on, self.previous_conclusion_on)
        if any(day is not None and day < self.received_on for day in later):
            raise PydanticCustomError("date-before-intake", "a later step lies before the intake date")
        if any(day is not None and day > self.received_on for day in earlier):
            raise PydanticCustomError("date-after-intake", "an earlier step lies after the intake date")
        return self


class AppraisalWithdrawn(SourceFact):
    """An application was taken back by who made it (撤回申请); `reverses` names the application."""

    topic: ClassVar[str] = "appraisal-withdrawn"
    key_field: ClassVar[str] = "person_key"

    person_key: PersonKey

    @model_validator(mode="after")
    def names_the_application(self) -> Self:
        """Refuse a withdrawal that does not say of what."""
        if self.reverses is None:
            raise PydanticCustomError("reverses-missing", "a withdrawal names the application it takes back")
        return self


class ApplicationFact(CaseFact):
    """What the committee's office said about one application."""

    key_field: ClassVar[str] = "person_key"

    person_key: PersonKey
    application_reference: BusinessReference


class AppraisalAccepted(ApplicationFact):
    """An application was accepted (受理). `warnings` are local conditions not met, which alone do not refuse it."""

    topic: ClassVar[str] = "appraisal-accepted"

    kind: ConclusionKind
    received_on: date
    transferred_on: date | None = None
    conclusion_due_on: date
    warnings: tuple[ShortText, ...] = ()


class AppraisalRefused(ApplicationFact):
    """An application was not accepted (不予受理), for all the reasons named."""

    topic: ClassVar[str] = "appraisal-refused"

    kind: ConclusionKind
    reasons: tuple[ShortText, ...]
    warnings: tuple[ShortText, ...] = ()


class AppraisalCorrectionsRequested(ApplicationFact):
    """Missing papers were named all at once (一次性告知补正). `tell_by`: last legal day of telling; `bring_by`: of bringing."""

    topic: ClassVar[str] = "appraisal-corrections-requested"

    missing: tuple[Material, ...]
    tell_by: date
    told_late: bool
    bring_by: date


class AppraisalExtended(ApplicationFact):
    """The time limit of an application was extended by 30 days (延长期限), for the reason named."""

    topic: ClassVar[str] = "appraisal-extended"

    reason: ShortText
    conclusion_due_on: date
    extended_due_on: date


class AppraisalClosed(ApplicationFact):
    """An application ended without a sitting: `reason` withdrawn, or abandoned (视为放弃当次申请)."""

    topic: ClassVar[str] = "appraisal-closed"

    reason: ShortText


class PanelRequested(CaseFact):
    """The pool is asked for a panel and a date. The highest `request_number` of an application replaces the earlier."""

    topic: ClassVar[str] = "panel-requested"
    key_field: ClassVar[str] = "pool_key"

    pool_key: PoolKey
    person_key: PersonKey
    application_reference: BusinessReference
    request_number: PositiveCount
    specialties: Specialties
    conclusion_due_on: date
    extended_due_on: date
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
    sitting_on: date
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
    sitting_on: date
    slot: ShortText
    place: ShortText
    conclusion_due_on: date
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
    term_from: date
    term_until: date
    employer_unit_code: UnitCode
    related_unit_codes: UnitCodes = ()
    related_person_keys: RelativeKeys = ()

    @model_validator(mode="after")
    def term_is_in_order(self) -> Self:
        """Refuse a term that ends before it begins."""
        if self.term_until < self.term_from:
            raise PydanticCustomError("term-reversed", "the term ends before it begins")
        return self


class AppraisalNoticeRequested(NoticeRequest):
    """An applicant is to be told of a decision or a date."""

    topic: ClassVar[str] = "appraisal-notice-requested"
    key_field: ClassVar[str] = "person_key"

    person_key: PersonKey


TRAFFIC: tuple[tuple[type[Fact], str, tuple[str, ...]], ...] = (
    (AppraisalSubmitted, "appraisal-window", ("appraisal",)),
    (AppraisalWithdrawn, "appraisal-window", ("appraisal",)),
    (ExpertRegistered, "appraisal-window", ("appraisal",)),
    (AppraisalAccepted, "appraisal", ("monitoring",)),
    (AppraisalRefused, "appraisal", ("monitoring",)),
    (AppraisalCorrectionsRequested, "appraisal", ("monitoring",)),
    (AppraisalExtended, "appraisal", ("monitoring",)),
    (AppraisalClosed, "appraisal", ("monitoring",)),
    (PanelRequested, "appraisal", ("appraisal",)),
    (PanelReleased, "appraisal", ("appraisal",)),
    (PanelDrawn, "appraisal", ("appraisal", "monitoring")),
    (PanelDeclined, "appraisal", ("appraisal", "monitoring")),
    (PanelScheduled, "appraisal", ("monitoring",)),
    (AppraisalNoticeRequested, "appraisal", ("notifications",)),
)
"""Facts of this subject with their owner and hearers, for the inventory of topics."""
