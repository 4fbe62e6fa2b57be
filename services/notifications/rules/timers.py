"""A waiting notice's time has come, or what is closed may be forgotten."""

from datetime import datetime

from msgspec.structs import replace

from schemas.decision import LEGAL_ZONE, Context, Decision, TimerDue, decided
from services.notifications.law import CALLING_AGAIN, office_rules
from services.notifications.rules.sending import send
from services.notifications.rules.state import SEND, Notice, NotificationCase, without_old


def wake(case: NotificationCase, due: TimerDue, context: Context) -> Decision[NotificationCase]:
    """Let the notice of this timer go out (or wait on, when it is quiet again by now), or forget what is old."""
    if not due.name.startswith(SEND):
        return decided(without_old(case, context.today), "forgotten")
    notice_id = due.name.removeprefix(SEND)
    notice = case.open[notice_id]
    if notice.is_provisional and not context.calendar.is_working_day(context.today):
        return _moved(case, notice_id, notice, context)
    return send(case, notice_id, notice, context, late_detail=notice.detail_code or "expired")


def _moved(case: NotificationCase, notice_id: str, notice: Notice, context: Context) -> Decision[NotificationCase]:
    """The calendar, published since, says that today is a day off: the call waits for the next working day."""
    day = context.calendar.roll_forward(context.today)
    at = office_rules(context.today).call_again_at
    return send(
        case,
        notice_id,
        replace(notice, is_provisional=day.provisional),
        context,
        not_before=datetime.combine(day.on, at, LEGAL_ZONE).astimezone(context.now.tzinfo),
        code="call-again-moved",
        paragraphs=(CALLING_AGAIN,),
        late_detail=notice.detail_code or "expired",
    )
