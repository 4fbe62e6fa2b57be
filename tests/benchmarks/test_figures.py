"""The file of figures has the names that were agreed, whatever could be measured."""

import json
from pathlib import Path

from benchmarks.contenders import OURS, PEERS
from benchmarks.report import FIGURES, write_figures

AGREED = {
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
}


def test_the_file_has_exactly_the_agreed_names(tmp_path: Path) -> None:
    path = tmp_path / "build" / "bench.json"
    write_figures(path, dict.fromkeys(AGREED, 1.0) | {"something_else": 2.0})
    assert set(json.loads(path.read_text(encoding="utf-8"))) == AGREED


def test_what_could_not_be_measured_is_null_and_not_a_guess(tmp_path: Path) -> None:
    path = tmp_path / "bench.json"
    write_figures(path, {"runtime_events_per_s": 15_000.04})
    figures = json.loads(path.read_text(encoding="utf-8"))
    assert figures["runtime_events_per_s"] == 15_000.04
    assert figures["faststream_events_per_s"] is None


def test_every_contender_has_its_own_agreed_figure() -> None:
    figures = [contender.figure for contender in (OURS, *PEERS)]
    assert len(figures) == len(set(figures))
    assert set(figures) <= set(FIGURES)
