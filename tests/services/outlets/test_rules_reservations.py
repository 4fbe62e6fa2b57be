"""What becomes of a blank card that is reserved."""

from datetime import date

from schemas.calendar import CalendarYear, WorkingCalendar
from schemas.decision import Outcome
from schemas.outlets import CardReservationExpired, CardReservationRefused, CardReserved
from services.outlets.law import CLOSED_MAX
from services.outlets.rules import OutletCase
from services.outlets.rules_state import blanks_free, blanks_on_hand, next_timer
from tests.services.outlets.samples import (
    CALENDAR,
    context,
    decision,
    local,
    outlet,
    release,
    request,
    stocked,
    taken,
    used,
    woken,
)


def test_the_last_blank_is_reserved() -> None:
    made = decision(taken([stocked(1)]), request())

    (answer,) = made.facts
    assert isinstance(answer, CardReserved)
    assert answer.blanks_left == 0
    assert made.reason.code == "reserved"


def test_with_no_blank_the_request_is_refused() -> None:
    made = decision(taken([stocked(0)]), request())

    (answer,) = made.facts
    assert isinstance(answer, CardReservationRefused)
    assert answer.reason_code == "no-blank"


def test_an_outlet_without_any_stock_fact_has_no_blank() -> None:
    assert decision(None, request()).reason.code == "reservation-refused-no-blank"


def test_one_blank_is_not_reserved_twice() -> None:
    made = decision(taken([stocked(1), request("r-1")]), request("r-2"))

    assert made.reason.code == "reservation-refused-no-blank"


def test_an_outlet_that_does_not_make_cards_refuses() -> None:
    at = context(references=[outlet(makes_cards=False)])

    assert decision(taken([stocked(5)]), request(), at).reason.code == "reservation-refused-not-equipped"


def test_an_outlet_never_published_refuses() -> None:
    assert decision(taken([stocked(5)]), request(), context(references=[])).reason.code.endswith("not-equipped")


def test_a_reservation_id_is_answered_once() -> None:
    case = taken([stocked(5), request()])
    again = decision(case, request())

    assert (again.facts, again.reason.outcome) == ((), Outcome.ALREADY_KNOWN)


def test_a_refused_reservation_id_stays_refused_when_blanks_come() -> None:
    case = taken([request(), stocked(5)])

    assert decision(case, request()).reason.code == "reservation-known"


def test_a_card_made_takes_its_blank_out_of_the_stock_once() -> None:
    case = taken([stocked(2), request(), used(), used()])

    assert (blanks_on_hand(case), blanks_free(case)) == (1, 1)


def test_a_released_blank_can_be_reserved_by_another() -> None:
    case = taken([stocked(1), request("r-1"), release("r-1")])

    assert decision(case, request("r-2")).reason.code == "reserved"


def test_a_release_that_overtakes_its_request_is_remembered() -> None:
    made = decision(taken([stocked(1), release()]), request())

    (answer,) = made.facts
    assert isinstance(answer, CardReservationRefused)
    assert answer.reason_code == "already-closed"
    assert blanks_free(made.state or OutletCase()) == 1


def test_a_card_that_was_made_after_its_release_is_counted() -> None:
    case = taken([stocked(1), request(), release(), used()])

    assert blanks_on_hand(case) == 0


def test_a_late_card_and_a_new_reservation_of_the_same_blank_never_go_below_zero() -> None:
    case = taken([stocked(1), request("r-1"), release("r-1"), request("r-2"), used("r-1"), used("r-2")])

    assert (blanks_on_hand(case), blanks_free(case)) == (0, 0)


def test_a_blank_used_without_any_reservation_is_counted() -> None:
    made = decision(taken([stocked(1)]), used("unheard-of"))

    assert made.reason.code == "used-without-reservation"
    assert blanks_on_hand(made.state or OutletCase()) == 0


# --- time -------------------------------------------------------------------------------------------

FRIDAY = "2024-01-05 10:00"
"""Two working days on is Tuesday the 9th; the time is up when that day is over."""


def test_at_the_last_moment_of_its_last_day_a_reservation_stands() -> None:
    case = taken([stocked(1), request()], context(FRIDAY))
    timer = next_timer(case)

    assert timer is not None
    assert timer.due_at == local("2024-01-10 00:00")


def test_when_the_time_is_up_the_cards_service_is_asked_and_the_blank_still_kept() -> None:
    case = taken([stocked(1), request()], context(FRIDAY))
    made = woken(case, context("2024-01-10 00:00"))

    (said,) = made.facts
    assert isinstance(said, CardReservationExpired)
    assert blanks_free(made.state or OutletCase()) == 0


def test_a_late_clock_asks_once() -> None:
    case = taken([stocked(1), request()], context(FRIDAY))
    made = woken(case, context("2024-03-01 00:00"))

    assert made.state is not None
    assert len(made.facts) == 1
    assert next_timer(made.state) is None


def test_the_answer_that_it_is_not_needed_frees_the_blank() -> None:
    case = taken([stocked(1), request()], context(FRIDAY))
    expired = woken(case, context("2024-01-10 00:00")).state

    assert blanks_free(taken([release()], case=expired)) == 1


def test_days_off_published_later_move_the_expiry() -> None:
    """Reserved on Thursday, counted by weekends: until Monday. Then Friday becomes a day off: until Tuesday."""
    unknown = WorkingCalendar({year: days for year, days in CALENDAR.years.items() if year != 2024})
    day_off = date(2024, 3, 8)
    known = WorkingCalendar({**unknown.years, 2024: CalendarYear(frozenset({day_off}), frozenset())})
    made = decision(taken([stocked(1)]), request(), context("2024-03-07 10:00", calendar=unknown))
    assert made.reason.code == "reserved-provisionally"
    assert made.state is not None

    moved = woken(made.state, context("2024-03-12 00:00", calendar=known))

    assert moved.reason.code == "expiry-moved"
    assert moved.state is not None
    assert next_timer(moved.state) is not None
    assert woken(moved.state, context("2024-03-13 00:00", calendar=known)).reason.code == "reservations-expired"


def test_ended_reservations_are_forgotten_after_their_dated_time_and_not_before() -> None:
    case = taken([stocked(1), request(), used()], context("2024-01-08 09:00"))
    timer = next_timer(case)
    assert timer is not None
    assert timer.due_at == local("2024-02-07 00:00")

    forgotten = woken(case, context("2024-02-07 00:00")).state

    assert forgotten is not None
    assert (forgotten.closed, blanks_on_hand(forgotten)) == ({}, 0)


def test_ended_reservations_are_not_remembered_without_bound() -> None:
    case = taken(request(f"r-{number}") for number in range(CLOSED_MAX + 5))

    assert len(case.closed) == CLOSED_MAX
    assert "r-4" not in case.closed
