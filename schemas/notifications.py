"""What the notifications service says: deliveries asked of channels and what became of them."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, ClassVar

from pydantic import Field

from schemas.effects import EffectAttempted, EffectOutcome, EffectQueued, EffectRequest, EffectWithdrawn
from schemas.fact import CaseFact, Sealed
from schemas.vocabulary import Channel, EventId, LegalDate, ShortText

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
    promised_on: LegalDate | None = None
    """Of a call: the day by which the unit promised to pay."""

    @classmethod
    def told_by(cls, receipt: str) -> Mapping[str, Any]:
        """Give the day that a call's receipt says was promised."""
        found = _PROMISED.search(receipt)
        return {} if found is None else {"promised_on": found.group(1)}


_PROMISED = re.compile(r";promised-on=([0-9]{4}-[0-9]{2}-[0-9]{2})$")


def call_receipt(task_id: str, promised_on: date | None) -> str:
    """Write the receipt of a call: its number on the list, and the day promised, from which its outcome takes its field."""
    return task_id if promised_on is None else f"{task_id};promised-on={promised_on.isoformat()}"


class NotificationFact(CaseFact):
    """What became of a notice."""

    key_field: ClassVar[str] = "recipient_key"

    recipient_key: ShortText
    notice_id: EventId
    channel: Channel
    detail_code: ShortText
    """What more is known: answered, promised, refused, no-answer, wrong-number, mail-accepted …"""
    at: datetime
    promised_on: LegalDate | None = None
    """The day by which the unit promised to pay, where the call was answered so."""


class NotificationDelivered(NotificationFact):
    """The notice reached its channel's end: the call was answered, the mail accepted."""

    topic: ClassVar[str] = "notification-delivered"


class NotificationFailed(NotificationFact):
    """The notice did not reach the recipient, or was not sent, and why."""

    topic: ClassVar[str] = "notification-failed"


class NotificationUnclear(NotificationFact):
    """Nobody can say whether it reached the recipient: it waits for reconciliation, it is not sent again."""

    topic: ClassVar[str] = "notification-unclear"
