"""An instalment whose day lies in a bankruptcy is no breach: nobody may be paid alone then (企业破产法 16)."""

from datetime import date, timedelta

import pytest

from schemas.enforcement_terms import EnforcementEvent as Event
from schemas.enforcement_terms import EnforcementStage as Stage
from schemas.unit_status import UnitStanding
from services.arrears.rules_lines import late_fee_fen
from tests.services.arrears.samples import at, paid
from tests.services.arrears.samples_enforcement import Pursuit
from tests.services.arrears.samples_status import status
from tests.services.arrears.test_enforcement_agreement_ends import FEE_TO_SIGNING, FIRST_ON, MONDAY, signed

ENDED_ON = date(2024, 3, 1)
"""A Friday: five working days later is Friday 8 March."""
MOVED_TO = date(2024, 3, 8)


def goes_bankrupt(pursuit: Pursuit, on: date, heard_on: date | None = None) -> None:
    pursuit.wait_until(at(heard_on or on))
    pursuit.hear(status(UnitStanding.BANKRUPTCY_ACCEPTED, on, "S-1"))


def goes_on(pursuit: Pursuit, on: date = ENDED_ON) -> None:
    """The court ends the bankruptcy without a declaration."""
    pursuit.wait_until(at(on))
    pursuit.hear(status(UnitStanding.OPERATING, on, "S-2"))


def set_aside(pursuit: Pursuit, on: date = ENDED_ON) -> None:
    """The application is dismissed after all (企业破产法 12): the registrar takes the acceptance back."""
    pursuit.wait_until(at(on))
    pursuit.hear(status(UnitStanding.BANKRUPTCY_ACCEPTED, on, "S-2", reverses="S-1"))


def after_a_bankruptcy() -> Pursuit:
    """Accepted on 1 February, ended on 1 March 2024; 600 yuan were to be paid by 19 February."""
    pursuit = signed()
    goes_bankrupt(pursuit, date(2024, 2, 1))
    goes_on(pursuit)
    return pursuit


@pytest.mark.parametrize("ends", [goes_on, set_aside])
def test_an_instalment_of_a_bankruptcys_days_is_to_be_paid_within_five_working_days_of_its_end(ends: object) -> None:
    pursuit = signed()
    goes_bankrupt(pursuit, date(2024, 2, 1))
    ends(pursuit)  # type: ignore[operator]
    assert (Stage.DEFERRED, MOVED_TO) == (pursuit.stage, pursuit.changed.deadline_on)

    assert [] == pursuit.watched(MOVED_TO)
    assert ["enforcement-instalment-missed"] == pursuit.watched(MOVED_TO + timedelta(days=1))


def test_who_pays_it_then_has_kept_the_agreement() -> None:
    pursuit = after_a_bankruptcy()
    pursuit.wait_until(at(MOVED_TO))
    pursuit.hear(paid("P-1", paid_fen=60_000, paid_on=MOVED_TO))

    assert ["enforcement-instalment-met"] == pursuit.watched(MOVED_TO + timedelta(days=1))
    assert (Stage.DEFERRED, MONDAY) == (pursuit.stage, pursuit.changed.deadline_on)
    assert FEE_TO_SIGNING == late_fee_fen(pursuit.line(), MOVED_TO)


@pytest.mark.parametrize(
    ("accepted_on", "stage"), [(FIRST_ON, Stage.DEFERRED), (FIRST_ON + timedelta(days=1), Stage.BREACHED)]
)
def test_accepted_on_its_day_it_is_no_breach_and_accepted_the_day_after_it_is(accepted_on: date, stage: Stage) -> None:
    pursuit = signed()
    goes_bankrupt(pursuit, accepted_on)
    assert Stage.SUSPENDED is pursuit.stage

    goes_on(pursuit)
    assert stage is pursuit.stage


@pytest.mark.parametrize(("ended_on", "due_on"), [(date(2024, 2, 18), FIRST_ON), (FIRST_ON, date(2024, 2, 26))])
def test_a_bankruptcy_that_ended_before_its_day_leaves_it_and_one_that_ended_on_it_moves_it(
    ended_on: date, due_on: date
) -> None:
    """Five working days after Monday 19 February: Monday the 26th."""
    pursuit = signed()
    goes_bankrupt(pursuit, date(2024, 2, 1))
    goes_on(pursuit, ended_on)

    assert due_on == pursuit.changed.deadline_on


@pytest.mark.parametrize("ends", [goes_on, set_aside])
def test_a_bankruptcy_that_is_heard_of_late_takes_the_breach_back(ends: object) -> None:
    """Accepted on 9 February, heard of on the 26th: broken on the 20th, as nobody knew."""
    pursuit = signed()
    pursuit.wait_until(at(date(2024, 2, 20)))
    assert Stage.BREACHED is pursuit.stage

    goes_bankrupt(pursuit, date(2024, 2, 9), date(2024, 2, 26))
    told = [fact.event for fact in pursuit.decisions[-1].facts if hasattr(fact, "event")]
    assert [Event.INSTALMENT_EXCUSED, Event.STATUS_SUSPENDED] == told

    ends(pursuit)  # type: ignore[operator]
    assert (Stage.DEFERRED, MOVED_TO) == (pursuit.stage, pursuit.changed.deadline_on)
    assert FEE_TO_SIGNING == late_fee_fen(pursuit.line(), MOVED_TO)


def test_no_instalment_falls_before_the_one_that_goes_before_it() -> None:
    """Ended on Friday 15 March: the first is to be paid by the 22nd, and so is the second, whose own day is Monday the 18th."""
    pursuit = signed()
    goes_bankrupt(pursuit, date(2024, 2, 1))
    goes_on(pursuit, date(2024, 3, 15))
    assert date(2024, 3, 22) == pursuit.changed.deadline_on

    pursuit.hear(paid("P-1", paid_fen=60_000, paid_on=date(2024, 3, 15)))
    assert ["enforcement-instalment-met", "enforcement-instalment-missed"] == pursuit.watched(date(2024, 3, 23))


def test_when_a_unit_is_bankrupt_a_second_time_the_instalment_waits_for_that_end_too() -> None:
    """Moved to 8 March, and accepted again on the 5th; ended on Wednesday 20 March: by Wednesday the 27th."""
    pursuit = after_a_bankruptcy()
    pursuit.wait_until(at(date(2024, 3, 5)))
    pursuit.hear(status(UnitStanding.BANKRUPTCY_ACCEPTED, date(2024, 3, 5), "S-3"))
    pursuit.wait_until(at(date(2024, 3, 20)))
    pursuit.hear(status(UnitStanding.OPERATING, date(2024, 3, 20), "S-4"))

    assert (Stage.DEFERRED, date(2024, 3, 27)) == (pursuit.stage, pursuit.changed.deadline_on)
