"""What the auditing worker exposes at `/metrics`."""

from services.runtime.metrics.inventory import ANY_WORKER
from services.runtime.metrics.kinds import Kind, Metric

SEALS = Metric("shebao_audit_seals_total", Kind.COUNTER, "seals", "Seals written since the start.")
UNSEALED = Metric(
    "shebao_audit_unsealed_entries",
    Kind.GAUGE,
    "entries",
    "Decision entries that no seal covers yet: their tail can be cut.",
)
REFUSED_TASKS = Metric(
    "shebao_audit_refused_tasks",
    Kind.GAUGE,
    "tasks",
    "Tasks whose decisions do not continue what was sealed; sealed no more.",
)
FORGED = Metric(
    "shebao_audit_seals_not_counting",
    Kind.GAUGE,
    "seals",
    "Last seals that do not count: wrong signature, or wrong key.",
)
AUDIT_WORKER = (SEALS, UNSEALED, REFUSED_TASKS, FORGED, *ANY_WORKER)
