"""The calendar: notice, weekdays, days off, capacity, time limits."""

from dataclasses import replace
from datetime import date
from itertools import islice

import pytest

from schemas.appraisal import DateStanding
from schemas.calendar import WorkingCalendar
from services.appraisal.law import OFFICE_RULES, last_day, office_on, panel_size
from services.appraisal.rules_sittings import Occupancy, date_standing, sitting_days
from services.appraisal.rules_state import Booking
from services.appraisal.rules_writing import limits_of
from tests.services.appraisal.samples import PUBLISHED, application, context_on, person, request

OFFICE = OFFICE_RULES[0]
DAY = date(2024, 3, 12)


def _days(today: date, count: int = 3, calendar: WorkingCalendar = PUBLISHED) -> list[date]:
    return [day.on for day in islice(sitting_days(calendar, today, OFFICE, date(2024, 5, 30)), count)]


def _booking(slot: int, room: int, *experts: str) -> Booking:
    return Booking(request().model_dump_json(), "event", DAY, slot, room, experts, False)


def test_panels_sit_on_the_offices_weekdays() -> None:
    assert _days(date(2024, 3, 1)) == [date(2024, 3, 12), date(2024, 3, 14), date(2024, 3, 19)]


def test_the_first_day_leaves_five_working_days_of_notice() -> None:
    """From Tuesday the 5th, five working days end on Tuesday the 12th; from Wednesday they do not."""
    assert _days(date(2024, 3, 5))[0] == date(2024, 3, 12)
    assert _days(date(2024, 3, 6))[0] == date(2024, 3, 14)


def test_a_holiday_on_a_weekday_is_no_day_of_sitting() -> None:
    """清明 2024: Thursday 4 April is off."""
    assert date(2024, 4, 4) not in _days(date(2024, 3, 20), count=20)


def test_days_of_an_unpublished_year_are_provisional() -> None:
    days = list(sitting_days(PUBLISHED, date(2026, 12, 1), OFFICE, date(2027, 3, 1)))

    assert [day.provisional for day in days] == [day.on.year == 2027 for day in days]


def test_a_slot_takes_as_many_sittings_as_there_are_rooms() -> None:
    one = Occupancy.of({"p1/a": _booking(0, 1)})
    both = Occupancy.of({"p1/a": _booking(0, 1), "p2/b": _booking(0, 2)})

    assert next(one.free_slots(DAY, OFFICE, "p9")) == (0, 2)
    assert next(both.free_slots(DAY, OFFICE, "p9")) == (1, 1)


def test_a_person_does_not_sit_twice_at_once() -> None:
    taken = Occupancy.of({f"{person(1)}/a": _booking(0, 1)})

    assert next(taken.free_slots(DAY, OFFICE, person(1))).slot == 1


def test_an_expert_does_not_sit_twice_at_once() -> None:
    taken = Occupancy.of({"p1/a": _booking(0, 1, "expert-1")})
    standings = {"expert-1": "eligible", "expert-2": "eligible"}

    assert taken.at(standings, DAY, 0, OFFICE) == {"expert-1": "sits-then", "expert-2": "eligible"}
    assert taken.at(standings, DAY, 1, OFFICE) == standings


@pytest.mark.parametrize(("sittings", "expected"), [(5, "eligible"), (6, "day-full")])
def test_an_expert_sits_at_most_six_times_a_day(sittings: int, expected: str) -> None:
    taken = Occupancy.of({f"p{slot}/a": _booking(slot, 1, "expert-1") for slot in range(sittings)})

    assert taken.at({"expert-1": "eligible"}, DAY, 7, OFFICE) == {"expert-1": expected}


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2024, 4, 30), DateStanding.IN_TIME),
        (date(2024, 5, 1), DateStanding.EXTENDED),
        (date(2024, 5, 30), DateStanding.EXTENDED),
        (date(2024, 5, 31), DateStanding.OVERDUE),
    ],
)
def test_the_sixtieth_and_the_ninetieth_day_are_inside(on: date, expected: DateStanding) -> None:
    assert date_standing(request(), on) is expected


def test_the_limit_is_sixty_days_from_the_day_after_receipt() -> None:
    limits = limits_of(application(received_on=date(2024, 3, 1)), context_on(date(2024, 3, 1)))

    assert last_day(date(2024, 3, 1), 60) == date(2024, 4, 30)
    assert (limits.conclusion_due_on, limits.extended_due_on) == (date(2024, 4, 30), date(2024, 5, 30))


def test_a_limit_that_ends_on_a_day_off_moves_to_the_next_working_day() -> None:
    """2024-03-06 and 60 days is Sunday 5 May, the last day of 劳动节: Monday 6 May (民法典 203)."""
    limits = limits_of(application(received_on=date(2024, 3, 6)), context_on(date(2024, 3, 6)))

    assert limits.conclusion_due_on == date(2024, 5, 6)


def test_the_limit_runs_from_the_day_the_papers_were_complete() -> None:
    completed = application(received_on=date(2024, 2, 1), materials_completed_on=date(2024, 3, 1))

    assert limits_of(completed, context_on(date(2024, 3, 1))).conclusion_due_on == date(2024, 4, 30)


@pytest.mark.parametrize(("specialties", "size"), [(1, 3), (3, 3), (4, 5), (5, 5)])
def test_up_to_three_specialties_are_a_panel_of_three(specialties: int, size: int) -> None:
    assert panel_size(specialties, OFFICE) == size


def test_the_office_rules_hold_from_their_day() -> None:
    assert office_on(date(2024, 1, 1)) is OFFICE
    assert replace(OFFICE, rooms=3).capacity_a_day == 3 * len(OFFICE.slots)
