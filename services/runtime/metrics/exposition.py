"""What one process exposes: the instruments of its part of the inventory, and their text. No process-wide registry is used."""

from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.metrics import MetricWrapperBase

from services.runtime.metrics.inventory import ALIVE, INFO, PROCESS
from services.runtime.metrics.kinds import Kind, Metric

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
DISTRIBUTION = "shebao-mesh"


class Exposition:
    """The metrics of one worker. Asked for one that is not in its part of the inventory it raises KeyError."""

    def __init__(self, worker: str, inventory: Iterable[Metric]) -> None:
        """Make every instrument at once, so that what has not happened yet is there too."""
        disable_created_metrics()  # type: ignore[no-untyped-call]  # else each counter has a second series that nobody asks for
        self._registry = CollectorRegistry()
        self._made: dict[str, MetricWrapperBase] = {}
        for metric in inventory:
            if metric not in PROCESS:
                self._made[metric.name] = _made(metric, self._registry)
        ProcessCollector(registry=self._registry)
        self.gauge(INFO).labels(worker, _release()).set(1)

    def counter(self, metric: Metric) -> Counter:
        """A metric that only grows."""
        found = self._made[metric.name]
        assert isinstance(found, Counter)
        return found

    def gauge(self, metric: Metric) -> Gauge:
        """A metric that goes up and down."""
        found = self._made[metric.name]
        assert isinstance(found, Gauge)
        return found

    def histogram(self, metric: Metric) -> Histogram:
        """A metric that counts by size."""
        found = self._made[metric.name]
        assert isinstance(found, Histogram)
        return found

    def text(self, *, alive: bool) -> bytes:
        """Write everything as Prometheus reads it."""
        self.gauge(ALIVE).set(alive)
        return generate_latest(self._registry)


def _made(metric: Metric, registry: CollectorRegistry) -> MetricWrapperBase:
    if metric.kind is Kind.COUNTER:
        return Counter(metric.name, metric.sentence, metric.labels, registry=registry)
    if metric.kind is Kind.GAUGE:
        return Gauge(metric.name, metric.sentence, metric.labels, registry=registry)
    return Histogram(metric.name, metric.sentence, metric.labels, registry=registry, buckets=metric.buckets)


def _release() -> str:
    try:
        return version(DISTRIBUTION)
    except PackageNotFoundError:  # run from a checkout that was never installed
        return "unknown"
