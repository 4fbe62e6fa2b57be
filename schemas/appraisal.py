"""Labour-capacity appraisal (劳动能力鉴定): applications, panels of experts, dates."""

from typing import ClassVar

from schemas.fact import Fact
from schemas.notices import NoticeRequest
from schemas.vocabulary import PersonKey


class AppraisalNoticeRequested(NoticeRequest):
    """An applicant is to be told of a decision or a date."""

    topic: ClassVar[str] = "appraisal-notice-requested"
    key_field: ClassVar[str] = "person_key"

    person_key: PersonKey


TRAFFIC: tuple[tuple[type[Fact], str, tuple[str, ...]], ...] = (
    (AppraisalNoticeRequested, "appraisal", ("notifications",)),
)
"""Facts of this subject with their owner and hearers, for the inventory of topics."""
