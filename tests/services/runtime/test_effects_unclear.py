"""The effect shell's rules where an outcome is not clear: it is looked up, never guessed, and not attempted again."""

from datetime import timedelta

import pytest

from schemas.decision import Outcome, TimerDue
from services.runtime.effects import (
    CLAIM_EXPIRES_AFTER,
    RECONCILE_EVERY,
    RECONCILE_MAX,
    EffectCase,
    Status,
    next_effect_timer,
)
from tests.services.runtime.effect_facts import (
    EFFECT,
    NOW,
    claimed,
    context,
    fired,
    intents,
    note,
    outcomes,
    reconcile,
    unclear,
)


def test_a_claim_without_an_answer_is_unknown_not_attempted_again() -> None:
    case = claimed()
    decision, at = fired(case)

    assert at == NOW + CLAIM_EXPIRES_AFTER
    assert decision.reason.code == "effect-overdue"
    assert outcomes(decision) == [("unknown", "no-answer-recorded")]
    assert intents(case, decision.state) == []


def test_a_claim_is_not_overdue_a_moment_before() -> None:
    """Another effect's timer does not touch it."""
    case = claimed()
    at = NOW + CLAIM_EXPIRES_AFTER - timedelta(microseconds=1)
    decision = EFFECT.decide(case, TimerDue("effect-due", at), context(at))

    assert decision.state == case


def test_an_unclear_answer_is_said_once_and_looked_up_later() -> None:
    first = EFFECT.decide(claimed(), note("unknown"), context())
    assert outcomes(first) == [("unknown", "unknown-detail")]
    assert first.state is not None
    decision, at = fired(first.state)

    assert at == NOW + RECONCILE_EVERY
    assert decision.reason.code == "effect-reconciling"
    assert decision.facts == ()
    assert intents(first.state, decision.state) == [("effect-1", True)]


def test_a_late_answer_after_unknown_resolves_it() -> None:
    """The claim expired, then the attempt's own note arrived."""
    expired, at = fired(claimed())
    decision = EFFECT.decide(expired.state, note("done"), context(at + timedelta(seconds=1)))

    assert outcomes(decision) == [("done", "done-detail")]


def test_a_late_unclear_answer_after_unknown_changes_nothing() -> None:
    expired, at = fired(claimed())
    decision = EFFECT.decide(expired.state, note("unknown"), context(at))

    assert decision.reason.code == "effect-still-unclear"
    assert (decision.state, decision.facts) == (expired.state, ())


def test_what_a_look_up_finds_becomes_the_outcome() -> None:
    looking, at = fired(unclear())
    decision = EFFECT.decide(looking.state, note("failed", looked_up=True), context(at))

    assert outcomes(decision) == [("failed", "failed-detail")]


def test_look_ups_end_after_so_many_and_say_nothing_new() -> None:
    """Then only an operator moves it on, and may do so as often as needed."""
    case, lookups, at = unclear(), 0, NOW
    while (timer := next_effect_timer(case)) is not None:
        before, at = case, timer.due_at
        looking = EFFECT.decide(case, TimerDue(timer.name, at), context(at)).state
        lookups += len(intents(before, looking))
        decision = EFFECT.decide(looking, note("unknown", looked_up=True), context(at))
        assert decision.facts == ()
        assert decision.state is not None
        case = decision.state
    ordered = EFFECT.decide(case, reconcile(), context(at))

    assert lookups == RECONCILE_MAX
    assert intents(case, ordered.state) == [("effect-1", True)]


def test_a_look_up_without_an_answer_is_unclear_again() -> None:
    looking, at = fired(unclear())
    assert looking.state is not None
    decision, overdue_at = fired(looking.state)

    assert overdue_at == at + CLAIM_EXPIRES_AFTER
    assert decision.facts == ()
    assert decision.state is not None
    assert decision.state.open["effect-1"].status is Status.UNKNOWN


def test_an_operators_reconcile_waits_until_no_attempt_can_be_under_way() -> None:
    """A moment before the claim's time is up nothing is asked; the timer then asks at that very instant."""
    case = unclear()
    early = NOW + CLAIM_EXPIRES_AFTER - timedelta(microseconds=1)
    ordered = EFFECT.decide(case, reconcile(), context(early))
    assert intents(case, ordered.state) == []
    assert ordered.state is not None
    decision, at = fired(ordered.state)

    assert at == NOW + CLAIM_EXPIRES_AFTER
    assert intents(ordered.state, decision.state) == [("effect-1", True)]


def test_an_operators_reconcile_looks_up_at_once_when_the_claims_time_is_up() -> None:
    case = unclear()
    decision = EFFECT.decide(case, reconcile(), context(NOW + CLAIM_EXPIRES_AFTER))

    assert intents(case, decision.state) == [("effect-1", True)]


@pytest.mark.parametrize("state", [None, EffectCase(), claimed()])
def test_a_reconcile_without_anything_unclear_is_refused(state: EffectCase | None) -> None:
    decision = EFFECT.decide(state, reconcile(), context())

    assert (decision.reason.outcome, decision.reason.code) == (Outcome.REFUSED, "nothing-unclear")
    assert decision.state is state


def test_that_it_was_done_stands_against_having_been_taken_for_failed() -> None:
    """A look-up found nothing, then the attempt's note came after all: the correction is said."""
    looking, at = fired(unclear())
    failed = EFFECT.decide(looking.state, note("failed", looked_up=True), context(at))
    decision = EFFECT.decide(failed.state, note("done"), context(at))

    assert decision.reason.code == "effect-corrected"
    assert outcomes(decision) == [("done", "done-detail")]


@pytest.mark.parametrize(
    ("first", "later"), [("done", "failed"), ("done", "done"), ("failed", "failed"), ("done", "unknown")]
)
def test_any_other_answer_after_the_outcome_changes_nothing(first: str, later: str) -> None:
    case = EFFECT.decide(claimed(), note(first), context()).state
    decision = EFFECT.decide(case, note(later, at=NOW + timedelta(seconds=1)), context())

    assert decision.reason.code == "effect-closed-before"
    assert (decision.state, decision.facts) == (case, ())


def test_a_note_about_an_effect_nobody_asked_for_changes_nothing() -> None:
    decision = EFFECT.decide(None, note("done"), context())

    assert (decision.state, decision.reason.code) == (None, "effect-closed-before")
