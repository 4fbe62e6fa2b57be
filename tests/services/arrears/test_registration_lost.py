"""A registration that is taken back and not replaced ends what was under way against the unit, and says so."""

from datetime import date

from schemas.enforcement import EnforcementAct as Act
from schemas.enforcement import EnforcementChanged
from schemas.enforcement_terms import EnforcementDocument as Document
from schemas.enforcement_terms import EnforcementEvent as Event
from schemas.enforcement_terms import EnforcementStage as Stage
from schemas.payment_notices import NoticeStage, PaymentNoticeChanged
from services.arrears.rules_state import Status
from tests.services.arrears.samples import at, registered
from tests.services.arrears.samples_enforcement import NUMBER, Pursuit

TAKEN_BACK_ON = date(2024, 2, 1)
LAST_DAY, DAY_AFTER = date(2024, 4, 10), date(2024, 4, 11)
"""The office holds facts of a unit that is not registered for 45 working days."""


def taken_back(pursuit: Pursuit) -> Pursuit:
    pursuit.wait_until(at(TAKEN_BACK_ON))
    pursuit.hear(registered(business_reference="U-9", reverses="U-1", occurred_on=TAKEN_BACK_ON))
    return pursuit


def test_what_rests_while_nothing_registers_the_unit_is_named() -> None:
    pursuit = taken_back(Pursuit().to_ordered())

    assert "registration-reversed-in-enforcement" == pursuit.codes[-1]
    assert f"{NUMBER}（" in pursuit.decisions[-1].reason.values["resting"]


def test_registered_again_in_time_the_procedure_goes_on_where_it_stood() -> None:
    pursuit = taken_back(Pursuit().to_ordered())
    pursuit.wait_until(at(LAST_DAY))
    pursuit.hear(registered(business_reference="U-10"))

    assert Stage.ORDERED is pursuit.stage
    pursuit.do(Act.TRANSFER_RECEIVED, LAST_DAY)
    assert [Stage.COLLECTED] == [pursuit.stage]


def test_registered_by_nobody_in_time_the_procedure_ends_and_takes_back_its_order_at_the_bank() -> None:
    pursuit = taken_back(Pursuit().to_ordered())
    pursuit.wait_until(at(LAST_DAY, hour=23))
    assert Event.REGISTRATION_LOST is not pursuit.changed.event

    pursuit.wait_until(at(DAY_AFTER, hour=1))
    assert (Stage.ENDED, Event.REGISTRATION_LOST, Stage.ORDERED) == (
        pursuit.changed.stage,
        pursuit.changed.event,
        pursuit.changed.previous_stage,
    )
    assert (Document.TERMINATION_DECISION, Document.TRANSFER_WITHDRAWAL) == pursuit.changed.documents
    assert pursuit.case is not None
    assert (Status.UNKNOWN, None) == (pursuit.case.status, pursuit.case.enforcement)


def test_its_notice_is_cancelled_with_it() -> None:
    pursuit = taken_back(Pursuit())
    pursuit.wait_until(at(DAY_AFTER, hour=1))
    told = pursuit.heard_last(PaymentNoticeChanged)

    assert (NUMBER, NoticeStage.CANCELLED, "registration-reversed") == (told.number, told.stage, told.reason_code)


def test_of_a_unit_that_was_never_registered_nothing_is_said() -> None:
    pursuit = Pursuit()
    pursuit.case = None
    pursuit.said.clear()
    pursuit.hear(registered(business_reference="U-9", reverses="U-1"))
    pursuit.wait_until(at(date(2024, 3, 1)))

    assert [] == [fact for fact in pursuit.said if isinstance(fact, EnforcementChanged | PaymentNoticeChanged)]
