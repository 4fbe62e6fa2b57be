"""What comes of a telephone reminder changes the ladder, and brings the notice nearer."""

from datetime import date
from typing import Any

import pytest

from schemas.arrears import ReminderCancelled, ReminderRequested
from schemas.fact import Fact, Sealed
from schemas.payment_notices import ReminderAnswered
from schemas.vocabulary import Channel, Insurance
from tests.services.arrears.samples import MAIL, PHONE, missed, paid, registered
from tests.services.arrears.samples_notice import NoticeDesk, answered, not_reached

CALLED = date(2024, 1, 9)
OTHER_PHONE = Sealed(key_reference="k1", ciphertext=b"another telephone")


def called(*more: Fact, **unit: Any) -> NoticeDesk:
    """A unit in arrears of 60,000 yuan that was called for the first time, on Tuesday 9 January 2024."""
    started = NoticeDesk(date(2024, 1, 8))
    started.hear(registered(**unit), missed(assessed_fen=6_000_000), *more)
    return started.on(CALLED)


def last_call(started: NoticeDesk) -> str:
    return str(started.heard_last(ReminderRequested).notice_id)


def calls(started: NoticeDesk) -> list[tuple[date, int]]:
    return [(fact.occurred_on, fact.step) for fact in started.said if isinstance(fact, ReminderRequested)]


def hear(started: NoticeDesk, detail: str, **more: Any) -> str:
    return started.hear(answered(last_call(started), started.context.today, detail, **more)).reason.code


def miss(started: NoticeDesk, detail: str) -> str:
    return started.hear(not_reached(last_call(started), started.context.today, detail)).reason.code


def test_a_unit_that_was_reached_is_called_again_as_planned() -> None:
    started = called()

    assert hear(started, "answered") == "reminder-reached"
    assert calls(started.on(date(2024, 1, 16))) == [(CALLED, 1), (date(2024, 1, 16), 2)]
    assert started.heard_last(ReminderAnswered).outcome == "reached"


def test_a_promise_is_waited_for() -> None:
    """Promised for Wednesday 24 January: the call planned for the 16th is left out."""
    started = called()

    assert hear(started, "promised", promised_on=date(2024, 1, 24)) == "reminder-promised"

    assert calls(started.on(date(2024, 1, 24), 23)) == [(CALLED, 1)]
    assert started.heard_last(ReminderAnswered).promised_on == date(2024, 1, 24)


def test_a_promise_kept_rings_nobody() -> None:
    started = called()
    hear(started, "promised", promised_on=date(2024, 1, 24))

    started.on(date(2024, 1, 24))
    started.hear(paid(paid_fen=6_000_000, paid_on=date(2024, 1, 24)))

    assert calls(started.on(date(2024, 6, 1))) == [(CALLED, 1)]


def test_a_broken_promise_is_counted_and_one_step_is_left_out() -> None:
    """Not paid on 24 January: called the next morning, as step 3 in place of 2."""
    started = called()
    hear(started, "promised", promised_on=date(2024, 1, 24))

    started.on(date(2024, 1, 25))

    assert calls(started) == [(CALLED, 1), (date(2024, 1, 25), 3)]
    assert started.codes[-1] == "promise-broken"
    broken = started.heard_last(ReminderAnswered)
    assert (broken.outcome, broken.broken_promises, broken.is_last) == ("promise-broken", 1, False)


def test_a_second_broken_promise_ends_the_reminders_and_the_notice_is_next() -> None:
    started = called()
    hear(started, "promised", promised_on=date(2024, 1, 24))
    started.on(date(2024, 1, 25))
    hear(started, "promised", promised_on=date(2024, 1, 31))

    started.on(date(2024, 2, 2), 1)

    assert len(calls(started)) == 2
    assert started.heard_last(ReminderAnswered).is_last
    assert [(change.occurred_on, change.reason_code) for change in started.changes] == [(date(2024, 2, 2), "drawn-up")]


def test_a_part_payment_does_not_keep_a_promise() -> None:
    started = called()
    hear(started, "promised", promised_on=date(2024, 1, 24))
    started.hear(paid(paid_fen=5_999_999, paid_on=date(2024, 1, 9)))

    started.on(date(2024, 1, 25))

    assert started.codes[-1] == "promise-broken"


def test_what_is_found_after_a_promise_does_not_break_it() -> None:
    started = called()
    hear(started, "promised", promised_on=date(2024, 1, 24))
    started.on(date(2024, 1, 10))
    started.hear(missed("M-2", insurance=Insurance.MEDICAL), paid(paid_fen=6_000_000, paid_on=date(2024, 1, 10)))

    started.on(date(2024, 1, 25))

    assert started.codes[-1] == "reminder-asked"
    assert started.case is not None
    assert started.case.ladder is not None
    assert started.case.ladder.broken_promises == 0


@pytest.mark.parametrize(
    ("promised", "waited_to", "code", "broken"),
    [
        (date(2024, 2, 8), None, "promise-broken", 1),
        (date(2024, 2, 9), "2024-02-08", "reminder-asked", 0),
        (date(2024, 6, 30), "2024-02-08", "reminder-asked", 0),
    ],
)
def test_a_promise_is_waited_for_thirty_days_at_most_and_is_not_broken_before_its_day(
    promised: date, waited_to: str | None, code: str, broken: int
) -> None:
    """Called on 9 January: the 30th day after is Thursday 8 February, and on Friday the unit is called again."""
    started = called()
    hear(started, "promised", promised_on=promised)
    assert (promised, waited_to) == (
        started.heard_last(ReminderAnswered).promised_on,
        started.decisions[-1].reason.values.get("waited_to"),
    )

    started.on(date(2024, 2, 9))

    assert code in started.codes
    assert (date(2024, 2, 9), broken) == (calls(started)[-1][0], started.heard_last(ReminderAnswered).broken_promises)


def test_a_promise_for_yesterday_is_none() -> None:
    assert hear(called(), "promised", promised_on=date(2024, 1, 8)) == "reminder-reached"


def test_a_refusal_ends_the_reminders_and_large_arrears_get_their_notice() -> None:
    started = called()

    assert hear(started, "refused") == "reminder-refused"

    assert started.on(date(2024, 1, 10), 1).reasons == ["drawn-up"]
    assert calls(started.on(date(2024, 6, 1))) == [(CALLED, 1)]


def test_a_wrong_number_ends_the_calls_and_asks_the_desk_for_another() -> None:
    started = called()

    assert miss(started, "wrong-number") == "reminder-wrong-number"

    answer = started.heard_last(ReminderAnswered)
    assert (answer.number_is_needed, answer.is_last) == (True, True)
    assert calls(started.on(date(2024, 6, 1))) == [(CALLED, 1)]


def test_another_number_begins_the_calls_anew() -> None:
    started = called()
    miss(started, "wrong-number")
    started.on(date(2024, 2, 1), 10)

    started.hear(registered(revision=2, contact_phone=OTHER_PHONE))

    assert calls(started.on(date(2024, 2, 2))) == [(CALLED, 1), (date(2024, 2, 2), 1)]
    assert started.heard_last(ReminderRequested).contact_phone == OTHER_PHONE


def test_with_a_wrong_number_and_an_address_the_reminders_go_on_by_mail() -> None:
    started = called(contact_email=MAIL)

    miss(started, "wrong-number")
    started.on(date(2024, 1, 16))

    asked = started.heard_last(ReminderRequested)
    assert (asked.step, asked.channel, asked.contact_phone, asked.contact_email) == (2, Channel.EMAIL, None, MAIL)


def test_a_call_that_ended_as_a_mail_tells_that_the_number_is_wrong() -> None:
    started = called(contact_phone=PHONE, contact_email=MAIL)

    assert hear(started, "mail-accepted", channel=Channel.EMAIL) == "reminder-wrong-number"


def test_a_wrong_number_stays_known_when_the_arrears_are_paid() -> None:
    started = called()
    miss(started, "wrong-number")
    started.hear(paid(paid_fen=6_000_000, paid_on=CALLED), missed("M-2", insurance=Insurance.MEDICAL))

    assert calls(started.on(date(2024, 6, 1))) == [(CALLED, 1)]


def test_a_call_that_nobody_took_is_repeated_sooner() -> None:
    """Planned for the 16th; two working days after the 9th is Thursday the 11th."""
    started = called()

    assert miss(started, "no-answer") == "reminder-no-answer"

    assert calls(started.on(date(2024, 1, 11))) == [(CALLED, 1), (date(2024, 1, 11), 2)]


def test_the_third_reminder_in_a_row_that_nobody_took_is_the_last() -> None:
    started = called()
    for day in (date(2024, 1, 11), date(2024, 1, 15)):
        miss(started, "no-answer")
        started.on(day)
    miss(started, "busy")

    assert started.heard_last(ReminderAnswered).is_last
    assert len(calls(started.on(date(2024, 6, 1)))) == 3


def test_a_call_that_was_taken_begins_the_count_anew() -> None:
    started = called()
    miss(started, "no-answer")
    started.on(date(2024, 1, 11))
    hear(started, "answered")

    assert started.case is not None
    assert started.case.ladder is not None
    assert started.case.ladder.unanswered == 0


def test_a_reminder_that_never_went_out_changes_nothing() -> None:
    started = called()

    assert miss(started, "expired") == "reminder-not-sent"
    assert calls(started.on(date(2024, 1, 16))) == [(CALLED, 1), (date(2024, 1, 16), 2)]


def test_an_answer_is_taken_once_and_only_to_the_last_reminder() -> None:
    started = called()
    hear(started, "refused")

    assert hear(started, "answered") == "answer-not-awaited"
    assert started.hear(answered("another-notice", CALLED)).reason.code == "answer-not-awaited"


def test_what_became_of_somebody_elses_notice_opens_no_case() -> None:
    started = NoticeDesk()

    assert started.hear(answered("a-card-is-ready", CALLED)).reason.code == "answer-of-another"
    assert started.case is None


def test_what_was_answered_needs_no_cancelling() -> None:
    started = called()
    hear(started, "answered")

    started.hear(paid(paid_fen=6_000_000, paid_on=CALLED))

    assert [] == [fact for fact in started.said if isinstance(fact, ReminderCancelled)]
