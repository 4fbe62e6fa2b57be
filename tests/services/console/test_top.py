"""What `shebao top` draws: sums, the tasks that need a look, alerts."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from rich.console import Console

from services.console.top_output import TASKS_SHOWN_MAX, Look, Top, age_text
from services.sandbox.mesh import WorkerStatus

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)


def ms_ago(seconds: float) -> int:
    return int((NOW - timedelta(seconds=seconds)).timestamp() * 1000)


def task(service: str = "arrears", **changed: object) -> dict[str, object]:
    return {
        "service": service,
        "partition": 3,
        "state": "running",
        "alive": True,
        "records": 10,
        "lag": 7,
        "cases": 5,
        "refused": 2,
        "parked": 0,
        "halted": "",
        "waiting_for": "",
        "restarts": 1,
        "next_due": "",
        "oldest_undecided_ms": 0,
    } | changed


def drawn(*tasks: dict[str, object], summary: dict[str, object] | None = None) -> str:
    worker = WorkerStatus("arrears", True, {"alive": True, "tasks": list(tasks)})
    console = Console(width=140)
    with console.capture() as capture:
        console.print(Top().draw(Look([worker], summary or {}, NOW)))
    return capture.get()


def cells(shown: str, begins: str) -> list[str]:
    row = next(line for line in shown.splitlines() if line.startswith(f"│ {begins} "))
    return [cell.strip() for cell in row.strip("│").split("│")]


def test_services_are_shown_apart_though_one_worker_runs_them() -> None:
    shown = drawn(task(), task(partition=4, state="opening"), task("documents", next_due=NOW.isoformat()))

    assert ["documents", "1/1", "0", "7", "", "5", "2", "0", "1", "2026-11-02 17:30"] == cells(shown, "documents")
    assert "1/2" in shown


def test_the_first_line_sums_up_the_mesh() -> None:
    shown = drawn(task(oldest_undecided_ms=ms_ago(90), parked=2), task(partition=4, halted="unit-paid from tax"))

    assert "积压 14" in shown.splitlines()[0]
    assert ["最久未决 2 分", "拒收 4", "暂停 2", "停办 1"] == shown.splitlines()[0].split("  ")[-4:]


def test_a_calm_mesh_shows_no_task_and_no_alert() -> None:
    shown = drawn(task())

    assert "需要查看的任务" not in shown
    assert "告警" not in shown


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"halted": "unit-paid from urn:weihai:tax"}, "停办：unit-paid"),
        ({"waiting_for": "registry"}, "等候 registry"),
        ({"state": "opening"}, "正在打开"),
        ({"state": "fenced"}, "被接管"),
        ({"parked": 2}, "暂停 2 案"),
        ({"alive": False}, "无进展"),
        ({"oldest_undecided_ms": ms_ago(61)}, "久未决定"),
    ],
)
def test_a_task_that_needs_a_look_is_named_with_its_reason(changed: dict[str, Any], words: str) -> None:
    assert words in drawn(task(**changed))


def test_of_many_tasks_in_trouble_the_worst_are_shown_first() -> None:
    tasks = [task(partition=number, oldest_undecided_ms=ms_ago(100 * number)) for number in range(1, 21)]
    rows = [line for line in drawn(*tasks).splitlines() if "久未决定" in line]

    assert TASKS_SHOWN_MAX == len(rows)
    assert "20" == rows[0].split("│")[2].strip()
    assert f"另有 {20 - TASKS_SHOWN_MAX} 个任务" in drawn(*tasks)


def test_alerts_of_monitoring_are_shown() -> None:
    alert = {
        "alert": "cases-parked",
        "service": "arrears",
        "district": None,
        "kind": None,
        "reason": "有 1 个案件已搁置，等待人工放行",
        "runbook": "docs/runbooks/cases-parked.md",
    }
    row = cells(drawn(task(), summary={"alerts": [alert]}), "cases-parked")

    assert ["cases-parked", "arrears", "有 1 个案件已搁置，等待人工放行", "docs/runbooks/cases-parked.md"] == row


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, ""), (59, "59 秒"), (60, "1 分"), (7_200, "2 小时"), (172_800, "2 天")]
)
def test_an_age_is_told_in_its_unit(seconds: float, text: str) -> None:
    assert text == age_text(seconds)


def test_where_nothing_waits_the_first_line_says_so() -> None:
    assert "最久未决 无" in drawn(task()).splitlines()[0]
