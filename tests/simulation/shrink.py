"""Makes a failing plan as short as it will go: leaves out faults and inputs, and keeps what still fails."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from tests.simulation.plan import Plan

P = TypeVar("P")

RUNS_MAX = 400

Fails = Callable[[Plan], bool]


def shortest(plan: Plan, fails: Fails, runs_max: int = RUNS_MAX) -> Plan:
    """The shortest plan found that still fails; bounded, so perhaps not the shortest there is."""
    left = [runs_max]
    while True:
        before = plan
        kept = plan

        def with_faults(parts: tuple[object, ...], kept: Plan = kept) -> bool:
            return fails(replace(kept, faults=parts))

        faults = _without(plan.faults, with_faults, left)
        plan = kept = replace(plan, faults=faults)

        def with_inputs(parts: tuple[object, ...], kept: Plan = kept) -> bool:
            return fails(replace(kept, inputs=parts))

        plan = replace(plan, inputs=_without(plan.inputs, with_inputs, left))
        if plan == before or left[0] <= 0:
            return plan


def _without(parts: tuple[P, ...], fails: Callable[[tuple[P, ...]], bool], left: list[int]) -> tuple[P, ...]:
    """Leave out halves, quarters … single parts, as long as what is left still fails."""
    size = max(1, len(parts) // 2)
    while True:
        start = 0
        while start < len(parts):
            fewer = parts[:start] + parts[start + size :]
            if left[0] <= 0:
                return parts
            left[0] -= 1
            if fails(fewer):
                parts = fewer
            else:
                start += size
        if size == 1:
            return parts
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
