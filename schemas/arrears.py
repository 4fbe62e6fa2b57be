"""What the arrears service says: which units owe, how much, and whom to remind."""

from typing import Annotated, ClassVar

from pydantic import Field

from schemas.fact import CaseFact
from schemas.notices import NoticeRequest
from schemas.vocabulary import EventId, LegalDate, ShortText, UnitCode

TotalFen = Annotated[int, Field(ge=0)]
"""A sum over lines in whole fen; one amount is bounded at the door, a sum of many is not."""


class ArrearsFact(CaseFact):
    """Where a unit's arrears (欠费) stand. Amounts are whole fen; the late fee (滞纳金) is computed to `as_of`.

    A line is owed from the day after its due date; late fees are owed by the unit, never by its employees
    (令13号 20). Late fees are rounded once a line.
    """

    key_field: ClassVar[str] = "unit_code"

    unit_code: UnitCode
    unit_name: ShortText
    as_of: LegalDate
    line_count: int
    """Lines (month × insurance) still owed."""
    principal_fen: TotalFen
    late_fee_fen: TotalFen
    """Late fee to `as_of` of the lines still owed, less what was paid of it."""
    stock_principal_fen: TotalFen
    """Part of the principal from due dates up to 2019-12-31 (2019年底前), the campaign's older cohort."""
    oldest_due_on: LegalDate | None = None
    """Earliest due date (moved past days off) of the lines still owed."""
    late_fee_on_paid_lines_fen: TotalFen = 0
    """Late fee that had accrued on lines by the time they were wholly paid, less what was paid of it: still owed."""
    credit_fen: TotalFen = 0
    """Paid beyond what was due (多缴), left on the lines it was paid for: of principal, and of late fee borne so far."""
    late_fee_cap: ShortText = "not-reached"
    """Whether a line's late fee passed its principal (行政强制法 45(2), disputed): not-reached,
    reached-not-applied, applied."""
    late_fee_paid_fen: TotalFen = 0
    """Paid of the late fee of all lines, by `unit-paid`."""
    unallocated_fen: TotalFen = 0
    """Paid by the unit and allocated to no line, because nothing was open for it then: its credit (多缴), never moved by itself."""
    case_number: ShortText | None = None
    """Number of the unit's case (案号); a case that is opened again keeps it."""
    written_off_fen: TotalFen = 0
    """Principal written off by decisions (核销). What is assessed is paid, owed, or written off."""


class ArrearsOpened(ArrearsFact):
    """A unit came to owe: its first missed or unpaid line was found."""

    topic: ClassVar[str] = "arrears-opened"


class ArrearsChanged(ArrearsFact):
    """What a unit owes changed."""

    topic: ClassVar[str] = "arrears-changed"


class ArrearsSettled(ArrearsFact):
    """A unit owes no principal any more; late fee that it still owes is named (`late_fee_on_paid_lines_fen`).

    The clearance record (`clearance-recorded`) comes when that is paid too.
    """

    topic: ClassVar[str] = "arrears-settled"


class ReminderRequested(NoticeRequest):
    """A unit is to be reminded by telephone or mail (电话提醒缴费); no legal effect of its own."""

    topic: ClassVar[str] = "reminder-requested"
    key_field: ClassVar[str] = "unit_code"

    unit_code: UnitCode
    step: int
    """0 for an early warning before a due date, 1 for the first reminder, then up the ladder."""


class ReminderCancelled(CaseFact):
    """A reminder that has not gone out is no longer wanted."""

    topic: ClassVar[str] = "reminder-cancelled"
    key_field: ClassVar[str] = "unit_code"

    unit_code: UnitCode
    notice_id: EventId
    reason_code: ShortText
