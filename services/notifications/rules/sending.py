"""When a notice goes out, on which channel, and how it ends. Used by every decision about a notice."""

import hashlib
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid5

from msgspec.structs import replace

from schemas.decision import LEGAL_ZONE, Context, Decision, decided
from schemas.fact import Sealed
from schemas.notifications import DeliveryRequested, NotificationFact, NotificationFailed
from schemas.vocabulary import Channel
from services.notifications import texts
from services.notifications.law import QUIET_HOURS, VALIDITY, WITHDRAWING, office_rules
from services.notifications.rules.state import (
    ClosedNotice,
    Contact,
    End,
    Notice,
    NotificationCase,
    Status,
    with_closed,
    with_open,
)

EFFECTS_NAMESPACE = UUID("c1a5d5b2-6b0f-5d6e-8a53-0f6f3f7f2f10")
"""Namespace of delivery ids, which are the providers' idempotency keys."""


def allowed_from(instant: datetime) -> datetime:
    """Give the first instant, from this one on, that does not lie in quiet hours (静默时段)."""
    local = instant.astimezone(LEGAL_ZONE)
    rules = office_rules(local.date())
    if rules.quiet_until <= local.time() < rules.quiet_from:
        return instant
    day = local.date() + timedelta(days=1) if local.time() >= rules.quiet_from else local.date()
    return datetime.combine(day, rules.quiet_until, LEGAL_ZONE).astimezone(instant.tzinfo)


def quiet_from(instant: datetime) -> datetime:
    """Give the instant at which the next quiet hours begin, seen from an instant outside them."""
    local = instant.astimezone(LEGAL_ZONE)
    begin = datetime.combine(local.date(), office_rules(local.date()).quiet_from, LEGAL_ZONE)
    return begin.astimezone(instant.tzinfo)


def window_end(notice: Notice, sent_at: datetime) -> datetime:
    """Give the instant from which a delivery asked for now must not begin any more: quiet hours, or the notice's last day."""
    end = quiet_from(sent_at)
    if notice.expires_on is None:
        return end
    last_day_ends_at = datetime.combine(notice.expires_on + timedelta(days=1), time.min, LEGAL_ZONE)
    return min(end, last_day_ends_at.astimezone(sent_at.tzinfo))


def usable_channels(notice: Notice) -> tuple[Channel, ...]:
    """Give the channels that have a contact not yet proved useless: the one in use first, then the other."""
    in_order = (notice.channel, *(channel for channel in Channel if channel is not notice.channel))
    return tuple(channel for channel in in_order if _contact(notice, channel) and channel not in notice.spent)


def send(
    case: NotificationCase,
    notice_id: str,
    notice: Notice,
    context: Context,
    *,
    not_before: datetime | None = None,
    code: str = "",
    paragraphs: tuple[str, ...] = (),
    late_detail: str = "expired",
    **values: Any,
) -> Decision[NotificationCase]:
    """Let a notice go out now, or wait until it may, or end it where that would be too late to be worth telling.

    `code` and `paragraphs` say why it goes out, where the reason is not the request itself.
    """
    send_at = allowed_from(max(not_before or context.now, context.now))
    if notice.expires_on is not None and legal_date(send_at) > notice.expires_on:
        code = "expired" if late_detail == "expired" else "delivery-failed"
        return fail(
            case,
            notice_id,
            notice,
            context,
            late_detail,
            code=code,
            paragraphs=(VALIDITY,),
            expires_on=notice.expires_on,
        )
    values |= {"title": notice.title, "channel": texts.CHANNEL_NAMES_ZH[notice.channel], "send_at": shown(send_at)}
    if send_at > context.now:
        waiting = replace(notice, status=Status.WAITING, due_at=send_at)
        paragraphs = paragraphs or (QUIET_HOURS,)
        return decided(
            with_open(case, notice_id, waiting), code or "waits-for-morning", paragraphs=paragraphs, **values
        )
    number = notice.deliveries + 1
    effect_id = str(uuid5(EFFECTS_NAMESPACE, "\x1f".join((notice.recipient_key, notice_id, str(number)))))
    sending = replace(
        notice,
        status=Status.SENDING,
        due_at=None,
        delivery_expires_at=window_end(notice, context.now),
        is_provisional=False,
        effect_id=effect_id,
        deliveries=number,
    )
    request = _request(notice_id, sending, context)
    return decided(
        with_open(case, notice_id, sending), code or "delivery-requested", request, paragraphs=paragraphs, **values
    )


def fail(
    case: NotificationCase,
    notice_id: str,
    notice: Notice,
    context: Context,
    detail: str,
    *,
    code: str = "delivery-failed",
    paragraphs: tuple[str, ...] = (),
    **values: Any,
) -> Decision[NotificationCase]:
    """End a notice as failed, and say so."""
    ended = with_closed(case, notice_id, closed(notice, End.FAILED, context))
    failure = said(NotificationFailed, notice_id, notice, detail, context.now, context)
    return decided(ended, code, failure, paragraphs=paragraphs, title=notice.title, detail=detail, **values)


def cancel(
    case: NotificationCase,
    notice_id: str,
    notice: Notice,
    context: Context,
    *,
    code: str,
    **values: Any,
) -> Decision[NotificationCase]:
    """End a notice as withdrawn; where something was attempted before, it is said that it reached nobody."""
    ended = with_closed(case, notice_id, closed(notice, End.CANCELLED, context))
    facts: tuple[NotificationFact, ...] = ()
    if notice.was_attempted:
        facts = (said(NotificationFailed, notice_id, notice, notice.detail_code, context.now, context),)
    return decided(ended, code, *facts, paragraphs=(WITHDRAWING,), title=notice.title, **values)


def closed(notice: Notice, end: End, context: Context) -> ClosedNotice:
    """What stays of a notice that ends now."""
    return ClosedNotice(end, notice.digest, notice.channel, notice.effect_id, context.today)


def said(
    kind: type[NotificationFact],
    notice_id: str,
    notice: Notice,
    detail: str,
    at: datetime,
    context: Context,
    *,
    promised_on: date | None = None,
) -> NotificationFact:
    """Write what became of a notice as a fact."""
    return kind(
        district=notice.district,
        agency=notice.agency,
        occurred_on=context.today,
        recipient_key=notice.recipient_key,
        notice_id=notice_id,
        channel=notice.channel,
        detail_code=detail,
        at=at,
        promised_on=promised_on,
    )


def spread_minutes(notice_id: str, minutes: int) -> int:
    """Give 0 up to `minutes`, always the same for one notice: by its number, not by chance."""
    return int.from_bytes(hashlib.blake2b(notice_id.encode(), digest_size=4).digest()) % (minutes + 1)


def legal_date(instant: datetime) -> date:
    """Give the Asia/Shanghai date of an instant."""
    return instant.astimezone(LEGAL_ZONE).date()


def shown(instant: datetime) -> str:
    """Write an instant as people in Weihai read it."""
    return f"{instant.astimezone(LEGAL_ZONE):%Y-%m-%d %H:%M}"


def _request(notice_id: str, notice: Notice, context: Context) -> DeliveryRequested:
    contact = _contact(notice, notice.channel)
    assert contact is not None
    is_call = notice.channel is Channel.TELEPHONE
    name, agency = notice.recipient_name, notice.agency
    question = texts.question(name, notice.confirmation)
    return DeliveryRequested(
        district=notice.district,
        agency=notice.agency,
        occurred_on=context.today,
        effect_id=notice.effect_id,
        expires_at=notice.delivery_expires_at,
        recipient_key=notice.recipient_key,
        notice_id=notice_id,
        channel=notice.channel,
        title=notice.title if is_call else texts.mail_subject(notice.agency, notice.title),
        text=texts.call_text(agency, question, notice.text) if is_call else texts.mail_text(agency, name, notice.text),
        recipient_name=notice.recipient_name,
        contact=Sealed(key_reference=contact.key_reference, ciphertext=contact.ciphertext),
    )


def _contact(notice: Notice, channel: Channel) -> Contact | None:
    return notice.phone if channel is Channel.TELEPHONE else notice.email
