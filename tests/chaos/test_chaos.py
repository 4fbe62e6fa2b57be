"""A short campaign of real faults; `make chaos` runs long ones."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.broker
@pytest.mark.timeout(300)
def test_under_real_faults_nothing_is_lost_twice_or_out_of_order(tmp_path: Path) -> None:
    # In a process of its own: a campaign leaves broken clients behind, and it is not this process that is to bury them.
    command = [sys.executable, "-m", "tests.chaos.run", "--short", "--figures", str(tmp_path / "chaos.json")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=280, check=False)

    Console().print(done.stdout, highlight=False, markup=False, soft_wrap=True)
    assert (0, "") == (done.returncode, done.stderr if done.returncode else "")
    seen = json.loads((tmp_path / "chaos.json").read_text())["aiokafka"]
    assert {"lost": 0, "duplicated": 0, "reordered": 0} == {
        part: seen[part] for part in ("lost", "duplicated", "reordered")
    }
    assert seen["faults"] >= 5
    assert seen["records"] > 5_000
