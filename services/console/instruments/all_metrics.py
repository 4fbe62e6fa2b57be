"""Every metric of every worker, by who exposes it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.audit.metrics import AUDIT_WORKER
from services.clock.metrics import CLOCK_WORKER
from services.monitoring.metrics import MONITORING_WORKER
from services.page.store.metrics import STORE_WORKER
from services.runtime.metrics import inventory
from services.runtime.metrics.kinds import Metric


@dataclass(frozen=True, slots=True)
class Family:
    """Metrics of one subject, with who exposes them."""

    title: str
    exposed_by: str
    metrics: Sequence[Metric]


_DECIDING = "workers with deciding services or effect shells"

FAMILIES = (
    Family("Tasks", _DECIDING, inventory.TASKS),
    Family("Decisions", _DECIDING, inventory.WORK),
    Family("Messaging", _DECIDING, inventory.MESSAGING),
    Family("Effects", _DECIDING, inventory.EFFECTS),
    Family("Traces", _DECIDING, inventory.TRACES),
    Family("Clock", "the clock", [metric for metric in CLOCK_WORKER if metric not in inventory.ANY_WORKER]),
    Family("Seals", "the auditing worker", [metric for metric in AUDIT_WORKER if metric not in inventory.ANY_WORKER]),
    Family(
        "The page's store",
        "the worker that feeds it",
        [metric for metric in STORE_WORKER if metric not in inventory.ANY_WORKER],
    ),
    Family("Monitoring", "monitoring", [metric for metric in MONITORING_WORKER if metric not in inventory.ANY_WORKER]),
    Family("Processes", "each of these", inventory.ANY_WORKER),
)

ALL: Mapping[str, Metric] = {metric.name: metric for family in FAMILIES for metric in family.metrics}
"""Every metric by its name."""
