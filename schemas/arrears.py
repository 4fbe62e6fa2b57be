"""What the arrears service says: which units owe, how much, and whom to remind."""

from datetime import date
from typing import ClassVar

from schemas.fact import CaseFact
from schemas.notices import NoticeRequest
from schemas.vocabulary import AmountFen, EventId, ShortText, UnitCode


class ArrearsFact(CaseFact):
    """Where a unit's arrears (欠费) stand. Amounts are whole fen; the late fee (滞纳金) is computed to `as_of`."""

    key_field: ClassVar[str] = "unit_code"

    unit_code: UnitCode
    unit_name: ShortText
    as_of: date
    line_count: int
    """Lines (month × insurance) still owed."""
    principal_fen: AmountFen
    late_fee_fen: AmountFen
    stock_principal_fen: AmountFen
    """Part of the principal from due dates up to 2019-12-31 (2019年底前), the campaign's older cohort."""
    oldest_due_on: date | None = None


class ArrearsOpened(ArrearsFact):
    """A unit came to owe: its first missed or unpaid line was found."""

    topic: ClassVar[str] = "arrears-opened"


class ArrearsChanged(ArrearsFact):
    """What a unit owes changed."""

    topic: ClassVar[str] = "arrears-changed"


class ArrearsSettled(ArrearsFact):
    """A unit owes nothing any more."""

    topic: ClassVar[str] = "arrears-settled"


class ReminderRequested(NoticeRequest):
    """A unit is to be reminded by telephone or mail (电话提醒缴费); no legal effect of its own."""

    topic: ClassVar[str] = "reminder-requested"
    key_field: ClassVar[str] = "unit_code"

    unit_code: UnitCode
    step: int
    """1 for the first reminder, then up the ladder."""


class ReminderCancelled(CaseFact):
    """A reminder that has not gone out is no longer wanted."""

    topic: ClassVar[str] = "reminder-cancelled"
    key_field: ClassVar[str] = "unit_code"

    unit_code: UnitCode
    notice_id: EventId
    reason_code: ShortText
