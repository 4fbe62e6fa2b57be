"""What a metric is: the shape of every line of the inventory."""

from dataclasses import dataclass
from enum import StrEnum

SECONDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
"""Upper bounds (seconds) for what takes from a millisecond to longer than a commit may take."""
COUNTS = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1_000.0, 2_000.0)
"""Upper bounds for how many records one transaction holds; the last is the setting's default."""


class Kind(StrEnum):
    """What Prometheus calls a metric's type."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric, as it is scraped.

    `name` ends in `_total` for a counter, and in its unit where it has one. `labels`: each takes few values, and none of them
    names a case, a person or an event. `convention`: the name in OpenTelemetry's messaging conventions, where it has one.
    `buckets`: upper bounds of a histogram.
    """

    name: str
    kind: Kind
    unit: str
    sentence: str
    labels: tuple[str, ...] = ()
    convention: str = ""
    buckets: tuple[float, ...] = ()
