"""What the service remembers of one recipient (a unit or a person): notices open, closed, and withdrawn in advance."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import TypeVar

import msgspec

from schemas.decision import LEGAL_ZONE, Timer
from schemas.vocabulary import Agency, Channel, District

OPEN_MAX = 100
"""Open notices of one recipient; a request beyond is answered `notification-failed`."""
CLOSED_MAX = 256
CLOSED_KEPT_DAYS = 400
"""Closed notices are known again for this long, as long as record ids are."""
WITHDRAWN_MAX = 64

SEND, FORGET = "send/", "forget"
"""Names of timers; a notice's own id follows the first."""


class Status(StrEnum):
    """Where an open notice stands."""

    WAITING = "waiting"
    SENDING = "sending"
    UNCLEAR = "unclear"


class End(StrEnum):
    """How a notice ended."""

    DELIVERED = "delivered"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Contact(msgspec.Struct, frozen=True):
    """A sealed contact, forwarded unopened."""

    key_reference: str
    ciphertext: bytes


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """An open notice.

    `confirmation`: the question a caller asks first. `due_at`: when a waiting one goes out. `effect_id`: of its latest delivery, which must not begin from `delivery_expires_at` on. `calls`: calls nobody took;
    `channel_tries`: tries on a channel that could not be reached; `spent`: channels whose contact proved useless.
    `detail_code`: what became of the latest delivery that somebody began, "" while none was.
    `is_provisional`: `due_at` was counted through a year whose calendar is not published. `is_cancelled`: withdrawn
    after it was sent, so it is not sent again.
    """

    status: Status
    recipient_key: str
    district: District
    agency: Agency
    channel: Channel
    title: str
    text: str
    recipient_name: str
    digest: str
    confirmation: str = ""
    phone: Contact | None = None
    email: Contact | None = None
    expires_on: date | None = None
    due_at: datetime | None = None
    delivery_expires_at: datetime | None = None
    is_provisional: bool = False
    is_cancelled: bool = False
    effect_id: str = ""
    detail_code: str = ""
    deliveries: int = 0
    calls: int = 0
    channel_tries: int = 0
    spent: tuple[Channel, ...] = ()

    @property
    def was_attempted(self) -> bool:
        """Whether somebody was called or written to: a delivery whose hours were over by its turn is none."""
        return bool(self.detail_code)


class ClosedNotice(msgspec.Struct, frozen=True):
    """What is remembered of a notice that has ended."""

    end: End
    digest: str
    channel: Channel
    effect_id: str
    closed_on: date


class NotificationCase(msgspec.Struct, frozen=True):
    """One recipient's notices by their ids, in the order of the ids; `withdrawn`: id → remembered until that date."""

    open: dict[str, Notice] = {}
    closed: dict[str, ClosedNotice] = {}
    withdrawn: dict[str, date] = {}


N = TypeVar("N", Notice, ClosedNotice)
V = TypeVar("V")


def with_open(case: NotificationCase, notice_id: str, notice: Notice) -> NotificationCase:
    """The case with this notice open."""
    return NotificationCase(_sorted(case.open, notice_id, notice), case.closed, case.withdrawn)


def with_closed(case: NotificationCase, notice_id: str, notice: ClosedNotice) -> NotificationCase:
    """The case with this notice closed and no more open or withdrawn; the one closed first gives way beyond the bound."""
    closed = _sorted(case.closed, notice_id, notice)
    if len(closed) > CLOSED_MAX:
        del closed[min(closed, key=lambda key: (closed[key].closed_on, key))]
    return NotificationCase(_without(case.open, notice_id), closed, _without(case.withdrawn, notice_id))


def with_withdrawn(case: NotificationCase, notice_id: str, until: date) -> NotificationCase:
    """The case with a withdrawal remembered; the one that would be forgotten first gives way beyond the bound."""
    withdrawn = _sorted(case.withdrawn, notice_id, until)
    if len(withdrawn) > WITHDRAWN_MAX:
        del withdrawn[min(withdrawn, key=lambda key: (withdrawn[key], key))]
    return NotificationCase(case.open, case.closed, withdrawn)


def without_old(case: NotificationCase, today: date) -> NotificationCase | None:
    """The case without what needs no more be remembered; None when nothing is left."""
    closed = {key: notice for key, notice in case.closed.items() if _kept_until(notice) >= today}
    withdrawn = {key: until for key, until in case.withdrawn.items() if until >= today}
    return NotificationCase(case.open, closed, withdrawn) if case.open or closed or withdrawn else None


def next_timer(case: NotificationCase) -> Timer | None:
    """The earliest instant at which a notice is to go out, or something may be forgotten."""
    timers = [
        Timer(notice.due_at, SEND + notice_id) for notice_id, notice in case.open.items() if notice.due_at is not None
    ]
    first_end = min([*map(_kept_until, case.closed.values()), *case.withdrawn.values()], default=None)
    if first_end is not None:
        timers.append(Timer(datetime.combine(first_end + timedelta(days=1), time.min, LEGAL_ZONE), FORGET))
    return min(timers, key=lambda timer: (timer.due_at, timer.name), default=None)


def find_delivery(notices: Iterable[tuple[str, N]], effect_id: str) -> tuple[str, N] | None:
    """Find the notice, open or closed, whose latest delivery this is."""
    return next(((notice_id, notice) for notice_id, notice in notices if notice.effect_id == effect_id), None)


def _kept_until(notice: ClosedNotice) -> date:
    return notice.closed_on + timedelta(days=CLOSED_KEPT_DAYS)


def _sorted(known: dict[str, V], notice_id: str, value: V) -> dict[str, V]:
    return dict(sorted({**known, notice_id: value}.items()))


def _without(known: dict[str, V], notice_id: str) -> dict[str, V]:
    return {key: value for key, value in known.items() if key != notice_id}
