"""What the outlets service hears and says."""

from schemas.fact import Fact
from schemas.outlets import (
    CardReservationExpired,
    CardReservationRefused,
    CardReservationReleased,
    CardReservationRequested,
    CardReservationUsed,
    CardReserved,
    OutletPublished,
    OutletStocked,
)

HEARS: tuple[type[Fact], ...] = (
    OutletStocked,
    CardReservationRequested,
    CardReservationReleased,
    CardReservationUsed,
)
"""Stock from the outlets' ledger; requests from the cards service."""

REFERENCES: tuple[type[Fact], ...] = (OutletPublished,)
"""Particulars of the outlets."""

SAYS: tuple[type[Fact], ...] = (CardReserved, CardReservationRefused, CardReservationExpired)
"""Answers to the person's case."""
