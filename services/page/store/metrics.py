"""What the worker that feeds the page's store exposes at `/metrics`."""

from services.runtime.metrics.inventory import ANY_WORKER
from services.runtime.metrics.kinds import Kind, Metric

FED = Metric(
    "shebao_page_store_records_total", Kind.COUNTER, "records", "Records written into the store since the start."
)
WAITING = Metric(
    "shebao_page_store_waiting_records", Kind.GAUGE, "records", "Records that the store has not taken in yet."
)
STORE_WORKER = (FED, WAITING, *ANY_WORKER)
