"""What a channel answered, and what follows: the notice is delivered, fails, is tried again, or nobody knows."""

from datetime import datetime, timedelta

from msgspec.structs import replace

from schemas.decision import LEGAL_ZONE, Context, Decision, already_known, decided
from schemas.notifications import DeliveryCompleted, NotificationDelivered, NotificationUnclear
from services.notifications.law import CALLING_AGAIN, OTHER_CHANNEL, QUIET_HOURS, REPEATING, office_rules
from services.notifications.rules.sending import cancel, closed, fail, said, send, spread_minutes, usable_channels
from services.notifications.rules.state import (
    ClosedNotice,
    End,
    Notice,
    NotificationCase,
    Status,
    find_delivery,
    with_closed,
    with_open,
)

DONE, UNKNOWN = "done", "unknown"

NO_ANSWER, BUSY = "no-answer", "busy"
CONTACT_USELESS = frozenset(
    {"wrong-number", "number-invalid", "address-refused", "address-invalid", "contact-unreadable", "contact-erased"}
)
"""Details that mean: this contact will never reach the recipient."""
NOTHING_WENT_OUT = frozenset(
    {"provider-unreachable", "provider-busy", "not-received", "not-begun", "vault-unreachable"}
)
"""Details that mean: for certain nothing went out, and later it may; asking anew repeats nothing."""
OUTSIDE_WINDOW, WITHDRAWN = "outside-window", "withdrawn"
"""Details of a delivery that nobody began: quiet hours had come by its turn, or it was taken back in time."""


def complete(
    state: NotificationCase | None, outcome: DeliveryCompleted, context: Context
) -> Decision[NotificationCase]:
    """Take in what became of a delivery."""
    case = state or NotificationCase()
    found = find_delivery(case.open.items(), outcome.effect_id)
    if found is None:
        return _late(state, case, outcome, context)
    notice_id, notice = found
    if outcome.outcome == DONE:
        return _delivered(case, notice_id, notice, outcome, context)
    if notice.status is Status.WAITING:
        return already_known(state, "delivery-known")
    if outcome.outcome == UNKNOWN:
        return _unclear(case, notice_id, notice, outcome, context)
    if outcome.detail_code in (OUTSIDE_WINDOW, WITHDRAWN):
        return _not_begun(case, notice_id, notice, outcome.detail_code, context)
    return _not_delivered(case, notice_id, replace(notice, detail_code=outcome.detail_code), context)


def _late(
    state: NotificationCase | None, case: NotificationCase, outcome: DeliveryCompleted, context: Context
) -> Decision[NotificationCase]:
    """A word on a notice that has ended: that it was delivered after all is said, the rest is known."""
    found = find_delivery(case.closed.items(), outcome.effect_id)
    if found is None:
        return decided(state, "delivery-forgotten")
    notice_id, ended = found
    if outcome.outcome != DONE or ended.end is End.DELIVERED:
        return already_known(state, "delivery-known")
    delivered = ClosedNotice(End.DELIVERED, ended.digest, ended.channel, ended.effect_id, context.today)
    fact = NotificationDelivered(
        district=outcome.district,
        agency=outcome.agency,
        occurred_on=context.today,
        recipient_key=outcome.recipient_key,
        notice_id=notice_id,
        channel=ended.channel,
        detail_code=outcome.detail_code,
        at=outcome.attempted_at,
        promised_on=outcome.promised_on,
    )
    after = with_closed(case, notice_id, delivered)
    return decided(after, "delivered-after-all", fact, detail=outcome.detail_code)


def _delivered(
    case: NotificationCase, notice_id: str, notice: Notice, outcome: DeliveryCompleted, context: Context
) -> Decision[NotificationCase]:
    after = with_closed(case, notice_id, closed(notice, End.DELIVERED, context))
    fact = said(
        NotificationDelivered,
        notice_id,
        notice,
        outcome.detail_code,
        outcome.attempted_at,
        context,
        promised_on=outcome.promised_on,
    )
    return decided(after, "delivered", fact, title=notice.title, detail=outcome.detail_code)


def _unclear(
    case: NotificationCase, notice_id: str, notice: Notice, outcome: DeliveryCompleted, context: Context
) -> Decision[NotificationCase]:
    if notice.status is Status.UNCLEAR:
        return already_known(case, "delivery-known")
    unclear = with_open(case, notice_id, replace(notice, status=Status.UNCLEAR, detail_code=outcome.detail_code))
    fact = said(NotificationUnclear, notice_id, notice, outcome.detail_code, outcome.attempted_at, context)
    return decided(unclear, "delivery-unclear", fact, title=notice.title, detail=outcome.detail_code)


def _not_begun(
    case: NotificationCase, notice_id: str, notice: Notice, detail: str, context: Context
) -> Decision[NotificationCase]:
    """Nothing was attempted: a notice taken back has ended, another one waits for the next hour in which it may go out."""
    if notice.is_cancelled or detail == WITHDRAWN:
        return cancel(case, notice_id, notice, context, code="cancelled-in-time")
    late = replace(notice, channel_tries=notice.channel_tries + 1)
    if late.channel_tries >= office_rules(context.today).channel_tries_max:
        return fail(case, notice_id, late, context, detail, paragraphs=(REPEATING,))
    return send(
        case,
        notice_id,
        late,
        context,
        not_before=notice.delivery_expires_at,
        code="window-missed",
        paragraphs=(QUIET_HOURS,),
    )


def _not_delivered(
    case: NotificationCase, notice_id: str, notice: Notice, context: Context
) -> Decision[NotificationCase]:
    """Try again where the office rules say so and nobody has withdrawn it; else it has failed."""
    detail = notice.detail_code
    if not notice.is_cancelled:
        if detail in CONTACT_USELESS:
            return _other_channel(case, notice_id, notice, context)
        if detail in (NO_ANSWER, BUSY):
            return _call_again(case, notice_id, replace(notice, calls=notice.calls + 1), context)
        if detail in NOTHING_WENT_OUT:
            return _channel_again(case, notice_id, replace(notice, channel_tries=notice.channel_tries + 1), context)
    return fail(case, notice_id, notice, context, detail)


def _other_channel(
    case: NotificationCase, notice_id: str, notice: Notice, context: Context
) -> Decision[NotificationCase]:
    detail = notice.detail_code
    spent = replace(notice, spent=(*notice.spent, notice.channel))
    channels = usable_channels(spent)
    if not channels:
        return fail(case, notice_id, notice, context, detail, paragraphs=(OTHER_CHANNEL,))
    other = replace(spent, channel=channels[0], channel_tries=0)
    return send(
        case,
        notice_id,
        other,
        context,
        code="other-channel",
        paragraphs=(OTHER_CHANNEL,),
        late_detail=detail,
        detail=detail,
    )


def _call_again(case: NotificationCase, notice_id: str, notice: Notice, context: Context) -> Decision[NotificationCase]:
    """Nobody took the call: the next working day; the line was busy: soon, the same day if it may be."""
    rules, detail = office_rules(context.today), notice.detail_code
    if notice.calls >= rules.calls_max:
        return fail(case, notice_id, notice, context, detail, paragraphs=(CALLING_AGAIN,))
    if detail == BUSY:
        not_before = context.now + timedelta(minutes=rules.busy_again_minutes)
    else:
        day = context.calendar.add_working_days(context.today, 1)
        notice = replace(notice, is_provisional=day.provisional)
        not_before = datetime.combine(day.on, rules.call_again_at, LEGAL_ZONE).astimezone(context.now.tzinfo)
    return send(
        case,
        notice_id,
        notice,
        context,
        not_before=not_before,
        code="call-again",
        paragraphs=(CALLING_AGAIN,),
        late_detail=detail,
        detail=detail,
    )


def _channel_again(
    case: NotificationCase, notice_id: str, notice: Notice, context: Context
) -> Decision[NotificationCase]:
    rules, detail = office_rules(context.today), notice.detail_code
    if notice.channel_tries >= rules.channel_tries_max:
        return fail(case, notice_id, notice, context, detail, paragraphs=(REPEATING,))
    minutes = rules.channel_again_minutes + spread_minutes(notice_id, rules.channel_again_spread_minutes)
    return send(
        case,
        notice_id,
        notice,
        context,
        not_before=context.now + timedelta(minutes=minutes),
        code="channel-again",
        paragraphs=(REPEATING,),
        late_detail=detail,
        detail=detail,
    )
