"""What monitoring exposes at `/metrics`: what it has counted in the topics since it began."""

from services.runtime.metrics.inventory import ANY_WORKER
from services.runtime.metrics.kinds import Kind, Metric


def _counted(name: str, sentence: str, *labels: str) -> Metric:
    return Metric(f"shebao_{name}_total", Kind.COUNTER, "records", sentence, labels)


ENTRIES = _counted("decision_entries", "Decision entries read.", "service", "outcome")
REFUSALS = _counted("refusals", "Refused records by reason code, from the decision entries.", "service", "code")
DEAD_LETTERS = _counted("dead_letters", "Dead letters by reason code.", "service", "code")
ARREARS = _counted("arrears", "Units whose arrears opened, changed, settled.", "district", "step")
DELIVERIES = _counted("deliveries", "Notices by channel and outcome.", "channel", "outcome")
FACTS = _counted("facts", "Facts, whoever says them.", "topic", "district")
UNREADABLE = _counted("unreadable", "Records monitoring cannot read.", "topic", "code")
ALERTS = Metric(
    "shebao_alerts", Kind.GAUGE, "alerts", "Alerts that stand, as monitoring says them.", ("alert", "service")
)
LAG = Metric("shebao_monitoring_lag", Kind.GAUGE, "records", "Offsets monitoring has still to read.")
MONITORING_WORKER = (
    ENTRIES,
    REFUSALS,
    DEAD_LETTERS,
    ARREARS,
    DELIVERIES,
    FACTS,
    UNREADABLE,
    ALERTS,
    LAG,
    *ANY_WORKER,
)
