"""Social-security cards (社会保障卡): loss, suspension, instant re-issue."""

from typing import ClassVar

from schemas.fact import Fact
from schemas.notices import NoticeRequest
from schemas.vocabulary import PersonKey


class CardNoticeRequested(NoticeRequest):
    """A card holder is to be told what became of the report of loss."""

    topic: ClassVar[str] = "card-notice-requested"
    key_field: ClassVar[str] = "person_key"

    person_key: PersonKey


TRAFFIC: tuple[tuple[type[Fact], str, tuple[str, ...]], ...] = ((CardNoticeRequested, "cards", ("notifications",)),)
"""Facts of this subject with their owner and hearers, for the inventory of topics."""
