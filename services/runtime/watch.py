"""What a process lets be seen of its own work: counted, traced and told once it is committed, never while it is decided.

Nothing here changes what is decided, and nothing here waits: counts are a few additions a batch, spans go to a bounded queue.
"""

from collections import Counter
from collections.abc import Sequence
from operator import itemgetter

import structlog

from schemas.decision import Outcome
from services.runtime import entries
from services.runtime.envelope import decision_id
from services.runtime.metrics import inventory
from services.runtime.metrics.exposition import Exposition
from services.runtime.watched import Attempted, Committed, Listener

log = structlog.get_logger(__name__)

SYSTEM = "kafka"
COMMIT, PROCESS = "commit", "process"
CODES_MAX = 1_000
"""Different reason codes of one service that are counted by name; rules have some three hundred."""
OTHER_CODES = "other"
TOLD_MAX = 10
"""Refused and parked records of one transaction that are told one by one."""
_KIND = itemgetter("kind", "topic", "outcome", "code")
_TOPIC = itemgetter(0)
_FROM_INPUTS = frozenset((entries.RECORD, entries.TICK, entries.REFERENCE, entries.COMMAND))
"""Kinds of entries that stand for one record of an input."""


class Watch:
    """Counts for one process; its listeners (traces) hear the same."""

    def __init__(self, exposition: Exposition, listeners: Sequence[Listener] = ()) -> None:
        self.exposition, self._listeners = exposition, listeners
        self._codes: dict[str, set[str]] = {}

    def committed(self, done: Committed) -> None:
        """Count one transaction and tell of what it refused or parked."""
        kinds = Counter(map(_KIND, done.entries))
        self._count_records(done, kinds)
        self._count_decisions(done.service, kinds)
        self._time(done)
        for listener in self._listeners:
            listener.committed(done)
        if any(outcome in _TOLD for _, _, outcome, _ in kinds):
            tell(done)

    def attempted(self, done: Attempted) -> None:
        """Count one answer of a port."""
        self.exposition.counter(inventory.ATTEMPTS).labels(done.service, done.operation, done.outcome).inc()
        self.exposition.histogram(inventory.ATTEMPT_SECONDS).labels(done.service, done.operation).observe(done.seconds)
        for listener in self._listeners:
            listener.attempted(done)

    def note_lost(self, service: str) -> None:
        """Count an answer that could not be written down."""
        self.exposition.counter(inventory.NOTES_LOST).labels(service).inc()

    def _count_records(self, done: Committed, kinds: Counter[tuple[str, str, str, str]]) -> None:
        consumed, sent = self.exposition.counter(inventory.CONSUMED), self.exposition.counter(inventory.SENT)
        heard = Counter[str]()
        for (kind, topic, _, _), count in kinds.items():
            if kind in _FROM_INPUTS:
                heard[topic] += count
        for topic, count in heard.items():
            consumed.labels(SYSTEM, topic, done.service).inc(count)
        for topic, count in Counter(map(_TOPIC, done.said)).items():
            sent.labels(SYSTEM, topic, done.service).inc(count)

    def _count_decisions(self, service: str, kinds: Counter[tuple[str, str, str, str]]) -> None:
        decisions, refused = self.exposition.counter(inventory.DECISIONS), self.exposition.counter(inventory.REFUSED)
        for (kind, topic, outcome, code), count in kinds.items():
            shown = self._bounded(service, code)
            decisions.labels(service, kind, outcome, shown).inc(count)
            if outcome == Outcome.REFUSED:
                refused.labels(service, topic, shown).inc(count)

    def _bounded(self, service: str, code: str) -> str:
        known = self._codes.setdefault(service, set())
        if code not in known and len(known) >= CODES_MAX:
            return OTHER_CODES
        known.add(code)
        return code

    def _time(self, done: Committed) -> None:
        begun_s, decided_s, committed_s = done.timing
        process = self.exposition.histogram(inventory.PROCESS_SECONDS)
        operation = self.exposition.histogram(inventory.OPERATION_SECONDS)
        process.labels(SYSTEM, PROCESS, done.service).observe(committed_s - begun_s)
        operation.labels(SYSTEM, COMMIT, done.service).observe(committed_s - decided_s)
        self.exposition.histogram(inventory.BATCH_RECORDS).labels(done.service).observe(done.records)


_TOLD = frozenset((Outcome.REFUSED, Outcome.PARKED))


def tell(done: Committed) -> None:
    """Write a line for each record that was refused or parked, up to a bound; the case is masked by the log."""
    told = [entry for entry in done.entries if entry["outcome"] in _TOLD]
    for entry in told[:TOLD_MAX]:
        log.warning(
            "refused" if entry["outcome"] == Outcome.REFUSED else "parked",
            service=done.service,
            partition=done.partition,
            topic=entry["topic"],
            offset=entry["offset"],
            code=entry["code"],
            case=entry["case_key"],
            decision=decision_id(done.service, done.partition, entry["number"]),
            trace=entry["traceparent"],
        )
    if len(told) > TOLD_MAX:
        log.warning(
            "refused or parked: more", service=done.service, partition=done.partition, count=len(told) - TOLD_MAX
        )
