"""Keys and acts on them as tables: references, days and people; never a key."""

from collections.abc import Iterable, Sequence
from datetime import date

from rich.console import RenderableType

from schemas.sealed_fields import Compartment
from services.audit.words import local_time
from services.console.titled import titled
from services.runtime.vault import keeping
from services.runtime.vault.acts import CONFIRMED_BY, Act, Action
from services.runtime.vault.store import StoredVault

COMPARTMENTS_ZH = {Compartment.CONTACT: "联系方式", Compartment.NAME: "姓名", Compartment.FINDING: "诊断结论"}
ACTIONS_ZH = {
    Action.MASTER_ROTATED: "主密钥轮换",
    Action.DATA_ROTATED: "数据密钥轮换",
    Action.ERASURE_ASKED: "申请删除",
    Action.ERASED: "已删除",
    Action.READMISSION_ASKED: "申请恢复收存",
    Action.READMITTED: "已恢复收存",
}


def names(compartments: Iterable[Compartment]) -> str:
    """Name compartments in Chinese."""
    return "、".join(COMPARTMENTS_ZH[one] for one in compartments)


def status_table(vault: StoredVault) -> RenderableType:
    """What the vault holds, by compartment; a master key that is not the newest is marked."""
    rows = []
    for one in keeping.status(vault):
        newest = vault.masters.newest(one.compartment)
        masters = [
            f"{master}{'' if master == newest else '（旧）'}：{count:,}"
            for master, count in sorted(one.by_master.items())
        ]
        counts = (f"{one.subjects:,}", f"{one.keys:,}", f"{one.erased_subjects:,}")
        rows.append((COMPARTMENTS_ZH[one.compartment], *counts, "\n".join(masters)))
    return titled("数据密钥", ("|分区", ">主体", ">密钥", ">已删除的主体", "主密钥及其包裹的密钥数"), rows)


def keys_table(keys: Sequence[tuple[Compartment, int, date, str, int | None]]) -> RenderableType:
    """One subject's keys."""
    rows = [
        (
            COMPARTMENTS_ZH[compartment],
            str(generation),
            "最初" if from_on == date.min else from_on.isoformat(),
            reference,
            "" if erased_by is None else f"已删除（操作 {erased_by}）",
        )
        for compartment, generation, from_on, reference, erased_by in keys
    ]
    return titled("该主体的数据密钥", ("|分区", ">代", "|自此日起的事项", "|编号", "状态"), rows)


def acts_table(acts: Sequence[Act], title: str) -> RenderableType:
    """Acts, with who did them and why."""
    rows = []
    for act in acts:
        who = act.issued_by if act.issued_by == act.login else f"{act.issued_by}（登录名 {act.login}）"
        what = ACTIONS_ZH[act.action] + (f"（申请 {act.confirms}）" if act.confirms else "")
        about = " ".join(part for part in (act.subject, names(act.compartments)) if part)
        count = f"，{act.keys:,} 个密钥" if act.keys else ""
        why = "；".join(part for part in (act.because, act.authority and f"依据 {act.authority}") if part)
        rows.append((str(act.number), local_time(act.at), what + count, about, who, why))
    return titled(f"{title}：{len(acts)} 项", (">序号", "|时间", "操作", "对象", "操作人", "事由"), rows)


def waiting(acts: Sequence[Act]) -> list[Act]:
    """Requests that nobody confirmed yet."""
    confirmed = {act.confirms for act in acts}
    return [act for act in acts if act.action in CONFIRMED_BY and act.number not in confirmed]
