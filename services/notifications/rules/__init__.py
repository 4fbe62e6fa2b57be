"""What becomes of a notice.

    (none) ── asked for ─▶ waiting      in quiet hours
       │                      │ 08:00 ▼
       ├── asked for ───▶ sending ── done ───────────────────────────────▶ delivered
       │                   │   ▲  ├─ unknown ─▶ unclear ── done/failed ──▶ as from sending
       │                   │   │  ├─ no-answer, busy ──────▶ waiting      next working day 10:00, or half an hour
       │                   │   │  ├─ nothing went out ─────▶ waiting      half an hour to an hour
       │                   │   │  ├─ its hours were over ──▶ waiting      the next hour in which people may be disturbed
       │                   │   │  ├─ taken back in time ───▶ cancelled
       │                   │   │  ├─ contact useless ──────▶ sending      on the other channel, else failed
       │                   │   │  └─ else, or too often ───▶ failed
       │                   │   └────── due ─── waiting
       │                   └─ withdrawn: the channel is told; marked, so it is not tried again
       ├── asked for, no contact / expired / too many open ─────────────▶ failed
       ├── withdrawn before it was asked for: remembered ── asked for ──▶ cancelled
       └── waiting ── withdrawn ────────────────────────────────────────▶ cancelled

Closed notices are remembered a dated time; a late word that a failed one was delivered is said.
"""

from typing import Any

from schemas.arrears import ReminderCancelled
from schemas.decision import Context, Decision, TimerDue, refused
from schemas.notices import NoticeRequest
from schemas.notifications import DeliveryCompleted
from services.notifications.rules.outcomes import complete
from services.notifications.rules.requests import ask, withdraw
from services.notifications.rules.state import NotificationCase, next_timer
from services.notifications.rules.timers import wake

__all__ = ["NotificationCase", "decide", "next_timer"]


def decide(state: NotificationCase | None, fact: Any, context: Context) -> Decision[NotificationCase]:
    """Decide one fact, or one timer, of one recipient."""
    if isinstance(fact, TimerDue):
        assert state is not None
        return wake(state, fact, context)
    if isinstance(fact, NoticeRequest):
        return ask(state, fact, context)
    if isinstance(fact, ReminderCancelled):
        return withdraw(state, fact, context)
    if isinstance(fact, DeliveryCompleted):
        return complete(state, fact, context)
    return refused(state, "not-heard")
