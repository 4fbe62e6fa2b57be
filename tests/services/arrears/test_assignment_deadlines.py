"""By when a case is to be moved on: counted in working days, escalated when missed, extended by the desk.

Worked by hand: found on Monday 2024-01-08; 40 working days from the day after, past 春节 (off 2024-02-10 to 02-17, worked on
2024-02-04 and 02-18): 15 from 01-09 to 01-29, 01-30 … 02-02 make 19, 02-04 (Sunday, worked) 20, 02-05 … 02-09 make 25,
02-18 (Sunday, worked) 26, 02-19 … 02-23 make 31, 02-26 … 03-01 make 36, 03-04 … 03-07 make 40: Thursday 2024-03-07.
"""

from datetime import date, timedelta
from typing import Any

import pytest

from schemas.officers import CaseAssigned, CaseEscalated
from services.arrears.inventory_standing import is_further
from services.arrears.rules_assignment import miss_deadline
from services.arrears.rules_assignment_follow import DEADLINE
from tests.services.arrears.samples import UNPUBLISHED, at, missed, paid, registered
from tests.services.arrears.samples_assignment import ROSTER, StaffedDesk, act, extension, officer, owing

FOUND_ON, DEADLINE_ON = date(2024, 1, 8), date(2024, 3, 7)


def quiet(*officers: Any) -> StaffedDesk:
    """A case that is only reminded, which moves nothing on."""
    desk = StaffedDesk(*officers)
    desk.hear(registered(), missed())
    return desk


def escalations(desk: StaffedDesk) -> list[tuple[int, date, date]]:
    return [(fact.level, fact.missed_on, fact.deadline_on) for fact in desk.said if isinstance(fact, CaseEscalated)]


def test_the_deadline_is_40_working_days_from_the_day_after_the_case_opened() -> None:
    assert quiet(*ROSTER).assignment.deadline_on == DEADLINE_ON


@pytest.mark.parametrize(("until", "count"), [(DEADLINE_ON, 0), (DEADLINE_ON + timedelta(days=1), 1)])
def test_on_the_deadline_itself_nothing_is_escalated_and_on_the_next_day_it_is(until: date, count: int) -> None:
    started = quiet(*ROSTER)
    started.wait_until(at(until, hour=23))

    assert len(escalations(started)) == count


def test_a_missed_deadline_is_told_to_the_head_twice_ten_working_days_apart_and_then_only_shown() -> None:
    started = quiet(*ROSTER)
    codes = started.wait_until(at(date(2024, 6, 3)))

    assert escalations(started) == [
        (1, DEADLINE_ON, date(2024, 3, 22)),
        (2, date(2024, 3, 22), date(2024, 4, 8)),  # past 清明: off 04-04 to 04-06, worked on 04-07
    ]
    assert started.heard_last(CaseEscalated).escalated_to == "WD-301"
    assert codes.count("case-escalated") == 2
    assert started.assignment.deadline_on == date(2024, 4, 8)


def test_where_no_head_serves_the_escalation_is_said_all_the_same() -> None:
    started = quiet(officer("WD-101"))
    started.wait_until(at(date(2024, 3, 8)))

    assert started.heard_last(CaseEscalated).escalated_to is None


def test_a_late_clock_escalates_once_for_today() -> None:
    started = quiet(*ROSTER)
    started.jump_to(at(date(2024, 5, 6)))

    assert [(level, missed) for level, missed, _ in escalations(started)] == [(1, DEADLINE_ON)]
    assert escalations(started)[0][2] > date(2024, 5, 6)


def test_settled_ends_the_deadline() -> None:
    started = quiet(*ROSTER)
    started.hear(paid(paid_on=date(2024, 1, 8)))
    codes = started.wait_until(at(date(2024, 12, 2)))

    assert started.assignment.deadline_on is None
    assert [] == [code for code in codes if code.startswith(("case-", "assignment-"))]


def test_a_reminder_gives_nobody_more_time() -> None:
    started = owing(*ROSTER)
    codes = started.wait_until(at(date(2024, 1, 9)))

    assert codes == ["reminder-asked"]
    assert started.assignment.deadline_on == DEADLINE_ON
    assert not is_further("reminded", "found")


def test_a_deadline_counted_without_a_calendar_is_marked_and_counted_again_when_it_is_published() -> None:
    started = StaffedDesk(*ROSTER)
    published, started.calendar = started.calendar, UNPUBLISHED
    started.hear(registered(), missed(month="2018-01", due_on=date(2018, 2, 15)))
    provisional = started.assignment
    started.calendar = published
    started.hear(missed("M-2", month="2018-02", due_on=date(2018, 3, 15)))

    assert (provisional.is_provisional, provisional.deadline_on) == (True, date(2024, 3, 4))
    assert (started.assignment.is_provisional, started.assignment.deadline_on) == (False, DEADLINE_ON)
    assert started.heard_last(CaseAssigned).reason_code == "calendar-published"


def test_a_deadline_that_turns_out_later_is_not_missed() -> None:
    started = StaffedDesk(*ROSTER)
    published, started.calendar = started.calendar, UNPUBLISHED
    started.hear(registered(), missed())
    started.calendar, started.now = published, at(date(2024, 3, 5))
    assert started.case is not None
    decision = miss_deadline(started.case, started.context)

    assert decision.reason.code == "assignment-deadline-moved"
    assert decision.state is not None
    assert decision.state.assignment is not None
    assert decision.state.assignment.deadline_on == DEADLINE_ON


def test_the_desk_gives_a_case_to_another_with_a_reason_and_the_deadline_stays() -> None:
    started = quiet(*ROSTER)
    decision = started.hear(act(officer="WD-201"))

    assert decision.reason.code == "case-reassigned"
    assert decision.reason.values["grounds"] == "原责任人休假"
    assert (started.assignment.officer, started.assignment.deadline_on) == ("WD-201", DEADLINE_ON)


def test_the_desk_gives_more_time() -> None:
    started = quiet(*ROSTER)
    started.hear(extension())
    started.wait_until(at(date(2024, 3, 15), hour=23))

    assert started.assignment.deadline_on == date(2024, 3, 15)
    assert escalations(started) == []


@pytest.mark.parametrize(
    ("acts", "reasons"),
    [
        ([act(officer="HC-999")], "officer-serves-elsewhere"),
        ([act(officer="WD-201"), act("GP-2", officer="WD-201")], "officer-answers-already"),
        ([extension(deadline_on=DEADLINE_ON)], "deadline-not-later"),
        ([extension(deadline_on=date(2024, 8, 3))], "deadline-too-far,deadline-on-day-off"),
        ([act(officer="WD-201", reverses="GP-0", revision=2)], "act-not-reversible,act-not-revisable"),
    ],
)
def test_an_act_that_the_case_does_not_allow_is_refused_with_all_its_reasons(acts: list[Any], reasons: str) -> None:
    started = quiet(*ROSTER)
    before = None
    for one in acts:
        before = started.case
        decision = started.hear(one)

    assert (decision.reason.code, decision.reason.values["reasons"]) == ("assignment-act-refused", reasons)
    assert started.case == before


@pytest.mark.parametrize(("day", "refused"), [(date(2024, 4, 7), False), (date(2024, 4, 8), True)])
def test_an_extension_gives_at_most_60_working_days(day: date, refused: bool) -> None:
    started = quiet(*ROSTER)
    code = started.hear(extension(deadline_on=day)).reason.code

    assert (code == "assignment-act-refused") is refused


def test_an_act_about_a_unit_that_owes_nothing_is_refused() -> None:
    started = StaffedDesk(*ROSTER)
    nothing_known = started.hear(act()).reason
    started.hear(registered())
    clear = started.hear(act("GP-2")).reason

    assert [reason.values["reasons"] for reason in (nothing_known, clear)] == ["case-not-open", "case-not-open"]


def test_an_act_is_known_when_it_comes_again_and_in_conflict_with_other_content() -> None:
    started = quiet(*ROSTER)
    started.hear(act(officer="WD-201"))

    assert started.hear(act(officer="WD-201")).reason.code == "act-known"
    assert started.hear(act(officer="WD-201", grounds="另有安排")).reason.code == "act-conflict"


def test_the_desk_may_name_an_officer_for_a_case_that_opened_before_anybody_was_published() -> None:
    started = StaffedDesk()
    started.hear(registered(), missed(month="2018-01", due_on=date(2018, 2, 15)))
    assert started.case is not None
    unassigned = started.case.assignment
    started.publish(*ROSTER)
    started.hear(act(officer="WD-201"))

    assert unassigned is None
    assert (started.assignment.officer, started.assignment.deadline_on) == ("WD-201", DEADLINE_ON)


def test_no_timer_of_the_deadline_is_left_in_a_case_that_rests() -> None:
    started = quiet(*ROSTER)
    started.hear(paid(paid_on=date(2024, 1, 8)))

    assert DEADLINE not in started.wait_until(at(date(2025, 1, 6)))


def test_a_unit_whose_registration_was_taken_back_waits_without_a_deadline() -> None:
    started = quiet(*ROSTER)
    started.hear(registered(business_reference="U-2", reverses="U-1"))
    codes = started.wait_until(at(date(2024, 3, 1)))

    assert "case-escalated" not in codes
