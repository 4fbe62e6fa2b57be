"""The dashboard is one that Grafana's own model knows whole, shows every metric, and asks only for what is there."""

import json
import re
from pathlib import Path

import pytest

from services.console.instruments import dashboards
from services.console.instruments.all_metrics import ALL
from services.runtime.metrics.kinds import Kind, Metric
from tests.services.console.grafana_model import UNITS, dropped, faults, panels_of, read
from tests.services.console.promql import asked_for, needs_promtool, promtool

DOCUMENT = dashboards.dashboard()
SCRAPED = frozenset({"instance", "job"})
"""Labels Prometheus gives every series."""
GRAFANAS = frozenset({"datasource", "service", "__rate_interval"})
_LABEL = re.compile(r"\{\{(\w+)\}\}")


def panels() -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(DOCUMENT)["panels"]
    return found


def expressions() -> list[str]:
    """Every expression of the dashboard, its annotations and tiles too, with Grafana's variables filled in."""
    filled = {"$__rate_interval": "1m", "$service": ".*"}
    found = [str(target["expr"]) for panel in panels() for target in panel.get("targets", [])]  # type: ignore[attr-defined]
    found += [annotation["expr"] for annotation in json.loads(DOCUMENT)["annotations"]["list"]]
    for name, value in filled.items():
        found = [text.replace(name, value) for text in found]
    return found


def test_grafanas_own_model_reads_the_dashboard_and_writes_it_again_without_losing_anything() -> None:
    assert [] == dropped(DOCUMENT)


def test_every_value_is_of_the_type_that_grafanas_model_gives_it() -> None:
    assert [] == faults(DOCUMENT)


@pytest.mark.parametrize(
    ("ours", "broken", "seen"),
    [
        ('"gridPos"', '"gridpos"', "/panels/0/gridpos"),
        ('"legendFormat"', '"legend"', "/targets/0/legend"),
        ('"displayMode"', '"mode"', "/options/legend/mode"),
        ('"defaults"', '"default"', "/fieldConfig/default"),
    ],
)
def test_a_name_that_grafana_does_not_know_is_seen(ours: str, broken: str, seen: str) -> None:
    assert any(path.endswith(seen) for path in dropped(DOCUMENT.replace(ours, broken)))


@pytest.mark.parametrize(
    ("ours", "broken", "seen"),
    [
        ('"type": "timeseries"', '"type": "timelines"', "no panel of a known plugin: timelines"),
        ('"displayMode": "list"', '"displayMode": "lists"', "display_mode"),
        ('"colorMode": "background"', '"colorMode": "ground"', "color_mode"),
        ('"type": "prometheus"', '"type": "promethius"', "no query of a known data source"),
        ('"w": 24', '"w": "24"', "grid_pos.w"),
        ('"mode": "absolute"', '"mode": "absolutely"', "thresholds.mode"),
    ],
)
def test_a_value_that_grafana_does_not_know_is_seen(ours: str, broken: str, seen: str) -> None:
    assert any(seen in fault for fault in faults(DOCUMENT.replace(ours, broken)))


def test_every_panel_has_a_title_a_description_and_a_unit_of_grafanas() -> None:
    shown = panels_of(DOCUMENT)

    assert len(ALL) + len(dashboards.TILES) == len(shown)
    for panel in shown:
        assert panel.title
        assert panel.description
        assert panel.field_config is not None
        assert panel.field_config.defaults.unit in UNITS


def test_panels_do_not_lie_on_one_another_and_stay_within_24_columns() -> None:
    taken: dict[tuple[int, int], object] = {}
    for panel in panels():
        where: dict[str, int] = panel["gridPos"]  # type: ignore[assignment]
        for x in range(where["x"], where["x"] + where["w"]):
            for y in range(where["y"], where["y"] + where["h"]):
                assert (x, y) not in taken, (panel["title"], taken[x, y])
                taken[x, y] = panel["title"]

    assert 24 > max(x for x, _ in taken)
    assert len(panels()) == len({panel["id"] for panel in panels()})


def test_no_line_lies_empty_between_panels() -> None:
    """Grafana would draw the panels below up: the file would say another picture than is seen."""
    lines: set[int] = set()
    for panel in panels():
        where: dict[str, int] = panel["gridPos"]  # type: ignore[assignment]
        lines |= set(range(where["y"], where["y"] + where["h"]))

    assert set(range(max(lines) + 1)) == lines


def test_the_dashboard_shows_every_metric_and_no_other() -> None:
    assert set(ALL) == asked_for(expressions())


def test_an_expression_names_only_variables_that_are_there() -> None:
    named = {variable.name for variable in (read(DOCUMENT).templating.list_val or [])}

    assert {"datasource", "service"} == named
    assert set(re.findall(r"\$\{?(\w+)", DOCUMENT)) <= named | GRAFANAS | {"__all"}


@pytest.mark.parametrize("metric", ALL.values(), ids=lambda metric: metric.name)
def test_a_legend_names_only_labels_that_its_metric_has(metric: Metric) -> None:
    for query in dashboards.queries(metric):
        named = _LABEL.findall(query.legend)

        assert named
        assert set(named) <= {*metric.labels, *SCRAPED}
        assert set(named) <= set(re.findall(r"\w+", re.search(r"by \(([^)]*)\)", query.expression)[1]))  # type: ignore[index]


def test_a_counter_is_shown_as_a_rate_and_a_histogram_by_its_percentiles() -> None:
    kinds = {metric.kind: dashboards.queries(metric) for metric in ALL.values()}

    assert "rate(" in kinds[Kind.COUNTER][0].expression
    assert ["p50", "p99"] == [query.legend.split()[-1] for query in kinds[Kind.HISTOGRAM]]
    assert "rate(" not in kinds[Kind.GAUGE][0].expression


@needs_promtool
def test_prometheus_understands_every_expression_of_the_dashboard(tmp_path: Path) -> None:
    rules = [{"record": f"panel:n{number}", "expr": text} for number, text in enumerate(expressions())]
    file = tmp_path / "panels.yml"
    file.write_text(json.dumps({"groups": [{"name": "panels", "rules": rules}]}), encoding="utf-8")

    assert f"{len(rules)} rules found" in promtool("check", "rules", str(file))
