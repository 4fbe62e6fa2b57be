"""What the cards service hears and says."""

from schemas.cards import (
    CardCancelled,
    CardFound,
    CardIssuanceAbandoned,
    CardIssuanceCompleted,
    CardIssuanceRequested,
    CardIssued,
    CardLost,
    CardNoticeRequested,
    CardSuspended,
    CardSuspensionLifted,
)
from schemas.fact import Fact
from schemas.outlets import (
    CardReservationExpired,
    CardReservationRefused,
    CardReservationReleased,
    CardReservationRequested,
    CardReservationUsed,
    CardReserved,
    OutletPublished,
)

HEARS: tuple[type[Fact], ...] = (
    CardLost,
    CardFound,
    CardReserved,
    CardReservationRefused,
    CardReservationExpired,
    CardIssuanceCompleted,
)
"""Reports from the hotline, answers of the outlets, and what came of making a card."""

REFERENCES: tuple[type[Fact], ...] = (OutletPublished,)
"""Particulars of the outlets."""

SAYS: tuple[type[Fact], ...] = (
    CardSuspended,
    CardSuspensionLifted,
    CardReservationRequested,
    CardReservationReleased,
    CardReservationUsed,
    CardIssuanceRequested,
    CardCancelled,
    CardIssued,
    CardIssuanceAbandoned,
    CardNoticeRequested,
)
"""Where a card stands, the talk with the outlets and the printer, and notices."""
