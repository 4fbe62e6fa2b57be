"""The shape of a decision: what rules are given and what they give back. Nothing here has effects."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, Generic, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

import msgspec

from schemas.calendar import WorkingCalendar
from schemas.fact import Fact
from schemas.mesh import ParameterPublished

LEGAL_ZONE = ZoneInfo("Asia/Shanghai")
"""Legal dates are dates of this zone; instants are UTC."""
_PARAMETERS = ParameterPublished.topic


@lru_cache(maxsize=1_000)
def legal_date(instant: datetime) -> date:
    """The date in Asia/Shanghai on which an instant lies; what is decided together shares a few instants."""
    return instant.astimezone(LEGAL_ZONE).date()


S = TypeVar("S")
F = TypeVar("F", bound=Fact)


class Outcome(StrEnum):
    """What became of a record."""

    DECIDED = "decided"
    ALREADY_KNOWN = "already-known"
    REFUSED = "refused"
    PARKED = "parked"


class Reason(msgspec.Struct, frozen=True, gc=False):
    """Why it was decided so: a code with a Chinese text in the service's `texts.py`, the paragraphs, and values for the text."""

    code: str
    paragraphs: tuple[str, ...] = ()
    values: Mapping[str, str] = msgspec.field(default_factory=dict)
    outcome: Outcome = Outcome.DECIDED


class Originals(StrEnum):
    """What a decision means for the original records that its case keeps; rules never see them, and bound their number.

    A fact that cannot be judged yet is decided and its record kept (KEEP); later all that is kept stands (DROP), or
    cannot stand and goes to the dead letters with the reason of the decision that says so (REFUSE).
    """

    AS_THEY_ARE = "as-they-are"
    KEEP = "keep"
    DROP = "drop"
    REFUSE = "refuse"


class Decision(NamedTuple, Generic[S]):
    """What rules give back: the case's next state (None = the case is forgotten), the facts said, the reason."""

    state: S | None
    facts: tuple[Fact, ...]
    reason: Reason
    originals: Originals = Originals.AS_THEY_ARE


class Timer(msgspec.Struct, frozen=True, gc=False):
    """An instant (UTC) at which a case wants to be looked at again, and under which name."""

    due_at: datetime
    name: str


class TimerDue(msgspec.Struct, frozen=True, gc=False):
    """Given to `decide` in place of a fact when a tick has passed a case's timer."""

    name: str
    due_at: datetime


class Context(msgspec.Struct, frozen=True, gc=False):
    """All that a decision may know besides state and fact.

    `now` is the later of the task's last tick and the record's append time (the tick alone when ticks are
    simulated), UTC. `fact_id` and `source` identify the record decided. `references` holds the broadcast
    facts this task has read: topic → reference key → fact.
    """

    now: datetime
    fact_id: str
    source: str
    calendar: WorkingCalendar
    references: Mapping[str, Mapping[str, Fact]]

    @property
    def today(self) -> date:
        """The legal date of `now` in Asia/Shanghai."""
        return legal_date(self.now)

    def reference_facts(self, kind: type[F]) -> list[F]:
        """All reference facts of one kind, in the order of their keys."""
        known = self.references.get(kind.topic, {})
        return [fact for _, fact in sorted(known.items()) if isinstance(fact, kind)]

    def parameter(self, name: str, default: str) -> str:
        """The published value of a parameter in force today, else `default`."""
        known = self.references.get(_PARAMETERS)
        published = None if known is None else known.get(name)
        if published is None:
            return default
        said = published.value_on(self.today) if isinstance(published, ParameterPublished) else None
        return default if said is None else said


def decided(state: S | None, code: str, *facts: Fact, paragraphs: tuple[str, ...] = (), **values: Any) -> Decision[S]:
    """A decision taken; `values` (sorted, as text) fill the reason's Chinese text."""
    return Decision(state, facts, Reason(code, paragraphs, _texts(values)))


def already_known(state: S | None, code: str, **values: Any) -> Decision[S]:
    """The same was said before: nothing follows."""
    return Decision(state, (), Reason(code, (), _texts(values), Outcome.ALREADY_KNOWN))


def refused(state: S | None, code: str, *facts: Fact, paragraphs: tuple[str, ...] = (), **values: Any) -> Decision[S]:
    """The record cannot stand: it goes to the dead letters with this reason. `facts` may tell whom it matters to."""
    return Decision(state, facts, Reason(code, paragraphs, _texts(values), Outcome.REFUSED))


def _texts(values: dict[str, Any]) -> dict[str, str]:
    return {name: str(values[name]) for name in sorted(values)}
