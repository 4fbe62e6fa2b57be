"""What applicants are told of an application that is refused, given up, or has a last day that may still move."""

from datetime import date

from schemas.appraisal import AppraisalNoticeRequested, AppraisalSubmitted, ConclusionKind, Material
from schemas.calendar import CalendarYear, WorkingCalendar
from schemas.decision import Decision, TimerDue
from schemas.fact import Fact
from services.appraisal import law, texts
from services.appraisal.rules import decide, next_timer
from services.appraisal.rules_state import AppraisalCase, PersonCase, Status
from tests.services.appraisal.samples import PUBLISHED, application, context_on, explained

REFERENCE = "LD-2024-0001"
INCOMPLETE = (Material.IDENTITY_DOCUMENT,)
FOUR_DAYS = frozenset({date(2027, 1, 1), date(2027, 1, 4), date(2027, 1, 5), date(2027, 1, 6)})
WITH_2027 = WorkingCalendar({**PUBLISHED.years, 2027: CalendarYear(FOUR_DAYS, frozenset())})
"""As if the New Year of 2027 were given until Wednesday 6 January."""


def _told(decision: Decision[AppraisalCase]) -> str:
    [notice] = [fact for fact in decision.facts if isinstance(fact, AppraisalNoticeRequested)]
    return notice.text


def _decided(
    case: AppraisalCase | None, fact: Fact | TimerDue, day: date, calendar: WorkingCalendar = PUBLISHED
) -> Decision[AppraisalCase]:
    decision = decide(case, fact, context_on(day, calendar=calendar))
    assert explained(decision)
    return decision


def _passed(case: AppraisalCase | None, day: date, calendar: WorkingCalendar = PUBLISHED) -> Decision[AppraisalCase]:
    assert case is not None
    timer = next_timer(case)
    assert timer is not None
    return _decided(case, TimerDue(timer.name, timer.due_at), day, calendar)


def _incomplete(received_on: date) -> AppraisalSubmitted:
    return application(received_on=received_on, materials=INCOMPLETE)


def test_a_refusal_names_both_remedies_with_their_terms_and_who_takes_them_in() -> None:
    """行政复议法 20: 60 days, here to the city's government (24(1)(4)); 行政诉讼法 46: six months."""
    refused = _decided(None, application(city_code="370600"), date(2024, 3, 4))

    assert "可以自收到本通知之日起60日内向威海市人民政府申请行政复议" in _told(refused)
    assert "也可以自收到本通知之日起6个月内向威海市环翠区人民法院提起行政诉讼" in _told(refused)
    assert {law.REVIEW, law.LAWSUIT} <= set(refused.reason.paragraphs)


def test_an_application_is_given_up_for_want_of_a_good_reason_and_that_is_said() -> None:
    """令55 10: 无正当理由逾期未补正的，视为放弃当次申请. Asked on 1 July 2025, the 15th working day is the 22nd."""
    asked = _decided(None, _incomplete(date(2025, 7, 1)), date(2025, 7, 1))
    given_up = _passed(asked.state, date(2025, 7, 23))

    assert "截至2025年7月22日未收到补正材料，也未收到正当理由的说明" in _told(given_up)
    assert "无正当理由逾期未补正的，视为放弃当次申请" in _told(given_up)
    assert explained(given_up) == "申请 LD-2024-0001 无正当理由逾期未补正材料，视为放弃当次申请"


def test_a_last_day_in_a_year_without_calendar_is_told_as_one_that_may_move() -> None:
    """Asked on Tuesday 15 December 2026: by weekends and 1 January the 15th working day is Wednesday 6 January 2027."""
    asked = _decided(None, _incomplete(date(2026, 12, 15)), date(2026, 12, 15))

    assert "请不迟于2027年1月6日一次补齐" in _told(asked)
    assert "该年度节假日安排尚未公布，上述日期如遇放假，顺延至放假结束后的第一个工作日" in _told(asked)


def test_a_last_day_in_a_published_year_is_told_without_reserve() -> None:
    asked = _decided(None, _incomplete(date(2026, 12, 8)), date(2026, 12, 8))

    assert "请不迟于2026年12月29日一次补齐" in _told(asked)
    assert "尚未公布" not in _told(asked)


def test_papers_are_waited_for_until_after_a_holiday_that_was_published_later() -> None:
    """The day told, 6 January 2027, turned out to be off: Thursday the 7th is the last; on the 8th the application is given up."""
    asked = _decided(None, _incomplete(date(2026, 12, 15)), date(2026, 12, 15))
    moved = _passed(asked.state, date(2027, 1, 7), WITH_2027)

    assert isinstance(moved.state, PersonCase)
    assert explained(moved) == "节假日安排公布后重新计算，申请 LD-2024-0001 的期限为 2027-01-07"
    assert moved.state.applications[REFERENCE].status is Status.CORRECTING
    assert _passed(moved.state, date(2027, 1, 8), WITH_2027).reason.code == "application-abandoned"


def test_a_dependants_appraisal_bears_the_name_of_the_law() -> None:
    """工伤保险条例 39: 供养亲属; the newsletter's 直系亲属 would leave out those who are not of direct line."""
    assert texts.KIND_NAMES[ConclusionKind.DEPENDANT_CAPACITY] == "工亡职工供养亲属丧失劳动能力程度鉴定"


def test_a_repeat_from_a_sender_whose_contract_has_a_field_more_is_known_again() -> None:
    """What a record leaves at its default is no part of its content."""
    first = _decided(None, application(), date(2024, 3, 4))
    repeat = _WithOneFieldMore.model_validate(application().model_dump())

    assert _decided(first.state, repeat, date(2024, 3, 5)).reason.code == "application-known"


class _WithOneFieldMore(AppraisalSubmitted):
    channel: str | None = None
