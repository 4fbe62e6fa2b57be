"""Before a due date, a unit that was late before is warned: when, of what, and when not."""

from datetime import date

import pytest

from schemas.arrears import ReminderCancelled, ReminderRequested
from schemas.fact import Fact
from schemas.mesh import ParameterPublished
from schemas.unit_status import UnitStanding
from services.arrears.rules_warning import months_before
from tests.services.arrears.samples import UNPUBLISHED, assessed, at, missed, paid, registered
from tests.services.arrears.samples_notice import NoticeDesk, answered, not_reached
from tests.services.arrears.samples_status import accepted, status

JANUARY = assessed("A-2", month="2024-01", due_on=date(2024, 2, 22), occurred_on=date(2024, 1, 8))
"""1,000 yuan of pension, due on Thursday 22 February 2024."""


def late_before(*more: Fact, today: date = date(2024, 1, 8)) -> NoticeDesk:
    """A unit that paid November 2023 five days late, and has a line due on 22 February."""
    started = NoticeDesk(today)
    started.hear(registered(), missed(), paid(), JANUARY, *more)
    return started


def warnings(started: NoticeDesk) -> list[ReminderRequested]:
    return [fact for fact in started.said if isinstance(fact, ReminderRequested) and fact.step == 0]


def parameter(name: str, value: str) -> ParameterPublished:
    return ParameterPublished(name=name, value=value, effective_on=date(2020, 1, 1))


def test_a_unit_that_was_late_before_is_warned_three_working_days_before() -> None:
    """Thursday 22 February 2024; Wednesday 21, Tuesday 20, Monday 19 are the three working days before it."""
    started = late_before()

    assert [] == warnings(started.on(date(2024, 2, 19), 8))
    (warning,) = warnings(started.on(date(2024, 2, 19), 9))
    assert (warning.expires_on, warning.step) == (date(2024, 2, 22), 0)
    assert "将于2024年2月22日届满" in warning.text
    assert "养老保险费（2024年1月）1,000.00元" in warning.text


def test_a_unit_that_paid_in_time_is_not_warned() -> None:
    started = NoticeDesk()
    started.hear(registered(), assessed(), paid(paid_on=date(2023, 12, 15)), JANUARY)

    started.on(date(2024, 2, 22))

    assert [] == warnings(started)


def test_who_pays_before_the_day_is_not_warned() -> None:
    started = late_before()
    started.on(date(2024, 2, 18))

    started.hear(paid("P-2", month="2024-01", paid_on=date(2024, 2, 18)))

    assert [] == warnings(started.on(date(2024, 2, 22)))


def test_a_warning_of_what_was_paid_meanwhile_is_taken_back() -> None:
    started = late_before().on(date(2024, 2, 19))

    started.hear(paid("P-2", month="2024-01", paid_on=date(2024, 2, 19)))

    assert started.heard_last(ReminderCancelled).notice_id == warnings(started)[0].notice_id


def test_a_warning_that_was_heard_is_not_taken_back() -> None:
    started = late_before().on(date(2024, 2, 19))
    assert (
        started.hear(answered(warnings(started)[0].notice_id, date(2024, 2, 19))).reason.code
        == "early-warning-answered"
    )

    started.hear(paid("P-2", month="2024-01", paid_on=date(2024, 2, 19)))

    assert [] == [fact for fact in started.said if isinstance(fact, ReminderCancelled)]


@pytest.mark.parametrize(("accepted_on", "warned"), [(date(2024, 2, 16), 0), (date(2024, 2, 20), 1)])
def test_who_may_pay_nobody_alone_is_not_warned_and_a_warning_under_way_is_taken_back(
    accepted_on: date, warned: int
) -> None:
    """企业破产法 16: the warning is due on Monday 19 February; the bankruptcy is accepted before it, or on the day after it."""
    started = late_before()
    started.on(accepted_on)
    started.hear(accepted(accepted_on))
    started.on(date(2024, 2, 22), 12)

    assert warned == len(warnings(started))
    assert warned == len([fact for fact in started.said if isinstance(fact, ReminderCancelled)])


def test_when_the_bankruptcy_ended_undeclared_it_is_warned_again() -> None:
    started = late_before(accepted(date(2024, 1, 5)))
    started.hear(status(UnitStanding.OPERATING, date(2024, 1, 8), "S-2"))

    assert 1 == len(warnings(started.on(date(2024, 2, 19))))


def test_a_due_date_is_warned_of_once() -> None:
    started = late_before().on(date(2024, 2, 19))

    started.hear(paid("P-2", month="2024-01", paid_fen=1, paid_on=date(2024, 2, 19)))

    assert len(warnings(started.on(date(2024, 2, 22)))) == 1


def test_a_line_known_late_is_warned_of_until_its_last_day_and_not_after() -> None:
    """Assessed on the due date itself, before nine: warned at nine. After nine there is no hour left."""
    in_time = NoticeDesk(date(2024, 2, 22))
    in_time.now = at(date(2024, 2, 22), 8)
    in_time.hear(registered(), missed(), paid(), JANUARY)
    too_late = late_before(today=date(2024, 2, 22))

    assert len(warnings(in_time.on(date(2024, 2, 23)))) == 1
    assert [] == warnings(too_late.on(date(2024, 2, 23)))


@pytest.mark.parametrize(("lines", "warned"), [("1", 1), ("2", 0)])
def test_how_many_late_lines_make_a_unit_late_before_is_a_parameter(lines: str, warned: int) -> None:
    started = NoticeDesk()
    started.parameters = [parameter("warning-late-lines", lines)]
    started.hear(registered(), missed(), paid(), JANUARY)

    assert len(warnings(started.on(date(2024, 2, 22)))) == warned


@pytest.mark.parametrize(("months", "warned"), [("2", 0), ("3", 1)])
def test_lines_count_within_a_span_of_months_before_the_due_date(months: str, warned: int) -> None:
    """Late was the line due on 15 December 2023: two months before 22 February is 22 December, three 22 November."""
    started = NoticeDesk()
    started.parameters = [parameter("warning-span-months", months)]
    started.hear(registered(), missed(), paid(), JANUARY)

    assert len(warnings(started.on(date(2024, 2, 22)))) == warned


def test_how_many_days_before_is_a_parameter() -> None:
    started = NoticeDesk()
    started.parameters = [parameter("warning-working-days", "1")]
    started.hear(registered(), missed(), paid(), JANUARY)

    assert [warning.occurred_on for warning in warnings(started.on(date(2024, 2, 22)))] == [date(2024, 2, 21)]


def test_who_is_being_reminded_of_arrears_anyway_is_not_called_twice() -> None:
    started = NoticeDesk()
    started.hear(registered(), missed(), JANUARY)

    assert [] == warnings(started.on(date(2024, 2, 22), 23))


def test_a_unit_whose_number_is_wrong_is_not_warned() -> None:
    started = late_before().on(date(2024, 2, 19))
    started.hear(not_reached(warnings(started)[0].notice_id, date(2024, 2, 19), "wrong-number"))

    started.hear(assessed("A-3", month="2024-02", due_on=date(2024, 3, 15), occurred_on=date(2024, 2, 19)))
    started.hear(paid("P-2", month="2024-01", paid_on=date(2024, 2, 19)))

    assert len(warnings(started.on(date(2024, 3, 15)))) == 1


def test_a_warning_day_that_turns_out_a_day_off_moves_on() -> None:
    """By weekends alone Monday 12 February 2024 is two working days before Wednesday the 14th; it is in the Spring Festival,
    and the due date moves to the first working day after it, Sunday the 18th.
    """
    started = NoticeDesk(date(2024, 1, 8), UNPUBLISHED)
    started.parameters = [parameter("warning-working-days", "2")]
    line = assessed("A-2", month="2024-01", due_on=date(2024, 2, 14), occurred_on=date(2024, 1, 8))
    started.hear(registered(), missed(), paid(), line)

    started.calendar = NoticeDesk().calendar
    started.on(date(2024, 2, 18), 12)

    assert [(warning.occurred_on, warning.expires_on) for warning in warnings(started)] == [
        (date(2024, 2, 18), date(2024, 2, 18))
    ]


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        (date(2024, 3, 31), 1, date(2024, 2, 29)),
        (date(2024, 1, 15), 1, date(2023, 12, 15)),
        (date(2024, 12, 31), 12, date(2023, 12, 31)),
    ],
)
def test_months_are_counted_back_to_the_same_day_or_the_last_of_the_month(day: date, months: int, before: date) -> None:
    assert months_before(day, months) == before
