"""What the store answers of appraisal panels and of outlets that make cards."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class PanelSitting:
    """A sitting in the calendar: one application before one panel."""

    sitting_on: date
    slot: str
    place: str
    district: str
    application_reference: str
    person_key: str
    kind_zh: str
    expert_keys: tuple[str, ...]
    standing: str
    """in-time, extended or overdue against the limit of 60 (and 30 more) days."""
    is_provisional: bool


@dataclass(frozen=True, slots=True)
class PanelLimit:
    """An open application and the last day for its conclusion (劳动能力鉴定结论期限); `left_days` may be below zero."""

    application_reference: str
    person_key: str
    district: str
    kind_zh: str
    status: str
    status_zh: str
    received_on: date
    conclusion_due_on: date
    """With the 30 days more, where the office decided on them."""
    is_extended: bool
    left_days: int
    sitting_on: date | None


@dataclass(frozen=True, slots=True)
class Panels:
    """The calendar from a day on, and the limits that run out, the nearest first."""

    sittings: tuple[PanelSitting, ...]
    limits: tuple[PanelLimit, ...]


@dataclass(frozen=True, slots=True)
class OutletNow:
    """An outlet: where it is, its blank cards, and how long making a card took from the report (`card-lost`) to `card-issued`."""

    outlet_key: str
    name: str
    district: str
    address: str
    telephone: str
    latitude_microdeg: int
    longitude_microdeg: int
    makes_cards: bool
    is_assumed: bool
    """Some particulars are confirmed by nobody yet."""
    blanks_on_hand: int
    blanks_free: int
    held: int
    cards_issued: int
    """In the days asked for."""
    median_minutes: float | None
    longest_minutes: float | None
    last_issued_at: datetime | None
