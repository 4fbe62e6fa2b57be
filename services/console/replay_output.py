"""What a replay found, for people."""

import dataclasses
import json
from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from services.audit.code_words import SERVICE_NAMES
from services.audit.replaying import ReplayFindings
from services.console.titled import titled

DIFFERENCES_SHOWN = 20
VALUE_CHARACTERS_MAX = 80
LISTED_MAX = 1_000


def as_text(found: Sequence[ReplayFindings]) -> RenderableType:
    """A row a service, then the first differences in full, then the verdict."""
    rows = []
    for one in found:
        name = f"{SERVICE_NAMES.get(one.service, one.service)} {one.service}"
        numbers = (one.tasks, one.entries, one.facts, len(one.differences), len(one.unexplained), one.undecided)
        rows.append((name, *(f"{number:,}" for number in numbers)))
    headings = ("服务", ">分区", ">决定", ">发出", ">差异", ">无出处", ">未读")
    parts: list[RenderableType] = [titled("重演", headings, rows)]
    for one in found:
        parts += [_difference(one, place) for place in range(min(len(one.differences), DIFFERENCES_SHOWN))]
        parts += [Text(f"无出处：{name}", style="red") for name in one.unexplained[:DIFFERENCES_SHOWN]]
    parts.append(_verdict(found))
    return Group(*parts)


def as_json(found: Sequence[ReplayFindings]) -> str:
    """Give the same as an array of one object a service; of differences and records without a decision the first thousand each."""
    cut = [
        dataclasses.replace(one, differences=one.differences[:LISTED_MAX], unexplained=one.unexplained[:LISTED_MAX])
        for one in found
    ]
    return json.dumps([dataclasses.asdict(one) for one in cut], ensure_ascii=False)


def _difference(found: ReplayFindings, place: int) -> Text:
    difference = found.differences[place]
    return Text.assemble(
        (f"差异 {found.service} 分区 {difference.partition} 第 {difference.number} 项 ", "red"),
        f"{difference.case_key} {difference.what}：",
        f"当时 {difference.then[:VALUE_CHARACTERS_MAX]}，现在 {difference.now[:VALUE_CHARACTERS_MAX]}",
        f"（版本 {difference.release}）" if difference.release else "",
    )


def _verdict(found: Sequence[ReplayFindings]) -> Text:
    differences = sum(len(one.differences) + len(one.unexplained) for one in found)
    if differences:
        return Text(f"重演结果不一致：{differences} 处。", style="bold red")
    entries, facts = sum(one.entries for one in found), sum(one.facts for one in found)
    return Text(f"重演一致：{entries:,} 项决定、{facts:,} 条发出的记录逐字节相同。", style="bold green")
