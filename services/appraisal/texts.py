"""The words people read: reasons of decisions, and notices to applicants. Chinese, plain, courteous."""

from collections.abc import Iterable
from datetime import date

from schemas.appraisal import (
    Applicant,
    AppraisalSubmitted,
    ConclusionKind,
    DateStanding,
    ExtensionGround,
    Material,
    PanelDeclined,
    PanelDrawn,
    Specialty,
)
from schemas.calendar import CountedDay
from services.appraisal import law
from services.appraisal.law import AppraisalLaw, OfficeRules

RECIPIENT = "劳动能力鉴定申请人"
COMMITTEE = "威海市劳动能力鉴定委员会"
REVIEWED_BY = "威海市人民政府"
"""复议机关 of what the committee decides (行政复议法 24(1)(4): 本级人民政府管理的法规授权的组织; inferred, as no text names the committee's)."""
COURT = "威海市环翠区人民法院"
"""Where the committee sits (行政诉讼法 14, 18). Assumed: the higher court may have given such cases to another."""
NONE = "无"

SCHEDULED_TITLE = "劳动能力鉴定时间地点通知"
RESCHEDULED_TITLE = "劳动能力鉴定改期通知"
REFUSED_TITLE = "劳动能力鉴定申请不予受理通知"
CORRECTIONS_TITLE = "劳动能力鉴定材料补正通知"
WAITING_TITLE = "劳动能力鉴定等候安排通知"
EXTENDED_TITLE = "劳动能力鉴定期限延长通知"
OVERDUE_TITLE = "劳动能力鉴定超期说明"
ABANDONED_TITLE = "劳动能力鉴定申请终止通知"
WITHDRAWN_TITLE = "劳动能力鉴定申请撤回通知"

KIND_NAMES = {
    ConclusionKind.DISABILITY_GRADE: "伤残等级鉴定",
    ConclusionKind.OLD_INJURY_RECURRENCE: "旧伤复发确认",
    ConclusionKind.SUSPENSION_EXTENSION: "延长停工留薪期确认",
    ConclusionKind.ASSISTIVE_DEVICE: "配置辅助器具确认",
    ConclusionKind.NURSING_GRADE: "护理等级鉴定",
    ConclusionKind.REHABILITATION: "康复资格确认",
    ConclusionKind.REVIEW: "复查鉴定",
    ConclusionKind.CAUSAL_RELATION: "疾病与工伤存在因果关系确认",
    ConclusionKind.NON_WORK_CAPACITY: "因病非因工丧失劳动能力程度鉴定",
    ConclusionKind.DEPENDANT_CAPACITY: "工亡职工供养亲属丧失劳动能力程度鉴定",
}
"""The newsletter's names, but for the last: it says 直系亲属, the law 供养亲属 (工伤保险条例 39), who need not be of direct line."""

MATERIAL_NAMES = {
    Material.APPLICATION_FORM: "劳动能力鉴定申请表",
    Material.MEDICAL_RECORDS: "完整的病历资料",
    Material.IDENTITY_DOCUMENT: "被鉴定人居民身份证或者社会保障卡",
    Material.RECOGNITION_DECISION: "工伤认定决定书",
}

SPECIALTY_NAMES = {
    Specialty.ORTHOPAEDICS: "骨科",
    Specialty.HAND_SURGERY: "手外科",
    Specialty.NEUROSURGERY: "神经外科",
    Specialty.NEUROLOGY: "神经内科",
    Specialty.GENERAL_SURGERY: "普通外科",
    Specialty.THORACIC_SURGERY: "胸外科",
    Specialty.UROLOGY: "泌尿外科",
    Specialty.BURNS: "烧伤科",
    Specialty.OPHTHALMOLOGY: "眼科",
    Specialty.OTOLARYNGOLOGY: "耳鼻喉科",
    Specialty.STOMATOLOGY: "口腔科",
    Specialty.CARDIOLOGY: "心血管内科",
    Specialty.RESPIRATORY: "呼吸内科",
    Specialty.OCCUPATIONAL_DISEASE: "职业病科",
    Specialty.INTERNAL_MEDICINE: "内科",
    Specialty.PSYCHIATRY: "精神科",
    Specialty.REHABILITATION: "康复科",
}

FINDING_TEXTS = {
    "city-not-served": "申请不属于本市劳动能力鉴定委员会受理范围，请向用人单位所在地设区的市级劳动能力鉴定委员会提出",
    "ground-not-of-kind": "申请的鉴定事项与申请事由（工伤，或者因病、非因工）不符",
    "injury-not-recognised": "尚无工伤认定决定，请先申请工伤认定",
    "applicant-not-entitled": "申请人不属于可以提出该项鉴定申请的单位或者个人",
    "conclusion-missing": "申请复查鉴定，但没有可供复查的原鉴定结论",
    "review-too-early": "自原鉴定结论作出之日起未满1年，暂不能申请复查鉴定",
    "same-kind-open": "同一鉴定事项已有一件申请正在办理，不重复受理",
    "condition-not-stable": "伤情尚未相对稳定，停工留薪期亦未满",
    "recognition-too-recent": "收到工伤认定结论未满六个月",
    "fixation-retained": "钢板、钢钉等内固定尚未取出",
    "beyond-decree-55": "该事项不在令55号适用范围之内，按本地受理范围第四项办理",
    "relative-on-behalf": "近亲属代为提出，请核实被鉴定人因身体等原因无法本人提出",
}
"""Reasons of refusal and warnings, by code."""

SHORTAGE_TEXTS = {
    "too-few-experts": "符合条件且无需回避的专家人数不足",
    "specialty-unfilled": "所需专业暂无可以参加鉴定的专家",
    "specialties-share-experts": "所需的几个专业只有同一位专家",
    "no-sitting-free": "近期鉴定场次已满",
}
"""Why no panel could be drawn, by code."""

EXTENSION_TEXTS = {
    ExtensionGround.COMPLEX_CONDITION.value: "伤病情复杂",
    ExtensionGround.MANY_SPECIALTIES.value: "涉及专业较多",
}
"""Grounds on which a time limit may be extended, by code."""

REASON_TEXTS = {
    "application-accepted": "申请 {application} 予以受理，应不迟于 {conclusion_due_on} 作出结论，已请专家库抽取专家；提示：{warnings_text}",
    "application-corrected": "申请 {application} 已更正，原抽取的专家组和排期继续有效，应不迟于 {conclusion_due_on} 作出结论；提示：{warnings_text}",
    "application-refused": "申请 {application} 不予受理，全部理由：{reasons_text}；提示：{warnings_text}",
    "corrections-requested": "申请 {application} 材料不完整，一次性告知补正：{missing_text}；应不迟于 {tell_by} 告知（逾期：{told_late}），请不迟于 {bring_by} 补齐；提示：{warnings_text}",
    "application-known": "申请 {application} 的该版本或者更新的版本先前已收到",
    "application-closed": "申请 {application} 已终结（{status}），不能再更改，请重新申请",
    "application-withdrawn": "申请 {application} 已由申请人撤回",
    "application-abandoned": "申请 {application} 无正当理由逾期未补正材料，视为放弃当次申请",
    "application-forgotten": "申请 {application} 终结已久（{status}），移出在办案卷",
    "papers-still-awaited": "申请 {application} 的材料仍未补齐，继续等候至 {bring_by}",
    "withdrawn-before": "申请 {application} 尚未收到即被撤回，收到后不再办理",
    "withdrawn-stands": "申请 {application} 先前已撤回，只作登记，不再办理",
    "withdrawn-known": "申请 {application} 先前已撤回",
    "too-many-applications": "同一人的申请超过 {maximum} 件",
    "received-in-the-future": "收件日期 {received_on} 晚于今日",
    "completed-in-the-future": "材料补齐日期 {completed_on} 晚于今日，尚未补齐的申请不予采用",
    "reversal-unsupported": "该类记录不能冲销；撤回申请请使用撤回记录，专家调整请使用更高版本",
    "revision-conflict": "业务编号 {reference} 的同一版本内容不一致",
    "panel-scheduled-in-time": "申请 {application} 已定于 {sitting_on} {slot} 由专家 {panel} 鉴定，在60日期限（至 {conclusion_due_on}）之内",
    "panel-scheduled-extended": "申请 {application} 已定于 {sitting_on} {slot} 由专家 {panel} 鉴定，在延长后的期限（至 {extended_due_on}）之内",
    "panel-scheduled-at-risk": "申请 {application} 已定于 {sitting_on} {slot} 由专家 {panel} 鉴定，晚于60日期限（至 {conclusion_due_on}），未决定延长，存在超期风险，请督办",
    "panel-rescheduled-at-risk": "申请 {application} 改于 {sitting_on} {slot} 由专家 {panel} 鉴定，晚于60日期限（至 {conclusion_due_on}），未决定延长，存在超期风险，请督办",
    "panel-scheduled-overdue": "申请 {application} 已定于 {sitting_on} {slot} 由专家 {panel} 鉴定，已超过法定最长期限（至 {extended_due_on}），应予督办",
    "panel-rescheduled": "申请 {application} 改于 {sitting_on} {slot} 由专家 {panel} 鉴定，结论期限 {conclusion_due_on}",
    "panel-awaited": "申请 {application} 暂未抽取专家组：{reasons_text}（缺：{unfilled_text}；可用专家 {eligible} 名），等候安排",
    "answer-superseded": "专家库的答复针对申请 {application} 先前的请求，不再采用",
    "answer-unwanted": "申请 {application} 已不需要专家组，退回场次",
    "sitting-day-over": "申请 {application} 的鉴定日已过，等候结论",
    "limit-recounted": "节假日安排公布后重新计算，申请 {application} 的期限为 {due_on}",
    "limit-extended": "鉴定办公室决定延长申请 {application} 的期限30日，至 {extended_due_on}，理由：{reason}",
    "extension-known": "申请 {application} 的期限先前已延长，只能延长一次",
    "extension-too-late": "申请 {application} 的60日期限至 {due_on}，{decided_on} 决定延长已逾期限，不予延长",
    "extension-in-the-future": "延长期限的决定日期 {decided_on} 晚于今日",
    "application-unknown": "没有收到过申请 {application}",
    "conclusion-overdue": "申请 {application} 作出结论的期限 {due_on} 已过，仍未鉴定，应予督办",
    "expert-registered": "已登记专家 {expert}；随之抽取专家组 {drawn} 个，等候 {waiting} 件，已排期 {booked} 件",
    "expert-corrected": "已更正专家 {expert}；随之抽取专家组 {drawn} 个，等候 {waiting} 件，已排期 {booked} 件",
    "expert-known": "专家 {expert} 的该版本或者更新的版本先前已登记",
    "expert-under-other-reference": "专家 {expert} 已用另一业务编号登记",
    "pool-full": "专家库已达 {maximum} 人上限",
    "panel-drawn": "为申请 {application} 随机抽取专家 {panel}，定于 {sitting_on} {slot}（{standing}）；种子 {seed}，专家库版本 {pool_version}，参加抽取：{eligible}",
    "panel-not-drawn": "申请 {application} 暂不能抽取专家组：{reasons_text}（缺：{unfilled_text}；可用专家 {eligible} 名）",
    "request-known": "申请 {application} 的该次请求先前已收到",
    "request-released-before": "申请 {application} 的该次请求已经撤销",
    "queue-full": "等候抽取专家组的申请已达 {maximum} 件上限",
    "panel-released": "申请 {application} 的专家组或者排队名额已退回；随之抽取专家组 {drawn} 个，等候 {waiting} 件",
    "nothing-to-release": "申请 {application} 没有可退回的专家组或者名额",
    "pool-looked-over": "例行检查：抽取专家组 {drawn} 个，等候 {waiting} 件，已排期 {booked} 件",
}
"""Chinese text of each reason code, with places for the reason's values."""


def findings(codes: Iterable[str]) -> str:
    """Say reasons or warnings in words, for the explanation of a decision."""
    return "；".join(FINDING_TEXTS[code] for code in codes) or NONE


def shortages(codes: Iterable[str]) -> str:
    """Say in words why no panel could be drawn."""
    return "；".join(SHORTAGE_TEXTS[code] for code in codes) or NONE


def specialties(names: Iterable[Specialty]) -> str:
    """Name specialties."""
    return "、".join(SPECIALTY_NAMES[name] for name in names) or NONE


def materials(names: Iterable[Material]) -> str:
    """Name papers."""
    return "、".join(MATERIAL_NAMES[name] for name in names) or NONE


def place(office: OfficeRules, room: int) -> str:
    """Name where a panel sits."""
    return f"{office.place}第{room}鉴定室"


def scheduled(
    application: AppraisalSubmitted, drawn: PanelDrawn, where: str, limit: str, in_force: AppraisalLaw
) -> str:
    """Tell time, place, what to bring, what follows, and the rights (提前通知, 令55 12). `limit`: a `limit_text`."""
    when = f"{_day(drawn.sitting_on)}（{_weekday(drawn.sitting_on)}）{drawn.slot}"
    parts = [_opening(application)]
    if drawn.replaces:
        parts.append("原定的鉴定时间因故不能进行，现予改期，由此带来不便，敬请谅解。")
    parts += [
        f"{COMMITTEE}已随机抽取{len(drawn.seats)}名专家组成专家组，请被鉴定人于{when}到{where}参加鉴定。",
        "请携带居民身份证或者社会保障卡原件、完整病历资料和检查影像资料；因身体原因不能到场的，请提前联系，可以安排上门鉴定。",
        "因故不能按时参加的，请事先联系改期；无正当理由不参加的，当次鉴定终止。",
        limit,
    ]
    if drawn.provisional:
        parts.append("该年度节假日安排尚未公布，如遇放假将另行通知改期。")
    parts.append(
        f"结论作出后{in_force.delivery_days}日内送达；对结论不服的，可以在收到结论之日起{in_force.reappraisal_days}日内"
        "向山东省劳动能力鉴定委员会申请再次鉴定。认为专家与本人有利害关系的，可以申请回避。"
    )
    return "\n".join(parts)


def refused(application: AppraisalSubmitted, reasons: Iterable[str]) -> str:
    """Tell all the reasons of a refusal, and the remedies against it with their terms (行政复议法 20; 行政诉讼法 46)."""
    listed = _numbered(FINDING_TEXTS[code] for code in reasons)
    remedies = (
        f"对不予受理不服的，可以自收到本通知之日起{law.REVIEW_DAYS}日内向{REVIEWED_BY}申请行政复议，"
        f"也可以自收到本通知之日起{law.LAWSUIT_MONTHS}个月内向{COURT}提起行政诉讼。"
    )
    return "\n".join(
        [
            _opening(application),
            f"经审查，该申请不予受理，理由如下：{listed}。",
            "情况变化或者更正后，可以再次提出申请。",
            remedies,
        ]
    )


def corrections(
    application: AppraisalSubmitted, missing: Iterable[Material], bring_by: CountedDay, in_force: AppraisalLaw
) -> str:
    """Tell all the papers that are missing, at once (一次性告知, 令21 9, 令55 10); a last day that may move is said to."""
    listed = _numbered(MATERIAL_NAMES[material] for material in missing)
    parts = [
        _opening(application),
        f"所提交的材料不完整，请不迟于{_day(bring_by.on)}一次补齐以下材料：{listed}。",
    ]
    if bring_by.provisional:
        parts.append("该年度节假日安排尚未公布，上述日期如遇放假，顺延至放假结束后的第一个工作日。")
    if in_force.abandonment:
        parts.append("无正当理由逾期未补正的，视为放弃当次申请。")
    return "\n".join(parts)


def waiting(application: AppraisalSubmitted, declined: PanelDeclined, due_on: date, fell_away: bool) -> str:
    """Tell why no panel could be drawn yet."""
    reasons = shortages(declined.reasons)
    detail = f"（缺{specialties(declined.unfilled_specialties)}）" if declined.unfilled_specialties else ""
    opening = "原定的鉴定时间因故取消，" if fell_away else ""
    return "\n".join(
        [
            _opening(application),
            f"{opening}申请已受理，但暂时不能组成专家组：{reasons}{detail}。",
            f"专家到位后将立即抽取并另行通知时间和地点，无需再次申请。作出结论的期限为{_day(due_on)}，我们将抓紧安排；如有变化，将另行告知。",
        ]
    )


def extended(application: AppraisalSubmitted, reason: str, extended_due_on: date) -> str:
    """Tell that the time limit was extended, and why (工伤保险条例 25(2))."""
    text = f"因{EXTENSION_TEXTS[reason]}，经决定，作出鉴定结论的期限延长30日，至{_day(extended_due_on)}。鉴定时间和地点如有变化，将另行通知。"
    return "\n".join([_opening(application), text])


def abandoned(application: AppraisalSubmitted, bring_by: date) -> str:
    """Tell that an application ended because papers did not come and no good reason was given (令55 10)."""
    text = (
        f"截至{_day(bring_by)}未收到补正材料，也未收到正当理由的说明。无正当理由逾期未补正的，视为放弃当次申请，本次申请就此终止。"
        "确有正当理由的，请向我们说明；备齐材料后可以重新申请。"
    )
    return "\n".join([_opening(application), text])


def withdrawn(application: AppraisalSubmitted) -> str:
    """Confirm a withdrawal."""
    return "\n".join([_opening(application), "该申请已按您的要求撤回，已安排的鉴定随之取消。需要时可以重新申请。"])


def overdue(application: AppraisalSubmitted, due_on: date) -> str:
    """Tell that the time limit has passed without a sitting."""
    text = (
        f"作出鉴定结论的期限（{_day(due_on)}）已过，目前仍未能安排鉴定，我们深表歉意。我们正在加紧办理，"
        "鉴定时间和地点确定后立即告知，您无需再次申请。"
    )
    return "\n".join([_opening(application), text])


def limit_text(standing: DateStanding, due_on: date, extended_due_on: date, *, is_extended: bool) -> str:
    """Say how a sitting's date stands to the time limit. Only what the office decided is called an extension."""
    if standing is DateStanding.IN_TIME:
        return f"鉴定结论将不迟于{_day(extended_due_on if is_extended else due_on)}作出。"
    if standing is DateStanding.EXTENDED and is_extended:
        return f"作出鉴定结论的期限已延长30日，鉴定结论将不迟于{_day(extended_due_on)}作出。"
    if standing is DateStanding.EXTENDED:
        return f"该时间晚于作出鉴定结论的60日期限（至{_day(due_on)}），结论可能超过期限作出，我们深表歉意，将抓紧办理。"
    return "此次安排已超过法定期限，我们深表歉意，将尽快作出结论。"


def confirmation(applicant: Applicant) -> str:
    """Give the question by which a caller makes sure that it is who applied."""
    who = "贵单位" if applicant in (Applicant.UNIT, Applicant.AGENCY) else "您"
    return f"请问{who}是否提出过劳动能力鉴定申请？"


def _opening(application: AppraisalSubmitted) -> str:
    named = f"{KIND_NAMES[application.kind]}申请（编号{application.business_reference}）"
    return f"现将{COMMITTEE}办公室办理{named}的情况告知如下："


def _numbered(items: Iterable[str]) -> str:
    return "；".join(f"{number}. {item}" for number, item in enumerate(items, start=1))


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _weekday(day: date) -> str:
    return "星期" + "一二三四五六日"[day.weekday()]
