"""What the store answers: how the mesh stands, and what all answers share. Plain values, ready to be shown.

Everything is masked as it lies in the store: persons are keys, sealed fields stay sealed, and a citizen number or telephone that somebody
wrote into a text is masked. Amounts are whole fen, legal dates Asia/Shanghai, instants UTC. Texts in `…_zh` and sentences are Chinese.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic, TypeVar

from schemas.vocabulary import District

R = TypeVar("R")

EVERY_DISTRICT: frozenset[str] = frozenset(district.value for district in District)
PAGE_ROWS_MAX = 500
"""Most rows of one page of a list."""


@dataclass(frozen=True, slots=True)
class Access:
    """Which districts a person may see, by code (`371003`). Every query takes it and holds to it.

    What lies in no district that can be read (an unreadable record, a task, an operator's act) is seen by who sees every district.
    """

    districts: frozenset[str]

    @property
    def is_whole(self) -> bool:
        """Tell whether every district may be seen."""
        return self.districts >= EVERY_DISTRICT

    def sees(self, district: str) -> bool:
        """Tell whether what lies in a district (empty: in none) may be seen."""
        return district in self.districts if district else self.is_whole


WHOLE = Access(EVERY_DISTRICT)
"""Sees everything."""


@dataclass(frozen=True, slots=True)
class Page(Generic[R]):
    """One page of a list.

    `next_after`: give it as `after` for the next page; empty on the last. `total`: rows on all pages together.
    """

    rows: tuple[R, ...]
    next_after: str
    total: int


@dataclass(frozen=True, slots=True)
class ServiceNow:
    """One deciding service or effect shell.

    `lag_records`: records it has not decided, commit markers among them. `oldest_waiting_at`: when the first of them was appended.
    `decided_minutes` and `refused_minutes`: entries in each of the last 60 minutes, the oldest first.
    """

    name: str
    name_zh: str
    lag_records: int
    oldest_waiting_at: datetime | None
    last_decided_at: datetime | None
    decided_minutes: tuple[int, ...]
    refused_minutes: tuple[int, ...]
    parked_cases: int
    halted_tasks: int
    stuck_timers: int
    is_stuck: bool
    """Red on the map: records wait longer than they should, a task is halted, a case is parked, or a timer is late."""


@dataclass(frozen=True, slots=True)
class TopicNow:
    """One topic of facts: who says it and who hears it, how much came, and when the last."""

    name: str
    title_zh: str
    producers: tuple[str, ...]
    consumers: tuple[str, ...]
    records: int
    minutes: tuple[int, ...]
    """Records in each of the last 60 minutes, the oldest first."""
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class Happened:
    """One fact that was said of late, as a sentence."""

    at: datetime
    topic: str
    title_zh: str
    district: str
    case_key: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Pulse:
    """What differs once the store has taken something in: cheap to ask, again and again.

    `offsets`: of all places together, those behind the last record that was taken in. `waiting_records` as `FeedNow` has them.
    """

    offsets: int
    waiting_records: int
    open_alerts: int


@dataclass(frozen=True, slots=True)
class FeedNow:
    """How far the store itself is.

    `waiting_records` lie in the topics and are not in it. `last_at`: append time of the newest record in it. `fed_at`: when it last looked.
    """

    waiting_records: int
    last_at: datetime | None
    fed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Overview:
    """How the mesh stands now. `day`: the mesh's own legal date, by its latest tick; None before the first."""

    now: datetime
    day: date | None
    feed: FeedNow
    services: tuple[ServiceNow, ...]
    topics: tuple[TopicNow, ...]
    last_hour: tuple[tuple[str, int], ...]
    """Facts said in the hour before `now` by topic, the most first."""
    happened: tuple[Happened, ...]
    """The latest of them, the newest first, `HAPPENED_MAX` at most."""
    open_alerts: int
    dead_letters: int
    """Not given back since."""
    parked_cases: int
    unclear_effects: int


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert of monitoring as it was last said (`schemas/ops.py`). `service`, `district`, `kind`: its scope, empty where it has none."""

    opening_id: str
    alert: str
    service: str
    district: str
    kind: str
    is_open: bool
    opened_at: datetime
    judged_at: datetime
    indicator: str
    """What it is judged by, and by which of its values."""
    value_name: str
    value: int
    threshold: int
    runbook: str
    """Path of its page: `docs/runbooks/….md`."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found: a unit by name or code, a case by a fact's id, a business reference or a document's number."""

    kind: str
    """`unit`, `case` or `dead-letter`."""
    key: str
    """Case key, or name of the dead letter."""
    title: str
    district: str
