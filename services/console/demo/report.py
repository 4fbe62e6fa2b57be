"""What the demonstration prints at its end, read back from the mesh's own topics."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import TypeVar

from rich.console import Console, RenderableType
from rich.text import Text

from schemas.appraisal import AppraisalRefused, PanelScheduled
from schemas.arrears import ArrearsSettled, ReminderRequested
from schemas.cards import CardIssued, CardLost, CardSuspended
from schemas.fact import Fact
from schemas.notifications import NotificationDelivered, NotificationFact, NotificationFailed, NotificationUnclear
from schemas.outlets import CardReservationRefused, CardReserved
from services.audit import words
from services.audit.arrears import arrears_inventory
from services.audit.reading import MeshReader
from services.audit.timeline import timeline
from services.console import inventory_output, publish_output, replay_output, timeline_output
from services.console.all_services import ALL_SERVICES
from services.console.demo.script import DemoMesh, Demonstration
from services.console.titled import titled
from services.outlets.directory import OUTLETS

ROWS_SHOWN = 8

F = TypeVar("F", bound=Fact)


async def print_report(demo: Demonstration, mesh: DemoMesh, screen: Console) -> bool:
    """Print everything, while everything is decided again; gives whether the replay agrees."""
    replaying = asyncio.create_task(mesh.replayed())
    try:
        await _print_tables(demo, mesh, screen)
        replayed = await replaying
    finally:
        replaying.cancel()
    screen.print(replay_output.as_text(replayed))
    return all(findings.agrees for findings in replayed)


async def _print_tables(demo: Demonstration, mesh: MeshReader, screen: Console) -> None:
    screen.print(publish_output.as_text(demo.reports))
    screen.print(inventory_output.as_tables(await arrears_inventory(mesh), ROWS_SHOWN))
    screen.print(await _deliveries(mesh))
    screen.print(await _panels(mesh))
    screen.print(await _refused_applications(mesh))
    screen.print(await _cards(mesh))
    case = await _telling_case(mesh)
    if case:
        found = await timeline(mesh, ALL_SERVICES, case)
        screen.print(timeline_output.as_text(found, is_whole=False))


async def _facts(mesh: MeshReader, kind: type[F]) -> list[F]:
    return [mesh.codec.decode(kind.topic, record.value or b"") async for record in mesh.records([kind.topic])]


async def _deliveries(mesh: MeshReader) -> RenderableType:
    outcomes: tuple[tuple[str, type[NotificationFact]], ...] = (
        ("已送达", NotificationDelivered),
        ("未送达", NotificationFailed),
        ("不明", NotificationUnclear),
    )
    rows = []
    for name, kind in outcomes:
        counts = Counter((fact.channel, fact.detail_code) for fact in await _facts(mesh, kind))
        for (channel, detail), count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
            rows.append((name, words.plain_text(channel), words.plain_text(detail, "detail_code"), f"{count:,}"))
    return titled("通知送达情况", ("结果", "渠道", "说明", ">件数"), rows)


async def _panels(mesh: MeshReader) -> RenderableType:
    scheduled = sorted(await _facts(mesh, PanelScheduled), key=lambda fact: (fact.sitting_on, fact.slot))
    rows = []
    for fact in scheduled[:ROWS_SHOWN]:
        experts = "、".join(key.removeprefix("expert-") for key in fact.expert_keys)
        kind, standing = words.value_text("kind", fact.kind), words.plain_text(fact.standing)
        when = f"{fact.sitting_on} {fact.slot}"
        due = fact.conclusion_due_on.isoformat()
        rows.append((when, fact.application_reference, kind, experts, due, standing))
    if len(scheduled) > ROWS_SHOWN:
        rows.append(("……", f"另有 {len(scheduled) - ROWS_SHOWN} 场", "", "", "", ""))
    headings = ("|时间", "|申请", "鉴定事项", "专家", "|结论期限", "|期限")
    sizes = Counter(len(fact.expert_keys) for fact in scheduled)
    of_sizes = "，".join(f"{size} 人专家组 {count} 场" for size, count in sorted(sizes.items()))
    return titled(f"劳动能力鉴定排期：{len(scheduled)} 场（{of_sizes or '无'}）", headings, rows)


async def _refused_applications(mesh: MeshReader) -> RenderableType:
    refused = sorted(await _facts(mesh, AppraisalRefused), key=lambda fact: fact.application_reference)
    rows = [
        (
            fact.application_reference,
            words.value_text("kind", fact.kind),
            "；".join(words.plain_text(code) for code in fact.reasons),
        )
        for fact in refused
    ]
    return titled(f"不予受理的鉴定申请：{len(refused)} 件", ("|申请", "鉴定事项", "理由"), rows)


async def _cards(mesh: MeshReader) -> RenderableType:
    issued = Counter(fact.outlet_key for fact in await _facts(mesh, CardIssued))
    refused = Counter(fact.outlet_key for fact in await _facts(mesh, CardReservationRefused))
    left: dict[str, int] = {}
    for fact in await _facts(mesh, CardReserved):
        left[fact.outlet_key] = min(fact.blanks_left, left.get(fact.outlet_key, fact.blanks_left))
    reported, suspended = len(await _facts(mesh, CardLost)), len(await _facts(mesh, CardSuspended))
    title = f"即时制卡：挂失报告 {reported} 笔，挂失生效 {suspended} 张，制成新卡 {issued.total()} 张"
    rows = []
    for outlet in OUTLETS:
        numbers = (issued[outlet.key] or "", refused[outlet.key] or "", left.get(outlet.key, ""))
        rows.append((outlet.name, *(str(number) for number in numbers)))
    return titled(title, ("网点", ">制卡", ">无白卡转出", ">最低余量"), rows)


async def _telling_case(mesh: MeshReader) -> str:
    """The unit whose story is told: reminded, answered, paid; of these the one with the shortest story."""
    told: dict[str, set[str]] = defaultdict(set)
    lengths: Counter[str] = Counter()
    for kind in (ReminderRequested, NotificationDelivered, ArrearsSettled):
        for fact in await _facts(mesh, kind):
            told[fact.case_key].add(kind.topic)
            lengths[fact.case_key] += 1
    async for record in mesh.records(["contribution-paid", "contribution-assessed", "contribution-missed"]):
        lengths[(record.key or b"").decode()] += 1
    return _shortest((key for key, kinds in told.items() if len(kinds) == len(_STORY)), lengths)


_STORY = (ReminderRequested, NotificationDelivered, ArrearsSettled)


def _shortest(keys: Iterable[str], lengths: Counter[str]) -> str:
    return min(keys, key=lambda key: (lengths[key], key), default="")


def progress_line(title: str, at: str, published: int, rejected: int) -> Text:
    """One line while the demonstration runs."""
    names = {"history": "历史数据", "due-day": "缴费期限日", "end": "结束"}
    name = names.get(title) or title.replace("week-", "第") + "周"
    counts = f"报送 {published:,} 行，退回 {rejected} 行" if published or rejected else ""
    return Text(f"模拟时间 {at}  {name}  {counts}")
