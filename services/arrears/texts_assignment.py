"""The words about who answers for a case (Chinese)."""

REASON_TEXTS = {
    "act-known": "同一业务编号、内容相同的处理意见，先前已收到",
    "act-conflict": "同一业务编号的处理意见，内容与先前收到的不一致",
    "assignment-act-refused": "改派或者延期不予采用：{reasons_text}",
    "assignment-reviewed": "核对责任人：仍在岗，无须变更",
    "assignment-changed": "核对责任人：责任人或者办理期限有变更",
    "assignment-deadline-moved": "办理期限按新公布的工作日安排顺延至 {deadline_on}",
    "case-escalated": "办理期限 {missed_on} 已过而未办结本阶段，第 {level} 次逾期上报；改限 {deadline_on} 前办理",
    "case-reassigned": "改派责任人 {officer}（理由：{grounds}；决定人 {decided_by}），办理期限 {deadline_on} 不变",
    "case-extended": "办理期限延至 {deadline_on}（理由：{grounds}；决定人 {decided_by}，审批人 {approved_by}）",
}
"""Chinese text of each reason code."""

FINDING_TEXTS = {
    "case-not-open": "该单位没有在办的欠费案件",
    "act-not-reversible": "处理意见自登记时生效，不能冲销；请另作一项处理意见",
    "act-not-revisable": "处理意见自登记时生效，不能更正；请另作一项处理意见",
    "officer-serves-elsewhere": "所派人员不在该区划任职，或者当日不在岗",
    "officer-answers-already": "该案件已由所派人员负责",
    "no-deadline-runs": "该案件没有正在计算的办理期限",
    "deadline-not-later": "新的期限不晚于现有的办理期限",
    "deadline-too-far": "新的期限超过一次延期的上限（60个工作日）",
    "deadline-on-day-off": "新的期限不是工作日",
}
"""Chinese text of each reason why an act is refused."""

ASSIGNMENT_TEXTS = {
    "opened": "立案分派",
    "officer-not-serving": "原责任人不再负责该区划",
    "officer-found": "该区划已有责任人",
    "grown-large": "欠费达到大额标准，转高级经办",
    "moved-on": "进入下一阶段，期限重新计算",
    "calendar-published": "按新公布的工作日安排重新计算期限",
    "reassigned": "征缴岗位改派",
    "extended": "征缴岗位延期",
}
"""Chinese text of why a case was given to somebody, or its deadline counted anew."""
