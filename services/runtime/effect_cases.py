"""What an effect shell remembers of one case key, and how that changes. Pure.

    (none) ── request with an end ──▶ queued ── withdrawn, or read back too late ──▶ closed
       │                                │
       │ request                        │ read back
       ▼                                │
    claimed ◀───────────────────────────┘
       │
       ├── note done/failed ─────────────────────────────────────────▶ closed
       │                                                                 ▲
       └── note unknown, or no note in time ──▶ unknown ─────────────────┤ note done/failed (late, or looked up)
                                                │     ▲                  │
                                    time, or an │     │ nothing          │
                            operator's reconcile▼     │ found out        │
                                              reconciling ───────────────┘

A request with an end (`expires_at`) is claimed when the shell's own note of it is read back: only then is it known what
time it is, and what was withdrawn meanwhile. Only the step into `claimed` lets the port act, only the step into
`reconciling` lets it look up, and an effect is claimed once: its id is remembered while it is open and, closed, for
`CLOSED_REMEMBERED_DAYS`.
"""

from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import TypeVar

import msgspec

from schemas.decision import LEGAL_ZONE, Timer
from schemas.effects import EffectRequest

R = TypeVar("R", bound=EffectRequest)

ATTEMPT_WITHIN = timedelta(seconds=20)
"""An attempt begins only this soon after its claim was decided."""
CLAIM_EXPIRES_AFTER = ATTEMPT_WITHIN + timedelta(seconds=100)
"""After this a claim without an outcome is unknown: the longest attempt (60 s), and a margin.

No provider is asked earlier what became of a claim: an attempt under way would be taken for one never made.
"""
READ_BACK_WITHIN = timedelta(seconds=40)
"""A claim of a request with an end is carried out only this soon after the same process saw it queued."""
BEGINS_WITHIN = READ_BACK_WITHIN + ATTEMPT_WITHIN
"""The longest that may pass between the instant a request with an end was queued and the beginning of its attempt."""
RECONCILE_EVERY = timedelta(minutes=10)
RECONCILE_MAX = 5
"""Look-ups after which an unknown effect waits for an operator's `reconcile`."""
OPEN_MAX = 256
"""Open effects of one case; a request beyond is answered `failed`, `too-many-open`."""
DONE_REMEMBERED_MAX = 256
CLOSED_REMEMBERED_DAYS = 400
"""As long as the runtime remembers record ids."""


class Status(StrEnum):
    """Where an open effect stands."""

    QUEUED = "queued"
    CLAIMED = "claimed"
    UNKNOWN = "unknown"
    RECONCILING = "reconciling"


class OpenEffect(msgspec.Struct, frozen=True):
    """An effect that stands in line, is claimed, or is unclear.

    `request` is its request as JSON, kept until the outcome is known; `since` the instant at which it came into
    its status; `due_at` when it must be looked at again, None when only an operator moves it on.
    """

    status: Status
    since: datetime
    request: str
    claimed_at: datetime
    due_at: datetime | None
    lookups: int = 0

    def is_due(self, now: datetime) -> bool:
        """Tell whether it must be looked at now."""
        return self.due_at is not None and self.due_at <= now


class ClosedEffect(msgspec.Struct, frozen=True):
    """What became of an effect, to be said again to whoever asks again."""

    outcome: str
    detail_code: str
    receipt: str
    attempted_at: datetime
    closed_on: date


class EffectCase(msgspec.Struct, frozen=True):
    """The effects of one case key: those open, and those closed that are still remembered.

    `forgotten_on`: the last legal date on which one was closed that had to be forgotten before its time. A request
    from that date or before may be a repeat of it, so it is not carried out any more.
    """

    open: dict[str, OpenEffect] = {}
    done: dict[str, ClosedEffect] = {}
    forgotten_on: date | None = None


def request_of(effect: OpenEffect, kind: type[R]) -> R:
    """Give the request an effect keeps, without what a newer release may have written into it."""
    return kind.model_validate_json(effect.request, extra="ignore")


def queued(now: datetime, request: str) -> OpenEffect:
    """A request with an end that stands in line until its note is read back."""
    return OpenEffect(Status.QUEUED, now, request, now, None)


def claimed(now: datetime, request: str) -> OpenEffect:
    """A request that the port may now carry out, once."""
    return OpenEffect(Status.CLAIMED, now, request, now, now + CLAIM_EXPIRES_AFTER)


def unclear(effect: OpenEffect, now: datetime) -> OpenEffect:
    """An effect of which nobody knows what became: looked up again later, in the end by order only."""
    due_at = now + RECONCILE_EVERY if effect.lookups < RECONCILE_MAX else None
    return OpenEffect(Status.UNKNOWN, now, effect.request, effect.claimed_at, due_at, effect.lookups)


def reconciling(effect: OpenEffect, now: datetime) -> OpenEffect:
    """An effect that is being looked up; a claim too fresh waits until no attempt can be under way."""
    ripe_at = effect.claimed_at + CLAIM_EXPIRES_AFTER
    if now < ripe_at:
        return msgspec.structs.replace(effect, due_at=ripe_at)
    due_at = now + CLAIM_EXPIRES_AFTER
    return OpenEffect(Status.RECONCILING, now, effect.request, effect.claimed_at, due_at, effect.lookups + 1)


def moved_on(effect: OpenEffect, now: datetime) -> OpenEffect:
    """What an effect becomes when it is due: an unclear one is looked up, another one is unclear."""
    return reconciling(effect, now) if effect.status is Status.UNKNOWN else unclear(effect, now)


def with_open(case: EffectCase, effect_id: str, effect: OpenEffect) -> EffectCase:
    """The case with this effect open."""
    return EffectCase({**case.open, effect_id: effect}, case.done, case.forgotten_on)


def closed(case: EffectCase, effect_id: str, end: ClosedEffect) -> EffectCase:
    """The case with this effect closed; the oldest closed one is forgotten beyond `DONE_REMEMBERED_MAX`."""
    still_open = {key: effect for key, effect in case.open.items() if key != effect_id}
    done = {key: known for key, known in case.done.items() if key != effect_id} | {effect_id: end}
    forgotten_on = case.forgotten_on
    if len(done) > DONE_REMEMBERED_MAX:
        forgotten_on = done.pop(next(iter(done))).closed_on
    return EffectCase(still_open, done, forgotten_on)


def forget_old(case: EffectCase, today: date) -> EffectCase | None:
    """The case without what was closed too long ago; None when nothing is left."""
    done = {key: end for key, end in case.done.items() if forgotten_from(end) > today}
    return EffectCase(case.open, done, case.forgotten_on) if case.open or done else None


def forgotten_from(end: ClosedEffect) -> date:
    """The legal date from which a closed effect is not remembered any more."""
    return end.closed_on + timedelta(days=CLOSED_REMEMBERED_DAYS)


def next_effect_timer(case: EffectCase) -> Timer | None:
    """The earliest instant at which the case must be looked at again."""
    timers = [Timer(effect.due_at, "effect-due") for effect in case.open.values() if effect.due_at is not None]
    if case.done:
        first = min(map(forgotten_from, case.done.values()))
        timers.append(Timer(datetime.combine(first, time.min, LEGAL_ZONE), "effects-forgotten"))
    return min(timers, key=lambda timer: timer.due_at, default=None)
