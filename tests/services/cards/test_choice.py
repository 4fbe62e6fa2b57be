"""Which outlet is chosen, and when it is open."""

from datetime import datetime, timedelta

import pytest

from schemas.decision import Context
from schemas.outlets import DayKind, OpeningSession, OutletPublished
from schemas.vocabulary import AGENCY_OF_DISTRICT, District
from services.cards.law import OPENING_SEARCH_DAYS_MAX
from services.cards.rules.choice import Position, distance_squared, is_open, nearest_outlet, next_opening
from services.outlets.directory import published_outlets
from tests.services.cards.samples import ALL_DAY, CALENDAR, NOW, OUTLETS, context, local, lost, outlet

WORKING = OpeningSession(days=DayKind.WORKING_DAY, opens_minute=8 * 60 + 30, closes_minute=17 * 60)
DAY_OFF = OpeningSession(days=DayKind.DAY_OFF, opens_minute=9 * 60, closes_minute=16 * 60)


def chosen(*outlets: OutletPublished, now: str = NOW, passed_over: tuple[str, ...] = (), **report: object) -> str:
    candidate = nearest_outlet(lost(**report), passed_over, context(now, outlets))  # type: ignore[arg-type]
    return "" if candidate is None else candidate.outlet.outlet_key


# --- hours ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "open_"),
    [
        ("2024-01-08 08:29", False),
        ("2024-01-08 08:30", True),
        ("2024-01-08 16:59", True),
        ("2024-01-08 17:00", False),
        ("2024-01-13 10:00", False),  # Saturday
        ("2024-02-04 10:00", True),  # a Sunday worked for the Spring Festival
        ("2024-02-12 10:00", False),  # a Monday of the Spring Festival
    ],
)
def test_an_outlet_with_working_day_hours_is_open_from_its_first_minute_to_before_its_last(
    now: str, open_: bool
) -> None:
    assert is_open((WORKING,), local(now), CALENDAR) is open_


@pytest.mark.parametrize(
    ("now", "opens_at"),
    [
        ("2024-01-08 10:00", "2024-01-08 10:00"),
        ("2024-01-08 07:00", "2024-01-08 08:30"),
        ("2024-01-12 17:00", "2024-01-15 08:30"),
        ("2024-02-09 17:00", "2024-02-18 08:30"),
    ],
)
def test_the_next_opening_passes_over_weekends_and_holidays(now: str, opens_at: str) -> None:
    """After Friday the 9th of February 2024 comes the Spring Festival, then a Sunday that is worked."""
    assert next_opening((WORKING,), local(now), CALENDAR) == local(opens_at)


def test_hours_on_days_off_are_for_days_off_only() -> None:
    assert next_opening((WORKING, DAY_OFF), local("2024-01-13 08:40"), CALENDAR) == local("2024-01-13 09:00")


def test_over_midday_the_outlet_is_closed() -> None:
    morning = OpeningSession(days=DayKind.WORKING_DAY, opens_minute=510, closes_minute=720)
    afternoon = OpeningSession(days=DayKind.WORKING_DAY, opens_minute=810, closes_minute=1020)

    assert next_opening((afternoon, morning), local("2024-01-08 12:00"), CALENDAR) == local("2024-01-08 13:30")


def test_an_outlet_without_hours_never_opens() -> None:
    assert next_opening((), local(NOW), CALENDAR) is None


def test_an_opening_too_far_ahead_is_not_looked_for() -> None:
    only_days_off = (DAY_OFF,)
    horizon = local(NOW) + timedelta(days=OPENING_SEARCH_DAYS_MAX)
    opens_at = next_opening(only_days_off, local(NOW), CALENDAR)

    assert isinstance(opens_at, datetime)
    assert opens_at <= horizon


# --- choice -----------------------------------------------------------------------------------------


def test_the_nearest_is_chosen() -> None:
    assert chosen(*OUTLETS) == "outlet-near"


def test_one_passed_over_is_not_asked_again() -> None:
    assert chosen(*OUTLETS, passed_over=("outlet-near",)) == "outlet-middle"


def test_when_all_were_passed_over_there_is_none() -> None:
    assert chosen(*OUTLETS, passed_over=tuple(each.outlet_key for each in OUTLETS)) == ""


def test_an_outlet_that_makes_no_cards_is_not_asked() -> None:
    assert chosen(outlet("near", 1, makes_cards=False), outlet("far", 20)) == "outlet-far"


def test_one_that_is_open_comes_before_a_nearer_one_that_is_closed() -> None:
    near, far = outlet("near", 1, sessions=(WORKING,)), outlet("far", 20, sessions=(WORKING, DAY_OFF))

    assert chosen(near, far, now="2024-01-13 10:00") == "outlet-far"
    assert chosen(near, far, now="2024-01-08 10:00") == "outlet-near"


def test_where_none_is_open_the_nearest_of_those_that_open_first_is_asked() -> None:
    near, middle = outlet("near", 1, sessions=(WORKING,)), outlet("middle", 5, sessions=(WORKING,))
    far = outlet("far", 20, sessions=(DAY_OFF,))

    assert chosen(near, middle, now="2024-01-08 20:00") == "outlet-near"
    assert chosen(near, middle, far, now="2024-01-12 20:00") == "outlet-far"


def test_equals_go_by_key() -> None:
    assert chosen(outlet("bb", 3), outlet("aa", 3)) == "outlet-aa"
    assert chosen(outlet("bb", 3), outlet("aa", -3)) == "outlet-aa"


def test_a_degree_east_is_shorter_than_a_degree_north() -> None:
    here = Position(37_000_000, 122_000_000)
    north, east = Position(37_100_000, 122_000_000), Position(37_000_000, 122_100_000)

    assert distance_squared(here, east) < distance_squared(here, north)


@pytest.mark.parametrize("district", list(District))
def test_without_a_position_an_outlet_of_the_holder_s_own_district_is_chosen(district: District) -> None:
    report = lost(
        district=district, agency=AGENCY_OF_DISTRICT[district], latitude_microdeg=None, longitude_microdeg=None
    )
    at: Context = context(references=published_outlets())
    candidate = nearest_outlet(report, (), at)

    assert candidate is not None
    # Gaoqu's two outlets lie on either side of the city, so the middle between them may be nearest to Huancui's.
    assert candidate.outlet.district in ({district, District.HUANCUI} if district is District.GAOQU else {district})


def test_with_no_outlet_published_there_is_none() -> None:
    assert chosen() == ""
    assert chosen(latitude_microdeg=None, longitude_microdeg=None) == ""


def test_all_day_hours_are_always_open() -> None:
    assert is_open(ALL_DAY, local("2024-02-10 00:00"), CALENDAR)
