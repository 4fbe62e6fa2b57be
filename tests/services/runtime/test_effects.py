"""The effect shell's rules: an effect is claimed once, attempted once, and its outcome is never guessed."""

from datetime import UTC, date, datetime, timedelta

import pytest

from schemas.calendar import WorkingCalendar
from schemas.decision import Context, Decision, Outcome, TimerDue
from schemas.effects import EffectOutcome
from schemas.fact import Fact, Sealed
from schemas.mesh import CommandIssued, ParameterPublished
from schemas.notifications import DeliveryAttempted, DeliveryCompleted, DeliveryRequested
from schemas.vocabulary import Agency, Channel, District
from services.runtime.cases import Case, CaseFormat
from services.runtime.effect_cases import CLOSED_REMEMBERED_DAYS, OPEN_MAX
from services.runtime.effect_texts import REASON_TEXTS
from services.runtime.effects import (
    CLAIM_EXPIRES_AFTER,
    DONE_REMEMBERED_MAX,
    RECONCILE_EVERY,
    RECONCILE_MAX,
    Attempt,
    Effect,
    EffectCase,
    Intent,
    Status,
    effect_service,
    next_effect_timer,
)
from services.runtime.outcomes import Transition

UNIT = "11371000004359918E"
NOW = datetime(2024, 1, 8, 1, 0, tzinfo=UTC)
EFFECT = Effect(DeliveryRequested, DeliveryAttempted, DeliveryCompleted)
SEALED = Sealed(key_reference="s1-x", ciphertext=bytes(range(256)))


def context(now: datetime = NOW, *references: Fact) -> Context:
    known: dict[str, dict[str, Fact]] = {}
    for fact in references:
        known.setdefault(fact.topic, {})[fact.case_key] = fact
    return Context(now, "fact-1", "/services/notifications", WorkingCalendar(), known)


def request(effect_id: str = "effect-1", occurred_on: date = date(2024, 1, 8)) -> DeliveryRequested:
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
    intent = Intent(request(effect_id), looked_up, at)
    fact = EFFECT.attempted_fact(intent, Attempt(outcome, f"{outcome}-detail", "receipt-1"), at)
    assert isinstance(fact, DeliveryAttempted)
    return fact


def reconcile() -> CommandIssued:
    return CommandIssued(subject=UNIT, action="reconcile", issued_by="operator", explanation="asked by telephone")


def effects_from(day: str, effective_on: str) -> ParameterPublished:
    return ParameterPublished(name="effects-from", value=day, effective_on=date.fromisoformat(effective_on))


def outcomes(decision: Decision[EffectCase]) -> list[tuple[str, str]]:
    return [(fact.outcome, fact.detail_code) for fact in decision.facts if isinstance(fact, EffectOutcome)]


def intents(before: EffectCase | None, after: EffectCase | None) -> list[tuple[str, bool]]:
    found = EFFECT.intents(Transition(UNIT, before, after))
    return [(intent.request.effect_id, intent.is_lookup) for intent in found]


def claimed(now: datetime = NOW) -> EffectCase:
    decision = EFFECT.decide(None, request(), context(now))
    assert decision.state is not None
    return decision.state


def fired(case: EffectCase) -> tuple[Decision[EffectCase], datetime]:
    timer = next_effect_timer(case)
    assert timer is not None
    return EFFECT.decide(case, TimerDue(timer.name, timer.due_at), context(timer.due_at)), timer.due_at


def unclear(now: datetime = NOW) -> EffectCase:
    decision = EFFECT.decide(claimed(now), note("unknown", at=now), context(now))
    assert decision.state is not None
    return decision.state


# --- claim, attempt, outcome --------------------------------------------------------------------------


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


# --- unclear outcomes ---------------------------------------------------------------------------------


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


# --- what never leaves the mesh -----------------------------------------------------------------------


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


# --- what is remembered -------------------------------------------------------------------------------


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


def test_every_reason_the_shell_gives_has_its_text() -> None:
    """Each code of this file's decisions, filled with its values."""
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
