"""The list of the inventory (清单) as a table of cells: the same columns in CSV and XLSX."""

from datetime import date
from typing import Any

from schemas.vocabulary import DISTRICT_NAMES_ZH
from services.arrears.inventory import NOBODY_ZH
from services.arrears.inventory_bands import COHORT_NAMES_ZH
from services.arrears.inventory_rows import UnitRow
from services.arrears.inventory_standing import MEASURE_NAMES_ZH, STAGE_NAMES_ZH
from services.audit.words import visible

COLUMNS = (
    "统一社会信用代码",
    "单位名称",
    "区划",
    "类别",
    "欠费条数",
    "本金（元）",
    "滞纳金（元）",
    "其中2019年底前本金（元）",
    "最早缴费期限",
    "欠缴天数",
    "办理阶段",
    "处置措施",
    "责任人",
    "办理期限",
    "提示",
)
"""Headings of the list."""

FORMULA_MARKS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r")
"""Spreadsheets of East Asia compute what begins with a full-width sign, too."""


def typed_cells(row: UnitRow) -> tuple[str | int | float | date, ...]:
    """Give a row's cells, in the order of the columns: money in yuan, days as dates."""
    return (
        row.unit_code,
        visible(row.unit_name),
        DISTRICT_NAMES_ZH[row.district],
        COHORT_NAMES_ZH[row.cohort],
        row.total.lines,
        row.total.principal_fen / 100,
        row.total.late_fee_fen / 100,
        row.stock.principal_fen / 100,
        row.oldest_due_on,
        row.age_days,
        STAGE_NAMES_ZH.get(row.stage, row.stage),
        MEASURE_NAMES_ZH.get(row.measure, row.measure),
        row.officer or NOBODY_ZH,
        row.deadline_on or "",
        _remark(row),
    )


def text_cells(row: UnitRow) -> list[str]:
    """Give the same as text, disarmed."""
    return [disarmed(f"{cell:.2f}" if isinstance(cell, float) else str(cell)) for cell in typed_cells(row)]


def disarmed(cell: Any) -> Any:
    """Put an apostrophe before a text that a spreadsheet would take for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_MARKS) else cell


def _remark(row: UnitRow) -> str:
    remarks = ["缴费期限暂定（计算时该年放假安排尚未公布）"] if row.is_provisional else []
    if row.deadline_is_provisional:
        remarks.append("办理期限暂定（计算时该年放假安排尚未公布）")
    if row.late_fee_passes_principal:
        remarks.append("有条目滞纳金超过本金（行政强制法45(2)，有争议）")
    if row.escalations:
        remarks.append(f"办理逾期已上报{row.escalations}次")
    return "；".join(remarks)
