"""What a unit's case remembers of payments that are not one line's principal, and of its clearances."""

from collections.abc import Sequence
from datetime import date

import msgspec

from schemas.settlements import PaymentShare
from schemas.vocabulary import Agency, District


class Allotment(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A part of a unit's payment as it stands on a line: `reference` is the payment's business reference."""

    share: PaymentShare
    reference: str
    amount_fen: int
    on: date


class Part(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What of a payment went where."""

    line_key: str
    share: PaymentShare
    amount_fen: int


class UnitPayment(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A unit's payment at its highest revision, whole, and what became of it.

    `line_key`: the line it names, empty where it names none. `order` and `parts` are decided once, when it is allocated, and
    hold while it stands; `parts` is None before: the unit is not registered yet, or the payment was taken back first.
    """

    reference: str
    revision: int
    paid_fen: int
    on: date
    occurred_on: date
    district: District
    agency: Agency
    line_key: str = ""
    meant_for: PaymentShare | None = None
    effective_on: date | None = None
    reverses: str | None = None
    order: str = ""
    parts: tuple[Part, ...] | None = None

    @property
    def left_fen(self) -> int:
        """What was allocated to no line."""
        return self.paid_fen - sum(part.amount_fen for part in self.parts or ())


class Clearance(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A clearance record (结清证明) that holds: which of the case's it is, and the lines it stands for."""

    ordinal: int
    line_keys: tuple[str, ...]


class Account(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A unit's payments that are not one line's principal, and its clearances.

    `cleared`: the clearance records that hold; `clearances`: how many were made so far. `awaits_late_fee`: all principal is paid and only late fee is owed.
    `ordinal`: 1 for the unit's first case, one more each time that a case which had been opened was forgotten.
    """

    payments: tuple[UnitPayment, ...] = ()
    cleared: tuple[Clearance, ...] = ()
    clearances: int = 0
    awaits_late_fee: bool = False
    ordinal: int = 1

    @property
    def credit_fen(self) -> int:
        """What was paid and stands on no line: it stays the unit's, until it is taken back."""
        return sum(payment.left_fen for payment in standing(self.payments))

    def find(self, reference: str) -> UnitPayment | None:
        """Find a payment by its business reference."""
        return next((payment for payment in self.payments if payment.reference == reference), None)


def standing(payments: Sequence[UnitPayment]) -> list[UnitPayment]:
    """The payments that count: none that is a reversal, and none that a standing reversal takes back."""
    return [one for one in payments if one.reverses is None and _stands(one, payments, ())]


def _stands(payment: UnitPayment, payments: Sequence[UnitPayment], path: tuple[str, ...]) -> bool:
    """Tell whether no standing reversal names it; a circle of reversals takes nothing back twice."""
    path = (*path, payment.reference)
    return not any(
        other.reverses == payment.reference and other.reference not in path and _stands(other, payments, path)
        for other in payments
    )


def case_number(unit_code: str, account: Account | None) -> str:
    """Number (案号) of a unit's case: the same each time that it is opened."""
    return f"QF-{unit_code}-{1 if account is None else account.ordinal}"


def clearance_number(unit_code: str, account: Account, clearance: int) -> str:
    """Number of a clearance record (结清证明): the case's, and which of its clearances it is."""
    return f"{case_number(unit_code, account)}-JQ-{clearance}"
