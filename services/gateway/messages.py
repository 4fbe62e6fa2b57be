"""Why a row is refused: one code, said in Chinese for the clerk and in English for the upstream system's people.

No message repeats a value: a rejected file travels by mail, and a mistyped ID number is still almost one.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Message:
    """One reason in both languages."""

    zh: str
    en: str


MESSAGES = {
    # the row as such
    "row-shape": Message("该行的列数与表头不一致", "the row has not as many columns as the header"),
    "row-not-json": Message("该行不是有效的 JSON", "the line is not JSON"),
    "row-not-object": Message("该行不是 JSON 对象", "the line is not a JSON object"),
    "row-too-long": Message("该行超过 64 KiB", "the row is longer than 64 KiB"),
    "topic-missing": Message(
        "未说明主题：请加 topic 列，或者用 --topic 指定", "no topic: add a topic column or give --topic"
    ),
    "topic-unknown": Message("没有这个上游主题", "there is no such upstream topic"),
    "column-not-of-topic": Message("该主题没有此列", "this topic does not have this column"),
    "column-unknown": Message("没有任何上游主题有此列", "no upstream topic has this column"),
    "duplicate-reference": Message(
        "同一文件中，该业务编号和版本先前已用于不同内容；更正请使用更高版本",
        "reference and revision were used for other content earlier in this file; a correction needs a higher revision",
    ),
    "fact-in-the-future": Message("日期晚于今日", "the date lies in the future"),
    # any column
    "value-missing": Message("缺少必填内容", "a required value is missing"),
    "value-doubled": Message("同一内容用两列重复填写", "the same value is given in two columns"),
    "value-invalid": Message("内容不符合要求", "the value is not valid"),
    "number-invalid": Message("不是整数", "not a whole number"),
    "number-out-of-range": Message("数值超出允许范围", "the number is out of range"),
    "yuan-invalid": Message("不是金额（元，最多两位小数）", "not an amount in yuan with at most two decimals"),
    "date-invalid": Message("不是有效日期（YYYY-MM-DD）", "not a date (YYYY-MM-DD)"),
    "instant-invalid": Message("不是有效时间（YYYY-MM-DDTHH:MM）", "not a time (YYYY-MM-DDTHH:MM)"),
    "yes-no-invalid": Message("应填写 true 或 false（是或否）", "must be true or false"),
    "word-unknown": Message("不在可选值之内", "not one of the known values"),
    "list-invalid": Message("列表内容个数不符合要求", "the list has too few or too many values"),
    "sessions-invalid": Message(
        "营业时间应写作“working-day 09:00-17:00; day-off 09:30-16:00”",
        "sessions are written as 'working-day 09:00-17:00; day-off 09:30-16:00'",
    ),
    "written-off-lines-invalid": Message(
        "核销条目应写作“2023-11 pension 100000 1300; …”（费款所属期、险种、本金和滞纳金，单位为分）",
        "lines written off are written as '2023-11 pension 100000 1300; …': month, kind, principal and late fee in fen",
    ),
    "text-too-long": Message("内容过长", "the text is too long"),
    "format-invalid": Message("格式不符合要求", "the format is not valid"),
    # persons
    "subject-erased": Message(
        "该主体的个人信息已依法删除，不再收存；请去掉此列后报送",
        "what this subject had sealed was erased by law and is not taken in again; leave the column out",
    ),
    "citizen-number-invalid": Message("公民身份号码校验不通过（GB 11643）", "citizen number fails GB 11643"),
    "card-number-invalid": Message(
        "社会保障卡号应为 8 至 32 位字母或数字", "a card number has 8 to 32 letters or digits"
    ),
    "phone-invalid": Message("电话号码格式不正确", "not a telephone number"),
    "email-invalid": Message("电子邮件地址格式不正确", "not a mail address"),
    # checks of the contracts
    "unit-code-invalid": Message("统一社会信用代码校验不通过（GB 32100）", "unified social credit code fails GB 32100"),
    "month-invalid": Message("费款所属期不存在（应为 YYYY-MM）", "not a contribution month (YYYY-MM)"),
    "amount-out-of-range": Message("金额小于零或者超过 10^12 分", "amount is below zero or above 10^12 fen"),
    "due-before-month": Message("缴费期限早于费款所属期", "due date lies before the contribution month"),
    "due-too-late": Message(
        "缴费期限晚于发生日期超过五年", "due date lies more than five years after the date it was said"
    ),
    "date-out-of-range": Message(
        "日期不在允许范围之内（1949-10-01 至 2199-12-31）", "the date lies before 1949-10-01 or after 2199-12-31"
    ),
    "date-before-intake": Message("后续日期早于收件日期", "a later step lies before the intake date"),
    "date-after-intake": Message("先前日期晚于收件日期", "an earlier step lies after the intake date"),
    "reverses-missing": Message("撤回记录应写明所撤回的业务编号", "a withdrawal names what it takes back"),
    "payment-line-incomplete": Message(
        "缴费所指条目须同时写明费款所属期和险种", "a line is named by its month and its insurance kind"
    ),
    "payment-of-a-line": Message(
        "单个条目的本金缴费应以“缴费已到账”报送", "the principal of one line is said by contribution-paid"
    ),
    "court-missing": Message("裁定应写明人民法院", "a court's ruling names the court"),
    "deregistration-way-missing": Message("注销应写明注销方式", "a deregistration says how it was done"),
    "successors-do-not-fit": Message(
        "承继单位与注销方式不符：因合并注销的为一个，因分立注销的为两个以上，且不得为本单位或者个体工商户",
        "a merger has one successor, a division two or more",
    ),
    "announced-before-ruling": Message("公告日期早于裁定日期", "the announcement lies before the ruling"),
    "declare-by-before-announcement": Message(
        "债权申报期限不晚于公告日期，或者没有公告日期", "claims are declared after an announcement"
    ),
    "detail-of-another-status": Message(
        "所填事项不属于所报的存续状态或者单位类型", "a detail belongs to another status or form"
    ),
    "act-incomplete": Message("所报事项缺少必要内容", "the act lacks what it needs"),
    "written-off-lines-missing": Message("核销应列明条目", "a write-off names its lines"),
    "detail-of-another-act": Message("所填内容不属于所报的事项", "a detail belongs to another act"),
    "approval-missing": Message("本项决定须由另一人审批", "this is approved by somebody else"),
    "approved-by-the-same": Message("决定人与审批人不得为同一人", "who decides does not approve"),
    "line-named-twice": Message("同一条目重复列出", "a line is named twice"),
    "write-off-of-nothing": Message("所列条目没有核销金额", "a line has nothing to write off"),
    "term-reversed": Message("聘期止日早于起日", "the term ends before it begins"),
    "position-incomplete": Message("经度和纬度应当同时填写", "a position needs latitude and longitude"),
    "hours-reversed": Message("营业时间的结束早于开始", "the session closes before it opens"),
}
"""Every code under which the gateway refuses a row."""

_OF_PYDANTIC = {
    "missing": "value-missing",
    "int_type": "number-invalid",
    "int_parsing": "number-invalid",
    "int_parsing_size": "number-out-of-range",
    "int_from_float": "number-invalid",
    "greater_than": "number-out-of-range",
    "greater_than_equal": "number-out-of-range",
    "less_than": "number-out-of-range",
    "less_than_equal": "number-out-of-range",
    "date_type": "date-invalid",
    "date_parsing": "date-invalid",
    "date_from_datetime_parsing": "date-invalid",
    "date_from_datetime_inexact": "date-invalid",
    "datetime_type": "instant-invalid",
    "datetime_parsing": "instant-invalid",
    "datetime_from_date_parsing": "instant-invalid",
    "timezone_aware": "instant-invalid",
    "bool_type": "yes-no-invalid",
    "bool_parsing": "yes-no-invalid",
    "enum": "word-unknown",
    "too_short": "list-invalid",
    "too_long": "list-invalid",
    "string_too_long": "text-too-long",
    "string_too_short": "value-missing",
    "string_pattern_mismatch": "format-invalid",
}


def code_of(error_type: str) -> str:
    """Give our code for a validation error's type; a contract's own codes stay as they are."""
    if error_type in MESSAGES:
        return error_type
    return _OF_PYDANTIC.get(error_type, "value-invalid")
