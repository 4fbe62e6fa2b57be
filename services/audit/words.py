"""Facts, codes and values in the words of the office (Chinese), for timelines and lists."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from schemas.appraisal import PanelSeat
from schemas.decision import LEGAL_ZONE
from schemas.fact import Fact, Sealed
from schemas.page import PageActRecorded
from schemas.unit_status import ClaimByBooks
from services.audit.code_words import TRUTHS, of_code
from services.runtime.effect_texts import REASON_TEXTS as EFFECT_TEXTS
from services.runtime.refusals import CODES

SENTENCES = {
    "unit-registered": "单位登记：{unit_name}（编号 {business_reference}{revision_note}）",
    "contribution-assessed": "核定 {month} {insurance}应缴 {assessed_fen}，缴费期限 {due_on}（编号 {business_reference}{revision_note}）",
    "contribution-missed": "报来 {month} {insurance}应缴未缴，应缴 {assessed_fen}，缴费期限 {due_on}（编号 {business_reference}）",
    "contribution-paid": "{paid_on} 缴纳 {month} {insurance} {paid_fen}（编号 {business_reference}）",
    "arrears-opened": "欠费立案：{line_count} 条，本金 {principal_fen}，滞纳金 {late_fee_fen}（计至 {as_of}）{paid_late_note}",
    "arrears-changed": "欠费变动：{line_count} 条，本金 {principal_fen}，滞纳金 {late_fee_fen}（计至 {as_of}）{paid_late_note}{written_off_note}",
    "arrears-settled": "欠费缴清（{as_of}）：本金已清，尚欠滞纳金 {late_fee_on_paid_lines_fen}{written_off_note}",
    "unit-paid": "{paid_on} 单位缴费 {paid_fen}：{month} {insurance} {meant_for}（编号 {business_reference}{revision_note}）",
    "clearance-recorded": "结清证明 {clearance_number}（{standing}）：{line_count} 条，已缴本金 {paid_fen}，滞纳金 {late_fee_paid_fen}",
    "unit-status-reported": "报来单位存续状态：{status}，{occurred_on}（编号 {business_reference}{revision_note}）{court}",
    "insolvency-act-recorded": "征缴岗位登记：{act}，{occurred_on}（编号 {business_reference}{revision_note}），经办 {decided_by}",
    "unit-measure-changed": "措施：{measure}（{stage}），清偿责任：{liable}{successors_note}{deadline_note}{claim_note}",
    "insolvency-deadline-alerted": "{alert}：{deadline_kind}，{deadline_on}（{measure}）",
    "enforcement-act-recorded": "征缴岗位登记：补缴通知{notice_number}，{act}{paper_note}，{occurred_on}（编号 {business_reference}），经办 {decided_by}",
    "enforcement-changed": "强制征缴（补缴通知{notice_number}）：{explanation}欠缴本金 {principal_fen}，滞纳金 {late_fee_fen}（计至 {as_of}）{next_note}{documents_note}",
    "reminder-requested": "请求{reminder_note}，渠道：{channel}",
    "reminder-cancelled": "撤回尚未发出的提醒（{reason_code}）",
    "reminder-answered": "第 {step} 次提醒结果：{outcome} {promised_on}",
    "payment-notice-act-recorded": "征缴岗位就限期补缴通知书{ordinal_note}办理：{act}（编号 {business_reference}{revision_note}）",
    "payment-notice-changed": "限期补缴通知书{ordinal_note}{number_note}：{stage}（{reason_code}），本金 {principal_fen}，尚欠 {open_fen}{term_note}",
    "debt-inherited": "承继 {predecessor_name}（{predecessor}）的欠费：本金 {principal_fen}，滞纳金 {late_fee_fen}",
    "compliance-gap-found": "合规缺口：{found_on} 查明的欠费应于 {notice_due_on} 前发出通知，本金 {principal_fen} {closed_by}",
    "document-number-requested": "请求文号（{register_key}）",
    "document-number-given": "给出文号：{register_key} 第 {sequence_number} 号",
    "page-act-recorded": "页面操作：{person} {act}{page_note}",
    "officer-published": "公布征缴责任人 {officer}（{duty}），负责 {districts}",
    "case-assignment-act-recorded": "征缴岗位{act}：{officer}{deadline_on}（理由：{grounds}；编号 {business_reference}）",
    "case-assigned": "案件分派：责任人 {officer}，办理期限 {deadline_on}（{reason_code}）",
    "case-escalated": "办理期限 {missed_on} 已过，第 {level} 次上报负责人 {escalated_to}，改限 {deadline_on}",
    "document-requested": "请求制作《{kind}》{document_number}，成文日期 {dated_on}",
    "document-attempted": "文书制作答复：{outcome}（{detail_code}）",
    "document-completed": "文书制作结果：{outcome}（{detail_code}），{page_count} 页，SHA-256 {sha256}",
    "delivery-requested": "交办送达《{title}》，渠道：{channel}",
    "delivery-withdrawn": "撤回送达请求（{reason_code}）",
    "delivery-queued": "送达请求排队等候执行",
    "delivery-attempted": "渠道答复：{outcome}（{detail_code}）",
    "delivery-completed": "送达结果：{outcome}（{detail_code}）",
    "notification-delivered": "通知已送达（{channel}，{detail_code}）",
    "notification-failed": "通知未送达（{channel}，{detail_code}）",
    "notification-unclear": "通知是否送达不明（{channel}，{detail_code}）",
    "appraisal-submitted": "收到鉴定申请 {business_reference}{revision_note}：{kind}，收件 {received_on}，专业：{specialties}",
    "appraisal-withdrawn": "申请人撤回申请 {reverses}",
    "appraisal-extension-decided": "鉴定办公室决定延长申请 {application_reference} 的期限：{ground}",
    "expert-registered": "登记专家 {expert_key}：{specialties}",
    "appraisal-accepted": "受理申请 {application_reference}，应不迟于 {conclusion_due_on} 作出结论",
    "appraisal-refused": "不予受理申请 {application_reference}：{reasons}",
    "appraisal-corrections-requested": "要求补正申请 {application_reference} 的材料：{missing}，不迟于 {bring_by} 补齐",
    "appraisal-extended": "延长申请 {application_reference} 的期限至 {extended_due_on}（{reason}）",
    "appraisal-closed": "申请 {application_reference} 终结（{reason}）",
    "panel-requested": "为申请 {application_reference} 请求专家库抽取专家：{specialties}",
    "panel-released": "退回申请 {application_reference} 的专家组",
    "panel-drawn": "专家库抽取 {seats}，定于 {sitting_on} {slot}",
    "panel-declined": "专家库暂不能抽取专家：{reasons}",
    "panel-scheduled": "鉴定排期：{sitting_on} {slot}，{place}，专家 {expert_keys}",
    "appraisal-notice-requested": "请求告知申请人《{title}》，渠道：{channel}",
    "card-lost": "{reported_at} 报告社保卡丢失：{report_kind}（编号 {business_reference}），即时补卡：{wants_instant_card}",
    "card-found": "{found_at} 持卡人找到社保卡，请求解挂",
    "card-suspended": "社保卡挂失生效：{report_kind}，{suspended_at} 起",
    "card-suspension-lifted": "社保卡解除挂失（{reason_code}）",
    "card-cancelled": "旧卡作废（{reason_code}）",
    "card-issuance-requested": "请求在 {outlet_key} 制卡",
    "card-issuance-attempted": "制卡机答复：{outcome}（{detail_code}）",
    "card-issuance-completed": "制卡结果：{outcome}（{detail_code}），序列号 {receipt}",
    "card-issued": "新卡制成：序列号 {card_serial}，{outlet_key}",
    "card-issuance-abandoned": "未能即时制卡（{reason_code}）",
    "card-notice-requested": "请求告知持卡人《{title}》，渠道：{channel}",
    "outlet-published": "公布网点 {name}",
    "outlet-stocked": "网点白卡 {kind}：{blanks} 张",
    "card-reservation-requested": "向 {outlet_key} 申请预留白卡",
    "card-reservation-released": "退回 {outlet_key} 预留的白卡（{reason_code}）",
    "card-reservation-used": "{outlet_key} 预留的白卡已用于制卡",
    "card-reserved": "{outlet_key} 已预留白卡，尚余 {blanks_left} 张",
    "card-reservation-refused": "{outlet_key} 不能预留白卡（{reason_code}）",
    "card-reservation-expired": "{outlet_key} 的预留到期",
    "clock-ticked": "时钟：{now}",
    "calendar-published": "公布 {year} 年放假安排",
    "parameter-published": "公布参数 {name} = {value}",
    "producer-key-published": "公布 {system} 的签名公钥 {key_id}，自 {begins_at} 起",
}
"""One sentence a fact."""

RUNTIME_TEXTS = {
    **CODES,
    **EFFECT_TEXTS,
    "repeat": "同一记录先前已收到",
    "rules-broken": "处理出错（{error}），本案暂停，等候修复后继续",
    "case-parked": "本案暂停办理，记录依次等候",
    "reference-kept": "已记下",
    "reference-not-newer": "先前已有同样或者更新的内容",
    "tick": "时钟",
    "tick-not-later": "时钟未前进",
    "released": "已按指令继续办理",
    "nothing-parked": "没有等候的记录",
    "redriven": "已按指令重新办理",
    "resumed": "已按指令恢复",
    "nothing-halted": "没有停办的任务",
}
"""Reasons that the runtime itself gives."""

OUTCOMES = {"decided": "已决定", "already-known": "先前已知", "refused": "拒收", "parked": "暂停"}

_CODE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d.*")


_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
"""Controls of a terminal, of the direction of writing, and what takes no room."""


def visible(text: str) -> str:
    r"""Write a sender's text so that it shows what it is: what a terminal or a table would act on shows as `\u001b`."""
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def sentence(fact: Fact) -> str:
    """Say a fact in one Chinese sentence, in signs that can be seen."""
    return visible(_sentence(fact))


def _sentence(fact: Fact) -> str:
    shown = {name: value_text(name, value) for name, value in fact}
    revision = getattr(fact, "revision", 1)
    shown["revision_note"] = f"，第 {revision} 版" if revision > 1 else ""
    shown["written_off_note"] = f"，已核销 {shown['written_off_fen']}" if getattr(fact, "written_off_fen", 0) else ""
    paid_late_fen = getattr(fact, "late_fee_on_paid_lines_fen", 0)
    shown["paid_late_note"] = f"，另有已缴条目尚欠滞纳金 {yuan(paid_late_fen)}" if paid_late_fen else ""
    shown["deadline_note"] = (
        f"，期限：{shown['deadline_kind']} {shown['deadline_on']}" if shown.get("deadline_kind") else ""
    )
    shown["successors_note"] = f"（{shown['successors']}）" if shown.get("successors") else ""
    shown["ordinal_note"] = f"第 {shown['ordinal']} 份" if shown.get("ordinal") else ""
    shown["number_note"] = f"（{shown['number']}）" if shown.get("number") else ""
    shown["paper_note"] = _paper_note(shown)
    shown["reminder_note"] = _reminder_note(getattr(fact, "step", 0))
    shown["next_note"] = _next_note(shown)
    shown["documents_note"] = f"；所需文书：{shown['documents']}" if shown.get("documents") else ""
    shown["term_note"] = _term_note(shown)
    shown["page_note"] = _page_note(shown) if isinstance(fact, PageActRecorded) else ""
    claim = getattr(fact, "claim", None)
    shown["claim_note"] = _claim_note(claim) if isinstance(claim, ClaimByBooks) else ""
    template = SENTENCES.get(fact.topic)
    if template is None:
        return f"{fact.topic}：" + "，".join(f"{name} {text}" for name, text in shown.items() if text)
    text = template.format_map(shown)
    reverses = getattr(fact, "reverses", None)
    return f"{text}，冲销 {reverses}" if reverses and "{reverses}" not in template else text


def _reminder_note(step: int) -> str:
    """Which reminder it is: 0 is the warning before a due date, of which nobody would say the nought-th."""
    return f"第 {step} 次提醒缴费" if step else "缴费到期预警"


def _next_note(shown: Mapping[str, str]) -> str:
    """Who acts next in an enforcement, and by when; nothing where it has ended."""
    if not shown.get("next_role"):
        return ""
    return f"；下一步：{shown['next_role']}" + (f"，期限 {shown['deadline_on']}" if shown["deadline_on"] else "")


def _term_note(shown: Mapping[str, str]) -> str:
    """When a notice was received, and its last day; both where it was extended."""
    if not shown.get("served_on"):
        return ""
    extended = f"，延长至 {shown['extended_until']}" if shown.get("extended_until") else ""
    return f"，{shown['served_on']} 送达，补缴期限至 {shown['deadline_on']}{extended}"


def _paper_note(shown: Mapping[str, str]) -> str:
    """Which paper an act orders, and the term of a demand."""
    days = shown.get("perform_within_working_days")
    term = f"，履行期限 {days} 个工作日" if days else ""
    return f"（{shown['document']}{term}）" if shown.get("document") else ""


def _page_note(shown: Mapping[str, str]) -> str:
    """What an act of the page was about, why, and why it was refused, as far as it says."""
    action = f"（{shown['action']}）" if shown["action"] != shown["act"] else ""
    parts = [" ".join(filter(None, (shown["service"], shown["items"])))]
    parts += [f"{word}：{shown[name]}" for word, name in (("理由", "explanation"), ("说明", "code")) if shown[name]]
    return action + "".join(f"，{part}" for part in parts if part)


def _claim_note(claim: ClaimByBooks) -> str:
    """What of a claim must be declared and what need not."""
    return (
        f"，账面应受偿本金 {yuan(claim.principal_fen)}（其中不必申报的个人账户部分估算 {yuan(claim.listed_estimate_fen)}），"
        f"受理前滞纳金 {yuan(claim.late_fee_fen)}，已申报 {yuan(claim.claimed_fen)}"
    )


def reason(template: str, values: Mapping[str, str]) -> str:
    """Fill a reason's Chinese text; a value it does not know how to fill shows as it is."""
    shown = {name: plain_text(value, name) for name, value in values.items()}
    try:
        return template.format_map(shown)
    except (KeyError, IndexError, ValueError):
        return f"{template} {dict(shown)}"


def value_text(name: str, value: Any) -> str:
    """Write one field of a fact for people."""
    if isinstance(value, tuple):
        return "、".join(value_text(name, part) for part in value)
    if isinstance(value, int) and not isinstance(value, bool) and name.endswith("_fen"):
        return yuan(value)
    for kind, write in _WRITERS:
        if isinstance(value, kind):
            return write(value)
    return plain_text(str(value), name)


def plain_text(text: str, name: str = "") -> str:
    """Write a value for people: known codes in Chinese, as the field of that name means them, instants in Weihai's time."""
    if _INSTANT.fullmatch(text):
        return _instant_text(text)
    parts = text.split(",")
    if len(parts) > 1 and all(_CODE.fullmatch(part) for part in parts):
        return "、".join(of_code(part, name) for part in parts)
    return of_code(text, name)


def _instant_text(text: str) -> str:
    try:
        return local_time(datetime.fromisoformat(text))
    except ValueError:
        return text


def yuan(amount_fen: int) -> str:
    """Write fen as yuan: `1,234.56元`."""
    sign = "-" if amount_fen < 0 else ""
    whole, rest = divmod(abs(amount_fen), 100)
    return f"{sign}{whole:,}.{rest:02d}元"


def local_time(instant: datetime) -> str:
    """Write an instant in Weihai's time, to the minute."""
    return instant.astimezone(LEGAL_ZONE).strftime("%Y-%m-%d %H:%M")


_WRITERS: tuple[tuple[type, Callable[[Any], str]], ...] = (
    (type(None), lambda _: ""),
    (Sealed, lambda _: "（已加密）"),
    (PanelSeat, lambda seat: str(seat.expert_key)),
    (bool, lambda value: TRUTHS[value]),
    (datetime, local_time),
    (date, lambda day: str(day.isoformat())),
)
"""How kinds of values are written; the first that fits is taken, so an instant comes before a date."""
