"""A deadline that was counted into a year without calendar is told as provisional (暂定), and that it is counted anew."""

import asyncio
from datetime import UTC, date, datetime
from typing import Any

import pytest

from schemas.decision_records import DecisionEntry
from schemas.mesh import CalendarPublished
from schemas.officers import CaseAssigned
from schemas.vocabulary import Agency, District
from services.audit.all_services import ALL_SERVICES
from services.audit.provisional import calendars_met, provisional_days, provisional_text
from services.audit.timeline import Moment, Timeline, timeline
from services.console.first_officers import SOURCE, made_up_officers
from tests.services.console.towns import UNIT, Town

DECEMBER = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)
"""Nine in the morning of a Tuesday in Weihai; 2026 is published, 2027 is not."""
PUBLISHED_AT = datetime(2026, 12, 8, 1, 0, tzinfo=UTC)
NEW_YEAR = CalendarPublished(
    year=2027,
    days_off=tuple(date(2027, 1, day) for day in (1, 4, 5)),
    make_up_days=(),
    authority="国务院办公厅关于2027年部分节假日安排的通知",
)


def entry(**changed: Any) -> DecisionEntry:
    """A decision of 1 December 2026."""
    fields: dict[str, Any] = {
        "kind": "record",
        "topic": "contribution-assessed",
        "offset": 0,
        "event_id": "e1",
        "case_key": UNIT,
        "outcome": "decided",
        "code": "arrears-opened",
        "paragraphs": (),
        "values": {},
        "now": DECEMBER,
        "input_digest": b"",
        "state_before": b"",
        "state_after": b"",
        "said": (),
        "timer_name": "",
        "timer_due_at": None,
    }
    return DecisionEntry(**(fields | changed))


def assigned(deadline_on: date, *, is_provisional: bool) -> CaseAssigned:
    """A case got its officer and a deadline."""
    return CaseAssigned(
        district=District.WENDENG,
        agency=Agency.WENDENG,
        occurred_on=date(2026, 12, 1),
        unit_code=UNIT,
        unit_name="文登样例有限公司",
        stage="found",
        deadline_on=deadline_on,
        deadline_is_provisional=is_provisional,
        reason_code="opened",
    )


def told(town: Town) -> Timeline:
    """The unit's case as `shebao explain` tells it."""
    town.twin.run()
    return asyncio.run(timeline(town.mesh, ALL_SERVICES, UNIT))


def moments(found: Timeline, code: str) -> list[Moment]:
    """Its decisions with this reason."""
    return [moment for moment in found.moments if moment.entry.code == code]


@pytest.fixture
def town() -> Town:
    """A unit whose arrears were found on 1 December 2026."""
    made = Town()
    for officer in made_up_officers():
        made.twin.publish(officer, source=SOURCE)
    made.twin.tick(DECEMBER)
    made.register()
    made.twin.run()
    made.owe()
    return made


def test_a_deadline_in_a_year_without_calendar_is_told_as_provisional(town: Town) -> None:
    """40 working days from 1 December 2026: 22 in December, then 4 January 2027 is the 23rd, as the 1st is off by law: 27 January."""
    [opened] = moments(told(town), "arrears-opened")

    assert (
        "暂定：2027-01-27（2027年放假安排其时尚未公布，按周末和法律固定日期的放假日计算，公布后重新计算）"
        == opened.provisional
    )


def test_what_was_told_then_stands_and_says_that_the_calendar_came(town: Town) -> None:
    """Two more days off: 29 January. The first decision still says what it did; the next that looks says the new day."""
    town.twin.run()
    town.twin.tick(PUBLISHED_AT)
    town.twin.publish(NEW_YEAR, source="/services/clock")
    town.twin.run_timers_until(datetime(2026, 12, 31, tzinfo=UTC))
    found = told(town)
    [opened] = moments(found, "arrears-opened")

    assert opened.provisional.startswith("暂定：2027-01-27（2027年放假安排其时尚未公布")
    assert opened.provisional.endswith("；2027年放假安排已于 2026-12-08 09:00 公布，此后的决定按公布的安排计算）")
    recounted = [
        one for one in found.moments if any("按新公布的工作日安排重新计算期限" in text for text in one.followed)
    ]
    assert ["2027-01-29" in text for one in recounted for text in one.followed if "办理期限" in text] == [True]
    assert {one.provisional for one in recounted} == {""}


def test_a_deadline_in_a_published_year_bears_no_mark(town: Town) -> None:
    town.twin.run()
    town.twin.tick(PUBLISHED_AT)
    town.twin.publish(NEW_YEAR, source="/services/clock")
    town.twin.run()
    town.owe("2026-10")

    assert "" == told(town).moments[-1].provisional


def test_a_day_that_the_desk_fixed_is_not_provisional_whatever_its_year() -> None:
    values = {"deadline_on": "2027-03-01", "grounds": "x"}
    fixed = assigned(date(2027, 3, 1), is_provisional=False)

    assert [] == provisional_days(entry(values=values), [fixed], {})
    assert [date(2027, 3, 1)] == provisional_days(entry(), [assigned(date(2027, 3, 1), is_provisional=True)], {})


def test_a_day_told_by_a_reason_alone_is_provisional_too() -> None:
    """`papers-still-awaited` says no fact; a value of that name that is no day is passed over."""
    assert [date(2027, 1, 6)] == provisional_days(entry(values={"bring_by": "2027-01-06"}), [], {})
    assert [] == provisional_days(entry(values={"bring_by": "", "on": "2027-01-06"}), [], {})


def test_a_year_is_known_from_the_instant_its_calendar_was_first_taken_in() -> None:
    """A correction of it comes later; a repeat, a parameter and a decision about a case are no calendars."""
    kept = {"kind": "reference", "topic": "calendar-published", "case_key": "2027", "code": "reference-kept"}
    entries = [
        entry(**{**kept, "now": PUBLISHED_AT}),
        entry(**kept),
        entry(**{**kept, "code": "reference-not-newer", "case_key": "2028"}),
        entry(**{**kept, "topic": "parameter-published", "case_key": "notice-policy"}),
        entry(),
    ]

    assert {2027: DECEMBER} == calendars_met(entries)


def test_days_of_two_unknown_years_are_told_together() -> None:
    days = [date(2027, 12, 31), date(2028, 6, 30)]

    assert provisional_text(days, {}).startswith("暂定：2027-12-31、2028-06-30（2027年、2028年放假安排其时尚未公布")
    assert "" == provisional_text([], {})
