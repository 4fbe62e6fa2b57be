"""What the notifications service says: deliveries asked of channels and what became of them."""

from datetime import datetime
from typing import Annotated, ClassVar

from pydantic import Field

from schemas.effects import EffectAttempted, EffectOutcome, EffectQueued, EffectRequest, EffectWithdrawn
from schemas.fact import CaseFact, Sealed
from schemas.vocabulary import Channel, EventId, ShortText

DeliverySubject = Annotated[str, Field(min_length=1, max_length=300)]
"""A notice's title with the agency's name before it."""
DeliveryText = Annotated[str, Field(min_length=1, max_length=5000)]
"""A notice's text with greeting, agency and telephone around it."""


class DeliveryRequested(EffectRequest):
    """A rendered notice is to be handed to a channel now; `contact` is sealed for `recipient_key`."""

    topic: ClassVar[str] = "delivery-requested"
    key_field: ClassVar[str] = "recipient_key"

    recipient_key: ShortText
    notice_id: EventId
    channel: Channel
    title: DeliverySubject
    text: DeliveryText
    recipient_name: ShortText
    contact: Sealed | None = None


class DeliveryWithdrawn(EffectWithdrawn):
    """A delivery asked for is no longer wanted (撤回送达): the notice was taken back before it went out."""

    topic: ClassVar[str] = "delivery-withdrawn"
    key_field: ClassVar[str] = "recipient_key"

    recipient_key: ShortText


class DeliveryQueued(EffectQueued):
    """A delivery was read and stands in line (the effect shell's own note)."""

    topic: ClassVar[str] = "delivery-queued"


class DeliveryAttempted(EffectAttempted):
    """The channel's answer to a delivery (the effect shell's own note)."""

    topic: ClassVar[str] = "delivery-attempted"


class DeliveryCompleted(EffectOutcome):
    """The effect shell's word on a delivery: done, failed or unknown."""

    topic: ClassVar[str] = "delivery-completed"
    key_field: ClassVar[str] = "recipient_key"

    recipient_key: ShortText


class NotificationFact(CaseFact):
    """What became of a notice."""

    key_field: ClassVar[str] = "recipient_key"

    recipient_key: ShortText
    notice_id: EventId
    channel: Channel
    detail_code: ShortText
    """What more is known: answered, no-answer, wrong-number, mail-accepted …"""
    at: datetime


class NotificationDelivered(NotificationFact):
    """The notice reached its channel's end: the call was answered, the mail accepted."""

    topic: ClassVar[str] = "notification-delivered"


class NotificationFailed(NotificationFact):
    """The notice did not reach the recipient, or was not sent, and why."""

    topic: ClassVar[str] = "notification-failed"


class NotificationUnclear(NotificationFact):
    """Nobody can say whether it reached the recipient: it waits for reconciliation, it is not sent again."""

    topic: ClassVar[str] = "notification-unclear"
