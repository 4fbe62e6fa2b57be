"""The ladder of reminders: when, to whom, how often, and when not."""

from datetime import date

from schemas.arrears import ArrearsChanged, ArrearsSettled, ReminderCancelled, ReminderRequested
from schemas.decision import LEGAL_ZONE
from schemas.vocabulary import Channel, Insurance
from services.arrears import law
from services.arrears.rules import next_timer
from tests.services.arrears.samples import (
    MAIL,
    PHONE,
    PUBLISHED,
    UNPUBLISHED,
    Desk,
    assessed,
    at,
    desk,
    missed,
    paid,
    registered,
)


def reminders(started: Desk) -> list[ReminderRequested]:
    return [fact for fact in started.said if isinstance(fact, ReminderRequested)]


def asked_on(started: Desk) -> list[date]:
    return [reminder.occurred_on for reminder in reminders(started)]


def test_a_new_arrear_is_reminded_at_nine_of_the_next_working_day() -> None:
    """Found on Friday at ten, reminded on Monday at nine."""
    started = desk(registered(), missed(), today=date(2024, 1, 12))

    assert started.case is not None
    timer = next_timer(started.case)
    assert timer is not None
    assert timer.due_at.astimezone(LEGAL_ZONE).isoformat() == "2024-01-15T09:00:00+08:00"


def test_an_arrear_found_before_nine_of_a_working_day_is_reminded_that_day() -> None:
    started = Desk(date(2024, 1, 8))
    started.now = at(date(2024, 1, 8), hour=8)
    started.hear(registered(), missed())

    started.wait_until(at(date(2024, 1, 8), hour=9))

    assert asked_on(started) == [date(2024, 1, 8)]


def test_the_ladder_counts_working_days_and_ends() -> None:
    """5, 10 and 20 working days: over the Spring Festival, with its make-up days."""
    started = desk(registered(), missed())

    started.wait_until(at(date(2024, 12, 31)))

    assert asked_on(started) == [date(2024, 1, 9), date(2024, 1, 16), date(2024, 1, 30), date(2024, 3, 1)]
    assert [reminder.step for reminder in reminders(started)] == [1, 2, 3, 4]


def test_each_reminder_has_a_notice_of_its_own() -> None:
    started = desk(registered(), missed())
    started.wait_until(at(date(2024, 12, 31)))

    names = [reminder.notice_id for reminder in reminders(started)]

    assert len(set(names)) == 4
    assert all(len(name) <= 64 for name in names)


def test_a_reminder_names_what_is_owed_on_its_day() -> None:
    started = desk(registered(), missed())
    started.hear(paid(paid_fen=40_000, paid_on=date(2024, 1, 8)))

    started.wait_until(at(date(2024, 1, 16)))
    text = reminders(started)[-1].text

    assert "截至2024年1月16日" in text
    assert "本金合计600.00元；滞纳金计至当日合计14.40元" in text


def test_contacts_go_through_sealed_and_the_telephone_comes_first() -> None:
    started = desk(registered(contact_phone=PHONE, contact_email=MAIL), missed())
    started.wait_until(at(date(2024, 1, 9)))

    asked = reminders(started)[0]

    assert (asked.channel, asked.contact_phone, asked.contact_email) == (Channel.TELEPHONE, PHONE, MAIL)


def test_mail_is_used_when_only_an_address_is_known() -> None:
    started = desk(registered(contact_phone=None, contact_email=MAIL), missed())
    started.wait_until(at(date(2024, 1, 9)))

    assert reminders(started)[0].channel == Channel.EMAIL


def test_a_unit_without_contacts_goes_to_the_call_list_all_the_same() -> None:
    started = desk(registered(contact_phone=None), missed())
    started.wait_until(at(date(2024, 1, 9)))

    assert reminders(started)[0].channel == Channel.TELEPHONE


def test_paid_in_time_for_the_reminder_nothing_is_asked() -> None:
    started = desk(registered(), missed(), paid())

    started.wait_until(at(date(2024, 12, 31)))

    assert reminders(started) == []


def test_what_is_pending_is_cancelled_when_all_is_paid() -> None:
    started = desk(registered(), missed())
    started.wait_until(at(date(2024, 1, 9)))

    decision = started.hear(paid(paid_on=date(2024, 1, 9)))

    assert [type(fact) for fact in decision.facts] == [ArrearsSettled, ReminderCancelled]
    cancelled = started.heard_last(ReminderCancelled)
    assert cancelled.notice_id == reminders(started)[0].notice_id
    assert cancelled.reason_code == "arrears-paid"


def test_arrears_due_up_to_the_end_of_2019_are_not_reminded_by_telephone() -> None:
    started = desk(registered(), missed(month="2019-11", due_on=date(2019, 12, 31)))

    started.wait_until(at(date(2024, 12, 31)))

    assert reminders(started) == []


def test_a_line_due_on_the_first_day_of_2020_is_named_and_one_due_the_day_before_is_not() -> None:
    """Dues as moved past days off: 31 December 2019 is a Tuesday, 1 January 2020 a day off."""
    started = desk(
        registered(),
        missed(month="2019-11", due_on=date(2019, 12, 31), assessed_fen=7_000_000),
        missed("M-2", month="2019-12", due_on=date(2020, 1, 1)),
    )

    started.wait_until(at(date(2024, 1, 9)))
    text = reminders(started)[0].text

    assert "养老保险费（2019年12月），本金1,000.00元" in text
    assert "2019年11月" not in text
    assert "本金合计1,000.00元" in text


def test_a_due_date_corrected_from_2019_into_2020_begins_the_reminders() -> None:
    """Found as an older arrear, the line was left out of the campaign; corrected, it is in it, whichever fact came first."""
    old = missed(reference="X-1", month="2019-12", due_on=date(2019, 12, 31))
    corrected = assessed(reference="X-2", month="2019-12", due_on=date(2020, 1, 1))
    started = desk(registered(), old, corrected)

    started.wait_until(at(date(2024, 1, 9), hour=10))

    assert asked_on(started) == [date(2024, 1, 9)]
    assert asked_on(started) == asked_on(_waited(desk(old, corrected, registered())))


def _waited(started: Desk) -> Desk:
    started.wait_until(at(date(2024, 1, 9), hour=10))
    return started


def test_a_due_date_corrected_within_2019_begins_none() -> None:
    old = missed(reference="X-1", month="2019-12", due_on=date(2019, 12, 30))
    corrected = assessed(reference="X-2", month="2019-12", due_on=date(2019, 12, 31))
    started = desk(registered(), old, corrected)

    assert asked_on(_waited(started)) == []


def test_older_arrears_stay_in_what_is_said_of_the_unit_though_no_reminder_names_them() -> None:
    started = desk(registered(), missed(month="2019-11", due_on=date(2019, 12, 31)), missed("M-2"))

    started.wait_until(at(date(2024, 1, 9)))

    assert started.heard_last(ArrearsChanged).principal_fen == 200_000
    assert "本金合计1,000.00元" in reminders(started)[0].text


def test_a_reminder_cites_what_the_late_fees_it_names_rest_on() -> None:
    started = desk(registered(), missed(month="2010-05", due_on=date(2010, 6, 15)), missed("M-2"))

    started.wait_until(at(date(2024, 1, 9)))

    assert started.codes[-1] == "reminder-asked"
    assert law.LATE_FEE in started.decisions[-1].reason.paragraphs
    assert law.OLD_LATE_FEE not in started.decisions[-1].reason.paragraphs


def test_when_only_older_arrears_are_left_the_ladder_rests() -> None:
    started = desk(registered(), missed(month="2019-11", due_on=date(2019, 12, 31)), missed("M-2"))
    started.wait_until(at(date(2024, 1, 9)))

    decision = started.hear(paid())
    started.wait_until(at(date(2024, 12, 31)))

    assert [type(fact) for fact in decision.facts] == [ArrearsChanged, ReminderCancelled]
    assert len(reminders(started)) == 1


def test_a_reminder_is_cancelled_on_the_last_day_it_may_go_out() -> None:
    started = desk(registered(), missed())
    started.wait_until(at(date(2024, 3, 1)))
    assert reminders(started)[-1].expires_on == date(2024, 3, 8)

    started.now = at(date(2024, 3, 8))
    decision = started.hear(paid())

    assert ReminderCancelled in map(type, decision.facts)


def test_a_reminder_that_is_past_its_time_is_not_cancelled() -> None:
    started = desk(registered(), missed())
    started.wait_until(at(date(2024, 3, 9)))

    decision = started.hear(paid())

    assert ReminderCancelled not in map(type, decision.facts)


def test_a_part_payment_does_not_begin_the_ladder_anew() -> None:
    started = desk(registered(), missed())
    started.wait_until(at(date(2024, 1, 10)))

    started.hear(paid(paid_fen=1))
    started.wait_until(at(date(2024, 1, 31)))

    assert asked_on(started) == [date(2024, 1, 9), date(2024, 1, 16), date(2024, 1, 30)]


def test_a_new_arrear_begins_the_ladder_anew_but_not_too_soon() -> None:
    """Reminded on 9 January; a line found on the 17th, the day after step 2, is named on the 23rd, as step 1."""
    started = desk(registered(), missed())
    started.wait_until(at(date(2024, 1, 17)))

    started.hear(missed("M-2", insurance=Insurance.MEDICAL))
    started.wait_until(at(date(2024, 1, 31)))

    assert asked_on(started) == [date(2024, 1, 9), date(2024, 1, 16), date(2024, 1, 23), date(2024, 1, 30)]
    assert [reminder.step for reminder in reminders(started)] == [1, 2, 1, 2]


def test_many_lines_of_one_day_are_one_reminder() -> None:
    started = desk(registered(), *(missed(f"M-{kind}", insurance=kind) for kind in Insurance))

    started.wait_until(at(date(2024, 1, 10)))

    assert len(reminders(started)) == 1


def test_settled_and_in_arrears_again_within_days_is_not_reminded_at_once() -> None:
    started = desk(registered(), missed())
    started.wait_until(at(date(2024, 1, 9)))
    started.hear(paid(), paid("R-1", reverses="P-1"))

    started.wait_until(at(date(2024, 1, 16)))

    assert asked_on(started) == [date(2024, 1, 9), date(2024, 1, 16)]


def test_a_reminder_that_falls_on_a_day_off_published_late_moves_on() -> None:
    """Without a calendar 12 February 2024 is a Monday; it is in the Spring Festival."""
    started = Desk(date(2024, 2, 9), UNPUBLISHED)
    started.hear(registered(), missed())

    started.calendar = PUBLISHED
    codes = started.wait_until(at(date(2024, 2, 18)))

    assert codes == ["reminder-moved-to-working-day", "reminder-asked"]
    assert asked_on(started) == [date(2024, 2, 18)]


def test_a_late_clock_asks_once_not_for_each_step_missed() -> None:
    started = desk(registered(), missed())

    assert started.jump_to(at(date(2024, 6, 3))) == ["reminder-asked", "compliance-gap-found", "notice-drawn-up"]
    assert asked_on(started) == [date(2024, 6, 3)]


def test_a_late_clock_finds_all_lines_overdue_at_once() -> None:
    started = desk(
        registered(),
        assessed("A-1"),
        assessed("A-2", month="2023-12", due_on=date(2024, 1, 15)),
        today=date(2023, 12, 1),
    )

    codes = started.jump_to(at(date(2024, 2, 1), hour=12))

    assert codes == ["lines-found-overdue"]
    assert started.decisions[-1].reason.values == {"found": "2"}
