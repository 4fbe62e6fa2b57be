"""The inventory: totals, structure and list of units in arrears, from case states."""

from datetime import date
from itertools import pairwise
from typing import Any

import pytest

from schemas.vocabulary import Agency, District, Insurance
from services.arrears.inventory import AGE_BANDS, AMOUNT_BANDS, Band, Cohort, Inventory, Share, Sums, inventory
from services.arrears.rules_state import UnitCase
from tests.services.arrears.samples import Desk, missed, paid, registered, unit

AS_OF = date(2024, 1, 8)
HUANCUI = {"district": District.HUANCUI, "agency": Agency.HUANCUI}


def case_of(number: int, *facts: Any) -> tuple[str, UnitCase]:
    """A unit's case after some facts, as (sample, what is changed in it)."""
    code = unit(number)
    desk = Desk(AS_OF)
    desk.hear(*(fact.model_copy(update={"unit_code": code}) for fact in facts))
    assert desk.case is not None
    return code, desk.case


def three_units() -> Inventory:
    stock = missed("M-1", month="2019-11", due_on=date(2019, 12, 31), assessed_fen=2_000_000)
    new = missed("M-2", month="2019-12", due_on=date(2020, 1, 2), assessed_fen=10_000)
    settled = (registered(), missed(), paid())
    return inventory(
        dict(
            [
                case_of(1, registered(), stock, new),
                case_of(2, registered(unit_name="乙公司", **HUANCUI), missed(assessed_fen=999_999, **HUANCUI)),
                case_of(3, *settled),
                case_of(4, missed(), missed("M-2", insurance=Insurance.MEDICAL)),
            ]
        ),
        AS_OF,
    )


def share(shares: tuple[Share, ...], name: str) -> Sums:
    return next(one.sums for one in shares if one.name == name)


def test_totals_count_units_in_arrears_only() -> None:
    total = three_units().total

    assert (total.units, total.lines, total.principal_fen) == (2, 3, 3_009_999)


def test_what_is_held_for_unregistered_units_is_told_apart() -> None:
    drawn = three_units()

    assert (drawn.held_units, drawn.held_records) == (1, 2)


def test_cohorts_split_lines_so_a_unit_may_be_in_both() -> None:
    drawn = three_units()

    assert share(drawn.by_cohort, Cohort.STOCK) == Sums(1, 1, 2_000_000, 2_000_000 * 5 * 1_469 // 10_000)
    assert share(drawn.by_cohort, Cohort.NEW).units == 2
    assert share(drawn.by_cohort, Cohort.NEW).principal_fen == 1_009_999
    assert drawn.rows[0].cohort is Cohort.STOCK


def test_every_breakdown_of_units_adds_up_to_the_total() -> None:
    drawn = three_units()

    for shares in (drawn.by_district, drawn.by_amount, drawn.by_age):
        assert sum((one.sums for one in shares), Sums()) == drawn.total
    assert len(drawn.by_district) == len(District)


def test_cohorts_add_up_to_the_total_in_money() -> None:
    drawn = three_units()
    both = sum((one.sums for one in drawn.by_cohort), Sums())

    assert (both.principal_fen, both.late_fee_fen) == (drawn.total.principal_fen, drawn.total.late_fee_fen)


def test_the_list_has_the_most_owed_first_with_what_one_needs_to_call() -> None:
    first, second = three_units().rows

    assert (first.unit_code, first.total.principal_fen, first.district) == (unit(1), 2_010_000, District.WENDENG)
    assert (first.oldest_due_on, first.age_days) == (date(2019, 12, 31), 1_469)
    assert (second.unit_name, second.agency, second.age_days) == ("乙公司", Agency.HUANCUI, 24)


def test_amount_bands_meet_without_gap_or_overlap() -> None:
    drawn = three_units()

    assert share(drawn.by_amount, "under-10k-yuan").units == 1
    assert share(drawn.by_amount, "10k-to-50k-yuan").units == 1


@pytest.mark.parametrize("bands", [AMOUNT_BANDS, AGE_BANDS])
def test_bands_meet(bands: tuple[Band, ...]) -> None:
    assert bands[0].low == 0
    assert bands[-1].high is None
    for lower, upper in pairwise(bands):
        assert lower.high == upper.low
        assert upper.low in upper
        assert upper.low not in lower
        assert upper.low - 1 in lower


def test_the_late_fee_is_computed_to_the_day_of_the_inventory() -> None:
    cases = dict([case_of(1, registered(), missed())])

    assert inventory(cases, date(2023, 12, 16)).total.late_fee_fen == 50
    assert inventory(cases, date(2024, 12, 15)).total.late_fee_fen == 366 * 50


def test_the_disputed_cap_is_flagged_and_applied_only_when_asked() -> None:
    cases = dict([case_of(1, registered(), missed(month="2018-01", due_on=date(2018, 2, 1)))])
    as_of = date(2023, 7, 26)

    assert inventory(cases, as_of).total.late_fee_fen == 100_050
    assert inventory(cases, as_of).rows[0].late_fee_passes_principal
    assert inventory(cases, as_of, late_fee_is_capped=True).total.late_fee_fen == 100_000
    assert not inventory(cases, date(2023, 7, 25)).rows[0].late_fee_passes_principal


def test_an_empty_inventory_is_all_zero() -> None:
    drawn = inventory({}, AS_OF)

    assert drawn.total == Sums()
    assert drawn.rows == ()
