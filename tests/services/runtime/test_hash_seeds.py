"""The same feed under two hash seeds: the same bytes on every topic, and nothing decided otherwise by a replay."""

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from services.gateway.simulation.feed import Feed, FeedSize

ROOT = Path(__file__).resolve().parents[3]
SIZE = FeedSize(units=40, months=3, applications=12, lost_cards=9, experts=40)


def played(feed: Path, folder: Path, hash_seed: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.harness.hashed_run", str(feed), str(folder)],
        env=os.environ | {"PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert 0 == done.returncode, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], dict[str, Any]]:
    """One feed, played under two hash seeds."""
    folder = tmp_path_factory.mktemp("hash-seeds")
    feed = Feed(11, date(2026, 10, 31), SIZE)
    feed.make()
    feed.write(folder / "feed")
    return played(folder / "feed", folder, "1"), played(folder / "feed", folder, "4242")


def test_two_hash_seeds_give_the_same_bytes_on_every_topic(runs: tuple[dict[str, Any], dict[str, Any]]) -> None:
    first, second = runs

    assert {"arrears-decisions", "panel-scheduled", "card-issued", "outlets-changelog"} <= set(first["digests"])
    assert first["digests"] == second["digests"]


def test_a_replay_under_each_hash_seed_finds_no_difference(runs: tuple[dict[str, Any], dict[str, Any]]) -> None:
    assert ([], []) == tuple(run["differences"] for run in runs)
