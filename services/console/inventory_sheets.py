"""The inventory as XLSX: the sheets 底数, 结构 and 清单, made to be printed on A4 as they are.

Formats, widths and the set-up of the page are in the file, so that whoever opens it prints it without touching anything.
"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from services.arrears.inventory import BREAKDOWNS_ZH, Inventory
from services.arrears.inventory_changes import CHANGE_NAMES_ZH, Changes
from services.console.inventory_list import COLUMNS, disarmed, typed_cells

TITLE = "社会保险费欠费"
MONEY, COUNT, DAY = "#,##0.00", "#,##0", "yyyy-mm-dd"
WIDTH_MIN, WIDTH_MAX = 8, 34
FIRST_ROW = 4
"""Of the table: above it stand title and day."""
SMALL_MARGIN, WIDE_MARGIN = 0.4, 0.6
_LINE = Side(style="thin", color="999999")
_FRAME = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_HEADING = PatternFill("solid", fgColor="DDE6F0")


def write_xlsx(found: Inventory, path: Path, view_zh: str, changed: Changes | None = None) -> None:
    """Write the three sheets. Money as numbers in yuan, days as dates; what looks like a formula is disarmed."""
    book = Workbook()
    first = book.active
    assert isinstance(first, Worksheet)
    first.title = "底数"
    _sheet(first, found, view_zh, ("项目", "单位数", "条数", "本金（元）", "滞纳金（元）"), _base(found, changed))
    structure = ("分类", "项目", "单位数", "条数", "本金（元）", "滞纳金（元）")
    _sheet(book.create_sheet("结构"), found, view_zh, structure, _structure(found))
    _sheet(book.create_sheet("清单"), found, view_zh, COLUMNS, [typed_cells(row) for row in found.rows])
    book.properties.title = f"{TITLE} {found.as_of}"
    book.save(path)


def _base(found: Inventory, changed: Changes | None) -> list[tuple[Any, ...]]:
    total = found.total
    rows: list[tuple[Any, ...]] = [
        ("合计", total.units, total.lines, total.principal_fen / 100, total.late_fee_fen / 100),
        *(
            (
                share.name_zh,
                share.sums.units,
                share.sums.lines,
                share.sums.principal_fen / 100,
                share.sums.late_fee_fen / 100,
            )
            for share in found.by_cohort
        ),
        ("已缴清条目尚欠滞纳金（未计入）", found.paid_lines.units, "", "", found.paid_lines.late_fee_fen / 100),
        ("待登记（未计入）", found.held_units, found.held_records, "", ""),
    ]
    if changed is not None:
        rows += [
            (f"较{changed.since}：{CHANGE_NAMES_ZH[one.kind]}", one.units, "", one.difference_fen / 100, "")
            for one in changed.sums
        ]
    return rows


def _structure(found: Inventory) -> list[tuple[Any, ...]]:
    return [
        (title, share.name_zh, sums.units, sums.lines, sums.principal_fen / 100, sums.late_fee_fen / 100)
        for name, title in BREAKDOWNS_ZH.items()
        for share in getattr(found, name)
        for sums in [share.sums]
    ]


def _sheet(
    sheet: Worksheet, found: Inventory, view_zh: str, headings: Sequence[str], rows: Sequence[Sequence[Any]]
) -> None:
    sheet.append([f"{TITLE}{sheet.title}"])
    sheet.append([f"截至 {found.as_of}（{view_zh}），金额单位：元"])
    sheet.append([])
    sheet.append(list(headings))
    for row in rows:
        sheet.append([disarmed(cell) for cell in row])
    sheet["A1"].font = Font(bold=True, size=16)
    last = get_column_letter(len(headings))
    for cell in sheet[FIRST_ROW]:
        cell.font, cell.fill, cell.border = Font(bold=True), _HEADING, _FRAME
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    for cells in sheet.iter_rows(min_row=FIRST_ROW + 1, max_col=len(headings)):
        for cell in cells:
            cell.border = _FRAME
            cell.alignment = Alignment(vertical="center", wrap_text=isinstance(cell.value, str))
            cell.number_format = _format_of(cell.value) or cell.number_format
    for number, heading in enumerate(headings, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = _width(heading, [row[number - 1] for row in rows])
    sheet.freeze_panes = f"A{FIRST_ROW + 1}"
    sheet.auto_filter.ref = f"A{FIRST_ROW}:{last}{max(sheet.max_row, FIRST_ROW)}"
    _set_up_page(sheet)


def _set_up_page(sheet: Worksheet) -> None:
    """A4 across, as wide as the paper, headings on every page, page numbers at the foot."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = f"1:{FIRST_ROW}"
    sheet.print_options.horizontalCentered = True
    sheet.page_margins.left = sheet.page_margins.right = SMALL_MARGIN
    sheet.page_margins.top = sheet.page_margins.bottom = WIDE_MARGIN
    foot = sheet.oddFooter
    assert foot is not None
    foot.left.text, foot.center.text = f"{TITLE}{sheet.title}", "第 &P 页，共 &N 页"


def _format_of(value: Any) -> str:
    if isinstance(value, float):
        return MONEY
    if isinstance(value, int):
        return COUNT
    return DAY if isinstance(value, date) else ""


def _width(heading: str, cells: Sequence[Any]) -> float:
    """Wide enough for the longest cell, within bounds; a Chinese character takes the room of two. Longer texts wrap."""
    longest = max((_room(cell) for cell in cells), default=0)
    return min(max(longest, _room(heading) // 2, WIDTH_MIN) + 2, WIDTH_MAX)


def _room(cell: Any) -> int:
    if isinstance(cell, float):
        return len(f"{cell:,.2f}")
    return sum(1 if character.isascii() else 2 for character in str(cell))
