"""The page docs/generated/metrics.md, made from the inventory of metrics. Pure."""

from services.console.instruments.all_metrics import FAMILIES
from services.runtime.metrics.kinds import Metric

_HEAD = """# Metrics
Every metric that a worker exposes at `/metrics`, on the port of its health page (`SHEBAO_HEALTH_PORT`, `SHEBAO_HEALTH_HOST`). Made from the inventory
in `services/runtime/metrics/inventory.py` and its like by `make generate`; a test holds the endpoint to it. No label names a case, a person or an event. Names in the column *convention* are OpenTelemetry's for messaging.
"""
_TABLE = "| metric | type | unit | labels | convention | meaning |\n|---|---|---|---|---|---|\n"


def text() -> str:
    """Give the page as it should stand."""
    parts = [_HEAD]
    for family in FAMILIES:
        parts.append(f"\n## {family.title}\nExposed by {family.exposed_by}.\n\n{_TABLE}")
        parts += [_row(metric) for metric in family.metrics]
    return "".join(parts)


def _row(metric: Metric) -> str:
    labels = ", ".join(f"`{label}`" for label in metric.labels) or "–"
    convention = f"`{metric.convention}`" if metric.convention else "–"
    cells = (f"`{metric.name}`", metric.kind.value, metric.unit, labels, convention, metric.sentence)
    return "| " + " | ".join(cells) + " |\n"
