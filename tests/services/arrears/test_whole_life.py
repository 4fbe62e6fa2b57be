"""The whole life of a case, whatever comes and in whatever order: money stays, steps wait for their time, every stage is left or final."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from tests.harness import hashed_life
from tests.harness.extent import IS_ALL
from tests.services.arrears.life import Life, LifePart
from tests.services.arrears.life_of_lines import setting
from tests.services.arrears.life_parts import PARTS, WAITS_DAYS

ROOT = Path(__file__).resolve().parents[3]
EXAMPLES, STEPS = (2_000, 60) if IS_ALL else (15, 30)
LIVES = 4_000 if IS_ALL else 60
LIVES_MORE, LIVES_MAX = 25, LIVES + 600
SEED = 2


class CaseLife(RuleBasedStateMachine):
    """Facts of all parts, days, settings; `Life` holds every decision to what must hold."""

    def __init__(self) -> None:
        super().__init__()
        self._data: Any = None
        self.life = Life(lambda options: self._data.draw(st.sampled_from(options)), PARTS)

    @rule(data=st.data(), part=st.sampled_from(PARTS))
    def something_comes(self, data: Any, part: Any) -> None:
        """The next fact of a part."""
        self._data = data
        self.life.lives_on(part)

    @rule(days=st.sampled_from(WAITS_DAYS))
    def days_pass(self, days: int) -> None:
        """Timers fire, each at its instant."""
        self.life.wait(days)

    @rule(data=st.data())
    def a_setting_changes(self, data: Any) -> None:
        """A parameter is published."""
        self._data = data
        published = setting(self.life)
        self.life.parameters[published.name] = published


def test_whatever_comes_every_decision_holds() -> None:
    run_state_machine_as_test(
        CaseLife,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )


@pytest.fixture(scope="module")
def lived() -> tuple[dict[str, Any], dict[str, Any]]:
    """The same lives from one seed, lived under two hash seeds."""
    return _lived("1"), _lived("4242")


def _lived(hash_seed: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.harness.hashed_life", str(SEED), str(LIVES)],
        env=os.environ | {"PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=1_200,
        check=False,
    )
    assert 0 == done.returncode, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def test_two_hash_seeds_decide_the_same(lived: tuple[dict[str, Any], dict[str, Any]]) -> None:
    first, second = lived

    assert (first["digest"], first["steps"]) == (second["digest"], second["steps"])


@pytest.fixture(scope="module")
def changes(lived: tuple[dict[str, Any], dict[str, Any]]) -> set[tuple[str, str, str]]:
    """Every change of stage seen, with as many more lives as it takes to see the rare ones."""
    seen, first = {tuple(change) for change in lived[0]["changes"]}, LIVES
    while _not_left(seen) and first < LIVES_MAX:
        seen |= {tuple(change) for change in hashed_life.lived(SEED, LIVES_MORE, first)["changes"]}
        first += LIVES_MORE
    return seen


def _not_left(changes: set[tuple[str, str, str]]) -> set[tuple[str, str]]:
    left = {(name, was) for name, was, _ in changes}
    lived = (part for part in PARTS if part.is_wholly_lived)
    return {(part.name, stage) for part in lived for stage in part.stages - set(part.final)} - left


def test_every_stage_is_left_or_final(changes: set[tuple[str, str, str]]) -> None:
    assert set() == _not_left(changes)


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_every_stage_that_is_reached_is_listed_and_every_one_listed_is_reached(
    part: LifePart, changes: set[tuple[str, str, str]]
) -> None:
    own = [(was, becomes) for name, was, becomes in changes if name == part.name]

    reached = {stage for change in own for stage in change}
    assert reached <= part.stages
    assert reached == part.stages or not part.is_wholly_lived


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_a_final_stage_says_why_nothing_follows(part: LifePart) -> None:
    assert all(part.final.values())
