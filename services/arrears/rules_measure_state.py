"""What a unit's case remembers of its measure (措施): the one in hand, its stage and deadline, and those before."""

from datetime import date

import msgspec

from schemas.unit_status import DeadlineAlert, DeadlineKind, Liable, Measure, MeasureStage


class Deadline(msgspec.Struct, frozen=True, gc=False, array_like=True, omit_defaults=True):
    """A deadline of a measure, the day from which it is near, and what has been said of it."""

    kind: DeadlineKind
    on: date
    near_on: date
    alerted: DeadlineAlert | None = None


class PastMeasure(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A measure that was in hand before, from a day on."""

    measure: Measure
    stage: MeasureStage
    since_on: date


class MeasureState(msgspec.Struct, frozen=True, omit_defaults=True):
    """The measure in hand. `review_on`: the day on which time alone may change it. `past`: the latest before it, oldest first.

    `claim_fen`: what the books say is to be claimed in a bankruptcy, principal and late fee.
    `successors`: who has the debts of a unit that was merged or divided (承继单位).
    """

    measure: Measure
    stage: MeasureStage
    liable: Liable
    since_on: date
    deadline: Deadline | None = None
    review_on: date | None = None
    claim_fen: int = 0
    past: tuple[PastMeasure, ...] = ()
    successors: tuple[str, ...] = ()
