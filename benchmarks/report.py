"""What was measured, as tables for people and as numbers by name for machines."""

import json
import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.contenders import OURS, Contender
from benchmarks.drain import Drained
from benchmarks.latency import Latency
from benchmarks.restore import Restored
from benchmarks.stages import Stages

FIGURES = (
    "runtime_events_per_s",
    "faust_at_least_once_events_per_s",
    "faust_exactly_once_events_per_s",
    "quix_exactly_once_events_per_s",
    "faststream_events_per_s",
    "confluent_transactional_events_per_s",
    "hop_latency_ms_p50",
    "hop_latency_ms_p99",
    "restore_100k_cases_s",
    "open_cases_100k_mib",
    "arrears_facts_per_s",
    "monitoring_records_per_s",
    "inventory_100k_s",
    "as_of_events_per_s",
    "notices_1000_s",
    "page_store_facts_per_s",
    "page_queries_100k_ms_p95",
    "page_list_100k_ms_p95",
    "page_list_100k_cpu_ms",
    "fact_to_page_s_p95",
)
"""The names in `bench.json`, all of them and no others."""

EVENTS_PER_S_MIN = 15_000
TIMES_FAUST_MIN = 10
P50_MS_MAX, P99_MS_MAX = 50, 150
RESTORE_S_MAX = 15
NOTICES_S_MAX = 60
MEMORY_MIB_MAX = 800_000_000 / 2**20
ARREARS_FACTS_PER_S_MIN = 8_000
MONITORED_PER_S_MIN = 8_000
INVENTORY_S_MAX = 5
STORED_FACTS_PER_S_MIN = 5_000
QUERIES_P95_MS_MAX = 200
LISTED_P95_MS_MAX, LISTED_CPU_MS_MAX = 200, 20
"""The latter is all that one core has for each of fifty requests a second."""
FACT_TO_PAGE_S_MAX = 2


def medians(runs: Mapping[Contender, Sequence[Drained]]) -> dict[str, float]:
    """Events a second of each contender that ran, by figure name."""
    return {
        contender.figure: statistics.median(run.events_per_s for run in done)
        for contender, done in runs.items()
        if done
    }


def write_figures(path: Path, figures: Mapping[str, float]) -> None:
    """Write `bench.json`; what could not be measured is null."""
    path.parent.mkdir(parents=True, exist_ok=True)
    named = {name: round(figures[name], 2) if name in figures else None for name in FIGURES}
    path.write_text(json.dumps(named, indent=2) + "\n", encoding="utf-8")


def contenders_table(runs: Mapping[Contender, Sequence[Drained]], failures: Mapping[Contender, str]) -> Table:
    """Everyone's rate, and how ours compares."""
    table = Table(title="validate → count per unit → emit: one process, one broker on the same machine")
    for heading in ("contender", "guarantee", "events/s", "each run", "ours is", "CPU µs/event"):
        table.add_column(heading, justify="left" if heading in {"contender", "guarantee"} else "right")
    rates = medians(runs)
    for contender, done in runs.items():
        if not done:
            table.add_row(contender.title, contender.guarantee, "failed", failures.get(contender, ""), "", "")
            continue
        rate, ours = rates[contender.figure], rates.get(OURS.figure)
        times = "" if contender == OURS or ours is None else f"{ours / rate:.2f} ×"
        each = ", ".join(f"{run.events_per_s:,.0f}" for run in done)
        cpu = statistics.median(run.cpu_us_per_event for run in done)
        table.add_row(contender.title, contender.guarantee, f"{rate:,.0f}", each, times, f"{cpu:.0f}")
    return table


def stages_table(stages: Stages, events_per_s: float) -> Table:
    """Where our worker's time goes: the shares of a watched run, in microseconds of an event of the others."""
    table = Table(title=f"each stage of our road, of {1e6 / events_per_s:.1f} µs an event")
    for heading in ("stage", "µs/event", "share"):
        table.add_column(heading, justify="left" if heading == "stage" else "right")
    for stage, share in stages.shares.items():
        table.add_row(stage, f"{share * 1e6 / events_per_s:.1f}", f"{share:.0%}")
    table.caption = f"shares from a run that was watched, which slows it to {stages.events_per_s:,.0f} events/s"
    return table


def targets_table(figures: Mapping[str, float], latency: Latency | None, restored: Restored | None) -> Table:
    """The figures that were asked for, and whether they are reached."""
    table = Table(title="what was asked for")
    for heading in ("figure", "measured", "wanted", "reached"):
        table.add_column(heading, justify="left" if heading == "figure" else "right")
    rate = figures.get(OURS.figure)
    _target(table, "events/s, full road, one worker", rate, EVENTS_PER_S_MIN, at_least=True)
    for name in ("faust_at_least_once_events_per_s", "faust_exactly_once_events_per_s"):
        times = rate / figures[name] if rate is not None and name in figures else None
        _target(table, f"times {name.removesuffix('_events_per_s')}", times, TIMES_FAUST_MIN, at_least=True)
    samples = "" if latency is None else f" ({latency.samples} hops, think time at random)"
    _target(table, f"idle hop p50, ms{samples}", figures.get("hop_latency_ms_p50"), P50_MS_MAX)
    _target(table, "idle hop p99, ms", figures.get("hop_latency_ms_p99"), P99_MS_MAX)
    each = "" if restored is None else f" ({restored.bytes_a_case:,.0f} B a case)"
    _target(table, f"restore of 100,000 cases, s{each}", figures.get("restore_100k_cases_s"), RESTORE_S_MAX)
    _target(table, "memory with 100,000 open cases, MiB", figures.get("open_cases_100k_mib"), MEMORY_MIB_MAX)
    mixed = figures.get("arrears_facts_per_s")
    _target(table, "mixed arrears facts/s, without the client", mixed, ARREARS_FACTS_PER_S_MIN, at_least=True)
    monitored = figures.get("monitoring_records_per_s")
    _target(table, "monitoring, records/s of one worker", monitored, MONITORED_PER_S_MIN, at_least=True)
    _target(table, "inventory of 100,000 units, s", figures.get("inventory_100k_s"), INVENTORY_S_MAX)
    _target(table, "1,000 notices as PDF, s", figures.get("notices_1000_s"), NOTICES_S_MAX)
    stored = figures.get("page_store_facts_per_s")
    _target(table, "facts/s into the page's store (SQLite)", stored, STORED_FACTS_PER_S_MIN, at_least=True)
    queries = figures.get("page_queries_100k_ms_p95")
    _target(table, "page queries of 100,000 cases, 50 a second, p95 ms", queries, QUERIES_P95_MS_MAX)
    listed, listed_cpu = figures.get("page_list_100k_ms_p95"), figures.get("page_list_100k_cpu_ms")
    _target(table, "page's list of 100,000 units over HTTP, 50 a second, p95 ms", listed, LISTED_P95_MS_MAX)
    _target(table, "the same, ms of CPU a request", listed_cpu, LISTED_CPU_MS_MAX)
    _target(table, "from fact to page, p95 s", figures.get("fact_to_page_s_p95"), FACT_TO_PAGE_S_MAX)
    return table


def _target(table: Table, title: str, value: float | None, wanted: float, *, at_least: bool = False) -> None:
    sign = "≥" if at_least else "<"
    if value is None:
        table.add_row(title, "not measured", f"{sign} {wanted:,.0f}", "[red]no[/]")
        return
    reached = value >= wanted if at_least else value < wanted
    table.add_row(title, f"{value:,.1f}", f"{sign} {wanted:,.0f}", "yes" if reached else "[red]no[/]")


def show(console: Console, *tables: Table) -> None:
    """Print tables."""
    for table in tables:
        console.print(table)
        console.print()
