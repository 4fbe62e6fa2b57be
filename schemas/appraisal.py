"""Labour-capacity appraisal (劳动能力鉴定): everything that is said of it, in one place to import from."""

from typing import ClassVar

from schemas.appraisal_applications import (
    ApplicationFact,
    AppraisalAccepted,
    AppraisalClosed,
    AppraisalCorrectionsRequested,
    AppraisalExtended,
    AppraisalExtensionDecided,
    AppraisalRefused,
    AppraisalSubmitted,
    AppraisalWithdrawn,
)
from schemas.appraisal_panels import (
    Candidate,
    ExpertRegistered,
    PanelDeclined,
    PanelDrawn,
    PanelFact,
    PanelReleased,
    PanelRequested,
    PanelScheduled,
    PanelSeat,
)
from schemas.appraisal_terms import (
    Applicant,
    ConclusionKind,
    DateStanding,
    ExtensionGround,
    Fixation,
    Ground,
    Material,
    Specialty,
)
from schemas.fact import Fact
from schemas.notices import NoticeRequest
from schemas.vocabulary import PersonKey

__all__ = [
    "TRAFFIC",
    "Applicant",
    "ApplicationFact",
    "AppraisalAccepted",
    "AppraisalClosed",
    "AppraisalCorrectionsRequested",
    "AppraisalExtended",
    "AppraisalExtensionDecided",
    "AppraisalNoticeRequested",
    "AppraisalRefused",
    "AppraisalSubmitted",
    "AppraisalWithdrawn",
    "Candidate",
    "ConclusionKind",
    "DateStanding",
    "ExpertRegistered",
    "ExtensionGround",
    "Fixation",
    "Ground",
    "Material",
    "PanelDeclined",
    "PanelDrawn",
    "PanelFact",
    "PanelReleased",
    "PanelRequested",
    "PanelScheduled",
    "PanelSeat",
    "Specialty",
]


class AppraisalNoticeRequested(NoticeRequest):
    """An applicant is to be told of a decision or a date."""

    topic: ClassVar[str] = "appraisal-notice-requested"
    key_field: ClassVar[str] = "person_key"

    person_key: PersonKey


TRAFFIC: tuple[tuple[type[Fact], str, tuple[str, ...]], ...] = (
    (AppraisalSubmitted, "appraisal-window", ("appraisal",)),
    (AppraisalWithdrawn, "appraisal-window", ("appraisal",)),
    (AppraisalExtensionDecided, "appraisal-window", ("appraisal",)),
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
