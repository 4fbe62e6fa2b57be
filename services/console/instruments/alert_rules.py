"""The alert rules as Prometheus reads them, their unit tests as promtool does, and what is to be scraped. Pure."""

import json
from collections.abc import Iterator, Sequence

from services.console.instruments.alert import JOB, Alert, Example
from services.console.instruments.alerts_of_tasks import ALERTS_OF_TASKS
from services.console.instruments.alerts_of_work import ALERTS_OF_WORK
from services.page.web.runbooks import address_of_runbook
from services.page.web.settings import WebSettings

GROUPS = {"tasks": ALERTS_OF_TASKS, "work": ALERTS_OF_WORK}
ALERTS: Sequence[Alert] = (*ALERTS_OF_TASKS, *ALERTS_OF_WORK)
RULES_FILE = "alerts.yml"
RUNBOOKS = "docs/runbooks"
PAGE = f"http://127.0.0.1:{WebSettings.model_fields['page_port'].default}"
"""Where the page is reached, unless it is said otherwise; it serves the runbooks to who is signed in."""
_MADE = "# Made from services/console/instruments by `make generate`.\n"


def rules(page: str = PAGE) -> str:
    """Give the file of alert rules, whose runbooks are read at a page."""
    groups = [
        {"name": f"shebao-{name}", "rules": [_rule(alert, page) for alert in alerts]} for name, alerts in GROUPS.items()
    ]
    return _written({"groups": groups})


def runbook_of(alert: str) -> str:
    """Name the runbook of an alert, as a path in the project."""
    return f"{RUNBOOKS}/{alert}.md"


def rule_tests(page: str = PAGE) -> str:
    """Give the file of unit tests: of each alert an example that raises it and one that does not."""
    tests = []
    for alert in ALERTS:
        raised = {
            "exp_labels": {"severity": alert.severity.value, **alert.raised_labels},
            "exp_annotations": _annotations(alert, page),
        }
        tests += [_test(alert, "raised", alert.raised, [raised]), _test(alert, "quiet", alert.quiet, [])]
    return _written({"rule_files": [RULES_FILE], "evaluation_interval": "1m", "tests": tests})


def scraping(targets: Sequence[str]) -> str:
    """Give a configuration of Prometheus that scrapes these workers (HOST:PORT)."""
    return _written(
        {
            "global": {"scrape_interval": "15s", "evaluation_interval": "15s"},
            "rule_files": [RULES_FILE],
            "scrape_configs": [{"job_name": JOB, "static_configs": [{"targets": list(targets)}]}],
        }
    )


def _rule(alert: Alert, page: str) -> dict[str, object]:
    return {
        "alert": alert.name,
        "expr": alert.expression,
        "for": f"{alert.held_minutes}m",
        "labels": {"severity": alert.severity.value},
        "annotations": _annotations(alert, page),
    }


def _annotations(alert: Alert, page: str) -> dict[str, str]:
    address = f"{page.rstrip('/')}{address_of_runbook(alert.name)}"
    return {"summary": alert.summary, "runbook": runbook_of(alert.name), "runbook_url": address}


def _test(alert: Alert, what: str, example: Example, expected: Sequence[object]) -> dict[str, object]:
    looked = {"eval_time": f"{example.minute}m", "alertname": alert.name, "exp_alerts": list(expected)}
    return {
        "name": f"{alert.name}, {what}",
        "interval": "1m",
        "input_series": [{"series": series, "values": values} for series, values in example.series.items()],
        "alert_rule_test": [looked],
    }


def _written(document: object) -> str:
    return _MADE + "".join(f"{line}\n" for line in _lines(document))


def _lines(document: object) -> Iterator[str]:
    """Write maps and lists as YAML in block style; a text as JSON, which YAML reads as it is."""
    if isinstance(document, dict) and document:
        for name, value in document.items():
            lines = list(_lines(value))
            if _is_block(value):
                yield f"{name}:"
                yield from (f"  {line}" for line in lines)
            else:
                yield f"{name}: {lines[0]}"
    elif isinstance(document, list) and document:
        for value in document:
            first, *others = _lines(value)
            yield f"- {first}"
            yield from (f"  {line}" for line in others)
    else:
        yield json.dumps(document, ensure_ascii=False)


def _is_block(value: object) -> bool:
    return isinstance(value, dict | list) and bool(value)
