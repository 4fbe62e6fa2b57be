"""What operators look at is made from the inventory of metrics, is valid, and each alert has its runbook."""

import re
import shlex
from pathlib import Path

import pytest

from services.console.instruments.__main__ import EXIT_STALE, PROMETHEUS, ROOT, files, main, stale
from services.console.instruments.alert_rules import ALERTS, RUNBOOKS, rule_tests, rules
from services.console.instruments.all_metrics import ALL
from services.console.main import COMMANDS
from services.console.main import _loaded as loaded
from services.monitoring.alerts_catalogue import ALERTS as OF_MONITORING
from services.page.web.runbooks import names as served
from tests.services.console.promql import METRIC, asked_for, needs_promtool, promtool

_COMMAND = re.compile(r"`shebao ([^`]+)`")
RUNBOOK_PAGES = sorted((ROOT / RUNBOOKS).glob("*.md"))
SECTIONS = ["## What it means", "## What to look at", "## What to do"]


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
    assert [] == [name for name in METRIC.findall(text) if name not in ALL]


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


def test_rules_ask_only_for_metrics_of_the_inventory() -> None:
    assert set() == asked_for([alert.expression for alert in ALERTS]) - set(ALL)


def test_an_alert_leads_to_its_runbook_at_the_page() -> None:
    here = re.findall(r'runbook_url: "http://127\.0\.0\.1:18120/runbooks/([a-z-]+)"', rules())
    there = re.findall(
        r'runbook_url: "https://page\.agency\.example/runbooks/([a-z-]+)"', rules("https://page.agency.example/")
    )

    assert [alert.name for alert in ALERTS] == here == there
    assert set(here) <= set(served())


def test_a_page_without_an_address_is_not_written() -> None:
    assert EXIT_STALE == main(["--page", "page.agency.example"])


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
