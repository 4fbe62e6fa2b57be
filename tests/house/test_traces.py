"""Nothing in the project names the machine or the place it was written on; nothing is put off."""

import pytest

from tests.house.sources import ROOT, project_files, shown
from tests.house.traces import traces, undone

BINARY = {".ico", ".png", ".xlsx", ".gz", ".pdf", ".woff2", ".jar", ".bin", ".avro"}
OF_OTHERS = {"tests/schemas/asyncapi/asyncapi-3.0.0.schema.json"}
"""Published elsewhere and kept as it was."""
SAMPLES = {"tests/house/test_traces.py", "tests/house/traces.py"}
"""Files that have to name what they look for."""
VERSIONS = {"services/sandbox/jars.lock.json", "uv.lock"}
"""Locks: their four numbers are versions. Their hosts are looked at like all others."""


def _texts() -> dict[str, str]:
    found = {shown(path): path for path in project_files() if path.suffix not in BINARY}
    return {name: path.read_text(encoding="utf-8", errors="replace") for name, path in found.items()}


def test_nothing_names_the_machine_it_was_written_on() -> None:
    faults = [
        f"{name}:{fault}"
        for name, text in _texts().items()
        if name not in SAMPLES | OF_OTHERS
        for fault in traces(text)
        if not (name in VERSIONS and "address" in fault)
    ]

    assert (ROOT / "LICENSE").is_file()
    assert [] == faults


def test_nothing_is_put_off() -> None:
    assert [] == [f"{name}:{fault}" for name, text in _texts().items() if name not in SAMPLES for fault in undone(text)]


@pytest.mark.parametrize(
    "trace",
    [
        "index-url = https://pypi.mirror.intern/simple",
        "http://10.1.2.3:8080/maven",
        "bootstrap = 192.168.0.7:9092",
        "cd /home/li/shebao",
        'Path("/work/main")',
        "see /root/.cache",
        "/Users/wang/notes.md",
    ],
)
def test_a_trace_is_seen(trace: str) -> None:
    assert [] != traces(f"first line\n{trace}")


@pytest.mark.parametrize(
    "sound",
    [
        "http://127.0.0.1:18081/apis",
        "https://pypi.org/simple",
        "https://maven.example/repository",
        "version 1.1.10.7-rc1",
        "listens on 0.0.0.0",
        "docs/work/one.md and a/home/page",
        "#!/usr/bin/env bash",
    ],
)
def test_what_everybody_has_is_no_trace(sound: str) -> None:
    assert [] == traces(sound)


def test_work_put_off_is_seen() -> None:
    assert ["2: TO" + "DO", "3: FIX" + "ME"] == undone("fine\n# TO" + "DO: later\n# FIX" + "ME\nautodo")
