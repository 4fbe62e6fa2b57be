"""The effect port of deliveries: opens the sealed contact and hands the notice to its channel.

Nothing it returns, raises or logs holds a telephone number or a mail address.
"""

import asyncio
import re

from schemas.effects import EffectRequest
from schemas.notifications import DeliveryRequested
from schemas.vocabulary import Channel
from services.notifications.call_list import CallList
from services.notifications.mail import MailChannel
from services.notifications.settings import ChannelSettings
from services.runtime.effects import FAILED, Attempt
from services.runtime.errors import CannotOpen, Erased, VaultUnavailable
from services.runtime.sealing import CONTACT_EMAIL, CONTACT_PHONE, Opener

TELEPHONE_FORMAT = re.compile(r"\+?[0-9][0-9 ()-]{1,28}[0-9]")
ADDRESS_FORMAT = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,253}")
"""One plain address (RFC 5321 4.1.2, without quoting); what could smuggle in a second one does not match."""


class ChannelPort:
    """An `EffectPort` that routes by the request's channel."""

    def __init__(self, opener: Opener, calls: CallList, mails: MailChannel) -> None:
        self._opener, self._calls, self._mails = opener, calls, mails

    async def attempt(self, request: EffectRequest) -> Attempt:
        """Deliver a notice, once. A contact that cannot be used fails before anything goes out."""
        delivery = _delivery(request)
        is_call = delivery.channel is Channel.TELEPHONE
        if delivery.contact is None:
            return Attempt(FAILED, "no-contact")
        try:
            field = CONTACT_PHONE if is_call else CONTACT_EMAIL
            # In a thread: the vault may be across the network, and tasks of this process go on deciding.
            opened = await asyncio.to_thread(self._opener.open, delivery.contact, delivery.recipient_key, field)
        except Erased:
            return Attempt(FAILED, "contact-erased")
        except CannotOpen:
            return Attempt(FAILED, "contact-unreadable")
        except VaultUnavailable:
            return Attempt(FAILED, "vault-unreachable")  # nothing went out
        contact = opened.strip()
        if is_call:
            usable = TELEPHONE_FORMAT.fullmatch(contact)
            return await self._calls.call(delivery, contact) if usable else Attempt(FAILED, "number-invalid")
        usable = ADDRESS_FORMAT.fullmatch(contact)
        return await self._mails.send(delivery, contact) if usable else Attempt(FAILED, "address-invalid")

    async def look_up(self, request: EffectRequest) -> Attempt:
        """Ask the channel what became of a delivery."""
        delivery = _delivery(request)
        channel = self._calls if delivery.channel is Channel.TELEPHONE else self._mails
        return await channel.look_up(delivery)

    async def close(self) -> None:
        """Let go of the connections."""
        await self._calls.close()
        self._opener.close()


def channel_port(settings: ChannelSettings, opener: Opener) -> ChannelPort:
    """Make the port from the settings; call it inside the running event loop."""
    return ChannelPort(opener, CallList(settings), MailChannel(settings))


def _delivery(request: EffectRequest) -> DeliveryRequested:
    if not isinstance(request, DeliveryRequested):
        raise TypeError(f"the delivery port does not carry out {type(request).__name__}")
    return request
