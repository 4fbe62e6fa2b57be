"""The words of notices, their acts, early warnings and reminders' outcomes that people read (Chinese)."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from schemas.payment_notices import NoticeAct, NoticeStage
from schemas.vocabulary import INSURANCE_NAMES_ZH, Agency, Insurance
from services.arrears import law, law_notice
from services.arrears.texts_wording import day, months, yuan

REASON_TEXTS = {
    "notice-draw-up": "按岗位要求拟制限期补缴通知书（第 {ordinal} 份），待签发",
    "notice-issue": "限期补缴通知书（第 {ordinal} 份）已签发并经审批，待编文号",
    "notice-serve": "限期补缴通知书（第 {ordinal} 份）送达情况已登记，补缴期限自收到之日起算",
    "notice-extend-term": "限期补缴通知书（第 {ordinal} 份）补缴期限经审批延长，原期限仍予记载",
    "notice-withdraw": "限期补缴通知书（第 {ordinal} 份）经审批撤回",
    "notice-correct-number": "限期补缴通知书（第 {ordinal} 份）更正文号，待发文登记核对",
    "notice-issued": "限期补缴通知书（第 {ordinal} 份）已编文号：{number}，待送达",
    "notice-document-made": "限期补缴通知书（第 {ordinal} 份）文书已制作存档（{sha256}）",
    "notice-document-failed": "限期补缴通知书（第 {ordinal} 份）文书未能制作：{detail}",
    "notice-act-impossible": "不能办理“{act}”：{reasons_text}",
    "act-not-reversible": "已办理的岗位行为不能冲销，请以新的行为（撤回、更正）处理",
    "act-not-correctable": "除送达情况外，已办理的岗位行为不能以更高版本更正，请以新的行为处理",
    "number-given": "已编发文顺序号 {number}",
    "number-taken": "发文顺序号 {number} 已用于其他文书，不能再用",
    "number-not-needed": "文号已编出，但文书已不再需要，该号作废（{key}）",
    "number-of-another": "所更正的文号已用于其他文书，仍用原文号 {number}",
    "number-corrected": "文号已更正为 {number}",
    "notice-deadline-passed": "补缴期限届满仍未足额补缴：{notices} 份通知书逾期",
    "notice-deadline-moved": "按新公布的工作日安排，{notices} 份通知书的补缴期限尚未届满",
    "compliance-gap-found": "查明欠费已满5个工作日，尚未发出限期补缴通知，记为合规缺口（现行做法：{policy}）",
    "compliance-gap-not-yet": "核对限期补缴通知的发出期限：尚未届满，或者已不需要（现行做法：{policy}）",
    "notice-drawn-up": "欠费已达到下达限期补缴通知书的条件，已拟制，待签发",
    "notice-not-yet-due": "核对下达限期补缴通知书的条件：尚未达到",
    "early-warning-asked": "该单位曾逾期缴费，在缴费期限届满前预警提醒",
    "early-warning-not-needed": "到期预警核对：已缴纳、无法联系或者正在提醒之中，不再预警",
    "early-warning-moved": "当日为休息日，到期预警顺延至下一个工作日",
    "early-warning-answered": "到期预警已有结果",
    "answer-of-another": "该通知结果与缴费提醒无关",
    "answer-not-awaited": "该次提醒已有结果或者已不在办理之中",
    "reminder-not-sent": "第 {step} 次提醒未能发出，下次提醒照常进行",
    "reminder-reached": "第 {step} 次提醒已通知到单位",
    "reminder-promised": "第 {step} 次提醒：单位承诺于 {promised_on} 前缴费，届时核对",
    "reminder-promised-far": "第 {step} 次提醒：单位承诺于 {promised_on} 前缴费，超过最长等候期限，等候至 {waited_to}，之后再行提醒",
    "reminder-refused": "第 {step} 次提醒：单位拒绝缴费，不再电话提醒",
    "reminder-wrong-number": "第 {step} 次提醒：登记的电话号码有误，请经办岗位核实新号码",
    "reminder-no-answer": "第 {step} 次提醒：多次拨打无人接听，提前再次提醒",
    "promise-broken": "承诺的缴费日期已过仍未缴费（第 {broken} 次未守承诺），跳过一次提醒",
    "promise-broken-last": "承诺的缴费日期已过仍未缴费（第 {broken} 次未守承诺），不再电话提醒",
}
"""Chinese text of each reason code."""

ACT_NAMES = {
    NoticeAct.DRAW_UP: "拟制",
    NoticeAct.ISSUE: "签发",
    NoticeAct.SERVE: "送达",
    NoticeAct.EXTEND: "延长期限",
    NoticeAct.WITHDRAW: "撤回",
    NoticeAct.CORRECT_NUMBER: "更正文号",
}

OBJECTION_TEXTS = {
    "nothing-to-draw-up": "没有未列入通知书的欠费",
    "notice-unknown": "本单位没有这一份通知书",
    "notice-ended": "该通知书已办结（已缴清、已取消或者已撤回）",
    "issued-already": "该通知书已签发",
    "before-drawn-up": "签发日期早于拟制日期",
    "nothing-owed-on-that-day": "所列欠费在该签发日期均未到期或者已缴清，请以更晚的日期签发",
    "not-issued": "该通知书尚未签发编号",
    "served-already": "该通知书已送达；更正送达情况请用原业务编号的更高版本",
    "before-issued": "送达日期早于签发日期",
    "correction-not-approved": "更正送达情况使补缴期限、强制征缴的期限随之变动，须由另一人核准",
    "not-served": "该通知书尚未送达，补缴期限尚未起算",
    "deadline-over": "补缴期限已届满，不能再延长",
    "extension-not-later": "延长后的期限不晚于现有期限",
    "extension-too-long": "延长超过岗位规定的最长日数；需要更长时间的，按延期缴费协议办理",
    "not-numbered": "该通知书尚无文号",
    "number-asked-already": "文号更正正在核对之中",
}
"""What speaks against an act."""

STAGE_NAMES = {
    NoticeStage.DRAWN_UP: "已拟制，待签发",
    NoticeStage.APPROVED: "已签发，待编文号",
    NoticeStage.ISSUED: "待送达",
    NoticeStage.SERVED: "已送达",
    NoticeStage.OVERDUE: "逾期未缴",
    NoticeStage.COMPLIED: "已缴清",
    NoticeStage.CANCELLED: "已取消",
    NoticeStage.WITHDRAWN: "已撤回",
}

CHANGE_NAMES = {
    "drawn-up": "新拟制",
    "redrawn": "所列欠费有变，重新拟制",
    "issued": "已编文号",
    "served": "已送达",
    "service-corrected": "更正送达情况",
    "extended": "延长期限",
    "withdrawn": "已撤回",
    "number-corrected": "更正文号",
    "deadline-passed": "期限届满",
    "paid": "已缴清",
    "part-paid": "缴纳一部分",
    "document-made": "文书已制作",
    "other-procedure": "改按其他程序办理",
    "more-owed": "欠费增加",
    "not-owed": "不再欠费",
    "reopened": "缴费被冲销，恢复办理",
    "calendar-published": "按新公布的工作日安排重新计算期限",
    "registration-reversed": "单位登记已冲销",
}
"""Why a notice is said to have changed."""

ANSWER_NAMES = {
    "reached": "已通知到单位",
    "promised": "承诺缴费",
    "promise-broken": "未守缴费承诺",
    "refused": "拒绝缴费",
    "wrong-number": "号码有误，请核实",
    "no-answer": "无人接听",
}
"""What came of a reminder."""

GAP_CLOSED_NAMES = {
    "served": "（已送达，缺口消除）",
    "paid": "（已缴清，缺口消除）",
    "other-procedure": "（改按其他程序办理）",
}

POLICY_NAMES = {law_notice.POLICY_NEWSLETTER: "小报做法", law_notice.POLICY_LAW: "令20号第十六条"}

MONTH_CHARACTERS = len("2026-01")


class OfficeWords(NamedTuple):
    """How a document names who issues it, and where the unit turns against it."""

    name: str
    telephone: str
    reviewed_by: str
    """复议机关: since 2024 the people's government of the same level; for a tax office the one above it (行政复议法 24, 27)."""
    court: str


DESK = "征缴岗位"
ADDRESS = "以办公场所公示为准"
CENTRE_HOTLINE, TAX_HOTLINE = "0631-12333", "0631-12366"
PLACES = {
    Agency.WEIHAI: ("威海市", "威海市"),
    Agency.HUANCUI: ("威海市环翠区", "环翠区"),
    Agency.WENDENG: ("威海市文登区", "文登区"),
    Agency.RONGCHENG: ("荣成市", "荣成市"),
    Agency.RUSHAN: ("乳山市", "乳山市"),
}
"""Of each centre its place, and the name its centre bears."""
COURTS = {agency: f"{place}人民法院" for agency, (place, _) in PLACES.items()} | {Agency.WEIHAI: "威海市环翠区人民法院"}
OFFICES = {
    law_notice.CENTRE: {
        agency: OfficeWords(f"{short}社会保险服务中心", CENTRE_HOTLINE, f"{place}人民政府", COURTS[agency])
        for agency, (place, short) in PLACES.items()
    },
    law_notice.TAX: {
        agency: OfficeWords(
            f"国家税务总局{place}税务局",
            TAX_HOTLINE,
            "国家税务总局山东省税务局" if agency is Agency.WEIHAI else "国家税务总局威海市税务局",
            COURTS[agency],
        )
        for agency, (place, _) in PLACES.items()
    },
}
"""Assumed, but for the centres' names and the hotline: which court and which reviewer are right is the legal desk's to confirm.
The addresses were not published; the paper points to the office's own notice."""

BASIS_WITH_OLD_RATE = (
    "《中华人民共和国社会保险法》第六十三条第一款、第八十六条",
    "《社会保险费征缴暂行条例》第十三条",
    "《实施〈中华人民共和国社会保险法〉若干规定》第二十九条",
    "《社会保险费申报缴纳管理规定》第十六条",
)
"""What a notice rests on where some of its late fee is of days before 2011-07-01; else the paper names the Law and the Decree."""

WARNING_TITLE = "社会保险费缴费到期提醒"


def objections(codes: Iterable[str]) -> str:
    """Write all that speaks against an act as one phrase."""
    return "；".join(OBJECTION_TEXTS[code] for code in codes)


def channel(authority: str) -> str:
    """Write how to pay what an authority collects."""
    return f"通过{law_notice.authority_of(authority).name}规定的缴费渠道缴纳"


def warning(owed_fen: Mapping[str, int], due_on: date, today: date) -> str:
    """Write an early warning's body; `owed_fen` by the lines' keys."""
    kinds = "；".join(
        f"{INSURANCE_NAMES_ZH[kind]}保险费（{months(key.partition('/')[0] for key in own)}）{yuan(sum(own.values()))}"
        for kind in Insurance
        if (own := {key: fen for key, fen in owed_fen.items() if key.endswith(f"/{kind.value}")})
    )
    return (
        f"贵单位下列社会保险费的缴费期限将于{day(due_on)}届满，目前尚未足额缴纳：\n{kinds}。\n"
        f"贵单位此前曾有逾期缴费，特此提前提醒。请在期限届满前通过{law.authority_on(today).name}规定的缴费渠道足额缴纳；"
        f"逾期的，自欠缴之日起按日加收{law.rate_on(due_on).name}的滞纳金，由单位承担。如已缴费，请忽略本提醒。"
    )
