"""`step`: the only road on which a case changes. Pure; the worker, the memory twin, replay and simulation all call it."""

from datetime import UTC, date, datetime
from typing import NamedTuple

import msgspec

from schemas.decision import Context, Decision, Originals, Outcome, Reason, Timer, TimerDue
from schemas.fact import Fact
from services.runtime.cases import Case, id_hash, remember, remembered_digest
from services.runtime.door import Event
from services.runtime.envelope import Envelope, event_type, traceparent_after
from services.runtime.records import derived_id
from services.runtime.service import Service

BROKEN_RULE = "rules-broken"
_REFUSED, _KEEP, _REFUSE = (
    Outcome.REFUSED,
    Originals.KEEP,
    Originals.REFUSE,
)  # a member looked up in its enum costs 0.1 µs
LEAVING_THE_STATE = (Outcome.REFUSED, Outcome.ALREADY_KNOWN)
"""Outcomes with which a case must stay as it was."""
EPOCH_DAY = date(1970, 1, 1).toordinal()


class RulesBroken(Exception):
    """The rules gave back something they must not; a bug, so the case parks."""


class SaidFact(NamedTuple):
    """A fact said, with the envelope derived for it."""

    fact: Fact
    envelope: Envelope


class Step(msgspec.Struct, frozen=True, gc=False):
    """What one record, or one timer, did to one case. `case` None: there is no case (any more)."""

    case: Case | None
    said: tuple[SaidFact, ...]
    reason: Reason
    originals: Originals = Originals.AS_THEY_ARE


def step_fact(service: Service, case: Case | None, event: Event, context: Context) -> Step:
    """Decide one fact about one case.

    A repeat of a remembered id is already known; the same id with other content is refused. Whatever the
    rules raise goes through to the caller, which parks the case.
    """
    name = id_hash(event.envelope.source, event.envelope.id)
    if case is not None:
        known = remembered_digest(case.seen, name)
        if known == event.digest:
            return Step(case, (), Reason("repeat", outcome=Outcome.ALREADY_KNOWN))
        if known is not None:
            return Step(case, (), Reason("duplicate-id-other-content", outcome=Outcome.REFUSED))
    decision = service.decide(None if case is None else case.state, event.fact, context)
    envelope, known_by = event.envelope, (name, event.digest)
    return _wrapped(service, case, event.case_key, decision, envelope, envelope.id, context, known_by)


def step_timer(service: Service, case: Case, case_key: str, timer: Timer, context: Context) -> Step:
    """Decide what a case does as its timer comes due. The cause is derived from case, timer and instant."""
    decision = service.decide(case.state, TimerDue(timer.name, timer.due_at), context)
    step = _wrapped(service, case, case_key, decision, None, timer_cause(case_key, timer), context)
    if step.case is not None and service.next_timer(step.case.state) == timer:
        raise RulesBroken(f"timer {timer.name} did not move on")
    return step


def timer_cause(case_key: str, timer: Timer) -> str:
    """The id of a timer's coming due: the same whenever and wherever it is handled, in whatever zone its instant is told."""
    return derived_id((case_key, timer.name, timer.due_at.astimezone(UTC).isoformat()))


def _wrapped(
    service: Service,
    case: Case | None,
    case_key: str,
    decision: Decision[object],
    cause: Envelope | None,
    cause_id: str,
    context: Context,
    known_by: tuple[bytes, bytes] | None = None,
) -> Step:
    """Make of a decision what it does to the case; `known_by`: under which name and digest a case remembers its cause."""
    outcome = decision.reason.outcome
    before = None if case is None else case.state
    if outcome in LEAVING_THE_STATE and decision.state != before:
        raise RulesBroken(f"{decision.reason.code} must leave the state as it was")
    if decision.originals is _KEEP and (cause is None or outcome is not Outcome.DECIDED):
        raise RulesBroken(f"{decision.reason.code} decides no record that could be kept")
    sequence = 0 if case is None else case.sequence
    said = _said(service, case_key, decision.facts, cause, cause_id, sequence, context.now)
    if decision.state is None:
        return Step(None, said, decision.reason, decision.originals)
    base = case if case is not None else Case(state=None)
    # What is refused after all may come again under the same id: it must not meet the memory of having been kept.
    seen = b"" if decision.originals is _REFUSE else base.seen
    if known_by is not None and outcome is not _REFUSED:
        day = max(0, context.today.toordinal() - EPOCH_DAY)  # a simulated clock may say a time before
        seen = remember(seen, *known_by, day)
    changed = Case(decision.state, sequence + len(said), seen, base.parked, base.parked_next)
    return Step(changed, said, decision.reason, decision.originals)


def _said(
    service: Service,
    case_key: str,
    facts: tuple[Fact, ...],
    cause: Envelope | None,
    cause_id: str,
    sequence: int,
    now: datetime,
) -> tuple[SaidFact, ...]:
    said: list[SaidFact] = []
    counts: dict[str, int] = {}
    correlation = cause_id if cause is None else cause.correlation_id
    for fact in facts:
        if type(fact) not in service.says:
            raise RulesBroken(f"{service.name} may not say {fact.topic}")
        number = counts.get(fact.topic, 0)
        counts[fact.topic] = number + 1
        sequence += 1
        event_id = derived_id((cause_id, service.name, case_key, fact.topic, str(number)))
        trace = traceparent_after(cause, correlation, event_id)
        envelope = Envelope(
            event_id, service.source, event_type(fact.topic), now, correlation, cause_id, sequence, trace
        )
        said.append(SaidFact(fact, envelope))
    return tuple(said)
