"""A case's timeline as people read it."""

import json
from collections.abc import Sequence
from itertools import groupby

from rich.console import Group, RenderableType
from rich.text import Text

from services.audit.code_words import SERVICE_NAMES
from services.audit.timeline import Moment, Timeline, as_plain
from services.audit.words import OUTCOMES, local_time, visible
from services.console.chinese_lines import Hanging

SealedLine = tuple[str, str, str]
"""Business reference, title and what may be seen of a sealed field."""
INDENT = 4
_STYLES = {"refused": "red", "parked": "magenta", "already-known": "dim"}


ALIKE_SHOWN = 2
"""Of a run of decisions alike, so many are shown at its beginning; the rest is counted."""


def as_text(
    found: Timeline, sealed: Sequence[SealedLine] = (), *, is_whole: bool = True, with_signatures: bool = False
) -> RenderableType:
    """The timeline for a terminal; not whole: runs of decisions that are alike are cut and counted.

    `with_signatures`: with the key and the instant of each upstream record's signature.
    """
    moments = found.moments
    parts: list[RenderableType] = [Text(f"案件 {found.case_key}：{len(moments)} 项决定", style="bold")]
    for _, run in groupby(moments, key=lambda moment: (moment.service, moment.entry.code, moment.entry.topic)):
        alike = list(run)
        shown = alike if is_whole else alike[:ALIKE_SHOWN]
        parts += [_moment(moment, found.case_key, with_signature=with_signatures) for moment in shown]
        if len(shown) < len(alike):
            left, last = len(alike) - len(shown), local_time(alike[-1].at)
            parts.append(Hanging(Text(f"……同样的决定另有 {left} 项，至 {last}……", style="dim"), INDENT, INDENT))
    parts += [Text(f"  尚未处理：{visible(text)}", style="yellow") for text in found.waiting]
    parts += [Text(f"  密封内容：{title} {visible(shown)}（编号 {reference}）") for reference, title, shown in sealed]
    parts += [Text(f"  已拒收：{visible(text)}", style="red") for text in found.refused]
    parts += [Hanging(Text(f"有争议：{text}", style="yellow"), INDENT, INDENT // 2) for text in found.disputes]
    return Group(*parts)


def as_json(found: Timeline, sealed: Sequence[SealedLine] = ()) -> str:
    """The timeline as JSON."""
    lines = [{"reference": reference, "title": title, "shown": shown} for reference, title, shown in sealed]
    return json.dumps({**as_plain(found), "sealed": lines}, ensure_ascii=False, indent=2)


def _moment(moment: Moment, case_key: str, *, with_signature: bool) -> RenderableType:
    entry = moment.entry
    head = Text()
    head.append(f"{local_time(moment.at)} ", style="cyan")
    head.append(f"【{SERVICE_NAMES.get(moment.service, moment.service)}】", style="bold")
    if entry.case_key != case_key:
        head.append(f"（{entry.case_key}）", style="dim")
    head.append(visible(moment.cause))
    outcome = "" if entry.outcome == "decided" else f"（{OUTCOMES.get(entry.outcome, entry.outcome)}）"
    lines = [Text(f"签名：{visible(moment.signed)}", style="dim")] if with_signature and moment.signed else []
    lines += [Text(f"决定{outcome}：{visible(moment.reason)}", style=_STYLES.get(entry.outcome, ""))]
    if entry.paragraphs:
        lines.append(Text(f"依据：{'；'.join(entry.paragraphs)}", style="green"))
    lines += [Text(f"→ {visible(said)}") for said in moment.followed]
    if moment.provisional:
        lines.append(Text(moment.provisional, style="yellow"))
    return Group(Hanging(head, INDENT), *(Hanging(line, INDENT + 2, INDENT) for line in lines))
