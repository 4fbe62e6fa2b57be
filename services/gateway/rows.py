"""Checking one row: from the cells of a file to a fact of the contract, or to every reason why not."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from pydantic import ValidationError

from schemas.decision import LEGAL_ZONE
from schemas.fact import CaseFact, Fact, Sealed
from schemas.vocabulary import AGENCY_OF_DISTRICT, District
from services.gateway.cells import CellRefused, clear_text, opaque_cell, read_cell
from services.gateway.columns import REFERENCE, TOPIC, Layout, Way, known_columns, layouts
from services.gateway.messages import code_of
from services.runtime.errors import Erased
from services.runtime.sealing import Vault

_OPAQUE = (Way.PERSON, Way.PERSONS, Way.CARD)
_HAPPENED = ("occurred_on", "paid_on", "received_on")
"""Fields that say when something was: they cannot lie ahead."""
_QUOTED = re.compile("'([^']*)'")
"""A value in pydantic's list of what it expected."""
_FUTURE_DAYS_MAX = 1
"""Clocks of two systems may lie on two sides of midnight."""


@dataclass(frozen=True, slots=True)
class RowFault:
    """One thing wrong with a row: in which column (empty: the row as such), and the code of `messages`."""

    column: str
    code: str
    choices: tuple[str, ...] = ()
    """The values that the column takes, where it takes none but them."""


@dataclass(frozen=True, slots=True)
class GoodRow:
    """A row that became a fact, with the reference and revision its id is derived from."""

    fact: Fact
    reference: str
    revision: int


class RowGate:
    """Checks rows. The vault is asked for only when a row holds something to seal or to make opaque."""

    def __init__(self, vault: Callable[[], Vault], now: datetime, topic: str = "") -> None:
        """`now`: the instant of publishing, for dates in the future; `topic`: for rows that do not name theirs."""
        self._make_vault = vault
        self._latest = now.astimezone(LEGAL_ZONE).date() + timedelta(days=_FUTURE_DAYS_MAX)
        self._topic = topic

    @cached_property
    def _vault(self) -> Vault:
        return self._make_vault()

    def keep_keys(self) -> None:
        """Return when the keys of all that was sealed so far are safe; before that nothing of it may be written."""
        if "_vault" in self.__dict__:
            self._vault.keep()

    def let_keys_go(self) -> None:
        """Give up keys made for rows that are not published after all."""
        if "_vault" in self.__dict__:
            self._vault.let_go()

    def close(self) -> None:
        """Let go of the vault, if it was needed."""
        if "_vault" in self.__dict__:
            self._vault.close()

    def check(self, cells: Mapping[str, Any]) -> GoodRow | list[RowFault]:
        """Give the fact, or all that is wrong. `cells` by column name; an empty cell is as one that is absent."""
        given = {name: cell for name, cell in cells.items() if not _is_empty(cell)}
        named = str(given.pop(TOPIC, self._topic)).strip()
        if not named:
            return [RowFault(TOPIC, "topic-missing")]
        layout = layouts().get(named)
        if layout is None:
            return [RowFault(TOPIC, "topic-unknown")]
        return self._check(layout, given)

    def _check(self, layout: Layout, given: dict[str, Any]) -> GoodRow | list[RowFault]:
        faults = _strangers(layout, given) + _absent(layout, given)
        values, clear, refused = self._values(layout, given)
        faults += refused
        faulty = {layout.columns[fault.column].field for fault in faults if fault.column in layout.columns}
        try:
            fact = layout.contract.model_validate(values)
        except ValidationError as error:
            faults += _faults_of(layout, given, error, faulty)
            return faults
        faults += self._not_yet(layout, fact)
        if faults:
            return faults
        sealed = self._sealed(layout, fact, clear)
        if isinstance(sealed, list):
            return sealed
        reference = str(given[REFERENCE]).strip()
        return GoodRow(sealed, reference, int(getattr(fact, "revision", 1)))

    def _not_yet(self, layout: Layout, fact: Fact) -> list[RowFault]:
        """Give a fault for each date of something that has not happened yet."""
        return [
            RowFault(layout.column_of(field), "fact-in-the-future")
            for field in _HAPPENED
            if field in layout.contract.model_fields and getattr(fact, field) > self._latest
        ]

    def _values(
        self, layout: Layout, given: Mapping[str, Any]
    ) -> tuple[dict[str, Any], dict[str, str], list[RowFault]]:
        """Give the fields, the clear texts still to be sealed, and what could not be read."""
        values: dict[str, Any] = {}
        clear: dict[str, str] = {}
        faults: list[RowFault] = []
        for name, cell in given.items():
            column = layout.columns.get(name)
            if column is None or not column.field:
                continue
            if column.field in values or column.field in clear:
                faults.append(RowFault(name, "value-doubled"))
                continue
            try:
                if column.way is Way.SEALED:
                    clear[column.field] = clear_text(column, cell)
                elif column.way in _OPAQUE:
                    values[column.field] = opaque_cell(column, cell, self._vault)
                else:
                    values[column.field] = read_cell(column, cell)
            except CellRefused as refused:
                faults.append(RowFault(name, refused.code))
        if "agency" in layout.contract.model_fields and "agency" not in values:
            values |= _agency(values)
        return values, clear, faults

    def _sealed(self, layout: Layout, fact: Fact, clear: Mapping[str, str]) -> Fact | list[RowFault]:
        """Seal last, what is good in all else: bound to the key the fact travels under, with the key of the fact's own day."""
        if not clear:
            return fact
        assert isinstance(fact, CaseFact)
        sealed: dict[str, Sealed] = {}
        faults: list[RowFault] = []
        for field, text in clear.items():
            try:
                sealed[field] = self._vault.seal(text, fact.case_key, field, fact.occurred_on, layout.contract.version)
            except Erased:
                faults.append(RowFault(layout.column_of(field), "subject-erased"))
        return faults or fact.model_copy(update=sealed)


def _is_empty(cell: Any) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _strangers(layout: Layout, given: Mapping[str, Any]) -> list[RowFault]:
    return [
        RowFault(name, "column-not-of-topic" if name in known_columns() else "column-unknown")
        for name in given
        if name not in layout.columns
    ]


def _absent(layout: Layout, given: Mapping[str, Any]) -> list[RowFault]:
    filled = {layout.columns[name].field for name in given if name in layout.columns}
    return [
        RowFault(column.name, "value-missing")
        for column in layout.columns.values()
        if column.required and column.name not in given and (not column.field or column.field not in filled)
    ]


def _agency(values: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return {"agency": AGENCY_OF_DISTRICT[District(values.get("district", ""))]}
    except ValueError:
        return {}


_COLUMN_OF_CODE = {
    "due-before-month": "due_on",
    "due-too-late": "due_on",
    "date-before-intake": "received_on",
    "date-after-intake": "received_on",
    "reverses-missing": "reverses",
    "payment-line-incomplete": "insurance",
    "payment-of-a-line": "meant_for",
    "term-reversed": "term_until",
    "court-missing": "court",
    "deregistration-way-missing": "deregistration_way",
    "successors-do-not-fit": "successors",
    "announced-before-ruling": "announced_on",
    "declare-by-before-announcement": "declare_by",
    "detail-of-another-status": "status",
    "act-incomplete": "act",
    "detail-of-another-act": "act",
    "approval-missing": "approved_by",
    "approved-by-the-same": "approved_by",
    "written-off-lines-missing": "lines",
    "line-named-twice": "lines",
    "write-off-of-nothing": "lines",
    "position-incomplete": "latitude_microdeg",
}
"""Where a check that compares several fields is best mended."""


def _faults_of(layout: Layout, given: Mapping[str, Any], error: ValidationError, faulty: set[str]) -> list[RowFault]:
    """Give one fault a field, and none where the cell was refused before the contract saw it."""
    columns = {layout.columns[name].field: name for name in given if name in layout.columns}
    found: dict[str, RowFault] = {}
    for detail in error.errors(include_url=False, include_input=False):
        field = str(detail["loc"][0]) if detail["loc"] else ""
        if field in faulty or (field == "agency" and detail["type"] == "missing"):
            continue
        code = code_of(detail["type"])
        column = columns.get(field) or layout.column_of(field) or _COLUMN_OF_CODE.get(code, "")
        if not field and column in faulty:  # what the row lacks as a whole is what could not be read
            continue
        choices = _QUOTED.findall(detail.get("ctx", {}).get("expected", "")) if detail["type"] == "enum" else ()
        found.setdefault(field, RowFault(column, code, tuple(choices)))
    return list(found.values())
