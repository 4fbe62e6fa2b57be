"""What the store answers of arrears: totals 底数, structure 结构, list 清单, a case's story, what is due for an officer."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

import msgspec


class InventorySort(StrEnum):
    """By what a list is ordered; equal ones by unit code."""

    PRINCIPAL = "principal"
    LATE_FEE = "late-fee"
    OWED = "owed"
    """Principal and late fee together."""
    AGE = "age"
    DEADLINE = "deadline"
    """By when the case is to be moved on; a case without a deadline counts as later than all others."""
    LINES = "lines"
    NAME = "name"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class InventoryFilter:
    """Which units; empty fields ask for nothing. Codes are those of `Structure` (and of `shebao inventory`).

    `text`: part of a unit's name, or of its credit code. `officer` "-": nobody answers for it. `overdue_on`: its deadline was before that day.
    A district outside a person's access is refused (`NotTheirs`), not silently empty.
    """

    districts: frozenset[str] = frozenset()
    cohort: str = ""
    amount: str = ""
    age: str = ""
    stage: str = ""
    measure: str = ""
    officer: str = ""
    overdue_on: date | None = None
    text: str = ""


EVERYTHING = InventoryFilter()


@dataclass(frozen=True, slots=True)
class Amounts:
    """Units, lines (month × insurance), and what they owe."""

    units: int
    lines: int
    principal_fen: int
    late_fee_fen: int


@dataclass(frozen=True, slots=True)
class Totals:
    """底数 of the units asked for. `counted_to`: the legal date to which late fees are counted.

    `is_turning`: the day has changed a moment ago, and some late fees are still those of the day before. `held_units` and
    `held_records` wait for a registration, have no district, and are counted for who sees every district.
    """

    counted_to: date | None
    is_turning: bool
    total: Amounts
    stock: Amounts
    new: Amounts
    held_units: int
    held_records: int


@dataclass(frozen=True, slots=True)
class Share:
    """One entry of a breakdown: its code is what a filter takes."""

    code: str
    name_zh: str
    amounts: Amounts


@dataclass(frozen=True, slots=True)
class Structure:
    """结构: breakdowns of the units asked for. `by_cohort` splits lines, the others split units."""

    by_cohort: tuple[Share, ...]
    by_district: tuple[Share, ...]
    by_amount: tuple[Share, ...]
    by_age: tuple[Share, ...]
    by_stage: tuple[Share, ...]
    by_measure: tuple[Share, ...]
    by_officer: tuple[Share, ...]


class InventoryRow(msgspec.Struct, frozen=True, gc=False):
    """One unit of the list 清单, computed by the law code of the inventory on `counted_to`. `officer` empty: nobody.

    A list has hundreds of them: a frozen dataclass takes twenty times as long to make.
    """

    unit_code: str
    unit_name: str
    district: str
    district_zh: str
    agency: str
    cohort: str
    lines: int
    principal_fen: int
    late_fee_fen: int
    stock_principal_fen: int
    oldest_due_on: date
    age_days: int
    stage: str
    stage_zh: str
    measure: str
    measure_zh: str
    officer: str
    deadline_on: date | None
    escalations: int
    is_provisional: bool
    late_fee_passes_principal: bool
    counted_to: date


class DueItem(msgspec.Struct, frozen=True, gc=False):
    """Something an officer has to do about a unit by a day. `kind`: see `DUE_KINDS_ZH` of `due.py`."""

    unit_code: str
    unit_name: str
    district: str
    officer: str
    kind: str
    kind_zh: str
    due_on: date
    is_overdue: bool
    principal_fen: int
    late_fee_fen: int
    stage_zh: str


@dataclass(frozen=True, slots=True)
class CaseMoment:
    """One decision of a case: what came, what was decided and by which paragraph, what followed (`shebao explain`)."""

    at: datetime
    service: str
    service_zh: str
    partition: int
    number: int
    kind: str
    """record, timer, reference, command, released, redriven, kept."""
    topic: str
    event_id: str
    case_key: str
    came: str
    outcome: str
    outcome_zh: str
    code: str
    reason: str
    paragraphs: tuple[str, ...]
    followed: tuple[str, ...]
    provisional: str
    """Which of its deadlines were provisional, in words."""
    source: str
    signed: str
    release: str


@dataclass(frozen=True, slots=True)
class SealedNote:
    """A field that upstream gave sealed: only its title and when it was given; opening it is another act, elsewhere."""

    subject: str
    field: str
    title_zh: str
    reference: str
    version: int


@dataclass(frozen=True, slots=True)
class CaseStory:
    """A case's moments in order, what waits, what was refused at the door, what is sealed, what is disputed in law.

    `row`: its line in the inventory, where it owes. `is_cut`: it has more moments than `MOMENTS_MAX`; these are the latest.
    """

    case_key: str
    title: str
    district: str
    row: InventoryRow | None
    moments: tuple[CaseMoment, ...]
    waiting: tuple[str, ...]
    refused: tuple[str, ...]
    sealed: tuple[SealedNote, ...] = field(default=())
    disputes: tuple[str, ...] = field(default=())
    is_cut: bool = False
