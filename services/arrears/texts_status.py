"""The words of the roads beside the ordinary one that people read (Chinese)."""

from collections.abc import Iterable

from schemas.unit_status import Measure, MeasureStage, UnitStanding
from schemas.vocabulary import INSURANCE_NAMES_ZH, Insurance

REASON_TEXTS = {
    "unit-status-recorded": "单位存续状态已登记：{standings_text}；措施：{measure_text}{notes_text}",
    "unit-status-held": "单位尚未登记，其存续状态先行留存；留存至 {decide_by}",
    "unit-status-refused": "所报存续状态不予采用：{reasons_text}",
    "claim-document-ordered": "已交办制作债权申报书，待编文号",
    "claim-document-numbered": "债权申报书已编文号：{document_number}，待制作",
    "claim-document-made": "债权申报书（{document_number}）已制作存档（{sha256}）",
    "claim-document-failed": "债权申报书（{document_number}）未能制作：{detail}；可按该文号手工制作",
    "insolvency-act-recorded": "已登记：{act_text}；措施：{measure_text}{notes_text}",
    "insolvency-act-refused": "所报事项不予采用：{reasons_text}",
    "write-off-recorded": "依决定核销{lines_text}：本金 {principal_text}，滞纳金 {late_fee_text}；措施：{measure_text}{notes_text}",
    "distribution-recorded": "已登记破产财产分配，累计清偿率：第一顺序 {first_quota}，第二顺序 {second_quota}，普通债权 {ordinary_quota}；措施：{measure_text}{notes_text}",
    "insolvency-act-reversed": "已撤销先前登记的事项：{act_text}；措施：{measure_text}{notes_text}",
    "measure-deadline-near": "期限将至：{deadline_text}，不迟于 {deadline_on}",
    "measure-deadline-missed": "期限已过：{deadline_text}，应不迟于 {deadline_on}；措施：{measure_text}",
    "measure-reviewed": "按期复核措施：{measure_text}",
}
"""Chinese text of each reason code."""

STANDING_NAMES = {
    UnitStanding.OPERATING: "正常存续",
    UnitStanding.BANKRUPTCY_ACCEPTED: "破产申请已受理",
    UnitStanding.REORGANISING: "重整期间",
    UnitStanding.BANKRUPT: "已宣告破产",
    UnitStanding.REVOKED: "已吊销",
    UnitStanding.LIQUIDATING: "清算期间",
    UnitStanding.DEREGISTRATION_ANNOUNCED: "简易注销公示",
    UnitStanding.DEREGISTERED: "已注销",
    UnitStanding.UNREACHABLE: "无法联系",
}

NOTHING_STANDS = "无存续状态的记载"

MEASURE_NAMES = {
    Measure.NONE: "无需采取措施",
    Measure.REMIND: "电话提醒缴费",
    Measure.ORDER: "责令限期补缴",
    Measure.TRACE: "查找下落并公告送达",
    Measure.FORCE_LIQUIDATION: "申请强制清算",
    Measure.OBJECT: "对简易注销提出异议",
    Measure.CLAIM_IN_LIQUIDATION: "向清算组申报债权",
    Measure.DECLARE_CLAIM: "申报破产债权",
    Measure.REORGANISATION: "重整中申报债权",
    Measure.PURSUE_OBLIGORS: "向清偿义务人追偿",
    Measure.SETTLE_REMAINDER: "破产终结后处理余额",
}

STAGE_NAMES = {
    MeasureStage.ORDINARY: "按通常程序办理",
    MeasureStage.AWAIT_ANNOUNCEMENT: "等候受理公告",
    MeasureStage.DECLARE: "应当申报债权",
    MeasureStage.SUPPLEMENT: "应当补充申报",
    MeasureStage.DECLARED: "已申报债权",
    MeasureStage.OBJECT_TO_PLAN: "重整计划减免社会保险费，应当提出异议",
    MeasureStage.PLAN_IN_ORDER: "重整计划未减免社会保险费",
    MeasureStage.DISTRIBUTED: "已作最后分配",
    MeasureStage.OBJECT: "应当提出异议",
    MeasureStage.OBJECTION_MISSED: "已过异议期限",
    MeasureStage.AWAIT_LIQUIDATION: "等候成立清算组",
    MeasureStage.APPLY: "应当申请",
    MeasureStage.APPLIED: "已经申请",
    MeasureStage.PURSUE: "应当追偿",
    MeasureStage.PURSUED: "已提出追偿",
    MeasureStage.REMAINDER: "追加分配或者依决定核销",
    MeasureStage.FINISHED: "无欠费",
}

DEADLINE_NAMES = {
    "announcement-found-by": "查明受理公告",
    "claim-declared-by": "申报债权",
    "objection-filed-by": "对简易注销提出异议",
    "liquidation-applied-by": "申请强制清算",
    "obligors-claimed-by": "向清偿义务人提出追偿",
    "additional-distribution-until": "请求追加分配",
}

LIABLE_NAMES = {
    "unit": "单位",
    "bankruptcy-estate": "破产财产",
    "shareholders": "股东、董事和控股股东、实际控制人",
    "liquidation-group": "清算组成员",
    "liquidation-obligors": "清算义务人",
    "promisors": "作出承诺的全体股东",
    "personal-property": "经营者个人财产",
    "family-property": "经营者家庭财产",
    "successor": "合并后的承继单位",
    "successors-jointly": "分立后的各承继单位（连带责任）",
}

LEGAL_FORM_NAMES = {"enterprise": "企业法人", "sole-proprietor": "个体工商户", "other": "其他单位"}

ACT_NAMES = {
    "ruling-received": "收到人民法院裁定",
    "claim-filed": "申报债权",
    "claim-supplemented": "补充申报债权",
    "plan-examined": "审查重整计划草案",
    "distribution-received": "收到破产财产分配",
    "proceeding-closed": "收到终结破产程序的裁定",
    "objection-filed": "对简易注销提出异议",
    "liquidation-applied": "申请强制清算",
    "liquidation-claimed": "向清算组申报债权",
    "obligors-claimed": "向清偿义务人追偿",
    "write-off-decided": "核销",
    "claim-document-ordered": "交办制作债权申报书",
    "claim-list-received": "收到债权表",
    "claim-list-disputed": "对债权表提出异议",
    "claim-confirmed": "债权经人民法院确认",
}

GROUND_NAMES = {
    "bankruptcy-concluded": "破产程序终结",
    "reorganisation-plan": "经批准的重整计划",
    "authority-decision": "主管部门决定",
}

REFUSAL_TEXTS = {
    "in-court-after-deregistration": "单位已经注销，不能再受理、重整或者宣告破产",
    "status-after-deregistration": "单位已经注销，不能再有此后的存续状态；注销有误的，先予撤销",
    "legal-form-differs": "单位类型与先前所报不一致",
    "sole-proprietor-in-bankruptcy": "个体工商户不适用企业破产法",
    "declared-before-acceptance": "宣告破产之前没有受理",
    "accepted-twice": "先前受理的破产程序尚未终结，不能再次受理",
    "accepted-after-declaration": "已宣告破产，不能再受理或者重整",
    "declared-twice": "已宣告破产，不能再次宣告",
    "operating-after-revocation": "已吊销，不能又报正常存续；吊销被撤销的，先予冲销",
    "operating-after-declaration": "已宣告破产，不能又报正常存续",
    "operating-without-ruling": "破产程序尚未终结；登记机关登记为存续的，不等于程序终结，终结的，应当写明裁定的人民法院",
    "simple-deregistration-of-revoked-unit": "被吊销的单位不适用简易注销",
    "simple-deregistration-of-unreachable-unit": "列入经营异常名录的单位不适用简易注销",
    "simple-deregistration-in-bankruptcy": "破产程序未终结，不适用简易注销",
    "deregistered-otherwise-in-bankruptcy": "破产程序未终结，只能在终结后由管理人办理注销",
    "revoked-twice": "已吊销，不能再次吊销；日期有误的，更正原报事项",
    "liquidation-in-bankruptcy": "破产程序未终结，不另行清算",
    "no-liquidation": "不在清算期间",
    "unit-not-known": "没有本单位的登记",
    "reversed-act-unknown": "所撤销的事项不存在，或者与所报事项种类不同",
    "others-rest-on-it": "其后登记的事项以此为前提，须先行撤销",
    "no-bankruptcy": "没有进行中的破产程序",
    "no-reorganisation": "不在重整期间",
    "before-acceptance": "日期早于破产申请受理之日",
    "claim-already-filed": "已申报过债权，增加的部分应补充申报",
    "declaration-period-over": "债权申报期限已过，应补充申报",
    "declaration-period-open": "债权申报期限未过，且尚未申报，应按期申报",
    "final-distribution-over": "已作最后分配，不能再补充申报",
    "claim-confirmed-already": "债权已经人民法院确认",
    "list-beyond-claim": "债权表所列数额大于申报的债权",
    "no-claim-list": "尚未收到债权表",
    "nothing-to-dispute": "债权表与申报的债权一致，无可异议",
    "list-disputed-already": "已对债权表提出异议",
    "confirmed-other-than-list": "未提出异议的，确认数额应当与债权表一致",
    "confirmed-below-list": "确认数额小于债权表所列，异议只能使其增加",
    "confirmed-beyond-claim": "确认数额大于申报的债权",
    "forced-deregistration-too-early": "吊销等未满三年且公告满六十日，登记机关不能强制注销",
    "forced-deregistration-before-law": "2024年7月1日以前没有强制注销",
    "claim-document-missing": "数额相同的债权申报书尚未制作存档，债权应当书面申报（手工制作的，注明其文号）",
    "claim-document-in-the-making": "已有债权申报书正在编号、制作，请待其完成",
    "claim-principal-differs": "申报的本金合计与账面不一致，账面 {principal_text}",
    "claim-late-fee-differs": "申报的滞纳金合计与账面（计至受理）不一致，账面 {late_fee_text}",
    "listed-beyond-account-kinds": "不必申报的部分超过养老、医疗的本金，账面 {account_kinds_text}",
    "plan-beyond-claim": "计划清偿额大于申报的债权",
    "no-claim": "尚未申报债权",
    "not-declared-bankrupt": "尚未宣告破产，不能分配",
    "distribution-beyond-claim": "分配额大于申报的债权",
    "lower-class-before-higher": "前一顺序未足额清偿，后一顺序不能受偿",
    "additional-distribution-over": "终结满二年，不再追加分配",
    "no-simple-deregistration": "没有简易注销公示",
    "objection-too-late": "异议期限已过，不迟于 {objection_by}",
    "objection-filed": "已提出异议",
    "nothing-owed": "没有欠费",
    "not-revoked": "未被吊销",
    "sole-proprietor-has-no-liquidation": "个体工商户无须清算",
    "unit-gone": "单位已进入破产程序或者已注销",
    "liquidation-under-way": "清算组已经成立",
    "liquidation-period-open": "成立清算组的期限未过，不迟于 {group_by}",
    "already-applied": "已经申请",
    "not-deregistered": "尚未注销",
    "bankruptcy-concluded": "经破产程序终结，不再向股东等追偿",
    "ground-not-met": "所据事由不成立",
    "plan-cannot-cut-principal": "重整计划不得减免社会保险费本金",
    "paragraph-not-of-ground": "所引条款与核销事由不符",
    "line-unknown": "没有所列的条目：{lines_text}",
    "beyond-what-is-owed": "核销的本金大于尚欠的本金：{lines_text}",
    "beyond-late-fee": "核销的滞纳金大于尚欠的滞纳金：{lines_text}",
    "already-closed": "破产程序已终结",
    "correction-not-approved": "核销系经双人核准，更正也须由另一人核准",
}
"""Why a status or an act cannot stand."""

CHOICE_TEXTS = {
    "something-owed": "尚有欠费",
    "nothing-owed": "没有欠费",
    "unit-exists": "单位仍然存续",
    "bankruptcy-concluded": "破产程序已终结",
    "no-bankruptcy-concluded": "没有终结的破产程序",
    "no-bankruptcy": "没有进行中的破产程序",
    "no-reorganisation": "不在重整期间",
    "no-simple-deregistration": "没有简易注销公示",
    "objection-filed": "已提出异议",
    "unit-gone": "单位已进入破产程序或者已注销",
    "not-revoked": "未被吊销",
    "sole-proprietor-has-no-liquidation": "个体工商户无须清算",
    "no-liquidation": "不在清算期间",
    "liquidation-under-way": "清算组已经成立",
    "liquidating": "正在清算",
    "reachable": "可以联系",
    "small-and-recent": "数额较小、时间较短的新欠费",
    "owed-from-before-2020": "有二〇一九年底前的欠费",
    "amount-large": "欠费数额较大",
    "arrears-long": "欠缴时间较长",
    "late-before": "先前也曾逾期缴费",
    "another-goes-before": "另有依法应先行的措施",
    "deregistered": "单位已注销",
    "reorganising": "单位在重整期间",
    "bankruptcy-accepted": "破产申请已受理",
    "deregistration-announced": "正在公示简易注销",
    "revoked": "已吊销，尚未清算",
    "unreachable": "无法联系",
    "status-not-reported": "存续状态未报，按正常存续掌握",
}
"""Why a measure was taken, or was not."""

CANCELLED_OTHER_ROAD = "other-procedure"


def listed(texts: Iterable[str]) -> str:
    """Write several reasons one after another."""
    return "；".join(texts)


def lines(keys: Iterable[str]) -> str:
    """Write the names of lines: `2023-11养老、2023-12医疗`."""
    named = [key.partition("/") for key in keys]
    return "、".join(f"{month}{INSURANCE_NAMES_ZH[Insurance(insurance)]}" for month, _, insurance in named)


def quota(received_fen: int, claimed_fen: int) -> str:
    """Write how much of a class was paid (清偿率), rounded down to hundredths of a percent; nothing where nothing was claimed."""
    if not claimed_fen:
        return "—"
    hundredths = received_fen * 10_000 // claimed_fen
    return f"{hundredths // 100}.{hundredths % 100:02d}%"


def notes(disputed: Iterable[str]) -> str:
    """Write the disputed points that touch a case, if any, as they follow the decision."""
    told = "；".join(disputed)
    return f"。说明：{told}" if told else ""
