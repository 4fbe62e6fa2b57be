"""Bank outlets (网点) that make cards while you wait (即时制卡): particulars, stock of blank cards, reservations.

Each outlet's stock is a case of its own, keyed by the outlet: the cards service asks it, it answers the person's case.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from schemas.fact import CaseFact, Fact, SourceFact, Wire
from schemas.vocabulary import District, EventId, OutletKey, PersonKey, Revision, ShortText

MINUTES_A_DAY = 24 * 60
BLANKS_MAX = 100_000
"""Most blank cards that one delivery or count may name."""

LatitudeMicrodeg = Annotated[int, Field(ge=-90_000_000, le=90_000_000)]
"""Latitude (纬度) in millionths of a degree, north positive."""
LongitudeMicrodeg = Annotated[int, Field(ge=-180_000_000, le=180_000_000)]
"""Longitude (经度) in millionths of a degree, east positive."""
Blanks = Annotated[int, Field(ge=0, le=BLANKS_MAX)]
"""Number of blank cards (白卡)."""


class DayKind(StrEnum):
    """On which days a session is held: working days (工作日, make-up days among them) or days off (休息日、节假日)."""

    WORKING_DAY = "working-day"
    DAY_OFF = "day-off"


class OpeningSession(Wire):
    """One span of opening hours (营业时间), in minutes after midnight in Asia/Shanghai; the closing minute is excluded."""

    days: DayKind
    opens_minute: Annotated[int, Field(ge=0, lt=MINUTES_A_DAY)]
    closes_minute: Annotated[int, Field(gt=0, le=MINUTES_A_DAY)]

    @model_validator(mode="after")
    def hours_are_in_order(self) -> Self:
        """Refuse a session that closes before it opens."""
        if self.closes_minute <= self.opens_minute:
            raise PydanticCustomError("hours-reversed", "the session closes before it opens")
        return self


class OutletPublished(Fact):
    """An outlet's particulars were published: where it is, when it is open, whether it makes cards while you wait."""

    topic: ClassVar[str] = "outlet-published"
    key_field: ClassVar[str] = "outlet_key"
    broadcast: ClassVar[bool] = True

    outlet_key: OutletKey
    name: ShortText
    address: ShortText
    telephone: ShortText
    district: District
    latitude_microdeg: LatitudeMicrodeg
    longitude_microdeg: LongitudeMicrodeg
    sessions: Annotated[tuple[OpeningSession, ...], Field(max_length=14)]
    makes_cards: bool
    """Equipped for instant card making (即时制卡)."""
    assumed: Annotated[tuple[ShortText, ...], Field(max_length=20)] = ()
    """Names of the fields whose values nobody has confirmed yet."""
    revision: Revision = 1


class StockKind(StrEnum):
    """What a stock fact tells."""

    DELIVERED = "delivered"
    """Blank cards were brought (配送): they add to the stock from `occurred_on` on."""
    COUNTED = "counted"
    """Blank cards were counted (盘点) before opening on `occurred_on`: replaces all that was known of earlier days."""


class OutletStocked(SourceFact):
    """An outlet's stock of blank cards was filled up or counted."""

    topic: ClassVar[str] = "outlet-stocked"
    key_field: ClassVar[str] = "outlet_key"

    outlet_key: OutletKey
    kind: StockKind
    blanks: Blanks


class ReservationAsked(CaseFact):
    """What the cards service says to an outlet's stock about one reservation of one blank card."""

    key_field: ClassVar[str] = "outlet_key"

    outlet_key: OutletKey
    reservation_id: EventId
    person_key: PersonKey


class CardReservationRequested(ReservationAsked):
    """The cards service asks an outlet to keep one blank card for a person."""

    topic: ClassVar[str] = "card-reservation-requested"


class CardReservationReleased(ReservationAsked):
    """The blank card is not needed after all (撤销预留): it goes back to the stock."""

    topic: ClassVar[str] = "card-reservation-released"

    reason_code: ShortText


class CardReservationUsed(ReservationAsked):
    """The blank card was made into a person's card: it is no longer in the stock."""

    topic: ClassVar[str] = "card-reservation-used"

    used_at: datetime


class ReservationAnswered(CaseFact):
    """What an outlet's stock answers to a person's case."""

    key_field: ClassVar[str] = "person_key"

    person_key: PersonKey
    outlet_key: OutletKey
    reservation_id: EventId


class CardReserved(ReservationAnswered):
    """A blank card is kept for the person (预留白卡), until `expires_at`."""

    topic: ClassVar[str] = "card-reserved"

    expires_at: datetime
    blanks_left: int
    """Blank cards that can still be reserved at this outlet."""


class CardReservationRefused(ReservationAnswered):
    """No blank card can be kept here; `reason_code`: no-blank, not-equipped, already-closed."""

    topic: ClassVar[str] = "card-reservation-refused"

    reason_code: ShortText


class CardReservationExpired(ReservationAnswered):
    """A reservation's time is up. The blank stays kept until the cards service answers: released, or used."""

    topic: ClassVar[str] = "card-reservation-expired"


TRAFFIC: tuple[tuple[type[Fact], str, tuple[str, ...]], ...] = (
    (OutletPublished, "outlet-ledger", ("cards", "outlets", "monitoring")),
    (OutletStocked, "outlet-ledger", ("outlets",)),
    (CardReservationRequested, "cards", ("outlets",)),
    (CardReservationReleased, "cards", ("outlets",)),
    (CardReservationUsed, "cards", ("outlets",)),
    (CardReserved, "outlets", ("cards",)),
    (CardReservationRefused, "outlets", ("cards",)),
    (CardReservationExpired, "outlets", ("cards",)),
)
"""Facts of this subject with their owner and hearers, for the inventory of topics."""
