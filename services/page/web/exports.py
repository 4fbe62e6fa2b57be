"""The list 清单 as a file: CSV line by line, XLSX whole. What a spreadsheet would take for a formula is written as text."""

import asyncio
import csv
import io
from collections.abc import AsyncIterator, Sequence

from openpyxl import Workbook
from openpyxl.styles import Font

from services.audit.words import visible
from services.page.store.answers import PAGE_ROWS_MAX, Access
from services.page.store.answers_arrears import InventoryFilter, InventoryRow, InventorySort
from services.page.store.port import Queries

CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BYTE_ORDER_MARK = "\ufeff"
"""Without it some spreadsheets take UTF-8 for something else."""
FEN_A_YUAN = 100
FORMULA_SIGNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r")
"""Spreadsheets of East Asia compute what begins with a full-width sign, too."""
HEADINGS = (
    "单位编号",
    "单位名称",
    "区市",
    "欠费条数",
    "本金（元）",
    "滞纳金（元）",
    "最早缴费期限",
    "欠费天数",
    "阶段",
    "措施",
    "责任人",
    "办理期限",
    "滞纳金计至",
)


def safe(text: str) -> str:
    """Give a text that no spreadsheet computes, in signs that can be seen: with a control in it no workbook could be written."""
    text = visible(text)
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text


def cells(row: InventoryRow) -> Sequence[str | int | float]:
    """Give a row as its cells stand under `HEADINGS`."""
    return (
        safe(row.unit_code),
        safe(row.unit_name),
        row.district_zh,
        row.lines,
        row.principal_fen / FEN_A_YUAN,
        row.late_fee_fen / FEN_A_YUAN,
        row.oldest_due_on.isoformat(),
        row.age_days,
        row.stage_zh,
        row.measure_zh,
        safe(row.officer),
        "" if row.deadline_on is None else row.deadline_on.isoformat(),
        row.counted_to.isoformat(),
    )


async def csv_lines(
    queries: Queries, access: Access, wanted: InventoryFilter, sort: InventorySort, descending: bool, rows_max: int
) -> AsyncIterator[str]:
    """Give the file a page at a time, so that no list is in memory whole."""
    yield BYTE_ORDER_MARK + _line(HEADINGS)
    async for rows in _pages(queries, access, wanted, sort, descending, rows_max):
        yield "".join(_line(cells(row)) for row in rows)


async def xlsx_bytes(
    queries: Queries, access: Access, wanted: InventoryFilter, sort: InventorySort, descending: bool, rows_max: int
) -> bytes:
    """Give the workbook; it is written in another thread, since others wait for this one."""
    found: list[InventoryRow] = []
    async for rows in _pages(queries, access, wanted, sort, descending, rows_max):
        found += rows
    return await asyncio.to_thread(_workbook, found)


async def _pages(
    queries: Queries, access: Access, wanted: InventoryFilter, sort: InventorySort, descending: bool, rows_max: int
) -> AsyncIterator[Sequence[InventoryRow]]:
    after, given = "", 0
    while given < rows_max:
        page = await queries.inventory(
            access, wanted, sort, descending=descending, rows=min(PAGE_ROWS_MAX, rows_max - given), after=after
        )
        yield page.rows
        given, after = given + len(page.rows), page.next_after
        if not after or not page.rows:
            return


def _line(values: Sequence[object]) -> str:
    written = io.StringIO()
    csv.writer(written).writerow(values)
    return written.getvalue()


def _workbook(rows: Sequence[InventoryRow]) -> bytes:
    book = Workbook(write_only=False)
    sheet = book.active
    assert sheet is not None
    sheet.title = "清单"
    sheet.append(HEADINGS)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    sheet.freeze_panes = "A2"
    for row in rows:
        sheet.append(list(cells(row)))
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()
