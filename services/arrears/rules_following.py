"""What the parts of a unit's case do when something in it changed: each looks at the case before and now, in one order.

A part (a notice, an enforcement, …) keeps a state of its own in `UnitCase`, has facts and timers of its own, and never
calls another part. Whoever decided something hands the case over here, and every part answers for itself: that is how a
payment stops a notice, or an accepted bankruptcy suspends an enforcement.
"""

from collections.abc import Callable
from typing import NamedTuple

from schemas.decision import Context, Timer
from schemas.fact import Fact
from services.arrears import (
    rules_assignment_follow,
    rules_enforcement_follow,
    rules_measure_follow,
    rules_notice_follow,
    rules_payments_follow,
    rules_succession_follow,
)
from services.arrears.rules_reaction import Reaction
from services.arrears.rules_state import UnitCase


class Part(NamedTuple):
    """One part of a unit's case.

    `follow` gets the case before the decision, the case now, and the context; it leaves alone what does not concern it.
    `next_timer` is the earliest instant at which the part wants to be looked at, under a name of its own.
    """

    follow: Callable[[UnitCase, UnitCase, Context], Reaction]
    next_timer: Callable[[UnitCase], Timer | None]


PARTS: tuple[Part, ...] = (
    Part(rules_measure_follow.follow, rules_measure_follow.next_timer),
    Part(rules_notice_follow.follow, rules_notice_follow.next_timer),
    Part(rules_enforcement_follow.follow, rules_enforcement_follow.next_timer),
    Part(rules_assignment_follow.follow, rules_assignment_follow.next_timer),
    Part(rules_succession_follow.follow, rules_succession_follow.next_timer),
    Part(rules_payments_follow.follow, rules_payments_follow.next_timer),
)
"""In the order in which they look: a later part sees what an earlier one did."""


def carried_on(before: UnitCase, now: UnitCase, context: Context) -> Reaction:
    """Let every part of a registered unit's case answer to what became of it."""
    facts: tuple[Fact, ...] = ()
    paragraphs: tuple[str, ...] = ()
    for part in PARTS:
        reaction = part.follow(before, now, context)
        now = reaction.case
        if reaction.facts:
            facts += reaction.facts
        if reaction.paragraphs:
            paragraphs += reaction.paragraphs
    return Reaction(now, facts, paragraphs)


def earliest_timer(case: UnitCase) -> Timer | None:
    """The earliest timer of all parts; of two at one instant the one whose part stands first."""
    earliest: Timer | None = None
    for part in PARTS:
        timer = part.next_timer(case)
        if timer is not None and (earliest is None or timer.due_at < earliest.due_at):
            earliest = timer
    return earliest
