"""Asking the outside world for something, and what came of it: the generic contract of the effect shell.

A request carries its own `effect_id`, which is the provider's idempotency key. The outcome of an attempt is
`done`, `failed` or `unknown`; an unknown one is reconciled, never blindly repeated.
"""

from datetime import datetime
from typing import ClassVar

from schemas.fact import CaseFact
from schemas.vocabulary import EventId, ShortText


class EffectRequest(CaseFact):
    """A request for one effect outside the mesh; `effect_id` is the provider's key."""

    effect_id: EventId


class EffectOutcome(CaseFact):
    """What came of an effect: said by the effect shell after its attempt, or after reconciling.

    `outcome` is an open vocabulary: done, failed, unknown. `detail_code` says more (for a call: answered …);
    `receipt` is the provider's own number for it.
    """

    effect_id: EventId
    outcome: ShortText
    detail_code: ShortText
    receipt: str = ""
    attempted_at: datetime


class EffectAttempted(EffectOutcome):
    """The effect shell's note to itself: what the port answered. Written after the attempt, read by the same task."""

    key_field: ClassVar[str] = "case"

    case: ShortText
    reconciled: bool = False
