"""Requests with an end: they stand in line until the log before them is read, and may be taken back until then."""

import time
from datetime import UTC, date, datetime, timedelta

import pytest

from schemas.calendar import WorkingCalendar
from schemas.decision import Context, Decision, Outcome
from schemas.effects import EffectOutcome
from schemas.notifications import (
    DeliveryAttempted,
    DeliveryCompleted,
    DeliveryQueued,
    DeliveryRequested,
    DeliveryWithdrawn,
)
from schemas.vocabulary import Agency, Channel, District
from services.runtime.effect_cases import (
    BEGINS_WITHIN,
    READ_BACK_WITHIN,
    EffectCase,
    claimed,
    next_effect_timer,
    queued,
    with_open,
)
from services.runtime.effect_texts import REASON_TEXTS
from services.runtime.effects import Attempt, Effect, effect_service
from services.runtime.outcomes import Transition
from tests.services.runtime.test_effect_runner import Notes, Provider, idle, make_runner

UNIT = "11371000004359918E"
NOW = datetime(2024, 1, 8, 1, 0, tzinfo=UTC)
END = NOW + timedelta(hours=12)
MOMENT = timedelta(microseconds=1)
EFFECT = Effect(DeliveryRequested, DeliveryAttempted, DeliveryCompleted, DeliveryQueued, DeliveryWithdrawn)
PLACE = {"district": District.WENDENG, "agency": Agency.WENDENG, "occurred_on": date(2024, 1, 8)}


def context(now: datetime = NOW) -> Context:
    return Context(now, "fact-1", "/services/notifications", WorkingCalendar(), {})


def request(expires_at: datetime | None = END) -> DeliveryRequested:
    words = {"title": "提醒", "text": "请缴费", "recipient_name": "某单位"}
    fields = {"effect_id": "effect-1", "recipient_key": UNIT, "notice_id": "notice-1", "channel": Channel.TELEPHONE}
    return DeliveryRequested.model_validate({**PLACE, **fields, **words, "expires_at": expires_at})


def withdrawal() -> DeliveryWithdrawn:
    fields = {"effect_id": "effect-1", "recipient_key": UNIT, "reason_code": "arrears-paid"}
    return DeliveryWithdrawn.model_validate({**PLACE, **fields})


def in_line(expires_at: datetime | None = END) -> tuple[EffectCase, DeliveryQueued]:
    """The case with the request in line, and the note that will be read back."""
    decision = EFFECT.decide(None, request(expires_at), context())
    (note,) = decision.facts
    assert isinstance(note, DeliveryQueued)
    assert decision.state is not None
    return decision.state, note


def outcomes(decision: Decision[EffectCase]) -> list[tuple[str, str]]:
    return [(fact.outcome, fact.detail_code) for fact in decision.facts if isinstance(fact, EffectOutcome)]


def intents(before: EffectCase | None, after: EffectCase | None) -> list[str]:
    return [intent.request.effect_id for intent in EFFECT.intents(Transition(UNIT, before, after))]


def test_a_request_with_an_end_stands_in_line_and_asks_nothing_of_the_port() -> None:
    decision = EFFECT.decide(None, request(), context())

    assert decision.reason.code == "effect-queued"
    assert intents(None, decision.state) == []
    assert decision.state is not None
    assert next_effect_timer(decision.state) is None


def test_a_request_without_an_end_is_claimed_at_once() -> None:
    decision = EFFECT.decide(None, request(None), context())

    assert (decision.reason.code, decision.facts) == ("effect-claimed", ())


def test_a_shell_without_a_line_claims_at_once_and_still_keeps_the_end() -> None:
    plain = Effect(DeliveryRequested, DeliveryAttempted, DeliveryCompleted)

    assert plain.decide(None, request(), context()).reason.code == "effect-claimed"
    assert plain.decide(None, request(), context(END)).reason.code == "effect-outside-window"


def test_the_note_read_back_claims_the_request_and_lets_the_port_act_once() -> None:
    case, note = in_line()
    decision = EFFECT.decide(case, note, context())
    again = EFFECT.decide(decision.state, note, context())

    assert decision.reason.code == "effect-claimed"
    assert intents(case, decision.state) == ["effect-1"]
    assert (again.reason.outcome, again.reason.code) == (Outcome.ALREADY_KNOWN, "effect-closed-before")
    assert intents(decision.state, again.state) == []


def test_the_last_claim_leaves_time_to_begin_before_the_end_and_a_moment_later_none_is_made() -> None:
    case, note = in_line()
    last = EFFECT.decide(case, note, context(END - BEGINS_WITHIN))
    late = EFFECT.decide(case, note, context(END - BEGINS_WITHIN + MOMENT))

    assert last.reason.code == "effect-claimed"
    assert late.reason.code == "effect-outside-window"
    assert outcomes(late) == [("failed", "outside-window")]
    assert intents(case, late.state) == []


def test_a_request_outside_its_window_is_not_carried_out_later_either() -> None:
    """Whoever wants it asks anew, under a new id."""
    case, note = in_line()
    late = EFFECT.decide(case, note, context(END))
    again = EFFECT.decide(late.state, request(), context(NOW))

    assert outcomes(again) == [("failed", "outside-window")]


def test_a_request_taken_back_while_it_stands_in_line_is_closed_and_its_note_changes_nothing() -> None:
    case, note = in_line()
    decision = EFFECT.decide(case, withdrawal(), context())
    read_back = EFFECT.decide(decision.state, note, context())

    assert decision.reason.code == "effect-withdrawn"
    assert outcomes(decision) == [("failed", "withdrawn")]
    assert (read_back.reason.code, read_back.state) == ("effect-closed-before", decision.state)


def test_a_request_taken_back_after_its_claim_is_carried_out_and_its_outcome_tells() -> None:
    case, note = in_line()
    claim = EFFECT.decide(case, note, context())
    decision = EFFECT.decide(claim.state, withdrawal(), context())

    assert (decision.reason.code, decision.facts) == ("effect-withdrawn-too-late", ())
    assert decision.state == claim.state


def test_a_withdrawal_that_overtakes_its_request_holds() -> None:
    early = EFFECT.decide(None, withdrawal(), context())
    decision = EFFECT.decide(early.state, request(), context())

    assert (early.reason.code, early.facts) == ("effect-withdrawn-before-request", ())
    assert outcomes(decision) == [("failed", "withdrawn")]
    assert intents(early.state, decision.state) == []


def test_a_withdrawal_of_what_has_its_outcome_changes_nothing() -> None:
    case, note = in_line()
    late = EFFECT.decide(case, note, context(END)).state
    decision = EFFECT.decide(late, withdrawal(), context(END))

    assert (decision.reason.code, decision.state) == ("effect-closed-before", late)


def test_every_reason_of_the_line_can_be_read() -> None:
    case, note = in_line()
    decisions = [
        EFFECT.decide(None, request(), context()),
        EFFECT.decide(case, note, context(END)),
        EFFECT.decide(case, withdrawal(), context()),
        EFFECT.decide(None, withdrawal(), context()),
    ]

    assert all("{" not in REASON_TEXTS[d.reason.code].format(**d.reason.values) for d in decisions)


def test_only_a_shell_with_a_line_hears_its_notes_and_withdrawals() -> None:
    plain = Effect(DeliveryRequested, DeliveryAttempted, DeliveryCompleted)

    assert (DeliveryRequested, DeliveryWithdrawn, DeliveryQueued, DeliveryAttempted) == effect_service(
        "deliveries", "r", EFFECT, {}, "deliveries"
    ).hears
    assert (DeliveryRequested, DeliveryAttempted) == effect_service("deliveries", "r", plain, {}, "deliveries").hears


# --- the process that carries out ---------------------------------------------------------------------

STEPS = (
    Transition(UNIT, None, with_open(EffectCase(), "effect-1", queued(NOW, request().model_dump_json()))),
    Transition(
        UNIT,
        with_open(EffectCase(), "effect-1", queued(NOW, request().model_dump_json())),
        with_open(EffectCase(), "effect-1", claimed(NOW, request().model_dump_json())),
    ),
)
"""Put in line, and claimed."""


@pytest.mark.asyncio
@pytest.mark.timeout(30)
@pytest.mark.parametrize(("waited", "is_called"), [(READ_BACK_WITHIN, True), (READ_BACK_WITHIN + MOMENT, False)])
async def test_a_claim_is_carried_out_only_soon_after_this_process_saw_it_queued(
    waited: timedelta, *, is_called: bool
) -> None:
    """Else the shell's own note may have lain in the log for hours, and its append time is not the world's."""
    port, notes, now_s = Provider(lambda: Attempt("done", "answered")), Notes(), time.monotonic()
    runner = make_runner(port, notes)
    runner.committed(STEPS[:1], now_s)
    runner.committed(STEPS[1:], now_s + waited.total_seconds())
    await idle(runner)

    assert port.calls == ([("attempt", "effect-1")] if is_called else [])
    assert [fact.detail_code for fact in notes.facts] == ["answered" if is_called else "not-begun"]


@pytest.mark.asyncio
@pytest.mark.timeout(30)
async def test_a_claim_that_another_process_had_queued_is_not_begun_and_may_be_asked_for_anew() -> None:
    """The worker died with its note in the log, and another one reads it, perhaps at night."""
    port, notes = Provider(), Notes()
    runner = make_runner(port, notes)
    runner.committed(STEPS[1:], time.monotonic())
    await idle(runner)

    assert port.calls == []
    assert [(fact.outcome, fact.detail_code) for fact in notes.facts] == [("failed", "not-begun")]
