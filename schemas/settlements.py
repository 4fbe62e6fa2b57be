"""Payments that name no principal of one line, and the clearance record (结清证明) of a unit that owes nothing any more."""

from enum import StrEnum
from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from schemas.arrears import TotalFen
from schemas.contributions import UnitFact
from schemas.fact import CaseFact, Fact, Wire
from schemas.vocabulary import AmountFen, Insurance, LegalDate, Month, ShortText, UnitCode

CLEARED_LINES_MAX = 500
"""Lines that a clearance record names, the oldest first; its sums are of all."""


class PaymentShare(StrEnum):
    """What of a line a payment is for: its late fee (滞纳金), or its principal (本金)."""

    LATE_FEE = "late-fee"
    PRINCIPAL = "principal"


class UnitPaid(UnitFact):
    """A unit paid on `paid_on`: the late fee (滞纳金) of a line, or a sum that is not wholly meant for one line's principal.

    What it names it keeps: with `month` and `insurance` all of it stays on that line, with `meant_for` it pays nothing
    else. What it leaves open is allocated once, when it is decided, over what is open then, by the order in force
    on `paid_on` (parameter `payment-allocation`); what is left over stays the unit's credit (多缴). The principal of one line is
    said by `contribution-paid`. A refund is a reversal (`reverses`): it gives back what the payment was allocated to.
    """

    topic: ClassVar[str] = "unit-paid"

    paid_fen: AmountFen
    paid_on: LegalDate
    month: Month | None = None
    insurance: Insurance | None = None
    meant_for: PaymentShare | None = None

    @model_validator(mode="after")
    def a_line_is_named_whole(self) -> Self:
        """Refuse a month without its insurance kind, or the other way round."""
        if (self.month is None) != (self.insurance is None):
            raise PydanticCustomError("payment-line-incomplete", "a line is named by its month and its insurance kind")
        return self

    @model_validator(mode="after")
    def principal_of_a_line_is_said_elsewhere(self) -> Self:
        """Refuse what `contribution-paid` says, so that one payment cannot be said twice under two names."""
        if self.month is not None and self.meant_for is PaymentShare.PRINCIPAL:
            raise PydanticCustomError("payment-of-a-line", "the principal of one line is said by contribution-paid")
        return self


class ClearanceStanding(StrEnum):
    """Whether a clearance record holds."""

    ISSUED = "issued"
    WITHDRAWN = "withdrawn"
    """One of its lines is owed again: a payment was taken back, or an assessment corrected."""


class ClearedLine(Wire):
    """A line that was in arrears and is cleared: all in whole fen."""

    month: Month
    insurance: Insurance
    assessed_fen: AmountFen
    paid_fen: TotalFen
    """Paid of its principal; what is beyond `assessed_fen` is its credit (多缴)."""
    late_fee_paid_fen: TotalFen = 0
    written_off_fen: TotalFen = 0
    """Principal that was written off (核销) by a decision."""


class ClearanceRecorded(CaseFact):
    """A unit owes neither principal nor late fee any more, or a record that said so no longer holds (结清证明, as data).

    It says what was in arrears since the case was opened, or since the clearance before; 社会保险经办条例 10 asks for it before a
    unit's registration is ended. A new arrear later leaves it as it is.
    """

    topic: ClassVar[str] = "clearance-recorded"
    key_field: ClassVar[str] = "unit_code"

    unit_code: UnitCode
    unit_name: ShortText
    case_number: ShortText
    """Number of the unit's case (案号); a case that is opened again keeps it."""
    clearance_number: ShortText
    standing: ClearanceStanding
    cleared_on: LegalDate
    """Legal date on which nothing was owed any more."""
    line_count: int
    """Lines that were in arrears; `lines` names the oldest."""
    paid_fen: TotalFen
    """Principal paid on those lines."""
    late_fee_paid_fen: TotalFen
    written_off_fen: TotalFen = 0
    credit_fen: TotalFen = 0
    """Paid beyond what was due, on all the unit's lines, and what is allocated to none."""
    lines: Annotated[tuple[ClearedLine, ...], Field(max_length=CLEARED_LINES_MAX)] = ()


TRAFFIC: tuple[tuple[type[Fact], str, tuple[str, ...]], ...] = (
    (UnitPaid, "tax", ("arrears",)),
    (ClearanceRecorded, "arrears", ("monitoring",)),
)
"""Facts of this subject with their owner and hearers, for the inventory of topics."""
