"""Social-security cards (社会保障卡): loss (挂失), suspension, instant re-issue (即时制卡).

A card is named by an opaque key (an HMAC of its number, made at the edge), never by the number.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from schemas.effects import EffectAttempted, EffectOutcome, EffectRequest
from schemas.fact import CaseFact, Fact, Sealed, SourceFact
from schemas.notices import NoticeRequest
from schemas.outlets import LatitudeMicrodeg, LongitudeMicrodeg
from schemas.vocabulary import EventId, LegalDate, OutletKey, PersonKey, SaidInstant, ShortText

CardKey = Annotated[str, Field(pattern=r"^c[0-9]+-[0-9a-f]{32}$")]
"""Versioned HMAC of a card number (卡号): `c<version>-<32 hex>`. Never the number itself."""


class ReportKind(StrEnum):
    """How a loss was reported (人社部发〔2011〕47号 16 leaves the procedure to the place; Weihai knows two)."""

    TEMPORARY = "temporary"
    """临时挂失: by telephone (12333) or terminal; lapses by itself, can be lifted (解挂)."""
    WRITTEN = "written"
    """书面挂失: in person with the identity card; cannot be undone; the way to a new card (补卡)."""


class CardLost(SourceFact):
    """A card holder reported a card lost (挂失). `reverses` takes back a temporary report entered by mistake.

    `wants_instant_card` asks for a new card while you wait (即时补卡); it is made once the loss is reported in writing.
    The position (where the holder is) is optional, and both its parts or neither are given.
    """

    topic: ClassVar[str] = "card-lost"
    key_field: ClassVar[str] = "person_key"

    person_key: PersonKey
    card_key: CardKey
    report_kind: ReportKind
    reported_at: SaidInstant
    """The instant at which the holder reported it, UTC."""
    wants_instant_card: bool = False
    latitude_microdeg: LatitudeMicrodeg | None = None
    longitude_microdeg: LongitudeMicrodeg | None = None
    holder_name: Sealed | None = None
    contact_phone: Sealed | None = None
    contact_email: Sealed | None = None

    @model_validator(mode="after")
    def position_is_whole(self) -> Self:
        """Refuse half a position."""
        if (self.latitude_microdeg is None) != (self.longitude_microdeg is None):
            raise PydanticCustomError("position-incomplete", "a position needs latitude and longitude")
        return self


class CardFound(SourceFact):
    """A card reported lost by a temporary report was found; the holder asks to lift the suspension (解挂)."""

    topic: ClassVar[str] = "card-found"
    key_field: ClassVar[str] = "person_key"

    person_key: PersonKey
    card_key: CardKey
    found_at: SaidInstant


class CardFact(CaseFact):
    """What the cards service says of one card of a person."""

    key_field: ClassVar[str] = "person_key"

    person_key: PersonKey
    card_key: CardKey


class CardSuspended(CardFact):
    """A card was suspended (挂失生效): nobody may use its social-security functions."""

    topic: ClassVar[str] = "card-suspended"

    report_kind: ReportKind
    suspended_at: datetime
    lapses_at: datetime | None = None
    """Until when a temporary suspension holds; None = for good."""


class CardSuspensionLifted(CardFact):
    """A temporary suspension ended; the card may be used again. `reason_code`: lapsed, found, report-reversed."""

    topic: ClassVar[str] = "card-suspension-lifted"

    reason_code: ShortText


class CardCancelled(CaseFact):
    """A card is dead for ever (旧卡作废).

    `reason_code`: replaced, older-than-the-present-card, printed-too-late. A card made here and never reported is
    named by its serial alone.
    """

    topic: ClassVar[str] = "card-cancelled"
    key_field: ClassVar[str] = "person_key"

    person_key: PersonKey
    card_key: CardKey | None = None
    card_serial: str = ""
    reason_code: ShortText


class CardIssuanceRequested(EffectRequest):
    """A card is to be made at an outlet from the blank reserved there (制卡)."""

    topic: ClassVar[str] = "card-issuance-requested"
    key_field: ClassVar[str] = "person_key"

    person_key: PersonKey
    outlet_key: OutletKey
    reservation_id: EventId
    holder_name: Sealed | None = None


class CardIssuanceAttempted(EffectAttempted):
    """The card printer's answer (the effect shell's own note)."""

    topic: ClassVar[str] = "card-issuance-attempted"


class CardIssuanceCompleted(EffectOutcome):
    """The effect shell's word on making a card: done (receipt = serial of the card), failed or unknown."""

    topic: ClassVar[str] = "card-issuance-completed"
    key_field: ClassVar[str] = "person_key"

    person_key: PersonKey


class CardIssued(CaseFact):
    """A new card was made and is the person's only live card (补卡)."""

    topic: ClassVar[str] = "card-issued"
    key_field: ClassVar[str] = "person_key"

    person_key: PersonKey
    card_serial: ShortText
    outlet_key: OutletKey
    reservation_id: EventId
    issued_at: datetime
    reported_on: LegalDate
    """Legal date of the report that led to it."""
    replaces: tuple[CardKey, ...]
    """Cards cancelled by it."""


class CardIssuanceAbandoned(CaseFact):
    """No card could be made within the office's bounds; the person was told to go to the centre. Cards stay suspended."""

    topic: ClassVar[str] = "card-issuance-abandoned"
    key_field: ClassVar[str] = "person_key"

    person_key: PersonKey
    reason_code: ShortText


class CardNoticeRequested(NoticeRequest):
    """A card holder is to be told what became of the report of loss."""

    topic: ClassVar[str] = "card-notice-requested"
    key_field: ClassVar[str] = "person_key"

    person_key: PersonKey


TRAFFIC: tuple[tuple[type[Fact], str, tuple[str, ...]], ...] = (
    (CardLost, "card-hotline", ("cards",)),
    (CardFound, "card-hotline", ("cards",)),
    (CardSuspended, "cards", ("monitoring",)),
    (CardSuspensionLifted, "cards", ("monitoring",)),
    (CardCancelled, "cards", ("monitoring",)),
    (CardIssuanceRequested, "cards", ("card-printing",)),
    (CardIssuanceAttempted, "card-printing", ("card-printing",)),
    (CardIssuanceCompleted, "card-printing", ("cards",)),
    (CardIssued, "cards", ("monitoring",)),
    (CardIssuanceAbandoned, "cards", ("monitoring",)),
    (CardNoticeRequested, "cards", ("notifications",)),
)
"""Facts of this subject with their owner and hearers, for the inventory of topics."""
