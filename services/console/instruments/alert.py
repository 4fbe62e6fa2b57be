"""What an alert of Prometheus is here: when it is raised, who is called, and examples that show both sides of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from services.runtime.metrics.kinds import Metric

JOB = "shebao"
"""The scrape job of all workers."""


class Severity(StrEnum):
    """Who is to hear of it, and when."""

    PAGE = "page"
    """Somebody now, at any hour: cases stand still, or the log was touched."""
    TICKET = "ticket"
    """Somebody in working hours."""


@dataclass(frozen=True, slots=True)
class Example:
    """Series as `promtool test rules` reads them, one value a minute, and the minute at which the alerts are looked at."""

    series: Mapping[str, str]
    minute: int


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert; its runbook is docs/runbooks/<name>.md, which the page serves.

    `expression` is PromQL; `held_minutes` how long it must hold. `raised` is an example that raises it once, with
    `raised_labels` beside the severity; `quiet` one that does not.
    """

    name: str
    expression: str
    held_minutes: int
    severity: Severity
    summary: str
    raised: Example
    raised_labels: Mapping[str, str]
    quiet: Example


def highest(metric: Metric, *labels: str) -> str:
    """The highest of a gauge by some labels: while a task moves, two workers may show it."""
    return f"max by ({', '.join(labels)}) ({metric.name})"


def grown(metric: Metric, minutes: int, labels: Sequence[str], only: str = "") -> str:
    """How much a counter grew; one that was not there before began at 0, which `increase` does not see."""
    by, series = f"sum by ({', '.join(labels)})", f"{metric.name}{{{only}}}" if only else metric.name
    return f"({by} ({series}) - ({by} ({series} offset {minutes}m) or {by} ({series}) * 0))"
