"""The compliance gap: five working days without a notice are marked once, and closed when one is served, or all is paid."""

from datetime import date

from schemas.calendar import WorkingCalendar
from schemas.payment_notices import ComplianceGapFound, NoticeAct
from schemas.unit_status import UnitStanding
from schemas.vocabulary import Insurance
from tests.services.arrears.samples import PUBLISHED, at, missed, paid, registered
from tests.services.arrears.samples_notice import NoticeDesk, act, in_arrears, served
from tests.services.arrears.samples_status import accepted, status


def gaps(started: NoticeDesk) -> list[ComplianceGapFound]:
    return [fact for fact in started.said if isinstance(fact, ComplianceGapFound)]


def by_newsletter(found_on: date = date(2024, 1, 8)) -> NoticeDesk:
    return in_arrears(found_on, parameters=())


def test_the_gap_is_found_when_the_fifth_working_day_is_over_and_not_before() -> None:
    """Found on Monday 8 January 2024: the fifth working day is Monday the 15th."""
    started = by_newsletter()

    assert [] == gaps(started.on(date(2024, 1, 15), 23))
    (gap,) = gaps(started.on(date(2024, 1, 16), 0))
    assert (gap.found_on, gap.notice_due_on, gap.occurred_on) == (
        date(2024, 1, 8),
        date(2024, 1, 15),
        date(2024, 1, 16),
    )
    assert (gap.policy, gap.line_count, gap.principal_fen) == ("newsletter", 1, 100_000)


def test_a_case_is_marked_once_however_long_it_lasts_and_whatever_comes_to_it() -> None:
    started = by_newsletter()
    started.on(date(2024, 1, 17))
    started.hear(missed("M-2", insurance=Insurance.MEDICAL))

    started.on(date(2024, 5, 31))

    assert len(gaps(started)) == 1


def test_a_notice_sent_on_the_fifth_working_day_leaves_no_gap() -> None:
    started = in_arrears(date(2024, 1, 8)).on(date(2024, 1, 15))

    started.do(act(NoticeAct.ISSUE, date(2024, 1, 15)))
    started.on(date(2024, 3, 1))

    assert [] == gaps(started)


def test_by_the_laws_own_policy_a_draft_that_nobody_issues_is_a_gap_too() -> None:
    (gap,) = gaps(in_arrears(date(2024, 1, 8)).on(date(2024, 1, 16), 0))

    assert gap.policy == "law"


def test_service_closes_the_gap() -> None:
    started = in_arrears(date(2024, 1, 8)).on(date(2024, 1, 17))
    started.do(act(NoticeAct.ISSUE, date(2024, 1, 17)))
    assert len(gaps(started)) == 1

    started.do(served(date(2024, 1, 17)))

    closed = gaps(started)[-1]
    assert (closed.closed_on, closed.closed_by, closed.found_on) == (date(2024, 1, 17), "served", date(2024, 1, 8))


def test_payment_in_full_closes_the_gap() -> None:
    started = by_newsletter().on(date(2024, 1, 17))

    started.hear(paid(paid_fen=99_999, paid_on=date(2024, 1, 17)))
    assert len(gaps(started)) == 1
    started.hear(paid("P-2", paid_fen=1, paid_on=date(2024, 1, 17)))

    assert (gaps(started)[-1].closed_by, gaps(started)[-1].principal_fen) == ("paid", 0)


def test_a_service_of_some_lines_leaves_the_gap_of_the_others_open() -> None:
    """Two authorities, two notices; the gap closes with the second."""
    started = in_arrears(date(2024, 1, 8), missed("M-2", month="2019-11", due_on=date(2019, 12, 16)))
    started.on(date(2024, 1, 17))

    started.do(act(NoticeAct.ISSUE, date(2024, 1, 17), 1), served(date(2024, 1, 17), ordinal=1))
    assert len(gaps(started)) == 1
    started.do(act(NoticeAct.ISSUE, date(2024, 1, 17), 2), served(date(2024, 1, 17), ordinal=2))

    assert [gap.closed_by for gap in gaps(started)] == [None, "served"]


def test_a_case_that_closed_its_gap_and_owes_again_is_counted_again() -> None:
    started = by_newsletter().on(date(2024, 1, 17))
    started.hear(paid(paid_on=date(2024, 1, 17)))

    started.hear(missed("M-2", insurance=Insurance.MEDICAL))
    started.on(date(2024, 1, 25), 0)

    assert [gap.found_on for gap in gaps(started)] == [date(2024, 1, 8), date(2024, 1, 8), date(2024, 1, 17)]


def test_while_a_bankruptcy_bars_the_order_the_five_days_do_not_run() -> None:
    """Found on Monday 8 January, accepted on the 10th, ended undeclared on Monday 3 June 2024: the fifth working day is Tuesday the 11th, after the Dragon Boat Festival."""
    started = by_newsletter().on(date(2024, 1, 10))
    started.hear(accepted(date(2024, 1, 10)))
    started.on(date(2024, 6, 3))
    started.hear(status(UnitStanding.OPERATING, date(2024, 6, 3), "S-2"))

    assert [] == gaps(started.on(date(2024, 6, 11), 23))
    (gap,) = gaps(started.on(date(2024, 6, 12), 0))
    assert (gap.found_on, gap.notice_due_on) == (date(2024, 1, 8), date(2024, 6, 11))


def test_a_gap_that_was_open_when_the_bankruptcy_came_was_one() -> None:
    started = by_newsletter().on(date(2024, 1, 17))
    started.hear(accepted(date(2024, 1, 17)))

    assert [None, "other-procedure"] == [gap.closed_by for gap in gaps(started)]


def test_a_calendar_published_late_moves_the_day() -> None:
    """Found on Thursday 8 February 2024. By weekends alone the fifth working day is the 15th; with the Spring Festival (10 to 17
    February) and its make-up day (Sunday 18): Friday 9, Sunday 18, Monday 19, Tuesday 20, Wednesday 21.
    """
    known = {year: days for year, days in PUBLISHED.years.items() if year < 2024}
    started = NoticeDesk(date(2024, 2, 8), WorkingCalendar(known))
    started.hear(registered(), missed(occurred_on=date(2024, 2, 8)))
    assert started.state.gap_on == date(2024, 2, 15)

    started.calendar = PUBLISHED
    codes = started.wait_until(at(date(2024, 2, 16)))

    assert "compliance-gap-not-yet" in codes
    assert [] == gaps(started)
    assert started.state.gap_on == date(2024, 2, 21)
