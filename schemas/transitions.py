"""The shape of a state machine as a table: rules decide by it, a diagram is drawn from it, tests hold it sound."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

START = ""
"""The stage before the first: nothing is there yet."""


class Transition(NamedTuple):
    """One move: from a stage (`START`: from nothing), on a trigger, to a stage, unless one of the guards objects."""

    stage: str
    on: str
    to: str
    guards: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StateMachine:
    """A table with the words people read.

    `name` names its page in docs/generated/states. `stages` gives the Chinese name of each stage, `triggers` of each
    trigger, `final` why nothing follows a final stage.
    """

    name: str
    title: str
    stages: Mapping[str, str]
    triggers: Mapping[str, str]
    final: Mapping[str, str]
    transitions: tuple[Transition, ...]


def faults(machine: StateMachine) -> list[str]:
    """Say what is wrong with a table: a stage nobody reaches, one that is neither left nor final, a final one that is left."""
    reached = {START}
    while True:
        more = {move.to for move in machine.transitions if move.stage in reached} - reached
        if not more:
            break
        reached |= more
    left = {move.stage for move in machine.transitions if move.to != move.stage}
    named = {name for move in machine.transitions for name in (move.stage, move.to)} - {START}
    found = [f"{stage} is never reached" for stage in machine.stages if stage not in reached]
    found += [
        f"{stage} is neither left nor final"
        for stage in machine.stages
        if stage not in left and stage not in machine.final
    ]
    found += [f"{stage} is final and is left" for stage in machine.final if stage in left]
    found += [f"{stage} has no name" for stage in sorted(named - set(machine.stages))]
    return found + [f"{move.on} has no name" for move in machine.transitions if move.on not in machine.triggers]
