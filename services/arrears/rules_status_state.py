"""What a unit's case remembers of the unit's status: what was said of it, and when its arrears bear no late fee."""

from datetime import date

import msgspec

from schemas.unit_status import DeregistrationWay, LegalForm, ProprietorProperty, UnitStanding
from schemas.vocabulary import Agency, District


class FeePause(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """Days without late fee: those after `after`, up to and with `through`; None = without end."""

    after: date
    through: date | None = None


class StatusRecord(msgspec.Struct, frozen=True, gc=False, array_like=True, omit_defaults=True):
    """A status fact at the highest revision known: all that it said, so that other content can be told.

    `legal_form` is None in a ruling that the desk received from the court: it does not say.
    """

    reference: str
    revision: int
    status: UnitStanding
    legal_form: LegalForm | None
    occurred_on: date
    district: District
    agency: Agency
    court: str | None = None
    court_case_number: str | None = None
    announced_on: date | None = None
    declare_by: date | None = None
    administrator: str | None = None
    deregistration_way: DeregistrationWay | None = None
    proprietor_property: ProprietorProperty | None = None
    effective_on: date | None = None
    reverses: str | None = None
    notified_on: date | None = None
    successors: tuple[str, ...] = ()
    ended: UnitStanding | None = None


class UnitStatus(msgspec.Struct, frozen=True, omit_defaults=True):
    """All status records of a unit, by reference; `fee_pauses` follow from them."""

    records: tuple[StatusRecord, ...] = ()
    fee_pauses: tuple[FeePause, ...] = ()
