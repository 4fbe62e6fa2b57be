"""The words in which people read what an effect shell decided."""

REASON_TEXTS = {
    "effect-known": "该请求先前已受理，正在办理，不再重复执行",
    "effect-said-again": "该请求先前已有结果，重新告知，不再重复执行",
    "effect-too-old": "该请求早于留存的记录，无法确认是否执行过，不再执行",
    "effect-before-effects-from": "早于启用日期 {effects_from}，不向外发送",
    "effect-too-many-open": "未办结的事项已达 {open} 项，不再受理",
    "effect-queued": "已收到，排队等候，执行前再核对时限和是否撤回",
    "effect-outside-window": "已过可以执行的时间（{expires_at}），不再执行",
    "effect-withdrawn": "请求已撤回（{reason}），不再执行",
    "effect-withdrawn-before-request": "要求撤回的请求尚未收到（{reason}），先记下，收到后不执行",
    "effect-withdrawn-too-late": "撤回过迟（{reason}），已经着手执行，以执行结果为准",
    "effect-claimed": "已登记，准备执行",
    "effect-done": "执行成功（{detail}）",
    "effect-failed": "执行未成功（{detail}）",
    "effect-unclear": "结果不明（{detail}），等待核对，不重复执行",
    "effect-still-unclear": "结果仍不明，先前已记录",
    "effect-overdue": "{effects} 项超过时限未得到结果，转入核对",
    "effect-reconciling": "向服务方核对 {effects} 项结果不明的事项",
    "effect-closed-before": "该项先前已有结果",
    "effect-corrected": "先前认定未成功，现得知已成功（{detail}），予以更正",
    "effects-forgotten": "已办结的事项超过留存期限，不再保留",
    "nothing-unclear": "没有结果不明的事项",
}
"""Chinese texts of the effect shell's reasons."""
