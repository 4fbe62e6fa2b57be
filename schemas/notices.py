"""The common shape of asking that somebody be told something."""

from schemas.fact import CaseFact, Sealed
from schemas.vocabulary import Channel, EventId, LegalDate, NoticeText, ShortText


class NoticeRequest(CaseFact):
    """A request to tell a unit or person something.

    The asking service writes the body of the text (its `texts.py`), without greeting, hotline and signature, which are put
    around it once, by channel; `notice_id` is derived from its cause and names the
    notice in every later fact. `channel` is the wish; the sealed contacts go through unopened.
    `expires_on`: after this legal date it is no longer worth telling.
    """

    notice_id: EventId
    channel: Channel
    title: ShortText
    text: NoticeText
    recipient_name: ShortText
    """What the recipient may be called in a list: the unit's public name, or a neutral word for a person."""
    confirmation: ShortText | None = None
    """The question by which a caller makes sure whom they speak to, before any detail; None: by `recipient_name`."""
    contact_phone: Sealed | None = None
    contact_email: Sealed | None = None
    expires_on: LegalDate | None = None
