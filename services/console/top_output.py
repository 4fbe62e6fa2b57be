"""What `shebao top` shows: the mesh in one line, services, the tasks that need a look, alerts. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from services.audit.words import local_time
from services.console.status_output import Rates, as_table
from services.console.titled import titled
from services.sandbox.mesh import WorkerStatus

TASKS_SHOWN_MAX = 12
ALERTS_SHOWN_MAX = 12
OLD_S = 60
"""From this age of its oldest record on a task is shown among those that need a look."""
MINUTE_S, HOUR_S, DAY_S = 60, 3_600, 86_400

TaskPage = Mapping[str, Any]
ServicePlace = tuple[str, str]
"""Worker and service."""


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen at one instant: workers with their pages, and what monitoring sums up (empty where it is away)."""

    workers: Sequence[WorkerStatus]
    summary: Mapping[str, Any]
    now: datetime


class Top:
    """Draws one look after the other; rates are from look to look."""

    def __init__(self) -> None:
        self._of_workers, self._of_services = Rates(), Rates()

    def draw(self, look: Look) -> RenderableType:
        """Give the whole view."""
        rates = self._of_services.of_counts(_records(look.workers))
        parts: list[RenderableType] = [headline(look, sum(rates.values()))]
        parts += [as_table(look.workers, self._of_workers), services_table(look, rates)]
        parts += [table for table in (tasks_table(look), alerts_table(look)) if table is not None]
        return Group(*parts)


def headline(look: Look, rate: float) -> Text:
    """The mesh in one line."""
    tasks = [task for worker in look.workers for task in worker.tasks]
    not_running = sum(not worker.running for worker in look.workers)
    parts = [
        local_time(look.now),
        f"{rate:,.0f} 条/秒",
        f"积压 {_sum(tasks, 'lag'):,}",
        f"最久未决 {age_text(_oldest_s(tasks, look.now)) or '无'}",
        f"拒收 {_sum(tasks, 'refused'):,}",
        f"暂停 {_sum(tasks, 'parked'):,}",
        f"停办 {sum(bool(task['halted']) for task in tasks)}",
    ]
    if not_running:
        parts.append(f"未运行 {not_running}")
    return Text("  ".join(parts), style="bold")


def services_table(look: Look, rates: Mapping[ServicePlace, float]) -> RenderableType:
    """A row a service of a worker."""
    rows = []
    for (worker, service), tasks in _by_service(look.workers).items():
        running = sum(task["state"] == "running" for task in tasks)
        counts = [f"{_sum(tasks, name):,}" for name in ("cases", "refused", "parked", "restarts")]
        due = min((str(task["next_due"]) for task in tasks if task["next_due"]), default="")
        rows.append(
            (
                service,
                f"{running}/{len(tasks)}",
                f"{rates[worker, service]:,.0f}",
                f"{_sum(tasks, 'lag'):,}",
                age_text(_oldest_s(tasks, look.now)),
                *counts,
                local_time(datetime.fromisoformat(due)) if due else "",
            )
        )
    columns = ("|服务", ">任务", ">条/秒", ">积压", ">最久未决", ">案件", ">拒收", ">暂停", ">重启", "下一到期")
    return titled("服务", columns, rows)


def tasks_table(look: Look) -> RenderableType | None:
    """The tasks that need a look, the worst first; None without one."""
    found = [(_trouble(task, look.now), task) for worker in look.workers for task in worker.tasks]
    troubled = sorted(
        ((trouble, task) for trouble, task in found if trouble), key=lambda one: -_oldest_s([one[1]], look.now)
    )
    if not troubled:
        return None
    rows = [
        (
            str(task["service"]),
            str(task["partition"]),
            f"{task['lag']:,}",
            age_text(_oldest_s([task], look.now)),
            trouble,
        )
        for trouble, task in troubled[:TASKS_SHOWN_MAX]
    ]
    if len(troubled) > TASKS_SHOWN_MAX:
        rows.append(("…", "", "", "", f"另有 {len(troubled) - TASKS_SHOWN_MAX} 个任务"))
    return titled("需要查看的任务", ("|服务", ">分区", ">积压", ">最久未决", "情况"), rows)


def alerts_table(look: Look) -> RenderableType | None:
    """What monitoring says stands; None where nothing does."""
    alerts = list(look.summary.get("alerts", ()))
    if not alerts:
        return None
    rows = [(str(one["alert"]), _scope(one), str(one["reason"]), str(one["runbook"])) for one in alerts]
    left_out = rows[ALERTS_SHOWN_MAX:]
    rows = rows[:ALERTS_SHOWN_MAX]
    if left_out:
        rows.append(("…", "", f"另有 {len(left_out)} 条", ""))
    return titled(f"告警：{len(alerts)} 条", ("|告警", "范围", "说明", "处理"), rows)


def _scope(alert: Mapping[str, Any]) -> str:
    return " ".join(str(alert[name]) for name in ("service", "district", "kind") if alert.get(name))


def age_text(seconds: float) -> str:
    """Say an age in the unit that suits it; nothing where there is none."""
    if seconds <= 0:
        return ""
    for unit_s, word in ((DAY_S, "天"), (HOUR_S, "小时"), (MINUTE_S, "分")):
        if seconds >= unit_s:
            return f"{seconds / unit_s:.0f} {word}"
    return f"{seconds:.0f} 秒"


def _trouble(task: TaskPage, now: datetime) -> str:
    notes = [f"停办：{task['halted']}"] if task["halted"] else []
    if task["waiting_for"]:
        notes.append(f"等候 {task['waiting_for']}")
    if task["state"] != "running":
        notes.append("被接管" if task["state"] == "fenced" else "正在打开")
    if task["parked"]:
        notes.append(f"暂停 {task['parked']} 案")
    if not task["alive"]:
        notes.append("无进展")
    if not notes and _oldest_s([task], now) >= OLD_S:
        notes.append("久未决定")
    return "；".join(notes)


def _oldest_s(tasks: Sequence[TaskPage], now: datetime) -> float:
    appended = [int(task["oldest_undecided_ms"]) for task in tasks if task["oldest_undecided_ms"]]
    return max(0.0, now.timestamp() - min(appended) / 1_000) if appended else 0.0


def _sum(tasks: Sequence[TaskPage], name: str) -> int:
    return sum(int(task[name]) for task in tasks)


def _by_service(workers: Sequence[WorkerStatus]) -> dict[ServicePlace, list[TaskPage]]:
    found: dict[ServicePlace, list[TaskPage]] = {}
    for worker in workers:
        for task in worker.tasks:
            found.setdefault((worker.name, str(task["service"])), []).append(task)
    return found


def _records(workers: Sequence[WorkerStatus]) -> dict[ServicePlace, int]:
    return {place: _sum(tasks, "records") for place, tasks in _by_service(workers).items()}


def now() -> datetime:
    """This machine's time."""
    return datetime.now(UTC)
