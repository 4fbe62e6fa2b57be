"""What tax and payroll systems say of a unit's contributions (社会保险费)."""

from typing import ClassVar, Self

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from schemas.fact import Sealed, SourceFact
from schemas.vocabulary import AmountFen, Insurance, LegalDate, Month, ShortText, UnitCode, first_day_of

DUE_AHEAD_DAYS_MAX = 5 * 366
"""A due date lies at most so far after the day on which it was said. Not after its month: what is found short today
(补缴) is due today, for months long ago."""


class UnitFact(SourceFact):
    """An upstream fact about one unit (用人单位); its key is the credit code."""

    key_field: ClassVar[str] = "unit_code"

    unit_code: UnitCode


class UnitRegistered(UnitFact):
    """A unit registered for social insurance (社会保险登记), or its particulars changed (a higher revision)."""

    topic: ClassVar[str] = "unit-registered"

    unit_name: ShortText
    contact_phone: Sealed | None = None
    contact_email: Sealed | None = None


class LineFact(UnitFact):
    """A fact about one line: a month (费款所属期) of one insurance kind (险种)."""

    month: Month
    insurance: Insurance


class DueLineFact(LineFact):
    """A line with what is due and until when."""

    assessed_fen: AmountFen
    due_on: LegalDate

    @model_validator(mode="after")
    def due_date_is_not_before_the_month(self) -> Self:
        """Refuse a due date before the first day of the month it is for."""
        if self.due_on < first_day_of(self.month):
            raise PydanticCustomError("due-before-month", "due date lies before the contribution month")
        return self

    @model_validator(mode="after")
    def due_date_is_in_sight(self) -> Self:
        """Refuse a due date years after it was said: a slip, which would sleep as a line never owed."""
        if (self.due_on - self.occurred_on).days > DUE_AHEAD_DAYS_MAX:
            raise PydanticCustomError("due-too-late", "due date lies more than five years after it was said")
        return self


class ContributionAssessed(DueLineFact):
    """The amount due for a line was assessed (核定)."""

    topic: ClassVar[str] = "contribution-assessed"


class ContributionMissed(DueLineFact):
    """The due date passed and the line was not, or not wholly, paid (应缴未缴).

    `assessed_fen` is the whole amount due for the line; payments are said by `contribution-paid`.
    """

    topic: ClassVar[str] = "contribution-missed"


class ContributionPaid(LineFact):
    """A payment for a line arrived on `paid_on`. A refund is a reversal (`reverses`) of the payment it takes back."""

    topic: ClassVar[str] = "contribution-paid"

    paid_fen: AmountFen
    paid_on: LegalDate
