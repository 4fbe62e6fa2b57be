"""The effect shell's rules about what never leaves the mesh, and about what of it is remembered."""

from datetime import UTC, date, datetime, timedelta

from services.runtime.effect_cases import CLOSED_REMEMBERED_DAYS, OPEN_MAX
from services.runtime.effects import (
    DONE_REMEMBERED_MAX,
    EffectCase,
)
from tests.services.runtime.effect_facts import (
    EFFECT,
    NOW,
    claimed,
    context,
    effects_from,
    fired,
    intents,
    note,
    outcomes,
    request,
)


def test_before_the_effects_from_date_nothing_leaves_and_on_it_everything_does() -> None:
    """The last moment of 2024-01-07 in Weihai, and the first of 2024-01-08."""
    parameter = effects_from("2024-01-08", "2024-01-01")
    eve = EFFECT.decide(None, request(), context(datetime(2024, 1, 7, 15, 59, 59, tzinfo=UTC), parameter))
    day = EFFECT.decide(None, request(), context(datetime(2024, 1, 7, 16, 0, tzinfo=UTC), parameter))

    assert outcomes(eve) == [("failed", "before-effects-from")]
    assert intents(None, eve.state) == []
    assert intents(None, day.state) == [("effect-1", False)]


def test_effects_from_holds_before_its_own_effective_date() -> None:
    """Published for the day it names, it must hold back what comes before that day."""
    parameter = effects_from("2024-02-01", "2024-02-01")
    decision = EFFECT.decide(None, request(), context(NOW, parameter))

    assert outcomes(decision) == [("failed", "before-effects-from")]


def test_what_was_held_back_is_not_attempted_later() -> None:
    parameter = effects_from("2024-01-09", "2024-01-01")
    held = EFFECT.decide(None, request(), context(NOW, parameter)).state
    decision = EFFECT.decide(held, request(), context(NOW + timedelta(days=30), parameter))

    assert outcomes(decision) == [("failed", "before-effects-from")]
    assert intents(held, decision.state) == []


def test_one_case_has_no_more_than_so_many_open_effects() -> None:
    """The last that fits, and the first that does not: it is answered, not forgotten."""
    case: EffectCase | None = None
    for number in range(OPEN_MAX - 1):
        case = EFFECT.decide(case, request(f"effect-{number}"), context()).state
    fits = EFFECT.decide(case, request("last"), context())
    too_many = EFFECT.decide(fits.state, request("one-more"), context())

    assert fits.reason.code == "effect-claimed"
    assert outcomes(too_many) == [("failed", "too-many-open")]


def done_many(count: int) -> EffectCase:
    case: EffectCase | None = None
    for number in range(count):
        at = NOW + timedelta(days=number // 10)
        claim = EFFECT.decide(case, request(f"effect-{number}", at.date()), context(at))
        case = EFFECT.decide(claim.state, note("done", f"effect-{number}", at=at), context(at)).state
    assert case is not None
    return case


def test_a_bounded_number_of_closed_effects_is_remembered() -> None:
    assert len(done_many(DONE_REMEMBERED_MAX + 1).done) == DONE_REMEMBERED_MAX


def test_a_request_as_old_as_a_forgotten_effect_is_not_carried_out_and_a_newer_one_is() -> None:
    """effect-0 of 2024-01-08 was forgotten: a request of that day may be its repeat, one of the next day may not."""
    case = done_many(DONE_REMEMBERED_MAX + 1)
    later = NOW + timedelta(days=60)
    repeat = EFFECT.decide(case, request("effect-0", date(2024, 1, 8)), context(later))
    newer = EFFECT.decide(case, request("effect-new", date(2024, 1, 9)), context(later))

    assert outcomes(repeat) == [("failed", "older-than-memory")]
    assert newer.reason.code == "effect-claimed"


def test_a_closed_case_is_forgotten_after_its_time() -> None:
    """At the first moment, in Weihai, of the day that is so many days later; then nothing is left."""
    case = EFFECT.decide(claimed(), note("done"), context()).state
    assert case is not None
    decision, at = fired(case)

    assert at == datetime(2024, 1, 7, 16, 0, tzinfo=UTC) + timedelta(days=CLOSED_REMEMBERED_DAYS)
    assert (decision.state, decision.reason.code) == (None, "effects-forgotten")
