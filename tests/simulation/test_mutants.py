"""The simulation is worth what it finds: each way in which shell or adapter could be broken is found soon."""

import pytest
from rich.console import Console

from tests.simulation.mutants import MUTANTS
from tests.simulation.plan import drawn
from tests.simulation.world import simulate

SEEDS_MAX = 300
"""Most took under 20 when this was written, one 57."""


@pytest.mark.parametrize("name", MUTANTS)
def test_a_broken_shell_is_found(name: str) -> None:
    mutant = MUTANTS[name]

    caught = mutant.caught(SEEDS_MAX)

    assert caught is not None, f"{SEEDS_MAX} seeds did not find it"
    Console().print(f"{name}: found by seed {caught.plan.seed}: {caught.findings[0][:160]}", highlight=False)
    assert [] == simulate(drawn(caught.plan.seed, mutant.only)).findings, "the seed fails without the mutant too"
