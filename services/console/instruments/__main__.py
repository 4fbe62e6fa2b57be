"""Write what operators look at: `python -m services.console.instruments [--check | --page ADDRESS]`.

`--check` writes nothing and fails when a file is stale, or one lies there that belongs to nothing. `--page` names where people
reach the page (as in `SHEBAO_PAGE_ADDRESS`): an alert's `runbook_url` leads there.
"""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from services.console.instruments import alert_rules, dashboards, metrics_page
from services.sandbox.mesh import WORKERS
from services.sandbox.settings import SandboxSettings

ROOT = Path(__file__).resolve().parents[3]
PROMETHEUS, GRAFANA = ROOT / "deploy" / "prometheus", ROOT / "deploy" / "grafana"
EXIT_STALE = 1


def files(page: str = alert_rules.PAGE) -> dict[Path, str]:
    """Give every file as it should stand, for a page at an address."""
    first = SandboxSettings.model_fields["worker_port"].default
    targets = [f"127.0.0.1:{first + place}" for place in range(len(WORKERS) + 1)]  # the last: the page's feeder
    return {
        ROOT / "docs" / "generated" / "metrics.md": metrics_page.text(),
        PROMETHEUS / alert_rules.RULES_FILE: alert_rules.rules(page),
        PROMETHEUS / "alerts_test.yml": alert_rules.rule_tests(page),
        PROMETHEUS / "prometheus.yml": alert_rules.scraping(targets),
        GRAFANA / "mesh.json": dashboards.dashboard(),
    }


def stale(wanted: Mapping[Path, str]) -> list[str]:
    """Say which files differ from what they should be."""
    return [
        f"{file.relative_to(ROOT)} is stale"
        for file, text in wanted.items()
        if not file.exists() or file.read_text(encoding="utf-8") != text
    ]


def main(arguments: Sequence[str]) -> int:
    """Run; give the exit code."""
    match list(arguments):
        case ["--page", address] if address.startswith(("http://", "https://")):
            wanted = files(address)
        case [] | ["--check"]:
            wanted = files()
        case _:
            sys.stderr.write("say nothing, --check, or --page and an address that begins with https://\n")
            return EXIT_STALE
    if "--check" in arguments:
        found = stale(wanted)
        sys.stderr.write("".join(f"{line}\n" for line in [*found, "say `make generate`"]) if found else "")
        return EXIT_STALE if found else 0
    for file, text in wanted.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
