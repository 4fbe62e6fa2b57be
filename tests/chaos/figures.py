"""What campaigns saw, in words and as `build/chaos.json`."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from tests.chaos.campaign import Outcome

PARTS = ("lost", "duplicated", "reordered", "gaps", "state", "different")

RECOVERIES = {"recovery_worker_s": ("worker-kill",), "recovery_broker_s": ("broker-kill", "controller-kill")}
"""Figures of recovery, and the kinds of faults they are about."""


def told(outcome: Outcome) -> Iterator[str]:
    """The lines of one campaign."""
    seen = outcome.judgement
    yield (
        f"seed {outcome.order.seed}: {seen['records']:,} records, {seen['entries']:,} decisions, {seen['spoken']:,} said, "
        f"at most {seen['cases_max']:,} cases a task, {len(outcome.strikes)} faults in {outcome.seconds / 60:.1f} min; "
        f"{outcome.said_again} chunks were said again, {outcome.ended_by_themselves} workers ended by themselves"
    )
    for kind, count in sorted(Counter(strike.kind for strike in outcome.strikes).items()):
        found = outcome.recoveries_s(kind)
        went_on = f": went on after {median(found):.1f} s (median), {found[-1]:.1f} s (most)" if found else ""
        yield f"  {count:4} {kind}{went_on}"
    yield "  " + ", ".join(f"{part} {seen[part]}" for part in PARTS)
    for part, examples in seen["examples"].items():  # type: ignore[attr-defined]
        yield from (f"  {part}: {example[:300]}" for example in examples)
    yield from (f"  a worker refused to start: {refusal[:300]}" for refusal in outcome.refusals)


def figures(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """The figures of all campaigns together. Recovery after single faults only; None where none struck."""
    sums: dict[str, Any] = {
        "records": sum(int(str(outcome.judgement["records"])) for outcome in outcomes),
        "faults": sum(len(outcome.strikes) for outcome in outcomes),
    }
    sums |= {part: sum(int(str(outcome.judgement[part])) for outcome in outcomes) for part in PARTS}
    single = [outcome for outcome in outcomes if outcome.order.single]
    for name, kinds in RECOVERIES.items():
        found = sorted(second for outcome in single for kind in kinds for second in outcome.recoveries_s(kind))
        sums[f"{name}_p50"] = round(median(found), 1) if found else None
        sums[f"{name}_max"] = round(found[-1], 1) if found else None
    counts = Counter(strike.kind for outcome in outcomes for strike in outcome.strikes)
    return sums | {"faults_by_kind": dict(sorted(counts.items())), "seeds": [one.order.seed for one in outcomes]}


def write(file: Path, client: str, outcomes: Sequence[Outcome]) -> None:
    """Write the figures of one client beside those of others."""
    found = json.loads(file.read_text()) if file.exists() else {}
    found[client] = figures(outcomes)
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(found, indent=2) + "\n")
