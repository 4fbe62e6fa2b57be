"""Suspension, resumption and end (行政强制法 39, 40), the unit's status, the fine, and calendars published later."""

from datetime import date

import pytest

from schemas.enforcement import EnforcementAct as Act
from schemas.enforcement import EnforcementChanged
from schemas.enforcement_terms import EnforcementDocument as Document
from schemas.enforcement_terms import EnforcementEvent as Event
from schemas.enforcement_terms import EnforcementGround as Ground
from schemas.enforcement_terms import EnforcementStage as Stage
from schemas.unit_status import DeregistrationWay, LegalForm, UnitStanding, UnitStatusReported
from services.arrears.rules_notice_state import Stage as NoticeStage
from tests.services.arrears.samples import PLACE, PUBLISHED, UNPUBLISHED, at
from tests.services.arrears.samples_enforcement import Pursuit


def status(word: UnitStanding, on: date, reference: str) -> UnitStatusReported:
    way = DeregistrationWay.LIQUIDATED if word is UnitStanding.DEREGISTERED else None
    in_court = word is not UnitStanding.DEREGISTERED
    return UnitStatusReported(
        **PLACE,
        occurred_on=on,
        business_reference=reference,
        status=word,
        legal_form=LegalForm.ENTERPRISE,
        court="威海市中级人民法院" if in_court else None,
        deregistration_way=way,
    )


def test_an_accepted_bankruptcy_suspends_and_its_end_resumes() -> None:
    pursuit = Pursuit().to_demanded()
    pursuit.hear(status(UnitStanding.BANKRUPTCY_ACCEPTED, date(2024, 1, 19), "S-1"))
    assert (Stage.SUSPENDED, Event.STATUS_SUSPENDED) == (pursuit.stage, pursuit.changed.event)
    assert ("企业破产法 19",) == pursuit.changed.paragraphs
    assert ["act-not-of-this-stage"] == pursuit.refusals(Act.TRANSFER_DECIDED, date(2024, 1, 30))

    pursuit.hear(status(UnitStanding.OPERATING, date(2024, 1, 30), "S-2"))

    assert (Stage.DEMANDED, Event.STATUS_RESUMED) == (pursuit.stage, pursuit.changed.event)


def test_no_officer_resumes_what_the_bankruptcy_suspends() -> None:
    pursuit = Pursuit().to_demanded()
    pursuit.hear(status(UnitStanding.BANKRUPTCY_ACCEPTED, date(2024, 1, 19), "S-1"))

    assert ["suspended-by-status"] == pursuit.refusals(Act.EXECUTION_RESUMED, date(2024, 1, 22))


def test_a_deregistered_unit_is_not_enforced_against() -> None:
    pursuit = Pursuit().to_demanded()
    pursuit.hear(status(UnitStanding.DEREGISTERED, date(2024, 1, 19), "S-1"))

    assert (Stage.ENDED, (Document.TERMINATION_DECISION,)) == (pursuit.stage, pursuit.changed.documents)


def test_against_a_bankrupt_unit_nothing_begins() -> None:
    """Its notice is overdue all the same; when the bankruptcy ends, enforcement begins."""
    pursuit = Pursuit(stage=NoticeStage.SERVED)
    pursuit.hear(status(UnitStanding.BANKRUPTCY_ACCEPTED, date(2024, 1, 16), "S-1"))
    pursuit.make_overdue()
    assert [] == [fact for fact in pursuit.said if isinstance(fact, EnforcementChanged)]

    pursuit.wait_until(at(date(2024, 1, 17)))
    pursuit.hear(status(UnitStanding.OPERATING, date(2024, 1, 17), "S-2"))

    assert Stage.DUE == pursuit.stage


def test_an_officer_suspends_for_hardship_and_resumes_where_it_rested() -> None:
    pursuit = Pursuit().to_demanded()
    pursuit.do(Act.EXECUTION_SUSPENDED, date(2024, 1, 22))
    pursuit.do(Act.EXECUTION_RESUMED, date(2024, 2, 5))

    assert Stage.DEMANDED == pursuit.stage


def test_three_years_of_hardship_end_it() -> None:
    """Suspended on Monday 22 January 2024: three years end on Friday 22 January 2027, a year without a calendar yet."""
    pursuit = Pursuit().to_demanded()
    pursuit.do(Act.EXECUTION_SUSPENDED, date(2024, 1, 22))

    assert "enforcement-suspension-lapsed" not in pursuit.watched(date(2027, 1, 22))
    assert ["enforcement-suspension-lapsed"] == pursuit.watched(date(2027, 1, 23))
    assert Stage.LAPSED == pursuit.stage
    assert "不因此消灭" in pursuit.changed.explanation


def test_a_stay_does_not_lapse() -> None:
    pursuit = Pursuit().to_demanded()
    pursuit.do(Act.EXECUTION_SUSPENDED, date(2024, 1, 22), ground=Ground.STAY_ORDERED)
    pursuit.wait_until(at(date(2028, 1, 24)))

    assert Stage.SUSPENDED == pursuit.stage


def test_the_window_of_the_court_does_not_wait_for_a_suspension() -> None:
    """Suspended before the court's door: the window closes, and it goes on elsewhere."""
    pursuit = Pursuit().to_court_demanded()
    pursuit.do(Act.EXECUTION_SUSPENDED, date(2024, 6, 5))
    assert "enforcement-court-window-missed" in pursuit.watched(date(2024, 10, 9))

    pursuit.do(Act.EXECUTION_RESUMED, date(2024, 10, 10))
    assert Stage.INSUFFICIENT == pursuit.stage


def test_an_end_withdraws_the_order_at_the_bank_first() -> None:
    pursuit = Pursuit().to_ordered()
    pursuit.do(Act.EXECUTION_ENDED, date(2024, 2, 1))
    assert (Stage.WITHDRAWING, (Document.TERMINATION_DECISION, Document.TRANSFER_WITHDRAWAL)) == (
        pursuit.stage,
        pursuit.changed.documents,
    )

    pursuit.do(Act.BANK_WITHDRAWAL_CONFIRMED, date(2024, 2, 2))
    assert Stage.ENDED == pursuit.stage


def test_a_procedure_that_was_ended_does_not_begin_anew() -> None:
    pursuit = Pursuit()
    pursuit.do(Act.EXECUTION_ENDED, date(2024, 1, 17))
    pursuit.wait_until(at(date(2025, 1, 17)))

    assert (Stage.ENDED, 1) == (pursuit.stage, pursuit.procedure.attempt)


@pytest.mark.parametrize(
    ("on", "word"), [(date(2026, 1, 15), "在自逾期之日起二年以内"), (date(2026, 1, 16), "已满二年，欠缴仍在继续")]
)
def test_the_fine_is_referred_within_two_years_or_marked(on: date, word: str) -> None:
    """The notice's deadline was 15 January 2024: two years end on Thursday 15 January 2026."""
    pursuit = Pursuit()
    decision = pursuit.do(Act.FINE_REFERRED, on)

    assert "enforcement-fine-referred" == decision.reason.code
    assert word in decision.reason.values["timeliness"]
    assert ("1,000.00元", "3,000.00元") == (decision.reason.values["least"], decision.reason.values["most"])


def test_a_fine_that_nobody_referred_is_said_before_and_after_the_two_years() -> None:
    pursuit = Pursuit()
    codes = pursuit.watched(date(2026, 1, 16))

    assert ["enforcement-fine-closing", "enforcement-fine-missed"] == [code for code in codes if "fine" in code]


def test_a_fine_is_referred_once() -> None:
    pursuit = Pursuit()
    pursuit.do(Act.FINE_REFERRED, date(2024, 1, 17))

    assert ["fine-known"] == pursuit.refusals(Act.FINE_REFERRED, date(2024, 1, 18))
    assert [] == [code for code in pursuit.watched(date(2027, 1, 4)) if "fine" in code]


def test_a_calendar_published_later_moves_what_was_counted_without_it() -> None:
    """Without a calendar five working days after 5 February 2024 end on the 12th; with it, over the Festival, on the 18th."""
    pursuit = Pursuit(today=date(2024, 2, 5), calendar=UNPUBLISHED)
    assert (date(2024, 2, 12), True) == (pursuit.changed.deadline_on, pursuit.changed.deadline_is_provisional)

    pursuit.calendar = PUBLISHED

    assert ["enforcement-watch-moved"] == pursuit.watched(date(2024, 2, 18))
    assert "，至2024-02-18" == pursuit.decisions[-1].reason.values["until"]
    assert ["enforcement-deadline-missed"] == pursuit.watched(date(2024, 2, 19))
