"""What the streams told, counted. Nothing here waits, asks a clock or writes; a recount gives the same counts.

Time is the broker's append time, so that records counted again fall into the minute they fell into before.
"""

from collections import Counter
from dataclasses import dataclass, field

from schemas import topics
from schemas.arrears import ArrearsChanged, ArrearsOpened, ArrearsSettled
from schemas.decision import Outcome
from schemas.decision_records import DecisionBatch
from schemas.fact import Fact
from schemas.notifications import NotificationDelivered, NotificationFact, NotificationFailed, NotificationUnclear
from services.monitoring.backlog import DECIDERS
from services.runtime.dead import split_dead
from services.runtime.records import InputRecord

MINUTE_MS = 60_000
MINUTES_KEPT_MAX = 60
"""Minutes kept for each service; older ones are only in the totals."""
NO_DISTRICT = ""

ARREARS = {ArrearsOpened.topic: "opened", ArrearsChanged.topic: "changed", ArrearsSettled.topic: "settled"}
DELIVERIES = {
    NotificationDelivered.topic: "delivered",
    NotificationFailed.topic: "failed",
    NotificationUnclear.topic: "unclear",
}

WORD_CHARS_MAX = 100

Content = DecisionBatch | Fact | None
"""What a record carries; None for dead letters, of which only the headers are read."""


@dataclass
class Counters:
    """All counts of one process. Keys that grow with traffic are bounded; the others are closed vocabularies."""

    positions: dict[tuple[str, int], int] = field(default_factory=dict)
    """Next offset to count of each (topic, partition): what was counted before is not counted again."""
    records: int = 0
    decisions: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Decision entries by (service, outcome)."""
    refusals: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Refused entries by (service, code)."""
    dead: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Dead letters by (service, code)."""
    facts: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Facts by (topic, district), all of them."""
    arrears: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Arrears by (district, opened | changed | settled)."""
    deliveries: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Deliveries by (channel, delivered | failed | unclear)."""
    unreadable: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Records that could not be read by (topic, code)."""
    minutes: dict[str, dict[int, Counter[str]]] = field(default_factory=dict)
    """Outcomes by service and minute since 1970."""

    def observe(self, record: InputRecord, content: Content) -> bool:
        """Count a record with what it carries, unless it was counted before; tells whether it was not."""
        if not self._is_new(record):
            return False
        if isinstance(content, DecisionBatch):
            self._decisions(record, content)
        elif content is None:
            self.dead[topics.BY_NAME[record.topic].owner, dead_code(record)] += 1
        else:
            self._fact(record, content)
        return True

    def observe_unreadable(self, record: InputRecord, code: str) -> bool:
        """Count a record whose content could not be read, unless it was counted before; tells whether it was not.

        What a service is given it refuses, and tells: that is counted as its refusal.
        """
        if not self._is_new(record):
            return False
        if record.topic not in DECIDERS:
            self.unreadable[record.topic, code] += 1
        return True

    def _is_new(self, record: InputRecord) -> bool:
        place = (record.topic, record.partition)
        if record.offset < self.positions.get(place, 0):
            return False
        self.positions[place] = record.offset + 1
        self.records += 1
        return True

    def _decisions(self, record: InputRecord, batch: DecisionBatch) -> None:
        service = topics.BY_NAME[record.topic].owner
        minute = self._minute(service, record.append_time_ms // MINUTE_MS)
        for outcome, count in Counter(batch.outcome).items():
            self.decisions[service, outcome] += count
            minute[outcome] += count
        if Outcome.REFUSED in batch.outcome:
            for outcome, code in zip(batch.outcome, batch.code, strict=True):
                if outcome == Outcome.REFUSED:
                    self.refusals[service, code] += 1

    def _minute(self, service: str, number: int) -> Counter[str]:
        """Give the counts of a minute; one that is older than all that are kept is counted and forgotten at once."""
        kept = self.minutes.setdefault(service, {})
        found = kept.setdefault(number, Counter())
        if len(kept) > MINUTES_KEPT_MAX:
            del kept[min(kept)]
        return found

    def _fact(self, record: InputRecord, fact: Fact) -> None:
        if topics.BY_NAME[record.topic].kind is topics.Kind.BROADCAST and record.partition:
            return  # the same fact stands on every partition
        district = str(getattr(fact, "district", NO_DISTRICT))
        self.facts[record.topic, district] += 1
        if isinstance(fact, NotificationFact):
            self.deliveries[fact.channel, DELIVERIES[record.topic]] += 1
        elif record.topic in ARREARS:
            self.arrears[district, ARREARS[record.topic]] += 1


def dead_code(record: InputRecord) -> str:
    """Give the code of a dead letter."""
    return split_dead(record.headers)[1].get("code", "")[:WORD_CHARS_MAX]
