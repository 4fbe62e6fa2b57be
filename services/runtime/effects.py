"""The effect shell's rules: claim (committed) → attempt → outcome (committed). One generic service for every effect.

A request is claimed in the same transaction that reads it (one with an end first stands in line: decision 0007); only then, and only
within `ATTEMPT_WITHIN`, the shell calls the port. Its answer comes back as a fact (`…-attempted`) and is decided like any other.
A claim without an answer becomes `unknown`: it is looked up, never blindly repeated. States: `effect_cases`.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from schemas.decision import LEGAL_ZONE, Context, Decision, TimerDue, already_known, decided, refused
from schemas.effects import EffectAttempted, EffectOutcome, EffectQueued, EffectRequest, EffectWithdrawn
from schemas.mesh import CommandIssued, ParameterPublished
from services.runtime.effect_cases import (
    ATTEMPT_WITHIN,
    BEGINS_WITHIN,
    CLAIM_EXPIRES_AFTER,
    DONE_REMEMBERED_MAX,
    OPEN_MAX,
    RECONCILE_EVERY,
    RECONCILE_MAX,
    ClosedEffect,
    EffectCase,
    OpenEffect,
    Status,
    claimed,
    closed,
    forget_old,
    moved_on,
    next_effect_timer,
    queued,
    reconciling,
    request_of,
    unclear,
    with_open,
)
from services.runtime.effect_texts import REASON_TEXTS
from services.runtime.outcomes import Transition
from services.runtime.service import Service

__all__ = [
    "ATTEMPT_WITHIN",
    "BEGINS_WITHIN",
    "CLAIM_EXPIRES_AFTER",
    "DONE",
    "DONE_REMEMBERED_MAX",
    "EFFECTS_FROM",
    "FAILED",
    "NOT_BEGUN",
    "OUTSIDE_WINDOW",
    "REASON_TEXTS",
    "RECONCILE_EVERY",
    "RECONCILE_MAX",
    "UNKNOWN",
    "WITHDRAWN",
    "Attempt",
    "Effect",
    "EffectCase",
    "EffectPort",
    "Intent",
    "OpenEffect",
    "Status",
    "effect_service",
    "next_effect_timer",
]

EFFECTS_FROM = "effects-from"
"""Parameter: the legal date (`YYYY-MM-DD`) before which no effect leaves the mesh, from the moment it is published."""

DONE, FAILED, UNKNOWN = "done", "failed", "unknown"
NOT_BEGUN = "not-begun"
"""Detail of an attempt that the shell itself did not begin, so nothing went out: it may be asked for anew."""
OUTSIDE_WINDOW, WITHDRAWN = "outside-window", "withdrawn"
"""Details of a request that was not carried out: its end had come (`expires_at`), or its asker took it back."""
DETAIL_CHARACTERS_MAX = 200


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
        """Ask the provider what became of it, changing nothing; `unknown` where it cannot tell.

        Asked only when no attempt can be under way any more, so a provider that never heard of it means `failed`.
        """


@dataclass(frozen=True, slots=True)
class Intent:
    """What the shell is to do now that a claim, or a reconciliation, is committed.

    `decided_at` is the mesh's instant of the claim or reconciliation: simulated where the clock is.
    """

    request: EffectRequest
    is_lookup: bool
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class Effect:
    """One kind of effect: request, note of an attempt, outcome; `queued`, `withdrawn` if requests may end, be taken back."""

    request: type[EffectRequest]
    attempted: type[EffectAttempted]
    completed: type[EffectOutcome]
    queued: type[EffectQueued] | None = None
    withdrawn: type[EffectWithdrawn] | None = None

    def intents(self, transition: Transition) -> list[Intent]:
        """Give what a committed step asks of the port."""
        before = {} if transition.before is None else transition.before.open
        after = {} if transition.after is None else transition.after.open
        found = []
        for effect_id, effect in after.items():
            earlier = before.get(effect_id)
            claims = effect.status is Status.CLAIMED and (earlier is None or earlier.status is Status.QUEUED)
            looks_up = effect.status is Status.RECONCILING and (earlier is None or earlier.status != effect.status)
            if claims or looks_up:
                found.append(Intent(request_of(effect, self.request), looks_up, effect.since))
        return found

    def newly_queued(self, transition: Transition) -> list[str]:
        """Give the effects that a committed step put in line."""
        before = {} if transition.before is None else transition.before.open
        after = {} if transition.after is None else transition.after.open
        return [key for key, effect in after.items() if effect.status is Status.QUEUED and key not in before]

    def attempted_fact(self, intent: Intent, attempt: Attempt, at: datetime) -> EffectAttempted:
        """Write the port's answer as the fact that the same task will read; an outcome we do not know is `unknown`."""
        request = intent.request
        outcome = attempt.outcome if attempt.outcome in (DONE, FAILED) else UNKNOWN
        return self.attempted(
            district=request.district,
            agency=request.agency,
            occurred_on=at.astimezone(LEGAL_ZONE).date(),
            effect_id=request.effect_id,
            outcome=outcome,
            detail_code=attempt.detail_code[:DETAIL_CHARACTERS_MAX] or outcome,
            receipt=attempt.receipt,
            attempted_at=at,
            case=request.case_key,
            reconciled=intent.is_lookup,
        )

    def decide(self, state: EffectCase | None, fact: Any, context: Context) -> Decision[EffectCase]:
        """Claim a request, close it with its outcome, or move an expired claim on."""
        if isinstance(fact, TimerDue):
            assert state is not None
            return self._timer(state, context)
        if isinstance(fact, CommandIssued):
            return _reconcile(state, context)
        if isinstance(fact, self.attempted):
            return self._note(state, fact, context)
        if isinstance(fact, self.request):
            return self._request(state, fact, context)
        if isinstance(fact, EffectQueued):
            return self._read_back(state, fact, context)
        if isinstance(fact, EffectWithdrawn):
            return self._withdraw(state, fact, context)
        raise TypeError(f"an effect shell does not hear {type(fact).__name__}")

    def _request(self, state: EffectCase | None, request: EffectRequest, context: Context) -> Decision[EffectCase]:
        case = state or EffectCase()
        if request.effect_id in case.open:
            return already_known(state, "effect-known")
        known = case.done.get(request.effect_id)
        if known is not None:
            return decided(case, "effect-said-again", self._outcome(request, request.case_key, known))
        if case.forgotten_on is not None and request.occurred_on <= case.forgotten_on:
            end = _not_carried_out("older-than-memory", context)
            return decided(case, "effect-too-old", self._outcome(request, request.case_key, end))
        return self._take_in(case, request, context)

    def _take_in(self, case: EffectCase, request: EffectRequest, context: Context) -> Decision[EffectCase]:
        effects_from = _effects_from(context)
        if effects_from is not None and context.today < effects_from:
            return self._withheld(case, request, "before-effects-from", context, effects_from=effects_from)
        if len(case.open) >= OPEN_MAX:
            return self._withheld(case, request, "too-many-open", context, open=OPEN_MAX)
        if request.expires_at is not None and self.queued is not None:
            return self._queue(case, request, self.queued, context)
        return self._claim(case, request, context)

    def _queue(
        self, case: EffectCase, request: EffectRequest, note: type[EffectQueued], context: Context
    ) -> Decision[EffectCase]:
        said = note(
            district=request.district,
            agency=request.agency,
            occurred_on=context.today,
            effect_id=request.effect_id,
            case=request.case_key,
        )
        in_line = queued(context.now, request.kept())
        return decided(with_open(case, request.effect_id, in_line), "effect-queued", said)

    def _read_back(self, state: EffectCase | None, note: EffectQueued, context: Context) -> Decision[EffectCase]:
        effect = None if state is None else state.open.get(note.effect_id)
        if state is None or effect is None or effect.status is not Status.QUEUED:
            return already_known(state, "effect-closed-before")
        return self._claim(state, request_of(effect, self.request), context)

    def _claim(self, case: EffectCase, request: EffectRequest, context: Context) -> Decision[EffectCase]:
        """Let the port act, unless the request's end comes before an attempt is sure to have begun."""
        expires_at = request.expires_at
        if expires_at is not None and context.now + BEGINS_WITHIN > expires_at:
            return self._withheld(case, request, OUTSIDE_WINDOW, context, expires_at=expires_at.isoformat())
        claim = claimed(context.now, request.kept())
        return decided(with_open(case, request.effect_id, claim), "effect-claimed")

    def _withdraw(self, state: EffectCase | None, fact: EffectWithdrawn, context: Context) -> Decision[EffectCase]:
        """Close what still stands in line; what was claimed is answered by its outcome, what did not come yet waits."""
        case = state or EffectCase()
        effect = case.open.get(fact.effect_id)
        end = _not_carried_out(WITHDRAWN, context)
        if effect is not None and effect.status is Status.QUEUED:
            said = self._outcome(fact, fact.case_key, end)
            return decided(closed(case, fact.effect_id, end), "effect-withdrawn", said, reason=fact.reason_code)
        if effect is not None:
            return decided(state, "effect-withdrawn-too-late", reason=fact.reason_code)
        if fact.effect_id in case.done:
            return already_known(state, "effect-closed-before")
        remembered = closed(case, fact.effect_id, end)
        return decided(remembered, "effect-withdrawn-before-request", reason=fact.reason_code)

    def _withheld(
        self, case: EffectCase, request: EffectRequest, detail: str, context: Context, **values: Any
    ) -> Decision[EffectCase]:
        end = _not_carried_out(detail, context)
        outcome = self._outcome(request, request.case_key, end)
        return decided(closed(case, request.effect_id, end), f"effect-{detail}", outcome, **values)

    def _note(self, state: EffectCase | None, note: EffectAttempted, context: Context) -> Decision[EffectCase]:
        case = state or EffectCase()
        effect = case.open.get(note.effect_id)
        if effect is None:
            return self._late_note(state, note, context)
        if note.outcome in (DONE, FAILED):
            end = _end(note, context)
            code = f"effect-{note.outcome}"
            outcome = self._outcome(note, note.case, end)
            return decided(closed(case, note.effect_id, end), code, outcome, detail=note.detail_code)
        answers = Status.RECONCILING if note.reconciled else Status.CLAIMED
        if effect.status is not answers:
            return already_known(state, "effect-still-unclear")
        says = () if note.reconciled else (self._outcome(note, note.case, _end(note, context)),)
        again = with_open(case, note.effect_id, unclear(effect, context.now))
        return decided(again, "effect-unclear", *says, detail=note.detail_code)

    def _late_note(self, state: EffectCase | None, note: EffectAttempted, context: Context) -> Decision[EffectCase]:
        """A note for what is closed. That it was done stands against having been taken for failed, and is said."""
        known = None if state is None else state.done.get(note.effect_id)
        if state is None or known is None or known.outcome == DONE or note.outcome != DONE:
            return already_known(state, "effect-closed-before")
        end = _end(note, context)
        outcome = self._outcome(note, note.case, end)
        return decided(closed(state, note.effect_id, end), "effect-corrected", outcome, detail=note.detail_code)

    def _timer(self, case: EffectCase, context: Context) -> Decision[EffectCase]:
        due = {key: effect for key, effect in case.open.items() if effect.is_due(context.now)}
        if not due:
            return decided(forget_old(case, context.today), "effects-forgotten")
        moved = {key: moved_on(effect, context.now) for key, effect in due.items()}
        facts = [self._overdue(effect, context) for effect in due.values() if effect.status is Status.CLAIMED]
        looked_up = sum(effect.status is Status.RECONCILING for effect in moved.values())
        code = "effect-reconciling" if looked_up == len(moved) else "effect-overdue"
        after = EffectCase({**case.open, **moved}, case.done, case.forgotten_on)
        return decided(after, code, *facts, effects=len(moved))

    def _overdue(self, effect: OpenEffect, context: Context) -> EffectOutcome:
        request = request_of(effect, self.request)
        end = ClosedEffect(UNKNOWN, "no-answer-recorded", "", context.now, context.today)
        return self._outcome(request, request.case_key, end)

    def _outcome(
        self, about: EffectRequest | EffectAttempted | EffectWithdrawn, case_key: str, end: ClosedEffect
    ) -> EffectOutcome:
        return self.completed.model_validate(
            {
                "district": about.district,
                "agency": about.agency,
                "occurred_on": end.closed_on,
                "effect_id": about.effect_id,
                "outcome": end.outcome,
                "detail_code": end.detail_code,
                "receipt": end.receipt,
                "attempted_at": end.attempted_at,
                self.completed.key_field: case_key,
                **self.completed.told_by(end.receipt),
            }
        )


def effect_service(name: str, release: str, effect: Effect, texts: dict[str, str], port: str) -> Service:
    """Make the service that drives one kind of effect through the port of that name."""
    withdrawn = () if effect.withdrawn is None else (effect.withdrawn,)
    queued_notes = () if effect.queued is None else (effect.queued,)
    return Service(
        name=name,
        release=release,
        hears=(effect.request, *withdrawn, *queued_notes, effect.attempted),
        says=(effect.completed, *queued_notes, effect.attempted),
        state=EffectCase,
        decide=effect.decide,
        next_timer=next_effect_timer,
        reason_texts=REASON_TEXTS | texts,
        effect=effect,
        effect_port=port,
    )


def _effects_from(context: Context) -> date | None:
    """The published date, whatever day it was published for: a date that counts only from itself on would let all out."""
    published = context.references.get(ParameterPublished.topic, {}).get(EFFECTS_FROM)
    return date.fromisoformat(published.value) if isinstance(published, ParameterPublished) else None


def _end(note: EffectAttempted, context: Context) -> ClosedEffect:
    return ClosedEffect(note.outcome, note.detail_code, note.receipt, note.attempted_at, context.today)


def _not_carried_out(detail: str, context: Context) -> ClosedEffect:
    return ClosedEffect(FAILED, detail, "", context.now, context.today)


def _reconcile(state: EffectCase | None, context: Context) -> Decision[EffectCase]:
    """An operator's order: look up every unclear effect of the case, those too fresh as soon as they may be."""
    case = state or EffectCase()
    waiting = {key: effect for key, effect in case.open.items() if effect.status is Status.UNKNOWN}
    if not waiting:
        return refused(state, "nothing-unclear")
    ordered = {key: reconciling(effect, context.now) for key, effect in waiting.items()}
    after = EffectCase({**case.open, **ordered}, case.done, case.forgotten_on)
    return decided(after, "effect-reconciling", effects=len(ordered))
