"""What a record changes in what stands: told by the record, taken in when its window is closed, in the log's order.

Standings (how many wait, how long it took) depend on order, and partitions are read in any order. So a record only leaves
its movement in its window.
"""

from datetime import date, datetime
from typing import NamedTuple

from schemas.decision_records import DecisionEntry


class Waited(NamedTuple):
    """A decision entry that may park or release a case."""

    service: str
    entry: DecisionEntry


class EffectCame(NamedTuple):
    """What came of an effect was said: that nobody knows it, or what it was."""

    service: str
    case_key: str
    effect_id: str
    is_unclear: bool


class DayCame(NamedTuple):
    """The clock said that it is this legal date."""

    day: date


class Reminded(NamedTuple):
    """A unit is to be reminded."""

    unit_code: str
    district: str
    on: date


class Settled(NamedTuple):
    """A unit owes no principal any more."""

    unit_code: str
    on: date


class NoticeMoved(NamedTuple):
    """A notice came to a stage."""

    unit_code: str
    ordinal: int
    district: str
    stage: str


class GapMoved(NamedTuple):
    """A unit is past the law's days without a notice, or is not any more."""

    unit_code: str
    district: str
    is_open: bool


class CardReported(NamedTuple):
    """A holder reported a card lost and wants a new one at once. The instant is the holder's, not when the mesh heard of it."""

    person_key: str
    at: datetime


class CardReportEnded(NamedTuple):
    """No card will follow: the suspension was lifted, or the issuance abandoned."""

    person_key: str


class CardMade(NamedTuple):
    """A card was made at an outlet."""

    person_key: str
    outlet_key: str
    district: str
    at: datetime


Movement = (
    Waited
    | EffectCame
    | DayCame
    | Reminded
    | Settled
    | NoticeMoved
    | GapMoved
    | CardReported
    | CardReportEnded
    | CardMade
)
ENDING = (Settled, CardReportEnded, CardMade)
"""What ends something that another topic began."""
