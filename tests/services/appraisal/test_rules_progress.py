"""A person's case: what the pool answers, and what time brings."""

from datetime import UTC, date, datetime
from typing import Any, NamedTuple

import pytest

from schemas.appraisal import (
    AppraisalExtended,
    AppraisalNoticeRequested,
    DateStanding,
    PanelDeclined,
    PanelDrawn,
    PanelReleased,
    PanelScheduled,
    PanelSeat,
    Specialty,
)
from schemas.calendar import WorkingCalendar
from schemas.decision import Reason, TimerDue
from schemas.fact import Fact, Sealed
from services.appraisal.rules import decide, next_timer
from services.appraisal.rules_state import PersonCase, Status
from tests.services.appraisal.samples import application, context_on, explained, extension, request, withdrawal

TODAY = date(2024, 3, 4)
REFERENCE = "LD-2024-0001"


class Answer(NamedTuple):
    """A decision, with a state whose type the test knows."""

    state: Any
    facts: tuple[Fact, ...]
    reason: Reason


def _decided(case: PersonCase | None, fact: Fact | TimerDue, day: date = TODAY) -> Answer:
    decision = decide(case, fact, context_on(day))
    assert explained(decision)
    return Answer(decision.state, decision.facts, decision.reason)


def _timer_passes(case: PersonCase, day: date) -> Answer:
    timer = next_timer(case)
    assert timer is not None
    assert timer.due_at <= datetime(day.year, day.month, day.day, 1, tzinfo=UTC)
    answer = _decided(case, TimerDue(timer.name, timer.due_at), day)
    assert answer.state is None or next_timer(answer.state) != timer
    return answer


def _the(kind: type[Any], answer: Answer) -> Any:
    [fact] = [fact for fact in answer.facts if isinstance(fact, kind)]
    return fact


def _none_of(kind: type[Any], answer: Answer) -> bool:
    return not any(isinstance(fact, kind) for fact in answer.facts)


def _waiting(**changed: Any) -> PersonCase:
    case: PersonCase = _decided(None, application(**changed)).state
    return case


def _drawn(sitting_on: date = date(2024, 3, 12), **changed: Any) -> PanelDrawn:
    asked = request()
    fields: dict[str, Any] = {
        "district": asked.district,
        "agency": asked.agency,
        "occurred_on": TODAY,
        "person_key": asked.person_key,
        "application_reference": REFERENCE,
        "pool_key": asked.pool_key,
        "request_number": 1,
        "seats": tuple(PanelSeat(expert_key=f"expert-{n}", specialty="") for n in range(3)),
        "sitting_on": sitting_on,
        "slot": "09:40",
        "room": 2,
        "standing": DateStanding.IN_TIME,
        "provisional": False,
        "specialties": asked.specialties,
        "request_event_id": "event",
        "pool_version": "v",
        "seed": "s",
        "candidates": (),
    }
    return PanelDrawn(**(fields | changed))


def _declined(**changed: Any) -> PanelDeclined:
    asked = request()
    fields: dict[str, Any] = {
        "district": asked.district,
        "agency": asked.agency,
        "occurred_on": TODAY,
        "person_key": asked.person_key,
        "application_reference": REFERENCE,
        "pool_key": asked.pool_key,
        "request_number": 1,
        "reasons": ("specialty-unfilled",),
        "unfilled_specialties": (Specialty.NEUROLOGY,),
        "eligible_count": 1,
    }
    return PanelDeclined(**(fields | changed))


# --- scheduled ----------------------------------------------------------------------------------------


def test_a_drawn_panel_is_scheduled_and_the_applicant_told_where_and_when() -> None:
    finding = Sealed(key_reference="k1", ciphertext=b"sealed finding")
    answer = _decided(_waiting(diagnosis=finding), _drawn())
    scheduled, told = _the(PanelScheduled, answer), _the(AppraisalNoticeRequested, answer)

    assert (scheduled.sitting_on, scheduled.slot, scheduled.diagnosis) == (date(2024, 3, 12), "09:40", finding)
    assert scheduled.expert_keys == ("expert-0", "expert-1", "expert-2")
    assert "2024年3月12日（星期二）09:40到威海市政务服务中心（塔山中路317号）2楼第2鉴定室" in told.text
    assert "结论作出后20日内送达" in told.text
    assert "expert-" not in told.text
    assert told.expires_on == date(2024, 3, 12)


def test_a_date_beyond_the_sixty_days_is_a_risk_that_is_said_and_noextension() -> None:
    """Want of dates or experts is none of the law's grounds (令55 10)."""
    answer = _decided(_waiting(), _drawn(date(2024, 5, 2), standing=DateStanding.EXTENDED))
    text = _the(AppraisalNoticeRequested, answer).text

    assert [type(fact) for fact in answer.facts] == [PanelScheduled, AppraisalNoticeRequested]
    assert answer.reason.code == "panel-scheduled-at-risk"
    assert "晚于作出鉴定结论的60日期限（至2024年4月30日）" in text
    assert "延长" not in text


def test_a_date_in_the_thirty_days_that_the_office_decided_on_is_no_risk() -> None:
    case = _decided(_waiting(), extension()).state
    answer = _decided(case, _drawn(date(2024, 5, 2), standing=DateStanding.EXTENDED))

    assert answer.reason.code == "panel-scheduled-extended"
    assert "不迟于2024年5月30日作出" in _the(AppraisalNoticeRequested, answer).text


def test_a_date_moved_beyond_the_sixty_days_is_a_risk_too() -> None:
    case = _decided(_waiting(), _drawn()).state
    answer = _decided(case, _drawn(date(2024, 5, 2), standing=DateStanding.EXTENDED, replaces=True))

    assert answer.reason.code == "panel-rescheduled-at-risk"


def test_the_conclusion_is_promised_no_later_than_the_last_day() -> None:
    """Not "before" it, which would be a day less."""
    text = _the(AppraisalNoticeRequested, _decided(_waiting(), _drawn())).text

    assert "鉴定结论将不迟于2024年4月30日作出。" in text


def test_a_date_beyond_both_limits_is_marked_and_not_called_anextension() -> None:
    answer = _decided(_waiting(), _drawn(date(2024, 6, 4), standing=DateStanding.OVERDUE))

    assert answer.reason.code == "panel-scheduled-overdue"
    assert _none_of(AppraisalExtended, answer)


def test_a_moved_date_is_told_as_a_new_one() -> None:
    case = _decided(_waiting(), _drawn()).state
    answer = _decided(case, _drawn(date(2024, 3, 14), replaces=True))

    assert answer.reason.code == "panel-rescheduled"
    assert _the(AppraisalNoticeRequested, answer).title == "劳动能力鉴定改期通知"


def test_the_notice_says_that_a_date_is_provisional() -> None:
    answer = _decided(_waiting(), _drawn(provisional=True))

    assert "节假日安排尚未公布" in _the(AppraisalNoticeRequested, answer).text


def test_an_answer_to_an_earlier_request_is_not_taken() -> None:
    case = _decided(_waiting(), application(revision=2, specialties=("neurology",))).state

    assert _decided(case, _drawn()).reason.code == "answer-superseded"
    assert _decided(case, _declined()).reason.code == "answer-superseded"


@pytest.mark.parametrize("answer", [_drawn(), _declined()])
def test_an_answer_to_a_withdrawn_application_is_given_back(answer: PanelDrawn | PanelDeclined) -> None:
    case = _decided(_waiting(), withdrawal()).state

    assert _the(PanelReleased, _decided(case, answer)).request_number == 1
    assert _the(PanelReleased, _decided(None, answer)).request_number == 1


def test_the_day_after_the_sitting_the_application_no_longer_stands_in_the_way() -> None:
    case = _decided(_waiting(), _drawn()).state
    answer = _timer_passes(case, date(2024, 3, 13))
    again = _decided(answer.state, application(business_reference="LD-2"), date(2024, 3, 13))

    assert answer.state.applications[REFERENCE].status is Status.SAT
    assert again.reason.code == "application-accepted"


def test_after_the_sitting_neither_correction_nor_withdrawal_is_taken() -> None:
    case = _timer_passes(_decided(_waiting(), _drawn()).state, date(2024, 3, 13)).state

    assert _decided(case, application(revision=2), date(2024, 3, 13)).reason.code == "application-closed"
    assert _decided(case, withdrawal(), date(2024, 3, 13)).reason.code == "application-closed"


# --- waiting ------------------------------------------------------------------------------------------


def test_the_applicant_is_told_once_that_experts_are_wanting() -> None:
    first = _decided(_waiting(), _declined())
    second = _decided(first.state, _declined(reasons=("too-few-experts",)))

    assert "缺神经内科" in _the(AppraisalNoticeRequested, first).text
    assert second.facts == ()
    assert second.reason.code == "panel-awaited"


def test_a_fixed_date_that_falls_away_is_told() -> None:
    case = _decided(_waiting(), _drawn()).state
    answer = _decided(case, _declined())

    assert "原定的鉴定时间因故取消" in _the(AppraisalNoticeRequested, answer).text
    assert answer.state.applications[REFERENCE].status is Status.WAITING


def test_when_sixty_days_are_over_without_a_sitting_the_delay_stands_and_is_told_once() -> None:
    """Received 2024-03-01: 60 days end on 30 April."""
    waiting = _decided(_waiting(), _declined()).state
    overdue = _timer_passes(waiting, date(2024, 5, 1))
    declined_again = _decided(overdue.state, _declined(reasons=("too-few-experts",)), date(2024, 5, 2))

    assert overdue.reason.code == "conclusion-overdue"
    assert "期限（2024年4月30日）已过" in _the(AppraisalNoticeRequested, overdue).text
    assert _none_of(AppraisalExtended, overdue)
    assert next_timer(overdue.state) is None
    assert (next_timer(declined_again.state), declined_again.facts) == (None, ())

    at_last = _decided(overdue.state, _drawn(date(2024, 6, 4), standing=DateStanding.OVERDUE), date(2024, 5, 31))
    assert at_last.reason.code == "panel-scheduled-overdue"


def test_where_the_office_extended_the_delay_begins_after_ninety_days() -> None:
    """90 days end on 30 May."""
    extended = _decided(_decided(_waiting(), _declined()).state, extension(), date(2024, 4, 30))
    overdue = _timer_passes(extended.state, date(2024, 5, 31))

    assert overdue.reason.code == "conclusion-overdue"
    assert "期限（2024年5月30日）已过" in _the(AppraisalNoticeRequested, overdue).text


def test_a_late_clock_decides_the_limit_once() -> None:
    overdue = _timer_passes(_waiting(), date(2025, 1, 1))

    assert overdue.reason.code == "conclusion-overdue"
    assert next_timer(overdue.state) is None


def test_a_limit_reckoned_without_the_years_calendar_is_counted_again_when_it_seems_over() -> None:
    """Received 2024-03-04: the sixtieth day, 3 May, is off (劳动节); only with the calendar it moves to Monday the 6th."""
    accepted = decide(None, application(received_on=TODAY), context_on(TODAY, calendar=WorkingCalendar({})))
    assert isinstance(accepted.state, PersonCase)
    assert accepted.state.applications[REFERENCE].look_on == date(2024, 5, 3)
    assert accepted.reason.values["provisional"] == "true"

    answer = _timer_passes(accepted.state, date(2024, 5, 4))

    assert answer.reason.code == "limit-recounted"
    assert answer.state.applications[REFERENCE].look_on == date(2024, 5, 6)


def test_two_applications_of_one_person_keep_their_own_timers() -> None:
    first = _waiting()
    both = _decided(first, application(business_reference="LD-2", kind="nursing-grade")).state
    one = _timer_passes(both, date(2024, 5, 1))
    two = _timer_passes(one.state, date(2024, 5, 1))

    assert [one.reason.values["application"], two.reason.values["application"]] == ["LD-2", REFERENCE]
