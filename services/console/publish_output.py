"""What became of published files, for people."""

from collections import Counter
from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from services.console.titled import titled
from services.gateway.messages import MESSAGES
from services.gateway.publish import PublishReport


def as_text(reports: Sequence[PublishReport]) -> RenderableType:
    """A row a file, then why rows were rejected, with where to read of each."""
    rows = []
    for report in reports:
        name = f"{report.path.parent.name}/{report.path.name}"
        topics = "、".join(sorted(report.published)) or "—"
        counts = (f"{report.published.total():,}", str(report.repeated or ""), str(report.rejected or ""))
        rows.append((name, topics, *counts))
    total = sum(report.published.total() for report in reports)
    rejected = sum(report.rejected for report in reports)
    headings = ("文件", "主题", ">已报送", ">重复", ">退回")
    return Group(titled(f"报送：{total:,} 行，退回 {rejected} 行", headings, rows), *_reasons(reports))


def _reasons(reports: Sequence[PublishReport]) -> list[RenderableType]:
    codes: Counter[str] = Counter()
    for report in reports:
        codes.update(report.codes)
    if not codes:
        return []
    rows = [(str(count), code, MESSAGES[code].zh) for code, count in codes.most_common()]
    paths = [report.rejected_path for report in reports if report.rejected_path is not None]
    files = [Text(f"逐行说明见 {path}") for path in paths]
    return [titled("退回原因", (">次数", "|代码", "原因"), rows), *files]
