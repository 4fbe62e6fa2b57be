"""The effect shell's rules: claim (committed) → attempt → outcome (committed). One generic service for every effect.

A request is claimed in the same transaction that reads it; only then, and only within `ATTEMPT_WITHIN`, the
shell calls the port. The port's answer comes back as a fact (`…-attempted`) and is decided like any other. A
claim without an answer becomes `unknown`: it is looked up at the provider, never blindly repeated.
"""


from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

import msgspec

from schemas.decision import Context, Decision, Timer, TimerDue, already_known, decided, refused
from schemas.effects import EffectAttempted, EffectOutcome, EffectRequest
from schemas.mesh import CommandIssued
from services.runtime.batch import Transition
from services.runtime.service import Service

ATTEMPT_WITHIN = timedelta(seconds=20)
"""An attempt begins only this soon after its claim was committed."""
CLAIM_EXPIRES_AFTER = ATTEMPT_WITHIN + timedelta(seconds=100)
"""After this a claim without an outcome is unknown: the longest attempt, and a margin."""
RECONCILE_EVERY = timedelta(minutes=10)
RECONCILE_MAX = 5
"""Look-ups after which an unknown effect waits for an operator's `reconcile`."""
DONE_REMEMBERED_MAX = 64
EFFECTS_FROM = "effects-from"
"""Parameter: the legal date before which no effect leaves the mesh."""

DONE, FAILED, UNKNOWN = "done", "failed", "unknown"


class Status(StrEnum):
    """Where an open effect stands."""

    CLAIMED = "claimed"
    UNKNOWN = "unknown"
    RECONCILING = "reconciling"


class OpenEffect(msgspec.Struct, frozen=True):
    """An effect that is claimed or unclear; `request` is its request as JSON, kept until the outcome is known."""

    status: Status
    since: datetime
    request: str
    lookups: int = 0


class EffectCase(msgspec.Struct, frozen=True):
    """The effects of one case key: those open, and the ids of the last ones closed."""

    open: dict[str, OpenEffect] = {}
    done: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Attempt:
    """What a port answered. `outcome`: done, failed or unknown; `receipt` is the provider's number for it."""

    outcome: str
    detail_code: str
    receipt: str = ""


class EffectPort(Protocol):
    """The way to one provider. `effect_id` is the provider's idempotency key."""

    async def attempt(self, request: EffectRequest) -> Attempt:
        """Do it, once; whatever is unclear is `unknown`."""

    async def look_up(self, request: EffectRequest) -> Attempt:
        """Ask the provider what became of it, changing nothing; `unknown` where it cannot tell."""


@dataclass(frozen=True, slots=True)
class Intent:
    """What the shell is to do now that a claim, or a reconciliation, is committed."""

    request: EffectRequest
    is_lookup: bool


@dataclass(frozen=True, slots=True)
class Effect:
    """One kind of effect: its request, the shell's own note of an attempt, and the outcome it says."""

    request: type[EffectRequest]
    attempted: type[EffectAttempted]
    completed: type[EffectOutcome]

    def intents(self, transition: Transition) -> list[Intent]:
        """Give what a committed step asks of the port."""
        before = {} if transition.before is None else transition.before.open
        after = {} if transition.after is None else transition.after.open
        found = []
        for effect_id, effect in after.items():
            earlier = before.get(effect_id)
            claims = effect.status is Status.CLAIMED and earlier is None
            looks_up = effect.status is Status.RECONCILING and (earlier is None or earlier.status != effect.status)
            if claims or looks_up:
                found.append(Intent(self.request.model_validate_json(effect.request), looks_up))
        return found

    def attempted_fact(self, intent: Intent, attempt: Attempt, at: datetime) -> EffectAttempted:
        """Write the port's answer as the fact that the same task will read."""
        request = intent.request
        return self.attempted(
            district=request.district,
            agency=request.agency,
            occurred_on=request.occurred_on,
            effect_id=request.effect_id,
            outcome=attempt.outcome,
            detail_code=attempt.detail_code,
            receipt=attempt.receipt,
            attempted_at=at,
            case=request.case_key,
            reconciled=intent.is_lookup,
        )

    def decide(self, state: EffectCase | None, fact: Any, context: Context) -> Decision[EffectCase]:
        """Claim a request, close it with its outcome, or move an expired claim on."""
        case = state or EffectCase()
        if isinstance(fact, TimerDue):
            return self._timer(case, fact, context)
        if isinstance(fact, CommandIssued):
            return _reconcile_all(case, context)
        if isinstance(fact, self.attempted):
            return self._close(case, fact)
        if isinstance(fact, self.request):
            return self._claim(case, state, fact, context)
        raise TypeError(f"an effect shell does not hear {type(fact).__name__}")

    def _claim(
        self, case: EffectCase, state: EffectCase | None, request: EffectRequest, context: Context
    ) -> Decision[EffectCase]:
        if request.effect_id in case.open or request.effect_id in case.done:
            return already_known(state, "effect-known")
        effects_from = date.fromisoformat(context.parameter(EFFECTS_FROM, "0001-01-01"))
        if context.today < effects_from:
            held_back = Attempt(FAILED, "before-effects-from")
            outcome = self._outcome(request, held_back, context.now)
            return decided(_closed(case, request.effect_id), "effect-held-back", outcome, effects_from=effects_from)
        claimed = OpenEffect(Status.CLAIMED, context.now, request.model_dump_json())
        return decided(_with_open(case, request.effect_id, claimed), "effect-claimed")

    def _close(self, case: EffectCase, fact: EffectAttempted) -> Decision[EffectCase]:
        effect = case.open.get(fact.effect_id)
        if effect is None:
            return already_known(case, "effect-closed-before")
        request = self.request.model_validate_json(effect.request)
        attempt = Attempt(fact.outcome, fact.detail_code, fact.receipt)
        outcome = self._outcome(request, attempt, fact.attempted_at)
        if fact.outcome != UNKNOWN:
            return decided(_closed(case, fact.effect_id), f"effect-{fact.outcome}", outcome, detail=fact.detail_code)
        unknown = OpenEffect(Status.UNKNOWN, fact.attempted_at, effect.request, effect.lookups)
        facts = (outcome,) if effect.status is Status.CLAIMED else ()
        return decided(_with_open(case, fact.effect_id, unknown), "effect-unclear", *facts, detail=fact.detail_code)

    def _timer(self, case: EffectCase, due: TimerDue, context: Context) -> Decision[EffectCase]:
        open_effects, facts = dict(case.open), []
        for effect_id, effect in case.open.items():
            deadline = _deadline(effect)
            if deadline is None or deadline > context.now:
                continue
            if effect.status is Status.UNKNOWN:
                open_effects[effect_id] = _looked_up(effect, context.now)
                continue
            open_effects[effect_id] = OpenEffect(Status.UNKNOWN, context.now, effect.request, effect.lookups)
            if effect.status is Status.CLAIMED:
                request = self.request.model_validate_json(effect.request)
                facts.append(self._outcome(request, Attempt(UNKNOWN, "no-answer-recorded"), context.now))
        return decided(EffectCase(open_effects, case.done), "effect-overdue", *facts, timer=due.name)

    def _outcome(self, request: EffectRequest, attempt: Attempt, at: datetime) -> EffectOutcome:
        return self.completed.model_validate(
            {
                "district": request.district,
                "agency": request.agency,
                "occurred_on": request.occurred_on,
                "effect_id": request.effect_id,
                "outcome": attempt.outcome,
                "detail_code": attempt.detail_code,
                "receipt": attempt.receipt,
                "attempted_at": at,
                self.completed.key_field: request.case_key,
            }
        )


def effect_service(name: str, release: str, effect: Effect, texts: dict[str, str], port: str) -> Service:
    """Make the service that drives one kind of effect through the port of that name."""
    return Service(
        name=name,
        release=release,
        hears=(effect.request, effect.attempted),
        says=(effect.completed, effect.attempted),
        state=EffectCase,
        decide=effect.decide,
        next_timer=next_effect_timer,
        reason_texts=REASON_TEXTS | texts,
        effect=effect,
        effect_port=port,
    )


def next_effect_timer(case: EffectCase) -> Timer | None:
    """The earliest instant at which an open effect must be looked at again."""
    deadlines = [deadline for effect in case.open.values() if (deadline := _deadline(effect)) is not None]
    return Timer(min(deadlines), "effect-overdue") if deadlines else None


def _deadline(effect: OpenEffect) -> datetime | None:
    if effect.status is Status.UNKNOWN:
        return None if effect.lookups >= RECONCILE_MAX else effect.since + RECONCILE_EVERY
    return effect.since + CLAIM_EXPIRES_AFTER


def _looked_up(effect: OpenEffect, now: datetime) -> OpenEffect:
    return OpenEffect(Status.RECONCILING, now, effect.request, effect.lookups + 1)


def _reconcile_all(case: EffectCase, context: Context) -> Decision[EffectCase]:
    unclear = {key: effect for key, effect in case.open.items() if effect.status is Status.UNKNOWN}
    if not unclear:
        return refused(case if case.open or case.done else None, "nothing-unclear")
    reconciling = {key: _looked_up(effect, context.now) for key, effect in unclear.items()}
    return decided(EffectCase({**case.open, **reconciling}, case.done), "effect-reconciling", effects=len(unclear))


def _with_open(case: EffectCase, effect_id: str, effect: OpenEffect) -> EffectCase:
    return EffectCase({**case.open, effect_id: effect}, case.done)


def _closed(case: EffectCase, effect_id: str) -> EffectCase:
    still_open = {key: effect for key, effect in case.open.items() if key != effect_id}
    return EffectCase(still_open, (*case.done, effect_id)[-DONE_REMEMBERED_MAX:])


REASON_TEXTS = {
    "effect-known": "该请求先前已受理，不再重复执行",
    "effect-held-back": "早于启用日期 {effects_from}，不向外发送",
    "effect-claimed": "已登记，准备执行",
    "effect-done": "执行成功（{detail}）",
    "effect-failed": "执行失败（{detail}）",
    "effect-unclear": "结果不明（{detail}），等待核对，不重复执行",
    "effect-overdue": "超过时限未得到结果，转入核对",
    "effect-reconciling": "正在向服务方核对 {effects} 项",
    "effect-closed-before": "该项先前已有结果",
    "nothing-unclear": "没有结果不明的事项",
}
"""Chinese texts of the effect shell's reasons."""

