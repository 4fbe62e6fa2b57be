"""How a deciding service is plugged into the runtime: a description, no behaviour."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any

from schemas import topics
from schemas.decision import Context, Decision, Timer, legal_date
from schemas.fact import Fact
from schemas.mesh import CalendarPublished, ClockTicked, CommandIssued, ParameterPublished
from schemas.producers import ProducerKeyPublished

Migration = Callable[[dict[str, Any]], dict[str, Any]]
Decide = Callable[[Any, Any, Context], Decision[Any]]


def no_timer(_: Any) -> Timer | None:
    """For a service whose cases never look at the clock."""
    return None


def as_it_is(state: Any) -> Any:
    """For a service of which few cases are open at a time: a state stays as it was read."""
    return state


@dataclass(frozen=True)
class Service:
    """One deciding service.

    `hears`: the fact contracts it reads as cases' facts. `references`: broadcast facts it keeps besides the
    calendar and the parameters. `says`: the contracts it writes. `state`: the msgspec type (or union of tagged
    structs) of a case's state. `decide`: the rules; gets `(state | None, fact | TimerDue, context)`.
    `next_timer`: the earliest timer of a state, or None. `compacted`: an equal state that takes less memory; asked for each state that is restored.
    `migrations`: from version n to n+1, on the plain JSON value. `partitions`: task count.
    """

    name: str
    release: str
    hears: tuple[type[Fact], ...]
    says: tuple[type[Fact], ...]
    state: Any
    decide: Decide
    next_timer: Callable[[Any], Timer | None] = no_timer
    compacted: Callable[[Any], Any] = as_it_is
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
    in_force_from: date | None = None
    """The legal date from which these rules decide, wherever they run by then; until then those of the release before."""
    earlier: tuple["Service", ...] = ()
    """The releases before this one as they were, oldest first: a replay decides with each what it has decided."""

    def __post_init__(self) -> None:
        """Hold releases together that decide one after the other on the same state; ValueError where they cannot."""
        if self.in_force_from is None:
            return
        before = self.earlier[-1] if self.earlier else None
        if before is None or (before.hears, before.state, before.state_version) != (
            self.hears,
            self.state,
            self.state_version,
        ):
            raise ValueError(
                f"{self.release} takes effect on a date: it needs a release before it with its facts and state"
            )

    def over(self, partitions: int) -> "Service":
        """Give it, with the releases before it, as it is on a mesh whose topics have so many partitions."""
        if partitions == self.partitions:
            return self
        return replace(self, partitions=partitions, earlier=tuple(before.over(partitions) for before in self.earlier))

    def rules_at(self, now: datetime) -> "Service":
        """Give the release whose rules are in force at an instant: by its legal date, not by when it was installed."""
        if self.in_force_from is None or legal_date(now) >= self.in_force_from:
            return self
        return self.earlier[-1].rules_at(now)

    def released(self, name: str) -> "Service | None":
        """Give the release of this name, this one or an earlier; None where it is not kept here."""
        return next((service for service in (self, *self.earlier) if service.release == name), None)

    def text_of(self, code: str) -> str | None:
        """Give the Chinese text of a reason code, also of one that only an earlier release gave."""
        texts = (service.reason_texts.get(code) for service in (self, *reversed(self.earlier)))
        return next((text for text in texts if text is not None), None)

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

    @cached_property
    def broadcast_inputs(self) -> frozenset[str]:
        """The topics it reads of which every task has every record."""
        return frozenset(topic for topic, kind in self.inputs.items() if kind.broadcast)
