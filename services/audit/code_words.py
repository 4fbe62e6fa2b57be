"""Codes inside facts and reasons in the words of the office (Chinese): what each means in its field."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import TypeVar

from schemas.documents import DOCUMENT_TITLES_ZH
from schemas.officers import DUTY_NAMES_ZH
from schemas.page import ACT_NAMES_ZH, ACTION_NAMES_ZH
from schemas.vocabulary import DISTRICT_NAMES_ZH, INSURANCE_NAMES_ZH
from services.appraisal.texts import (
    EXTENSION_TEXTS,
    FINDING_TEXTS,
    KIND_NAMES,
    MATERIAL_NAMES,
    SHORTAGE_TEXTS,
    SPECIALTY_NAMES,
)
from services.arrears import texts_enforcement, texts_notice
from services.arrears.inventory_standing import MEASURE_NAMES_ZH, STAGE_NAMES_ZH
from services.arrears.texts_assignment import ASSIGNMENT_TEXTS
from services.arrears.texts_assignment import FINDING_TEXTS as ASSIGNMENT_FINDINGS
from services.arrears.texts_status import (
    ACT_NAMES,
    CHOICE_TEXTS,
    DEADLINE_NAMES,
    GROUND_NAMES,
    LEGAL_FORM_NAMES,
    LIABLE_NAMES,
    MEASURE_NAMES,
    STANDING_NAMES,
)
from services.outlets.directory import OUTLETS
from services.page.web.refused import REFUSALS

E = TypeVar("E", bound=StrEnum)

SERVICE_NAMES = {
    "arrears": "欠费",
    "notifications": "通知",
    "deliveries": "送达",
    "documents": "文书",
    "appraisal": "劳动能力鉴定",
    "cards": "社保卡",
    "card-printing": "制卡",
    "outlets": "网点",
}
"""Services by name."""

TRUTHS = {True: "是", False: "否"}

WORDS: Mapping[str, str] = {
    "true": "是",
    "false": "否",
    "telephone": "电话",
    "email": "电子邮件",
    "done": "成功",
    "failed": "未成功",
    "unknown": "结果不明",
    "temporary": "临时挂失",
    "written": "书面挂失",
    "in-time": "期限之内",
    "extended": "延长期限之内",
    "overdue": "超过期限",
    **{kind.value: name for kind, name in INSURANCE_NAMES_ZH.items()},
    **{material.value: name for material, name in MATERIAL_NAMES.items()},
    **{specialty.value: name for specialty, name in SPECIALTY_NAMES.items()},
    **{outlet.key: outlet.name for outlet in OUTLETS},
    **{kind.value: title for kind, title in DOCUMENT_TITLES_ZH.items()},
    **SHORTAGE_TEXTS,
    **FINDING_TEXTS,
    **ASSIGNMENT_FINDINGS,
}
"""Codes that mean the same wherever they stand."""

_DETAILS = {
    "accepted": "已接收",
    "address-invalid": "邮箱格式不正确",
    "address-refused": "对方邮件系统不接受该邮箱",
    "answer-lost": "未收到答复",
    "answer-unreadable": "答复无法识别",
    "answered": "已接听",
    "attempt-broken": "执行中断，结果不明",
    "before-effects-from": "早于启用日期，不向外发送",
    "busy": "占线",
    "call-pending": "电话任务尚未办结",
    "cancelled": "已撤回",
    "contact-erased": "联系方式已依法删除",
    "contact-unreadable": "联系方式无法解密",
    "expired": "已过通知时效",
    "mail-accepted": "邮件已被接收",
    "mail-cannot-be-looked-up": "该邮件系统无法查询发送结果",
    "mail-folder-unreadable": "邮件存档无法读取",
    "mail-not-among-the-newest": "在近期邮件存档中没有查到",
    "never-rendered": "文书没有制成",
    "never-reached-provider": "制卡机没有收到任务",
    "no-answer": "无人接听",
    "no-answer-recorded": "未得到答复",
    "no-contact": "没有联系方式",
    "not-begun": "未开始执行",
    "not-printed": "制卡机报告未制成",
    "not-received": "渠道未收到",
    "number-invalid": "号码格式不正确",
    "number-taken": "文号已用于另一份文书",
    "older-than-memory": "早于留存的记录",
    "outcome-not-understood": "渠道答复的结果不在约定之内",
    "outside-window": "已过可以执行的时间",
    "printed": "已制卡",
    "promised": "承诺缴费",
    "rendered": "已制成",
    "store-damaged": "文书库中的文件有损或者缺失",
    "template-unknown": "没有所要的文书模板",
    "text-not-printable": "有字体不能印出的字符",
    "provider-busy": "渠道繁忙",
    "provider-conflict": "渠道称同一编号已用于不同内容",
    "provider-error": "渠道故障",
    "provider-refused": "渠道拒绝",
    "provider-unreachable": "渠道不通",
    "vault-unreachable": "密钥库不通",
    "refused": "拒绝缴费",
    "too-many-open": "未办结的事项过多",
    "withdrawn": "请求已撤回",
    "wrong-number": "号码错误",
}
_REASONS = {
    **ASSIGNMENT_TEXTS,
    **EXTENSION_TEXTS,
    **_DETAILS,
    **texts_notice.CHANGE_NAMES,
    "abandoned": "无正当理由逾期未补正，视为放弃",
    "already-closed": "已停止办理",
    "arrears-paid": "欠费已缴清",
    "expired": "预留期满",
    "found": "卡已找到",
    "lapsed": "临时挂失到期",
    "no-answer": "逾时未答复",
    "no-blank": "没有白卡",
    "not-equipped": "不具备即时制卡条件",
    "not-wanted": "已不需要",
    "older-than-the-present-card": "早于现有的卡",
    "printed-too-late": "先前认定未制成，实已制成",
    "printing-failed": "制卡未成",
    "other-procedure": "改按其他程序办理",
    "registration-reversed": "单位登记已冲销",
    "replaced": "已补领新卡",
    "report-reversed": "报告已撤销",
    "tried-too-often": "多次安排未成",
    "unavailable": "网点已不能制卡",
    "withdrawn": "申请人撤回",
}
_REFUSED_AT_THE_PAGE = {
    "differences-found": "有差异",
    **{code: chinese.removesuffix("。") for code, (chinese, _) in REFUSALS.items()},
}
_STATUSES = {
    "abandoned": "视为放弃",
    "correcting": "等候补正",
    "refused": "不予受理",
    "sat": "已经鉴定",
    "scheduled": "已经排期",
    "waiting": "等候安排",
    "withdrawn": "已撤回",
}


def _words(names: Mapping[E, str]) -> dict[str, str]:
    return {code.value: name for code, name in names.items()}


OF_FIELD: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "kind": {"delivered": "配送", "counted": "盘点", **{kind.value: name for kind, name in KIND_NAMES.items()}},
        "duty": {duty.value: name for duty, name in DUTY_NAMES_ZH.items()},
        "districts": {district.value: name for district, name in DISTRICT_NAMES_ZH.items()},
        "insurance": {kind.value: name for kind, name in INSURANCE_NAMES_ZH.items()},
        "district": {district.value: name for district, name in DISTRICT_NAMES_ZH.items()},
        "ground": {**GROUND_NAMES, **EXTENSION_TEXTS, "work-injury": "工伤", "non-work": "因病或者非因工"},
        "detail": _DETAILS,
        "detail_code": _DETAILS,
        "reason": _REASONS,
        "reason_code": _REASONS,
        "standing": {"issued": "有效", "withdrawn": "撤回"},
        "meant_for": {"principal": "本金", "late-fee": "滞纳金"},
        "status": {**_STATUSES, **_words(STANDING_NAMES)},
        "ruling": _words(STANDING_NAMES),
        "statuses": _words(STANDING_NAMES),
        "standings": _words(STANDING_NAMES),
        "measure": MEASURE_NAMES_ZH,
        "previous_measure": _words(MEASURE_NAMES),
        "stage": {**_words(texts_enforcement.STAGE_NAMES), **_words(texts_notice.STAGE_NAMES), **STAGE_NAMES_ZH},
        "previous_stage": _words(texts_enforcement.STAGE_NAMES),
        "act": {
            **_words(texts_enforcement.ACT_NAMES),
            **_words(texts_notice.ACT_NAMES),
            **ACT_NAMES,
            "reassign": "改派",
            "extend": "延期至",
            **_words(ACT_NAMES_ZH),
        },
        "action": ACTION_NAMES_ZH,
        "code": _REFUSED_AT_THE_PAGE,
        "service": SERVICE_NAMES,
        "event": _words(texts_enforcement.EVENT_NAMES),
        "next_role": _words(texts_enforcement.ROLE_NAMES),
        "document": _words(texts_enforcement.DOCUMENT_NAMES),
        "documents": _words(texts_enforcement.DOCUMENT_NAMES),
        "materials": {
            **_words(texts_enforcement.DOCUMENT_NAMES),
            **{material.value: name for material, name in MATERIAL_NAMES.items()},
        },
        "outcome": texts_notice.ANSWER_NAMES,
        "closed_by": texts_notice.GAP_CLOSED_NAMES,
        "because": CHOICE_TEXTS,
        "deadline_kind": DEADLINE_NAMES,
        "legal_form": LEGAL_FORM_NAMES,
        "liable": LIABLE_NAMES,
        "alert": {"near": "期限将至", "missed": "期限已过"},
        "end": {"delivered": "已送达", "failed": "未送达", "cancelled": "已撤回"},
    }
)
"""Codes by the field that they stand in; one code may mean another thing in another field."""


def of_code(code: str, field: str) -> str:
    """Give the words for a code in a field; a text that is no code stands as it is."""
    return OF_FIELD.get(field, {}).get(code) or WORDS.get(code, code)
