"""In which order decisions are told: a cause before what it caused, and what one task decided in that task's order.

Both are certain: the numbers of a task have no gap, and a fact names its cause. Between decisions that neither binds,
the time they were decided at decides, then the broker's append time of what came.
"""

import heapq
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

Place = tuple[str, int]
"""A task: service and partition."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the order needs to know of one decision.

    `causes`: ids of the facts that led to it, the fact it read among them. `said`: ids of the facts it said.
    """

    task: Place
    number: int
    at: datetime
    appended_at: datetime
    causes: Collection[str]
    said: Collection[str]


def in_order(decisions: Sequence[Told]) -> list[tuple[int, datetime]]:
    """Give the places of decisions in the order to be told, each with an instant that never goes back along a chain.

    A task's own clock may be behind the one of the task that said what it reads; the instant given is never before the
    cause's.
    """
    before = _bindings(decisions)
    after: dict[int, list[int]] = defaultdict(list)
    for place, earlier in before.items():
        for one in earlier:
            after[one].append(place)
    open_ends = {place: len(before[place]) for place in range(len(decisions))}
    at = [one.at for one in decisions]
    ready = [_rank(decisions, at, place) for place, count in open_ends.items() if count == 0]
    heapq.heapify(ready)
    told: list[tuple[int, datetime]] = []
    while ready:
        place = heapq.heappop(ready)[-1]
        told.append((place, at[place]))
        for later in after[place]:
            at[later] = max(at[later], at[place])
            open_ends[later] -= 1
            if open_ends[later] == 0:
                heapq.heappush(ready, _rank(decisions, at, later))
    left = sorted(set(range(len(decisions))) - {place for place, _ in told}, key=lambda place: decisions[place].at)
    # Only a log that somebody altered has decisions that come before themselves; they are told all the same.
    return told + [(place, at[place]) for place in left]


def _rank(decisions: Sequence[Told], at: Sequence[datetime], place: int) -> tuple[datetime, datetime, Place, int, int]:
    one = decisions[place]
    return at[place], one.appended_at, one.task, one.number, place


def _bindings(decisions: Sequence[Told]) -> Mapping[int, set[int]]:
    """By place of a decision: the places that must be told before it."""
    sayers: dict[str, int] = {}
    tasks: dict[Place, list[int]] = defaultdict(list)
    for place, one in enumerate(decisions):
        tasks[one.task].append(place)
        for fact in one.said:
            sayers.setdefault(fact, place)
    before: dict[int, set[int]] = defaultdict(set)
    for places in tasks.values():
        ordered = sorted(places, key=lambda place: decisions[place].number)
        for earlier, later in pairwise(ordered):
            before[later].add(earlier)
    for place, one in enumerate(decisions):
        for cause in one.causes:
            if sayers.get(cause, place) != place:
                before[place].add(sayers[cause])
    return before
