"""What a process exports: told of transactions, attempts and what was published, it offers their spans to the queue."""

import time
from collections.abc import Sequence
from importlib import import_module

from services.runtime.entries import Entry
from services.runtime.metrics import inventory
from services.runtime.metrics.exposition import Exposition
from services.runtime.records import OutputRecord
from services.runtime.settings import MeshSettings
from services.runtime.tracing.export import BROKEN, COLLECTOR, QUEUE, Collector, Counts, Export
from services.runtime.tracing.span import LastDecisions, of_attempt, of_published, of_replay, of_transaction, times_of
from services.runtime.watched import Attempted, Committed


class Traces:
    """Hears what happened; returns at once."""

    def __init__(self, export: Export) -> None:
        self.export = export
        self._last = LastDecisions()

    def committed(self, done: Committed) -> None:
        """Export the spans of a committed transaction."""
        times = times_of(done, time.time_ns())
        self.export.offer(lambda: of_transaction(done, times, self._last), len(done.entries) + len(done.said))

    def attempted(self, done: Attempted) -> None:
        """Export the spans of an attempt and its note."""
        ended_ns = time.time_ns()
        self.export.offer(lambda: of_attempt(done, ended_ns), 2)

    def published(self, service: str, records: Sequence[OutputRecord], begun_ns: int) -> None:
        """Export the spans of records that were said from outside the mesh, begun at an instant (ns since 1970)."""
        ended_ns = time.time_ns()
        self.export.offer(lambda: of_published(service, records, begun_ns, ended_ns), len(records))

    def replayed(self, trace: str, service: str, partition: int, again: Sequence[Entry]) -> None:
        """Export the spans of a replay's entries, in the replay's own trace."""
        now_ns = time.time_ns()
        self.export.offer(lambda: of_replay(trace, service, partition, again, now_ns), len(again))

    async def close(self) -> None:
        """Let the collector take what waits, a bounded time."""
        await self.export.close()


class CountedSpans:
    """Counts spans among the metrics of a worker."""

    def __init__(self, exposition: Exposition) -> None:
        self._exported = exposition.counter(inventory.SPANS)
        dropped = exposition.counter(inventory.SPANS_DROPPED)
        self._dropped = {reason: dropped.labels(reason) for reason in (QUEUE, COLLECTOR, BROKEN)}

    def exported(self, count: int) -> None:
        """The collector has taken them."""
        self._exported.inc(count)

    def dropped(self, reason: str, count: int) -> None:
        """They are let go of."""
        self._dropped[reason].inc(count)


class UncountedSpans:
    """For a command line: what a collector does not take is of no consequence to it."""

    def exported(self, count: int) -> None:
        """Let it pass."""

    def dropped(self, reason: str, count: int) -> None:
        """Let it pass."""


def traces_of(settings: MeshSettings, worker: str, counts: Counts) -> Traces | None:
    """Give what exports to the endpoint of the settings; None, and nothing is started, where there is none."""
    if not settings.traces_endpoint:
        return None
    collector: Collector = import_module("services.runtime.tracing.otlp").OtlpCollector(
        settings.traces_endpoint, worker
    )
    return Traces(Export(collector, counts, settings.traces_ratio, settings.traces_a_second_max))
