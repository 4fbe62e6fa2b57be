"""How a deciding service is plugged into the runtime: a description, no behaviour."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from schemas import topics
from schemas.decision import Context, Decision, Timer
from schemas.fact import Fact
from schemas.mesh import CalendarPublished, ClockTicked, CommandIssued, ParameterPublished
from schemas.producers import ProducerKeyPublished

Migration = Callable[[dict[str, Any]], dict[str, Any]]
Decide = Callable[[Any, Any, Context], Decision[Any]]


def no_timer(_: Any) -> Timer | None:
    """For a service whose cases never look at the clock."""
    return None


@dataclass(frozen=True)
class Service:
    """One deciding service.

    `hears`: the fact contracts it reads as cases' facts. `references`: broadcast facts it keeps besides the
    calendar and the parameters. `says`: the contracts it writes. `state`: the msgspec type (or union of tagged
    structs) of a case's state. `decide`: the rules; gets `(state | None, fact | TimerDue, context)`.
    `next_timer`: the earliest timer of a state, or None. `migrations`: from version n to n+1, on the plain JSON value. `partitions`: task count.
    """

    name: str
    release: str
    hears: tuple[type[Fact], ...]
    says: tuple[type[Fact], ...]
    state: Any
    decide: Decide
    next_timer: Callable[[Any], Timer | None] = no_timer
    references: tuple[type[Fact], ...] = ()
    state_version: int = 1
    migrations: Mapping[int, Migration] = field(default_factory=dict)
    reason_texts: Mapping[str, str] = field(default_factory=dict)
    """Chinese text of each reason code, with `{name}` places for the reason's values."""
    effect: Any = None
    """The `effects.Effect` an effect shell drives; None for a deciding service."""
    effect_port: str = ""
    """Name of the port an effect shell drives; empty for a deciding service."""
    partitions: int = topics.PARTITIONS

    @property
    def source(self) -> str:
        """The CloudEvents source of what it says."""
        return f"/services/{self.name}"

    @cached_property
    def reference_kinds(self) -> tuple[type[Fact], ...]:
        """Every broadcast fact it keeps; who hears upstream systems has to know their keys."""
        heard = (topics.BY_NAME.get(kind.topic) for kind in (*self.hears, *self.references))
        keys = (ProducerKeyPublished,) if any(topic is not None and topic.is_upstream for topic in heard) else ()
        return (CalendarPublished, ParameterPublished, *keys, *self.references)

    @cached_property
    def inputs(self) -> dict[str, type[Fact]]:
        """Every topic it reads, with its contract: facts, references, the clock, its commands."""
        kinds: tuple[type[Fact], ...] = (*self.hears, *self.reference_kinds, ClockTicked)
        return {**{kind.topic: kind for kind in kinds}, topics.commands_topic(self.name): CommandIssued}
