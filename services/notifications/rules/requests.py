"""A notice is asked for, or withdrawn, in whichever order the two arrive."""

import hashlib
from datetime import timedelta

from msgspec.structs import replace

from schemas.arrears import ReminderCancelled
from schemas.decision import Context, Decision, already_known, decided, refused
from schemas.fact import Sealed
from schemas.notices import NoticeRequest
from schemas.notifications import DeliveryWithdrawn
from services.notifications.law import WITHDRAWING, office_rules
from services.notifications.rules.sending import cancel, closed, fail, send, usable_channels
from services.notifications.rules.state import (
    OPEN_MAX,
    Contact,
    End,
    Notice,
    NotificationCase,
    Status,
    with_closed,
    with_open,
    with_withdrawn,
)


def ask(state: NotificationCase | None, request: NoticeRequest, context: Context) -> Decision[NotificationCase]:
    """Take a new notice in: on the channel wished for, else the one there is a contact for, else it has failed."""
    case = state or NotificationCase()
    notice_id, notice = request.notice_id, _notice(request)
    known = case.open.get(notice_id) or case.closed.get(notice_id)
    if known is not None:
        if known.digest != notice.digest:
            return refused(state, "notice-other-content")
        return already_known(state, "notice-known")
    if notice_id in case.withdrawn:
        withdrawn = with_closed(case, notice_id, closed(notice, End.CANCELLED, context))
        return decided(withdrawn, "cancelled-before-request", paragraphs=(WITHDRAWING,), title=notice.title)
    channels = usable_channels(notice)
    if not channels:
        return fail(case, notice_id, notice, context, "no-contact", code="no-contact")
    if len(case.open) >= OPEN_MAX:
        return fail(case, notice_id, notice, context, "too-many-open", code="too-many-open", open=OPEN_MAX)
    return send(case, notice_id, replace(notice, channel=channels[0]), context)


def withdraw(
    state: NotificationCase | None, request: ReminderCancelled, context: Context
) -> Decision[NotificationCase]:
    """Take back a notice that has not gone out; one not yet asked for is remembered for a dated time."""
    case = state or NotificationCase()
    notice = case.open.get(request.notice_id)
    if notice is not None:
        return _withdraw_open(case, notice, request, context)
    ended = case.closed.get(request.notice_id)
    if ended is not None and ended.end is not End.CANCELLED:
        return decided(state, "cancelled-after-end", end=ended.end.value, reason=request.reason_code)
    if ended is not None or request.notice_id in case.withdrawn:
        return already_known(state, "cancellation-known")
    until = context.today + timedelta(days=office_rules(context.today).withdrawal_kept_days)
    remembered = with_withdrawn(case, request.notice_id, until)
    return decided(remembered, "cancellation-remembered", paragraphs=(WITHDRAWING,), kept_until=until)


def _withdraw_open(
    case: NotificationCase, notice: Notice, request: ReminderCancelled, context: Context
) -> Decision[NotificationCase]:
    if notice.is_cancelled:
        return already_known(case, "cancellation-known")
    if notice.status is Status.WAITING:
        code = "cancelled-between-calls" if notice.was_attempted else "cancelled"
        return cancel(case, request.notice_id, notice, context, code=code, reason=request.reason_code)
    values = {"title": notice.title, "reason": request.reason_code}
    marked = with_open(case, request.notice_id, replace(notice, is_cancelled=True))
    if notice.status is Status.UNCLEAR:
        return decided(marked, "cancelled-too-late", paragraphs=(WITHDRAWING,), **values)
    withdrawn = DeliveryWithdrawn(
        district=notice.district,
        agency=notice.agency,
        occurred_on=context.today,
        recipient_key=notice.recipient_key,
        effect_id=notice.effect_id,
        reason_code=request.reason_code,
    )
    return decided(marked, "cancelled-while-sending", withdrawn, paragraphs=(WITHDRAWING,), **values)


def _notice(request: NoticeRequest) -> Notice:
    content = request.content("occurred_on", "effective_on", "confirmation")
    return Notice(
        status=Status.WAITING,
        recipient_key=request.case_key,
        district=request.district,
        agency=request.agency,
        channel=request.channel,
        title=request.title,
        text=request.text,
        recipient_name=request.recipient_name,
        confirmation=request.confirmation or "",
        digest=hashlib.blake2b(content.encode(), digest_size=8).hexdigest(),
        phone=_contact(request.contact_phone),
        email=_contact(request.contact_email),
        expires_on=request.expires_on,
    )


def _contact(sealed: Sealed | None) -> Contact | None:
    return None if sealed is None else Contact(sealed.key_reference, sealed.ciphertext)
