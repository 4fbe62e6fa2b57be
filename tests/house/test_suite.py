"""`make test` runs both halves of the tests, and fails with either."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TESTS = """
import pytest

@pytest.mark.broker
def test_in_the_foreground() -> None:
    assert {foreground}

def test_in_the_background() -> None:
    assert {background}
"""


@pytest.mark.parametrize(
    ("foreground", "background", "wanted"),
    [(True, True, (0, 2, 0)), (False, True, (1, 1, 1)), (True, False, (1, 1, 1))],
    ids=["nothing fails", "one in the foreground fails", "one in the background fails"],
)
def test_both_halves_run_are_reported_and_count(
    tmp_path: Path, foreground: bool, background: bool, wanted: tuple[int, int, int]
) -> None:
    (tmp_path / "test_two.py").write_text(TESTS.format(foreground=foreground, background=background), encoding="utf-8")
    command = [sys.executable, "-m", "tests.suite", "-c", str(ROOT / "pyproject.toml"), "-p", "no:cacheprovider"]

    done = subprocess.run(
        [*command, str(tmp_path)],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )

    assert wanted == (done.returncode, done.stdout.count("1 passed"), done.stdout.count("1 failed")), done.stdout
