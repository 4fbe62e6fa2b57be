"""The gauges of tasks, filled from their health whenever somebody scrapes."""

from collections.abc import Mapping
from datetime import UTC, datetime

from services.runtime.metrics import inventory
from services.runtime.metrics.exposition import Exposition
from services.runtime.task import TaskHealth

MS_A_SECOND = 1_000

Tasks = Mapping[str, Mapping[int, TaskHealth]]
"""Service → partition → health."""


class TaskGauges:
    """Shows the tasks a worker runs now; those it does not run any more are shown no more."""

    def __init__(self, exposition: Exposition) -> None:
        self._exposition = exposition
        self._restarts: dict[tuple[str, int], tuple[TaskHealth, int]] = {}

    def show(self, tasks: Tasks, now: datetime, now_s: float) -> None:
        """Fill all; `now` is the world's time, `now_s` the monotonic seconds of the tasks."""
        for metric in inventory.TASKS:
            if metric not in (inventory.RESTARTS, inventory.PARTITIONS):
                self._exposition.gauge(metric).clear()
        for service, partitions in tasks.items():
            for partition, health in partitions.items():
                self._show(service, partition, health, now, now_s)

    def _show(self, service: str, partition: int, health: TaskHealth, now: datetime, now_s: float) -> None:
        values = {
            inventory.RUNNING: health.state == "running",
            inventory.LAG: health.lag,
            inventory.OLDEST: oldest_age_s(health, now),
            inventory.PROGRESS_AGE: now_s - health.progressed_at,
            inventory.CASES: health.cases,
            inventory.PARKED: health.parked,
            inventory.HALTED: bool(health.halted),
            inventory.WAITING: bool(health.waiting_for),
            inventory.TIMERS_LATE: timers_late_s(health, now),
            inventory.TICK_AGE: tick_age_s(health, now),
            inventory.RESTORE_SECONDS: health.restore_s,
            inventory.RESTORED: health.restored,
        }
        for metric, value in values.items():
            self._exposition.gauge(metric).labels(service, partition).set(value)
        known, before = self._restarts.get((service, partition), (health, 0))
        grown = health.restarts - before if known is health else health.restarts
        self._restarts[service, partition] = health, health.restarts
        self._exposition.counter(inventory.RESTARTS).labels(service, partition).inc(grown)


def oldest_age_s(health: TaskHealth, now: datetime) -> float:
    """How long ago the oldest record that waits was appended."""
    if not health.oldest_undecided_ms:
        return 0.0
    return max(0.0, now.timestamp() - health.oldest_undecided_ms / MS_A_SECOND)


def timers_late_s(health: TaskHealth, now: datetime) -> float:
    """How long the earliest timer has been due; under a simulated clock as of the last tick."""
    if not (health.next_due and health.last_tick):
        return 0.0
    mesh_now = datetime.fromisoformat(health.last_tick) if health.simulated else now
    return max(0.0, (mesh_now - datetime.fromisoformat(health.next_due).astimezone(UTC)).total_seconds())


def tick_age_s(health: TaskHealth, now: datetime) -> float:
    """How old the last tick is that was handled."""
    if not health.last_tick or health.simulated:
        return 0.0
    return max(0.0, (now - datetime.fromisoformat(health.last_tick)).total_seconds())
