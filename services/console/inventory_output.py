"""The inventory of units in arrears as people take it away: a table to read, CSV, JSON or XLSX to work with."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet
from rich.console import Group, RenderableType
from rich.text import Text

from schemas.vocabulary import DISTRICT_NAMES_ZH
from services.arrears.inventory import COHORT_NAMES_ZH, Cohort, Inventory, Share, Sums, UnitRow
from services.audit.words import visible, yuan
from services.console.titled import titled

COLUMNS = (
    "统一社会信用代码",
    "单位名称",
    "区划",
    "类别",
    "欠费条数",
    "本金(元)",
    "滞纳金(元)",
    "其中2019年底前本金(元)",
    "最早缴费期限",
    "欠缴天数",
    "提示",
)
"""Headings of the list (清单)."""

_BREAKDOWNS = (("按类别", "by_cohort"), ("按区划", "by_district"), ("按本金", "by_amount"), ("按欠缴时间", "by_age"))
_FORMULA_MARKS = ("=", "+", "-", "@", "\t", "\r")


def only_district(found: Inventory, district: str) -> Inventory:
    """Keep the list's rows of one district; totals and breakdowns stay those of the whole."""
    return replace(found, rows=tuple(row for row in found.rows if row.district == district))


def as_tables(found: Inventory, rows_max: int) -> RenderableType:
    """底数, 结构 and 清单 for a terminal; the list is cut after `rows_max` rows, and says so."""
    total = found.total
    heading = Text.assemble(
        ("欠费底数", "bold"),
        f"  截至 {found.as_of}：{total.units} 个单位，{total.lines} 条，",
        f"本金 {yuan(total.principal_fen)}，滞纳金 {yuan(total.late_fee_fen)}",
    )
    parts: list[RenderableType] = [heading]
    if found.held_units:
        parts.append(Text(f"另有 {found.held_units} 个未登记单位的 {found.held_records} 条记录留存待登记，未计入。"))
    parts.append(_structure(found))
    parts.append(_list(found, rows_max))
    if len(found.rows) > rows_max:
        parts.append(Text(f"清单共 {len(found.rows)} 个单位，此处列出 {rows_max} 个；全部请用 --format csv 或 xlsx。"))
    return Group(*parts)


def as_csv(found: Inventory) -> str:
    """The list as CSV; money in yuan with two decimals, text that a spreadsheet would take for a formula disarmed."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([_disarmed(cell) for cell in _cells(row)] for row in found.rows)
    return text.getvalue()


def as_json(found: Inventory) -> str:
    """Everything as JSON; money in whole fen, codes as on the wire."""
    plain = {
        "as_of": found.as_of.isoformat(),
        "total": _sums(found.total),
        **{name: [_share(share) for share in getattr(found, name)] for _, name in _BREAKDOWNS},
        "rows": [_row(row) for row in found.rows],
        "held_units": found.held_units,
        "held_records": found.held_records,
    }
    return json.dumps(plain, ensure_ascii=False, indent=2)


def write_xlsx(found: Inventory, path: Path) -> None:
    """Three sheets: 底数, 结构, 清单. Money as numbers in yuan."""
    book = Workbook()
    first = book.active
    assert isinstance(first, Worksheet)
    first.title = "底数"
    total = found.total
    _sheet(
        first,
        ("截至", "单位数", "条数", "本金(元)", "滞纳金(元)", "待登记单位数", "待登记记录数"),
        [
            (
                found.as_of,
                total.units,
                total.lines,
                total.principal_fen / 100,
                total.late_fee_fen / 100,
                found.held_units,
                found.held_records,
            )
        ],
    )
    structure = book.create_sheet("结构")
    _sheet(structure, ("分类", "项目", "单位数", "条数", "本金(元)", "滞纳金(元)"), list(_structure_cells(found)))
    _sheet(book.create_sheet("清单"), COLUMNS, [_typed(row) for row in found.rows])
    book.save(path)


def _sheet(sheet: Worksheet, headings: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    sheet.append(list(headings))
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    sheet.freeze_panes = "A2"
    for row in rows:
        sheet.append([_disarmed(cell) if isinstance(cell, str) else cell for cell in row])
    for number, heading in enumerate(headings, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = max(12, len(heading) * 2 + 2)


def _structure(found: Inventory) -> RenderableType:
    rows: list[tuple[str, ...]] = []
    sections = []
    for title, name in _BREAKDOWNS:
        shares: Sequence[Share] = getattr(found, name)
        for place, share in enumerate(shares):
            sums = share.sums
            money = (yuan(sums.principal_fen), yuan(sums.late_fee_fen))
            rows.append((title if place == 0 else "", share.name_zh, str(sums.units), str(sums.lines), *money))
        sections.append(len(rows) - 1)
    return titled("结构", ("分类", "项目", ">单位", ">条数", ">本金", ">滞纳金"), rows, sections)


def _list(found: Inventory, rows_max: int) -> RenderableType:
    rows = [
        (
            row.unit_code,
            visible(row.unit_name),
            _COHORTS_SHORT[row.cohort],
            str(row.total.lines),
            yuan(row.total.principal_fen),
            yuan(row.total.late_fee_fen),
            row.oldest_due_on.isoformat(),
        )
        for row in found.rows[:rows_max]
    ]
    headings = ("|统一社会信用代码", "单位名称", "|类别", ">条", ">本金", ">滞纳金", "|最早期限")
    return titled("清单（本金从多到少）", headings, rows)


_COHORTS_SHORT = {Cohort.STOCK: "存量", Cohort.NEW: "新增"}


def _structure_cells(found: Inventory) -> Iterator[tuple[Any, ...]]:
    for title, name in _BREAKDOWNS:
        for share in getattr(found, name):
            sums = share.sums
            yield title, share.name_zh, sums.units, sums.lines, sums.principal_fen / 100, sums.late_fee_fen / 100


def _remark(row: UnitRow) -> str:
    remarks = ["缴费期限按未公布的放假安排暂计"] if row.is_provisional else []
    if row.late_fee_passes_principal:
        remarks.append("有条目滞纳金超过本金（行政强制法45(2)，有争议）")
    return "；".join(remarks)


def _typed(row: UnitRow) -> tuple[str | int | float | date, ...]:
    return (
        row.unit_code,
        visible(row.unit_name),
        DISTRICT_NAMES_ZH[row.district],
        COHORT_NAMES_ZH[row.cohort],
        row.total.lines,
        row.total.principal_fen / 100,
        row.total.late_fee_fen / 100,
        row.cohorts[Cohort.STOCK].principal_fen / 100,
        row.oldest_due_on,
        row.age_days,
        _remark(row),
    )


def _cells(row: UnitRow) -> list[str]:
    return [f"{cell:.2f}" if isinstance(cell, float) else str(cell) for cell in _typed(row)]


def _disarmed(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA_MARKS) else text


def _sums(sums: Sums) -> dict[str, int]:
    return {
        "units": sums.units,
        "lines": sums.lines,
        "principal_fen": sums.principal_fen,
        "late_fee_fen": sums.late_fee_fen,
    }


def _share(share: Share) -> dict[str, Any]:
    return {"name": share.name, "name_zh": share.name_zh, **_sums(share.sums)}


def _row(row: UnitRow) -> dict[str, Any]:
    return {
        "unit_code": row.unit_code,
        "unit_name": row.unit_name,
        "district": row.district.value,
        "agency": row.agency.value,
        "cohort": row.cohort.value,
        **_sums(row.total),
        "stock_principal_fen": row.cohorts[Cohort.STOCK].principal_fen,
        "oldest_due_on": row.oldest_due_on.isoformat(),
        "age_days": row.age_days,
        "is_provisional": row.is_provisional,
        "late_fee_passes_principal": row.late_fee_passes_principal,
    }
