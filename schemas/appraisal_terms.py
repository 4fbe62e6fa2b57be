"""Words of the labour-capacity appraisal (劳动能力鉴定): open strings on the wire, closed here."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from schemas.vocabulary import PersonKey, UnitCode


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
    """工亡职工供养亲属丧失劳动能力程度鉴定 (the newsletter: 直系亲属)"""


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


class ExtensionGround(StrEnum):
    """Why the 60 days may be extended by 30 (令55 10): the condition is complex, or many specialties are concerned."""

    COMPLEX_CONDITION = "complex-condition"
    """伤病情复杂"""
    MANY_SPECIALTIES = "many-specialties"
    """涉及专业较多"""


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
