"""The administrator's list in a bankruptcy, the court's confirmation, and what is paid out to which class.

The unit owes 1,000 yuan of pension since 2023-12-15; accepted on 2024-01-10, so 26 days of late fee: 13 yuan (1,300 fen).
"""

from datetime import date
from typing import Any

import pytest

from schemas.insolvency_acts import InsolvencyAct
from schemas.unit_status import Measure, MeasureStage
from tests.services.arrears.samples import Desk
from tests.services.arrears.samples_status import (
    accepted,
    act,
    claimed,
    in_arrears,
    measure_of,
    reasons_of,
    share,
)

A, M = InsolvencyAct, MeasureStage
FEBRUARY_1, JULY_1, AUGUST_1 = date(2024, 2, 1), date(2024, 7, 1), date(2024, 8, 1)


def of_list(what: InsolvencyAct, fee_fen: int, reference: str, **more: Any) -> Any:
    """300 and 700 yuan as claimed, and so much of the late fee."""
    fields = {"listed_fen": 30_000, "declared_fen": 70_000, "late_fee_fen": fee_fen}
    return act(what, date(2024, 7, 15), reference, **(fields | more))


def disputed() -> Desk:
    """The list left 3 of 13 yuan of the late fee out; the office objected."""
    started = claimed()
    started.hear(of_list(A.CLAIM_LIST_RECEIVED, 1_000, "L-1"))
    started.hear(act(A.CLAIM_LIST_DISPUTED, date(2024, 7, 15), "L-2"))
    assert "insolvency-act-recorded" == started.codes[-1]
    return started


@pytest.mark.parametrize(("fee_fen", "reasons"), [(1_300, []), (1_301, ["list-beyond-claim"])])
def test_a_list_says_no_more_than_was_claimed(fee_fen: int, reasons: list[str]) -> None:
    started = claimed()
    started.hear(of_list(A.CLAIM_LIST_RECEIVED, fee_fen, "L-1"))

    assert reasons == reasons_of(started)


@pytest.mark.parametrize(
    ("fee_fen", "reasons"), [(999, ["confirmed-other-than-list"]), (1_000, []), (1_001, ["confirmed-other-than-list"])]
)
def test_without_an_objection_the_court_confirms_the_list(fee_fen: int, reasons: list[str]) -> None:
    """企业破产法 58(2)."""
    started = claimed()
    started.hear(of_list(A.CLAIM_LIST_RECEIVED, 1_000, "L-1"), of_list(A.CLAIM_CONFIRMED, fee_fen, "L-3"))

    assert reasons == reasons_of(started)


@pytest.mark.parametrize(
    ("fee_fen", "reasons"),
    [
        (999, ["confirmed-below-list"]),
        (1_000, []),
        (1_300, []),
        (1_301, ["confirmed-beyond-claim"]),
    ],
)
def test_after_an_objection_it_lies_between_list_and_claim(fee_fen: int, reasons: list[str]) -> None:
    """企业破产法 58(3)."""
    started = disputed()
    started.hear(of_list(A.CLAIM_CONFIRMED, fee_fen, "L-3"))

    assert reasons == reasons_of(started)


def test_a_list_that_says_all_and_one_that_never_came_are_not_disputed() -> None:
    started = claimed()
    started.hear(act(A.CLAIM_LIST_DISPUTED, date(2024, 7, 15), "L-2"))
    assert ["no-claim-list"] == reasons_of(started)

    started.hear(of_list(A.CLAIM_LIST_RECEIVED, 1_300, "L-1"), act(A.CLAIM_LIST_DISPUTED, date(2024, 7, 15), "L-2"))
    assert ["nothing-to-dispute"] == reasons_of(started)


def test_a_list_on_which_a_dispute_rests_is_not_taken_back() -> None:
    started = disputed()
    started.hear(of_list(A.CLAIM_LIST_RECEIVED, 1_000, "L-9", reverses="L-1"))

    assert ["others-rest-on-it"] == reasons_of(started)


def test_the_classes_are_paid_one_after_another() -> None:
    started = claimed()
    started.hear(share(JULY_1, 29_999, 1, 0, "D-1"))
    assert ["lower-class-before-higher"] == reasons_of(started)

    started.hear(share(JULY_1, 30_000, 35_000, 0, "D-1"))
    values = started.decisions[-1].reason.values
    assert ("100.00%", "50.00%", "0.00%") == (
        values["first_quota"],
        values["second_quota"],
        values["ordinary_quota"],
    )

    started.hear(share(AUGUST_1, 0, 34_999, 1, "D-2"))
    assert ["lower-class-before-higher"] == reasons_of(started)

    started.hear(share(AUGUST_1, 0, 35_001, 0, "D-2"))
    assert ["distribution-beyond-claim"] == reasons_of(started)

    started.hear(share(AUGUST_1, 0, 35_000, 1_300, "D-2", is_last_distribution=True))
    assert (Measure.DECLARE_CLAIM, M.DISTRIBUTED) == measure_of(started)


def test_nothing_is_distributed_before_the_declaration_or_without_a_claim() -> None:
    started = in_arrears(JULY_1)
    started.hear(accepted(), share(FEBRUARY_1, 1, 0, 0, "D-1"))

    assert ["not-declared-bankrupt", "no-claim", "distribution-beyond-claim"] == reasons_of(started)


@pytest.mark.parametrize(
    ("on", "reasons"), [(date(2026, 9, 2), []), (date(2026, 9, 3), ["additional-distribution-over"])]
)
def test_an_additional_distribution_comes_within_two_years_of_the_conclusion(on: date, reasons: list[str]) -> None:
    started = claimed(date(2026, 10, 1))
    started.hear(act(A.PROCEEDING_CLOSED, date(2024, 9, 2), "C-1"), share(on, 30_000, 0, 0, "D-1"))

    assert reasons == reasons_of(started)


@pytest.mark.parametrize(("fee_fen", "reasons"), [(1_000, []), (1_001, ["distribution-beyond-claim"])])
def test_what_is_paid_out_keeps_to_what_was_confirmed(fee_fen: int, reasons: list[str]) -> None:
    started = disputed()
    started.hear(of_list(A.CLAIM_CONFIRMED, 1_000, "L-3"), share(AUGUST_1, 30_000, 70_000, fee_fen, "D-1"))

    assert reasons == reasons_of(started)
