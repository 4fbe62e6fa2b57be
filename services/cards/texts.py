"""The words people read: notices to the card holder, and why it was decided so. Plain, courteous official Chinese."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from schemas.decision import LEGAL_ZONE
from schemas.outlets import DayKind, OpeningSession, OutletPublished

HOLDER = "持卡人"
"""What a holder is called where the name is sealed."""
CONFIRMATION = "请问您是否申报过社会保障卡挂失？"
"""The question by which a caller makes sure that it is the holder."""

BANK = "社会保障卡加载的银行账户不会随之挂失，请您另行致电中国工商银行客服95588办理银行账户挂失。"
"""Two accounts on one card: the bank's must be reported to the bank (95588 is its public number)."""
BRING = "本人有效身份证件（居民身份证、临时身份证或户口簿）"
DAY_NAMES = {DayKind.WORKING_DAY: "工作日", DayKind.DAY_OFF: "休息日和节假日"}

TITLE_SUSPENDED = "社会保障卡挂失告知"
TITLE_LIFTED = "社会保障卡恢复使用告知"
TITLE_LAPSED = "社会保障卡临时挂失到期告知"
TITLE_COMING = "即时制卡网点告知"
TITLE_WAITING = "社会保障卡补卡进度告知"
TITLE_ISSUED = "新社会保障卡领取告知"


def local_time(instant: datetime) -> str:
    """Write an instant as people in Weihai say it, to the minute."""
    there = instant.astimezone(LEGAL_ZONE)
    return f"{there.year}年{there.month}月{there.day}日{there.hour:02d}:{there.minute:02d}"


def end_of_day(midnight: datetime) -> str:
    """Write the midnight with which a day ends by that day, as 2024年1月15日24时."""
    last = (midnight - timedelta(microseconds=1)).astimezone(LEGAL_ZONE)
    return f"{last.year}年{last.month}月{last.day}日24时"


def opening_hours(sessions: Sequence[OpeningSession]) -> str:
    """Write opening hours, working days first, as 工作日08:30–17:00."""
    ordered = sorted(sessions, key=lambda session: (session.days is DayKind.DAY_OFF, session.opens_minute))
    return "；".join(
        f"{DAY_NAMES[session.days]}{_clock(session.opens_minute)}–{_clock(session.closes_minute)}"
        for session in ordered
    )


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _outlet(outlet: OutletPublished) -> str:
    return f"中国工商银行{outlet.name}（地址：{outlet.address}；电话：{outlet.telephone}）"


def temporary_text(lapses_at: datetime, is_reissue_wanted: bool) -> str:
    """Tell that a card is suspended by a temporary report, until when, and what can be done."""
    reissue = "您申请了即时补卡，补卡须先办理书面挂失。" if is_reissue_wanted else ""
    return (
        f"您的社会保障卡已临时挂失，有效期至{end_of_day(lapses_at)}，到期自动失效。如卡已找到，请本人持身份证和社会保障卡到"
        f"参保地社会保险经办机构办理解挂。{reissue}如确认丢失需要补卡，请在到期前持{BRING}办理书面挂失，办理后即可制作新卡。{BANK}"
    )


def written_text(is_being_made: bool) -> str:
    """Tell that a card is suspended for good."""
    reissue = (
        "您申请的即时补卡正在为您安排网点，安排好后另行告知。"
        if is_being_made
        else f"如需补卡，请持{BRING}到社会保险经办机构或即时制卡网点办理。"
    )
    return f"您的社会保障卡已书面挂失，书面挂失不能撤销，原卡即使找到也不能继续使用。{reissue}{BANK}"


def lifted_text() -> str:
    """Tell that a found card may be used again."""
    return "您的社会保障卡已解除临时挂失，可以继续使用。如银行账户另行办理过挂失，请与中国工商银行客服95588联系。"


def lapsed_text() -> str:
    """Tell that a temporary report lapsed and the card can be used again."""
    return (
        "您的社会保障卡临时挂失已到期失效，该卡已恢复为可使用状态。如卡仍未找到，请尽快再次挂失，"
        f"或持{BRING}办理书面挂失并补卡。{BANK}"
    )


def coming_text(outlet: OutletPublished, opens_at: datetime) -> str:
    """Tell where and from when the card will be made."""
    return (
        f"已为您在{_outlet(outlet)}预留白卡，该网点{local_time(opens_at)}开始营业后为您制作新社会保障卡，"
        f"制成后另行告知。届时请携带{BRING}。{BANK}"
    )


def waiting_text() -> str:
    """Tell that no outlet can make the card now and that it is tried again."""
    return (
        "目前各即时制卡网点暂时无法为您制作新社会保障卡，我们将在下一个工作日继续为您安排，安排好后另行告知，"
        f"您无需重复申请。原卡保持挂失状态。{BANK}"
    )


def unclear_text() -> str:
    """Tell that it is being checked whether the card was made."""
    return (
        "您的新社会保障卡的制作结果正在核对，为避免重复制卡，核对清楚前不会再次制作，请您耐心等待。"
        f"原卡保持挂失状态。{BANK}"
    )


def issued_text(outlet: OutletPublished | None, card_serial: str) -> str:
    """Tell that the card is made: where, when, what to bring, that the old card is dead, and the bank's part."""
    place, hours = ("制卡网点", "") if outlet is None else (_outlet(outlet), opening_hours(outlet.sessions))
    when = f"领取时间：{hours}。" if hours else ""
    return (
        f"您的新社会保障卡（卡片序列号{card_serial}）已制成。领取地点：{place}。{when}领取时请携带{BRING}。"
        f"原社会保障卡已作废，不能再使用。{BANK}"
    )


def abandoned_text() -> str:
    """Tell that the card could not be made while you wait, and where to go."""
    return (
        f"很抱歉，即时制卡网点多次未能为您制成新社会保障卡。请您持{BRING}到参保地社会保险经办机构办理补卡。"
        f"原卡保持挂失状态。{BANK}"
    )


_SUSPENDED = {
    "suspended-temporary": "临时挂失已生效，有效期至 {lapses_at}",
    "suspended-temporary-provisional": "临时挂失已生效，暂定有效期至 {lapses_at}（该年放假安排尚未公布）",
    "suspended-written": "书面挂失已生效，不能撤销",
    "loss-noted": "挂失情况已更新，挂失状态不变",
}
_NEXT = {
    "": "",
    "-blank-requested": "；已向 {outlet} 申请预留白卡",
    "-no-blank-anywhere": "；暂无网点可以制卡，{look_at} 再次安排",
}

REASON_TEXTS = {
    **{f"{code}{after}": f"{text}{more}" for code, text in _SUSPENDED.items() for after, more in _NEXT.items()},
    "loss-known": "该卡先前已挂失，本次报告没有新的内容",
    "report-known": "该笔报告先前已收到",
    "older-revision": "该笔报告已有更新的版本",
    "revision-conflict": "报告 {reference} 第 {revision} 版先前已收到，但内容不同",
    "other-card-in-correction": "更正后的报告 {reference} 所指的卡与原报告不同，请另行报告",
    "report-in-the-future": "报告时间 {at} 晚于当前时间超过24小时",
    "too-many-reports": "该人的报告或卡片已达 {lines} 项，不再受理",
    "report-reversed": "报告 {reference} 已撤销",
    "report-reversed-before": "报告 {reference} 先前已撤销",
    "reversed-before-report": "报告 {reference} 收到之前已被撤销，不再生效",
    "report-reversal-noted": "报告 {reference} 尚未收到，先记下撤销",
    "written-report-irrevocable": "书面挂失不能撤销，也不能解挂",
    "temporary-report-lapsed": "临时挂失报告收到时已过有效期（{lapses_at}），不再挂失",
    "lifted-before-report": "该次挂失之后卡已找到，无需挂失",
    "card-already-cancelled": "该卡已于 {cancelled_on} 作废，无需挂失",
    "older-card-cancelled": "该卡早于现有新卡，直接作废",
    "card-found": "卡已找到，解除临时挂失",
    "card-found-noted": "已记下卡已找到，该卡当前未挂失，无需解挂",
    "found-card-is-dead": "该卡已于 {cancelled_on} 作废，找到也不能恢复使用",
    "found-before-loss": "卡在最近一次挂失之前找到，挂失状态不变",
    "issuance-withdrawn": "补卡申请已撤回，不再制卡，挂失状态不变",
    "withdrawal-too-late": "补卡申请撤回过迟，新卡已在制作",
    "suspension-lapsed": "{cards} 张卡的临时挂失到期，自动失效",
    "lapse-moved": "放假安排公布后重新计算，临时挂失有效期至 {lapses_at}",
    "blank-requested": "已向 {outlet} 申请预留白卡",
    "no-blank-anywhere": "暂无网点可以制卡，{look_at} 再次安排",
    "issuance-abandoned": "多次安排未成（{rounds} 轮），请持卡人到经办机构办理",
    "refused-blank-requested": "{refused_by} 未能预留（{reason}）；已向 {outlet} 申请预留白卡",
    "refused-no-blank-anywhere": "{refused_by} 未能预留（{reason}）；暂无网点可以制卡，{look_at} 再次安排",
    "refused-issuance-abandoned": "{refused_by} 未能预留（{reason}）；多次安排未成（{rounds} 轮），请持卡人到经办机构办理",
    "overdue-blank-requested": "{refused_by} 逾时未答复；已向 {outlet} 申请预留白卡",
    "overdue-no-blank-anywhere": "{refused_by} 逾时未答复；暂无网点可以制卡，{look_at} 再次安排",
    "overdue-issuance-abandoned": "{refused_by} 逾时未答复；多次安排未成（{rounds} 轮），请持卡人到经办机构办理",
    "expired-blank-requested": "{refused_by} 的预留期满，已退回；已向 {outlet} 申请预留白卡",
    "expired-no-blank-anywhere": "{refused_by} 的预留期满，已退回；暂无网点可以制卡，{look_at} 再次安排",
    "expired-issuance-abandoned": "{refused_by} 的预留期满，已退回；多次安排未成（{rounds} 轮），请持卡人到经办机构办理",
    "unavailable-blank-requested": "{refused_by} 已不能制卡，预留已退回；已向 {outlet} 申请预留白卡",
    "unavailable-no-blank-anywhere": "{refused_by} 已不能制卡，预留已退回；暂无网点可以制卡，{look_at} 再次安排",
    "unavailable-issuance-abandoned": "{refused_by} 已不能制卡，预留已退回；多次安排未成（{rounds} 轮），请持卡人到经办机构办理",
    "printing-failed-blank-requested": "{refused_by} 制卡未成（{reason}），预留已退回；已向 {outlet} 申请预留白卡",
    "printing-failed-no-blank-anywhere": "{refused_by} 制卡未成（{reason}），预留已退回；{look_at} 再次安排",
    "printing-failed-issuance-abandoned": "{refused_by} 制卡未成（{reason}），预留已退回；多次安排未成（{rounds} 轮），请持卡人到经办机构办理",
    "printing-withheld": "制卡请求未发出（{reason}），不再制卡",
    "printing-requested": "{outlet} 已预留白卡，已请求制卡",
    "reserved-until-opening": "{outlet} 已预留白卡，{opens_at} 营业后制卡",
    "opening-moved": "{outlet} 尚未营业，改为 {opens_at} 营业后制卡",
    "reservation-not-wanted": "该预留已不需要，予以退回",
    "reservation-known": "该预留先前已知晓",
    "reservation-held-for-printing": "预留期满，但制卡尚无结果，继续保留",
    "answer-not-awaited": "不在等候该答复，不作处理",
    "card-issued": "新卡 {card_serial} 已在 {outlet} 制成，旧卡 {cancelled} 张作废",
    "printing-unclear": "制卡结果不明（{reason}），等待核对，不另行制卡",
    "printing-still-unclear": "制卡结果仍不明，先前已记录",
    "outcome-known": "该次制卡的结果先前已知晓",
    "late-card-cancelled": "先前认定未制成的卡 {card_serial} 实已制成，未启用，直接作废",
    "case-forgotten": "超过留存期限且无待办事项，不再保留",
    "not-heard": "本服务不受理此类事项",
}
"""Chinese text of each reason code, with `{name}` places for the reason's values."""
