"""Dates at their bounds: what has not happened yet is refused, and no date that a contract lets in makes a rule raise."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from schemas.contributions import DUE_AHEAD_DAYS_MAX
from schemas.decision import LEGAL_ZONE
from schemas.fact import Fact
from schemas.vocabulary import DATE_FIRST, DATE_LAST, FIRST_MONTH, INSTANT_YEAR_LAST
from services.arrears.inventory import inventory
from services.arrears.rules import next_timer
from tests.services.arrears.samples import UNPUBLISHED, Desk, assessed, desk, missed, paid, registered

TODAY = date(2024, 1, 8)
TOMORROW, DAY_AFTER = date(2024, 1, 9), date(2024, 1, 10)


@pytest.mark.parametrize("said", [assessed, missed, paid, registered], ids=lambda said: str(said.__name__))
def test_a_fact_that_occurred_tomorrow_is_taken_and_one_of_the_day_after_is_refused(said: Any) -> None:
    started = desk() if said is registered else desk(registered())
    before = started.case

    refused = started.hear(said(occurred_on=DAY_AFTER))
    assert ("refused", "dated-in-the-future") == (refused.reason.outcome, refused.reason.code)
    assert {"date_name": "发生日期", "on": "2024-01-10"} == refused.reason.values
    assert refused.state is before

    taken = started.hear(said(occurred_on=TOMORROW))
    assert "decided" == taken.reason.outcome


def test_a_payment_of_tomorrow_is_taken_and_one_of_the_day_after_is_refused() -> None:
    started = desk(registered(), missed())

    refused = started.hear(paid(occurred_on=TODAY, paid_on=DAY_AFTER))
    assert ("dated-in-the-future", "缴费日期") == (refused.reason.code, refused.reason.values["date_name"])
    assert 100_000 == started.line().owed_fen

    assert "arrears-settled" == started.hear(paid(occurred_on=TODAY, paid_on=TOMORROW)).reason.code


def test_a_payment_of_2099_settles_nothing() -> None:
    started = desk(registered(), missed(), paid(paid_on=date(2099, 1, 1)))

    assert "dated-in-the-future" == started.codes[-1]
    assert 100_000 == started.line().owed_fen


def test_a_refused_payment_is_taken_when_its_day_has_come() -> None:
    started = desk(registered(), missed(), paid(paid_on=DAY_AFTER))

    started.wait_until(datetime.combine(TOMORROW, time(), LEGAL_ZONE))
    started.hear(paid(paid_on=DAY_AFTER))

    assert "arrears-settled" == started.codes[-1]


def test_nothing_is_held_for_an_unregistered_unit_that_has_not_happened_yet() -> None:
    assert ["dated-in-the-future"] == desk(paid(paid_on=DAY_AFTER)).codes


def test_a_due_date_and_a_day_of_effect_may_lie_ahead() -> None:
    started = desk(registered(), assessed(month="2024-01", effective_on=date(2024, 3, 1), due_on=date(2024, 2, 15)))

    assert "line-recorded" == started.codes[-1]


legal_dates = st.dates(DATE_FIRST, DATE_LAST)
extremes = st.sampled_from(
    (
        DATE_FIRST,
        DATE_FIRST + timedelta(days=1),
        date(INSTANT_YEAR_LAST, 12, 31),
        DATE_LAST - timedelta(days=1),
        DATE_LAST,
    )
)
any_dates = extremes | legal_dates
CLOCK_ENDS = datetime(INSTANT_YEAR_LAST, 12, 31, 12, tzinfo=LEGAL_ZONE)
TIMERS_FIRED = 8
clocks = (
    st.sampled_from((DATE_FIRST, date(INSTANT_YEAR_LAST, 12, 31)))
    | st.dates(date(2024, 1, 1), date(2024, 3, 31))
    | st.dates(DATE_FIRST, date(INSTANT_YEAR_LAST, 12, 31))
)


@st.composite
def near(draw: st.DrawFn, today: date) -> date:
    """A date near today, or any that a contract may be asked to take."""
    shift = draw(st.integers(-400, 2) | st.integers(-40_000, 2_000))
    return draw(any_dates) if draw(st.integers(0, 5)) == 0 else today + timedelta(days=shift)


@st.composite
def facts(draw: st.DrawFn, today: date) -> Fact | None:
    """A fact with extreme dates; None where the contract refuses it."""
    said: Any = draw(st.sampled_from((assessed, missed, paid, registered)))
    occurred_on = draw(near(today))
    fields: dict[str, Any] = {"occurred_on": occurred_on, "effective_on": draw(st.none() | near(today))}
    if said is registered:
        fields["business_reference"] = draw(st.sampled_from(("U-2", "U-3")))
    else:
        fields["reference"] = draw(st.sampled_from(("X-1", "X-2")))
        fields["month"] = max(f"{draw(near(today)):%Y-%m}", FIRST_MONTH)
    if said is paid:
        fields["paid_on"] = draw(near(today))
    elif said is not registered:
        ahead = timedelta(days=draw(st.integers(-40, DUE_AHEAD_DAYS_MAX)))
        fields["due_on"] = draw(near(today) | st.just(occurred_on + ahead))
    try:
        fact: Fact = said(**fields)
    except ValidationError:
        return None
    return fact


@settings(max_examples=400)
@given(data=st.data(), today=clocks)
def test_no_date_that_a_contract_lets_in_makes_a_rule_or_a_timer_raise(data: st.DataObject, today: date) -> None:
    started = Desk(today, UNPUBLISHED)
    started.hear(registered(occurred_on=max(today, DATE_FIRST)))

    for _ in range(data.draw(st.integers(1, 6))):
        fact = data.draw(facts(today))
        if fact is not None:
            started.hear(fact)
        assert started.case is None or is_ahead(started)

    for _ in range(TIMERS_FIRED):
        timer = None if started.case is None else next_timer(started.case)
        if timer is not None and timer.due_at <= CLOCK_ENDS:
            started.jump_to(timer.due_at)
    started.jump_to(CLOCK_ENDS)
    if started.case is not None:
        inventory({started.case.unit_code: started.case}, data.draw(any_dates))


def is_ahead(started: Desk) -> bool:
    """Tell whether the case wants to be looked at later than now, or never."""
    assert started.case is not None
    timer = next_timer(started.case)
    return timer is None or timer.due_at > started.now
