"""What follows from what a channel answered."""

from datetime import date, datetime, timedelta

import pytest

from schemas.calendar import WorkingCalendar
from schemas.decision import Decision, TimerDue
from schemas.notifications import (
    DeliveryRequested,
    NotificationDelivered,
    NotificationFact,
    NotificationFailed,
    NotificationUnclear,
)
from schemas.vocabulary import Channel
from services.notifications.law import office_rules
from services.notifications.rules import NotificationCase, decide, next_timer
from services.notifications.rules.outcomes import CONTACT_USELESS, NOTHING_WENT_OUT
from services.notifications.rules.state import Status
from tests.services.notifications.samples import (
    CALENDAR,
    SEALED_EMAIL,
    answer,
    context,
    local,
    reminder,
)

MONDAY = "2024-01-08 09:00"


class Story:
    """One recipient, decided step by step."""

    def __init__(self, **wishes: object) -> None:
        self.case: NotificationCase | None = None
        self.now = local(MONDAY)
        self.calendar = CALENDAR
        self.ask(**wishes)

    def ask(self, **wishes: object) -> Decision[NotificationCase]:
        return self.take(reminder(**wishes))  # type: ignore[arg-type]

    def take(self, fact: object) -> Decision[NotificationCase]:
        self.last = decide(self.case, fact, context(self.now, self.calendar))
        self.case = self.last.state
        return self.last

    def answered(self, outcome: str, detail: str) -> Decision[NotificationCase]:
        """The channel answers the delivery of the notice's latest attempt."""
        assert self.case is not None
        self.effect_id = self.case.open["notice-1"].effect_id
        return self.take(answer(self.effect_id, outcome, detail))

    def wake(self) -> datetime:
        """The next timer comes due."""
        assert self.case is not None
        timer = next_timer(self.case)
        assert timer is not None
        self.now = timer.due_at
        self.take(TimerDue(timer.name, timer.due_at))
        return timer.due_at

    @property
    def said(self) -> list[tuple[type, str]]:
        """What the last decision said of the notice."""
        return [(type(fact), fact.detail_code) for fact in self.last.facts if isinstance(fact, NotificationFact)]

    @property
    def sent_on(self) -> list[Channel]:
        """The channels on which the last decision lets it go out."""
        return [fact.channel for fact in self.last.facts if isinstance(fact, DeliveryRequested)]


# --- delivered, failed, unclear -----------------------------------------------------------------------


def test_an_answered_call_is_delivered() -> None:
    story = Story()
    decision = story.answered("done", "answered")

    assert decision.reason.code == "delivered"
    assert story.said == [(NotificationDelivered, "answered")]
    assert story.case is not None
    assert story.case.open == {}


def test_an_outcome_that_no_rule_repeats_has_failed() -> None:
    story = Story()
    story.answered("failed", "before-effects-from")

    assert story.said == [(NotificationFailed, "before-effects-from")]


def test_an_unclear_outcome_is_said_once_and_nothing_is_sent_again() -> None:
    story = Story()
    story.answered("unknown", "answer-lost")
    assert story.said == [(NotificationUnclear, "answer-lost")]
    assert story.sent_on == []
    story.answered("unknown", "answer-lost")

    assert story.last.reason.code == "delivery-known"
    assert story.case is not None
    assert next_timer(story.case) is None


@pytest.mark.parametrize(
    ("outcome", "detail", "said"),
    [("done", "answered", NotificationDelivered), ("failed", "provider-refused", NotificationFailed)],
)
def test_a_later_word_resolves_what_was_unclear(outcome: str, detail: str, said: type) -> None:
    story = Story()
    story.answered("unknown", "answer-lost")
    story.answered(outcome, detail)

    assert story.said == [(said, detail)]


def test_an_unclear_call_found_unanswered_is_repeated_like_any_other() -> None:
    story = Story()
    story.answered("unknown", "answer-lost")
    story.answered("failed", "no-answer")

    assert story.last.reason.code == "call-again"


def test_a_failed_notice_found_delivered_after_all_is_said() -> None:
    story = Story()
    story.answered("failed", "provider-refused")
    decision = story.take(answer(story.effect_id, "done", "answered"))

    assert decision.reason.code == "delivered-after-all"
    assert story.said == [(NotificationDelivered, "answered")]


@pytest.mark.parametrize("outcome", ["done", "failed", "unknown"])
def test_a_repeated_word_on_what_was_delivered_says_nothing(outcome: str) -> None:
    story = Story()
    story.answered("done", "answered")
    decision = story.take(answer(story.effect_id, outcome, "answered"))

    assert (decision.reason.code, decision.facts) == ("delivery-known", ())


def test_a_word_on_a_delivery_nobody_remembers_is_a_decision_too() -> None:
    decision = decide(None, answer("effect-x", "done", "answered"), context(MONDAY))

    assert (decision.state, decision.facts, decision.reason.code) == (None, (), "delivery-forgotten")


# --- calling again ------------------------------------------------------------------------------------


def test_a_call_nobody_took_is_repeated_on_the_next_working_day_at_ten() -> None:
    """From Monday to Tuesday."""
    story = Story()
    story.answered("failed", "no-answer")
    assert story.said == []
    at = story.wake()

    assert at == local("2024-01-09 10:00")
    assert story.sent_on == [Channel.TELEPHONE]


def test_before_a_holiday_the_next_working_day_is_the_first_after_it() -> None:
    """Eve of the Spring Festival 2024: 2024-02-09 works, 02-10 to 02-17 are off, Sunday 02-18 is a make-up working day."""
    story = Story()
    story.now = local("2024-02-09 15:00")
    story.answered("failed", "no-answer")

    assert story.wake() == local("2024-02-18 10:00")


def test_after_three_calls_the_notice_has_failed_and_after_two_it_has_not() -> None:
    story = Story()
    for _ in range(2):
        story.answered("failed", "no-answer")
        assert story.last.reason.code == "call-again"
        story.wake()
    story.answered("failed", "no-answer")

    assert office_rules(date(2024, 1, 8)).calls_max == 3
    assert story.said == [(NotificationFailed, "no-answer")]


def test_each_call_of_a_notice_has_its_own_id() -> None:
    story = Story()
    story.answered("failed", "no-answer")
    first = story.effect_id
    story.wake()
    story.answered("done", "answered")

    assert story.effect_id != first


def test_a_busy_line_is_called_again_half_an_hour_later() -> None:
    story = Story()
    story.answered("failed", "busy")

    assert story.wake() == local("2024-01-08 09:30")


def test_a_line_busy_in_the_evening_is_called_again_in_the_morning() -> None:
    """20:29 is early enough for another call that evening, 20:30 is not."""
    early, late = Story(), Story()
    early.now, late.now = local("2024-01-08 20:29"), local("2024-01-08 20:30")
    early.answered("failed", "busy")
    late.answered("failed", "busy")

    assert early.wake() == local("2024-01-08 20:59")
    assert late.wake() == local("2024-01-09 08:00")


def test_no_call_is_repeated_after_the_last_day_of_the_notice() -> None:
    """What failed is the call, so that is what is said."""
    in_time, too_late = Story(expires_on=date(2024, 1, 9)), Story(expires_on=date(2024, 1, 8))
    in_time.answered("failed", "no-answer")
    too_late.answered("failed", "no-answer")

    assert in_time.last.reason.code == "call-again"
    assert too_late.said == [(NotificationFailed, "no-answer")]


def test_a_day_counted_without_a_published_calendar_is_looked_at_again_when_it_comes() -> None:
    """Counted by weekends alone the next working day is 2024-02-12; the calendar published since says it is a holiday."""
    story = Story()
    story.now, story.calendar = local("2024-02-09 15:00"), WorkingCalendar()
    story.answered("failed", "no-answer")
    story.calendar = CALENDAR
    assert story.wake() == local("2024-02-12 10:00")
    assert (story.last.reason.code, story.sent_on) == ("call-again-moved", [])

    assert story.wake() == local("2024-02-18 10:00")
    assert story.sent_on == [Channel.TELEPHONE]


def test_a_day_counted_without_a_calendar_stands_when_it_is_a_working_day() -> None:
    story = Story()
    story.calendar = WorkingCalendar()
    story.answered("failed", "no-answer")
    story.wake()

    assert story.sent_on == [Channel.TELEPHONE]


# --- another channel ----------------------------------------------------------------------------------


@pytest.mark.parametrize("detail", sorted(CONTACT_USELESS))
def test_where_a_contact_is_useless_the_other_channel_is_taken(detail: str) -> None:
    story = Story(email=SEALED_EMAIL)
    story.answered("failed", detail)

    assert story.last.reason.code == "other-channel"
    assert story.sent_on == [Channel.EMAIL]


def test_a_wrong_number_without_a_mail_address_has_failed() -> None:
    story = Story()
    story.answered("failed", "wrong-number")

    assert story.said == [(NotificationFailed, "wrong-number")]


def test_when_both_contacts_are_useless_the_notice_has_failed() -> None:
    """It does not go back and forth."""
    story = Story(email=SEALED_EMAIL)
    story.answered("failed", "wrong-number")
    story.answered("failed", "address-refused")

    assert story.said == [(NotificationFailed, "address-refused")]


def test_the_mail_after_a_wrong_number_waits_for_the_morning_too() -> None:
    story = Story(email=SEALED_EMAIL)
    story.now = local("2024-01-08 21:00")
    story.answered("failed", "wrong-number")

    assert story.sent_on == []
    assert story.wake() == local("2024-01-09 08:00")
    assert story.sent_on == [Channel.EMAIL]


# --- nothing went out ---------------------------------------------------------------------------------


@pytest.mark.parametrize("detail", sorted(NOTHING_WENT_OUT))
def test_where_for_certain_nothing_went_out_it_is_tried_again_within_the_hour(detail: str) -> None:
    story = Story()
    story.answered("failed", detail)
    at = story.wake()

    assert local(MONDAY) + timedelta(minutes=30) <= at <= local(MONDAY) + timedelta(minutes=60)
    assert story.sent_on == [Channel.TELEPHONE]


def test_after_an_outage_notices_do_not_all_return_at_once_but_always_at_the_same_time() -> None:
    def returns_at(notice_id: str) -> datetime:
        case = decide(None, reminder(notice_id), context(MONDAY)).state
        assert case is not None
        failed = answer(case.open[notice_id].effect_id, "failed", "provider-unreachable")
        after = decide(case, failed, context(MONDAY)).state
        assert after is not None
        timer = next_timer(after)
        assert timer is not None
        return timer.due_at

    times = [returns_at(f"notice-{number}") for number in range(20)]

    assert times == [returns_at(f"notice-{number}") for number in range(20)]
    assert len(set(times)) > 5


def test_a_channel_unreachable_five_times_is_given_up_and_four_times_it_is_not() -> None:
    story = Story()
    for _ in range(4):
        story.answered("failed", "provider-unreachable")
        assert story.last.reason.code == "channel-again"
        story.wake()
    story.answered("failed", "provider-unreachable")

    assert story.said == [(NotificationFailed, "provider-unreachable")]


# --- forgetting ---------------------------------------------------------------------------------------


def test_a_closed_notice_is_known_for_four_hundred_days_then_forgotten() -> None:
    story = Story()
    story.answered("done", "answered")
    at = story.wake()

    assert at == local("2025-02-12 00:00")
    assert (story.case, story.last.reason.code) == (None, "forgotten")


def test_what_is_sent_has_no_timer_of_its_own() -> None:
    """The effect shell answers for every delivery."""
    story = Story()

    assert story.case is not None
    assert story.case.open["notice-1"].status is Status.SENDING
    assert next_timer(story.case) is None
