"""What was found of a signed inventory, in words."""

from collections.abc import Mapping, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from services.audit.inventory_snapshot import Snapshot, SnapshotFault, SnapshotFinding
from services.audit.seal_keys import SealFault, development_seal_key
from services.audit.words import yuan
from services.console.seals_output import DEVELOPMENT_TEXT

FAULT_TEXTS: Mapping[str, str] = {
    SealFault.KEY_UNKNOWN: "签名所用的密钥不在公钥文件中",
    SealFault.KEY_NOT_IN_FORCE: "签名时间不在密钥的有效期之内",
    SealFault.FORGED: "签名与内容不符：内容被改动，或者签名系伪造",
    SnapshotFault.NOT_CANONICAL: "文件的写法与签封时不同（多了或少了空白、顺序有变）",
    SnapshotFault.DOES_NOT_ADD_UP: "底数、结构与清单不相符",
    SnapshotFault.HEAD_MISSING: "决定记录中没有它所依据的链首",
}
"""Each fault in words (Chinese)."""
WITHOUT_LOG = "未证明的是：没有与决定记录比对（--with-log），持有签封密钥的人另算、另签的一份，无从查知；请与抄存的 SHA-256 核对。"


def as_text(snapshot: Snapshot, findings: Sequence[SnapshotFinding], *, with_log: bool) -> RenderableType:
    """The verdict, with what was verified."""
    statement, total = snapshot.statement, snapshot.statement["total"]
    told = [
        Text(
            f"欠费底数签封件：截至 {snapshot.as_of}，{total['units']} 个单位，{total['lines']} 条，"
            f"本金 {yuan(total['principal_fen'])}，滞纳金 {yuan(total['late_fee_fen'])}"
        ),
        Text(
            f"签封时间 {statement['drawn_at']}，密钥 {statement['key_id']}，依据 {len(snapshot.heads)} 个任务的决定记录"
        ),
        Text(f"SHA-256（请另行抄存）：{snapshot.digest}"),
    ]
    if statement["key_id"] == development_seal_key().key_id:
        told.append(Text(DEVELOPMENT_TEXT, style="red"))
    told += [Text(f"· {FAULT_TEXTS[one.code]}{_place(one)}", style="red") for one in findings]
    if findings:
        return Group(*told, Text(f"核验不通过：{len(findings)} 处。", style="bold red"))
    if not with_log:
        told.append(Text(WITHOUT_LOG, style="yellow"))
    log = "；所依据的链首均在决定记录之中" if with_log else ""
    return Group(*told, Text(f"核验通过：签名有效，底数、结构与清单相符{log}。", style="bold green"))


def _place(finding: SnapshotFinding) -> str:
    return "" if finding.partition is None else f"（任务 {finding.partition}）"
