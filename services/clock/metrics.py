"""What the clock exposes at `/metrics`."""

from services.runtime.metrics.inventory import ANY_WORKER
from services.runtime.metrics.kinds import Kind, Metric

LAST_TICK = Metric(
    "shebao_clock_last_tick_timestamp_seconds",
    Kind.GAUGE,
    "seconds",
    "The instant of the last tick that was said, since 1970; 0 before the first.",
)
CLOCK_WORKER = (LAST_TICK, *ANY_WORKER)
