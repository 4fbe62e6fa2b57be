"""What the arrears service remembers of a unit: the records of its lines, how each line stands, whom it may remind.

Compact on purpose (there are a hundred thousand of these): records and lines are stored as arrays, what was
computed about a line is kept with it, so that one fact costs one line.
"""

from collections.abc import Iterator
from datetime import date, datetime
from enum import StrEnum

import msgspec

from schemas.settlements import PaymentShare
from schemas.vocabulary import Agency, District
from services.arrears.rules_assignment_state import Assignment
from services.arrears.rules_enforcement_state import EnforcementState
from services.arrears.rules_insolvency_state import Insolvency, Relief, WriteOff
from services.arrears.rules_measure_state import MeasureState
from services.arrears.rules_notice_state import NoticeState, NumberRegister
from services.arrears.rules_payments_state import Account, Allotment
from services.arrears.rules_status_state import FeePause, UnitStatus
from services.arrears.rules_succession_state import Succession


class Status(StrEnum):
    """Where a unit's case stands; the transitions are drawn in `rules.py`."""

    HELD = "held"
    CLEAR = "clear"
    OPEN = "open"
    UNKNOWN = "unknown"


class Kind(StrEnum):
    """What a record says of a line; each kind numbers its business references for itself."""

    ASSESSED = "assessed"
    MISSED = "missed"
    PAID = "paid"


class Record(msgspec.Struct, frozen=True, gc=False, array_like=True, omit_defaults=True):
    """An upstream fact at the highest revision known: all that it said, so that other content can be told.

    `amount_fen` is what was assessed or paid, `on` the due date as said, or the day of payment.
    """

    kind: Kind
    reference: str
    revision: int
    amount_fen: int
    on: date
    occurred_on: date
    district: District
    agency: Agency
    effective_on: date | None = None
    reverses: str | None = None


class Line(msgspec.Struct, frozen=True, gc=False, array_like=True, omit_defaults=True):
    """One month of one insurance kind: its records, and how it stands by them.

    `due_on` is moved past days off, `due_is_provisional` while a year's calendar is unpublished; None while only
    payments are known. `found_on`: the legal date on which this service found the line owed; None while it is not.
    `fee_units` (ten-thousandths of a fen) accrued on `fee_through`; `owed_fen` bears more from the day after, but not on days
    that `relief` excepts. What is assessed is paid, owed, or written off. `allotments`: parts of
    payments of the unit that stand here.
    """

    records: tuple[Record, ...] = ()
    assessed_fen: int = 0
    paid_fen: int = 0
    due_on: date | None = None
    fee_through: date | None = None
    fee_units: int = 0
    found_on: date | None = None
    due_is_provisional: bool = False
    relief: Relief | None = None
    allotments: tuple[Allotment, ...] = ()

    @property
    def fee_pauses(self) -> tuple[FeePause, ...]:
        """Days that bear no late fee."""
        return () if self.relief is None else self.relief.fee_pauses

    @property
    def write_offs(self) -> tuple[WriteOff, ...]:
        """What decisions wrote off (核销)."""
        return () if self.relief is None else self.relief.write_offs

    @property
    def owed_fen(self) -> int:
        """Principal (本金) not yet paid and not written off."""
        unpaid_fen = self.assessed_fen - self.paid_fen
        if unpaid_fen <= 0:
            return 0
        return unpaid_fen if self.relief is None else unpaid_fen - self.written_off_fen

    @property
    def written_off_fen(self) -> int:
        """Principal written off (核销): what is paid after all, or assessed lower, is not written off any more."""
        if self.relief is None:
            return 0
        return min(self.relief.written_off_fen, max(self.assessed_fen - self.paid_fen, 0))

    @property
    def credit_fen(self) -> int:
        """Paid beyond what was due (多缴): it stays here."""
        return max(self.paid_fen - self.assessed_fen, 0)

    @property
    def fee_paid_fen(self) -> int:
        """Paid of its late fee (滞纳金)."""
        if not self.allotments:
            return 0
        return sum(part.amount_fen for part in self.allotments if part.share is PaymentShare.LATE_FEE)


NO_LINE = Line()
"""A line of which nothing is known."""


class SealedCopy(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A sealed contact, forwarded and never read."""

    key_reference: str
    ciphertext: bytes


class Registration(msgspec.Struct, frozen=True, gc=False):
    """A unit's registration (社会保险登记) at its highest revision."""

    reference: str
    revision: int
    unit_name: str
    occurred_on: date
    district: District
    agency: Agency
    contact_phone: SealedCopy | None = None
    contact_email: SealedCopy | None = None
    effective_on: date | None = None
    reverses: str | None = None


class Ladder(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Where the reminders of an open case stand.

    `step`: the last one asked, 0 before the first. `next_at`: when the next is asked; None when the ladder has ended.
    `notice_id` names the last one, pending until the end of `pending_until`. `promised_on`: by when the unit promised to
    pay; the ladder waits for that. `unanswered`: reminders nobody took, one after the other. `number_is_wrong`: of the
    telephone number as it is registered.
    """

    step: int = 0
    next_at: datetime | None = None
    asked_on: date | None = None
    notice_id: str = ""
    pending_until: date | None = None
    promised_on: date | None = None
    broken_promises: int = 0
    unanswered: int = 0
    number_is_wrong: bool = False


class UnitCase(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A unit's case. Lines by `<month>/<insurance>`.

    `reversals`: for `<kind>/<reference>`, the references that take it back; None where there are none. `look_on`: the earliest due date of a line
    not yet owed. `record_count`: records of lines kept. `held_on`: since when the unit is not registered, or unknown;
    `decide_by`: the last day of that. `has_provisional`: some due date was counted without its year's calendar. `notice`: its notices,
    once it was found in arrears. `register`: only in the case of a register of document numbers (decision 0092), which
    has its key in `unit_code` and nothing else.
    Each part of the case has one field of its own; None while it has nothing to do with the case.
    """

    unit_code: str
    status: Status = Status.HELD
    registrations: tuple[Registration, ...] = ()
    lines: dict[str, Line] = {}
    reversals: dict[str, tuple[str, ...]] | None = None
    record_count: int = 0
    look_on: date | None = None
    ladder: Ladder | None = None
    held_on: date | None = None
    decide_by: date | None = None
    has_provisional: bool = False
    assignment: Assignment | None = None
    unit_status: UnitStatus | None = None
    measure: MeasureState | None = None
    insolvency: Insolvency | None = None
    notice: NoticeState | None = None
    register: NumberRegister | None = None
    enforcement: EnforcementState | None = None
    account: Account | None = None
    succession: Succession | None = None

    @property
    def registration(self) -> Registration | None:
        """The registration that stands: the latest that is not taken back."""
        if len(self.registrations) == 1 and self.registrations[0].reverses is None:
            return self.registrations[0]
        taken_back = {entry.reverses for entry in self.registrations}
        standing = [
            entry for entry in self.registrations if entry.reverses is None and entry.reference not in taken_back
        ]
        return max(standing, key=lambda entry: (entry.occurred_on, entry.revision, entry.reference), default=None)

    def held_references(self) -> Iterator[str]:
        """The business references of all records that wait: of lines, line by line, of the unit's status, of its payments."""
        for line in self.lines.values():
            for record in line.records:
                yield record.reference
        if self.unit_status is not None:
            for status in self.unit_status.records:
                yield status.reference
        if self.account is not None:
            for payment in self.account.payments:
                yield payment.reference
