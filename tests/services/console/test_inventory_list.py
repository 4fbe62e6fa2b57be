"""What the list of the inventory (清单) remarks of a unit."""

from datetime import date

from schemas.calendar import WorkingCalendar
from services.arrears.inventory_rows import UnitRow, row_of
from services.console.inventory_list import COLUMNS, text_cells
from tests.services.arrears.samples import PUBLISHED, missed, registered
from tests.services.arrears.samples_assignment import ROSTER, StaffedDesk


def row(found_on: date, calendar: WorkingCalendar = PUBLISHED) -> UnitRow:
    """A unit with an officer, found in arrears on a day by the calendars known then."""
    desk = StaffedDesk(*ROSTER, today=found_on)
    desk.calendar = calendar
    desk.hear(registered(), missed(occurred_on=found_on))
    assert desk.case is not None
    found = row_of(desk.case, found_on, capped=False, with_lines=False)
    assert found is not None
    return found


def remark(of: UnitRow) -> str:
    """Its last column."""
    return text_cells(of)[COLUMNS.index("提示")]


def test_a_deadline_that_runs_into_an_unpublished_year_is_remarked_as_provisional() -> None:
    """40 working days from Tuesday 1 December 2026."""
    found = row(date(2026, 12, 1))

    assert date(2027, 1, 27) == found.deadline_on
    assert "办理期限暂定（计算时该年放假安排尚未公布）" == remark(found)


def test_a_due_date_counted_without_calendar_is_remarked_beside_it() -> None:
    found = row(date(2024, 1, 8), WorkingCalendar())

    assert "缴费期限暂定（计算时该年放假安排尚未公布）；办理期限暂定（计算时该年放假安排尚未公布）" == remark(found)


def test_in_published_years_nothing_is_remarked() -> None:
    assert "" == remark(row(date(2024, 1, 8)))
