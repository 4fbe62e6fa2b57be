"""`python -m tests.chaos.run`: the campaigns of `make chaos`, one after the other; writes `build/chaos.json`.

Single faults first (how soon every task goes on), then mixed campaigns, each on a cluster of its own. Ends with 1 on any
finding, or when a recovery takes longer than promised.
"""

import argparse
import asyncio
import logging
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from tests.chaos.campaign import UNITS, Campaign, Order
from tests.chaos.figures import figures, told, write

WORKER_S_MAX, BROKER_S_MAX = 15.0, 45.0
"""Progress resumes within so long of a kill, where nothing else is broken."""
FIGURES = Path(__file__).resolve().parents[2] / "build" / "chaos.json"
PACE = 400.0
"""Records a second while one fault follows another: about a third of what these workers decide at most on two cores, three brokers beside
them. How soon a task goes on is promised for a mesh that has time to rest; mixed campaigns give it none."""
SHORT = Order(
    seed=20261126,
    minutes=0.5,
    records=200_000,
    without=("rolling-restart-brokers", "rolling-restart-workers"),
    units=6_000,
    pause_s=(1.0, 6.0),
    frozen_s=(5.0, 12.0),
    waiting_max=6_000,
    after_fault_s=3.0,
)
"""Half a minute of faults; those that go on longer than that are left to the long campaigns, and so is how soon tasks go on."""
MANY = Order(
    seed=20261127,
    minutes=3.0,
    records=2_000_000,
    single=("worker-kill",),
    units=120_000,
    said_before=150_000,
    records_per_s=PACE,
)
"""Only worker kills, one after the other, with 10,000 cases a task."""
SINGLE = ("worker-kill", "broker-kill", "worker-kill", "controller-kill")
SINGLE_SHARE = 0.2


def one_by_one(seed: int, minutes: float, records: int, kinds: Sequence[str]) -> Order:
    """Single faults of some kinds, in turn."""
    return Order(seed, minutes, records, single=tuple(kinds), said_before=UNITS, records_per_s=PACE)


def orders(seed: int, minutes: float, records: int, campaigns: int) -> Iterator[Order]:
    """Single faults, then as many mixed campaigns."""
    single_minutes = minutes * SINGLE_SHARE
    yield one_by_one(seed, single_minutes, records, SINGLE)
    for number in range(1, campaigns + 1):
        yield Order(seed + number, (minutes - single_minutes) / campaigns, records // campaigns)


def main() -> int:
    """Run the campaigns asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=42.0, help="of faults, in all campaigns together")
    parser.add_argument("--records", type=int, default=2_000_000, help="at most, in all mixed campaigns together")
    parser.add_argument("--campaigns", type=int, default=2, help="mixed ones")
    parser.add_argument("--single", nargs="*", help="only one campaign, of these faults one after the other")
    parser.add_argument(
        "--client", default="aiokafka", help="of the workers (SHEBAO_CLIENT), and whose figures these are"
    )
    parser.add_argument("--mixed", action="store_true", help="only one campaign, mixed")
    parser.add_argument("--short", action="store_true", help="only one campaign, mixed, as short as can be")
    parser.add_argument("--many", action="store_true", help="only one campaign: worker kills with 10,000 cases a task")
    parser.add_argument("--secure", action="store_true", help="TLS, a login for everybody, and the table of rights")
    parser.add_argument("--figures", type=Path, default=FIGURES, help="where they are written")
    parser.add_argument("--keep-logs", action="store_true", help="in build/chaos-SEED, also where nothing was found")
    asked = parser.parse_args()
    # Of what is broken here on purpose its clients need not tell.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    console, outcomes = Console(), []
    planned = orders(asked.seed, asked.minutes, asked.records, asked.campaigns)
    if asked.single is not None:
        planned = iter([one_by_one(asked.seed, asked.minutes, asked.records, asked.single)])
    elif asked.short or asked.many:
        planned = iter([SHORT if asked.short else MANY])
    elif asked.mixed:
        planned = iter([Order(asked.seed, asked.minutes, asked.records)])
    for asked_for in planned:
        order = replace(asked_for, client=asked.client, secure=asked.secure, keeps_logs=asked.keep_logs)
        outcome = asyncio.run(Campaign(order, console).run())
        outcomes.append(outcome)
        for line in told(outcome):
            console.print(line, highlight=False, markup=False, soft_wrap=True)
        write(asked.figures, f"{asked.client}-secure" if asked.secure else asked.client, outcomes)
    found = figures(outcomes)
    too_late = (found["recovery_worker_s_max"] or 0) > WORKER_S_MAX or (
        found["recovery_broker_s_max"] or 0
    ) > BROKER_S_MAX
    return 1 if too_late or not all(outcome.is_clean for outcome in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main())
