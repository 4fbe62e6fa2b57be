"""The same content gives the same bytes: in any process, under any hash seed, in any zone, after any other document."""

import json
import os
import subprocess
import sys
from pathlib import Path

from services.documents.typesetting import Typesetter
from tests.harness.hashed_documents import hashes
from tests.services.documents.samples import EVERY_TEMPLATE, line, notice, set_as_asked

ROOT = Path(__file__).resolve().parents[3]
RELEASES = Path(__file__).with_name("releases.json")


def hashes_elsewhere(hash_seed: str, zone: str, *arguments: str) -> dict[str, dict[str, str]]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.harness.hashed_documents", *arguments],
        env=os.environ | {"PYTHONHASHSEED": hash_seed, "TZ": zone, "LC_ALL": "C", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    told: dict[str, dict[str, str]] = json.loads(done.stdout)
    return told


def test_two_processes_with_two_hash_seeds_set_the_same_bytes() -> None:
    first = hashes_elsewhere("1", "Asia/Shanghai")

    assert set(EVERY_TEMPLATE) == set(first)
    assert first == hashes_elsewhere("4242", "America/New_York", "--from-the-end")


def test_what_was_set_before_leaves_no_trace(typesetter: Typesetter) -> None:
    before = set_as_asked(typesetter, notice()).pdf
    set_as_asked(typesetter, notice(line(5), line(6), unit_name="别的单位"))

    assert before == set_as_asked(typesetter, notice()).pdf


def test_a_release_sets_what_it_always_set(typesetter: Typesetter) -> None:
    """A changed template, font or typesetter is another release: `tests/harness/hashed_documents.py` writes down what it sets."""
    assert json.loads(RELEASES.read_text(encoding="utf-8")) == hashes(typesetter)
