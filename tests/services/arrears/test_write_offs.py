"""Writing off (核销): only by a decision of two, with its ground and paragraph, a line and an amount at a time; nothing is lost."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from schemas.arrears import ArrearsChanged, ArrearsSettled
from schemas.insolvency_acts import InsolvencyAct
from schemas.unit_status import DeregistrationWay, Measure, MeasureStage, UnitStanding
from schemas.vocabulary import Insurance
from services.arrears.inventory import inventory
from services.arrears.rules_lines import late_fee_fen
from services.arrears.rules_state import Line
from tests.services.arrears.samples import Desk, assessed, paid
from tests.services.arrears.samples_payments import unit_paid
from tests.services.arrears.samples_status import (
    accepted,
    act,
    claim,
    declared,
    in_arrears,
    measure_of,
    reasons_of,
    status,
    write_off,
)

A, S = InsolvencyAct, UnitStanding
CLOSED_ON, DECIDED_ON = date(2024, 12, 2), date(2025, 1, 6)


def concluded(today: date = DECIDED_ON) -> Desk:
    """A unit whose bankruptcy was concluded on 2024-12-02; it owes 1,000 yuan and 13 yuan of late fee."""
    started = in_arrears(today)
    started.hear(accepted(), claim(date(2024, 2, 1)), declared(), act(A.PROCEEDING_CLOSED, CLOSED_ON, "C-1"))
    return started


def is_conserved(line: Line) -> bool:
    """Tell whether what is assessed is paid, open, or written off, to the fen."""
    used_fen = line.paid_fen - line.credit_fen
    return line.assessed_fen == used_fen + line.owed_fen + line.written_off_fen


def test_what_is_written_off_is_owed_no_more_and_settles_the_case() -> None:
    started = concluded()
    started.hear(write_off(DECIDED_ON, 100_000, 1_300))

    settled = started.heard_last(ArrearsSettled)
    assert "write-off-recorded" == started.codes[-1]
    assert (0, 100_000, 0) == (
        settled.principal_fen,
        settled.written_off_fen,
        settled.late_fee_on_paid_lines_fen,
    )
    assert (Measure.NONE, MeasureStage.FINISHED) == measure_of(started)
    assert ("WD-0017", "WD-0003") == (
        started.decisions[-1].reason.values["decided_by"],
        started.decisions[-1].reason.values["approved_by"],
    )
    assert "企业破产法 120" in started.decisions[-1].reason.paragraphs


def test_a_part_written_off_leaves_the_rest_open() -> None:
    started = concluded()
    started.hear(write_off(DECIDED_ON, 60_000, 300))

    changed = started.heard_last(ArrearsChanged)
    assert (40_000, 1_000, 60_000) == (changed.principal_fen, changed.late_fee_fen, changed.written_off_fen)
    assert is_conserved(started.line())


def test_the_inventory_of_a_day_before_the_decision_still_has_it() -> None:
    started = concluded()
    started.hear(write_off(DECIDED_ON, 60_000, 0))
    assert started.case is not None
    cases = {started.case.unit_code: started.case}

    owed = [inventory(cases, day).total.principal_fen for day in (date(2025, 1, 5), DECIDED_ON)]

    assert [100_000, 40_000] == owed


@pytest.mark.parametrize(
    ("principal_fen", "fee_fen", "reasons"),
    [
        (100_000, 1_300, []),
        (100_001, 0, ["beyond-what-is-owed"]),
        (1, 1_301, ["beyond-late-fee"]),
    ],
)
def test_no_more_is_written_off_than_is_owed(principal_fen: int, fee_fen: int, reasons: list[str]) -> None:
    started = concluded()
    started.hear(write_off(DECIDED_ON, principal_fen, fee_fen))

    assert reasons == reasons_of(started)


def test_a_late_fee_that_was_paid_is_neither_claimed_nor_written_off() -> None:
    """26 days of late fee are 13 yuan; 5 yuan of it were paid before the acceptance, 3 yuan after it."""
    started = in_arrears(DECIDED_ON)
    fee = {"month": "2023-11", "insurance": Insurance.PENSION, "meant_for": "late-fee"}
    started.hear(unit_paid("F-1", paid_fen=500, paid_on=date(2024, 1, 9), **fee))
    started.hear(accepted(), claim(date(2024, 2, 1), fee_fen=1_300))
    assert ["claim-late-fee-differs"] == reasons_of(started)

    started.hear(claim(date(2024, 2, 1), fee_fen=800), declared())
    started.hear(unit_paid("F-2", paid_fen=300, paid_on=date(2024, 8, 1), **fee))
    started.hear(act(A.PROCEEDING_CLOSED, CLOSED_ON, "C-1"), write_off(DECIDED_ON, 100_000, 501))
    assert ["beyond-late-fee"] == reasons_of(started)

    started.hear(write_off(DECIDED_ON, 100_000, 500))
    assert (Measure.NONE, MeasureStage.FINISHED) == measure_of(started)


def test_two_write_offs_of_one_line_share_what_is_owed() -> None:
    started = concluded()
    started.hear(write_off(DECIDED_ON, 60_000, 0), write_off(DECIDED_ON, 40_001, 0, "W-2"))
    assert ["beyond-what-is-owed"] == reasons_of(started)

    started.hear(write_off(DECIDED_ON, 40_000, 0, "W-2"))
    assert 0 == started.line().owed_fen


@pytest.mark.parametrize(
    ("changed", "reasons"),
    [
        ({"paragraph": "企业破产法 12"}, ["paragraph-not-of-ground"]),
        ({"ground": "authority-decision", "paragraph": "鲁人社字〔2024〕1号"}, []),
        (
            {"ground": "reorganisation-plan", "paragraph": "企业破产法 94"},
            ["ground-not-met", "plan-cannot-cut-principal"],
        ),
    ],
)
def test_a_decision_names_a_paragraph_of_its_ground(changed: dict[str, Any], reasons: list[str]) -> None:
    started = concluded()
    started.hear(write_off(DECIDED_ON, 100, 100, **changed))

    assert reasons == reasons_of(started)


def test_nothing_is_written_off_of_a_unit_that_is_not_gone() -> None:
    started = in_arrears(DECIDED_ON)
    started.hear(write_off(DECIDED_ON, 100_000, 0))

    assert ["ground-not-met"] == reasons_of(started)


def test_a_line_that_does_not_exist_is_not_written_off() -> None:
    started = concluded()
    other = write_off(DECIDED_ON, 1, 0)
    line = other.lines[0].model_copy(update={"month": "2020-01"})
    started.hear(write_off(DECIDED_ON, 1, 0, lines=(line,)))

    assert ["line-unknown"] == reasons_of(started)
    assert "2020-01养老" in started.decisions[-1].reason.values["reasons_text"]


def test_an_approved_plan_cuts_late_fees_and_never_principal() -> None:
    started = in_arrears(DECIDED_ON)
    started.hear(
        accepted(),
        claim(date(2024, 2, 1)),
        status(S.REORGANISING, date(2024, 4, 1), "S-2"),
        act(A.PLAN_EXAMINED, date(2024, 7, 1), "I-2", plan_fen=70_000),
    )
    plan = {"ground": "reorganisation-plan", "paragraph": "企业破产法 94"}

    started.hear(write_off(DECIDED_ON, 1, 1_300, **plan))
    assert ["plan-cannot-cut-principal"] == reasons_of(started)

    started.hear(write_off(DECIDED_ON, 0, 1_300, **plan))
    assert (100_000, 0) == (started.line().owed_fen, late_fee_fen(started.line(), DECIDED_ON))


def test_a_unit_without_bankruptcy_is_written_off_once_its_obligors_were_claimed_from() -> None:
    authority = {"ground": "authority-decision", "paragraph": "鲁人社字〔2024〕1号"}
    started = in_arrears(DECIDED_ON)
    started.hear(status(S.DEREGISTERED, date(2024, 3, 1)), write_off(DECIDED_ON, 100_000, 0, **authority))
    assert ["ground-not-met"] == reasons_of(started)

    started.hear(act(A.OBLIGORS_CLAIMED, date(2024, 5, 1)), write_off(DECIDED_ON, 100_000, 0, **authority))
    assert "write-off-recorded" == started.codes[-1]


def test_the_late_fee_of_what_is_written_off_ends_on_the_day_of_the_decision() -> None:
    """Without a bankruptcy: due 2023-12-15; 388 days to 2025-01-06 on 1,000 yuan, then on 400 only (20 fen a day)."""
    authority = {"ground": "authority-decision", "paragraph": "鲁人社字〔2024〕1号"}
    started = in_arrears(DECIDED_ON)
    started.hear(status(S.DEREGISTERED, date(2024, 3, 1)), act(A.OBLIGORS_CLAIMED, date(2024, 5, 1)))
    started.hear(write_off(DECIDED_ON, 60_000, 0, **authority))

    fees = [late_fee_fen(started.line(), day) for day in (DECIDED_ON, date(2025, 1, 7))]

    assert [388 * 50, 388 * 50 + 20] == fees


def test_a_write_off_is_taken_back_by_two_and_the_line_is_owed_again() -> None:
    started = concluded()
    started.hear(write_off(DECIDED_ON, 100_000, 1_300))
    started.hear(write_off(DECIDED_ON, 100_000, 1_300, "W-9", reverses="W-1"))

    assert "insolvency-act-reversed" == started.codes[-1]
    assert (100_000, 1_300) == (started.line().owed_fen, late_fee_fen(started.line(), DECIDED_ON))
    assert (Measure.SETTLE_REMAINDER, MeasureStage.REMAINDER) == measure_of(started)


def test_the_conclusion_cannot_be_taken_back_under_a_write_off() -> None:
    started = concluded()
    started.hear(write_off(DECIDED_ON, 100_000, 1_300))
    started.hear(act(A.PROCEEDING_CLOSED, DECIDED_ON, "C-9", reverses="C-1"))

    assert ["others-rest-on-it"] == reasons_of(started)


def test_a_correction_lowers_a_write_off() -> None:
    started = concluded()
    started.hear(write_off(DECIDED_ON, 100_000, 0), write_off(DECIDED_ON, 60_000, 0, revision=2))

    assert (40_000, 60_000) == (started.line().owed_fen, started.line().written_off_fen)


def test_what_is_paid_after_all_is_not_written_off_any_more() -> None:
    started = concluded()
    started.hear(write_off(DECIDED_ON, 100_000, 0), paid(paid_fen=30_000, paid_on=DECIDED_ON))

    assert (0, 70_000) == (started.line().owed_fen, started.line().written_off_fen)
    assert is_conserved(started.line())


@pytest.mark.parametrize("changed", [{"approved_by": None}, {"approved_by": "WD-0017"}, {"paragraph": None}])
def test_a_write_off_needs_another_persons_approval_and_a_paragraph(changed: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        write_off(DECIDED_ON, 1, 0, **changed)


def test_a_unit_deregistered_after_its_bankruptcy_is_written_off_without_the_desk_having_the_ruling() -> None:
    started = in_arrears(DECIDED_ON)
    started.hear(accepted(), declared())
    gone = {"deregistration_way": DeregistrationWay.AFTER_BANKRUPTCY}
    started.hear(status(S.DEREGISTERED, CLOSED_ON, "S-3", **gone))
    assert (Measure.SETTLE_REMAINDER, MeasureStage.REMAINDER) == measure_of(started)

    started.hear(write_off(DECIDED_ON, 100_000, 1_300))
    assert "write-off-recorded" == started.codes[-1]


steps = st.lists(
    st.one_of(
        st.tuples(st.just("assess"), st.integers(0, 200_000)),
        st.tuples(st.just("pay"), st.integers(0, 150_000)),
        st.tuples(st.just("write off"), st.integers(1, 120_000)),
        st.tuples(st.just("take back"), st.integers(0, 5)),
    ),
    max_size=12,
)


@settings(max_examples=80)
@given(steps)
def test_no_fen_appears_or_vanishes_whatever_happens(taken: list[tuple[str, int]]) -> None:
    started = concluded()
    for number, (what, value) in enumerate(taken):
        if what == "assess":
            started.hear(assessed("A-1", assessed_fen=value, revision=number + 1))
        elif what == "pay":
            started.hear(paid(f"P-{number}", paid_fen=value, paid_on=DECIDED_ON))
        elif what == "write off":
            started.hear(write_off(DECIDED_ON, value, 0, f"W-{number}"))
        else:
            started.hear(write_off(DECIDED_ON, 1, 0, f"R-{number}", reverses=f"W-{value}"))

        assert is_conserved(started.line())
        assert started.line().written_off_fen <= sum(one.amount_fen for one in started.line().write_offs)


def test_a_write_off_that_two_decided_one_does_not_correct_into_something_else() -> None:
    started = concluded()
    started.hear(write_off(DECIDED_ON, 100_000, 1_300))
    started.hear(act(A.PROCEEDING_CLOSED, DECIDED_ON, "W-1", revision=2))

    assert (["correction-not-approved"], 0) == (reasons_of(started), started.line().owed_fen)
