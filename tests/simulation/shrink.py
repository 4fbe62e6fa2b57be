"""Makes a failing plan as short as it will go: leaves out faults and inputs, and keeps what still fails."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TypeVar

from tests.simulation.plan import Plan

RUNS_MAX = 600
OTHER_SEEDS = 4
"""A part left out shifts every delay after it, so a shorter plan is also tried under a few other seeds."""

P = TypeVar("P")
Fails = Callable[[Plan], bool]


class _Tries:
    """Runs plans, a bounded number of them."""

    def __init__(self, fails: Fails, runs_max: int) -> None:
        self._fails = fails
        self.left = runs_max

    def failing(self, plan: Plan) -> Plan | None:
        """The plan, perhaps under another seed, if it still fails."""
        for other in range(OTHER_SEEDS + 1):
            if self.left <= 0:
                return None
            self.left -= 1
            tried = replace(plan, seed=plan.seed + other * 1_000_003)
            if self._fails(tried):
                return tried
        return None


def shortest(plan: Plan, fails: Fails, runs_max: int = RUNS_MAX) -> Plan:
    """The shortest plan found that still fails; bounded, so perhaps not the shortest there is."""
    tries = _Tries(fails, runs_max)
    while tries.left > 0:
        for shorter in _shorter(plan):
            if (found := tries.failing(shorter)) is not None:
                plan = found
                break
        else:
            break
    return plan


def _shorter(plan: Plan) -> Iterator[Plan]:
    """Plans with fewer parts: without all faults, half of them, a quarter …, then the same of the inputs."""
    for faults in _fewer(plan.faults):
        yield replace(plan, faults=faults)
    for inputs in _fewer(plan.inputs):
        yield replace(plan, inputs=inputs)


def _fewer(parts: tuple[P, ...]) -> Iterator[tuple[P, ...]]:
    size = len(parts)
    while size:
        for start in range(0, len(parts), size):
            yield parts[:start] + parts[start + size :]
        size //= 2


def shown(plan: Plan) -> str:
    """The plan as it can be kept in `kept.py`."""
    lines = [f"Plan(\n    seed={plan.seed},\n    shape={_short(plan.shape)},", "    inputs=("]
    lines += [f"        {_short(part)}," for part in plan.inputs]
    lines += ["    ),", "    faults=("]
    lines += [f"        {_short(part)}," for part in plan.faults]
    return "\n".join([*lines, "    ),", ")"])


def _short(part: object) -> str:
    """Only what differs from the defaults."""
    kind = type(part)
    told = []
    for name, field in kind.__dataclass_fields__.items():  # type: ignore[attr-defined]  # only for plans' parts
        value = getattr(part, name)
        if value != field.default:
            told.append(f"{name}={value!r}")
    return f"{kind.__name__}({', '.join(told)})"
