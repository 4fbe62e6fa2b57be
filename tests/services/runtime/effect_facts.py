"""Requests of one effect, notes about it and orders, for tests of the shell's rules; and what a decision said of them."""

from datetime import UTC, date, datetime

from schemas.calendar import WorkingCalendar
from schemas.decision import Context, Decision, TimerDue
from schemas.effects import EffectOutcome
from schemas.fact import Fact, Sealed
from schemas.mesh import CommandIssued, ParameterPublished
from schemas.notifications import DeliveryAttempted, DeliveryCompleted, DeliveryRequested
from schemas.vocabulary import Agency, Channel, District
from services.runtime.effects import (
    Attempt,
    Effect,
    EffectCase,
    Intent,
    next_effect_timer,
)
from services.runtime.outcomes import Transition

UNIT = "11371000004359918E"
NOW = datetime(2024, 1, 8, 1, 0, tzinfo=UTC)
EFFECT = Effect(DeliveryRequested, DeliveryAttempted, DeliveryCompleted)
SEALED = Sealed(key_reference="s1-x", ciphertext=bytes(range(256)))


def context(now: datetime = NOW, *references: Fact) -> Context:
    """What a decision of this moment is made in."""
    known: dict[str, dict[str, Fact]] = {}
    for fact in references:
        known.setdefault(fact.topic, {})[fact.case_key] = fact
    return Context(now, "fact-1", "/services/notifications", WorkingCalendar(), known)


def request(effect_id: str = "effect-1", occurred_on: date = date(2024, 1, 8)) -> DeliveryRequested:
    """A request for one telephone call."""
    return DeliveryRequested(
        district=District.WENDENG,
        agency=Agency.WENDENG,
        occurred_on=occurred_on,
        effect_id=effect_id,
        recipient_key=UNIT,
        notice_id="notice-1",
        channel=Channel.TELEPHONE,
        title="提醒",
        text="请缴费",
        recipient_name="某单位",
        contact=SEALED,
    )


def note(
    outcome: str, effect_id: str = "effect-1", *, looked_up: bool = False, at: datetime = NOW
) -> DeliveryAttempted:
    """The note of an attempt, or of a look-up."""
    intent = Intent(request(effect_id), looked_up, at)
    fact = EFFECT.attempted_fact(intent, Attempt(outcome, f"{outcome}-detail", "receipt-1"), at)
    assert isinstance(fact, DeliveryAttempted)
    return fact


def reconcile() -> CommandIssued:
    """An operator orders that the provider is asked."""
    return CommandIssued(subject=UNIT, action="reconcile", issued_by="operator", explanation="asked by telephone")


def effects_from(day: str, effective_on: str) -> ParameterPublished:
    """The parameter from whose day on effects leave the mesh."""
    return ParameterPublished(name="effects-from", value=day, effective_on=date.fromisoformat(effective_on))


def outcomes(decision: Decision[EffectCase]) -> list[tuple[str, str]]:
    """What a decision says has become of effects."""
    return [(fact.outcome, fact.detail_code) for fact in decision.facts if isinstance(fact, EffectOutcome)]


def intents(before: EffectCase | None, after: EffectCase | None) -> list[tuple[str, bool]]:
    """What the port is then asked for: of which effect, and whether to look it up only."""
    found = EFFECT.intents(Transition(UNIT, before, after))
    return [(intent.request.effect_id, intent.is_lookup) for intent in found]


def claimed(now: datetime = NOW) -> EffectCase:
    """A case whose one effect is claimed."""
    decision = EFFECT.decide(None, request(), context(now))
    assert decision.state is not None
    return decision.state


def fired(case: EffectCase) -> tuple[Decision[EffectCase], datetime]:
    """What the next timer of a case brings, and when."""
    timer = next_effect_timer(case)
    assert timer is not None
    return EFFECT.decide(case, TimerDue(timer.name, timer.due_at), context(timer.due_at)), timer.due_at


def unclear(now: datetime = NOW) -> EffectCase:
    """A case whose one effect was attempted with an unclear answer."""
    decision = EFFECT.decide(claimed(now), note("unknown", at=now), context(now))
    assert decision.state is not None
    return decision.state
