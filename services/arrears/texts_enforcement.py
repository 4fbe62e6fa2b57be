"""The words of enforcement that people read (Chinese): reasons, what objects to an act, what each stage means."""

from collections.abc import Mapping

from schemas.enforcement_terms import EnforcementStage as Stage
from services.arrears.texts_enforcement_names import ACT_NAMES, DOCUMENT_NAMES, EVENT_NAMES, ROLE_NAMES, STAGE_NAMES

__all__ = [
    "ACT_NAMES",
    "COURT_CLOSED",
    "DOCUMENT_NAMES",
    "EVENT_NAMES",
    "EXPLANATIONS",
    "FINAL",
    "NOT_NUMBERED",
    "OBJECTIONS",
    "REASON_TEXTS",
    "ROLE_NAMES",
    "STAGE_NAMES",
]

_ABOUT = "补缴通知{number}："
_NOW = "；现为：{stage}"

REASON_TEXTS = {
    "enforcement-bank-query-sent": _ABOUT + "已向开户银行查询存款账户" + _NOW,
    "enforcement-bank-query-answered": _ABOUT + "银行已答复存款账户查询" + _NOW,
    "enforcement-transfer-applied": _ABOUT + "已向社会保险行政部门申请作出划拨决定" + _NOW,
    "enforcement-transfer-declined": _ABOUT + "社会保险行政部门决定不予划拨" + _NOW,
    "enforcement-demand-served": _ABOUT + "划拨前的催告书已送达" + _NOW,
    "enforcement-statement-received": _ABOUT + "已收到单位的陈述申辩，复核之前不作决定" + _NOW,
    "enforcement-statement-reviewed": _ABOUT + "单位的陈述申辩已复核" + _NOW,
    "enforcement-transfer-decided": _ABOUT + "已作出划拨决定（决定人{decided_by}，核准人{approved_by}）" + _NOW,
    "enforcement-bank-notified": _ABOUT + "已书面通知开户银行划拨" + _NOW,
    "enforcement-transfer-received": _ABOUT + "划拨款已到账" + _NOW,
    "enforcement-bank-withdrawal-confirmed": _ABOUT + "银行确认已撤回划拨" + _NOW,
    "enforcement-agreement-signed": _ABOUT
    + "已签订延期缴费协议并提供担保（决定人{decided_by}，核准人{approved_by}）"
    + _NOW,
    "enforcement-security-realised": _ABOUT + "担保财产已变现" + _NOW,
    "enforcement-court-demand-served": _ABOUT + "申请人民法院强制执行前的催告书已送达" + _NOW,
    "enforcement-receipt-voided": _ABOUT
    + "原记到账的款项确未到账，核销到账记录（决定人{decided_by}，核准人{approved_by}），该款仍为欠缴"
    + _NOW,
    "enforcement-remedy-sought": _ABOUT + "单位已申请行政复议或者提起行政诉讼，结果之前不得申请人民法院强制执行" + _NOW,
    "enforcement-remedy-ended": _ABOUT + "行政复议或者行政诉讼已有结果" + _NOW,
    "enforcement-court-applied": _ABOUT + "已申请人民法院强制执行（决定人{decided_by}，核准人{approved_by}）" + _NOW,
    "enforcement-court-accepted": _ABOUT + "人民法院已受理" + _NOW,
    "enforcement-court-declined": _ABOUT + "人民法院不予受理" + _NOW,
    "enforcement-court-hearing-opened": _ABOUT + "人民法院裁定前听取意见，裁定期限为三十日" + _NOW,
    "enforcement-court-ruled": _ABOUT + "人民法院已作出裁定" + _NOW,
    "enforcement-court-review-requested": _ABOUT + "已向上一级人民法院申请复议" + _NOW,
    "enforcement-property-seized": _ABOUT + "已扣押、查封财产" + _NOW,
    "enforcement-property-auctioned": _ABOUT + "财产已拍卖" + _NOW,
    "enforcement-proceeds-received": _ABOUT + "拍卖所得已抵缴到账" + _NOW,
    "enforcement-execution-suspended": _ABOUT + "决定中止执行（决定人{decided_by}，核准人{approved_by}）" + _NOW,
    "enforcement-execution-resumed": _ABOUT + "决定恢复执行（决定人{decided_by}，核准人{approved_by}）" + _NOW,
    "enforcement-execution-ended": _ABOUT + "决定终结执行（决定人{decided_by}，核准人{approved_by}）" + _NOW,
    "enforcement-late-fee-pursued": _ABOUT
    + "本金已缴清，就所欠滞纳金申请人民法院强制征缴（决定人{decided_by}，核准人{approved_by}）"
    + _NOW,
    "enforcement-document-ordered": _ABOUT + "已交办制作{document}，待编文号" + _NOW,
    "enforcement-document-numbered": _ABOUT + "{document}已编文号：{document_number}，待制作",
    "enforcement-document-made": _ABOUT + "{document}（{document_number}）已制作存档（{sha256}）",
    "enforcement-document-failed": _ABOUT + "{document}（{document_number}）未能制作：{detail}；可按该文号手工制作",
    "enforcement-fine-referred": _ABOUT
    + "已移送有关行政部门，建议处欠缴数额一倍以上三倍以下罚款，即{least}至{most}；{timeliness}"
    + _NOW,
    "enforcement-deadline-missed": _ABOUT + "办理期限{on}已过，尚未办结" + _NOW,
    "enforcement-credit-missed": _ABOUT
    + "款项到账后至{on}仍有欠费未记清，向税务机关核对；确未到账的，核销到账记录后继续执行"
    + _NOW,
    "enforcement-instalment-met": _ABOUT + "截至{on}的分期款已缴纳" + _NOW,
    "enforcement-instalment-missed": _ABOUT + "截至{on}的分期款未足额缴纳，单位未履行协议，恢复强制执行" + _NOW,
    "enforcement-court-window-closing": _ABOUT + "申请人民法院强制执行的期限将于{court_until}届满，请及时办理" + _NOW,
    "enforcement-court-window-missed": _ABOUT + "申请人民法院强制执行的期限已于{court_until}届满，不得再申请" + _NOW,
    "enforcement-court-review-missed": _ABOUT + "向上一级人民法院申请复议的期限{on}已过" + _NOW,
    "enforcement-fine-closing": _ABOUT + "自逾期之日起二年将于{fine_until}届满，尚未移送罚款" + _NOW,
    "enforcement-fine-missed": _ABOUT
    + "自逾期之日起二年已于{fine_until}届满，尚未移送罚款；欠缴仍在继续的，期限自终了之日起算"
    + _NOW,
    "enforcement-suspension-lapsed": _ABOUT + "单位确无能力履行，中止执行满三年未恢复，不再执行" + _NOW,
    "enforcement-watch-moved": _ABOUT + "期限按新公布的工作日安排重新计算{until}",
    "enforcement-unknown": "补缴通知{number}没有正在进行的强制征缴程序：通知尚未逾期、已经缴清，或者程序已经结束",
    "enforcement-act-impossible": _ABOUT + "不能{act}：{reasons_text}",
    "enforcement-act-reversed": _ABOUT + "办理事项（{reverses}）系误记，予以冲销" + _NOW,
    "enforcement-act-not-reversible": "办理事项（{reverses}）不是最近一项，或者此后已有变化，不予冲销；确需改变的，另行记录撤回、中止或者终结",
    "enforcement-act-not-correctable": "办理事项（{reference}）不是最近一项，或者此后已有变化，不予更正；确需改变的，另行记录撤回、中止或者终结",
    "enforcement-act-not-approved": "办理事项（{reference}）系经双人核准，更正、冲销也须由另一人核准",
}
"""Chinese text of each reason code of this part."""

OBJECTIONS: Mapping[str, str] = {
    "act-not-of-this-stage": "目前为“{stage}”，不能办理“{act}”",
    "before-step-before": "办理日期{on}早于上一步的日期{last_on}",
    "amount-above-owed": "数额{amount}超过当日可以划拨的{owed}",
    "amount-above-step-before": "数额{amount}超过上一步的{before}",
    "at-night": "办理时间{time}在夜间，行政机关不得在夜间实施强制执行",
    "balance-none": "银行答复没有存款，无款可划",
    "costs-above-proceeds": "执行费用{costs}超过拍卖所得{amount}",
    "court-amount-above-owed": "数额{amount}超过当日欠缴的本金和滞纳金{owed}",
    "court-closed": "不能再申请人民法院强制执行：{why}",
    "court-demand-running": "催告书送达后的期限至{last}届满，次日起方可申请",
    "court-materials-missing": "申请材料不全，缺：{missing}",
    "court-review-too-late": "申请复议的期限至{last}，已过",
    "court-window-missed": "申请人民法院强制执行的期限至{closes_on}，已过",
    "demand-term-running": "催告的履行期限至{last}届满，次日起方可决定",
    "demand-term-differs": "所记履行期限{perform_by}与送达的催告书（{number}）不符：自送达之日起{days}个工作日，至{last}届满",
    "demand-term-too-short": "催告书的履行期限{days}个工作日过短，不得少于{least}个工作日",
    "document-above-owed": "文书所列数额{amount}超过当日可以要求的{owed}",
    "document-in-the-making": "已有文书正在编号、制作，请待其完成",
    "document-not-of-this-stage": "目前为“{stage}”，尚不需要制作{document}",
    "ending-not-approved": "此项办理使强制征缴程序终结，须由另一人核准",
    "enforcement-under-way": "该通知的强制征缴程序正在进行",
    "fine-of-nothing": "本金已缴清，没有可据以处罚的欠缴数额",
    "late-fee-not-owed": "没有所欠的滞纳金",
    "notice-not-enforceable": "补缴通知尚未送达、期限尚未届满或者已撤回、取消，或者单位状态不允许强制征缴",
    "principal-owed": "本金尚未缴清，本金和滞纳金一并强制征缴",
    "fine-known": "已于{referred_on}移送罚款",
    "instalments-not-principal": "分期合计{agreed}与当日欠缴本金{principal}不符",
    "instalments-out-of-order": "各期日期应当晚于签订日并依次在后，各期数额应当大于零",
    "instalments-too-late": "最后一期{last}超过{months}个月的上限{latest}",
    "on-day-off": "办理日期{on}不是工作日，行政机关不得在法定节假日实施强制执行",
    "paper-differs": "与所制作的文书（{number}，{dated_on}，{amount}）不符：日期不得早于文书，数额、分期和文号应当一致；此后已有缴纳的，按尚欠数额重新制作文书",
    "paper-missing": "{document}尚未制作存档，应当先制作文书",
    "paper-spent": "{dated_on}制作的{document}（{number}）已经用过，或者所办事项已经了结，不得再次使用，应当重新制作文书",
    "proceeds-not-conserved": "抵缴数额{amount}应当等于拍卖所得扣除费用后、以欠缴为限的{net}",
    "voided-beyond-uncredited": "核销数额{amount}超过已记到账而未记缴费的{uncredited}",
    "received-above-decision": "到账数额{amount}超过决定划拨的{decided}",
    "received-above-owed": "变现抵缴数额{amount}超过当日欠缴的{owed}",
    "remedy-not-pending": "没有正在进行的行政复议或者行政诉讼",
    "remedy-pending": "行政复议或者行政诉讼正在进行",
    "remedy-period-running": "申请行政复议、提起行政诉讼的期限尚未届满，最早{opens_on}可以申请",
    "remedy-too-late": "对补缴通知申请复议、提起诉讼的期限至{last}，已过；受理机关仍予受理的，按其停止执行或者撤销的决定，办理中止或者终结执行",
    "security-below-principal": "担保价值合计{secured}低于欠缴本金{principal}",
    "security-not-realised": "单位已提供担保，应当先就担保财产受偿",
    "security-unregistered": "抵押、质押尚未办理登记",
    "suspended-by-status": "单位状态使执行中止，状态改变之前不能恢复",
    "transfer-materials-missing": "申请材料不全，缺：{missing}",
}
"""What each guard says, with its values."""

NOT_NUMBERED = "尚无文号"
"""In place of a paper's number that the register has not given."""

COURT_CLOSED: Mapping[str, str] = {
    "window-missed": "三个月的申请期限已过",
    "declined": "上一级人民法院已作出不予受理或者不予执行的裁定",
}

FINAL: Mapping[Stage, str] = {
    Stage.PAID: "所追缴的款项已全部缴清，程序结束，未办结的事项一并撤回；所列条目另有未缴滞纳金的，仍应缴纳。",
    Stage.CANCELLED: "补缴通知已撤回或者其期限尚未届满，强制征缴没有依据，程序撤销。",
    Stage.DROPPED: "单位的意见成立，或者补缴通知经复议、诉讼被撤销，不再执行。",
    Stage.ENDED: "依法终结执行：单位终止且无财产无承受人、执行标的灭失、决定被撤销，或者有其他应当终结的情形。",
    Stage.LAPSED: "单位确无能力履行，没有明显社会危害，中止执行满三年未恢复，不再执行；欠费本身不因此消灭。",
}
"""Why each final stage is the end."""

EXPLANATIONS: Mapping[Stage, str] = {**{stage: f"目前：{name}。" for stage, name in STAGE_NAMES.items()}, **FINAL}
"""What each stage means; why it is the end, for a final one."""

FINE_IN_TIME = "在自逾期之日起二年以内"
FINE_LATE = "自逾期之日起已满二年，欠缴仍在继续"
"""Whether a fine was referred within the two years counted from the default (行政处罚法 36)."""
