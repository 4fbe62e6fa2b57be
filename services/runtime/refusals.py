"""Every code under which the runtime itself refuses a record, with its Chinese text.

Codes of the vocabulary's checks (`unit-code-invalid` …) come from `schemas.vocabulary`; codes of the rules from
each service's `texts.py`.
"""

from dataclasses import dataclass

from schemas.decision import Outcome, Reason

CODES = {
    "header-name-undecodable": "记录报头的名称无法解码",
    "record-too-large": "记录超过 1 MiB，或其报头超过 64 KiB",
    "value-null": "记录没有内容",
    "key-null": "记录没有键",
    "key-foreign": "记录的键不是本网格使用的格式",
    "key-not-subject": "记录的键与内容所述主体不一致",
    "partition-wrong": "记录写入了错误的分区（发布方须使用 murmur2 分区算法）",
    "undecodable": "记录内容无法解码",
    "schema-id-unknown": "模式注册中心没有该模式编号",
    "schema-of-another-subject": "模式编号属于其他主题",
    "schema-unbounded": "写入方模式可使少量字节展开为无限内容",
    "type-wrong": "字段类型与数据契约不符",
    "envelope-invalid": "CloudEvents 报头缺失或不合规",
    "type-of-another-topic": "报头所述事件类型不属于本主题",
    "signature-missing": "上游记录没有签名，而该系统的记录须经签名",
    "signature-malformed": "签名报头不全、重复或不合规",
    "signing-key-unknown": "签名所用的公钥没有公布",
    "signing-key-of-another-producer": "签名所用的公钥不属于该系统、该来源",
    "signing-key-not-in-force": "签名时间不在公钥的有效期之内",
    "signature-stale": "签名时间早于记录到达 15 分钟以上（重放，或者滞留）",
    "signature-ahead": "签名时间晚于记录到达 5 分钟以上",
    "signature-wrong": "签名与记录不符（伪造，或者途中被改动）",
    "key-id-of-another-key": "公钥编号与公钥、系统、来源不一致",
    "key-period-reversed": "公钥的失效时间早于生效时间",
    "fact-in-the-future": "事实时间晚于当前时间 24 小时以上",
    "case-too-large": "本案所存内容已达上限，不能再收入此记录",
    "reference-conflict": "同一版本号先前已用于不同内容，更正须用更高的版本号",
    "duplicate-id-other-content": "同一编号先前已用于不同内容",
    "value-invalid": "字段值不合规",
    "unit-code-invalid": "统一社会信用代码校验不通过（GB 32100）",
    "month-invalid": "费款所属期不存在",
    "amount-out-of-range": "金额小于零或超过 10^12 分",
    "due-before-month": "缴费期限早于费款所属期",
    "due-too-late": "缴费期限晚于发生日期超过五年",
    "date-out-of-range": "日期不在允许范围之内（1949年10月1日至2199年12月31日）",
    "date-before-intake": "后续步骤日期早于受理日期",
    "date-after-intake": "前置步骤日期晚于受理日期",
    "reverses-missing": "撤回未指明所撤回的业务编号",
    "payment-line-incomplete": "缴费所指条目须同时写明费款所属期和险种",
    "payment-of-a-line": "单个条目的本金缴费应以“缴费已到账”报送",
    "court-missing": "裁定未写明人民法院",
    "deregistration-way-missing": "注销未写明注销方式",
    "successors-do-not-fit": "承继单位与注销方式不符：因合并注销的为一个，因分立注销的为两个以上，且不得为本单位或者个体工商户",
    "announced-before-ruling": "公告日期早于裁定日期",
    "declare-by-before-announcement": "债权申报期限不晚于公告日期，或者没有公告日期",
    "detail-of-another-status": "所填事项不属于所报的存续状态或者单位类型",
    "act-incomplete": "所报事项缺少必要内容",
    "written-off-lines-missing": "核销未列明条目",
    "detail-of-another-act": "所填内容不属于所报的事项",
    "approval-missing": "本项决定须由另一人审批，而未指明审批人",
    "approved-by-the-same": "决定人与审批人不得为同一人",
    "line-named-twice": "同一条目重复列出",
    "write-off-of-nothing": "所列条目没有核销金额",
    "term-reversed": "聘期结束日期早于开始日期",
    "hours-reversed": "营业时间结束早于开始",
    "position-incomplete": "位置须同时填写经度和纬度",
    "notice-not-named": "岗位行为未指明是哪一份通知书",
    "service-incomplete": "送达情况未写明送达方式和回证编号",
    "evidence-missing": "留置送达未写明见证或者记录方式",
    "announcement-without-ground": "公告送达未写明原因",
    "extension-without-date": "延长期限未写明延长到的日期",
    "number-missing": "更正文号未写明发文顺序号",
    "grounds-missing": "岗位行为未写明理由",
    "service-reversed": "任职结束日期早于开始日期",
    "officer-missing": "改派未指明责任人",
    "deadline-missing": "延期未指明新的期限",
    "amount-missing": "未写明大于零的数额",
    "balance-missing": "银行答复未写明余额",
    "costs-missing": "拍卖未写明执行费用",
    "perform-by-missing": "催告书未写明履行期限",
    "term-of-another-paper": "履行期限只在交办制作催告书时写明",
    "payment-method-missing": "催告书未写明给付方式",
    "hearing-not-offered": "催告书未告知陈述权和申辩权",
    "outcome-missing": "未写明结果",
    "outcome-of-another-act": "结果不属于该项办理事项",
    "ground-missing": "未写明事由",
    "ground-of-another-act": "事由不属于该项办理事项",
    "instalments-missing": "协议未列明分期",
    "security-missing": "协议未列明担保",
    "minute-missing": "未写明办理时刻",
    "terms-of-another-kind": "文书所附条款与文书种类不符",
    "owed-differs": "文书条目的欠缴额不等于应缴额减已缴额",
    "parts-differ": "文书条目的单位部分与个人部分之和不等于应缴额",
    "principal-differs": "文书的本金不等于各条欠缴额之和",
    "late-fee-differs": "文书的滞纳金不等于各条滞纳金之和",
    "claim-differs": "申报的两部分之和不等于本金",
    "late-fee-past-acceptance": "申报的滞纳金计算至受理破产申请之日以后",
    "instalments-differ": "协议各期金额之和不等于所欠金额",
    "parameter-value-invalid": "参数值无法识别",
    "command-unknown": "不认识的操作指令",
    "command-without-original": "重投指令未附原记录",
    "command-of-another-task": "指令所涉案件、主题或效果不属于本任务",
}
"""Refusal codes of the door, with the text people read."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A record that cannot be taken: its code and, for the curious, a detail that holds no sensitive value."""

    code: str
    detail: str = ""


class RefusedAtDoor(Exception):
    """Carries a `Refusal` out of the door's nested checks."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.refusal = Refusal(code, detail[:300])

    def reason(self) -> Reason:
        """The refusal as a decision's reason."""
        values = {"detail": self.refusal.detail} if self.refusal.detail else {}
        return Reason(self.refusal.code, values=values, outcome=Outcome.REFUSED)
