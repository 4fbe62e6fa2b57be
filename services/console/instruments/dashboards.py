"""The dashboard of Grafana, made from the inventory of metrics: a row of what to look at first, then a panel a metric. Pure.

Its shape is Grafana's: tests hold it to the models of Grafana's own SDK (decision 0102).
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from services.console.instruments.alert import JOB
from services.console.instruments.all_metrics import FAMILIES
from services.runtime.metrics import inventory as of
from services.runtime.metrics.kinds import Kind, Metric

UID, TITLE = "shebao-mesh", "Shebao mesh"
WIDTH, PANELS_A_ROW, HEIGHT, TILE_HEIGHT = 24, 3, 8, 4
_SOURCE = {"type": "prometheus", "uid": "${datasource}"}
_UNITS = {"seconds": "s", "bytes": "bytes"}
_RATE = "$__rate_interval"
_ONLY = 'service=~"$service"'


@dataclass(frozen=True, slots=True)
class Query:
    """One line of a panel: PromQL, and what it is called."""

    expression: str
    legend: str


@dataclass(frozen=True, slots=True)
class Tile:
    """One number of the first row; from `red_from` on it is red."""

    title: str
    sentence: str
    expression: str
    unit: str
    red_from: float


TILES = (
    Tile(
        "Workers that do not answer",
        "Processes whose metrics could not be read at the last scrape.",
        f'sum(up{{job="{JOB}"}} == bool 0)',
        "short",
        1,
    ),
    Tile(
        "Tasks that run nowhere",
        "Partitions of services that no worker decides just now.",
        f"sum(max by (service) ({of.PARTITIONS.name})) - sum({of.RUNNING.name})",
        "short",
        1,
    ),
    Tile("Lag", of.LAG.sentence, f"sum({of.LAG.name})", "short", 1_000),
    Tile("Oldest undecided", of.OLDEST.sentence, f"max({of.OLDEST.name})", "s", 300),
    Tile("Halted", of.HALTED.sentence, f"sum({of.HALTED.name})", "short", 1),
    Tile("Parked cases", of.PARKED.sentence, f"sum({of.PARKED.name})", "short", 1),
    Tile("Refused in an hour", of.REFUSED.sentence, f"sum(increase({of.REFUSED.name}[1h]))", "short", 50),
    Tile("Timers late", of.TIMERS_LATE.sentence, f"max({of.TIMERS_LATE.name})", "s", 300),
)
_LEGEND = {"displayMode": "list", "placement": "bottom", "showLegend": True, "calcs": []}


def queries(metric: Metric) -> list[Query]:
    """Give what a panel of a metric asks: rates of counters, percentiles of histograms, the highest of gauges."""
    by = [label for label in metric.labels if label not in ("partition", "messaging_system")]
    only = f"{{{_ONLY}}}" if "service" in metric.labels else f'{{job="{JOB}"}}'
    legend = " ".join(f"{{{{{label}}}}}" for label in by) or "{{instance}}"
    grouped = ", ".join(by or ["instance"])
    if metric.kind is Kind.COUNTER:
        return [Query(f"sum by ({grouped}) (rate({metric.name}{only}[{_RATE}]))", legend)]
    if metric.kind is Kind.HISTOGRAM:
        buckets = f"sum by (le, {grouped}) (rate({metric.name}_bucket{only}[{_RATE}]))"
        return [Query(f"histogram_quantile({part}, {buckets})", f"{legend} p{part * 100:.0f}") for part in (0.5, 0.99)]
    how = "sum" if metric.unit in ("records", "cases", "effects", "0 or 1") else "max"
    return [Query(f"{how} by ({grouped}) ({metric.name}{only})", legend)]


def dashboard() -> str:
    """Give the dashboard as Grafana imports it."""
    panels = list(_panels())
    for number, panel in enumerate(panels, start=1):
        panel["id"] = number
    document = {
        "uid": UID,
        "title": TITLE,
        "tags": ["shebao"],
        "schemaVersion": 39,
        "editable": False,
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "timezone": "Asia/Shanghai",
        "templating": {"list": [_datasource(), _services()]},
        "annotations": {"list": [_alerts()]},
        "panels": panels,
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _panels() -> Iterator[dict[str, object]]:
    width = WIDTH // len(TILES)
    yield _row("What to look at first", 0)
    for place, tile in enumerate(TILES):
        yield _stat(tile, {"x": place * width, "y": 1, "w": width, "h": TILE_HEIGHT})
    top = 1 + TILE_HEIGHT
    for family in FAMILIES:
        yield _row(family.title, top)
        yield from _graphs(family.metrics, top + 1)
        top += 1 + HEIGHT * -(-len(family.metrics) // PANELS_A_ROW)


def _graphs(metrics: Sequence[Metric], top: int) -> Iterator[dict[str, object]]:
    width = WIDTH // PANELS_A_ROW
    for place, metric in enumerate(metrics):
        down, right = divmod(place, PANELS_A_ROW)
        yield {
            "type": "timeseries",
            "title": metric.name,
            "description": metric.sentence,
            "datasource": _SOURCE,
            "gridPos": {"x": right * width, "y": top + down * HEIGHT, "w": width, "h": HEIGHT},
            "fieldConfig": {"defaults": {"unit": _unit(metric)}, "overrides": []},
            "options": {"legend": _LEGEND, "tooltip": {"mode": "multi", "sort": "desc"}},
            "targets": [_target(query, place) for place, query in enumerate(queries(metric))],
        }


def _unit(metric: Metric) -> str:
    unit = _UNITS.get(metric.unit, "short")
    if metric.kind is not Kind.COUNTER:
        return unit
    return "percentunit" if unit == "s" else "cps"


def _target(query: Query, place: int) -> dict[str, object]:
    return {"refId": "ABCD"[place], "expr": query.expression, "legendFormat": query.legend, "datasource": _SOURCE}


def _stat(tile: Tile, where: dict[str, int]) -> dict[str, object]:
    steps = [{"color": "green", "value": None}, {"color": "red", "value": tile.red_from}]
    return {
        "type": "stat",
        "title": tile.title,
        "description": tile.sentence,
        "datasource": _SOURCE,
        "gridPos": where,
        "fieldConfig": {
            "defaults": {"unit": tile.unit, "thresholds": {"mode": "absolute", "steps": steps}},
            "overrides": [],
        },
        "options": {"colorMode": "background", "reduceOptions": {"calcs": ["lastNotNull"]}},
        "targets": [_target(Query(tile.expression, ""), 0)],
    }


def _row(title: str, top: int) -> dict[str, object]:
    where = {"x": 0, "y": top, "w": WIDTH, "h": 1}
    return {"type": "row", "title": title, "collapsed": False, "gridPos": where, "panels": []}


def _datasource() -> dict[str, object]:
    return {"name": "datasource", "type": "datasource", "query": "prometheus", "label": "Prometheus"}


def _services() -> dict[str, object]:
    return {
        "name": "service",
        "label": "Service",
        "type": "query",
        "datasource": _SOURCE,
        "query": f"label_values({of.RUNNING.name}, service)",
        "includeAll": True,
        "multi": True,
        "allValue": ".*",
        "current": {"text": "All", "value": "$__all"},
        "refresh": 2,
    }


def _alerts() -> dict[str, object]:
    return {
        "name": "Alerts",
        "datasource": _SOURCE,
        "enable": True,
        "iconColor": "red",
        "expr": f'ALERTS{{alertstate="firing", job=~"{JOB}|"}}',
        "titleFormat": "{{alertname}}",
        "textFormat": "{{service}} {{partition}}",
    }
