"""What a decision cites: the paragraphs that its arrears and its late fees rest on, and no other."""

from datetime import date
from typing import Any

import pytest

from schemas.mesh import ParameterPublished
from schemas.vocabulary import Insurance
from services.arrears import law
from tests.services.arrears.samples import Desk, assessed, at, desk, missed, paid, registered

OPENED = (law.PAY_IN_TIME, law.ORDER_TO_PAY)
OLD = (law.OLD_LATE_FEE, law.TEMPORAL_CUT)
LONG_REGISTERED = registered(occurred_on=date(2009, 1, 5))
JULY_2011 = date(2011, 7, 8)
MAY_2010: dict[str, Any] = {"month": "2010-05", "occurred_on": date(2010, 6, 1), "due_on": date(2010, 6, 15)}


def cited(started: Desk) -> tuple[str, ...]:
    """What the last decision cites."""
    return started.decisions[-1].reason.paragraphs


@pytest.mark.parametrize(
    ("due_on", "paragraphs"),
    [(date(2011, 6, 29), (*OLD, law.LATE_FEE)), (date(2011, 6, 30), (law.LATE_FEE,))],
    ids=["one day before the Law", "no day before the Law"],
)
def test_arrears_that_run_across_the_first_of_july_2011_cite_both_laws_and_the_cut(
    due_on: date, paragraphs: tuple[str, ...]
) -> None:
    started = desk(LONG_REGISTERED, missed(month="2011-05", occurred_on=JULY_2011, due_on=due_on), today=JULY_2011)

    assert (*OPENED, *paragraphs) == cited(started)


@pytest.mark.parametrize(
    ("paid_on", "paragraphs"),
    [
        (date(2010, 6, 17), ()),
        (date(2010, 6, 18), OLD),
        (date(2011, 6, 30), OLD),
        (date(2011, 7, 1), (*OLD, law.LATE_FEE)),
    ],
)
def test_a_line_settled_late_cites_the_law_of_the_days_it_was_late(paid_on: date, paragraphs: tuple[str, ...]) -> None:
    """Due on 15 June 2010, moved past the Dragon Boat Festival to the 17th."""
    started = desk(LONG_REGISTERED, assessed(**MAY_2010), today=JULY_2011)

    started.hear(paid(month="2010-05", paid_on=paid_on))

    assert started.codes[-1] == "arrears-settled"
    assert (law.PAY_IN_TIME, *paragraphs) == cited(started)


def test_what_is_paid_beyond_after_the_cut_does_not_make_an_old_late_fee_a_new_one() -> None:
    """Wholly paid on 30 June 2011; the payment of 1 July finds nothing owed."""
    first = paid("P-1", month="2010-05", paid_on=date(2011, 6, 30))
    beyond = paid("P-2", month="2010-05", paid_on=date(2011, 7, 1))
    started = desk(LONG_REGISTERED, assessed(**MAY_2010), first, beyond, today=JULY_2011)

    started.hear(missed("M-2", month="2011-06", occurred_on=JULY_2011, due_on=date(2011, 7, 7)))
    started.hear(paid("P-3", month="2011-06", paid_on=date(2011, 7, 7)))

    assert started.codes[-1] == "arrears-settled"
    assert (law.PAY_IN_TIME, *OLD) == cited(started)


def test_arrears_settled_in_time_after_all_cite_no_late_fee() -> None:
    started = desk(registered(), missed(), paid(paid_on=date(2023, 12, 15)))

    assert started.codes[-1] == "arrears-settled"
    assert (law.PAY_IN_TIME,) == cited(started)


def test_arrears_found_by_the_clock_cite_the_late_fee_and_the_day_off() -> None:
    started = desk(registered(), assessed(), today=date(2023, 12, 1))

    started.wait_until(at(date(2023, 12, 16), hour=0))

    assert (*OPENED, law.LATE_FEE, law.LAST_DAY_OFF) == cited(started)


def test_a_unit_that_registers_in_arrears_cites_what_it_owes_by() -> None:
    in_arrears = desk(missed(**MAY_2010), LONG_REGISTERED, today=JULY_2011)
    free = desk(registered())

    assert (law.REGISTRATION, *OPENED, *OLD, law.LATE_FEE) == cited(in_arrears)
    assert (law.REGISTRATION,) == cited(free)


@pytest.mark.parametrize(("today", "is_cited"), [(date(2023, 7, 25), False), (date(2023, 7, 26), True)])
@pytest.mark.parametrize("cap", ["off", "on"])
def test_the_disputed_cap_is_cited_from_the_day_it_is_met_whether_applied_or_not(
    today: date, *, is_cited: bool, cap: str
) -> None:
    """0.5‰ a day passes the principal on day 2,001."""
    started = Desk(today)
    started.parameters = [ParameterPublished(name="late-fee-cap", value=cap, effective_on=date(2020, 1, 1))]

    started.hear(registered(), missed(month="2018-01", occurred_on=date(2018, 2, 2), due_on=date(2018, 2, 1)))

    assert is_cited == (law.LATE_FEE_CAP in cited(started))


def test_a_record_that_changes_nothing_seen_cites_only_the_duty_to_pay() -> None:
    started = desk(registered(), missed(), assessed())

    assert started.codes[-1] == "line-recorded"
    assert (law.PAY_IN_TIME,) == cited(started)


def test_every_paragraph_is_cited_once() -> None:
    lines = [missed(f"M-{kind}", insurance=kind, month="2010-05", due_on=date(2010, 6, 15)) for kind in Insurance]
    started = desk(registered(), *lines)

    started.wait_until(at(date(2024, 1, 9)))

    for decision in started.decisions:
        assert len(set(decision.reason.paragraphs)) == len(decision.reason.paragraphs)
