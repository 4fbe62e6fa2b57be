"""Instants as people give them at the command line."""

from datetime import datetime

from schemas.decision import LEGAL_ZONE
from services.runtime.errors import UserMistake

FIRST_YEAR, LAST_YEAR = 1949, 2199
"""Instants outside these years are slips of the pen."""


def instant_given(text: str) -> datetime:
    """Read an instant; without a zone it is Weihai's. `UserMistake` where it is none."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise UserMistake(
            f"{text} 不是时间（YYYY-MM-DDTHH:MM）。", f"{text} is not a time (YYYY-MM-DDTHH:MM)."
        ) from None
    if not FIRST_YEAR <= instant.year <= LAST_YEAR:
        raise UserMistake(
            f"{text} 不在 {FIRST_YEAR} 年至 {LAST_YEAR} 年之间。",
            f"{text} is no time between {FIRST_YEAR} and {LAST_YEAR}.",
        )
    return instant if instant.tzinfo is not None else instant.replace(tzinfo=LEGAL_ZONE)
