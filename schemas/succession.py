"""Debts that pass from a unit that was merged or divided to its successors (承继债务)."""

from typing import Annotated, ClassVar

from pydantic import Field

from schemas.arrears import TotalFen
from schemas.fact import CaseFact, Fact
from schemas.unit_status import DeregistrationWay
from schemas.vocabulary import ShortText, UnitCode


class DebtInherited(CaseFact):
    """A unit that was merged or divided owes, and `unit_code` answers for it as its successor (承继债务, 民法典 67).

    Said by the case of the unit that is gone to each successor, anew when what is owed or who answers has changed: the highest `telling` of a
    `predecessor` holds. Nought of both amounts: all is paid, or the unit is no successor after all. Payments are said of the predecessor's lines.
    """

    topic: ClassVar[str] = "debt-inherited"
    key_field: ClassVar[str] = "unit_code"

    unit_code: UnitCode
    """The successor."""
    predecessor: UnitCode
    predecessor_name: ShortText
    telling: Annotated[int, Field(ge=1)]
    way: DeregistrationWay | None = None
    """Merged or divided; absent where it is neither any more."""
    successors: tuple[UnitCode, ...] = ()
    """All that answer, jointly where they are several."""
    principal_fen: TotalFen
    late_fee_fen: TotalFen
    """To `occurred_on`; it grows each day that principal is owed."""
    paragraphs: tuple[ShortText, ...] = ()


TRAFFIC: tuple[tuple[type[Fact], str, tuple[str, ...]], ...] = ((DebtInherited, "arrears", ("arrears",)),)
"""Facts of this subject with their owner and hearers, for the inventory of topics."""
