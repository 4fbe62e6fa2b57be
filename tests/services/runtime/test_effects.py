"""The effect shell's rules: an effect is claimed once, attempted once, and its outcome is what the port answered."""

from datetime import UTC, date, datetime, timedelta

import pytest

from schemas.decision import Outcome
from services.runtime.cases import Case, CaseFormat
from services.runtime.effect_cases import CLOSED_REMEMBERED_DAYS
from services.runtime.effect_texts import REASON_TEXTS
from services.runtime.effects import (
    Attempt,
    Intent,
    effect_service,
)
from services.runtime.outcomes import Transition
from tests.services.runtime.effect_facts import (
    EFFECT,
    NOW,
    UNIT,
    claimed,
    context,
    effects_from,
    fired,
    intents,
    note,
    outcomes,
    reconcile,
    request,
)


def test_a_request_is_claimed_and_only_then_attempted() -> None:
    """The claim says nothing; its transition asks the port for one attempt, at the instant of the claim."""
    decision = EFFECT.decide(None, request(), context())

    assert (decision.reason.code, decision.facts) == ("effect-claimed", ())
    assert EFFECT.intents(Transition(UNIT, None, decision.state)) == [Intent(request(), False, NOW)]


def test_the_request_kept_in_state_is_the_request_that_came() -> None:
    """Sealed bytes too, also after the state went through the changelog."""
    format_ = CaseFormat(effect_service("deliveries", "r", EFFECT, {}, "deliveries"))
    restored = format_.decode(format_.encode(Case(claimed()))).state

    assert EFFECT.intents(Transition(UNIT, None, restored))[0].request == request()


@pytest.mark.parametrize("outcome", ["done", "failed"])
def test_the_ports_answer_becomes_the_outcome(outcome: str) -> None:
    """And the effect is closed: no timer but that of forgetting."""
    decision = EFFECT.decide(claimed(), note(outcome), context())

    assert decision.reason.code == f"effect-{outcome}"
    assert outcomes(decision) == [(outcome, f"{outcome}-detail")]
    assert decision.state is not None
    assert decision.state.open == {}


def test_a_repeat_while_it_is_open_is_known_and_asks_nothing_of_the_port() -> None:
    case = claimed()
    decision = EFFECT.decide(case, request(), context(NOW + timedelta(seconds=1)))

    assert (decision.reason.outcome, decision.reason.code) == (Outcome.ALREADY_KNOWN, "effect-known")
    assert intents(case, decision.state) == []


def test_a_repeat_of_a_closed_effect_is_answered_and_not_attempted() -> None:
    """Whoever asks again waits for an answer: it is the same."""
    case = EFFECT.decide(claimed(), note("done"), context()).state
    decision = EFFECT.decide(case, request(), context(NOW + timedelta(days=CLOSED_REMEMBERED_DAYS - 1)))

    assert decision.reason.code == "effect-said-again"
    assert outcomes(decision) == [("done", "done-detail")]
    assert intents(case, decision.state) == []


def test_an_answer_of_no_known_kind_is_unclear() -> None:
    """A port may not invent outcomes, nor leave the detail out."""
    fact = EFFECT.attempted_fact(Intent(request(), False, NOW), Attempt("perhaps", ""), NOW)

    assert (fact.outcome, fact.detail_code) == ("unknown", "unknown")


def test_the_note_of_an_attempt_bears_the_legal_date_of_the_attempt() -> None:
    """17:00 UTC is the next day in Weihai."""
    late = datetime(2024, 1, 8, 17, 0, tzinfo=UTC)

    assert note("done", at=late).occurred_on == date(2024, 1, 9)


def test_every_reason_the_shell_gives_has_its_text() -> None:
    """Each code of the shell's decisions, filled with its values."""
    eve = context(NOW, effects_from("2024-02-01", "2024-02-01"))
    expired, at = fired(claimed())
    decisions = [
        EFFECT.decide(None, request(), context()),
        EFFECT.decide(claimed(), request(), context()),
        EFFECT.decide(None, request(), eve),
        EFFECT.decide(claimed(), note("done"), context()),
        EFFECT.decide(claimed(), note("unknown"), context()),
        expired,
        EFFECT.decide(expired.state, reconcile(), context(at)),
        EFFECT.decide(None, reconcile(), context()),
    ]

    assert all("{" not in REASON_TEXTS[d.reason.code].format(**d.reason.values) for d in decisions)
