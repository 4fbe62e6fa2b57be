"""How an agreement on deferred payment ends: kept to its last day, with its procedure, by a payment that bounces; and what it does not cover."""

from datetime import date

import pytest

from schemas.arrears import ArrearsChanged
from schemas.calendar import CalendarYear, WorkingCalendar
from schemas.enforcement import EnforcementAct as Act
from schemas.enforcement_terms import EnforcementEvent as Event
from schemas.enforcement_terms import EnforcementStage as Stage
from schemas.unit_status import UnitStanding
from services.arrears.rules_lines import late_fee_fen
from tests.services.arrears.samples import PUBLISHED, assessed, at, missed, paid
from tests.services.arrears.samples_enforcement import Pursuit, instalment
from tests.services.arrears.samples_status import status

SIGNED_ON, FIRST_ON = date(2024, 1, 18), date(2024, 2, 19)
SUNDAY, MONDAY, TUESDAY = date(2024, 3, 17), date(2024, 3, 18), date(2024, 3, 19)
FEE_TO_SIGNING = 34 * 50
"""1,000 yuan, due on 15 December 2023: 0.50 yuan a day to the signing on 18 January."""


def signed(last_on: date = SUNDAY) -> Pursuit:
    """600 yuan by Monday 19 February, 400 by Sunday 17 March 2024."""
    pursuit = Pursuit().to_insufficient()
    pursuit.do(Act.AGREEMENT_SIGNED, SIGNED_ON, instalments=(instalment(FIRST_ON, 60_000), instalment(last_on, 40_000)))
    return pursuit


def first_paid() -> Pursuit:
    """The first instalment is paid on its day and looked at."""
    pursuit = signed()
    pay(pursuit, "P-1", 60_000, FIRST_ON)
    pursuit.wait_until(at(date(2024, 2, 20)))
    return pursuit


def pay(pursuit: Pursuit, reference: str, paid_fen: int, on: date) -> None:
    pursuit.wait_until(at(on))
    pursuit.hear(paid(reference, paid_fen=paid_fen, paid_on=on))


@pytest.mark.parametrize(
    ("paid_on", "stage", "fee_fen"),
    [(MONDAY, Stage.PAID, FEE_TO_SIGNING), (TUESDAY, Stage.PAID, FEE_TO_SIGNING + 20)],
)
def test_who_pays_on_the_working_day_after_a_sunday_pays_in_time_and_no_late_fee(
    paid_on: date, stage: Stage, fee_fen: int
) -> None:
    """民法典 203: the last day moves to Monday, so no day up to it bears a fee; Tuesday bears 400 yuan × 0.05 % = 0.20 yuan."""
    pursuit = first_paid()
    pay(pursuit, "P-2", 40_000, paid_on)

    assert (stage, fee_fen) == (pursuit.stage, late_fee_fen(pursuit.line(), paid_on))


def test_a_calendar_that_is_published_later_moves_the_end_of_the_days_without_late_fee() -> None:
    """To Friday 1 March 2024, which a calendar published in February makes a day off: Monday the 4th is the last day."""
    pursuit = signed(date(2024, 3, 1))
    assert date(2024, 3, 1) == pursuit.changed.late_fee_free_until

    year = CalendarYear(PUBLISHED.years[2024].days_off | {date(2024, 3, 1)}, PUBLISHED.years[2024].make_up_days)
    pursuit.calendar = WorkingCalendar({**PUBLISHED.years, 2024: year})
    pay(pursuit, "P-1", 60_000, FIRST_ON)
    pursuit.wait_until(at(date(2024, 2, 20)))

    assert date(2024, 3, 4) == pursuit.changed.late_fee_free_until


def test_a_payment_that_met_an_instalment_and_bounces_breaks_the_agreement_on_that_day() -> None:
    """Taken back on 26 February: from the 20th on 1,000 yuan bear 0.50 yuan a day again, seven days."""
    pursuit = first_paid()
    pursuit.wait_until(at(date(2024, 2, 26)))
    pursuit.hear(paid("P-9", paid_on=FIRST_ON, reverses="P-1"))

    assert (Stage.BREACHED, Event.INSTALMENT_MISSED) == (pursuit.stage, pursuit.changed.event)
    assert FEE_TO_SIGNING + 7 * 50 == late_fee_fen(pursuit.line(), date(2024, 2, 26))

    pursuit.hear(paid("P-1b", paid_fen=60_000, paid_on=FIRST_ON))
    assert (Stage.DEFERRED, FEE_TO_SIGNING) == (pursuit.stage, late_fee_fen(pursuit.line(), date(2024, 2, 26)))


def test_an_agreement_paid_before_its_time_goes_on_where_that_payment_bounces() -> None:
    """All was paid on 1 February, and taken back on the 5th: the unit still has until the 19th, and not longer."""
    pursuit = signed()
    pay(pursuit, "P-1", 100_000, date(2024, 2, 1))
    pursuit.wait_until(at(date(2024, 2, 5)))
    pursuit.hear(paid("P-9", paid_on=date(2024, 2, 1), reverses="P-1"))

    assert (Stage.DEFERRED, FIRST_ON, 2) == (pursuit.stage, pursuit.changed.deadline_on, pursuit.changed.attempt)
    pursuit.wait_until(at(date(2024, 2, 20)))
    assert Stage.BREACHED is pursuit.stage


def test_an_agreement_is_over_once_the_late_fee_alone_is_enforced() -> None:
    """All paid on 1 February, the late fee pursued on the 2nd; the payment bounces on the 5th: from the 3rd on 1,000 yuan bear 0.50 yuan a day again."""
    pursuit = signed()
    pay(pursuit, "P-1", 100_000, date(2024, 2, 1))
    pursuit.do(Act.LATE_FEE_PURSUED, date(2024, 2, 2))
    pursuit.wait_until(at(date(2024, 2, 5)))
    pursuit.hear(paid("P-9", paid_on=date(2024, 2, 1), reverses="P-1"))

    assert Stage.DUE is pursuit.stage
    assert FEE_TO_SIGNING + 3 * 50 == late_fee_fen(pursuit.line(), date(2024, 2, 5))


def test_bounced_after_the_instalments_day_it_was_broken_on_that_day() -> None:
    """All paid on 1 February, taken back on 4 March: the first instalment was not met on 19 February, and fourteen days bear 0.50 yuan."""
    pursuit = signed()
    pay(pursuit, "P-1", 100_000, date(2024, 2, 1))
    pursuit.wait_until(at(date(2024, 3, 4)))
    pursuit.hear(paid("P-9", paid_on=date(2024, 2, 1), reverses="P-1"))
    pursuit.wait_until(at(date(2024, 3, 4)))

    assert Stage.BREACHED is pursuit.stage
    assert FEE_TO_SIGNING + 14 * 50 == late_fee_fen(pursuit.line(), date(2024, 3, 4))


def test_an_agreement_is_over_with_its_procedure_and_late_fee_runs_again_from_the_day_after() -> None:
    """Ended on 1 February, or the unit deregistered on that day: the 2nd bears 0.50 yuan."""
    ended, gone = signed(), signed()
    ended.do(Act.EXECUTION_ENDED, date(2024, 2, 1))
    gone.wait_until(at(date(2024, 2, 1)))
    gone.hear(status(UnitStanding.DEREGISTERED, date(2024, 2, 1)))

    for pursuit in (ended, gone):
        fees = [late_fee_fen(pursuit.line(), date(2024, 2, day)) for day in (1, 2)]
        assert [FEE_TO_SIGNING, FEE_TO_SIGNING + 50] == fees


@pytest.mark.parametrize(("paid_fen", "stage"), [(60_000, Stage.DEFERRED), (59_999, Stage.BREACHED)])
def test_what_is_assessed_after_the_signing_is_no_part_of_an_agreement(paid_fen: int, stage: Stage) -> None:
    """200 yuan more were assessed on 1 February: the first instalment is still 600 yuan, to the fen."""
    pursuit = signed()
    pursuit.wait_until(at(date(2024, 2, 1)))
    pursuit.hear(assessed(assessed_fen=120_000, occurred_on=date(2024, 2, 1)))
    pay(pursuit, "P-1", paid_fen, FIRST_ON)
    pursuit.wait_until(at(date(2024, 2, 20)))

    assert stage is pursuit.stage


def test_kept_to_its_end_it_leaves_what_was_assessed_later_to_be_enforced() -> None:
    pursuit = signed()
    pursuit.wait_until(at(date(2024, 2, 1)))
    pursuit.hear(assessed(assessed_fen=120_000, occurred_on=date(2024, 2, 1)))
    pay(pursuit, "P-1", 60_000, FIRST_ON)
    pay(pursuit, "P-2", 40_000, MONDAY)
    pursuit.wait_until(at(TUESDAY))

    assert (Stage.INSUFFICIENT, Event.INSTALMENT_MET, 20_000) == (
        pursuit.stage,
        pursuit.changed.event,
        pursuit.changed.principal_fen,
    )
    assert [] == [
        code
        for code in pursuit.refusals(Act.COURT_DEMAND_SERVED, date(2024, 3, 20), amount_fen=20_000)
        if code == "security-not-realised"
    ]
    assert pursuit.heard_last(ArrearsChanged).principal_fen == 20_000


def test_a_line_found_later_is_no_part_of_it_either() -> None:
    pursuit = signed()
    pursuit.hear(missed("M-2", month="2023-10", due_on=date(2023, 11, 15)))
    pay(pursuit, "P-1", 60_000, FIRST_ON)
    pursuit.wait_until(at(date(2024, 2, 20)))

    assert Stage.DEFERRED is pursuit.stage
