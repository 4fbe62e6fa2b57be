"""延期缴费协议: when it may be signed, its instalments on their edge, its breach, its days without late fee, its security."""

from datetime import date
from typing import Any

import pytest

from schemas.arrears import ArrearsChanged
from schemas.enforcement import EnforcementAct as Act
from schemas.enforcement import Security
from schemas.enforcement_terms import EnforcementEvent as Event
from schemas.enforcement_terms import EnforcementRole as Role
from schemas.enforcement_terms import EnforcementStage as Stage
from schemas.enforcement_terms import SecurityKind
from schemas.mesh import ParameterPublished
from services.arrears import law_enforcement as law
from services.arrears.rules_relief import united
from services.arrears.rules_status_state import FeePause
from tests.services.arrears.samples import at, paid
from tests.services.arrears.samples_enforcement import Pursuit, instalment

SIGNED_ON = date(2024, 1, 18)
FIRST_ON, SECOND_ON = date(2024, 2, 19), date(2024, 3, 18)
"""Mondays: 600 yuan, then 400."""

AGREED: dict[str, Any] = {"instalments": (instalment(FIRST_ON, 60_000), instalment(SECOND_ON, 40_000))}


def signed(**changed: Any) -> Pursuit:
    pursuit = Pursuit().to_insufficient()
    pursuit.do(Act.AGREEMENT_SIGNED, SIGNED_ON, **(AGREED | changed))
    return pursuit


def mortgage(value_fen: int = 100_000, registered_on: date | None = SIGNED_ON) -> Security:
    return Security(kind=SecurityKind.MORTGAGE, value_fen=value_fen, registered_on=registered_on)


def test_an_agreement_waits_for_the_unit_and_its_first_instalment() -> None:
    pursuit = signed()

    assert (Stage.DEFERRED, Role.UNIT, FIRST_ON) == (
        pursuit.stage,
        pursuit.changed.next_role,
        pursuit.changed.deadline_on,
    )
    assert {law.DEFERRED_PAYMENT, law.FREE_OF_LATE_FEE} <= set(pursuit.changed.paragraphs)


def test_while_there_is_enough_in_the_account_nothing_is_put_off() -> None:
    assert ["act-not-of-this-stage"] == Pursuit().to_funded().refusals(Act.AGREEMENT_SIGNED, SIGNED_ON)


@pytest.mark.parametrize(
    ("changed", "reasons"),
    [
        ({"instalments": (instalment(FIRST_ON, 99_999),)}, ["instalments-not-principal"]),
        ({"instalments": (instalment(FIRST_ON, 100_001),)}, ["instalments-not-principal"]),
        ({"instalments": (instalment(SECOND_ON, 60_000), instalment(FIRST_ON, 40_000))}, ["instalments-out-of-order"]),
        ({"instalments": (instalment(SIGNED_ON, 100_000),)}, ["instalments-out-of-order"]),
        ({"instalments": (instalment(FIRST_ON, 100_000), instalment(SECOND_ON, 0))}, ["instalments-out-of-order"]),
        ({"instalments": (instalment(date(2025, 1, 18), 100_000),)}, []),
        ({"instalments": (instalment(date(2025, 1, 19), 100_000),)}, ["instalments-too-late"]),
        ({"securities": (mortgage(99_999),)}, ["security-below-principal"]),
        ({"securities": (mortgage(60_000), mortgage(40_000))}, []),
        ({"securities": (mortgage(registered_on=None),)}, ["security-unregistered"]),
        ({"securities": (mortgage(registered_on=date(2024, 1, 19)),)}, ["security-unregistered"]),
        ({"securities": (Security(kind=SecurityKind.GUARANTOR, value_fen=100_000),)}, []),
    ],
)
def test_an_agreement_covers_the_principal_to_the_fen_in_order_in_a_year_and_secured(
    changed: dict[str, Any], reasons: list[str]
) -> None:
    found = Pursuit().to_insufficient().refusals(Act.AGREEMENT_SIGNED, SIGNED_ON, **(AGREED | changed))

    assert (reasons or ["enforcement-agreement-signed"]) == found


def test_on_the_last_day_of_an_instalment_the_agreement_holds() -> None:
    pursuit = signed()

    assert ([], Stage.DEFERRED) == (pursuit.watched(FIRST_ON), pursuit.stage)


def test_on_the_day_after_an_unpaid_instalment_it_is_broken() -> None:
    pursuit = signed()

    assert ["enforcement-instalment-missed"] == pursuit.watched(date(2024, 2, 20))
    assert (Stage.BREACHED, Event.INSTALMENT_MISSED) == (pursuit.stage, pursuit.changed.event)


def test_an_instalment_of_a_day_off_may_be_paid_until_the_next_working_day() -> None:
    """1 October 2024 is off until the 7th: paid on the 8th is in time."""
    pursuit = signed(instalments=(instalment(date(2024, 10, 1), 100_000),))

    assert "enforcement-instalment-missed" not in pursuit.watched(date(2024, 10, 8))
    assert "enforcement-instalment-missed" in pursuit.watched(date(2024, 10, 9))


def test_an_instalment_one_fen_short_is_not_met() -> None:
    pursuit = signed()
    pursuit.wait_until(at(FIRST_ON))
    pursuit.hear(paid(paid_fen=59_999, paid_on=FIRST_ON))

    assert ["enforcement-instalment-missed"] == pursuit.watched(date(2024, 2, 20))


def test_an_instalment_paid_to_the_fen_is_met_and_the_next_is_waited_for() -> None:
    pursuit = signed()
    pursuit.wait_until(at(FIRST_ON))
    pursuit.hear(paid(paid_fen=60_000, paid_on=FIRST_ON))

    assert ["enforcement-instalment-met"] == pursuit.watched(date(2024, 2, 20))
    assert (Stage.DEFERRED, SECOND_ON) == (pursuit.stage, pursuit.changed.deadline_on)


def test_paid_in_time_and_heard_of_late_the_agreement_was_not_broken() -> None:
    pursuit = signed()
    pursuit.wait_until(at(date(2024, 2, 21)))
    assert Stage.BREACHED == pursuit.stage

    pursuit.hear(paid(paid_fen=60_000, paid_on=FIRST_ON))

    assert (Stage.DEFERRED, SECOND_ON) == (pursuit.stage, pursuit.changed.deadline_on)
    assert SECOND_ON == pursuit.changed.late_fee_free_until


def test_paid_late_it_stays_broken() -> None:
    pursuit = signed()
    pursuit.wait_until(at(date(2024, 2, 21)))
    pursuit.hear(paid(paid_fen=60_000, paid_on=date(2024, 2, 20)))

    assert Stage.BREACHED == pursuit.stage


def test_the_whole_agreement_kept_ends_the_procedure() -> None:
    pursuit = signed()
    pursuit.wait_until(at(FIRST_ON))
    pursuit.hear(paid(paid_fen=60_000, paid_on=FIRST_ON))
    pursuit.wait_until(at(SECOND_ON))
    pursuit.hear(paid("P-2", paid_fen=40_000, paid_on=SECOND_ON))

    assert Stage.PAID == pursuit.stage


def test_during_an_agreement_no_late_fee_accrues() -> None:
    """Due on 15 December; signed on 18 January, 34 days later: 1,000 yuan × 0.05 % × 34 = 17 yuan, on 19 February still."""
    pursuit = signed()
    pursuit.wait_until(at(FIRST_ON))
    pursuit.hear(paid(paid_fen=60_000, paid_on=FIRST_ON))

    assert 1_700 == pursuit.heard_last(ArrearsChanged).late_fee_fen
    assert (date(2024, 1, 19), SECOND_ON) == (
        pursuit.changed.late_fee_free_from,
        pursuit.changed.late_fee_free_until,
    )


def test_from_the_day_after_a_breach_late_fees_accrue_again() -> None:
    """17 yuan to the signing, nothing to 19 February, and on the 20th one day of 1,000 yuan more: 0.50 yuan."""
    pursuit = signed()
    pursuit.wait_until(at(date(2024, 2, 20)))

    assert (1_750, FIRST_ON) == (pursuit.heard_last(ArrearsChanged).late_fee_fen, pursuit.changed.late_fee_free_until)


def test_an_agreement_taken_back_as_a_slip_leaves_the_late_fee_running() -> None:
    """Signed on the 18th by mistake, taken back on the 23rd: 39 days, 19.50 yuan, as if it had never been."""
    pursuit = signed()
    pursuit.do(Act.AGREEMENT_SIGNED, date(2024, 1, 23), "X-1", reverses=f"{Act.AGREEMENT_SIGNED}/{SIGNED_ON}")

    assert (Stage.INSUFFICIENT, 1_950) == (pursuit.stage, pursuit.changed.late_fee_fen)


def test_where_the_parameter_says_so_the_late_fee_goes_on() -> None:
    """From 15 December to 19 February are 66 days: 33 yuan."""
    pursuit = Pursuit().to_insufficient()
    name = law.DEFERRED_LATE_FEE.parameter
    pursuit.parameters.append(ParameterPublished(name=name, value="charged", effective_on=date(2024, 1, 1)))
    pursuit.do(Act.AGREEMENT_SIGNED, SIGNED_ON, instalments=(instalment(SECOND_ON, 100_000),))
    pursuit.wait_until(at(FIRST_ON))
    pursuit.hear(paid(paid_fen=1, paid_on=FIRST_ON))

    assert 3_300 == pursuit.heard_last(ArrearsChanged).late_fee_fen
    assert None is pursuit.changed.late_fee_free_from


def test_a_broken_agreement_goes_on_with_its_security() -> None:
    pursuit = signed()
    pursuit.wait_until(at(date(2024, 2, 20)))
    pursuit.do(Act.SECURITY_REALISED, date(2024, 2, 22), amount_fen=70_000)

    assert (Stage.INSUFFICIENT, 70_000, 30_000) == (
        pursuit.stage,
        pursuit.changed.received_fen,
        pursuit.changed.principal_fen,
    )


def test_the_court_is_closed_while_a_security_has_not_been_used() -> None:
    pursuit = signed()
    pursuit.wait_until(at(date(2024, 2, 20)))
    pursuit.do(Act.BANK_QUERY_SENT, date(2024, 2, 20))
    pursuit.do(Act.BANK_QUERY_ANSWERED, date(2024, 2, 21), balance_fen=0)

    assert ["security-not-realised"] == pursuit.refusals(Act.COURT_DEMAND_SERVED, date(2024, 2, 22))


@pytest.mark.parametrize(
    ("pauses", "merged"),
    [
        ([(1, 5), (5, 9)], [(1, 9)]),
        ([(1, 5), (6, 9)], [(1, 5), (6, 9)]),
        ([(3, 9), (1, 5)], [(1, 9)]),
        ([(1, None), (3, 9)], [(1, None)]),
        ([(1, 5), (3, None)], [(1, None)]),
    ],
)
def test_no_day_is_without_late_fee_twice(
    pauses: list[tuple[int, int | None]], merged: list[tuple[int, int | None]]
) -> None:
    """A pause of (5, 9) is the days 6 to 9: it goes on from one that ends with day 5, and not from one before day 6."""
    assert tuple(_pause(*days) for days in merged) == united(tuple(_pause(*days) for days in pauses))


def _pause(after: int, through: int | None) -> FeePause:
    return FeePause(date(2024, 1, after), None if through is None else date(2024, 1, through))
