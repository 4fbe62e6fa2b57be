"""What the inventory is made of: where a case stands, what was recovered, what changed since."""

from datetime import date

import pytest
from msgspec.structs import replace

from schemas.enforcement_terms import EnforcementStage
from schemas.unit_status import Liable, Measure, MeasureStage
from services.arrears.inventory import inventory
from services.arrears.inventory_changes import Change, Principal, changes
from services.arrears.inventory_recovery import Recovery
from services.arrears.inventory_standing import FUNNEL, STAGE_NAMES_ZH, is_further, reached, standing_of
from services.arrears.rules_enforcement_state import EnforcementState, Procedure
from services.arrears.rules_measure_state import MeasureState
from services.arrears.rules_notice_state import Notice, NoticeState, Stage
from services.arrears.rules_state import UnitCase
from tests.services.arrears.samples import at, desk, missed, paid, registered
from tests.services.arrears.samples_assignment import ROSTER, owing

TODAY = date(2024, 1, 8)


def open_case() -> UnitCase:
    case = desk(registered(), missed()).case
    assert case is not None
    return case


def with_notice(stage: Stage, case: UnitCase | None = None) -> UnitCase:
    notice = Notice(1, stage, ("2023-11/pension",), 100_000, 1_200, "tax", "16(2)", TODAY)
    return replace(case or open_case(), notice=NoticeState((notice,)))


def test_a_case_goes_from_found_over_reminded_to_a_notice() -> None:
    started = desk(registered(), missed())
    stages = []
    for until in (TODAY, date(2024, 1, 9), date(2024, 4, 1)):
        started.wait_until(at(until))
        assert started.case is not None
        stages.append(standing_of(started.case).stage)

    assert stages == ["found", "reminded", "notice-drawn-up"]


def test_a_case_that_owes_nothing_is_not_open() -> None:
    case = desk(registered(), missed(), paid()).case
    assert case is not None

    assert standing_of(case).stage == "not-open"


@pytest.mark.parametrize(
    ("stage", "code"),
    [
        (Stage.DRAWN_UP, "notice-drawn-up"),
        (Stage.SERVED, "notice-served"),
        (Stage.OVERDUE, "notice-overdue"),
        (Stage.WITHDRAWN, "found"),
    ],
)
def test_a_live_notice_says_the_stage_and_one_that_ended_does_not(stage: Stage, code: str) -> None:
    assert standing_of(with_notice(stage)).stage == code


def test_enforcement_goes_before_its_notice() -> None:
    procedure = Procedure(1, "N-1", EnforcementStage.DECIDED, TODAY, TODAY)
    case = replace(with_notice(Stage.OVERDUE), enforcement=EnforcementState((procedure,)))

    assert standing_of(case).stage == "enforcement-decided"


def test_off_the_ordinary_road_the_measure_says_the_stage() -> None:
    measure = MeasureState(Measure.DECLARE_CLAIM, MeasureStage.DECLARE, Liable.UNIT, TODAY)
    standing = standing_of(replace(with_notice(Stage.OVERDUE), measure=measure))

    assert (standing.stage, standing.measure) == ("declare", "declare-claim")


def test_every_stage_has_a_name_and_the_funnel_goes_one_way() -> None:
    assert all(stage in STAGE_NAMES_ZH for stage in FUNNEL)
    assert [is_further(later, FUNNEL[0]) for later in FUNNEL[2:]] == [True] * (len(FUNNEL) - 2)
    assert reached("notice-served", "notice-issued")
    assert not reached("notice-issued", "notice-served")
    assert not reached("declare", "found")


@pytest.mark.parametrize("stage", ["enforcement-insufficient", "enforcement-deferred", "enforcement-suspended"])
def test_the_funnel_sends_nobody_further_than_they_came(stage: str) -> None:
    """Where a bank has too little nothing was applied for; what is suspended may have been so on its first day."""
    marks = [mark for mark in FUNNEL if reached(stage, mark)]

    assert "notice-overdue" in marks
    assert not {"enforcement-court-demanded", "enforcement-court-applied"} & set(marks)


def test_a_notice_gives_the_officer_a_new_deadline() -> None:
    started = owing(*ROSTER)
    first = started.assignment.deadline_on
    started.now = at(date(2024, 1, 15))
    assert started.case is not None
    started.case = with_notice(Stage.ISSUED, started.case)
    started.hear(missed("M-2", month="2023-10", due_on=date(2023, 11, 15)))

    assert first is not None
    assert started.assignment.deadline_on is not None
    assert started.assignment.deadline_on > first
    assert started.assigned[-1][1] == "moved-on"


def recovered(*payments: tuple[date, int], as_of: date = date(2024, 3, 1)) -> dict[str, int]:
    """What counts as recovered of one line due on 2023-12-15."""
    facts = [paid(f"P-{n}", paid_on=on, paid_fen=fen) for n, (on, fen) in enumerate(payments)]
    case = desk(registered(), missed(), *facts, today=date(2024, 3, 1)).case
    assert case is not None
    found = Recovery()
    found.add(case, as_of)
    return found.by_month


@pytest.mark.parametrize(("paid_on", "fen"), [(date(2023, 12, 15), {}), (date(2023, 12, 16), {"2023-12": 100_000})])
def test_what_is_paid_on_the_due_date_is_no_recovery_and_on_the_next_day_it_is(
    paid_on: date, fen: dict[str, int]
) -> None:
    assert recovered((paid_on, 100_000)) == fen


def test_what_is_paid_beyond_the_dues_recovers_nothing() -> None:
    assert recovered((date(2023, 12, 20), 90_000), (date(2024, 1, 5), 90_000)) == {"2023-12": 90_000, "2024-01": 10_000}


def test_a_payment_after_the_day_does_not_count_and_months_between_are_shown() -> None:
    payments = ((date(2023, 12, 20), 1), (date(2024, 2, 20), 2), (date(2024, 3, 1), 4))

    assert recovered(*payments, as_of=date(2024, 2, 29)) == {"2023-12": 1, "2024-01": 0, "2024-02": 2}


def test_units_come_grow_shrink_stay_and_are_settled() -> None:
    then = {"A": Principal("甲", 5), "B": Principal("乙", 5), "C": Principal("丙", 5), "D": Principal("丁", 5)}
    now = {"B": Principal("乙", 7), "C": Principal("丙", 2), "D": Principal("丁", 5), "E": Principal("戊", 1)}
    found = changes(date(2024, 1, 1), then, now)

    assert [(one.unit_code, one.kind) for one in found.units] == [
        ("A", Change.SETTLED),
        ("C", Change.SHRUNK),
        ("B", Change.GROWN),
        ("E", Change.NEW),
    ]
    assert {one.kind: (one.units, one.difference_fen) for one in found.sums} == {
        Change.NEW: (1, 1),
        Change.GROWN: (1, 2),
        Change.SHRUNK: (1, -3),
        Change.SAME: (1, 0),
        Change.SETTLED: (1, -5),
    }


def test_breakdowns_by_stage_measure_and_officer_add_up_to_the_total() -> None:
    started = owing(*ROSTER)
    assert started.case is not None
    unassigned = replace(open_case(), unit_code="other")
    drawn = inventory({"one": started.case, "other": unassigned}, TODAY)

    for shares in (drawn.by_stage, drawn.by_measure, drawn.by_officer):
        assert sum(share.sums.principal_fen for share in shares) == drawn.total.principal_fen
    assert [share.name_zh for share in drawn.by_officer] == [started.assignment.officer, "未分派"]
