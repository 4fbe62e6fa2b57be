"""When a notice is due: by the law for any arrears, by the newsletter for large or long ones after the reminders."""

from datetime import date
from typing import Any

import pytest

from schemas.mesh import ParameterPublished
from schemas.payment_notices import NoticeAct, NoticeStage
from schemas.vocabulary import Insurance
from services.arrears import law_notice
from tests.services.arrears.samples import assessed, missed, paid, registered
from tests.services.arrears.samples_notice import LAW_POLICY, NoticeDesk, act, in_arrears, not_reached

LARGE: dict[str, Any] = {"assessed_fen": 5_000_000}
OLD_LINE: dict[str, Any] = {"month": "2019-11", "due_on": date(2019, 12, 16)}


def parameter(name: str, value: str, on: date = date(2020, 1, 1)) -> ParameterPublished:
    return ParameterPublished(name=name, value=value, effective_on=on)


def test_by_the_law_any_arrears_are_drawn_up_on_the_next_working_day() -> None:
    """Found on Monday 8 January 2024; drawn up on Tuesday, well within the 5 working days (Monday the 15th)."""
    started = in_arrears(date(2024, 1, 8))

    assert started.on(date(2024, 1, 9), 1).codes[-1] == "notice-drawn-up"
    (drawn,) = started.changes
    assert (drawn.stage, drawn.principal_fen, drawn.reason_code) == (NoticeStage.DRAWN_UP, 100_000, "drawn-up")


@pytest.mark.parametrize(
    ("parameters", "cited"),
    [
        ((LAW_POLICY,), {law_notice.NOTICE_WITHIN_5_DAYS}),
        ((), {law_notice.NOTICE_WITHIN_5_DAYS, law_notice.NEWSLETTER_NOTICE}),
    ],
    ids=["law", "newsletter"],
)
def test_the_newsletter_is_cited_for_a_draft_only_where_it_is_followed(
    parameters: tuple[ParameterPublished, ...], cited: set[str]
) -> None:
    started = in_arrears(date(2024, 1, 8), missed("M-2", **OLD_LINE, **LARGE), parameters=parameters)
    started.on(date(2024, 1, 9), 1)

    assert "notice-drawn-up" == started.codes[-1]
    assert cited | {law_notice.OFFICE_NOTICE} == set(started.decisions[-1].reason.paragraphs)


def test_a_notice_names_each_line_with_due_paid_owed_and_late_fee() -> None:
    """Pension 1,000 yuan due on 15 December 2023, 400 paid on 2 January 2024; drawn up on 9 January.

    Late fee: 1,000 × 0.5‰ × 18 days (to 2 January) + 600 × 0.5‰ × 7 days = 9.00 + 2.10 = 11.10 yuan; 0.30 yuan a day after.
    """
    started = in_arrears(date(2024, 1, 8), paid(paid_fen=40_000, paid_on=date(2024, 1, 2)))

    (drawn,) = started.on(date(2024, 1, 9), 1).changes
    (line,) = drawn.lines
    assert (line.due_fen, line.paid_fen, line.owed_fen, line.late_fee_fen) == (100_000, 40_000, 60_000, 1_110)
    assert (drawn.as_of, drawn.late_fee_fen, drawn.late_fee_growth_units) == (date(2024, 1, 9), 1_110, 30 * 10_000)


def test_many_facts_of_a_day_make_one_notice() -> None:
    started = in_arrears(date(2024, 1, 8), *(missed(f"M-{kind}", insurance=kind) for kind in Insurance))

    (drawn,) = started.on(date(2024, 1, 9), 1).changes
    assert len(drawn.lines) == 5


def test_by_the_newsletter_small_young_arrears_get_none() -> None:
    started = in_arrears(date(2024, 1, 8), parameters=())

    started.on(date(2024, 3, 13))

    assert [] == started.changes


def test_by_the_newsletter_arrears_are_long_on_the_90th_day_after_the_due_date_and_not_on_the_89th() -> None:
    """Due on 15 December 2023: the 90th day is Thursday 14 March 2024. The reminders were over on the 8th."""
    started = in_arrears(date(2024, 1, 8), parameters=())

    assert [] == started.on(date(2024, 3, 13), 23).changes
    (drawn,) = started.on(date(2024, 3, 14), 1).changes
    assert (drawn.occurred_on, started.notice().ground) == (date(2024, 3, 14), "long")


@pytest.mark.parametrize(("fen", "drawn"), [(4_999_999, 0), (5_000_000, 1)])
def test_by_the_newsletter_arrears_are_large_from_50_000_yuan(fen: int, drawn: int) -> None:
    started = NoticeDesk(date(2024, 1, 8))
    started.hear(registered(), missed(assessed_fen=fen))

    started.on(date(2024, 3, 12))

    assert len(started.changes) == drawn


def test_large_arrears_wait_for_the_telephone_reminders() -> None:
    """Called on 9, 16, 30 January and 1 March; the last call may go out to Friday 8 March, so it is drawn up on Monday."""
    started = NoticeDesk(date(2024, 1, 8))
    started.hear(registered(), missed(**LARGE))

    assert [] == started.on(date(2024, 3, 10), 23).changes
    (drawn,) = started.on(date(2024, 3, 11), 1).changes
    assert (drawn.occurred_on, started.notice().ground) == (date(2024, 3, 11), "large")


def test_large_arrears_from_before_2020_wait_for_no_call() -> None:
    started = NoticeDesk(date(2024, 1, 8))
    started.hear(registered(), missed(**OLD_LINE, **LARGE))

    (drawn,) = started.on(date(2024, 1, 9), 1).changes
    assert drawn.principal_fen == 5_000_000


def test_a_unit_that_nobody_can_call_is_not_waited_for() -> None:
    started = NoticeDesk(date(2024, 1, 8))
    started.hear(registered(), missed(**LARGE))
    started.on(date(2024, 1, 9))
    assert started.case is not None
    assert started.case.ladder is not None

    started.hear(not_reached(started.case.ladder.notice_id, date(2024, 1, 9), "wrong-number"))

    assert "drawn-up" in started.on(date(2024, 1, 10), 1).reasons


def test_the_thresholds_are_parameters_with_a_date() -> None:
    started = NoticeDesk(date(2024, 1, 8), parameters=[parameter("measure-large-fen", "100000")])
    started.hear(registered(), missed(**OLD_LINE))
    later = NoticeDesk(date(2024, 1, 8), parameters=[parameter("measure-large-fen", "100000", date(2024, 2, 1))])
    later.hear(registered(), missed(**OLD_LINE | {"month": "2023-11", "due_on": date(2023, 12, 15)}))

    assert len(started.on(date(2024, 1, 9), 1).changes) == 1
    assert [] == later.on(date(2024, 1, 31)).changes


def test_the_policy_of_the_law_reaches_a_case_with_its_next_fact() -> None:
    started = in_arrears(date(2024, 1, 8), parameters=())
    started.on(date(2024, 1, 10))
    started.parameters = [LAW_POLICY]

    started.hear(paid(paid_fen=1, paid_on=date(2024, 1, 10)))

    assert started.on(date(2024, 1, 11), 1).reasons == ["drawn-up"]


def test_lines_of_two_collecting_authorities_stand_on_two_notices() -> None:
    """To 31 October 2020 the centre collects, from 1 November the tax office (公告2020年第6号)."""
    old = assessed("A-1", month="2020-10", due_on=date(2020, 10, 30), occurred_on=date(2020, 10, 9))
    new = assessed("A-2", month="2020-11", due_on=date(2020, 11, 2), occurred_on=date(2020, 11, 2))
    started = NoticeDesk(date(2024, 1, 8), parameters=[LAW_POLICY])
    started.hear(registered(), old, new)

    started.on(date(2024, 1, 9), 1)

    assert {"social-insurance-centre": ("2020-10/pension",), "tax": ("2020-11/pension",)} == {
        notice.authority: notice.lines for notice in started.state.notices
    }


def test_where_the_centre_issues_all_they_stand_on_one() -> None:
    old = assessed("A-1", month="2020-10", due_on=date(2020, 10, 30), occurred_on=date(2020, 10, 9))
    started = NoticeDesk(date(2024, 1, 8), parameters=[LAW_POLICY, parameter("notice-authority", "centre")])
    started.hear(registered(), old, missed())

    started.on(date(2024, 1, 9), 1)

    (notice,) = started.state.notices
    assert notice.lines == ("2020-10/pension", "2023-11/pension")


def test_a_line_that_only_a_late_fee_keeps_open_gets_no_notice_and_no_look_again() -> None:
    """By the published reading the case stays open until the late fee is paid too; there is no principal to order."""
    keeps_open = parameter("late-fee-keeps-case-open", "yes")
    started = in_arrears(date(2024, 1, 8), paid(paid_on=date(2024, 1, 8)), parameters=[LAW_POLICY, keeps_open])

    started.on(date(2024, 3, 1))

    assert [] == started.changes
    assert (started.state.draw_on, started.state.gap_on) == (None, None)


def test_the_desk_may_draw_one_up_that_no_policy_asks_for() -> None:
    started = in_arrears(date(2024, 1, 8), parameters=())

    assert started.do(act(NoticeAct.DRAW_UP, date(2024, 1, 8), None, approved_by=None)) == "notice-draw-up"
    assert started.notice().ground == "desk"


def test_a_draft_takes_in_what_is_found_until_it_is_issued() -> None:
    started = in_arrears(date(2024, 1, 8))
    started.on(date(2024, 1, 10))

    started.hear(missed("M-2", insurance=Insurance.MEDICAL))
    started.on(date(2024, 1, 11), 1)

    (notice,) = started.state.notices
    assert notice.lines == ("2023-11/medical", "2023-11/pension")
    assert started.reasons == ["drawn-up", "redrawn"]


def test_every_number_of_the_law_has_a_name_of_its_own_or_another_date() -> None:
    names = [(one.name, one.in_force_from) for one in law_notice.NUMBERS]

    assert len(set(names)) == len(names)
