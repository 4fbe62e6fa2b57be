"""Who answers for a case: chosen by district, size and unit code; given to another when that changes."""

from datetime import date

import pytest

from schemas.officers import Duty
from schemas.vocabulary import Agency, District
from services.arrears.rules_assignment_follow import chosen
from services.arrears.rules_state import Status
from tests.services.arrears.samples import at, desk, missed, paid, registered, unit
from tests.services.arrears.samples_assignment import HANDLERS, HEAD, ROSTER, SENIOR, StaffedDesk, officer, owing

LARGE_FEN = 20_000_000


def test_a_case_that_opens_is_given_to_a_handler_of_its_district() -> None:
    elsewhere = officer("HC-101", districts=(District.HUANCUI,))
    started = owing(*ROSTER, elsewhere)

    assert started.assigned == [(started.assignment.officer, "opened")]
    assert started.assignment.officer in {one.officer for one in HANDLERS}


def test_without_published_officers_nothing_is_assigned_or_said() -> None:
    started = desk(registered(), missed())

    assert started.case is not None
    assert started.case.assignment is None


def test_a_unit_that_owes_nothing_is_given_to_nobody() -> None:
    started = StaffedDesk(*ROSTER)
    started.hear(registered(), missed(), paid())
    clear = StaffedDesk(*ROSTER)
    clear.hear(registered())

    assert clear.case is not None
    assert clear.case.assignment is None
    assert started.assignment.deadline_on is None


@pytest.mark.parametrize(("owed_fen", "duty"), [(LARGE_FEN - 1, Duty.HANDLER), (LARGE_FEN, Duty.SENIOR)])
def test_from_200000_yuan_on_a_case_belongs_to_a_senior_officer(owed_fen: int, duty: Duty) -> None:
    started = owing(*ROSTER, assessed_fen=owed_fen)

    assert started.officers[started.assignment.officer].duty is duty


def test_a_case_that_grows_large_goes_to_the_senior_officer_and_does_not_come_back() -> None:
    started = owing(*ROSTER)
    handler = started.assignment.officer
    started.hear(missed("M-2", month="2023-10", due_on=date(2023, 11, 15), assessed_fen=LARGE_FEN))
    started.hear(paid("P-2", month="2023-10", paid_fen=LARGE_FEN, paid_on=date(2024, 1, 8)))

    assert started.assigned == [(handler, "opened"), ("WD-201", "grown-large")]
    assert started.assignment.officer == "WD-201"


def test_where_no_senior_officer_serves_a_large_case_is_the_heads() -> None:
    assert owing(*HANDLERS, HEAD, assessed_fen=LARGE_FEN).assignment.officer == HEAD.officer
    assert owing(HANDLERS[0], assessed_fen=LARGE_FEN).assignment.officer == HANDLERS[0].officer


def test_the_choice_is_the_same_in_whatever_order_officers_were_published() -> None:
    one, other = StaffedDesk(*ROSTER), StaffedDesk(*reversed(ROSTER))

    def choices(of: StaffedDesk) -> list[str]:
        return [chosen(unit(n), District.WENDENG, is_large=False, context=of.context) for n in range(200)]

    assert choices(one) == choices(other)
    assert {name: 50 < choices(one).count(name) < 85 for name in set(choices(one))} == {
        handler.officer: True for handler in HANDLERS
    }


def test_when_an_officer_leaves_only_their_cases_change_hands() -> None:
    before, after = StaffedDesk(*ROSTER), StaffedDesk(*ROSTER)
    after.publish(officer("WD-102", serves_until=date(2024, 1, 7), revision=2))
    for number in range(100):
        code = unit(number)
        then = chosen(code, District.WENDENG, is_large=False, context=before.context)
        now = chosen(code, District.WENDENG, is_large=False, context=after.context)

        assert then in (now, "WD-102")


def test_the_next_look_gives_the_case_of_an_officer_who_left_to_another() -> None:
    started = owing(*ROSTER)
    left = started.assignment.officer
    started.publish(officer(left, serves_until=date(2024, 1, 8), revision=2))
    started.wait_until(at(date(2024, 1, 16)))

    assert started.assigned[-1][1] == "officer-not-serving"
    assert started.assignment.officer != left


@pytest.mark.parametrize(("last_day", "changes_hands"), [(date(2024, 1, 9), False), (date(2024, 1, 8), True)])
def test_on_the_last_day_of_service_an_officer_still_answers_and_on_the_next_no_more(
    last_day: date, changes_hands: bool
) -> None:
    started = owing(*ROSTER)
    officer_then = started.assignment.officer
    started.publish(officer(officer_then, serves_until=last_day, revision=2))
    started.now = at(date(2024, 1, 9))
    started.hear(missed("M-2", month="2023-10", due_on=date(2023, 11, 15)))

    assert (started.assignment.officer != officer_then) is changes_hands


def test_a_unit_that_moved_to_another_district_is_answered_for_there() -> None:
    there = officer("HC-101", districts=(District.HUANCUI,))
    started = owing(*ROSTER, there)
    started.hear(registered(revision=2, district=District.HUANCUI, agency=Agency.HUANCUI))

    assert started.assigned[-1] == ("HC-101", "officer-not-serving")


def test_where_nobody_serves_the_case_says_so_and_is_given_to_the_first_who_does() -> None:
    started = owing(officer("HC-101", districts=(District.HUANCUI,)))
    nobody = started.assigned[-1]
    started.publish(HANDLERS[0])
    started.wait_until(at(date(2024, 1, 16)))

    assert nobody == (None, "opened")
    assert started.assigned[-1] == ("WD-101", "officer-found")


def test_a_case_that_opens_again_goes_to_who_had_it() -> None:
    started = owing(*ROSTER)
    first = started.assignment.officer
    started.hear(paid())
    settled = started.case
    started.hear(missed("M-2", month="2023-10", due_on=date(2023, 11, 15)))

    assert settled is not None
    assert settled.status is Status.CLEAR
    assert started.assigned == [(first, "opened"), (first, "opened")]


def test_a_look_at_a_case_whose_officer_serves_says_nothing() -> None:
    started = owing(*ROSTER, SENIOR)
    codes = started.wait_until(at(date(2024, 1, 16)))

    assert "assignment-reviewed" in codes
    assert len(started.assigned) == 1
