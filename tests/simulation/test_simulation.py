"""The shell runs on simulated brokers, and whatever goes wrong it keeps its promises."""

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from tests.simulation.campaign import Sums, spans, told
from tests.simulation.kept import KEPT
from tests.simulation.mutants import MUTANTS
from tests.simulation.plan import REQUEST_FAULTS, TIMED_FAULTS, WORDS, Fault, Input, Plan, Shape, drawn
from tests.simulation.shrink import shortest, shown
from tests.simulation.world import World, simulate, unlogged

SEEDS = 2_000
PROCESSES = 2
ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.timeout(600)
def test_nothing_is_lost_or_twice_whatever_goes_wrong() -> None:
    sums = Sums()
    for seen in spans(1, SEEDS, PROCESSES):
        sums.add(seen)

    Console().print(str(sums), highlight=False)
    assert "" == "\n".join(told(seed) for seed in sorted(sums.failed)[:1])
    assert SEEDS == sums.seeds


@pytest.mark.parametrize("hole", KEPT)
def test_what_once_failed_does_not_fail_again(hole: str) -> None:
    assert [] == simulate(KEPT[hole]).findings


def test_a_plan_without_faults_is_decided_in_one_life() -> None:
    plan = Plan(1, Shape(workers=1), (Input(1.0, "paid", number=1), Input(2.0, "paid", number=2)), ())

    run = simulate(plan)

    assert ([], 2, 1) == (run.findings, run.decided, run.lives)


def test_the_plans_of_the_suite_hold_every_fault_and_every_word() -> None:
    plans = [drawn(seed) for seed in range(1, SEEDS + 1)]

    assert {*REQUEST_FAULTS, *TIMED_FAULTS} == {fault.what for plan in plans for fault in plan.faults}
    assert {*WORDS, "tick", "key", "stranger"} == {part.what for plan in plans for part in plan.inputs}
    assert {"tally", "arrears"} == {plan.shape.service for plan in plans}


def traces(seeds: range) -> Iterator[str]:
    """What stands in every log after each run, and how many turns it took."""
    for seed in seeds:
        with unlogged():
            world = World(drawn(seed))
            run = world.run()
        digest = hashlib.sha256()
        for place in sorted(world.cluster.logs):
            digest.update(
                repr((place, world.cluster.logs[place].slots and world.cluster.logs[place].records())).encode()
            )
        yield f"{seed} {run.steps} {run.virtual_s} {digest.hexdigest()}"


@pytest.mark.parametrize("hash_seed", ["1", "2"])
def test_the_same_seed_gives_the_same_run_under_any_hash_seed(hash_seed: str) -> None:
    script = "from tests.simulation.test_simulation import traces; print('\\n'.join(traces(range(1, 17))))"
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)}

    again = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )

    assert list(traces(range(1, 17))) == again.stdout.split("\n")[:16]


def test_no_real_clock_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def asked() -> float:
        raise AssertionError("a real clock was asked")

    monkeypatch.setattr(time, "monotonic", asked)

    assert [] == simulate(drawn(5)).findings


def test_a_failing_plan_is_made_shorter_and_still_fails() -> None:
    with MUTANTS["a tick does not wait for facts"].applied():
        plan = drawn(1)
        shorter = shortest(plan, lambda tried: bool(simulate(tried).findings))

        assert simulate(shorter).findings
    assert len(shorter.inputs) <= 3
    assert () == shorter.faults


def test_a_plan_is_shown_as_it_can_be_kept() -> None:
    plan = Plan(7, Shape(workers=3), (Input(1.5, "paid", unit=2),), (Fault("lost", number=4),))

    names = {"Plan": Plan, "Shape": Shape, "Input": Input, "Fault": Fault}

    assert plan == eval(shown(plan), names)
