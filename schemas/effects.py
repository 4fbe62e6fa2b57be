"""Asking the outside world for something, and what came of it: the generic contract of the effect shell.

A request carries its own `effect_id`, which is the provider's idempotency key. The outcome of an attempt is
`done`, `failed` or `unknown`; an unknown one is reconciled, never blindly repeated.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from schemas.fact import CaseFact, absent_of_later
from schemas.vocabulary import EventId, ShortText


class EffectRequest(CaseFact):
    """A request for one effect outside the mesh; `effect_id` is the provider's key.

    `expires_at`: from this instant on it must not begin any more, whatever it waited for; None: it has no end. The
    asker is told `failed`, `outside-window`, and decides whether and when to ask anew. There is no earliest instant: an
    asker asks when the time has come, and the shell's clock may lag behind the asker's.
    """

    effect_id: EventId
    expires_at: datetime | None = None

    def kept(self) -> str:
        """Write the request as a case keeps it: without what came later and is absent, so as an earlier release wrote it."""
        return self.model_dump_json(exclude=absent_of_later(self) or None)


class EffectWithdrawn(CaseFact):
    """An effect asked for is no longer wanted. One that was claimed already is carried out: its outcome tells."""

    effect_id: EventId
    reason_code: ShortText


class EffectQueued(CaseFact):
    """The effect shell's note to itself that it has read a request with an end (`expires_at`).

    It is appended behind all that lay in the log by then. When the shell reads it back it knows what time it is, and
    every withdrawal that lay before it, however long the request itself has waited.
    """

    key_field: ClassVar[str] = "case"

    effect_id: EventId
    case: ShortText


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

    @classmethod
    def told_by(cls, receipt: str) -> Mapping[str, Any]:
        """Give the fields of its own that an outcome takes from the provider's receipt; none here."""
        return {}


class EffectAttempted(EffectOutcome):
    """The effect shell's note to itself: what the port answered. Written after the attempt, read by the same task."""

    key_field: ClassVar[str] = "case"

    case: ShortText
    reconciled: bool = False
