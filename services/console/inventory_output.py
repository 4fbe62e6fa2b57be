"""The inventory of units in arrears as people read it or take it away: tables for a terminal, CSV, JSON."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import msgspec
from rich.console import Group, RenderableType
from rich.text import Text

from services.arrears.inventory import BREAKDOWNS_ZH, NOBODY_ZH, Inventory, Share
from services.arrears.inventory_bands import Cohort
from services.arrears.inventory_changes import CHANGE_NAMES_ZH, Changes
from services.arrears.inventory_rows import Sums, UnitRow
from services.audit.words import visible, yuan
from services.console.inventory_list import COLUMNS, text_cells
from services.console.titled import titled

_COHORTS_SHORT = {Cohort.STOCK: "存量", Cohort.NEW: "新增"}
IN_FORCE_ZH, KNOWN_ZH = "按今日所知", "按当日所知"
"""The two views of a day (as in force on, as known on)."""


def only_district(found: Inventory, district: str) -> Inventory:
    """Keep the list's rows of one district; totals and breakdowns stay those of the whole."""
    return replace(found, rows=tuple(row for row in found.rows if row.district == district))


def as_tables(
    found: Inventory, rows_max: int, view_zh: str = IN_FORCE_ZH, changed: Changes | None = None
) -> RenderableType:
    """底数, 结构 and 清单 for a terminal; the list is cut after `rows_max` rows, and says so."""
    total = found.total
    heading = Text.assemble(
        ("欠费底数", "bold"),
        f"  截至 {found.as_of}（{view_zh}）：{total.units} 个单位，{total.lines} 条，",
        f"本金 {yuan(total.principal_fen)}，滞纳金 {yuan(total.late_fee_fen)}",
    )
    parts: list[RenderableType] = [heading]
    if found.held_units:
        parts.append(Text(f"另有 {found.held_units} 个未登记单位的 {found.held_records} 条记录留存待登记，未计入。"))
    if found.paid_lines.units:
        left = found.paid_lines
        parts.append(Text(f"另有 {left.units} 个单位的已缴清条目尚欠滞纳金 {yuan(left.late_fee_fen)}，未计入。"))
    if changed is not None:
        parts.append(_changes(changed, rows_max))
    parts.append(_structure(found))
    parts.append(_list(found, rows_max))
    if len(found.rows) > rows_max:
        parts.append(Text(f"清单共 {len(found.rows)} 个单位，此处列出 {rows_max} 个；全部请用 --format csv 或 xlsx。"))
    return Group(*parts)


def as_two_columns(known: Inventory, in_force: Inventory, rows_max: int) -> RenderableType:
    """The two views of one day side by side: what was known then, and what is known of it today."""
    rows = [_both("合计", known.total, in_force.total)]
    sections: list[int] = []
    for name, title in BREAKDOWNS_ZH.items():
        shares = _paired(getattr(known, name), getattr(in_force, name))
        if shares:
            sections.append(len(rows) - 1)
            rows.append((title, "", "", "", "", ""))
            rows += [_both(f"  {one.name_zh}", one.sums, other) for one, other in shares]
    headings = ("项目", ">当日\n单位", ">当日\n本金", ">今日\n单位", ">今日\n本金", ">相差")
    return Group(
        titled(
            f"欠费底数与结构  截至 {known.as_of}（当日：{KNOWN_ZH}；今日：{IN_FORCE_ZH}）", headings, rows, sections
        ),
        _two_lists(known, in_force, rows_max),
    )


def _both(name: str, then: Sums, now: Sums) -> tuple[str, ...]:
    """A row of the two views, with what they differ by."""
    numbers = (str(then.units), yuan(then.principal_fen), str(now.units), yuan(now.principal_fen))
    return (name, *numbers, yuan(now.principal_fen - then.principal_fen))


def as_csv(found: Inventory) -> str:
    """The list as CSV; money in yuan with two decimals, text that a spreadsheet would take for a formula disarmed."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows(text_cells(row) for row in found.rows)
    return text.getvalue()


def as_json(found: Inventory, changed: Changes | None = None) -> str:
    """Everything as JSON; money in whole fen, codes as on the wire."""
    return json.dumps(_plain(found, changed), ensure_ascii=False, indent=2)


def two_as_json(known: Inventory, in_force: Inventory) -> str:
    """The two views of one day as JSON."""
    both = {"as_of": known.as_of.isoformat(), "known": _plain(known), "in_force": _plain(in_force)}
    return json.dumps(both, ensure_ascii=False, indent=2)


def _plain(found: Inventory, changed: Changes | None = None) -> dict[str, Any]:
    return {
        "as_of": found.as_of.isoformat(),
        "total": _sums(found.total),
        **{name: [_share(share) for share in getattr(found, name)] for name in BREAKDOWNS_ZH},
        "rows": [_row(row) for row in found.rows],
        "held_units": found.held_units,
        "held_records": found.held_records,
        "paid_lines": msgspec.to_builtins(found.paid_lines),
        **({} if changed is None else {"changes": _changes_plain(changed)}),
    }


def _structure(found: Inventory) -> RenderableType:
    rows: list[tuple[str, ...]] = []
    sections = []
    for name, title in BREAKDOWNS_ZH.items():
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
            yuan(row.total.principal_fen),
            yuan(row.total.late_fee_fen),
            row.officer or NOBODY_ZH,
            "" if row.deadline_on is None else row.deadline_on.isoformat(),
        )
        for row in found.rows[:rows_max]
    ]
    headings = ("|统一社会信用代码", "单位名称", "|类别", ">本金", ">滞纳金", "|责任人", "|期限")
    return titled("清单（本金从多到少）", headings, rows)


def _changes(changed: Changes, rows_max: int) -> RenderableType:
    sums = titled(
        f"较 {changed.since} 的变动",
        ("变动", ">单位", ">本金增减"),
        [(CHANGE_NAMES_ZH[one.kind], str(one.units), yuan(one.difference_fen)) for one in changed.sums],
    )
    moved = [
        (
            one.unit_code,
            visible(one.unit_name),
            CHANGE_NAMES_ZH[one.kind],
            yuan(one.before_fen),
            yuan(one.now_fen),
        )
        for one in changed.units[:rows_max]
    ]
    headings = ("|统一社会信用代码", "单位名称", "|变动", ">当时本金", ">现在本金")
    return Group(sums, titled(f"变动的单位：{len(changed.units)} 个", headings, moved))


def _two_lists(known: Inventory, in_force: Inventory, rows_max: int) -> RenderableType:
    then = {row.unit_code: row for row in known.rows}
    now = {row.unit_code: row for row in in_force.rows}
    differing = sorted(
        (code for code in {**then, **now} if _owed(then.get(code)) != _owed(now.get(code))),
        key=lambda code: (-abs(_owed(now.get(code)) - _owed(then.get(code))), code),
    )
    rows = [
        (
            code,
            visible((now.get(code) or then[code]).unit_name),
            yuan(_owed(then.get(code))),
            yuan(_owed(now.get(code))),
        )
        for code in differing[:rows_max]
    ]
    headings = ("|统一社会信用代码", "单位名称", f">{KNOWN_ZH}", f">{IN_FORCE_ZH}")
    return titled(f"两种口径本金不同的单位：{len(differing)} 个", headings, rows)


def _owed(row: UnitRow | None) -> int:
    return 0 if row is None else row.total.principal_fen


def _paired(known: Sequence[Share], in_force: Sequence[Share]) -> list[tuple[Share, Sums]]:
    """The shares of both, those of one that the other lacks with nothing beside them."""
    now = {share.name: share for share in in_force}
    then = {share.name: share for share in known}
    names = dict.fromkeys([*then, *now])
    return [
        (then[name], now[name].sums if name in now else Sums())
        if name in then
        else (Share(name, now[name].name_zh, Sums()), now[name].sums)
        for name in names
    ]


def _changes_plain(changed: Changes) -> dict[str, Any]:
    return {
        "since": changed.since.isoformat(),
        "sums": [
            {"kind": one.kind.value, "units": one.units, "difference_fen": one.difference_fen} for one in changed.sums
        ],
        "units": [
            {
                "unit_code": one.unit_code,
                "unit_name": one.unit_name,
                "kind": one.kind.value,
                "before_fen": one.before_fen,
                "now_fen": one.now_fen,
            }
            for one in changed.units
        ],
    }


def _sums(sums: Sums) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(sums)
    return plain


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
        "stock_principal_fen": row.stock.principal_fen,
        "oldest_due_on": row.oldest_due_on.isoformat(),
        "age_days": row.age_days,
        "is_provisional": row.is_provisional,
        "deadline_is_provisional": row.deadline_is_provisional,
        "late_fee_passes_principal": row.late_fee_passes_principal,
        "stage": row.stage,
        "measure": row.measure,
        "officer": row.officer,
        "deadline_on": None if row.deadline_on is None else row.deadline_on.isoformat(),
        "escalations": row.escalations,
        "lines": msgspec.to_builtins(row.lines),
    }
