"""What the store answers of trouble: dead letters, parked cases, halted tasks, unclear deliveries, stuck timers, operators' acts."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class DeadCode:
    """Dead letters of one service and code. `open`: not given back since."""

    service: str
    service_zh: str
    code: str
    code_zh: str
    letters: int
    open: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One refused record. `name` is `<service>/<partition>/<offset>`, as `shebao dead` calls it, and its place in the topic.

    `content`: what it says, readable and masked; its bytes are not here (an order that gives it back reads them from the topic).
    """

    name: str
    service: str
    service_zh: str
    code: str
    code_zh: str
    detail: str
    topic: str
    topic_zh: str
    partition: int
    offset: int
    source: str
    district: str
    case_key: str
    decided_at: datetime
    redriven: int
    """How often its record was given back."""
    is_open: bool
    """Whether it was not given back since: one that is refused once more after that is a letter of its own, open in its turn."""
    content: str
    fields: tuple[tuple[str, str], ...]
    """Name and text of each field, where the record can be read; else its beginning as masked text under one name."""
    headers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class DeadFilter:
    """Which dead letters; empty fields ask for nothing."""

    service: str = ""
    code: str = ""
    topic: str = ""
    only_open: bool = True


@dataclass(frozen=True, slots=True)
class ParkedCase:
    """A case whose records wait because handling one of them failed."""

    service: str
    service_zh: str
    partition: int
    case_key: str
    district: str
    records: int
    topics: tuple[str, ...]
    since: datetime
    """Append time of the first record that waits."""


@dataclass(frozen=True, slots=True)
class HaltedTask:
    """A task that reads nothing but commands until somebody resumes it."""

    service: str
    service_zh: str
    partition: int
    topic: str
    source: str
    since: datetime


@dataclass(frozen=True, slots=True)
class UnclearEffect:
    """An effect (delivery, card, document) of which nobody knows what became. `waits_for_order`: it is looked up no more by itself."""

    service: str
    service_zh: str
    partition: int
    case_key: str
    effect_id: str
    district: str
    status: str
    since: datetime
    claimed_at: datetime
    lookups: int
    waits_for_order: bool
    about: str
    """What was asked for, in a sentence, masked."""


@dataclass(frozen=True, slots=True)
class StuckTimer:
    """A case that should have been looked at and was not: its timer lies behind the service's own last tick."""

    service: str
    service_zh: str
    partition: int
    case_key: str
    district: str
    timer: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class PageAct:
    """A fact that the page recorded (`schemas/page.py`): who did what, why, to what; proposals, approvals and refusals alike."""

    act_id: str
    matter: str
    at: datetime
    act: str
    person: str
    roles: str
    action: str
    service: str
    items: tuple[str, ...]
    district: str
    explanation: str
    code: str
    commands: tuple[str, ...]
