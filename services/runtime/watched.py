"""What can be seen of a process's work: transactions that stand, and what ports answered. Values and a port; pure."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from schemas.effects import EffectAttempted
from services.runtime.effects import NOT_BEGUN, Intent
from services.runtime.entries import Entry
from services.runtime.records import OutputRecord

ATTEMPT, LOOK_UP = "attempt", "look_up"


class Timing(NamedTuple):
    """Monotonic seconds of one transaction: its first record, the end of deciding, the end of the commit."""

    begun_s: float
    decided_s: float
    committed_s: float


class Committed(NamedTuple):
    """One transaction that stands: whose, its decision entries, what was said, when."""

    service: str
    partition: int
    records: int
    entries: Sequence[Entry]
    said: Sequence[OutputRecord]
    timing: Timing


class Attempted(NamedTuple):
    """A port's answer that was written down: `operation` is attempt or look_up, `topic` that of the request.

    `traceparent` is the context of the decision that asked for it, `note` the record that says what came of it.
    """

    service: str
    operation: str
    outcome: str
    detail: str
    seconds: float
    effect_id: str
    topic: str
    traceparent: str
    note: OutputRecord


class Listener(Protocol):
    """Hears of what stands; returns at once."""

    def committed(self, done: Committed) -> None:
        """One transaction stands."""

    def attempted(self, done: Attempted) -> None:
        """A port answered."""


class Watching(Listener, Protocol):
    """What tasks and effect shells let be seen."""

    def note_lost(self, service: str) -> None:
        """An answer could not be written down."""


class Unwatched:
    """Nobody looks: the simulation, and tests of something else."""

    def committed(self, done: Committed) -> None:
        """Let it pass."""

    def attempted(self, done: Attempted) -> None:
        """Let it pass."""

    def note_lost(self, service: str) -> None:
        """Let it pass."""


def attempted(
    service: str, intent: Intent, fact: EffectAttempted, seconds: float, traceparent: str, note: OutputRecord
) -> Attempted:
    """Say for whoever watches what came of an intent, as its note says it."""
    operation = LOOK_UP if intent.is_lookup else ATTEMPT
    outcome = NOT_BEGUN if fact.detail_code == NOT_BEGUN else fact.outcome
    topic = type(intent.request).topic
    return Attempted(service, operation, outcome, fact.detail_code, seconds, fact.effect_id, topic, traceparent, note)
