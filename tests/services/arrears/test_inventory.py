"""The inventory: totals, structure and list of units in arrears, from case states."""

from datetime import date
from itertools import pairwise
from typing import Any

import pytest

from schemas.vocabulary import Agency, District, Insurance
from services.arrears.inventory import Inventory, Share, day_of_inventory, inventory
from services.arrears.inventory_bands import AGE_BANDS, AMOUNT_BANDS, Band, Cohort
from services.arrears.inventory_rows import FeeLeft, Sums
from services.arrears.rules_standing import totals
from services.arrears.rules_state import UnitCase
from services.runtime.errors import UserMistake
from tests.services.arrears.samples import Desk, missed, paid, registered, unit
from tests.services.arrears.samples_payments import unit_paid

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


@pytest.mark.parametrize(
    ("as_of", "left"),
    [(date(2023, 12, 19), FeeLeft()), (date(2023, 12, 20), FeeLeft(1, 250)), (date(2024, 2, 1), FeeLeft(1, 250))],
)
def test_late_fee_left_on_lines_that_are_paid_is_told_apart(as_of: date, left: FeeLeft) -> None:
    """1,000 yuan due on 15 December, paid on the 20th: 5 days at 5 in 10,000 are 2.50 yuan, and no principal is owed any more."""
    drawn = inventory(dict([case_of(1, registered(), missed(), paid()), case_of(2, registered(), missed())]), as_of)

    assert left == drawn.paid_lines
    assert (2 if left == FeeLeft() else 1) == drawn.total.units


def test_late_fee_that_was_paid_is_not_left() -> None:
    late_fee = unit_paid(paid_fen=250, paid_on=date(2023, 12, 20))
    cases = dict([case_of(1, registered(), missed(), paid(), late_fee)])

    assert FeeLeft() == inventory(cases, date(2024, 2, 1)).paid_lines


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


@pytest.mark.parametrize(("as_of", "lines"), [(date(2023, 12, 15), 0), (date(2023, 12, 16), 1)])
def test_a_line_is_no_arrear_on_its_due_date_and_is_one_the_day_after(as_of: date, lines: int) -> None:
    drawn = inventory(dict([case_of(1, registered(), missed())]), as_of)

    assert (drawn.total.lines, len(drawn.rows)) == (lines, lines)


def test_an_inventory_of_2019_has_nothing_of_what_fell_due_later() -> None:
    old = missed("M-1", month="2018-11", due_on=date(2018, 12, 17), assessed_fen=700)
    drawn = inventory(dict([case_of(1, registered(), old, missed("M-2"))]), date(2019, 1, 1))

    assert (drawn.total.lines, drawn.total.principal_fen, drawn.rows[0].age_days) == (1, 700, 15)


@pytest.mark.parametrize(
    ("as_of", "owed_fen", "fee_fen"),
    [(date(2023, 12, 19), 100_000, 200), (date(2023, 12, 20), 60_000, 250), (date(2024, 1, 2), 0, 0)],
    ids=["before the part payment", "on its day", "when the rest was paid"],
)
def test_what_was_paid_later_was_still_owed_on_an_earlier_day(as_of: date, owed_fen: int, fee_fen: int) -> None:
    part = paid("P-1", paid_fen=40_000, paid_on=date(2023, 12, 20))
    rest = paid("P-2", paid_fen=60_000, paid_on=date(2024, 1, 2))
    drawn = inventory(dict([case_of(1, registered(), missed(), part, rest)]), as_of)

    assert (drawn.total.principal_fen, drawn.total.late_fee_fen) == (owed_fen, fee_fen)


def test_a_payment_taken_back_since_was_never_made() -> None:
    case = case_of(1, registered(), missed(), paid(), paid("R-1", reverses="P-1"))

    assert inventory(dict([case]), AS_OF).total.principal_fen == 100_000


def test_the_inventory_of_today_is_what_the_rules_say_of_today() -> None:
    cases = [case_of(1, registered(), missed(), paid(paid_fen=1)), case_of(2, registered(), missed(), paid())]
    drawn = inventory(dict(cases), AS_OF)
    said = totals(cases[0][1].lines.values(), AS_OF, capped=False)

    assert (drawn.total.units, drawn.total.lines) == (1, said.line_count)
    assert (drawn.total.principal_fen, drawn.total.late_fee_fen) == (said.principal_fen, said.late_fee_fen)


def test_the_day_of_an_inventory_is_today_unless_an_earlier_one_is_asked_for() -> None:
    assert day_of_inventory(None, AS_OF) == AS_OF
    assert day_of_inventory(AS_OF, AS_OF) == AS_OF
    assert day_of_inventory(date(2019, 1, 1), AS_OF) == date(2019, 1, 1)


def test_an_inventory_of_tomorrow_is_refused_with_a_sentence() -> None:
    with pytest.raises(UserMistake, match=r"The mesh's today is 2024-01-08: .* 2024-01-09 .*\.$"):
        day_of_inventory(date(2024, 1, 9), AS_OF)


@pytest.mark.parametrize(("age_days", "name"), [(730, "366日至730日"), (731, "超过730日")])
def test_day_730_belongs_to_two_years_and_day_731_is_beyond(age_days: int, name: str) -> None:
    assert [band.name_zh for band in AGE_BANDS if age_days in band] == [name]


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
