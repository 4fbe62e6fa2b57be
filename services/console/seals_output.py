"""What a verification of the decision records found, for people and as JSON."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from schemas.decision import LEGAL_ZONE
from services.audit.chain import FOREIGN_KEY, FOREIGN_SCHEMA, NO_PREFIX, OF_ANOTHER_TASK, UNDECODABLE, WITHOUT_ENTRIES
from services.audit.code_words import SERVICE_NAMES
from services.audit.diagnosis import PERHAPS_BEFORE
from services.audit.findings import Finding, Kind, TaskStanding, Verification
from services.audit.seal_keys import development_seal_key
from services.audit.verifying import EXPORTED
from services.console.titled import titled

FINDINGS_SHOWN = 100

KIND_TEXTS = {
    Kind.CHANGED: "记录被改动",
    Kind.REMOVED: "记录被删除",
    Kind.INSERTED: "混入不属于本链的记录",
    Kind.REORDERED: "记录次序被调换",
    Kind.TAIL_CUT: "末尾被截断（早于最后一次签封）",
    Kind.REWRITTEN: "整段改写：链条自洽，但与签封不符",
    Kind.MOVED: "记录内容未变，位移与签封不符",
    Kind.SEAL_FORGED: "签封的签名无效",
    Kind.SEAL_KEY_UNKNOWN: "签封所用密钥不在公钥文件中",
    Kind.SEAL_KEY_NOT_IN_FORCE: "签封所用密钥当时不在有效期内",
    Kind.SEAL_MISPLACED: "签封属于另一任务",
    Kind.SEAL_UNREADABLE: "签封无法解读",
    Kind.SEAL_MISSING: "导出的签封已不在主题中",
    Kind.ROOT_DIFFERS: "导出的签封与所记总根不符",
}
"""What was done, in words; a test keeps it complete."""

DETAIL_TEXTS = {
    NO_PREFIX: "没有模式注册中心的前缀",
    OF_ANOTHER_TASK: "属于另一任务",
    FOREIGN_KEY: "记录的键不是本分区",
    UNDECODABLE: "无法解码",
    FOREIGN_SCHEMA: "所标模式不是本版本保存的契约：被调换，或者由更新的版本写入",
    WITHOUT_ENTRIES: "不含决定",
    PERHAPS_BEFORE: "其前一条也可能被改动",
}
"""Codes of details, in words."""
SAID_INSTEAD = {Kind.MOVED: "签封所记位移 ", Kind.REWRITTEN: "签封所记摘要 ", Kind.ROOT_DIFFERS: "实为、应为："}
"""What stands before a detail that is no code."""


DEVELOPMENT_TEXT = "签封用的是公开的开发密钥：任何人都能照样签封，以下结论只适用于沙箱，不能作为证据。"
"""Stands above the verdict where it rests on the key that everybody has."""


WITHOUT_SEALS = "未证明的是：没有用 --seals 与另存的签封比对，末尾若连同其签封一起被删，无从查知。"
WITHOUT_ROOT = "未证明的是：没有给出另行抄存的总根（--root），导出的签封文件若被删去几行并重算总根，无从查知。"


def not_proved(*, with_seals: bool, with_root: bool) -> str:
    """Say in one sentence what a verification leaves open by what it was not given; empty where it was given all."""
    if not with_seals:
        return WITHOUT_SEALS
    return "" if with_root else WITHOUT_ROOT


def as_text(found: Verification, unproved: str) -> RenderableType:
    """A row a service, the spans that no seal covers, every finding with its place, what is not proved, the verdict."""
    parts: list[RenderableType] = [_services(found.tasks)]
    open_tasks = [task for task in found.tasks if task.unsealed_entries]
    if open_tasks:
        parts.append(_unsealed(open_tasks))
    parts += [_finding(one) for one in found.findings[:FINDINGS_SHOWN]]
    if len(found.findings) > FINDINGS_SHOWN:
        parts.append(Text(f"另有 {len(found.findings) - FINDINGS_SHOWN:,} 处，见 --format json。", style="red"))
    if development_seal_key().key_id in found.keys:
        parts.append(Text(DEVELOPMENT_TEXT, style="red"))
    if unproved:
        parts.append(Text(unproved, style="yellow"))
    parts.append(_verdict(found))
    return Group(*parts)


def _services(tasks: Iterable[TaskStanding]) -> RenderableType:
    of_service: dict[str, list[TaskStanding]] = defaultdict(list)
    for task in tasks:
        of_service[task.service].append(task)
    rows = []
    for service, own in of_service.items():
        entries, unsealed = sum(task.entries for task in own), sum(task.unsealed_entries for task in own)
        numbers = (len(own), sum(task.records for task in own), entries, unsealed)
        rows.append((f"{SERVICE_NAMES.get(service, service)} {service}", *(f"{number:,}" for number in numbers)))
    return titled("决定记录核验", ("服务", ">任务", ">记录", ">决定", ">未签封"), rows)


def _unsealed(tasks: Iterable[TaskStanding]) -> RenderableType:
    rows = [
        (
            task.service,
            str(task.partition),
            f"{task.unsealed_from:,}–{task.unsealed_from + task.unsealed_entries - 1:,}",
            f"{task.unsealed_entries:,}",
            f"{task.unsealed_records:,}",
            "从未" if task.sealed_at is None else f"{task.sealed_at.astimezone(LEGAL_ZONE):%Y-%m-%d %H:%M:%S}",
        )
        for task in tasks
    ]
    return titled(
        "尚未签封（此段末尾若被截断，无从查知）", ("|服务", ">分区", ">决定序号", ">决定", ">记录", "|末次签封"), rows
    )


def _finding(finding: Finding) -> Text:
    is_exported = finding.topic == EXPORTED
    detail = DETAIL_TEXTS.get(finding.detail, f"{SAID_INSTEAD.get(finding.kind, '')}{finding.detail}")
    return Text.assemble(
        (f"{KIND_TEXTS[finding.kind]} ", "red"),
        "导出文件" if is_exported else finding.topic,
        f" 分区 {finding.partition}" if finding.partition >= 0 else "",
        f" {'第' if is_exported else '位移'} {finding.offset}{' 行' if is_exported else ''}"
        if finding.offset >= 0
        else "",
        _numbers(finding),
        f"（{detail}）" if finding.detail else "",
    )


def _numbers(finding: Finding) -> str:
    if finding.first_number < 0:
        return ""
    span = f"第 {finding.first_number:,} 项"
    return f" {span}" if finding.first_number == finding.last_number else f" {span}至第 {finding.last_number:,} 项"


def _verdict(found: Verification) -> Text:
    if found.findings:
        return Text(f"核验不通过：{len(found.findings):,} 处。", style="bold red")
    entries, unsealed = sum(t.entries for t in found.tasks), sum(t.unsealed_entries for t in found.tasks)
    text = f"核验通过：{entries:,} 项决定环环相扣，与 {found.seals:,} 个签封相符；其中 {unsealed:,} 项尚未签封。"
    return Text(text, style="bold green")


def as_json(found: Verification, unproved: str) -> str:
    """Everything, by task; hashes as hex."""
    return json.dumps(
        {
            "sound": found.is_sound,
            "seals": found.seals,
            "keys": sorted(found.keys),
            "proves_nothing": development_seal_key().key_id in found.keys,
            "not_proved": unproved,
            "tasks": [_task(task) for task in found.tasks],
            "findings": _findings(found.findings),
        },
        ensure_ascii=False,
        indent=2,
    )


def _task(task: TaskStanding) -> dict[str, object]:
    return {
        "service": task.service,
        "partition": task.partition,
        "records": task.records,
        "entries": task.entries,
        "head_hash": task.head.hex(),
        "sealed_number": None if task.sealed is None else task.sealed.last_number,
        "sealed_at": None if task.sealed_at is None else task.sealed_at.isoformat(),
        "unsealed_from": task.unsealed_from,
        "unsealed_entries": task.unsealed_entries,
        "unsealed_records": task.unsealed_records,
    }


def _findings(findings: Sequence[Finding]) -> list[dict[str, object]]:
    return [
        {
            "kind": finding.kind.value,
            "text": KIND_TEXTS[finding.kind],
            "topic": finding.topic,
            "partition": finding.partition,
            "offset": finding.offset,
            "first_number": finding.first_number,
            "last_number": finding.last_number,
            "detail": finding.detail,
        }
        for finding in findings
    ]
