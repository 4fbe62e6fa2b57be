"""A notice is taken back, or the hours in which it may go out were over by its turn."""

from datetime import date, timedelta

import pytest

from schemas.decision import TimerDue
from schemas.notifications import DeliveryRequested, DeliveryWithdrawn, NotificationDelivered, NotificationFailed
from schemas.vocabulary import Channel
from services.notifications.rules import decide, next_timer
from tests.services.notifications.samples import SEALED_EMAIL, cancellation, context, local, reminder
from tests.services.notifications.test_rules_outcomes import MONDAY, Story

# --- withdrawn ----------------------------------------------------------------------------------------


def test_a_notice_withdrawn_before_it_goes_out_never_goes_out() -> None:
    case = decide(None, reminder(), context("2024-01-08 22:00")).state
    decision = decide(case, cancellation(), context("2024-01-09 07:59"))

    assert (decision.reason.code, decision.facts) == ("cancelled", ())
    assert decision.state is not None
    assert decision.state.open == {}


def test_a_withdrawal_that_comes_first_is_remembered() -> None:
    remembered = decide(None, cancellation(), context(MONDAY))
    decision = decide(remembered.state, reminder(), context(MONDAY))

    assert remembered.reason.code == "cancellation-remembered"
    assert (decision.reason.code, decision.facts) == ("cancelled-before-request", ())


def test_both_orders_of_arrival_end_in_the_same_state() -> None:
    night = context("2024-01-08 22:00")
    one = decide(decide(None, reminder(), night).state, cancellation(), night).state
    other = decide(decide(None, cancellation(), night).state, reminder(), night).state

    assert one == other


def test_a_withdrawal_is_remembered_for_thirty_days_and_not_for_thirty_one() -> None:
    """Asked for on the last day it is cancelled; the timer of the day after forgets it."""
    remembered = decide(None, cancellation(), context(MONDAY)).state
    assert remembered is not None
    last_day = decide(remembered, reminder(), context("2024-02-07 20:59"))
    timer = next_timer(remembered)
    assert timer is not None
    forgotten = decide(remembered, TimerDue(timer.name, timer.due_at), context(timer.due_at))

    assert last_day.reason.code == "cancelled-before-request"
    assert timer.due_at == local("2024-02-08 00:00")
    assert (forgotten.state, forgotten.reason.code) == (None, "forgotten")


def test_a_notice_being_sent_is_withdrawn_at_the_channel_and_the_outcome_tells() -> None:
    """It was called before the withdrawal reached it."""
    story = Story()
    (request,) = [fact for fact in story.last.facts if isinstance(fact, DeliveryRequested)]
    decision = story.take(cancellation())

    assert decision.reason.code == "cancelled-while-sending"
    assert [fact.effect_id for fact in decision.facts if isinstance(fact, DeliveryWithdrawn)] == [request.effect_id]
    story.answered("done", "answered")
    assert story.said == [(NotificationDelivered, "answered")]


@pytest.mark.parametrize("detail", ["withdrawn", "outside-window"])
def test_a_notice_withdrawn_before_anybody_was_called_is_cancelled_and_nothing_is_said(detail: str) -> None:
    story = Story()
    story.take(cancellation())
    decision = story.answered("failed", detail)

    assert (decision.reason.code, decision.facts) == ("cancelled-in-time", ())
    assert story.ask().reason.code == "notice-known"


def test_a_notice_that_missed_its_hours_and_is_withdrawn_overnight_is_cancelled_and_nothing_is_said() -> None:
    """Asked for just before nine in the evening, paid before eight: nobody was called, so there is no call to tell of."""
    story = Story()
    story.now = local("2024-01-08 21:00")
    story.answered("failed", "outside-window")
    decision = story.take(cancellation())

    assert (decision.reason.code, decision.facts) == ("cancelled", ())
    assert story.ask().reason.code == "notice-known"


def test_a_second_delivery_withdrawn_in_time_after_a_first_that_missed_its_hours_is_cancelled_and_nothing_is_said() -> (
    None
):
    story = Story()
    story.now = local("2024-01-08 21:00")
    story.answered("failed", "outside-window")
    story.wake()
    story.take(cancellation())
    decision = story.answered("failed", "withdrawn")

    assert (decision.reason.code, decision.facts) == ("cancelled-in-time", ())


def test_a_second_call_withdrawn_in_time_leaves_the_outcome_of_the_first() -> None:
    story = Story()
    story.answered("failed", "no-answer")
    story.wake()
    story.take(cancellation())
    decision = story.answered("failed", "withdrawn")

    assert decision.reason.code == "cancelled-in-time"
    assert story.said == [(NotificationFailed, "no-answer")]


def test_a_notice_of_which_nothing_is_known_is_withdrawn_too_late() -> None:
    story = Story()
    story.answered("unknown", "answer-lost")
    decision = story.take(cancellation())

    assert (decision.reason.code, decision.facts) == ("cancelled-too-late", ())


# --- its hours were over ------------------------------------------------------------------------------


def test_a_delivery_must_begin_before_the_quiet_hours_of_its_day() -> None:
    story = Story()
    (request,) = [fact for fact in story.last.facts if isinstance(fact, DeliveryRequested)]

    assert request.expires_at == local("2024-01-08 21:00")


@pytest.mark.parametrize(
    ("heard_at", "next_at"),
    [
        ("2024-01-08 20:59:30", "2024-01-09 08:00"),
        ("2024-01-08 23:30", "2024-01-09 08:00"),
        ("2024-01-09 07:59", "2024-01-09 08:00"),
    ],
)
def test_a_delivery_whose_hours_were_over_waits_for_the_next_morning(heard_at: str, next_at: str) -> None:
    """Also in the last minute before nine: it would only come too late again."""
    story = Story()
    story.now = local(heard_at)
    decision = story.answered("failed", "outside-window")
    assert (decision.reason.code, story.sent_on) == ("window-missed", [])

    assert story.wake() == local(next_at)
    assert story.sent_on == [Channel.TELEPHONE]


def test_a_delivery_whose_hours_were_over_goes_out_at_once_where_the_next_ones_have_come() -> None:
    story = Story()
    story.now = local("2024-01-09 10:00")
    story.answered("failed", "outside-window")

    assert story.sent_on == [Channel.TELEPHONE]


@pytest.mark.parametrize(("expires_on", "code"), [("2024-01-09", "window-missed"), ("2024-01-08", "expired")])
def test_a_delivery_whose_hours_were_over_is_asked_for_anew_only_while_it_is_worth_telling(
    expires_on: str, code: str
) -> None:
    story = Story(expires_on=date.fromisoformat(expires_on))
    story.now = local("2024-01-08 23:30")

    assert story.answered("failed", "outside-window").reason.code == code


def test_a_delivery_that_missed_its_hours_five_times_is_given_up_and_four_times_it_is_not() -> None:
    story = Story()
    for _ in range(4):
        story.now += timedelta(hours=14)
        story.answered("failed", "outside-window")
        assert story.last.reason.code == "window-missed"
        story.wake()
    story.answered("failed", "outside-window")

    assert story.said == [(NotificationFailed, "outside-window")]


@pytest.mark.parametrize("detail", ["no-answer", "busy", "wrong-number", "provider-unreachable"])
def test_a_notice_withdrawn_too_late_is_at_least_not_sent_again(detail: str) -> None:
    story = Story(email=SEALED_EMAIL)
    story.take(cancellation())
    story.answered("failed", detail)

    assert story.sent_on == []
    assert story.said == [(NotificationFailed, detail)]


def test_a_notice_withdrawn_between_two_calls_has_failed_with_the_first() -> None:
    story = Story()
    story.answered("failed", "no-answer")
    decision = story.take(cancellation())

    assert decision.reason.code == "cancelled-between-calls"
    assert story.said == [(NotificationFailed, "no-answer")]


def test_a_notice_that_has_ended_is_withdrawn_too_late() -> None:
    story = Story()
    story.answered("done", "answered")
    decision = story.take(cancellation())

    assert (decision.reason.code, decision.facts) == ("cancelled-after-end", ())


@pytest.mark.parametrize("at", [MONDAY, "2024-01-08 22:00"])
def test_a_repeated_withdrawal_is_known(at: str) -> None:
    """Of a notice sent, of one withdrawn in time, and of one never asked for."""
    sent = decide(decide(None, reminder(), context(at)).state, cancellation(), context(at)).state
    unknown = decide(None, cancellation(), context(at)).state

    assert decide(sent, cancellation(), context(at)).reason.code == "cancellation-known"
    assert decide(unknown, cancellation(), context(at)).reason.code == "cancellation-known"
