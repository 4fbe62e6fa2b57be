"""The rows of the list 清单, written here and not by a template: a hundred of them are most of what a page takes to write.

Whatever comes from outside is escaped, as in a template; the tests that look through the templates look through this module, too.
"""

from collections.abc import Callable, Iterable
from html import escape
from urllib.parse import quote

from markupsafe import Markup

from services.page.store.answers_arrears import InventoryRow
from services.page.web.shown import day, district, number, yuan

Words = Callable[[str], str]


def written(rows: Iterable[InventoryRow], language: str, t: Words) -> Markup:
    """Write rows of the table in a language (`zh` or `en`); `t` turns the words of the page into it."""
    above = f' <span class="mark warn">{escape(t("超本金"))}</span>'
    late = f' <span class="mark bad">{escape(t("逾期"))}</span>'
    provisional = f' <span class="mark">{escape(t("暂定"))}</span>'
    nobody = escape(t("未分派"))
    lines = [
        f'<tr><th scope="row"><a href="/cases/{quote(row.unit_code)}">{escape(row.unit_name)}</a>'
        f'<br><span class="soft code">{escape(row.unit_code)}</span></th>'
        f"<td>{escape(district(row.district, language))}</td>"
        f'<td class="right">{row.lines}</td>'
        f'<td class="right">{yuan(row.principal_fen)}</td>'
        f'<td class="right">{yuan(row.late_fee_fen)}{above if row.late_fee_passes_principal else ""}</td>'
        f'<td class="right">{number(row.age_days)}</td>'
        f"<td>{escape(row.stage_zh)}</td><td>{escape(row.measure_zh)}</td>"
        f'<td class="nowrap">{escape(row.officer) or nobody}</td>'
        f'<td class="nowrap">{day(row.deadline_on)}{late if _is_late(row) else ""}'
        f"{provisional if row.is_provisional else ''}</td></tr>\n"
        for row in rows
    ]
    return Markup("".join(lines))  # noqa: S704 — tags of ours; what is not is escaped above


def _is_late(row: InventoryRow) -> bool:
    return row.deadline_on is not None and row.deadline_on < row.counted_to
