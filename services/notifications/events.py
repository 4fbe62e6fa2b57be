"""What the notifications service hears and says."""

from schemas.appraisal import AppraisalNoticeRequested
from schemas.arrears import ReminderCancelled, ReminderRequested
from schemas.cards import CardNoticeRequested
from schemas.notifications import (
    DeliveryAttempted,
    DeliveryCompleted,
    DeliveryRequested,
    DeliveryWithdrawn,
    NotificationDelivered,
    NotificationFailed,
    NotificationUnclear,
)

HEARS = (
    ReminderRequested,
    ReminderCancelled,
    AppraisalNoticeRequested,
    CardNoticeRequested,
    DeliveryCompleted,
)
"""Requests to tell somebody something, their cancellation, and what became of a delivery."""

SAYS = (DeliveryRequested, DeliveryWithdrawn, NotificationDelivered, NotificationFailed, NotificationUnclear)
"""Deliveries asked of a channel or taken back, and what became of each notice."""

__all__ = [
    "HEARS",
    "SAYS",
    "AppraisalNoticeRequested",
    "CardNoticeRequested",
    "DeliveryAttempted",
    "DeliveryCompleted",
    "DeliveryRequested",
    "DeliveryWithdrawn",
    "NotificationDelivered",
    "NotificationFailed",
    "NotificationUnclear",
    "ReminderCancelled",
    "ReminderRequested",
]
