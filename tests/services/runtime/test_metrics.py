"""The metrics of a worker: one inventory, and the endpoint shows that and nothing else."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import cast

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from schemas.decision import Outcome
from services.audit.metrics import AUDIT_WORKER
from services.clock.metrics import CLOCK_WORKER
from services.monitoring import pages
from services.monitoring.alerts import AlertBook
from services.monitoring.counters import Counters
from services.monitoring.metrics import MONITORING_WORKER
from services.page.store.metrics import STORE_WORKER
from services.runtime import health
from services.runtime.metrics import inventory
from services.runtime.metrics.exposition import Exposition
from services.runtime.metrics.inventory import DECIDING_WORKER
from services.runtime.metrics.kinds import Kind, Metric
from services.runtime.metrics.task_gauges import TaskGauges
from services.runtime.records import OutputRecord
from services.runtime.task import TaskHealth
from services.runtime.watch import CODES_MAX, OTHER_CODES, Watch
from services.runtime.watched import Committed, Timing

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
NAMES_OF_CASES = frozenset(
    "case key case_key event id event_id subject unit person offset trace decision source".split()
)
"""Labels that would have as many values as there are cases, or as a stranger wants."""


def values(exposition: Exposition, name: str) -> dict[tuple[str, ...], float]:
    """The samples of one name, by the values of their labels in the order of the labels' names."""
    families = text_string_to_metric_families(exposition.text(alive=True).decode())
    samples = [sample for family in families for sample in family.samples if sample.name == name]
    return {tuple(text for _, text in sorted(sample.labels.items())): sample.value for sample in samples}


def entry(code: str = "repaid", outcome: Outcome = Outcome.DECIDED, topic: str = "unit-paid") -> dict[str, object]:
    return {
        "number": 7,
        "kind": "record",
        "topic": topic,
        "offset": 3,
        "event_id": "e",
        "case_key": "91371002YY8T7RBQ7W",
        "outcome": outcome,
        "code": code,
        "said": [],
        "traceparent": "",
    }


def committed(*entries: dict[str, object], said: Sequence[OutputRecord] = ()) -> Committed:
    return Committed("arrears", 3, len(entries), entries, said, Timing(1.0, 1.5, 1.75))


@pytest.mark.parametrize(
    "part", [DECIDING_WORKER, CLOCK_WORKER, AUDIT_WORKER, STORE_WORKER], ids=["deciding", "clock", "audit", "store"]
)
def test_an_endpoint_shows_its_inventory_and_nothing_else(part: Sequence[Metric]) -> None:
    lines = Exposition("w", part).text(alive=True).decode().splitlines()
    shown = {tuple(line.split()[2:]) for line in lines if line.startswith("# TYPE ")}

    assert {(metric.name, metric.kind.value) for metric in part} == shown


def test_monitoring_shows_its_inventory_and_nothing_else() -> None:
    class Watched:
        reader = SimpleNamespace(counters=Counters())
        book, lag, is_whole = AlertBook(), 3, True

        def is_alive(self) -> bool:
            return True

    lines = pages.exposed(cast("pages.Watched", Watched()))().decode().splitlines()
    shown = {tuple(line.split()[2:]) for line in lines if line.startswith("# TYPE ")}

    assert {(metric.name, metric.kind.value) for metric in MONITORING_WORKER} == shown


def test_no_label_grows_with_the_cases() -> None:
    assert [] == [metric.name for metric in DECIDING_WORKER if NAMES_OF_CASES & set(metric.labels)]


def test_names_follow_the_conventions() -> None:
    """OpenTelemetry to Prometheus: dots become underscores, then the unit, then `_total` of a counter."""
    ends = {Kind.COUNTER: "_total", Kind.GAUGE: "", Kind.HISTOGRAM: "_seconds"}
    wanted = {
        metric.name: metric.convention.replace(".", "_") + ends[metric.kind]
        for metric in DECIDING_WORKER
        if metric.convention
    }

    assert {name: name for name in wanted} == wanted
    assert 4 == len(wanted)


def test_every_other_metric_is_ours_by_its_name_and_ends_in_its_unit() -> None:
    ours = [metric for metric in DECIDING_WORKER if not metric.convention and metric not in inventory.PROCESS]

    assert [] == [metric.name for metric in ours if not metric.name.startswith("shebao_")]
    assert [] == [one.name for one in ours if (one.kind is Kind.COUNTER) != one.name.endswith("_total")]
    assert [] == [one.name for one in ours if one.unit in ("seconds", "bytes") and one.unit not in one.name]


def test_a_transaction_is_counted_by_topic_outcome_and_code() -> None:
    exposition = Exposition("w", DECIDING_WORKER)
    said = [OutputRecord("arrears-changed", 3, b"k", b"v"), OutputRecord("arrears-dead", 3, b"k", b"v")]
    done = committed(entry(), entry(), entry("unit-unknown", Outcome.REFUSED), said=said)
    Watch(exposition).committed(done)

    assert {("arrears", "unit-paid", "kafka"): 3.0} == values(exposition, inventory.CONSUMED.name)
    assert {("arrears", "arrears-changed", "kafka"): 1.0, ("arrears", "arrears-dead", "kafka"): 1.0} == values(
        exposition, inventory.SENT.name
    )
    assert 2.0 == values(exposition, inventory.DECISIONS.name)["repaid", "record", "decided", "arrears"]
    assert {("unit-unknown", "arrears", "unit-paid"): 1.0} == values(exposition, inventory.REFUSED.name)
    assert {("arrears",): 3.0} == values(exposition, "shebao_batch_records_sum")
    assert {("arrears", "commit", "kafka"): 0.25} == values(exposition, f"{inventory.OPERATION_SECONDS.name}_sum")
    assert {("arrears", "process", "kafka"): 0.75} == values(exposition, f"{inventory.PROCESS_SECONDS.name}_sum")


def test_codes_beyond_a_bound_are_counted_together() -> None:
    exposition = Exposition("w", DECIDING_WORKER)
    Watch(exposition).committed(committed(*(entry(f"code-{number}") for number in range(CODES_MAX + 5))))
    found = values(exposition, inventory.DECISIONS.name)

    assert CODES_MAX + 1 == len(found)
    assert 5.0 == found[OTHER_CODES, "record", "decided", "arrears"]


def shown(tasks: dict[int, TaskHealth], gauges: TaskGauges) -> None:
    gauges.show({"arrears": tasks}, NOW, now_s=100.0)


def test_a_task_shows_how_it_stands() -> None:
    exposition = Exposition("w", DECIDING_WORKER)
    health_then = TaskHealth(
        state="running",
        lag=12,
        halted="unit-paid from urn:weihai:tax",
        progressed_at=95.0,
        last_tick=(NOW - timedelta(seconds=40)).isoformat(),
        next_due=(NOW - timedelta(seconds=9)).isoformat(),
        oldest_undecided_ms=int((NOW - timedelta(seconds=3)).timestamp() * 1000),
    )
    shown({3: health_then}, TaskGauges(exposition))
    wanted = {
        inventory.RUNNING: 1.0,
        inventory.LAG: 12.0,
        inventory.HALTED: 1.0,
        inventory.WAITING: 0.0,
        inventory.PROGRESS_AGE: 5.0,
        inventory.TICK_AGE: 40.0,
        inventory.TIMERS_LATE: 9.0,
        inventory.OLDEST: 3.0,
    }

    assert wanted == {metric: values(exposition, metric.name)["3", "arrears"] for metric in wanted}


def test_under_a_simulated_clock_a_timer_is_late_by_the_last_tick() -> None:
    exposition = Exposition("w", DECIDING_WORKER)
    due, tick = NOW + timedelta(days=10), NOW + timedelta(days=10, seconds=7)
    ahead = TaskHealth(state="running", last_tick=tick.isoformat(), next_due=due.isoformat(), simulated=True)
    shown({3: ahead}, TaskGauges(exposition))

    assert {("3", "arrears"): 7.0} == values(exposition, inventory.TIMERS_LATE.name)
    assert {("3", "arrears"): 0.0} == values(exposition, inventory.TICK_AGE.name)


def test_a_task_that_has_moved_away_is_shown_no_more_and_its_restarts_still_count() -> None:
    exposition = Exposition("w", DECIDING_WORKER)
    gauges = TaskGauges(exposition)
    shown({3: TaskHealth(restarts=2)}, gauges)
    shown({}, gauges)
    gone = values(exposition, inventory.LAG.name)
    shown({3: TaskHealth(restarts=1)}, gauges)

    assert {} == gone
    assert {("3", "arrears"): 3.0} == values(exposition, inventory.RESTARTS.name)


@pytest.mark.asyncio
@pytest.mark.timeout(30)
async def test_the_metrics_stand_beside_the_health_page() -> None:
    async def page() -> dict[str, object]:
        return {"alive": True}

    async def scrape() -> bytes:
        return Exposition("w", CLOCK_WORKER).text(alive=True)

    runner, port = await health.serve(0, page, scrape)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
        answer, alive = await client.get("/metrics"), await client.get("/health")
    await runner.cleanup()

    assert 200 == alive.status_code
    assert "text/plain; version=0.0.4; charset=utf-8" == answer.headers["content-type"]
    assert "shebao_worker_alive 1.0" in answer.text.splitlines()
