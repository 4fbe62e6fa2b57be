"""The words people read: what is put around a notice on each channel, and why it was decided so."""

from schemas.vocabulary import Agency

AGENCY_NAMES_ZH = {
    Agency.WEIHAI: "威海市社会保险服务中心",
    Agency.HUANCUI: "环翠区社会保险服务中心",
    Agency.WENDENG: "文登区社会保险服务中心",
    Agency.RONGCHENG: "荣成市社会保险服务中心",
    Agency.RUSHAN: "乳山市社会保险服务中心",
}

HOTLINE = "0631-12333"
"""Weihai's hotline (人力资源和社会保障服务热线). The source documents give no centre its own number."""
AGENCY_TELEPHONES = dict.fromkeys(Agency, HOTLINE)
"""Assumed: each centre's own number goes here when the agency gives it."""

CHANNEL_NAMES_ZH = {"telephone": "电话", "email": "电子邮件"}


CONFIRMED_FIRST = "【对方确认后再告知以下内容；对方否认的，请致歉并结束通话，不告知任何内容。】"
"""For the person who calls: nobody else may hear the details."""


def call_text(agency: Agency, question: str, text: str) -> str:
    """Give what the caller reads out: whom they speak to is confirmed before any detail is told.

    The asking service brings the body alone: greeting, agency and hotline are put around it here, once.
    """
    return (
        f"您好，这里是{AGENCY_NAMES_ZH[agency]}。{question}\n{CONFIRMED_FIRST}\n{_ended(text)}\n"
        f"如有疑问，请拨打{AGENCY_TELEPHONES[agency]}咨询。谢谢，再见。"
    )


def mail_text(agency: Agency, recipient_name: str, text: str) -> str:
    """Give the body of a mail; greeting, hotline and signature are put around the asking service's body, once."""
    return (
        f"{recipient_name}：\n\n您好！\n\n{_ended(text)}\n\n如有疑问，请拨打{AGENCY_TELEPHONES[agency]}咨询。"
        f"本邮件由系统自动发出，请勿直接回复。\n\n{AGENCY_NAMES_ZH[agency]}\n"
    )


def question(recipient_name: str, confirmation: str) -> str:
    """Give the question by which a caller makes sure whom they speak to."""
    return confirmation or f"请问是{recipient_name}吗？"


def _ended(text: str) -> str:
    """Give a body that ends a sentence, so that what follows does not run on."""
    body = text.strip()
    return body if body.endswith(("。", "！", "？")) else f"{body}。"


def mail_subject(agency: Agency, title: str) -> str:
    """Give the subject of a mail: one line."""
    return f"【{AGENCY_NAMES_ZH[agency]}】{' '.join(title.split())}"


REASON_TEXTS = {
    "delivery-requested": "《{title}》已交{channel}渠道办理",
    "waits-for-morning": "目前不宜打扰，《{title}》改到 {send_at} 发送",
    "no-contact": "《{title}》没有可用的联系方式，无法通知",
    "expired": "《{title}》已过通知时效（{expires_on}），不再发送",
    "too-many-open": "该对象未办结的通知已达 {open} 件，《{title}》不再受理",
    "notice-known": "该通知先前已受理",
    "notice-other-content": "同一通知编号先前已用于不同内容",
    "cancelled-before-request": "《{title}》在提出之前已被撤回，不发送",
    "cancelled": "《{title}》尚未发出，已按要求撤回（{reason}）",
    "cancelled-between-calls": "《{title}》先前未能送达，已按要求撤回（{reason}），不再发送",
    "cancelled-in-time": "《{title}》在执行之前撤回，没有发出",
    "cancellation-remembered": "要求撤回的通知尚未收到，先记下，保留至 {kept_until}",
    "cancellation-known": "该通知先前已撤回",
    "cancelled-while-sending": "《{title}》已交办，要求撤回（{reason}）；尚未执行的不再执行，已执行的以结果为准",
    "window-missed": "《{title}》轮到办理时已过允许的时段，改到 {send_at} 发送",
    "cancelled-too-late": "《{title}》已发出，撤回过迟（{reason}）；如未送达不再重试",
    "cancelled-after-end": "该通知已办结（{end}），撤回过迟（{reason}）",
    "delivered": "《{title}》已送达（{detail}）",
    "delivered-after-all": "先前未认定送达的通知，现得知已送达（{detail}）",
    "delivery-failed": "《{title}》未能送达（{detail}）",
    "delivery-unclear": "《{title}》是否送达尚不清楚（{detail}），等待核对，不重复发送",
    "delivery-known": "该次发送先前已有结果",
    "delivery-forgotten": "该次发送所属的通知已不再保留，不作处理",
    "call-again": "《{title}》电话未接通（{detail}），{send_at} 再次拨打",
    "call-again-moved": "原定再次拨打之日为休息日，《{title}》改到 {send_at} 拨打",
    "channel-again": "《{title}》渠道暂时不通（{detail}），{send_at} 再试",
    "other-channel": "《{title}》原联系方式无效（{detail}），改用{channel}",
    "forgotten": "超过留存期限的通知记录不再保留",
    "not-heard": "本服务不受理此类指令",
}
"""Chinese text of each reason code."""
