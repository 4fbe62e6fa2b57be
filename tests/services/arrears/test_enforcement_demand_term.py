"""The term of a demand (履行期限, 行政强制法 35): ordered with its paper, printed there, counted from its service."""

from datetime import date

import pytest
from msgspec.structs import replace

from schemas.calendar import CountedDay
from schemas.documents import DocumentRequested
from schemas.enforcement import EnforcementAct as Act
from schemas.enforcement import EnforcementActRecorded
from schemas.enforcement_terms import EnforcementStage as Stage
from services.arrears.rules_enforcement_windows import demand_last_day
from tests.services.arrears.samples import PUBLISHED, UNPUBLISHED, at
from tests.services.arrears.samples_enforcement import Pursuit, act, order_for

APPLIED_ON, DEMANDED_ON, COURT_DEMANDED_ON = date(2024, 1, 18), date(2024, 1, 19), date(2024, 6, 3)


def applied() -> Pursuit:
    """A transfer was applied for; the department may demand on Friday the 19th of January."""
    pursuit = Pursuit().to_funded()
    pursuit.do(Act.TRANSFER_APPLIED, APPLIED_ON)
    pursuit.wait_until(at(DEMANDED_ON))
    return pursuit


def before_the_court() -> Pursuit:
    """The bank had too little; the court's demand may be served on Monday the 3rd of June."""
    pursuit = Pursuit().to_insufficient()
    pursuit.wait_until(at(COURT_DEMANDED_ON))
    return pursuit


def reasons(pursuit: Pursuit, fact: EnforcementActRecorded) -> list[str]:
    """What objects to an act."""
    return pursuit.hear(fact).reason.values.get("reasons", "").split()


def ordered(pursuit: Pursuit, demand: EnforcementActRecorded, days: int | None) -> list[str]:
    """Order a demand's paper with a term and have it made out; gives what objects."""
    order = order_for(demand)
    assert order is not None
    decision = pursuit.hear(order.model_copy(update={"perform_within_working_days": days}))
    pursuit.answer_papers(decision)
    return decision.reason.values.get("reasons", "").split()


def printed_days(pursuit: Pursuit) -> int:
    """The term that the demand asked for last prints."""
    terms = pursuit.heard_last(DocumentRequested).enforcement_demand
    assert terms is not None
    return int(terms.term_working_days)


@pytest.mark.parametrize(
    ("kind", "days", "expected"),
    [
        (Act.DEMAND_SERVED, 2, ["demand-term-too-short"]),
        (Act.DEMAND_SERVED, 3, []),
        (Act.COURT_DEMAND_SERVED, 9, ["demand-term-too-short"]),
        (Act.COURT_DEMAND_SERVED, 10, []),
    ],
)
def test_no_demand_leaves_less_than_three_working_days_and_ten_before_the_court(
    kind: Act, days: int, expected: list[str]
) -> None:
    pursuit = applied() if kind is Act.DEMAND_SERVED else before_the_court()
    on = DEMANDED_ON if kind is Act.DEMAND_SERVED else COURT_DEMANDED_ON

    assert expected == ordered(pursuit, act(kind, on), days)


@pytest.mark.parametrize(("days", "printed"), [(None, 3), (3, 3), (6, 6)])
def test_a_demand_prints_the_term_it_was_ordered_with_or_the_shortest(days: int | None, printed: int) -> None:
    pursuit = applied()
    ordered(pursuit, act(Act.DEMAND_SERVED, DEMANDED_ON), days)

    assert printed == printed_days(pursuit)


def test_the_court_s_demand_prints_ten_working_days_where_its_order_names_none() -> None:
    pursuit = before_the_court()
    ordered(pursuit, act(Act.COURT_DEMAND_SERVED, COURT_DEMANDED_ON), None)

    assert 10 == printed_days(pursuit)


@pytest.mark.parametrize(
    ("perform_by", "expected"),
    [
        (date(2024, 1, 28), ["demand-term-differs"]),
        (date(2024, 1, 29), []),
        (date(2024, 1, 30), ["demand-term-differs"]),
    ],
)
def test_the_service_names_the_last_day_of_the_term_that_was_printed(perform_by: date, expected: list[str]) -> None:
    """Six working days from Friday the 19th: 22–26, and Monday the 29th."""
    pursuit = applied()
    demand = act(Act.DEMAND_SERVED, DEMANDED_ON, perform_by=perform_by)
    ordered(pursuit, demand, 6)

    assert expected == reasons(pursuit, demand)


def test_what_differs_is_told_with_the_paper_and_the_day() -> None:
    pursuit = applied()
    demand = act(Act.DEMAND_SERVED, DEMANDED_ON, perform_by=date(2024, 1, 29))
    ordered(pursuit, demand, None)

    said = pursuit.hear(demand).reason.values["reasons_text"]
    assert (
        "所记履行期限2024-01-29与送达的催告书（威文人社催〔2024〕2号）不符：自送达之日起3个工作日，至2024-01-24届满"
        in said
    )


def test_a_term_counts_from_the_service_however_old_the_paper_is() -> None:
    """Made out on Friday the 19th, served on Tuesday the 23rd: three working days end on Friday the 26th."""
    pursuit = applied()
    ordered(pursuit, act(Act.DEMAND_SERVED, DEMANDED_ON), 3)
    pursuit.wait_until(at(date(2024, 1, 23)))

    late = act(Act.DEMAND_SERVED, date(2024, 1, 23))
    assert ["demand-term-differs"] == reasons(pursuit, late.model_copy(update={"perform_by": date(2024, 1, 24)}))
    assert [] == reasons(pursuit, late.model_copy(update={"perform_by": date(2024, 1, 26)}))


def test_demand_and_decision_say_the_same_day() -> None:
    """Six working days were printed on the demand; the decision names their end."""
    pursuit = applied()
    demand = act(Act.DEMAND_SERVED, DEMANDED_ON, perform_by=date(2024, 1, 29))
    ordered(pursuit, demand, 6)
    pursuit.hear(demand)
    pursuit.do(Act.TRANSFER_DECIDED, date(2024, 1, 30))

    decision = pursuit.heard_last(DocumentRequested).transfer_decision
    assert decision is not None
    assert (Stage.DECIDED, date(2024, 1, 29)) == (pursuit.stage, decision.perform_by)


@pytest.mark.parametrize(("on", "expected"), [(date(2024, 7, 16), ["court-demand-running"]), (date(2024, 7, 17), [])])
def test_the_court_is_not_applied_to_before_a_longer_term_is_over(on: date, expected: list[str]) -> None:
    """Served on Friday 28 June with twelve working days: 1–5, 8–12, 15 and 16 July; the law's ten end on the 12th."""
    pursuit = Pursuit().to_insufficient()
    pursuit.do(Act.COURT_DEMAND_SERVED, date(2024, 6, 28), perform_by=date(2024, 7, 16))

    assert expected == pursuit.refusals(Act.COURT_APPLIED, on)[: len(expected)]


@pytest.mark.parametrize("perform_by", [date(2024, 1, 26), date(2024, 1, 31)])
def test_where_the_year_s_calendar_is_missing_the_printed_term_counts_whatever_day_was_written(
    perform_by: date,
) -> None:
    """Nobody can say the day of six working days yet, so none is refused; published later, it is the 29th again."""
    pursuit = Pursuit(calendar=UNPUBLISHED).to_funded()
    pursuit.do(Act.TRANSFER_APPLIED, APPLIED_ON)
    pursuit.wait_until(at(DEMANDED_ON))
    demand = act(Act.DEMAND_SERVED, DEMANDED_ON, perform_by=perform_by)
    ordered(pursuit, demand, 6)

    assert [] == reasons(pursuit, demand)
    assert CountedDay(date(2024, 1, 29), provisional=False) == demand_last_day(pursuit.procedure, PUBLISHED)


def test_a_demand_of_before_orders_said_a_term_keeps_the_day_of_its_act() -> None:
    """Nothing is known of its paper: the day of the act stands, past days off."""
    pursuit = Pursuit().to_demanded()
    older = replace(pursuit.procedure, perform_days=0, perform_by=date(2024, 1, 27))

    assert CountedDay(date(2024, 1, 29), provisional=False) == demand_last_day(older, PUBLISHED)
