"""The words of the arrears desk that people read (Chinese): reasons of decisions, and reminders."""

from datetime import date
from typing import NamedTuple

from schemas.vocabulary import INSURANCE_NAMES_ZH, Insurance
from services.arrears import law, texts_assignment, texts_enforcement, texts_notice, texts_payments, texts_status
from services.arrears.texts_wording import day, months, yuan

REASON_TEXTS = {
    **texts_payments.REASON_TEXTS,
    "arrears-opened": "发现欠费，立案：{month}{insurance}",
    "arrears-opened-overpaid": "发现欠费，立案；{month}{insurance}另有多缴，留存本条目，不抵其他条目",
    "arrears-changed": "欠费情况有变动：{month}{insurance}",
    "arrears-changed-overpaid": "欠费情况有变动；{month}{insurance}多缴，留存本条目，不抵其他条目",
    "arrears-settled": "欠费本金已全部缴清：{month}{insurance}{late_fee_left}",
    "arrears-settled-overpaid": "欠费本金已全部缴清{late_fee_left}；{month}{insurance}多缴，留存本条目，不抵其他条目",
    "line-recorded": "已登记，尚不构成欠费变动：{month}{insurance}",
    "line-recorded-overpaid": "已登记；{month}{insurance}多缴，留存本条目，不抵其他条目",
    "missed-not-yet-due": "报来未缴，但缴费期限（遇休息日顺延）尚未届满：{month}{insurance}，到期再核",
    "missed-differs-from-assessment": "报来未缴的应缴额与核定额不一致，以核定额为准：{month}{insurance}",
    "reversal-awaits-its-record": "冲销所指的业务编号 {reverses} 尚未收到，收到后即予冲销",
    "held-until-registered": "单位尚未登记，先行留存，待登记后一并处理；留存至 {decide_by}",
    "revision-known": "已有同一业务编号的更高版本（第 {known_revision} 版），本版不再采用",
    "content-known": "同一业务编号、同一版本、内容相同，先前已收到",
    "revision-conflict": "同一业务编号、同一版本，内容与先前收到的不一致",
    "reverses-itself": "冲销记录不能冲销自身",
    "dated-in-the-future": "{date_name} {on} 晚于今日，尚未发生的事项不予采用",
    "document-not-awaited": "本案不在等候这份文书的制作结果，不作处理",
    "unit-unknown": "单位在规定期限内未登记，不能处理；登记后可以重新办理",
    "case-full": "本单位留存的记录已达上限 {records_max} 条",
    "unit-registered": "单位已登记{waited}",
    "unit-registered-in-arrears": "单位已登记，先行留存的记录显示欠费，立案{waited}",
    "unit-updated": "单位登记信息已更新",
    "unit-updated-in-arrears": "单位登记信息已更新，欠费情况按新的登记信息重新发布",
    "registration-reversed": "单位登记已被冲销，此后按未登记单位处理；留存至 {decide_by}",
    "registration-reversed-in-enforcement": "单位登记已被冲销，此后按未登记单位处理；留存至 {decide_by}，其间强制征缴程序暂停：{resting}；到期仍未重新登记的，程序终结",
    "debt-inherited": "承继 {predecessor} 的欠费：本金 {principal}，滞纳金 {late_fee}（计至 {as_of}）；欠费记在原单位名下，由原单位案件办理，不重复计算；清偿之前本单位不作结清",
    "debt-inherited-no-more": "{predecessor} 的欠费已清偿，或者不再由本单位承继（{as_of}）",
    "lines-found-overdue": "缴费期限届满仍未足额缴纳，查明 {found} 条",
    "nothing-overdue": "到期核对，没有新的欠费",
    "nothing-to-remind": "按新公布的工作日安排，提醒所涉条目尚未到期，不再提醒",
    "reminder-asked": "第 {step} 次提醒缴费",
    "reminder-moved-to-working-day": "当日为休息日，提醒顺延至下一个工作日",
    "holding-extended": "留存期限按新公布的工作日安排顺延至 {decide_by}",
    "unknown-forgotten": "未登记单位的记载已满保存期限，予以删除",
    **texts_notice.REASON_TEXTS,
    **texts_assignment.REASON_TEXTS,
    **texts_status.REASON_TEXTS,
    **texts_enforcement.REASON_TEXTS,
}
"""Chinese text of each reason code."""

CANCELLED_PAID = "arrears-paid"
CANCELLED_UNREGISTERED = "registration-reversed"

REMINDER_TITLE = "社会保险费缴费提醒"

OCCURRED_ON = "发生日期"
PAID_ON = "缴费日期"


class OwedLine(NamedTuple):
    """A line owed, as a reminder names it. Amounts in fen."""

    month: str
    insurance: str
    owed_fen: int
    late_fee_fen: int


def reminder(lines: list[OwedLine], due_from: date, as_of: date) -> str:
    """Write a reminder's body: what is owed to a day, how to pay, and that it is a service, not a notice in law.

    `due_from`: the first due date of the lines named. Greeting, agency and hotline are put around it by who sends it.
    """
    principal_fen = sum(line.owed_fen for line in lines)
    late_fee_fen = sum(line.late_fee_fen for line in lines)
    kinds = "；".join(_kind(kind, lines) for kind in Insurance if any(line.insurance == kind for line in lines))
    return (
        f"截至{day(as_of)}，贵单位{day(due_from)}起到期的下列社会保险费已过缴费期限，尚未足额缴纳：\n"
        f"{kinds}。\n"
        f"本金合计{yuan(principal_fen)}；滞纳金计至当日合计{yuan(late_fee_fen)}"
        f"（自欠缴之日起每日按{law.rate_on(as_of).name}加收，以实际缴费日为准；滞纳金由单位承担，不得由职工负担）。\n"
        f"请尽快通过{law.authority_on(as_of).name}规定的缴费渠道足额缴纳。如已缴费，请忽略本提醒。\n"
        "本提醒为便民服务，不是责令限期缴纳的文书，本身不产生法律效力，也不影响滞纳金按日计算。"
    )


def _kind(kind: Insurance, lines: list[OwedLine]) -> str:
    own = [line for line in lines if line.insurance == kind]
    principal, late_fee = sum(line.owed_fen for line in own), sum(line.late_fee_fen for line in own)
    return (
        f"{INSURANCE_NAMES_ZH[kind]}保险费（{months(line.month for line in own)}），"
        f"本金{yuan(principal)}，滞纳金{yuan(late_fee)}"
    )
