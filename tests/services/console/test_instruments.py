"""What operators look at is made from the inventory of metrics, is valid, and each alert has its runbook."""

import json
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from services.console.instruments import dashboards
from services.console.instruments.__main__ import PROMETHEUS, ROOT, files, stale
from services.console.instruments.alert_rules import ALERTS, RUNBOOKS, rule_tests, rules
from services.console.instruments.all_metrics import ALL
from services.console.main import COMMANDS
from services.console.main import _loaded as loaded
from services.monitoring.alerts_catalogue import ALERTS as OF_MONITORING
from services.runtime.metrics.kinds import Kind

PROMTOOL = shutil.which("promtool")
needs_promtool = pytest.mark.skipif(
    PROMTOOL is None, reason="promtool is not here: install Debian's package prometheus, or put promtool on the PATH"
)
_METRIC = re.compile(r"\b(?:shebao|messaging|process)_[a-z_]+[a-z]\b(?!=)")
_COMMAND = re.compile(r"`shebao ([^`]+)`")
_NO_METRICS = frozenset({"messaging_consumer_group_name", "messaging_operation_name", "messaging_destination_name"})
RUNBOOK_PAGES = sorted((ROOT / RUNBOOKS).glob("*.md"))
SECTIONS = ["## What it means", "## What to look at", "## What to do"]


def promtool(*arguments: str) -> str:
    """What promtool says; it fails the test where promtool finds fault."""
    assert PROMTOOL is not None
    done = subprocess.run([PROMTOOL, *arguments], capture_output=True, text=True, timeout=60, check=False)
    assert 0 == done.returncode, done.stdout + done.stderr
    return done.stdout


def test_nothing_generated_is_stale() -> None:
    assert [] == stale(files())


def test_a_stale_file_is_seen() -> None:
    changed = {file: f"{text} " for file, text in files().items()}

    assert len(changed) == len(stale(changed))


def test_alerts_rules_and_runbooks_are_the_same() -> None:
    """A runbook may serve both an alert of Prometheus and one of monitoring, where they say the same."""
    alerts = [alert.name for alert in ALERTS]
    runbooks = {path.stem for path in RUNBOOK_PAGES}
    of_monitoring = {rule.name for rule in OF_MONITORING}

    assert sorted(alerts) == sorted(re.findall(r'alert: "([a-z-]+)"', rules()))
    assert len(set(alerts)) == len(alerts)
    assert {*alerts, *of_monitoring} == runbooks


@pytest.mark.parametrize("page", RUNBOOK_PAGES, ids=lambda page: page.stem)
def test_a_runbook_says_what_it_means_what_to_look_at_and_what_to_do(page: Path) -> None:
    text = page.read_text(encoding="utf-8")

    assert f"# {page.stem}" == text.splitlines()[0]

    assert SECTIONS == re.findall(r"^## .*$", text, re.MULTILINE)
    assert [] == [fault for said in _COMMAND.findall(text) for fault in command_faults(said)]
    assert [] == [name for name in _METRIC.findall(text) if name not in ALL]


def command_faults(said: str) -> list[str]:
    """Say which words and options of a command of `shebao` do not exist."""
    first, *words = shlex.split(said)
    if first not in COMMANDS:
        return [first]
    command = loaded(first)
    if words and words[0] in getattr(command, "commands", {}):
        command = command.commands[words.pop(0)]
    options = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
    is_group = bool(getattr(command, "commands", {})) and not getattr(command, "invoke_without_command", False)
    faults = [first] if is_group else []
    return faults + [word for word in words if word.startswith("-") and word not in options]


@pytest.mark.parametrize(
    ("said", "faults"),
    [
        ("brew tea", ["brew"]),
        ("dead boil", ["dead"]),
        ("dead list --open --hot", ["--hot"]),
        ("explain CASE", []),
        ("inventory --district CODE", []),
        ("parked release SERVICE CASE --because '…' --apply", []),
    ],
)
def test_a_command_that_is_not_there_is_seen(said: str, faults: list[str]) -> None:
    assert faults == command_faults(said)


def asked_for(expressions: list[str]) -> set[str]:
    """The metrics that expressions name, without what a histogram adds to its name."""
    names = {re.sub("_bucket$", "", name) for text in expressions for name in _METRIC.findall(text)}
    return names - _NO_METRICS


def test_rules_ask_only_for_metrics_of_the_inventory() -> None:
    assert set() == asked_for([alert.expression for alert in ALERTS]) - set(ALL)


def panels() -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(dashboards.dashboard())["panels"]
    return found


def expressions() -> list[str]:
    """Every expression of the dashboard, with Grafana's variables filled in."""
    filled = {"$__rate_interval": "1m", "$service": ".*"}
    found = [str(target["expr"]) for panel in panels() for target in panel.get("targets", [])]  # type: ignore[attr-defined]
    for name, value in filled.items():
        found = [text.replace(name, value) for text in found]
    return found


def test_the_dashboard_shows_every_metric_and_no_other() -> None:
    assert set(ALL) == asked_for(expressions())


def test_panels_do_not_lie_on_one_another() -> None:
    taken: dict[tuple[int, int], object] = {}
    for panel in panels():
        where: dict[str, int] = panel["gridPos"]  # type: ignore[assignment]
        for x in range(where["x"], where["x"] + where["w"]):
            for y in range(where["y"], where["y"] + where["h"]):
                assert (x, y) not in taken, (panel["title"], taken[x, y])
                taken[x, y] = panel["title"]

    assert 24 > max(x for x, _ in taken)
    assert len(panels()) == len({panel["id"] for panel in panels()})


def test_a_counter_is_shown_as_a_rate_and_a_histogram_by_its_percentiles() -> None:
    kinds = {metric.kind: dashboards.queries(metric) for metric in ALL.values()}

    assert "rate(" in kinds[Kind.COUNTER][0].expression
    assert ["p50", "p99"] == [query.legend.split()[-1] for query in kinds[Kind.HISTOGRAM]]
    assert "rate(" not in kinds[Kind.GAUGE][0].expression


@needs_promtool
def test_prometheus_takes_the_rules_and_the_configuration() -> None:
    assert f"{len(ALERTS)} rules found" in promtool("check", "rules", str(PROMETHEUS / "alerts.yml"))
    assert "SUCCESS" in promtool("check", "config", str(PROMETHEUS / "prometheus.yml"))


@needs_promtool
def test_each_alert_is_raised_by_its_example_and_not_by_the_other() -> None:
    """What is tested stands in the repository, so that an operator can say the same."""
    promtool("test", "rules", str(PROMETHEUS / "alerts_test.yml"))


@needs_promtool
def test_a_rule_that_does_not_hold_fails(tmp_path: Path) -> None:
    (tmp_path / "alerts.yml").write_text(rules().replace("> 60 and", "> 6000 and"), encoding="utf-8")
    (tmp_path / "alerts_test.yml").write_text(rule_tests(), encoding="utf-8")
    with pytest.raises(AssertionError, match="task-stuck"):
        promtool("test", "rules", str(tmp_path / "alerts_test.yml"))


@needs_promtool
def test_prometheus_understands_every_expression_of_the_dashboard(tmp_path: Path) -> None:
    written = [{"record": f"panel:{number}", "expr": text} for number, text in enumerate(expressions())]
    named = [{**one, "record": f"panel:n{number}"} for number, one in enumerate(written)]
    file = tmp_path / "panels.yml"
    file.write_text(json.dumps({"groups": [{"name": "panels", "rules": named}]}), encoding="utf-8")

    assert f"{len(named)} rules found" in promtool("check", "rules", str(file))
