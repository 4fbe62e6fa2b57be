"""Many seeds on all cores; `python -m tests.simulation.campaign --seeds 100000` shows how far it is.

Ends with 1 when a seed fails, after printing the shortest plan found, ready to be kept.
"""

import argparse
import multiprocessing
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field

from rich.console import Console
from rich.progress import Progress

from tests.simulation.plan import drawn
from tests.simulation.shrink import shortest, shown
from tests.simulation.world import simulate

SPAN = 25
"""Seeds handed to a process at a time."""


@dataclass
class Sums:
    """What was seen in some seeds, added up."""

    seeds: int = 0
    inputs: int = 0
    decided: int = 0
    faults: int = 0
    lives: int = 0
    virtual_s: float = 0.0
    failed: dict[int, list[str]] = field(default_factory=dict)

    def add(self, other: "Sums") -> None:
        """Take in what another process saw."""
        self.seeds += other.seeds
        self.inputs += other.inputs
        self.decided += other.decided
        self.faults += other.faults
        self.lives += other.lives
        self.virtual_s += other.virtual_s
        self.failed |= other.failed

    def __str__(self) -> str:
        return (
            f"{self.seeds} seeds, {len(self.failed)} failed: {self.inputs} inputs, {self.decided} decisions, "
            f"{self.faults} faults, {self.lives} lives of workers, {self.virtual_s / 3600:.1f} h of virtual time"
        )


def span(first: int, count: int) -> Sums:
    """Run some seeds in this process."""
    sums = Sums()
    for seed in range(first, first + count):
        plan = drawn(seed)
        run = simulate(plan)
        timed = sum(1 for fault in plan.faults if not fault.number or fault.at_s)
        sums.add(Sums(1, len(plan.inputs), run.decided, run.struck + timed, run.lives, run.virtual_s))
        if run.findings:
            sums.failed[seed] = run.findings
    return sums


def spans(first: int, count: int, processes: int) -> Iterator[Sums]:
    """Run seeds in several processes; gives what each span saw, as it ends."""
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=fresh) as pool:
        starts = range(first, first + count, SPAN)
        yield from pool.map(span, starts, [min(SPAN, first + count - start) for start in starts])


def told(seed: int) -> str:
    """The shortest plan found of a failing seed, and what it shows."""
    plan = shortest(drawn(seed), lambda shorter: bool(simulate(shorter).findings))
    findings = "\n".join(finding[:300] for finding in simulate(plan).findings)
    return f"seed {seed}, shortest plan found (keep it in tests/simulation/kept.py):\n{shown(plan)}\n{findings}"


def main() -> int:
    """Run as many seeds as asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    asked = parser.parse_args()
    console, sums = Console(), Sums()
    with Progress(console=console) as progress:
        shown_as = progress.add_task("seeds", total=asked.seeds)
        for seen in spans(asked.first, asked.seeds, asked.processes):
            sums.add(seen)
            progress.update(shown_as, completed=sums.seeds, description=f"{len(sums.failed)} failed")
    console.print(str(sums), highlight=False)
    for seed in sorted(sums.failed)[:3]:
        console.print(told(seed), highlight=False, markup=False)
    return 1 if sums.failed else 0


if __name__ == "__main__":
    sys.exit(main())
