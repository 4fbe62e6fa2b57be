"""How a line stands by its records: dues, payments, corrections, reversals, late fee."""

from datetime import date
from typing import Any

import pytest

from schemas.arrears import ArrearsChanged, ArrearsOpened, ArrearsSettled
from schemas.mesh import ParameterPublished
from schemas.vocabulary import Insurance
from services.arrears.rules_lines import late_fee_fen
from services.arrears.rules_state import Status
from tests.services.arrears.samples import (
    PUBLISHED,
    UNPUBLISHED,
    Desk,
    assessed,
    at,
    desk,
    lines_of,
    missed,
    paid,
    registered,
)

KEY = "2023-11/pension"


def test_an_assessed_line_is_not_owed_on_its_due_date() -> None:
    started = desk(registered(), assessed(), today=date(2023, 12, 15))

    assert started.codes == ["unit-registered", "line-recorded"]
    assert started.line().found_on is None


def test_an_assessed_line_heard_of_the_day_after_its_due_date_is_owed() -> None:
    started = desk(registered(), assessed(), today=date(2023, 12, 16))

    assert started.codes[-1] == "arrears-opened"
    assert started.line().found_on == date(2023, 12, 16)


def test_a_timer_finds_the_unpaid_line_when_its_due_date_is_over() -> None:
    started = desk(registered(), assessed(), today=date(2023, 12, 1))

    codes = started.wait_until(at(date(2023, 12, 16), hour=0))

    assert codes == ["lines-found-overdue"]
    assert started.heard_last(ArrearsOpened).principal_fen == 100_000
    assert started.heard_last(ArrearsOpened).late_fee_fen == 50


def test_a_missed_line_opens_at_once() -> None:
    started = desk(registered(), missed())

    opened = started.heard_last(ArrearsOpened)

    assert (opened.line_count, opened.principal_fen, opened.oldest_due_on) == (1, 100_000, date(2023, 12, 15))
    assert opened.late_fee_fen == 24 * 50


def test_a_line_reported_missed_before_its_moved_due_date_is_over_waits_for_it() -> None:
    """Due on Saturday the 14th; 民法典 203 gives the unit until Monday the 16th."""
    report = missed(due_on=date(2023, 10, 14), month="2023-09", occurred_on=date(2023, 10, 15))
    started = desk(registered(), report, today=date(2023, 10, 16))

    assert started.codes[-1] == "missed-not-yet-due"
    assert started.wait_until(at(date(2023, 10, 17), hour=0)) == ["lines-found-overdue"]


def test_a_line_paid_on_its_due_date_bears_no_late_fee() -> None:
    line = lines_of(assessed(), paid(paid_on=date(2023, 12, 15)))[KEY]

    assert (line.owed_fen, line.fee_units) == (0, 0)


def test_a_line_paid_the_day_after_bears_one_day() -> None:
    line = lines_of(assessed(), paid(paid_on=date(2023, 12, 16)))[KEY]

    assert late_fee_fen(line, date(2024, 6, 1)) == 50


def test_part_payments_lower_the_principal_from_the_day_after_they_are_made() -> None:
    line = lines_of(
        assessed(),
        paid("P-1", paid_fen=40_000, paid_on=date(2023, 12, 20)),
        paid("P-2", paid_fen=10_000, paid_on=date(2023, 12, 30)),
    )[KEY]

    assert line.owed_fen == 50_000
    assert late_fee_fen(line, date(2024, 1, 4)) == (100_000 * 5 + 60_000 * 10 + 50_000 * 5) * 5 // 10_000


def test_a_payment_before_the_due_date_lowers_the_principal_from_the_start() -> None:
    line = lines_of(assessed(), paid(paid_fen=40_000, paid_on=date(2023, 12, 1)))[KEY]

    assert late_fee_fen(line, date(2023, 12, 25)) == 60_000 * 5 * 10 // 10_000


def test_two_part_payments_of_one_day_are_one() -> None:
    line = lines_of(assessed(), paid("P-1", paid_fen=40_000), paid("P-2", paid_fen=60_000, paid_on=date(2023, 12, 20)))[
        KEY
    ]

    assert late_fee_fen(line, date(2024, 1, 4)) == 100_000 * 5 * 5 // 10_000


def test_the_late_fee_is_rounded_once_over_all_part_payments() -> None:
    """9 fen for 55 days, then 4 fen: only both together reach half a fen."""
    part = paid(paid_fen=5, paid_on=date(2024, 2, 8))
    early = lines_of(assessed(assessed_fen=9), part, today=date(2024, 2, 8))[KEY]

    assert early.fee_units == 9 * 55 * 5
    assert late_fee_fen(early, date(2024, 6, 13)) == 0
    assert late_fee_fen(early, date(2024, 6, 14)) == 1


def test_what_is_paid_beyond_stays_on_the_line_as_credit_and_is_named() -> None:
    started = desk(
        registered(),
        assessed(),
        assessed("A-2", insurance=Insurance.MEDICAL, assessed_fen=5_000),
        paid(paid_fen=100_300),
    )

    assert started.codes[-1] == "arrears-changed-overpaid"
    assert started.line().credit_fen == 300
    assert started.line("2023-11/medical").owed_fen == 5_000
    assert started.heard_last(ArrearsChanged).credit_fen == 300


def test_a_payment_for_a_line_nobody_assessed_waits_on_its_line() -> None:
    started = desk(registered(), paid())

    assert started.codes[-1] == "line-recorded"
    assert started.line().paid_fen == 100_000

    started.hear(assessed())

    assert started.codes[-1] == "line-recorded"
    assert (started.line().owed_fen, started.line().credit_fen) == (0, 0)


def test_an_assessment_holds_against_a_report_of_a_missed_line() -> None:
    started = desk(registered(), missed(assessed_fen=90_000), assessed())

    assert started.line().assessed_fen == 100_000
    assert started.hear(missed("M-2", assessed_fen=70_000)).reason.code == "missed-differs-from-assessment"
    assert started.line().assessed_fen == 100_000


def test_of_several_assessments_of_a_line_the_latest_holds() -> None:
    older = assessed("A-1", occurred_on=date(2023, 12, 1), assessed_fen=100_000)
    newer = assessed("A-2", occurred_on=date(2023, 12, 5), assessed_fen=80_000)

    assert lines_of(older, newer)[KEY].assessed_fen == 80_000
    assert lines_of(newer, older)[KEY].assessed_fen == 80_000


def test_an_assessment_corrected_downwards_is_as_if_it_had_been_so_from_the_start() -> None:
    started = desk(registered(), assessed(), paid(paid_fen=80_000), assessed(revision=2, assessed_fen=80_000))

    assert started.codes[-1] == "arrears-settled"
    assert late_fee_fen(started.line(), date(2024, 1, 8)) == 80_000 * 5 * 5 // 10_000


def test_a_correction_may_move_a_record_to_another_line() -> None:
    started = desk(registered(), assessed(), paid(), paid(revision=2, insurance=Insurance.MEDICAL))

    assert started.codes[-1] == "arrears-opened"
    assert started.line().owed_fen == 100_000
    assert started.line("2023-11/medical").paid_fen == 100_000


def test_a_record_moved_away_leaves_no_empty_line() -> None:
    started = desk(registered(), paid(), paid(revision=2, insurance=Insurance.MEDICAL))

    assert started.case is not None
    assert list(started.case.lines) == ["2023-11/medical"]


def test_a_lower_revision_that_comes_late_is_known() -> None:
    started = desk(registered(), assessed(revision=3, assessed_fen=80_000))

    decision = started.hear(assessed(revision=2))

    assert (decision.reason.outcome, decision.reason.code) == ("already-known", "revision-known")
    assert decision.reason.values == {"known_revision": "3"}


def test_an_equal_revision_with_the_same_content_is_known() -> None:
    started = desk(registered(), assessed())

    assert started.hear(assessed()).reason.code == "content-known"
    assert started.decisions[-1].reason.outcome == "already-known"


@pytest.mark.parametrize(
    "changed",
    [
        {"assessed_fen": 1},
        {"due_on": date(2023, 12, 18)},
        {"insurance": Insurance.MEDICAL},
        {"month": "2023-10"},
        {"occurred_on": date(2023, 12, 2)},
        {"effective_on": date(2023, 12, 2)},
        {"district": "371002"},
        {"agency": "huancui-sic"},
        {"reverses": "A-0"},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_an_equal_revision_with_other_content_is_a_conflict(changed: dict[str, Any]) -> None:
    started = desk(registered(), assessed())
    before = started.case

    decision = started.hear(assessed(**changed))

    assert (decision.reason.outcome, decision.reason.code) == ("refused", "revision-conflict")
    assert decision.state is before


def test_the_kinds_of_records_number_their_references_each_for_themselves() -> None:
    started = desk(registered(), assessed("X-1"), paid("X-1"))

    assert started.line().owed_fen == 0


def test_a_reversed_payment_is_owed_again() -> None:
    started = desk(registered(), assessed(), paid())
    assert started.line().owed_fen == 0

    started.hear(paid("R-1", reverses="P-1"))

    assert started.codes[-1] == "arrears-opened"
    assert started.line().owed_fen == 100_000


def test_a_reversal_that_comes_first_waits_for_what_it_takes_back() -> None:
    started = desk(registered(), assessed(), paid("R-1", reverses="P-1"))
    assert started.codes[-1] == "reversal-awaits-its-record"

    started.hear(paid())

    assert started.line().paid_fen == 0


def test_a_reversal_may_stand_on_another_line_than_what_it_takes_back() -> None:
    started = desk(registered(), assessed(), paid(), paid("R-1", reverses="P-1", insurance=Insurance.MEDICAL))

    assert started.line().owed_fen == 100_000


def test_a_reversal_taken_back_gives_back_what_it_took() -> None:
    started = desk(registered(), assessed(), paid(), paid("R-1", reverses="P-1"), paid("R-2", reverses="R-1"))

    assert started.line().owed_fen == 0


def test_a_reversal_corrected_to_take_back_another_gives_back_the_first() -> None:
    started = desk(
        registered(),
        assessed(),
        paid("P-1", paid_fen=30_000),
        paid("P-2", paid_fen=70_000),
        paid("R-1", reverses="P-1"),
        paid("R-1", revision=2, reverses="P-2"),
    )

    assert started.line().paid_fen == 30_000


def test_records_that_take_each_other_back_end() -> None:
    started = desk(registered(), assessed(), paid("P-1", reverses="P-2"), paid("P-2", reverses="P-1"))

    assert started.line().paid_fen == 0


def test_a_record_cannot_take_back_itself() -> None:
    assert desk(registered(), paid("P-1", reverses="P-1")).codes[-1] == "reverses-itself"


def test_a_withdrawn_assessment_leaves_nothing_due() -> None:
    started = desk(registered(), assessed(), assessed("A-2", reverses="A-1"))

    assert started.codes[-1] == "arrears-settled"
    assert started.line().due_on is None


def test_a_due_date_counted_without_a_calendar_is_counted_again_when_it_is_published() -> None:
    started = Desk(date(2024, 2, 1), UNPUBLISHED)
    started.hear(registered(), assessed(month="2024-01", due_on=date(2024, 2, 12)))
    assert started.line("2024-01/pension").due_is_provisional

    started.calendar = PUBLISHED
    assert started.wait_until(at(date(2024, 2, 13), hour=0)) == ["nothing-overdue"]
    assert started.line("2024-01/pension").due_on == date(2024, 2, 18)
    assert started.wait_until(at(date(2024, 2, 19), hour=0)) == ["lines-found-overdue"]
    assert not started.line("2024-01/pension").due_is_provisional


def test_a_line_found_owed_by_a_provisional_date_is_owed_no_more_when_the_calendar_moves_it() -> None:
    started = Desk(date(2024, 2, 13), UNPUBLISHED)
    started.hear(registered(), assessed(month="2024-01", due_on=date(2024, 2, 12)))
    assert started.codes[-1] == "arrears-opened"

    started.calendar = PUBLISHED
    started.hear(assessed("A-2", month="2024-02", due_on=date(2024, 3, 15)))

    assert started.codes[-1] == "arrears-settled"
    assert started.case is not None
    assert (started.case.look_on, started.case.has_provisional) == (date(2024, 2, 18), False)


def test_the_late_fee_of_lines_since_paid_is_told_apart() -> None:
    started = desk(registered(), assessed(), paid())

    assert started.case is not None
    assert started.case.status is Status.CLEAR

    started.hear(missed("M-2", insurance=Insurance.MEDICAL, assessed_fen=200_000))
    opened = started.heard_last(ArrearsOpened)

    assert opened.late_fee_fen == 2_400
    assert opened.late_fee_on_paid_lines_fen == 250


def test_a_cap_that_is_off_is_flagged_where_it_would_bite() -> None:
    """0.5‰ a day passes the principal on day 2,001: 行政强制法 45(2), disputed."""
    started = desk(
        registered(),
        assessed(month="2018-01", occurred_on=date(2018, 1, 10), due_on=date(2018, 2, 1)),
        today=date(2023, 7, 25),
    )
    assert started.heard_last(ArrearsOpened).late_fee_cap == "not-reached"

    started.now = at(date(2023, 7, 26))
    started.hear(registered(revision=2, unit_name="威海海昌"))
    changed = started.heard_last(ArrearsChanged)

    assert changed.late_fee_fen == 100_050
    assert changed.late_fee_cap == "reached-not-applied"


def test_a_cap_that_is_on_holds_the_late_fee_at_the_principal_from_its_day() -> None:
    started = Desk(date(2023, 7, 26))
    started.parameters = [ParameterPublished(name="late-fee-cap", value="on", effective_on=date(2023, 7, 27))]
    started.hear(registered(), assessed(month="2018-01", occurred_on=date(2018, 1, 10), due_on=date(2018, 2, 1)))
    assert started.heard_last(ArrearsOpened).late_fee_fen == 100_050

    started.now = at(date(2023, 7, 27))
    started.hear(paid(month="2018-01", paid_fen=1, paid_on=date(2023, 7, 27)))
    changed = started.heard_last(ArrearsChanged)

    assert (changed.late_fee_fen, changed.late_fee_cap) == (100_000, "applied")


def test_the_older_cohort_is_counted_apart() -> None:
    started = desk(
        registered(),
        missed("M-1", month="2019-11", due_on=date(2019, 12, 31), assessed_fen=700),
        missed("M-2", month="2019-12", due_on=date(2020, 1, 2), assessed_fen=30),
    )

    changed = started.heard_last(ArrearsChanged)

    assert (changed.principal_fen, changed.stock_principal_fen) == (730, 700)


def test_settled_says_that_nothing_is_owed_and_what_accrued() -> None:
    started = desk(registered(), missed(), paid(paid_on=date(2024, 1, 8)))

    settled = started.heard_last(ArrearsSettled)

    assert (settled.line_count, settled.principal_fen, settled.late_fee_fen) == (0, 0, 0)
    assert settled.late_fee_on_paid_lines_fen == 24 * 50
    assert settled.oldest_due_on is None
