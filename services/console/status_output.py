"""The workers of a mesh as a table: tasks, rate, lag, refused, parked."""

import time
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, TypeVar

from rich.console import RenderableType

from services.console.titled import titled
from services.sandbox.mesh import WorkerStatus

K = TypeVar("K", bound=Hashable)


class Rates:
    """Records a second of whatever counts them, from one look to the next."""

    def __init__(self, now_s: Callable[[], float] = time.monotonic) -> None:
        self._now_s = now_s
        self._last: dict[Hashable, tuple[float, int]] = {}

    def of(self, workers: Sequence[WorkerStatus]) -> dict[str, float]:
        """Give each worker's rate since the last look; 0 at the first, and after a worker began anew."""
        return self.of_counts({worker.name: _sum(worker.tasks, "records") for worker in workers})

    def of_counts(self, counts: Mapping[K, int]) -> dict[K, float]:
        """Give the rate of each count since the last look; 0 at its first, and after it began anew."""
        now = self._now_s()
        found = {}
        for name, count in counts.items():
            at, before = self._last.get(name, (now, count))
            found[name] = max(count - before, 0) / (now - at) if now > at else 0.0
            self._last[name] = (now, count)
        return found


def as_table(workers: Sequence[WorkerStatus], rates: Rates) -> RenderableType:
    """A row a worker; what needs a person is named in the last column."""
    rate = rates.of(workers)
    rows = [_row(worker, rate[worker.name]) for worker in workers]
    return titled("工作进程", ("|进程", ">任务", ">条/秒", ">积压", ">案件", ">拒收", ">暂停", "情况"), rows)


def _row(worker: WorkerStatus, rate: float) -> tuple[str, ...]:
    tasks = worker.tasks
    counts = tuple(f"{_sum(tasks, name):,}" for name in ("lag", "cases", "refused", "parked"))
    return (worker.name, str(len(tasks)), f"{rate:,.0f}", *counts, _situation(worker))


def _sum(tasks: Sequence[dict[str, Any]], name: str) -> int:
    return sum(int(task[name]) for task in tasks)


def _situation(worker: WorkerStatus) -> str:
    if not worker.running:
        return "未运行" if worker.page is None else "由另一目录启动"  # its port answers: somebody else's mesh
    if worker.page is None:
        return "未应答"
    halted = [f"分区 {task['partition']} 停办" for task in worker.tasks if task["halted"]]
    waiting = sorted({f"等候 {task['waiting_for']}" for task in worker.tasks if task["waiting_for"]})
    opening = sum(task["state"] != "running" for task in worker.tasks)
    notes = halted + waiting + ([f"{opening} 个任务正在打开"] if opening else [])
    if worker.page.get("refused"):
        notes.append(f"{len(worker.page['refused'])} 个任务停止签封，请用 shebao audit verify 核验")
    if not worker.page["alive"]:
        notes.append("无进展")
    return "；".join(notes) or "正常"
