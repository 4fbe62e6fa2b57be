"""Service of a notice and its deadline: five working days from receipt, counted by hand."""

from datetime import date
from typing import Any

import pytest

from schemas.calendar import CalendarYear, WorkingCalendar
from schemas.enforcement import EnforcementAct as Act
from schemas.enforcement import EnforcementChanged, EnforcementStage
from schemas.payment_notices import (
    AnnouncementGround,
    LeavingEvidence,
    NoticeAct,
    NoticeStage,
    ServiceMethod,
)
from services.arrears import law, law_notice
from services.arrears.rules import next_timer
from tests.services.arrears.samples import PUBLISHED, UNPUBLISHED, missed, paid, registered
from tests.services.arrears.samples_enforcement import act as enforcement_act
from tests.services.arrears.samples_notice import HEAD, LAW_POLICY, NoticeDesk, act, in_arrears, served


def served_on(day: date, found_on: date, **changed: Any) -> NoticeDesk:
    """A notice of what was found some days before, issued two working days later and served on `day`."""
    started = in_arrears(found_on)
    issued_on = PUBLISHED.add_working_days(found_on, 1).on
    started.on(issued_on)
    started.issue_and_serve(issued_on, day, **changed)
    return started


@pytest.mark.parametrize(
    ("received", "deadline"),
    [
        # A plain week: Monday 15 January 2024; Tuesday 16 … Friday 19 are 1 … 4, Monday 22 is the fifth.
        (date(2024, 1, 15), date(2024, 1, 22)),
        # A Friday: 19 January 2024; Monday 22 … Friday 26.
        (date(2024, 1, 19), date(2024, 1, 26)),
        # A Saturday counts as a day of receipt, not as a working day: Monday 22 … Friday 26.
        (date(2024, 1, 20), date(2024, 1, 26)),
        # A Friday before a weekend with a make-up day: Friday 2 February 2024; Sunday 4 (调休) is the first, Monday 5 …
        # Thursday 8 the second to fifth. Without the make-up day it would be Friday 9.
        (date(2024, 2, 2), date(2024, 2, 8)),
        # National Day: Friday 27 September 2024; Sunday 29 (调休) is 1, Monday 30 is 2, off from 1 to 7 October,
        # Tuesday 8, Wednesday 9, Thursday 10 are 3, 4, 5.
        (date(2024, 9, 27), date(2024, 10, 10)),
    ],
)
def test_the_deadline_is_the_fifth_working_day_after_receipt(received: date, deadline: date) -> None:
    started = served_on(received, date(2024, 1, 8))

    assert started.notice().deadline_on == deadline
    assert not started.notice().deadline_is_provisional


def test_on_the_last_day_nothing_is_overdue_and_on_the_day_after_it_is() -> None:
    """Received on Monday 15 January 2024, last day Monday 22."""
    started = served_on(date(2024, 1, 15), date(2024, 1, 8))

    assert started.on(date(2024, 1, 22), 23).notice().stage is NoticeStage.SERVED
    assert started.on(date(2024, 1, 23), 0).notice().stage is NoticeStage.OVERDUE
    assert started.codes[-1] == "notice-deadline-passed"
    assert started.state.overdue() == (started.notice(),)
    assert started.reasons[-1] == "deadline-passed"


def test_a_deadline_over_an_unpublished_new_year_is_provisional_and_counted_anew() -> None:
    """Received on Tuesday 29 December 2026, the calendar of 2027 unpublished: 30, 31 December, 4, 5, 6 January 2027, as 1 January is
    off by law. Published with Monday the 4th off too, it is the 7th.
    """
    started = served_before_new_year()
    assert (started.notice().deadline_on, started.notice().deadline_is_provisional) == (date(2027, 1, 6), True)

    started.calendar = with_new_year(2027)
    codes = started.wait_until(law.end_of(date(2027, 1, 6)))

    assert "notice-deadline-moved" in codes
    assert (started.notice().stage, started.notice().deadline_on) == (NoticeStage.SERVED, date(2027, 1, 7))
    assert not started.notice().deadline_is_provisional
    assert started.reasons[-1] == "calendar-published"
    assert started.on(date(2027, 1, 8), 0).notice().stage is NoticeStage.OVERDUE


def test_what_comes_to_a_case_after_the_calendar_has_its_deadline_counted_anew_and_said() -> None:
    """A part payment of 5 January 2027 finds the calendar published: the new last day is said then, not when the old one is over."""
    started = served_before_new_year()
    started.calendar = with_new_year(2027)

    started.on(date(2027, 1, 5))
    started.hear(paid(paid_fen=40_000, paid_on=date(2027, 1, 5)))

    [said] = [fact for fact in started.changes if fact.reason_code == "calendar-published"]
    assert (said.deadline_on, said.deadline_is_provisional) == (date(2027, 1, 7), False)
    assert law.DAYS_COUNTED in started.decisions[-1].reason.paragraphs


def test_an_extension_to_a_day_that_turns_out_to_be_off_ends_on_the_next_working_day() -> None:
    """民法典 203. Received on Monday 21 December 2026, last day the 28th, extended to Monday 4 January 2027, which is off after all: the 5th."""
    started = NoticeDesk(date(2026, 12, 14), parameters=[LAW_POLICY])
    started.hear(registered(), missed(occurred_on=date(2026, 12, 14)))
    started.on(date(2026, 12, 15))
    started.issue_and_serve(date(2026, 12, 15), date(2026, 12, 21))
    started.do(act(NoticeAct.EXTEND, date(2026, 12, 21), extended_until=date(2027, 1, 4)))
    assert (started.notice().deadline_on, started.notice().last_day_on) == (date(2026, 12, 28), date(2027, 1, 4))

    started.calendar = with_new_year(2027)

    assert started.on(date(2027, 1, 5), 23).notice().stage is NoticeStage.SERVED
    assert (date(2027, 1, 5), "calendar-published") == (started.changes[-1].extended_until, started.reasons[-1])
    assert started.on(date(2027, 1, 6), 0).notice().stage is NoticeStage.OVERDUE


def served_before_new_year() -> NoticeDesk:
    """A notice received on Tuesday 29 December 2026; nobody has published 2027."""
    started = NoticeDesk(date(2026, 12, 21), parameters=[LAW_POLICY])
    started.hear(registered(), missed(occurred_on=date(2026, 12, 21)))
    started.on(date(2026, 12, 22))
    started.issue_and_serve(date(2026, 12, 22), date(2026, 12, 29))
    return started


def with_new_year(year: int) -> WorkingCalendar:
    """The published calendars, and one more year in which 1 and 4 January are off, and no other weekday."""
    published = CalendarYear(frozenset({date(year, 1, 1), date(year, 1, 4)}), frozenset())
    return WorkingCalendar({**PUBLISHED.years, year: published})


def test_a_notice_refused_and_left_counts_from_the_day_it_was_left() -> None:
    started = served_on(
        date(2024, 1, 15), date(2024, 1, 8), method=ServiceMethod.LEFT, evidence=LeavingEvidence.RECORDED
    )

    assert (started.notice().served_on, started.notice().deadline_on) == (date(2024, 1, 15), date(2024, 1, 22))
    assert law_notice.SERVED_BY[ServiceMethod.LEFT] in started.decisions[-1].reason.paragraphs


def test_a_posted_notice_counts_from_the_day_on_its_receipt() -> None:
    started = served_on(date(2024, 1, 15), date(2024, 1, 8), method=ServiceMethod.POST)

    assert started.notice().served_on == date(2024, 1, 15)


@pytest.mark.parametrize(
    ("announced", "received"),
    [
        # 15 January 2024 + 30 days = 14 February, inside the Spring Festival (10–17 February): Sunday 18 is a make-up day.
        (date(2024, 1, 15), date(2024, 2, 18)),
        # 22 January + 30 days = Wednesday 21 February.
        (date(2024, 1, 22), date(2024, 2, 21)),
    ],
)
def test_an_announced_notice_counts_as_received_after_thirty_days(announced: date, received: date) -> None:
    ground = AnnouncementGround.WHEREABOUTS_UNKNOWN
    started = served_on(announced, date(2024, 1, 8), method=ServiceMethod.ANNOUNCEMENT, announcement_ground=ground)

    assert started.notice().served_on == received
    assert started.notice().deadline_on == PUBLISHED.add_working_days(received, 5).on


def test_before_2022_an_announcement_took_sixty_days() -> None:
    """1 December 2021 + 60 days = Sunday 30 January 2022, a make-up day before the Spring Festival."""
    on = date(2021, 12, 1)

    assert law_notice.received_on(ServiceMethod.ANNOUNCEMENT, on, PUBLISHED).on == date(2022, 1, 30)
    assert law_notice.received_on(ServiceMethod.ANNOUNCEMENT, date(2022, 1, 1), PUBLISHED).on == date(2022, 2, 7)


def test_a_service_recorded_when_its_deadline_has_passed_is_overdue_at_once_and_not_before() -> None:
    started = in_arrears(date(2024, 1, 8))
    started.on(date(2024, 1, 9))
    started.do(act(NoticeAct.ISSUE, date(2024, 1, 9)))
    started.on(date(2024, 2, 1))

    started.do(served(date(2024, 1, 15)))

    assert started.notice().stage is NoticeStage.SERVED
    assert started.case is not None
    timer = next_timer(started.case)
    assert timer is not None
    assert started.on(date(2024, 2, 1)).notice().stage is NoticeStage.OVERDUE


def test_a_corrected_receipt_moves_the_deadline() -> None:
    started = served_on(date(2024, 1, 15), date(2024, 1, 8), business_reference="S-1")
    started.on(date(2024, 1, 16))

    started.do(served(date(2024, 1, 16), business_reference="S-1", revision=2, approved_by=HEAD))

    assert started.notice().deadline_on == date(2024, 1, 23)
    assert started.reasons[-1] == "service-corrected"


def test_a_corrected_receipt_takes_an_overdue_notice_back_into_its_time() -> None:
    started = served_on(date(2024, 1, 15), date(2024, 1, 8), business_reference="S-1")
    assert started.on(date(2024, 1, 23)).notice().stage is NoticeStage.OVERDUE

    started.do(served(date(2024, 1, 18), business_reference="S-1", revision=2, approved_by=HEAD))

    assert (started.notice().stage, started.notice().deadline_on) == (NoticeStage.SERVED, date(2024, 1, 25))


@pytest.mark.parametrize(
    ("day", "stages"),
    [
        (date(2027, 1, 7), (NoticeStage.SERVED, EnforcementStage.CANCELLED)),
        (date(2027, 1, 8), (NoticeStage.OVERDUE, EnforcementStage.QUERYING)),
    ],
)
def test_a_notice_that_was_overdue_by_weekends_alone_is_in_its_time_again_when_the_calendar_comes(
    day: date, stages: tuple[NoticeStage, EnforcementStage]
) -> None:
    """By weekends its last day is 6 January 2027, by the calendar that is published after that the 7th: whatever happens in the case counts it anew."""
    started = served_on(date(2026, 12, 29), date(2026, 12, 21))
    assert started.on(day).notice().stage is NoticeStage.OVERDUE

    started.calendar = with_new_year(2027)
    started.hear(enforcement_act(Act.BANK_QUERY_SENT, day, notice_number=started.notice().number))

    assert not started.notice().deadline_is_provisional
    assert (date(2027, 1, 7), stages[0]) == (started.notice().last_day_on, started.notice().stage)
    assert stages[1] is started.heard_last(EnforcementChanged).stage


def test_one_person_does_not_move_the_days_of_a_notice_by_correcting_its_service() -> None:
    """Enforcement that two decided would end with it, or the unit's term be over sooner."""
    started = served_on(date(2024, 1, 15), date(2024, 1, 8), business_reference="S-1").on(date(2024, 1, 23))

    refused = started.do(served(date(2024, 1, 18), business_reference="S-1", revision=2))

    assert ("notice-act-impossible", "correction-not-approved") == (
        refused,
        started.decisions[-1].reason.values["reasons"],
    )
    assert started.notice().stage is NoticeStage.OVERDUE


def test_an_extension_keeps_the_original_deadline_and_moves_the_last_day() -> None:
    started = served_on(date(2024, 1, 15), date(2024, 1, 8))

    started.do(act(NoticeAct.EXTEND, date(2024, 1, 15), extended_until=date(2024, 1, 31)))

    assert (started.notice().deadline_on, started.notice().extended_to) == (date(2024, 1, 22), date(2024, 1, 31))
    assert started.on(date(2024, 1, 31), 23).notice().stage is NoticeStage.SERVED
    assert started.on(date(2024, 2, 1), 0).notice().stage is NoticeStage.OVERDUE


def test_an_extension_to_a_day_off_ends_on_the_next_working_day() -> None:
    started = served_on(date(2024, 1, 15), date(2024, 1, 8))

    started.do(act(NoticeAct.EXTEND, date(2024, 1, 15), extended_until=date(2024, 1, 27)))

    assert started.notice().extended_to == date(2024, 1, 29)


def test_an_unpublished_calendar_makes_no_step_come_early() -> None:
    """Received on Friday 27 September 2024: 30 September, 4, 7, 8, 9 October, as 1 to 3 October are off by law. The published year counts
    Sunday 29 September and rests until the 7th: 10 October.
    """
    started = NoticeDesk(date(2024, 9, 20), UNPUBLISHED, [LAW_POLICY])
    started.hear(registered(), missed(occurred_on=date(2024, 9, 20)))
    started.on(date(2024, 9, 23))
    started.issue_and_serve(date(2024, 9, 23), date(2024, 9, 27))
    assert started.notice().deadline_on == date(2024, 10, 9)

    started.calendar = PUBLISHED
    started.on(date(2024, 10, 10), 23)

    assert started.notice().stage is NoticeStage.SERVED
    assert started.on(date(2024, 10, 11), 0).notice().stage is NoticeStage.OVERDUE
