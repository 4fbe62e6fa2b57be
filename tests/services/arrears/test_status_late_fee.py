"""A bankruptcy stops the late fee on the day of its acceptance (破产法司法解释（三） 3): both sides of the day, by hand.

The line: 1,000 yuan, due on 2023-12-15, so half a yuan (50 fen) a day from 2023-12-16 on. Accepted on 2024-01-10: the 26th day.
"""

from datetime import date
from itertools import permutations

import pytest

from schemas.arrears import ArrearsChanged
from schemas.mesh import ParameterPublished
from schemas.unit_status import DeregistrationWay, UnitStanding, UnitStatusReported
from services.arrears.inventory import inventory
from services.arrears.rules_insolvency_follow import is_enforcement_suspended
from services.arrears.rules_lines import late_fee_fen
from services.arrears.rules_state import Line
from tests.services.arrears.samples import Desk, at, desk, missed, paid, registered
from tests.services.arrears.samples_status import ACCEPTED_ON, accepted, declared, in_arrears, status, told

JANUARY_9, JANUARY_11 = date(2024, 1, 9), date(2024, 1, 11)


def test_the_day_of_acceptance_bears_a_late_fee_and_the_day_after_none() -> None:
    started = in_arrears()
    started.hear(accepted())

    fees = [late_fee_fen(started.line(), day) for day in (JANUARY_9, ACCEPTED_ON, JANUARY_11, date(2030, 1, 1))]

    assert [25 * 50, 26 * 50, 26 * 50, 26 * 50] == fees


def test_where_the_parameter_says_so_the_day_of_acceptance_bears_none() -> None:
    started = in_arrears()
    started.parameters.append(
        ParameterPublished(
            name="bankruptcy-late-fee-day", value="not-counted", revision=1, effective_on=date(2024, 1, 1)
        )
    )
    started.hear(accepted())

    assert [25 * 50, 25 * 50] == [late_fee_fen(started.line(), day) for day in (JANUARY_9, ACCEPTED_ON)]


def test_what_the_unit_owes_is_said_anew_with_the_late_fee_that_stands() -> None:
    started = in_arrears(date(2024, 2, 1))
    started.hear(accepted())

    assert 26 * 50 == started.heard_last(ArrearsChanged).late_fee_fen


def test_the_inventory_counts_to_the_day_of_acceptance_and_no_further() -> None:
    started = in_arrears()
    started.hear(accepted())
    assert started.case is not None
    cases = {started.case.unit_code: started.case}

    fees = [inventory(cases, day).total.late_fee_fen for day in (JANUARY_9, ACCEPTED_ON, JANUARY_11)]

    assert [25 * 50, 26 * 50, 26 * 50] == fees


def test_repeated_payments_around_the_acceptance_bear_what_was_owed_until_then() -> None:
    """21 days on 1,000 yuan (50 fen) to January 5; 5 days on 600 (30 fen) to the acceptance; nothing on what is paid later."""
    payments = (
        paid("P-1", paid_fen=40_000, paid_on=date(2024, 1, 5)),
        paid("P-2", paid_fen=30_000, paid_on=ACCEPTED_ON),
        paid("P-3", paid_fen=20_000, paid_on=date(2024, 2, 1)),
    )
    lines: list[Line] = [
        desk(registered(), missed(), *facts, today=date(2024, 2, 5)).line()
        for facts in permutations((*payments, accepted()))
    ]

    assert {21 * 50 + 5 * 30} == {late_fee_fen(line, date(2024, 12, 31)) for line in lines}
    assert {10_000} == {line.owed_fen for line in lines}
    assert all(line == lines[0] for line in lines)


def test_a_line_that_falls_due_after_the_acceptance_bears_no_late_fee() -> None:
    started = desk(registered(), accepted(), today=date(2024, 3, 1))
    started.hear(missed(month="2024-01", occurred_on=date(2024, 2, 20), due_on=date(2024, 2, 15)))

    assert 0 == late_fee_fen(started.line("2024-01/pension"), date(2024, 3, 1))


def test_a_dismissed_application_never_stopped_the_late_fee() -> None:
    started = in_arrears(date(2024, 2, 1))
    started.hear(accepted(), accepted(date(2024, 2, 1), "S-9", reverses="S-1"))

    assert 48 * 50 == late_fee_fen(started.line(), date(2024, 2, 1))


def test_a_bankruptcy_that_ended_undeclared_lets_the_fee_run_again_from_the_day_after() -> None:
    """26 days to the acceptance; ended on March 1; from March 2 on it runs again."""
    started = in_arrears(date(2024, 3, 4))
    started.hear(accepted(), status(UnitStanding.OPERATING, date(2024, 3, 1), "S-2"))

    fees = [late_fee_fen(started.line(), date(2024, 3, day)) for day in (1, 2, 3)]

    assert [26 * 50, 27 * 50, 28 * 50] == fees
    assert started.case is not None
    assert not is_enforcement_suspended(started.case)


def test_a_declared_bankruptcy_stops_the_fee_for_good() -> None:
    started = in_arrears(date(2024, 6, 4))
    started.hear(accepted(), declared(), status(UnitStanding.DEREGISTERED, date(2024, 6, 4), "S-3"))

    assert 26 * 50 == late_fee_fen(started.line(), date(2034, 6, 3))


DISMISSED_ON = date(2024, 3, 1)


@pytest.mark.parametrize(
    ("before", "fee_fen"),
    [
        ((status(UnitStanding.OPERATING, DISMISSED_ON, "S-2"),), (26 + 100) * 50),
        ((), 26 * 50),
    ],
    ids=["ended three months before", "ended by it"],
)
def test_a_deregistration_stops_the_fee_for_good_only_where_the_bankruptcy_ended_by_it(
    before: tuple[UnitStatusReported, ...], fee_fen: int
) -> None:
    """Dismissed on March 1; it runs again from March 2: the 100th day is June 9, on which the unit is deregistered."""
    gone_on = date(2024, 6, 9)
    way = DeregistrationWay.WITHOUT_LIQUIDATION if before else DeregistrationWay.AFTER_BANKRUPTCY
    started = in_arrears(gone_on)
    started.hear(accepted(), *before, status(UnitStanding.DEREGISTERED, gone_on, "S-3", deregistration_way=way))

    assert fee_fen == late_fee_fen(started.line(), gone_on)
    assert (before != ()) == (told(started).claim is None)


@pytest.mark.parametrize("standing", [UnitStanding.BANKRUPTCY_ACCEPTED, UnitStanding.REORGANISING])
def test_enforcement_is_suspended_from_the_acceptance_on(standing: UnitStanding) -> None:
    started = in_arrears()
    assert started.case is not None
    before = is_enforcement_suspended(started.case)

    started.hear(status(standing, ACCEPTED_ON))

    assert not before
    assert is_enforcement_suspended(started.case)


def test_a_reorganisation_ordered_at_once_is_an_acceptance() -> None:
    started = in_arrears()
    started.hear(status(UnitStanding.REORGANISING, ACCEPTED_ON))

    assert 26 * 50 == late_fee_fen(started.line(), date(2024, 6, 1))


def test_two_bankruptcies_pause_the_fee_twice() -> None:
    """26 days to the first acceptance, 9 from its end on March 1 to the second on March 10."""
    started = in_arrears(date(2024, 3, 12))
    started.hear(
        accepted(),
        status(UnitStanding.OPERATING, date(2024, 3, 1), "S-2"),
        accepted(date(2024, 3, 10), "S-3"),
    )

    assert (26 + 9) * 50 == late_fee_fen(started.line(), date(2025, 1, 1))


def test_a_day_that_two_bankruptcies_share_is_spared_once() -> None:
    """By the parameter the day of acceptance bears no fee: ended and accepted anew on March 1, it is the last of one pause and the first of the next."""
    started = in_arrears(date(2024, 3, 12))
    started.parameters = [
        ParameterPublished(name="bankruptcy-late-fee-day", value="not-counted", effective_on=date(2020, 1, 1))
    ]
    started.hear(
        accepted(),
        status(UnitStanding.OPERATING, date(2024, 3, 1), "S-2"),
        accepted(date(2024, 3, 1), "S-3"),
    )

    assert 25 * 50 == late_fee_fen(started.line(), date(2025, 1, 1))


def test_a_unit_that_registers_late_has_its_late_fee_stopped_all_the_same() -> None:
    waiting = Desk(date(2024, 1, 12))
    waiting.hear(accepted(), missed())
    assert ["unit-status-held", "held-until-registered"] == waiting.codes

    waiting.hear(registered())
    known = in_arrears()
    known.hear(accepted())

    assert waiting.case == known.case


def test_the_status_of_a_unit_that_never_registers_is_named_when_it_is_refused() -> None:
    started = Desk(date(2024, 1, 12))
    started.hear(accepted())
    started.wait_until(at(date(2024, 6, 1)))

    assert ("unit-unknown", "S-1") == (
        started.decisions[-1].reason.code,
        started.decisions[-1].reason.values["references"],
    )
